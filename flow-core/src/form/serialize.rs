//! A field of a form as data: for a template, or for a client of a REST interface.

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::{FieldType, FormField};

/// A choice, and whether it is selected.
#[derive(serde::Serialize)]
struct Option<'f> {
    value: &'f str,
    label: &'f str,
    selected: bool,
}

/// What a page needs to show the field: `name`, `label`, `help`, `input` (the `type` of an HTML input), `required`,
/// `optional`, `many` (a list), `max_length`, `pattern`, `min`, `max`, `choices` (each with `value`, `label` and
/// `selected`) and `texts` (what it holds). Nothing of a secret's value is shown.
///
/// ```
/// use flow_core::{FieldType, FormField};
///
/// let field = serde_json::to_value(FormField::new("amount", FieldType::Integer).label("Amount"))?;
/// assert_eq!((&field["label"], &field["input"]), (&"Amount".into(), &"number".into()));
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Serialize for FormField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts = if self.secret { Vec::new() } else { self.texts() };
        let choices: Vec<Option<'_>> = self
            .choices
            .iter()
            .map(|choice| Option {
                value: &choice.value,
                label: &choice.label,
                selected: texts.iter().any(|text| *text == choice.value),
            })
            .collect();
        let mut field = serializer.serialize_struct("FormField", 13)?;
        field.serialize_field("name", self.name)?;
        field.serialize_field("label", self.label)?;
        field.serialize_field("help", self.help)?;
        field.serialize_field("input", if self.secret { "password" } else { self.ty.input() })?;
        field.serialize_field("required", &self.required)?;
        field.serialize_field("optional", &self.optional)?;
        field.serialize_field("many", &matches!(self.ty, FieldType::List(_)))?;
        field.serialize_field("max_length", &self.max_length)?;
        field.serialize_field("pattern", &self.pattern)?;
        field.serialize_field("min", &self.least.map(|bound| bound.to_string()))?;
        field.serialize_field("max", &self.most.map(|bound| bound.to_string()))?;
        field.serialize_field("choices", &choices)?;
        field.serialize_field("texts", &texts)?;
        field.end()
    }
}
