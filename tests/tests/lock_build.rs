//! `flow.lock` reaches the macro at the next build, by cargo itself: an edited and a deleted one by themselves, the first
//! one by what the tool that writes it does to the source.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

const FLOW: &str = r#"
use flow_core::prelude::*;

#[flow]
pub struct LeaveFlow {
    #[node(permission(anyone), next = this.sign)]
    pub start: Start,
    #[node(permission(anyone), next = this.end)]
    pub sign: View,
    pub end: End,
}
"#;

/// A release in which processes wait in a node that is gone.
const REFUSED: &str =
    "version = 1\n[leave 1]\nnode approve View -> next end\nnode end End\nnode start Start -> next approve\n";

/// The same without such a node.
const ACCEPTED: &str =
    "version = 1\n[leave 1]\nnode end End\nnode sign View -> next end\nnode start Start -> next sign\n";

/// A package with one flow.
struct Package(PathBuf);

impl Package {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lock-build");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("src")).unwrap();
        let core = Path::new(ROOT).join("flow-core").canonicalize().unwrap();
        let manifest = format!(
            "[package]\nname = \"lock-build\"\nedition = \"2024\"\n[workspace]\n[dependencies]\nflow-core = {{ path = {core:?} }}\n"
        );
        std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        std::fs::write(folder.join("src/lib.rs"), FLOW).unwrap();
        std::fs::copy(Path::new(ROOT).join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        Package(folder)
    }

    /// Writes the lock; nothing removes it.
    fn lock(&self, text: &str) {
        // A build is compared with files by their times.
        std::thread::sleep(Duration::from_millis(1_100));
        match text {
            "" => std::fs::remove_file(self.0.join("flow.lock")).unwrap(),
            text => std::fs::write(self.0.join("flow.lock"), text).unwrap(),
        }
    }

    /// What cargo says, and whether it compiles.
    fn check(&self) -> (bool, String) {
        // The dependencies are those of the compile errors' tests, and stay there from one run to the next.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["check", "--quiet", "--offline"]).current_dir(&self.0).env("CARGO_TARGET_DIR", target);
        let output = cargo.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn accepted(&self, what: &str) {
        let (fine, said) = self.check();
        assert!(fine, "{what}: {said}");
    }

    fn refused(&self, what: &str) {
        let (fine, said) = self.check();
        assert!(!fine && said.contains("can wait in `approve`, which is gone [node_removed]"), "{what}: {said}");
    }
}

#[test]
fn a_lock_that_is_written_edited_or_deleted_is_seen_by_the_next_build() {
    let package = Package::new();
    package.accepted("there is none");
    // The first one is no file that the build knows: whoever writes it makes the source newer.
    package.lock(REFUSED);
    package.accepted("nothing has told cargo");
    let source = std::fs::File::options().append(true).open(package.0.join("src/lib.rs")).unwrap();
    source.set_modified(std::time::SystemTime::now()).unwrap();
    package.refused("the first one, and the source is newer");
    package.lock(ACCEPTED);
    package.accepted("edited");
    package.lock(REFUSED);
    package.refused("edited again");
    package.lock("");
    package.accepted("deleted");
}
