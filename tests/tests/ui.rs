//! What the compiler says about wrong flows, and that right ones compile.
//!
//! The snapshots are of one rustc; another words its own part differently, so they are compared on that one alone, and
//! listed as ignored elsewhere. `TRYBUILD=overwrite cargo test -p flow-tests --test ui` makes them anew,
//! `.. --test ui -- trybuild=keys` runs those with `keys` in their names.
#![allow(missing_docs, reason = "tests")]

use libtest_mimic::{Arguments, Trial};

/// The rustc that the snapshots are of.
const RUSTC: &str = "rustc 1.95.";

fn main() {
    let version = std::process::Command::new("rustc").arg("--version").output();
    let version = version.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).unwrap_or_default();
    let mut trials = Vec::new();
    if version.starts_with(RUSTC) {
        // Together, so that trybuild builds once.
        trials.push(run("right_flows_compile_and_wrong_ones_are_told_as_in_the_snapshots", |cases| {
            cases.pass("ui/pass/*.rs");
            cases.compile_fail("ui/fail/*.rs");
        }));
    } else {
        trials.push(run("right_flows_compile", |cases| cases.pass("ui/pass/*.rs")));
        let reason = format!("the snapshots are of {RUSTC}x, this is {version}");
        let wrong = Trial::test("wrong_flows_are_told_as_in_the_snapshots", || Err("it cannot be run here".into()));
        trials.push(wrong.with_kind(reason).with_ignored_flag(true));
    }
    // A filter of trybuild is its own to read.
    let arguments = Arguments::from_iter(std::env::args().filter(|word| !word.starts_with("trybuild=")));
    libtest_mimic::run(&arguments, trials).exit();
}

fn run(name: &str, add: fn(&trybuild::TestCases)) -> Trial {
    Trial::test(name, move || {
        // The cases run, and panic if one is wrong, when this is dropped.
        add(&trybuild::TestCases::new());
        Ok(())
    })
}
