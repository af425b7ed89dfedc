//! The crate under test: on the disk as it is right, and in the editor with one change and a cursor.

use std::path::{Path, PathBuf};

use crate::{Result, context};

/// The files of the crate that an editor has open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// `src/flow.rs`: the flow.
    Flow,
    /// `src/main.rs`: code that uses it.
    Main,
    /// `src/more.rs`: a flow with the other kinds of callback.
    More,
    /// `src/branches.rs`: branches, cases, timers, another flow.
    Branches,
    /// `src/sample.rs`: nothing, and in the editor a sample of a page about a mistake.
    Sample,
}

impl File {
    /// All of them.
    pub const ALL: [File; 5] = [File::Flow, File::Main, File::More, File::Branches, File::Sample];

    /// Its name in `src`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            File::Flow => "flow.rs",
            File::Main => "main.rs",
            File::More => "more.rs",
            File::Branches => "branches.rs",
            File::Sample => "sample.rs",
        }
    }

    fn correct(self) -> &'static str {
        match self {
            File::Flow => include_str!("../fixture/flow.rs"),
            File::Main => include_str!("../fixture/main.rs"),
            File::More => include_str!("../fixture/more.rs"),
            File::Branches => include_str!("../fixture/branches.rs"),
            File::Sample => include_str!("../fixture/sample.rs"),
        }
    }
}

/// The texts in the editor, and where the cursor stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    texts: [String; 5],
    cursor: Option<(File, usize)>,
}

impl Default for Sources {
    fn default() -> Self {
        Self::correct()
    }
}

impl Sources {
    /// The crate as it is right.
    #[must_use]
    pub fn correct() -> Self {
        Sources { texts: File::ALL.map(|file| file.correct().to_owned()), cursor: None }
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, file: File) -> &str {
        &self.texts[file as usize]
    }

    /// Where the cursor stands.
    #[must_use]
    pub fn cursor(&self) -> Option<(File, usize)> {
        self.cursor
    }

    /// Puts `to` where `from` is, in the flow. `$0` in `to` is the cursor.
    ///
    /// # Errors
    /// `from` is not there exactly once: the fixture has changed, and the case would test something else.
    pub fn flow(self, from: &str, to: &str) -> Result<Self> {
        self.edit(File::Flow, from, to)
    }

    /// The same in `main.rs`.
    ///
    /// # Errors
    /// `from` is not there exactly once.
    pub fn main(self, from: &str, to: &str) -> Result<Self> {
        self.edit(File::Main, from, to)
    }

    /// The same in `branches.rs`.
    ///
    /// # Errors
    /// `from` is not there exactly once.
    pub fn branches(self, from: &str, to: &str) -> Result<Self> {
        self.edit(File::Branches, from, to)
    }

    /// The sample is this. `$0` in it is the cursor.
    #[must_use]
    pub fn sample(mut self, text: &str) -> Self {
        self.texts[File::Sample as usize] = text.replacen("$0", "", 1);
        self.cursor = text.find("$0").map(|offset| (File::Sample, offset));
        self
    }

    fn edit(mut self, file: File, from: &str, to: &str) -> Result<Self> {
        let text = &mut self.texts[file as usize];
        let places: Vec<usize> = text.match_indices(from).map(|(at, _)| at).collect();
        let [at] = places.as_slice() else {
            return Err(format!("`{from}` is {} times in {}, not once", places.len(), file.name()));
        };
        text.replace_range(*at..at + from.len(), &to.replacen("$0", "", 1));
        if let Some(offset) = to.find("$0") {
            self.cursor = Some((file, at + offset));
        }
        Ok(self)
    }

    /// Puts other texts between two places of a file: what a rename does.
    pub(crate) fn splice(&mut self, file: File, range: std::ops::Range<usize>, text: &str) {
        self.texts[file as usize].replace_range(range, text);
    }
}

/// The crate on the disk.
#[derive(Debug)]
pub struct Fixture {
    root: PathBuf,
    target: PathBuf,
}

impl Fixture {
    /// Writes the crate into a directory. What is built of it stays there between runs.
    ///
    /// # Errors
    /// Something cannot be written.
    pub fn write(directory: &Path) -> Result<Self> {
        let fixture = Fixture { root: directory.join("crate"), target: directory.join("target") };
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let workspace = context("the workspace", workspace.canonicalize())?;
        let core = workspace.join("flow-core");
        let manifest = format!(
            "[package]\nname = \"fixture\"\nedition = \"2024\"\npublish = false\n\n\
             [dependencies]\n\
             diesel = {{ version = \"2.3\", default-features = false, features = [\"sqlite\"] }}\n\
             flow-core = {{ path = {:?} }}\n\n\
             [workspace]\n",
            core.display().to_string()
        );
        context("src", std::fs::create_dir_all(fixture.root.join("src")))?;
        write(&fixture.root.join("Cargo.toml"), &manifest)?;
        // The same versions as everywhere else in the workspace: they are downloaded already.
        let lock = context("Cargo.lock", std::fs::read_to_string(workspace.join("Cargo.lock")))?;
        write(&fixture.root.join("Cargo.lock"), &lock)?;
        for file in File::ALL {
            write(&fixture.path(file), file.correct())?;
        }
        // What the samples of the pages have.
        context("docs", std::fs::create_dir_all(fixture.root.join("docs/errors")))?;
        let releases = context("flow.lock", std::fs::read_to_string(core.join("docs/errors/flow.lock")))?;
        write(&fixture.root.join("docs/errors/flow.lock"), &releases)?;
        Ok(fixture)
    }

    /// The crate's directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where rust-analyzer builds the macros and the build scripts.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The path of a file.
    #[must_use]
    pub fn path(&self, file: File) -> PathBuf {
        self.root.join("src").join(file.name())
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    context(&path.display().to_string(), std::fs::write(path, text))
}
