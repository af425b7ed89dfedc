//! What a page sends, as JSON: every value is a text there, and what is not ticked is not there.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{FieldType, FormField};

/// The values as JSON of their fields' types. A text that is none of its field's type stays one, and is refused where
/// the field is read.
pub(super) fn value(text: &str, fields: &[FormField]) -> Value {
    let mut sent: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, value) in form_urlencoded::parse(text.as_bytes()) {
        sent.entry(key.into_owned()).or_default().push(value.into_owned());
    }
    let mut out = Map::new();
    for field in fields {
        let texts = sent.remove(field.name()).unwrap_or_default();
        out.extend(typed(&field.meta().ty, texts).map(|value| (field.name().to_owned(), value)));
    }
    // Unknown ones are refused together with the other faults.
    out.extend(sent.into_keys().map(|key| (key, Value::Null)));
    Value::Object(out)
}

/// `None`: it is not there.
fn typed(ty: &FieldType, mut texts: Vec<String>) -> Option<Value> {
    if let FieldType::List(of) = ty {
        return Some(texts.into_iter().filter_map(|text| typed(of, vec![text])).collect());
    }
    if let FieldType::Optional(of) = ty {
        return match texts.is_empty() || texts == [""] {
            true => Some(Value::Null),
            false => typed(of, texts),
        };
    }
    // Some pages send a hidden `false` in front of a check box: the last one counts, as browsers' own tools have it.
    let text = texts.pop();
    if matches!(ty, FieldType::Boolean) {
        return Some(match text.as_deref() {
            None | Some("" | "false" | "off" | "0" | "no") => false.into(),
            Some("true" | "on" | "1" | "yes") => true.into(),
            Some(other) => other.into(),
        });
    }
    let text = text?;
    match ty {
        FieldType::Text | FieldType::Bytes => Some(text.into()),
        _ if text.is_empty() => None,
        FieldType::Integer { .. } => Some(text.trim().parse::<i64>().map_or_else(|_| text.into(), Value::from)),
        FieldType::Number => Some(text.trim().parse::<f64>().map_or_else(|_| text.clone().into(), Value::from)),
        FieldType::Object(_) | FieldType::Json => Some(serde_json::from_str(&text).unwrap_or_else(|_| text.into())),
        _ => Some(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_what_their_field_is() {
        let int = FieldType::Integer { least: 0, most: 9 };
        let one = |ty: FieldType, text: &str| typed(&ty, vec![text.to_owned()]);
        assert_eq!(one(int, " 7"), Some(7.into()));
        assert_eq!(one(int, "seven"), Some("seven".into()));
        assert_eq!(one(int, ""), None);
        assert_eq!(one(FieldType::Text, ""), Some("".into()));
        assert_eq!(one(FieldType::Number, "NaN"), Some(Value::Null));
        assert_eq!(one(FieldType::Boolean, "on"), Some(true.into()));
        assert_eq!(typed(&FieldType::Boolean, Vec::new()), Some(false.into()));
        assert_eq!(typed(&FieldType::Boolean, vec!["false".into(), "true".into()]), Some(true.into()));
        assert_eq!(one(FieldType::Optional(&FieldType::Text), ""), Some(Value::Null));
        assert_eq!(typed(&FieldType::List(&FieldType::Text), Vec::new()), Some(Value::Array(Vec::new())));
    }
}
