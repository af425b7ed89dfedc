//! How fields become a document: validated, all faults at once, and only what changed.

use std::any::Any;

use serde_json::Value;

use super::meta::meta;
use super::{Kept, Key, Meta};
use crate::data::Document;
use crate::{Error, FieldError, FieldErrorKind, Result};

/// Levels of lists and objects that a document may have.
pub(crate) const DEEPEST: usize = 32;

/// Largest document, in bytes of JSON.
pub(crate) const LARGEST: usize = 1024 * 1024;

/// Writes the fields of a proxy into the document of its row: those that were set, or differ from what was loaded.
///
/// # Errors
/// All fields that are not valid.
pub(super) fn store<P: Kept>(
    proxy: &mut P,
    document: impl FnOnce(&mut P) -> &mut Document,
) -> Result<(), Vec<FieldError>> {
    let fields = (0..).zip(P::META).filter_map(|(at, meta)| Some((at, meta, proxy.field(at)?)));
    let written: Vec<_> = fields.map(|(at, meta, value)| (at, meta, checked(meta, value))).collect();
    let data = document(proxy);
    let (mut errors, mut last) = (Vec::new(), "data");
    for (at, meta, json) in written {
        match json.and_then(|json| put(data, at, meta, json)) {
            Ok(true) => last = meta.name,
            Ok(false) => {}
            Err(error) => errors.push(error),
        }
    }
    finish(data, errors, last)
}

/// Writes one field. Says whether it was written.
fn put(data: &mut Document, at: u16, meta: &Meta, json: Value) -> Result<bool, FieldError> {
    let changes = match meta.find(|path| data.get(path)).map_err(|found| kept_in(meta, found))? {
        Some(stored) => changes(meta, stored, json),
        None if !data.is_touched(at) && is_default(meta, &json) => return Ok(false),
        None => vec![(meta.path.to_vec(), json)],
    };
    let any = !changes.is_empty();
    for (path, json) in changes {
        data.set(&path, json).map_err(|found| kept_in(meta, found))?;
    }
    Ok(any)
}

/// The document of a new process or task with these values, one for each field.
///
/// # Errors
/// [`Error::Invalid`] with all that are not valid.
pub fn document(fields: &'static [Meta], values: &[&dyn Any]) -> Result<Document> {
    let mut new = NewDocument::new(fields);
    for (at, value) in (0..).zip(values) {
        new.field(at, *value);
    }
    new.finish()
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
    pub fn field(&mut self, at: u16, value: &dyn Any) {
        let meta = meta(self.fields, at);
        self.last = meta.name;
        let written =
            checked(meta, value).and_then(|json| self.data.set(meta.path, json).map_err(|found| kept_in(meta, found)));
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

/// On the way to a field there is something else than an object.
fn kept_in(meta: &Meta, found: impl std::fmt::Display) -> FieldError {
    FieldError::new(meta.name, format!("is kept in {found}"))
}

/// The JSON of a value that keeps all rules of its field.
pub(super) fn checked(meta: &Meta, value: &dyn Any) -> Result<Value, FieldError> {
    let other = |message| FieldError::new(meta.name, message);
    let json = meta.keeping.encode(value).map_err(other)?;
    meta.rules.check(&json).map_err(|(kind, message)| FieldError::of(kind, meta.name, message))?;
    if depth(&json) + meta.path.len() > DEEPEST {
        return Err(other(format!("is more than {DEEPEST} levels deep")));
    }
    meta.check.map_or(Ok(()), |check| check(value)).map_err(other)?;
    Ok(json)
}

/// A value from a form that keeps all rules of its field.
///
/// # Errors
/// What is wrong with it.
pub(super) fn accept<T: 'static>(meta: &Meta, json: &Value) -> Result<T, FieldError> {
    let wrong_choice = !meta.keeping.choices.is_empty() && json.is_string();
    let kind = if wrong_choice { FieldErrorKind::NotAChoice } else { FieldErrorKind::Type };
    let value: T = meta.keeping.decode(json).map_err(|wrong| wrong.of_form(kind, meta.name))?;
    checked(meta, &value)?;
    Ok(value)
}

/// What is different now, each at its own path: two who change different keys of one object do not meet.
fn changes(meta: &Meta, stored: &Value, json: Value) -> Vec<(Vec<&'static str>, Value)> {
    // Written by another hand it may say the same in other words.
    if *stored == json || meta.keeping.rewrite(stored).as_ref() == Some(&json) {
        return Vec::new();
    }
    if meta.keeping.keys.is_empty() || !stored.is_object() || !json.is_object() {
        return vec![(meta.path.to_vec(), json)];
    }
    let mut out = Vec::new();
    differences(stored, &json, meta.keeping.keys, meta.path, &mut out);
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
