//! What a new process is made from: its document, and its joined row.

use super::NewDocument;
use crate::Result;
use crate::data::Document;
use crate::proxy::{HasField, ProcessProxy};

/// What a new process of type `P` is made from, in the making.
#[allow(missing_debug_implementations, reason = "holds a value of the user's")]
pub struct NewProcess<P: ProcessProxy> {
    document: NewDocument,
    joined: Option<P::NewJoined>,
}

/// What a new process is made from: its document, and what its joined row is made from. That is `()` for a type
/// without one, and missing only where `#[flow]` has reported it.
pub type Beginning<P> = (Document, Option<<P as ProcessProxy>::NewJoined>);

impl<P: ProcessProxy> NewProcess<P> {
    /// Without any field yet.
    #[allow(clippy::new_without_default, reason = "for the macro alone")]
    #[must_use]
    pub fn new() -> Self {
        NewProcess { document: NewDocument::new(P::META), joined: None }
    }

    /// With what the form asked for as this field.
    pub fn give<const I: u64>(&mut self, value: P::Value)
    where
        P: HasField<I>,
    {
        P::give(value, self);
    }

    /// For the derive: where a field of the document is written.
    pub fn document(&mut self) -> &mut NewDocument {
        &mut self.document
    }

    /// For the derive: what the joined row is made from.
    pub fn join(&mut self, new: P::NewJoined) {
        self.joined = Some(new);
    }

    /// What there is to be written.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) with the fields that are not valid.
    pub fn finish(self) -> Result<Beginning<P>> {
        Ok((self.document.finish()?, self.joined))
    }
}
