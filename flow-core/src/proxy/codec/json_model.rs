//! Structs inside a document: `#[derive(JsonModel)]`.

use std::any::Any;

use serde_json::{Map, Value};

use super::{Mismatch, inside};
use crate::FieldError;
use crate::proxy::document::{Meta, check_fields, encode_fields, meta};

/// The object of a struct with these values, one for each field.
///
/// # Errors
/// The fields that JSON cannot hold.
pub fn object(fields: &'static [Meta], values: &[&dyn Any]) -> Result<Value, String> {
    let (mut object, mut errors) = (Map::new(), Vec::new());
    for (meta, json) in encode_fields(fields, values) {
        match json {
            Ok(json) => put(&mut object, meta.path, json),
            Err(error) => errors.push(error.to_string()),
        }
    }
    if errors.is_empty() { Ok(Value::Object(object)) } else { Err(errors.join(", ")) }
}

/// What is wrong with the values of a struct, by the rules of its fields.
#[must_use]
pub fn check_object(fields: &'static [Meta], values: &[&dyn Any]) -> Vec<FieldError> {
    check_fields(fields, values).into_iter().map(|fault| inside(".", fault)).collect()
}

fn put(mut object: &mut Map<String, Value>, path: &[&str], json: Value) {
    let Some((last, parents)) = path.split_last() else { return };
    for key in parents {
        // The derive sees to it that no value is kept inside another's path.
        match object.entry(*key).or_insert_with(|| Value::Object(Map::new())) {
            Value::Object(inner) => object = inner,
            _ => return,
        }
    }
    object.insert((*last).to_owned(), json);
}

/// The value at a path inside another.
pub(in crate::proxy) fn at<'v>(json: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(json, |json, key| json.get(*key))
}

/// Reads the field at this place from the object of a struct.
///
/// # Errors
/// It is no object, or the field is missing or of another type.
pub fn read_in<T: 'static>(json: &Value, fields: &'static [Meta], place: u16) -> Result<T, Mismatch> {
    let meta = meta(fields, place);
    if !json.is_object() {
        return Err(Mismatch::new(json, "an object"));
    }
    let stored = meta.find(|path| Ok::<_, Mismatch>(at(json, path)))?;
    let path: String = meta.path.iter().map(|key| format!(".\"{key}\"")).collect();
    meta.decode(stored).map_err(|wrong| wrong.inside(&path))
}
