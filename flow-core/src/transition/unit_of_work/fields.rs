//! Which fields of its process a transition changed, for the audit.

use super::UnitOfWork;
use crate::Process;
use crate::data::Document;
use crate::proxy::{Meta, changed_fields};

/// What the audit says of the fields of a process type.
pub(crate) struct Audited {
    /// The fields.
    pub(crate) fields: &'static [Meta],
    /// Their values too.
    pub(crate) values: bool,
}

impl UnitOfWork {
    /// Notes what is about to be written. What a callback wrote may be rolled back later, so that the values are
    /// compared when everything is done.
    pub(super) fn note_fields(&mut self, row: &Process) {
        if !row.data.is_written() {
            return;
        }
        let (_, written) = self.document.get_or_insert_with(|| (row.data.as_read().to_owned(), Vec::new()));
        for path in row.data.written() {
            if !written.contains(path) {
                written.push(path.clone());
            }
        }
    }

    /// The fields that differ now. A process that begins has all of its fields from its start, so their names say
    /// nothing.
    pub(super) fn changed_fields(&self, row: &Process, audited: &Audited) -> Option<Document> {
        let (before, written) = self.document.as_ref().filter(|_| !self.is_new || audited.values)?;
        changed_fields(audited.fields, written, &Document::from(before.clone()), &row.data, audited.values)
    }
}
