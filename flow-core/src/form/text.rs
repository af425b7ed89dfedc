//! The texts of an HTML form, as the JSON that a field's codec reads.

use super::unique::has_name_twice;
use serde_json::Value;

use super::{FieldType, FormField};

/// What some texts say.
#[derive(Debug, PartialEq)]
pub(super) enum Read {
    Value(Value),
    /// JSON, which may be meant as the text that it is.
    Either(Value, Value),
    /// Nothing, where something must be said.
    Empty,
    /// More than one text where one was expected.
    Twice,
}

pub(super) fn read(field: &FormField, texts: &[String]) -> Read {
    if let FieldType::List(item) = field.ty {
        // An empty choice sends an empty text, which is no item of a list of numbers.
        let filled = texts.iter().filter(|text| says_empty(*item) || !text.trim().is_empty());
        let items: Vec<Value> = filled.map(|text| any(*item, text)).collect();
        return Read::Value(if items.is_empty() && field.optional { Value::Null } else { Value::Array(items) });
    }
    let text = match (texts, field.ty) {
        ([text], _) => text,
        // A hidden `false` before a checkbox is a habit of many: the last one counts.
        ([.., last], FieldType::Boolean) => last,
        _ => return Read::Twice,
    };
    match field.ty {
        _ if text.is_empty() && field.optional => Read::Value(Value::Null),
        ty if says_empty(ty) => Read::Value(text.as_str().into()),
        FieldType::Boolean if text.trim().is_empty() && field.is_checkbox() => Read::Value(false.into()),
        _ if text.trim().is_empty() => {
            if field.optional {
                Read::Value(Value::Null)
            } else {
                Read::Empty
            }
        }
        FieldType::Json | FieldType::Object(_) if has_name_twice(text.as_bytes()) => Read::Twice,
        FieldType::Json | FieldType::Object(_) => match serde_json::from_str(text) {
            Ok(json) => Read::Either(json, text.as_str().into()),
            Err(_) => Read::Value(text.as_str().into()),
        },
        ty => Read::Value(any(ty, text)),
    }
}

impl FormField {
    /// What the texts of an HTML form say for this field, as JSON; `None` if they say nothing where something must be
    /// said. What is no value of its type stays a text: it is refused where the form is read.
    ///
    /// ```
    /// use flow_core::{FieldType, FormField};
    ///
    /// let pieces = FormField::new("pieces", FieldType::Integer);
    /// assert_eq!(pieces.value_of_texts(&["5".to_owned()]), Some(5.into()));
    /// assert_eq!(pieces.value_of_texts(&[]), None);
    /// ```
    #[must_use]
    pub fn value_of_texts(&self, texts: &[String]) -> Option<Value> {
        if texts.is_empty() && !matches!(self.ty, FieldType::List(_)) {
            return if self.optional { Some(Value::Null) } else { self.is_checkbox().then_some(false.into()) };
        }
        match read(self, texts) {
            Read::Value(value) | Read::Either(value, _) => Some(value),
            Read::Empty => None,
            Read::Twice => Some(texts.into()),
        }
    }
}

/// Whether an empty text in JSON means what an empty field of a page does. A list, and any JSON, can hold one; of a
/// checkbox it says nothing.
pub(super) fn empty_says_nothing(field: &FormField) -> bool {
    !matches!(field.ty, FieldType::List(_) | FieldType::Json) && !field.is_checkbox()
}

/// Whether an empty text is a value of it.
fn says_empty(ty: FieldType) -> bool {
    ty.is_text() || matches!(ty, FieldType::Bytes)
}

/// One text. What does not say a number stays a text, so that the codec says what is wrong.
fn any(ty: FieldType, text: &str) -> Value {
    if says_empty(ty) {
        return text.into();
    }
    let text = text.trim();
    match ty {
        FieldType::Integer => text.parse().map_or_else(|_| text.into(), |number: i64| number.into()),
        FieldType::Number => match text.parse().ok().and_then(serde_json::Number::from_f64) {
            Some(number) => Value::Number(number),
            None => text.into(),
        },
        FieldType::Boolean => match text {
            "on" | "true" | "yes" | "1" => true.into(),
            "off" | "false" | "no" | "0" => false.into(),
            _ => text.into(),
        },
        FieldType::List(_) | FieldType::Object(_) | FieldType::Json => {
            serde_json::from_str(text).unwrap_or_else(|_| text.into())
        }
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_what_their_field_is() {
        let one = |ty, text: &str| read(&FormField::new("x", ty), &[text.to_owned()]);
        assert_eq!(one(FieldType::Integer, " 5 "), Read::Value(5.into()));
        assert_eq!(one(FieldType::Number, "1e400"), Read::Value("1e400".into()), "not a finite number");
        assert_eq!(one(FieldType::Text, " 5 "), Read::Value(" 5 ".into()));
        assert_eq!(one(FieldType::Boolean, "on"), Read::Value(true.into()));
        assert_eq!(one(FieldType::Date, ""), Read::Empty);
        assert_eq!(one(FieldType::Json, "[1]"), Read::Either(serde_json::json!([1]), "[1]".into()));
    }

    #[test]
    fn several_texts_are_a_list_or_one_too_many() {
        let texts = ["1".to_owned(), String::new(), "2".to_owned()];
        let list = FieldType::List(&FieldType::Integer);
        assert_eq!(read(&FormField::new("x", list), &texts), Read::Value(serde_json::json!([1, 2])));
        assert_eq!(read(&FormField::new("x", FieldType::Integer), &texts), Read::Twice);
        let hidden = ["false".to_owned(), "on".to_owned()];
        assert_eq!(read(&FormField::new("x", FieldType::Boolean), &hidden), Read::Value(true.into()));
    }
}
