//! `flow.lock` reaches the macro: cargo compiles the flow anew for the first one, an edited and a deleted one. A package
//! of its own is built in the target directory of this one, without a network.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

const MANIFEST: &str = r#"
[package]
name = "lock_reaches"
version = "0.0.0"
edition = "2024"

[dependencies]
diesel = { version = "2", default-features = false, features = ["32-column-tables"] }
flow-core = { path = "FLOW_CORE", default-features = false, features = ["macros", "sqlite-bundled"] }

[workspace]
"#;

const SOURCE: &str = "
use flow_core::prelude::*;

#[flow]
pub struct LeaveFlow {
    #[node(permission(anyone), next = this.approve)]
    start: Start,
    #[node(permission(anyone), next = this.end)]
    approve: View,
    end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];

#[test]
fn the_lock_is_current() {
    flow_core::lock::assert_current!(FLOWS);
}
";

struct Package(PathBuf);

impl Package {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lock_reaches");
        let core = concat!(env!("CARGO_MANIFEST_DIR"), "/../flow-core");
        std::fs::create_dir_all(folder.join("src")).unwrap();
        std::fs::write(folder.join("Cargo.toml"), MANIFEST.replace("FLOW_CORE", core)).unwrap();
        std::fs::write(folder.join("src/lib.rs"), SOURCE).unwrap();
        // The versions that are there.
        std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        let package = Package(folder);
        package.delete();
        package
    }

    fn lock(&self) -> PathBuf {
        self.0.join("flow.lock")
    }

    fn delete(&self) {
        if self.lock().exists() {
            std::fs::remove_file(self.lock()).unwrap();
        }
    }

    /// Builds the test of the package, and runs it: whether it is green, and what is said.
    fn test(&self, words: &[&str], lock: &str) -> (bool, String) {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["test", "--offline", "--lib", "--color=never"]).args(words).current_dir(&self.0);
        let out = cargo.env("CARGO_TARGET_DIR", target).env("FLOW_LOCK", lock).output().unwrap();
        let text = [out.stdout, out.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
        (out.status.success(), text)
    }

    fn green(&self, words: &[&str], lock: &str) {
        let (green, text) = self.test(words, lock);
        assert!(green, "{text}");
    }

    fn red(&self, words: &[&str], with: &str) {
        let (green, text) = self.test(words, "");
        assert!(!green && text.contains(with), "{with:?} in:\n{text}");
    }
}

#[test]
fn the_first_lock_an_edited_and_a_deleted_one_reach_the_macro() {
    const BUILD: &[&str] = &["--no-run"];
    let package = Package::new();
    package.red(&[], "flow.lock lacks a release");
    package.green(&[], "overwrite");
    // The first: the test is green only if the flow was compiled with it.
    package.green(&[], "");
    let first = std::fs::read_to_string(package.lock()).unwrap();
    let edited = first.replace("approve", "decide");
    std::fs::write(package.lock(), &edited).unwrap();
    package.red(BUILD, "processes of release 1 can wait in `decide`, which is gone");
    package.delete();
    package.green(BUILD, "");
    package.red(&[], "flow.lock lacks a release");
    // One that was put there again: the test says that it was not compiled, and sees to it.
    std::fs::write(package.lock(), &first).unwrap();
    package.red(&[], "is not the one that `leave` was compiled with; run the test again");
    package.green(&[], "");
}
