//! How fields become a document: validated, all faults at once, and only what changed.

use std::any::Any;

use serde_json::Value;

use super::{Meta, meta};
use crate::data::{Document, Path};
use crate::proxy::codec::{at, inside};
use crate::proxy::{JsonProxy, Key, Mismatch};
use crate::{Error, FieldError, FieldErrorKind, Result};

/// Levels of lists and objects that a document may have.
pub(crate) const DEEPEST: usize = 32;

/// Largest document, in bytes of JSON.
pub(crate) const LARGEST: usize = 1024 * 1024;

/// Writes the fields of a proxy into the document of its row: those that were set, or differ from what was loaded.
/// They alone are checked, so that a rule which was made stricter meets those who set such a field, and no others.
///
/// # Errors
/// All fields that are not valid.
pub(in crate::proxy) fn store<P: JsonProxy>(
    proxy: &mut P,
    document: impl Fn(&mut P) -> &mut Document,
) -> Result<(), Vec<FieldError>> {
    let encoded: Vec<_> =
        (0..).zip(P::META).filter_map(|(at, meta)| Some((at, meta, encode(meta, proxy.field(at)?)))).collect();
    let data = document(proxy);
    let (mut changed, mut errors) = (Vec::new(), Vec::new());
    for (at, meta, json) in encoded {
        match changes_of(data, at, meta, json) {
            Ok(changes) if changes.is_empty() && !data.is_touched(at) => {}
            Ok(changes) => changed.push((at, meta, changes)),
            Err(error) => errors.push(error),
        }
    }
    for (at, meta, _) in &changed {
        if let Some(value) = proxy.field(*at) {
            errors.extend(faults(meta, value));
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let data = document(proxy);
    let mut last = "data";
    for (_, meta, changes) in changed {
        for (path, json) in changes {
            last = meta.name;
            errors.extend(data.set(&path, json).map_err(|found| kept_in(meta, found)).err());
        }
    }
    finish(data, errors, last)
}

/// What a field changes in the document.
fn changes_of(
    data: &Document,
    at: u16,
    meta: &Meta,
    json: Result<Value, FieldError>,
) -> Result<Vec<(Path, Value)>, FieldError> {
    let stored = meta.find(|path| data.get(path)).map_err(|found| kept_in(meta, found))?;
    let json = match (json, stored) {
        (Ok(json), _) => json,
        // The stored value is not valid either and was not touched: leave it.
        (Err(_), Some(stored)) if !data.is_touched(at) && meta.codec.rewrite(stored).is_none() => return Ok(Vec::new()),
        (Err(error), _) => return Err(error),
    };
    let Some(stored) = stored else {
        let absent = !data.is_touched(at) && is_default(meta, &json);
        return Ok(if absent { Vec::new() } else { vec![(meta.path.to_vec(), json)] });
    };
    let mut changes = changes(meta, stored, json);
    if !changes.is_empty() && matches!(data.get(meta.path), Ok(None)) {
        // Stored under an alias: the whole value moves to the current path.
        let mut whole = stored.clone();
        for (path, json) in changes {
            put(&mut whole, &path[meta.path.len()..], json);
        }
        changes = vec![(meta.path.to_vec(), whole)];
    }
    Ok(changes)
}

/// Sets a value inside another; objects on the way are made.
fn put(mut whole: &mut Value, path: &[&str], json: Value) {
    for key in path {
        if !whole.is_object() {
            *whole = Value::Object(serde_json::Map::new());
        }
        let Value::Object(map) = whole else { return };
        whole = map.entry(*key).or_insert(Value::Null);
    }
    *whole = json;
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

/// For the derive: fields as they are stored, and of a secret one only that it is there.
///
/// # Errors
/// Those of the formatter.
#[doc(hidden)]
pub fn debug_fields(
    f: &mut std::fmt::Formatter<'_>,
    name: &str,
    fields: &'static [Meta],
    values: &[&dyn Any],
) -> std::fmt::Result {
    let mut out = f.debug_struct(name);
    for (meta, value) in fields.iter().zip(values) {
        match meta.codec.encode(*value) {
            Ok(json) if !meta.codec.secret => out.field(meta.name, &format_args!("{json}")),
            _ => out.field(meta.name, &format_args!("..")),
        };
    }
    out.finish()
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
        let faults = faults(meta, value);
        if faults.is_empty() {
            let written = encode(meta, value)
                .and_then(|json| self.data.set(meta.path, json).map_err(|found| kept_in(meta, found)));
            self.errors.extend(written.err());
        }
        self.errors.extend(faults);
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
    FieldError::new(meta.name, format!("is stored inside {found}"))
}

/// The JSON of a value.
fn encode(meta: &Meta, value: &dyn Any) -> Result<Value, FieldError> {
    meta.codec.encode(value).map_err(|message| FieldError::new(meta.name, message))
}

/// The JSON of each field of a struct.
pub(in crate::proxy) fn encode_fields<'f>(
    fields: &'static [Meta],
    values: &'f [&'f dyn Any],
) -> impl Iterator<Item = (&'static Meta, Result<Value, FieldError>)> + 'f {
    fields.iter().zip(values).map(|(meta, value)| (meta, encode(meta, *value)))
}

/// What is wrong with the fields of a struct, each by its place in the struct's object.
pub(in crate::proxy) fn check_fields(fields: &'static [Meta], values: &[&dyn Any]) -> Vec<FieldError> {
    let renamed = |meta: &Meta, fault: FieldError| {
        let rest = fault.field.strip_prefix(meta.name).unwrap_or_default().to_owned();
        FieldError { field: format!("{}{rest}", meta.path.join(".")).into(), ..fault }
    };
    let each = fields.iter().zip(values);
    each.flat_map(|(meta, value)| faults(meta, *value).into_iter().map(move |fault| renamed(meta, fault))).collect()
}

/// What is wrong with a value: with itself, or with values inside it.
fn faults(meta: &Meta, value: &dyn Any) -> Vec<FieldError> {
    let own = encode(meta, value).and_then(|json| {
        meta.rules.check(&json, meta.codec.ty).map_err(|(kind, message)| FieldError::of(kind, meta.name, message))?;
        let other = |message| FieldError::new(meta.name, message);
        if depth(&json) + meta.path.len() > DEEPEST {
            return Err(other(format!("is nested more than {DEEPEST} levels deep")));
        }
        meta.check.map_or(Ok(()), |check| check(value)).map_err(other)
    });
    let within = meta.codec.check(value).into_iter().map(|fault| inside(meta.name, fault));
    own.err().into_iter().chain(within).collect()
}

/// A value from a form that keeps all rules of its field.
///
/// # Errors
/// What is wrong with it.
pub(in crate::proxy) fn accept<T: 'static>(meta: &Meta, json: &Value) -> Result<T, Vec<FieldError>> {
    let wrong = |wrong: Mismatch| vec![wrong.of_form(kind_of_mismatch(meta, json), meta.name)];
    let value: T = meta.codec.decode(json).map_err(wrong)?;
    let faults = faults(meta, &value);
    if faults.is_empty() { Ok(value) } else { Err(faults) }
}

/// A value from outside, whatever its type: it is checked when it is written.
///
/// # Errors
/// It is of another type.
pub(crate) fn read(meta: &Meta, json: &Value) -> Result<Box<dyn Any>, FieldError> {
    meta.codec.read(json).map_err(|wrong| wrong.of_form(kind_of_mismatch(meta, json), meta.name))
}

/// How a value that is of another type than its field is reported.
fn kind_of_mismatch(meta: &Meta, json: &Value) -> FieldErrorKind {
    let wrong_choice = !meta.codec.choices.is_empty() && json.is_string();
    if wrong_choice { FieldErrorKind::NotAChoice } else { FieldErrorKind::Type }
}

/// What is different now, each at its own path: two who change different keys of one object do not meet.
fn changes(meta: &Meta, stored: &Value, json: Value) -> Vec<(Path, Value)> {
    // Another program may have stored an equal value in another form.
    if *stored == json || meta.codec.rewrite(stored).as_ref() == Some(&json) {
        return Vec::new();
    }
    if meta.codec.keys.is_empty() || !stored.is_object() || !json.is_object() {
        return vec![(meta.path.to_vec(), json)];
    }
    let mut out = Vec::new();
    differences(stored, &json, meta.codec.keys, meta.path, &mut out);
    out
}

fn differences(stored: &Value, now: &Value, keys: &[Key], before: &[&'static str], out: &mut Vec<(Path, Value)>) {
    for key in keys {
        let path = [before, key.path].concat();
        match (at(stored, key.path), at(now, key.path)) {
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
        let text = format!("makes the document {size} bytes, at most {LARGEST} are allowed");
        errors.push(FieldError::new(last, text));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}
