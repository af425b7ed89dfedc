//! A row of the app's as the lines of a panel.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// The fields of a row as lines of a [panel](crate::FlowWeb::panel), in their order: `pay_date` is labelled "Pay date".
/// What is empty is left out. Whoever sees a process sees these lines: take a type without what is not for them.
///
/// ```
/// #[derive(serde::Serialize)]
/// struct Bill { number: i32, pay_date: Option<String>, paid: bool, note: Option<String> }
///
/// let bill = Bill { number: 17, pay_date: Some("2026-12-01".into()), paid: false, note: None };
/// let lines = flow_web::lines(&bill);
/// let lines: Vec<(&str, &str)> = lines.iter().map(|(label, text)| (&**label, &**text)).collect();
/// assert_eq!(lines, [("Number", "17"), ("Pay date", "2026-12-01"), ("Paid", "no")]);
/// ```
pub fn lines(row: &impl Serialize) -> Vec<(String, String)> {
    let fields = serde_json::to_string(row).and_then(|json| serde_json::from_str::<Fields>(&json));
    let fields = fields.unwrap_or_else(|error| {
        tracing::error!(%error, row = std::any::type_name_of_val(row), "a row has no fields to show");
        Fields(Vec::new())
    });
    fields.0.into_iter().filter_map(|(name, value)| Some((label(&name), text(value)?))).collect()
}

/// The members of an object, in the order in which they stand.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a struct with fields")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Fields, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

fn label(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn text(value: Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text,
        Value::Array(items) => items.into_iter().filter_map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_in_their_order_and_what_is_no_struct_has_none() {
        #[derive(Serialize)]
        struct Row {
            z_last: &'static str,
            a: Vec<i32>,
            nested: Option<Box<Row>>,
        }

        let row = Row { z_last: "<b>", a: vec![1, 2], nested: None };
        let row = Row { z_last: "", a: vec![], nested: Some(Box::new(row)) };
        let nested = r#"{"a":[1,2],"nested":null,"z_last":"<b>"}"#.to_owned();
        assert_eq!(lines(&row), [("Nested".to_owned(), nested)]);
        let inner = row.nested.unwrap();
        let labels: Vec<String> = lines(&inner).into_iter().map(|(label, _)| label).collect();
        assert_eq!(labels, ["Z last", "A"]);
        assert_eq!(lines(&5), []);
    }
}
