//! How fields become a document: validated, all faults at once, and only what changed.

use serde_json::Value;

use super::meta::meta;
use super::{Codec, Key, Meta, Mismatch, Row};
use crate::data::Document;
use crate::{Error, FieldError, FieldErrorKind, Result};

/// Levels of lists and objects that a document may have.
pub(crate) const DEEPEST: usize = 32;

/// Largest document, in bytes of JSON.
pub(crate) const LARGEST: usize = 1024 * 1024;

/// Writes the fields of a proxy into its row.
#[derive(Debug)]
pub struct Writer<'r> {
    data: &'r mut Document,
    fields: &'static [Meta],
    errors: Vec<FieldError>,
    last: &'static str,
}

impl<'r> Writer<'r> {
    /// Into the document of this row, these fields.
    pub fn new(row: &'r mut impl Row, fields: &'static [Meta]) -> Self {
        Writer { data: row.document_mut(), fields, errors: Vec::new(), last: "data" }
    }

    /// Writes the field at this place, if it was set or differs from what was loaded.
    pub fn field<C: Codec<T>, T>(&mut self, at: u16, value: &T) {
        self.checked_field::<C, T>(at, value, |_| Ok::<_, String>(()));
    }

    /// The same, after a check of the user's.
    pub fn checked_field<C: Codec<T>, T>(&mut self, at: u16, value: &T, check: impl FnOnce(&T) -> Result<(), String>) {
        let meta = meta(self.fields, at);
        let json = match checked::<C, T>(meta, value, check) {
            Ok(json) => json,
            Err(error) => return self.errors.push(error),
        };
        let changes = match meta.find(|path| self.data.get(path)) {
            Ok(Some(stored)) => changes::<C, T>(meta, stored, json),
            Ok(None) if !self.data.is_touched(at) && is_default(meta, &json) => return,
            Ok(None) => vec![(meta.path.to_vec(), json)],
            Err(found) => return self.errors.push(FieldError::new(meta.name, format!("is kept in {found}"))),
        };
        for (path, json) in changes {
            self.last = meta.name;
            if let Err(found) = self.data.set(&path, json) {
                self.errors.push(FieldError::new(meta.name, format!("is kept in {found}")));
            }
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
#[derive(Debug)]
pub struct NewDocument {
    data: Document,
    fields: &'static [Meta],
    errors: Vec<FieldError>,
    last: &'static str,
}

impl NewDocument {
    /// Without any of these fields yet.
    #[must_use]
    pub fn new(fields: &'static [Meta]) -> Self {
        NewDocument { data: Document::default(), fields, errors: Vec::new(), last: "data" }
    }

    /// With the field at this place.
    pub fn field<C: Codec<T>, T>(&mut self, at: u16, value: &T) {
        self.checked_field::<C, T>(at, value, |_| Ok(()));
    }

    /// The same, after a check of the user's.
    pub fn checked_field<C: Codec<T>, T>(&mut self, at: u16, value: &T, check: impl FnOnce(&T) -> Result<(), String>) {
        let meta = meta(self.fields, at);
        self.last = meta.name;
        let written = checked::<C, T>(meta, value, check).and_then(|json| {
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

/// The JSON of a value that keeps all rules of its field.
pub(super) fn checked<C: Codec<T>, T>(
    meta: &Meta,
    value: &T,
    check: impl FnOnce(&T) -> Result<(), String>,
) -> Result<Value, FieldError> {
    let other = |message| FieldError::new(meta.name, message);
    let json = C::encode(value).map_err(other)?;
    meta.rules.check(&json).map_err(|(kind, message)| FieldError::of(kind, meta.name, message))?;
    if depth(&json) + meta.path.len() > DEEPEST {
        return Err(other(format!("is more than {DEEPEST} levels deep")));
    }
    check(value).map_err(other)?;
    Ok(json)
}

/// A value from a form that keeps all rules of its field.
///
/// # Errors
/// What is wrong with it.
pub fn accept<C: Codec<T>, T>(
    meta: &Meta,
    json: &Value,
    check: impl FnOnce(&T) -> Result<(), String>,
) -> Result<T, FieldError> {
    let wrong_choice = !C::CHOICES.is_empty() && json.is_string();
    let kind = if wrong_choice { FieldErrorKind::NotAChoice } else { FieldErrorKind::Type };
    let value = C::decode(json).map_err(|wrong| wrong.of_form(kind, meta.name))?;
    checked::<C, T>(meta, &value, check)?;
    Ok(value)
}

/// What is different now, each at its own path: two who change different keys of one object do not meet.
fn changes<C: Codec<T>, T>(meta: &Meta, stored: &Value, json: Value) -> Vec<(Vec<&'static str>, Value)> {
    // Written by another hand it may say the same in other words.
    let same =
        || C::decode(stored).and_then(|old| C::encode(&old).map_err(|_| Mismatch::new(stored, ""))) == Ok(json.clone());
    if *stored == json || same() {
        return Vec::new();
    }
    if C::KEYS.is_empty() || !stored.is_object() || !json.is_object() {
        return vec![(meta.path.to_vec(), json)];
    }
    let mut out = Vec::new();
    differences(stored, &json, C::KEYS, meta.path, &mut out);
    out
}

fn differences(
    stored: &Value,
    now: &Value,
    keys: &[Key],
    before: &[&'static str],
    out: &mut Vec<(Vec<&'static str>, Value)>,
) {
    for key in keys {
        let path = [before, key.path].concat();
        match (super::model::at(stored, key.path), super::model::at(now, key.path)) {
            (Some(old), Some(new)) if !key.inside.is_empty() && old.is_object() && new.is_object() => {
                differences(old, new, key.inside, &path, out);
            }
            (old, Some(new)) if old != Some(new) => out.push((path, new.clone())),
            _ => {}
        }
    }
}

/// Levels of lists and objects.
fn depth(json: &Value) -> usize {
    match json {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
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
