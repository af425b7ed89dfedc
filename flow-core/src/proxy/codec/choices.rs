//! Enums as fields: what is kept, and what people read.

use std::borrow::Cow;

use serde_json::Value;

use super::Mismatch;
use crate::FlowModel;

/// An enum that can be used as a field. `#[derive(Choices)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a choice of a field",
    note = "derive it on an enum without fields: `#[derive(Choices, Clone, Copy)]`"
)]
pub trait Choices: Copy + 'static {
    /// All variants, in the order of declaration.
    const ALL: &'static [Self];
    /// All of them, as they are kept and as people read them.
    const CHOICES: &'static [Choice];

    /// The stored string: `in_transit`.
    fn value(self) -> &'static str;

    /// The label: `In transit`.
    fn label(self) -> &'static str;

    /// The variant with this stored string.
    #[must_use]
    fn of_value(value: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|choice| choice.value() == value)
    }
}

/// A choice: the stored value and its label.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choice {
    /// The stored value.
    pub value: Cow<'static, str>,
    /// The label.
    pub label: Cow<'static, str>,
}

impl Choice {
    /// This one.
    #[must_use]
    pub const fn new(value: &'static str, label: &'static str) -> Self {
        Choice { value: Cow::Borrowed(value), label: Cow::Borrowed(label) }
    }

    /// A row that a field can refer to: its key, and how people know it. For
    /// [`with_choices`](crate::FormField::with_choices).
    #[must_use]
    pub fn row<M: FlowModel>(row: &M, label: impl Into<Cow<'static, str>>) -> Self {
        Choice { value: row.flow_key().into(), label: label.into() }
    }
}

impl<V: Into<Cow<'static, str>>, L: Into<Cow<'static, str>>> From<(V, L)> for Choice {
    /// Of a value and a label.
    fn from((value, label): (V, L)) -> Self {
        Choice { value: value.into(), label: label.into() }
    }
}

/// For the derive: a choice from JSON.
///
/// # Errors
/// It is none of them.
pub fn choice<T: Choices>(json: &Value) -> Result<T, Mismatch> {
    let names = || T::CHOICES.iter().map(|choice| format!("\"{}\"", choice.value)).collect::<Vec<_>>().join(", ");
    let expected = || format!("one of {}", names());
    let text = json.as_str().ok_or_else(|| Mismatch::new(json, &expected()))?;
    T::of_value(text).ok_or_else(|| Mismatch::unreadable(&expected()))
}
