//! The crates, on the disk: one workspace, so that what they depend on is built once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The crates that are measured, by their names.
pub(crate) struct Crates {
    folder: PathBuf,
    names: Vec<&'static str>,
}

impl Crates {
    /// Writes them, with path dependencies on this workspace and its `Cargo.lock`.
    pub(crate) fn write(folder: &Path, sources: &[(&'static str, String)]) -> Self {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
        let core = workspace.join("flow-core").display().to_string();
        let names: Vec<&str> = sources.iter().map(|(name, _)| *name).collect();
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("Cargo.toml"), format!("[workspace]\nresolver = \"3\"\nmembers = {names:?}\n"))
            .unwrap();
        std::fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        for (name, source) in sources {
            let manifest = format!(
                "[package]\nname = {name:?}\nedition = \"2024\"\npublish = false\n\n[dependencies]\n\
                 flow-core = {{ path = {core:?} }}\ndiesel = {{ version = \"2.3\", default-features = false, \
                 features = [\"32-column-tables\"] }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n"
            );
            std::fs::create_dir_all(folder.join(name).join("src")).unwrap();
            std::fs::write(folder.join(name).join("Cargo.toml"), manifest).unwrap();
            std::fs::write(folder.join(name).join("src/lib.rs"), source).unwrap();
        }
        Crates { folder: folder.to_owned(), names }
    }

    /// Everything once, so that only the crate itself is checked later.
    pub(crate) fn build(&self) {
        for incremental in [true, false] {
            let done = self.cargo(incremental).arg("--workspace").status().unwrap();
            assert!(done.success(), "the crates do not compile: see {}", self.folder.display());
        }
    }

    /// How long `cargo check` takes once the file of this crate was touched.
    pub(crate) fn check(&self, at: usize, incremental: bool) -> Duration {
        let file = self.folder.join(self.names[at]).join("src/lib.rs");
        std::fs::File::options().append(true).open(file).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
        let mut cargo = self.cargo(incremental);
        cargo.args(["--package", self.names[at]]);
        let begun = Instant::now();
        let done = cargo.status().unwrap();
        let took = begun.elapsed();
        assert!(done.success());
        took
    }

    fn cargo(&self, incremental: bool) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let target = self.folder.join("target");
        cargo.current_dir(&self.folder).args(["check", "--offline", "--quiet", "--target-dir"]).arg(target);
        cargo.env("CARGO_INCREMENTAL", if incremental { "1" } else { "0" });
        cargo
    }
}
