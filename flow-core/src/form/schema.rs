//! JSON Schemas of forms and of documents.

use std::collections::BTreeMap;

use schemars::Schema;
use serde_json::{Map, Value, json};

use super::{FieldType, FormField, ObjectFields};
use crate::proxy::{Bound, Choice};

/// Of a form: each field under its own name, and no other.
pub fn form_schema(fields: &[FormField]) -> Schema {
    let (properties, required) = by_name(fields, &mut Vec::new());
    let object = json!({
        "type": "object", "properties": properties, "required": required, "additionalProperties": false
    });
    object_of(object)
}

/// Of a document of a process or task: each field where it is kept, with its default; other keys are left alone.
pub fn document_schema(fields: &[FormField]) -> Schema {
    object_of(by_path(fields, &mut Vec::new()))
}

fn object_of(json: Value) -> Schema {
    Schema::try_from(json).unwrap_or_default()
}

/// The objects that the one at hand is inside of: a struct may have a list of itself.
type Around = Vec<ObjectFields>;

fn by_name(fields: &[FormField], around: &mut Around) -> (Map<String, Value>, Vec<&'static str>) {
    let properties = fields.iter().map(|field| (field.name.to_owned(), of_field(field, around))).collect();
    (properties, fields.iter().filter(|field| !field.optional).map(|field| field.name).collect())
}

/// One level of an object whose fields are kept at paths.
#[derive(Default)]
struct Level {
    here: Map<String, Value>,
    inside: BTreeMap<&'static str, Level>,
    required: Vec<&'static str>,
}

impl Level {
    /// Whether a key must be there; then so must the object that it is in.
    fn put(&mut self, path: &[&'static str], schema: Value, required: bool) {
        let Some((first, rest)) = path.split_first() else { return };
        if required && !self.required.contains(first) {
            self.required.push(first);
        }
        if rest.is_empty() {
            self.here.insert((*first).to_owned(), schema);
        } else {
            self.inside.entry(first).or_default().put(rest, schema, required);
        }
    }

    fn schema(mut self) -> Value {
        for (key, level) in self.inside {
            self.here.insert(key.to_owned(), level.schema());
        }
        json!({ "type": "object", "properties": self.here, "required": self.required })
    }
}

fn by_path(fields: &[FormField], around: &mut Around) -> Value {
    let mut level = Level::default();
    for field in fields {
        let mut schema = of_field(field, around);
        let default = field.default.and_then(|json| serde_json::from_str::<Value>(json).ok());
        if let Some((object, default)) = schema.as_object_mut().zip(default.filter(|json| !json.is_null())) {
            object.insert("default".to_owned(), default);
        }
        level.put(field.path, schema, field.default.is_none());
    }
    level.schema()
}

fn of_field(field: &FormField, around: &mut Around) -> Value {
    let mut schema = of_type(field.ty, &field.choices, around);
    let Some(object) = schema.as_object_mut() else { return schema };
    object.insert("title".to_owned(), field.label.into());
    if !field.help.is_empty() {
        object.insert("description".to_owned(), field.help.into());
    }
    if field.filled {
        object.insert("minLength".to_owned(), 1.into());
    }
    if let Some(most) = field.max_length {
        object.insert("maxLength".to_owned(), most.into());
    }
    if let Some(pattern) = field.pattern {
        // An empty text passes every rule, unless the field must be filled.
        let all = format!("^(?:{pattern}){}$", if field.filled { "" } else { "?" });
        if object.contains_key("pattern") {
            object.insert("allOf".to_owned(), json!([{ "pattern": all }]));
        } else {
            object.insert("pattern".to_owned(), all.into());
        }
    }
    if let Some(most) = field.decimal_places {
        let all = if most == 0 { "^-?[0-9]+$".to_owned() } else { format!("^-?[0-9]+(\\.[0-9]{{1,{most}}}0*)?$") };
        object.insert("pattern".to_owned(), all.into());
    }
    for (key, end) in [("minimum", field.least), ("maximum", field.most)] {
        let end = match end {
            Some(Bound::Int(end)) => json!(end),
            Some(Bound::Float(end)) => json!(end),
            None => continue,
        };
        // A decimal is a text there, of which JSON Schema knows no range.
        if field.ty != FieldType::Decimal {
            object.insert(key.to_owned(), end);
        }
    }
    if field.secret {
        object.insert("writeOnly".to_owned(), true.into());
    }
    if field.optional {
        nullable(object);
    }
    schema
}

/// Null as well.
fn nullable(object: &mut Map<String, Value>) {
    match object.get_mut("type") {
        Some(Value::Array(types)) => types.push("null".into()),
        Some(ty) => *ty = json!([ty.clone(), "null"]),
        None => {}
    }
    for key in ["enum", "anyOf"] {
        if let Some(Value::Array(values)) = object.get_mut(key) {
            values.push(if key == "enum" { Value::Null } else { json!({ "type": "null" }) });
        }
    }
}

fn of_type(ty: FieldType, choices: &[Choice], around: &mut Around) -> Value {
    let text = |format: &str| json!({ "type": "string", "format": format });
    let mut schema = match ty {
        FieldType::Text | FieldType::Choice | FieldType::FilePath => json!({ "type": "string" }),
        FieldType::Email => text("email"),
        FieldType::Url => text("uri"),
        FieldType::Slug => json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]*$" }),
        FieldType::Integer => json!({ "type": "integer" }),
        FieldType::Number => json!({ "type": "number" }),
        FieldType::Decimal => json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$" }),
        FieldType::Boolean => json!({ "type": "boolean" }),
        FieldType::Date => text("date"),
        // JSON Schema's `time` has an offset, which a time of day here has not.
        FieldType::Time => json!({ "type": "string", "pattern": "^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?" }),
        FieldType::DateTime => text("date-time"),
        FieldType::Duration => text("duration"),
        FieldType::Uuid => text("uuid"),
        FieldType::Ip => json!({ "type": "string", "anyOf": [{ "format": "ipv4" }, { "format": "ipv6" }] }),
        FieldType::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
        FieldType::Reference(_) => json!({ "type": ["integer", "string"] }),
        FieldType::List(item) => return json!({ "type": "array", "items": of_type(*item, choices, around) }),
        FieldType::Object(fields) if around.contains(&fields) || fields.list().is_empty() => {
            json!({ "type": "object" })
        }
        FieldType::Object(fields) => {
            around.push(fields);
            let object = by_path(fields.list(), around);
            around.pop();
            return object;
        }
        FieldType::Json => json!({}),
    };
    if let Some(object) = schema.as_object_mut().filter(|_| !choices.is_empty()) {
        let values = choices.iter().map(|choice| match ty {
            FieldType::Integer | FieldType::Number | FieldType::Boolean => {
                serde_json::from_str(&choice.value).unwrap_or_default()
            }
            _ => Value::from(&*choice.value),
        });
        object.insert("enum".to_owned(), values.collect());
    }
    schema
}
