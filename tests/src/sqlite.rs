//! SQLite for tests: a file, to which several connections can be opened.

use std::path::Path;

use diesel::SqliteConnection;
use flow_core::flows;

/// A database file.
#[derive(Clone, Debug)]
pub struct File {
    path: String,
}

impl File {
    /// A new one in this folder, with the tables.
    pub fn new(folder: &str, name: &str) -> Self {
        let file = File::without_tables(folder, name);
        flows![].migrate(&mut file.connect()).unwrap();
        file
    }

    /// A new one with nothing in it.
    pub fn without_tables(folder: &str, name: &str) -> Self {
        let file = File { path: Path::new(folder).join(format!("{name}.sqlite")).display().to_string() };
        for end in ["", "-wal", "-shm"] {
            // It may well not be there.
            let _ = std::fs::remove_file(format!("{}{end}", file.path));
        }
        file
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// What another process finds it by.
    pub fn name(&self) -> &str {
        &self.path
    }

    /// One more connection.
    pub fn connect(&self) -> SqliteConnection {
        flow_core::sqlite::open(&self.path).unwrap()
    }
}
