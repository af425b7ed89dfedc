//! JSON Schema (draft 2020-12) of what a form sends and of what a document has: as it is kept, not as serde would
//! write the Rust type.

use serde_json::{Map, Value, json};

use super::{FieldType, FormField};
use crate::proxy::{Bound, Format, Meta};

/// A form: every field but an `Option` must be there, and no other.
pub(crate) fn of_fields(title: &str, fields: &[FormField]) -> Value {
    let metas: Vec<Meta> = fields.iter().map(|field| *field.meta()).collect();
    let mut properties = Map::new();
    for field in fields {
        properties.insert(field.name().to_owned(), field_schema(field.meta()));
    }
    let required: Vec<&str> = metas.iter().filter(|meta| !meta.ty.is_optional()).map(|meta| meta.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// A document: where each field is kept. A field with a default may be left out, and other keys are left alone.
pub(crate) fn object(metas: &[Meta]) -> Value {
    let mut root = empty();
    for meta in metas {
        let required = meta.default.is_none() && !meta.ty.is_optional();
        insert(&mut root, meta.path, required, field_schema(meta));
    }
    root
}

fn empty() -> Value {
    json!({ "type": "object", "properties": {}, "required": [] })
}

/// Puts a field at its path; the objects on its way are made.
fn insert(object: &mut Value, path: &[&str], required: bool, schema: Value) {
    let Some((key, rest)) = path.split_first() else { return };
    if let Some(list) = object.get_mut("required").and_then(Value::as_array_mut).filter(|_| required)
        && !list.iter().any(|name| name == key)
    {
        list.push((*key).into());
    }
    let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) else { return };
    if rest.is_empty() {
        properties.insert((*key).to_owned(), schema);
    } else {
        insert(properties.entry(*key).or_insert_with(empty), rest, required, schema);
    }
}

fn field_schema(meta: &Meta) -> Value {
    let mut schema = type_schema(&meta.ty);
    let Some(map) = schema.as_object_mut() else { return schema };
    map.insert("title".to_owned(), meta.label.into());
    if !meta.help.is_empty() {
        map.insert("description".to_owned(), meta.help.into());
    }
    if let Some(default) = meta.default.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
        map.insert("default".to_owned(), default);
    }
    if let Some(most) = meta.rules.max_length {
        map.insert("maxLength".to_owned(), most.into());
    }
    if meta.rules.filled {
        map.insert("minLength".to_owned(), 1.into());
    }
    for (key, bound) in [("minimum", meta.rules.least), ("maximum", meta.rules.most)] {
        map.extend(bound.map(|bound| {
            let number = match bound {
                Bound::Int(bound) => bound.into(),
                Bound::Float(bound) => bound.into(),
            };
            (key.to_owned(), number)
        }));
    }
    match meta.rules.format {
        Some(Format::Email) => map.extend([("format".to_owned(), "email".into())]),
        Some(Format::Url) => map.extend([("format".to_owned(), "uri".into())]),
        Some(Format::Slug) => map.extend([("pattern".to_owned(), "^[-a-zA-Z0-9_]*$".into())]),
        None => {}
    }
    let choices: Vec<Value> = meta.rules.choices.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    if !choices.is_empty() {
        let nothing = meta.ty.is_optional().then_some(Value::Null);
        let choices: Vec<Value> = choices.into_iter().chain(nothing).collect();
        map.insert("enum".to_owned(), choices.into());
    }
    schema
}

fn type_schema(ty: &FieldType) -> Value {
    let text = |format: &str| json!({ "type": "string", "format": format });
    match ty {
        FieldType::Boolean => json!({ "type": "boolean" }),
        FieldType::Integer { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        FieldType::Number => json!({ "type": "number" }),
        FieldType::Text => json!({ "type": "string" }),
        FieldType::Decimal => json!({ "type": ["string", "number"], "pattern": "^-?[0-9]+([.][0-9]+)?$" }),
        FieldType::Date => text("date"),
        // `format: time` asks for an offset.
        FieldType::Time => json!({ "type": "string", "pattern": "^[0-9]{2}:[0-9]{2}:[0-9]{2}" }),
        FieldType::DateTime => text("date-time"),
        FieldType::Duration => text("duration"),
        FieldType::Uuid => text("uuid"),
        FieldType::Url => text("uri"),
        // Of either version: `format` has a word for each, not for both.
        FieldType::IpAddress => json!({ "type": "string" }),
        FieldType::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
        FieldType::Choice(choices) => {
            let values: Vec<&str> = choices.iter().map(|choice| choice.value).collect();
            json!({ "type": "string", "enum": values })
        }
        FieldType::Reference(_) => json!({ "type": ["integer", "string"] }),
        FieldType::List(of) => json!({ "type": "array", "items": type_schema(of) }),
        FieldType::Object(metas) => object(metas),
        FieldType::Optional(of) => json!({ "anyOf": [type_schema(of), { "type": "null" }] }),
        FieldType::Json => json!({}),
    }
}
