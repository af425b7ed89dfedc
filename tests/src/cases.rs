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
    // The module that a suite makes, and the macro that makes it.
    (@suites ($connection:ty, $database:expr) $($module:ident $suite:ident,)*) => {
        $($crate::$suite!($connection, $database);)*

        /// All of its tests, by module; why they cannot run, if they cannot.
        fn suite(missing: Option<&'static str>) -> Vec<$crate::cases::Group> {
            vec![$($crate::cases::Group { name: stringify!($module), cases: $module::CASES, missing }),*]
        }
    };
    ($connection:ty, $database:expr) => {
        $crate::conformance! {
            @suites ($connection, $database)
            hello_world hello_world_suite,
            kinds kinds_suite,
            branches branches_suite,
            early early_suite,
            ends ends_suite,
            compensations compensations_suite,
            races races_suite,
            children children_suite,
            escalations escalations_suite,
            failures failures_suite,
            data data_suite,
            fields fields_suite,
            forms forms_suite,
            task_forms task_forms_suite,
            joined joined_suite,
            columns columns_suite,
            rules rules_suite,
            steps steps_suite,
            operations operations_suite,
            timeouts timeouts_suite,
            lists lists_suite,
            people people_suite,
            personal personal_suite,
            verbs verbs_suite,
            watched watched_suite,
            working_days working_days_suite,
            keys keys_suite,
            columns_written columns_written_suite,
            rows rows_suite,
            states states_suite,
            diagrams diagrams_suite,
            jobs jobs_suite,
            clocks clocks_suite,
            represented represented_suite,
            event_names event_names_suite,
            events events_suite,
        }
    };
}

/// Tests that run on one back end.
pub struct Group {
    pub name: &'static str,
    pub cases: &'static [Case],
    /// Why they are listed and not run, if their database is not there.
    pub missing: Option<&'static str>,
}

/// Runs the tests, as `cargo test` does, and `end` after them.
pub fn run(groups: &[Group], end: impl FnOnce()) -> ! {
    // Some tests panic on purpose, and this harness does not capture: a line each is enough.
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    let mut trials = Vec::new();
    for group in groups {
        for (name, case) in group.cases {
            let case = *case;
            let missing = group.missing;
            let trial = Trial::test(format!("{}::{name}", group.name), move || match missing {
                // `--include-ignored` cannot bring a database.
                Some(reason) => Err(reason.into()),
                None => {
                    case();
                    Ok(())
                }
            });
            trials.push(match missing {
                None => trial,
                Some(reason) => trial.with_kind(reason).with_ignored_flag(true),
            });
        }
    }
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    end();
    conclusion.exit()
}
