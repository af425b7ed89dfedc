//! Structs inside a document: `#[derive(JsonModel)]`.

use serde_json::{Map, Value};

use super::meta::meta;
use super::write::checked;
use super::{Codec, Meta, Mismatch};

/// The object of a struct, field by field.
#[derive(Debug)]
pub struct NewObject {
    object: Map<String, Value>,
    fields: &'static [Meta],
    errors: Vec<String>,
}

impl NewObject {
    /// Without any of these fields yet.
    #[must_use]
    pub fn new(fields: &'static [Meta]) -> Self {
        NewObject { object: Map::new(), fields, errors: Vec::new() }
    }

    /// With the field at this place.
    pub fn field<C: Codec<T>, T>(&mut self, at: u16, value: &T) {
        self.checked_field::<C, T>(at, value, |_| Ok(()));
    }

    /// The same, after a check of the user's.
    pub fn checked_field<C: Codec<T>, T>(&mut self, at: u16, value: &T, check: impl FnOnce(&T) -> Result<(), String>) {
        let meta = meta(self.fields, at);
        let json = match checked::<C, T>(meta, value, check) {
            Ok(json) => json,
            Err(error) => return self.errors.push(error.to_string()),
        };
        let Some((last, parents)) = meta.path.split_last() else { return };
        let mut object = &mut self.object;
        for key in parents {
            // The derive sees to it that no value is kept inside another's path.
            match object.entry(*key).or_insert_with(|| Value::Object(Map::new())) {
                Value::Object(inner) => object = inner,
                _ => return,
            }
        }
        object.insert((*last).to_owned(), json);
    }

    /// The object.
    ///
    /// # Errors
    /// The fields that are not valid.
    pub fn finish(self) -> Result<Value, String> {
        if self.errors.is_empty() { Ok(Value::Object(self.object)) } else { Err(self.errors.join(", ")) }
    }
}

/// The value at a path inside another.
pub(super) fn at<'v>(json: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(json, |json, key| json.get(*key))
}

/// Reads the field at this place from the object of a struct.
///
/// # Errors
/// It is no object, or the field is missing or of another type.
pub fn read_in<C: Codec<T>, T>(json: &Value, fields: &'static [Meta], place: u16) -> Result<T, Mismatch> {
    let meta = meta(fields, place);
    if !json.is_object() {
        return Err(Mismatch::new(json, "an object"));
    }
    let stored = meta.find(|path| Ok::<_, Mismatch>(at(json, path)))?;
    let path: String = meta.path.iter().map(|key| format!(".\"{key}\"")).collect();
    meta.decode::<C, T>(stored).map_err(|wrong| wrong.inside(&path))
}
