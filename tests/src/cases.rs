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
        $crate::early_suite!($connection, $database);
        $crate::ends_suite!($connection, $database);
        $crate::compensations_suite!($connection, $database);
        $crate::races_suite!($connection, $database);
        $crate::children_suite!($connection, $database);
        $crate::escalations_suite!($connection, $database);
        $crate::failures_suite!($connection, $database);
        $crate::data_suite!($connection, $database);
        $crate::fields_suite!($connection, $database);
        $crate::forms_suite!($connection, $database);
        $crate::joined_suite!($connection, $database);
        $crate::columns_suite!($connection, $database);
        $crate::rules_suite!($connection, $database);
        $crate::steps_suite!($connection, $database);
        $crate::operations_suite!($connection, $database);
        $crate::timeouts_suite!($connection, $database);
        $crate::lists_suite!($connection, $database);
        $crate::people_suite!($connection, $database);
        $crate::personal_suite!($connection, $database);
        $crate::verbs_suite!($connection, $database);
        $crate::watched_suite!($connection, $database);
        $crate::working_days_suite!($connection, $database);
        $crate::keys_suite!($connection, $database);
        $crate::columns_written_suite!($connection, $database);
        $crate::rows_suite!($connection, $database);
        $crate::states_suite!($connection, $database);
        $crate::diagrams_suite!($connection, $database);
        $crate::jobs_suite!($connection, $database);
        $crate::event_names_suite!($connection, $database);
        $crate::events_suite!($connection, $database);

        /// All of its tests, by module; why they cannot run, if they cannot.
        fn suite(missing: Option<&'static str>) -> Vec<$crate::cases::Group> {
            let modules = [
                ("hello_world", hello_world::CASES),
                ("kinds", kinds::CASES),
                ("events", events::CASES),
                ("event_names", event_names::CASES),
                ("branches", branches::CASES),
                ("early", early::CASES),
                ("ends", ends::CASES),
                ("compensations", compensations::CASES),
                ("races", races::CASES),
                ("children", children::CASES),
                ("escalations", escalations::CASES),
                ("failures", failures::CASES),
                ("data", data::CASES),
                ("fields", fields::CASES),
                ("forms", forms::CASES),
                ("joined", joined::CASES),
                ("columns", columns::CASES),
                ("rules", rules::CASES),
                ("operations", operations::CASES),
                ("steps", steps::CASES),
                ("timeouts", timeouts::CASES),
                ("lists", lists::CASES),
                ("people", people::CASES),
                ("personal", personal::CASES),
                ("verbs", verbs::CASES),
                ("watched", watched::CASES),
                ("working_days", working_days::CASES),
                ("keys", keys::CASES),
                ("columns_written", columns_written::CASES),
                ("rows", rows::CASES),
                ("states", states::CASES),
                ("diagrams", diagrams::CASES),
                ("jobs", jobs::CASES),
            ];
            modules.map(|(name, cases)| $crate::cases::Group { name, cases, missing }).into()
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
