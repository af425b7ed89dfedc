//! What the compiler says about wrong flows, and that right ones compile.
//!
//! The snapshots were made with rustc 1.95; another version words its own part differently, so they are
//! compared on that one alone. `TRYBUILD=overwrite cargo test -p flow-tests --test ui` makes them anew.
#![allow(missing_docs, reason = "tests")]

const RUSTC: &str = "rustc 1.95.";

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    let version = std::process::Command::new("rustc").arg("--version").output();
    let version = version.map(|out| String::from_utf8_lossy(&out.stdout).into_owned()).unwrap_or_default();
    if version.starts_with(RUSTC) {
        cases.compile_fail("ui/fail/*.rs");
    } else {
        println!("the snapshots are of {RUSTC}x, this is {version}");
    }
}
