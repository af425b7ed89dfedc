//! The cases, run one after the other on one rust-analyzer. `README.md` says how to run them.

mod cases;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use flow_ide_tests::{Fixture, Result, Session};
use libtest_mimic::{Arguments, Failed, Trial};

/// Where the binary is.
const BINARY: &str = "FLOW_TEST_RUST_ANALYZER";

/// Started by the first case that runs, and not a second time if that fails.
#[derive(Default)]
struct Shared(Mutex<Option<Result<Session>>>);

impl Shared {
    fn run(&self, case: cases::Case) -> std::result::Result<(), Failed> {
        // A case that panicked leaves the session as it is: the next one shows its own texts anyway.
        let mut session = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match session.get_or_insert_with(start) {
            Ok(session) => case(session).map_err(Failed::from),
            Err(error) => Err(Failed::from(&*error)),
        }
    }
}

fn start() -> Result<Session> {
    let binary = binary().ok_or(format!("{BINARY} does not say where rust-analyzer is"))?;
    Session::start(&binary, Fixture::write(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("ide"))?)
}

fn binary() -> Option<PathBuf> {
    std::env::var_os(BINARY).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// `FLOW_REQUIRE=mysql,ide`: what has to be there.
fn is_required() -> bool {
    std::env::var("FLOW_REQUIRE").is_ok_and(|list| list.split(',').any(|word| word.trim() == "ide"))
}

fn main() -> ExitCode {
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    let shared = Arc::new(Shared::default());
    let is_ignored = binary().is_none() && !is_required();
    let trials = cases::all().map(|(name, case)| {
        let shared = Arc::clone(&shared);
        let trial = Trial::test(name, move || shared.run(case)).with_ignored_flag(is_ignored);
        // The harness has no place for a reason but this one.
        if is_ignored { trial.with_kind(format!("{BINARY} is not set")) } else { trial }
    });
    let trials = trials.collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Before the process ends, or rust-analyzer would be left behind.
    drop(shared);
    conclusion.exit_code()
}
