//! The current values of a form.

use serde_json::{Map, Value};

use super::{FieldType, FormField};
use crate::data::Document;
use crate::{Process, Task};

impl FormField {
    /// The same field with its current value in this process, for a page that edits it. Secrets get no value, and neither
    /// does a field of the task. [`fields_of`](crate::node::View::fields_of) of a node does this for all fields.
    #[must_use]
    pub fn with_value_of(self, process: &Process) -> Self {
        if self.of_task { self } else { self.with_value_in(process.data()) }
    }

    /// The same field with its current value in this task, if it is a field of the task: `form = VoteForm { task.choice
    /// }`. Secrets get no value, and neither does a field of the process.
    #[must_use]
    pub fn with_value_of_task(self, task: &Task) -> Self {
        if self.of_task { self.with_value_in(task.data()) } else { self }
    }

    fn with_value_in(mut self, data: &Document) -> Self {
        if !self.secret && !self.path.is_empty() {
            let places = std::iter::once(&self.path).chain(self.alias);
            let found = places.filter_map(|path| data.get(path).ok().flatten()).next();
            self.value = found.cloned();
        }
        self
    }

    /// The values for an HTML form: the text of an input, or the selected options of a list; `true` if a checkbox is
    /// on, nothing if it is off. Without a [`value`](FormField::value) it is the [`default`](FormField::default).
    ///
    /// ```
    /// use flow_core::{FieldType, FormField};
    ///
    /// let mut amount = FormField::new("amount", FieldType::Integer);
    /// assert!(amount.texts().is_empty());
    /// amount.value = Some(5.into());
    /// assert_eq!(amount.texts(), ["5"]);
    /// let mut tags = FormField::new("tags", FieldType::List(&FieldType::Text));
    /// tags.value = Some(vec!["new", "urgent"].into());
    /// assert_eq!(tags.texts(), ["new", "urgent"]);
    /// ```
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let default = || self.default.and_then(|json| serde_json::from_str(json).ok());
        let Some(value) = self.value.clone().or_else(default) else { return Vec::new() };
        match (self.ty, value) {
            (ty, Value::Null) if self.optional || ty != FieldType::Json => Vec::new(),
            (FieldType::Boolean, Value::Bool(false)) if self.is_checkbox() => Vec::new(),
            (FieldType::List(item), Value::Array(items)) => items.iter().map(|value| text(*item, value)).collect(),
            (ty, value) => vec![text(ty, &value)],
        }
    }
}

/// What the forms of these fields have of this process, as JSON by field name. Secrets are not included, and neither are
/// fields of a task: see [`values_of_task`].
#[must_use]
pub fn values(fields: &[FormField], process: &Process) -> Map<String, Value> {
    let of_process = fields.iter().filter(|field| !field.of_task);
    of_process.filter_map(|field| shown(field, field.clone().with_value_of(process))).collect()
}

/// The current values of the form of a task, as JSON by field name: the format that
/// [`FormInput::from_value`](super::FormInput::from_value) reads. Secrets are not included.
#[must_use]
pub fn values_of_task(fields: &[FormField], process: &Process, task: &Task) -> Map<String, Value> {
    let filled = |field: &FormField| field.clone().with_value_of(process).with_value_of_task(task);
    fields.iter().filter_map(|field| shown(field, filled(field))).collect()
}

/// The name and the value of a field that is no secret.
fn shown(field: &FormField, filled: FormField) -> Option<(String, Value)> {
    let default = || field.default.and_then(|json| serde_json::from_str(json).ok());
    let value = || filled.value.or_else(default).unwrap_or_default();
    (!field.secret).then(|| (field.name.to_owned(), value()))
}

/// As [`read`](super::text::read) reads it.
fn text(ty: FieldType, value: &Value) -> String {
    match (ty, value) {
        (FieldType::Json | FieldType::Object(_), value) => value.to_string(),
        (_, Value::String(text)) => text.clone(),
        (_, value) => value.to_string(),
    }
}
