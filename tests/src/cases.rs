//! Tests that are listed when they are run: those of a database that is not there are ignored, with the reason.

use libtest_mimic::{Arguments, Trial};

/// A test: its name, and what it does.
pub type Case = (&'static str, fn());

/// Takes the items of a module; of the functions marked `#[test]` it makes the list `CASES`.
#[macro_export]
macro_rules! cases {
    (@ [$($name:ident)*]) => {
        /// The tests of this module.
        pub const CASES: &[$crate::cases::Case] = &[$((stringify!($name), $name as fn())),*];
    };
    (@ [$($names:ident)*] #[test] fn $name:ident() $body:block $($rest:tt)*) => {
        fn $name() $body
        $crate::cases!(@ [$($names)* $name] $($rest)*);
    };
    (@ [$($names:ident)*] $item:item $($rest:tt)*) => {
        $item
        $crate::cases!(@ [$($names)*] $($rest)*);
    };
    ($($items:tt)*) => { $crate::cases!(@ [] $($items)*); };
}

/// The conformance suite on one back end: `$database` gives an empty database.
#[macro_export]
macro_rules! conformance {
    ($connection:ty, $database:expr) => {
        $crate::hello_world_suite!($connection, $database);
        $crate::kinds_suite!($connection, $database);
        $crate::branches_suite!($connection, $database);
        $crate::data_suite!($connection, $database);

        /// All of its tests, by module.
        pub const SUITE: &[(&str, &[$crate::cases::Case])] = &[
            ("hello_world", hello_world::CASES),
            ("kinds", kinds::CASES),
            ("branches", branches::CASES),
            ("data", data::CASES),
        ];
    };
}

/// Whether a back end is there.
pub enum BackEnd {
    Ready,
    /// Why its tests are listed and not run.
    Missing(&'static str),
}

/// Runs the tests, as `cargo test` does, and `end` after them.
pub fn run(suite: &[(&str, &[Case])], back_end: &BackEnd, end: impl FnOnce()) -> ! {
    // Some tests panic on purpose, and this harness does not capture: a line each is enough.
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    let mut trials = Vec::new();
    for (module, cases) in suite {
        for (name, case) in *cases {
            let case = *case;
            let trial = Trial::test(format!("{module}::{name}"), move || {
                case();
                Ok(())
            });
            trials.push(match back_end {
                BackEnd::Ready => trial,
                BackEnd::Missing(reason) => trial.with_kind(*reason).with_ignored_flag(true),
            });
        }
    }
    let mut arguments = Arguments::from_args();
    if matches!(back_end, BackEnd::Missing(_)) {
        // `--include-ignored` cannot bring a database.
        arguments.ignored = false;
        arguments.include_ignored = false;
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    end();
    conclusion.exit()
}
