//! How fields become a document: validated, all faults at once, and only what changed.

use serde_json::Value;

use super::{Codec, Meta, Row};
use crate::data::Document;
use crate::{Error, FieldError, Result};

/// Largest document, in bytes of JSON.
pub(crate) const LARGEST: usize = 1024 * 1024;

/// Writes the fields of a proxy into its row.
#[derive(Debug)]
pub struct Writer<'r> {
    data: &'r mut Document,
    errors: Vec<FieldError>,
    last: &'static str,
}

impl<'r> Writer<'r> {
    /// Into the document of this row.
    pub fn new(row: &'r mut impl Row) -> Self {
        Writer { data: row.document_mut(), errors: Vec::new(), last: "data" }
    }

    /// Writes a field, if it was set or differs from what was loaded.
    pub fn field<C: Codec<T>, T>(&mut self, ordinal: u16, meta: &'static Meta, value: &T) {
        let json = match checked::<C, T>(meta, value) {
            Ok(json) => json,
            Err(error) => return self.errors.push(error),
        };
        let same = match self.data.get(meta.path) {
            Ok(Some(stored)) => *stored == json,
            Ok(None) => !self.data.is_touched(ordinal) && is_default(meta, &json),
            Err(found) => return self.errors.push(FieldError::new(meta.name, format!("is kept in {found}"))),
        };
        if same {
            return;
        }
        self.last = meta.name;
        if let Err(found) = self.data.set(meta.path, json) {
            self.errors.push(FieldError::new(meta.name, format!("is kept in {found}")));
        }
    }

    /// All faults, if there are any.
    ///
    /// # Errors
    /// The fields that are not valid.
    pub fn finish(self) -> Result<(), Vec<FieldError>> {
        finish(self.data, self.errors, self.last)
    }
}

/// The document of a new process, field by field.
#[derive(Debug, Default)]
pub struct NewDocument {
    data: Document,
    errors: Vec<FieldError>,
    last: &'static str,
}

impl NewDocument {
    /// Without any field yet.
    #[must_use]
    pub fn new() -> Self {
        NewDocument { last: "data", ..NewDocument::default() }
    }

    /// With this field.
    pub fn field<C: Codec<T>, T>(&mut self, meta: &'static Meta, value: &T) {
        self.last = meta.name;
        let written = checked::<C, T>(meta, value).and_then(|json| {
            let fault = |found| FieldError::new(meta.name, format!("is kept in {found}"));
            self.data.set(meta.path, json).map_err(fault)
        });
        self.errors.extend(written.err());
    }

    /// The document.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the fields that are not valid.
    pub fn finish(self) -> Result<Document> {
        finish(&self.data, self.errors, self.last).map_err(Error::Invalid)?;
        Ok(self.data)
    }
}

fn checked<C: Codec<T>, T>(meta: &Meta, value: &T) -> Result<Value, FieldError> {
    let json = C::encode(value).map_err(|message| FieldError::new(meta.name, message))?;
    if let (Some(most), Some(text)) = (meta.max_length, json.as_str()) {
        let length = text.chars().count();
        if length > most {
            return Err(FieldError::new(meta.name, format!("has {length} characters, at most {most} are allowed")));
        }
    }
    Ok(json)
}

fn is_default(meta: &Meta, json: &Value) -> bool {
    meta.default.and_then(|text| serde_json::from_str::<Value>(text).ok()).as_ref() == Some(json)
}

fn finish(data: &Document, mut errors: Vec<FieldError>, last: &'static str) -> Result<(), Vec<FieldError>> {
    let size = data.size_if_changed();
    if size > LARGEST {
        let text = format!("makes the document {size} bytes large, at most {LARGEST} are allowed");
        errors.push(FieldError::new(last, text));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}
