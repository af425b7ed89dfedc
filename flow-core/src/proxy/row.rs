//! What a process, a task and a row of the app's have alike: a JSON document.

use crate::data::Document;
use crate::{DataError, Process, Task};

/// A row with a JSON document: of a process, of a task, or of a table of the app's.
#[doc(hidden)]
pub trait Row {
    /// What is wrong with a field of its document.
    fn fault(&self, field: &'static str, path: String, found: String, expected: String) -> DataError;
    fn document(&self) -> &Document;
}

impl Row for Process {
    fn fault(&self, field: &'static str, path: String, found: String, expected: String) -> DataError {
        DataError { process: self.id, task: None, row: None, field, path, found, expected }
    }

    fn document(&self) -> &Document {
        &self.data
    }
}

impl Row for Task {
    fn fault(&self, field: &'static str, path: String, found: String, expected: String) -> DataError {
        DataError { process: self.process_id, task: Some(self.id()), row: None, field, path, found, expected }
    }

    fn document(&self) -> &Document {
        &self.data
    }
}

/// A row of a table of the app's, while it is read: several types may be views of one table, so that the row itself
/// cannot say where its document is.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "for the derive alone")]
pub struct TableRow<'r> {
    table: &'static str,
    /// Its key as text, made where it is asked for.
    key: &'r dyn Fn() -> String,
    document: &'r Document,
}

impl<'r> TableRow<'r> {
    /// The row of this table with this key.
    pub fn new(table: &'static str, key: &'r dyn Fn() -> String, document: &'r Document) -> Self {
        TableRow { table, key, document }
    }
}

impl Row for TableRow<'_> {
    fn fault(&self, field: &'static str, path: String, found: String, expected: String) -> DataError {
        let row = Some(format!("`{}` {}", self.table, (self.key)()));
        DataError { process: 0, task: None, row, field, path, found, expected }
    }

    fn document(&self) -> &Document {
        self.document
    }
}
