//! What is known of a field of a form.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::FieldType;
use crate::ProcessProxy;
use crate::proxy::{Bound, Format, Meta, index};

/// A field of a form: what a page needs to show it. `HelloWorldFlow.approve.fields()` lists them.
///
/// It serializes as an object with its name, label, help, type and rules, for a page that is made elsewhere.
///
/// ```
/// use flow_core::prelude::*;
///
/// #[derive(ProcessProxy)]
/// pub struct LeaveProcess {
///     process: Process,
///     /// Days off
///     ///
///     /// Half days count as one.
///     #[json(range = 1..=30)]
///     days: i64,
///     #[json(label = "Anything to add?", max_length = 200)]
///     note: Option<String>,
/// }
///
/// #[flow(process = LeaveProcess)]
/// pub struct LeaveFlow {
///     #[node(form = AskForm { days, note }, permission(anyone), next = this.end)]
///     start: Start,
///     end: End,
/// }
///
/// # fn main() {
/// let [days, note] = LeaveFlow.start.fields() else { panic!() };
/// assert_eq!((days.label(), days.help(), days.field_type().name()), ("Days off", "Half days count as one.", "integer"));
/// assert_eq!((note.label(), note.is_required(), note.max_length()), ("Anything to add?", false, Some(200)));
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FormField {
    meta: Meta,
}

impl FormField {
    pub(crate) const fn new(meta: Meta) -> Self {
        FormField { meta }
    }

    /// For `#[flow]`: the field whose name has this hash.
    #[doc(hidden)]
    #[must_use]
    pub const fn of<P: ProcessProxy>(hash: u64) -> Self {
        let mut at = 0;
        while at < P::META.len() {
            if P::META[at].index == hash {
                return FormField { meta: P::META[at] };
            }
            at += 1;
        }
        let name = match P::JOINED {
            Some(joined) if index(joined) == hash => joined,
            _ => "?",
        };
        FormField { meta: Meta::new(name, &[], hash, FieldType::Json).label(name) }
    }

    /// Its name, in the form and in the process.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.meta.name
    }

    /// What people read beside it: `#[json(label = "..")]`, or the first paragraph of its doc comment, or its name in
    /// words.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        self.meta.label
    }

    /// What helps to fill it in: `#[json(help = "..")]`, or the rest of its doc comment; may be empty.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        self.meta.help
    }

    /// What it is. Whether it may be left out is [`is_required`](FormField::is_required).
    #[must_use]
    pub const fn field_type(&self) -> FieldType {
        self.meta.ty.inner()
    }

    /// Whether it must be there: every field but an `Option`. A check box that is not ticked counts as there.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        !self.meta.ty.is_optional()
    }

    /// Whether a text must say something.
    #[must_use]
    pub const fn is_filled(&self) -> bool {
        self.meta.rules.filled
    }

    /// The most characters that a text may have.
    #[must_use]
    pub const fn max_length(&self) -> Option<usize> {
        self.meta.rules.max_length
    }

    /// The smallest that a number may be.
    #[must_use]
    pub const fn least(&self) -> Option<Bound> {
        self.meta.rules.least
    }

    /// The largest that a number may be.
    #[must_use]
    pub const fn most(&self) -> Option<Bound> {
        self.meta.rules.most
    }

    /// What a text must look like.
    #[must_use]
    pub const fn format(&self) -> Option<Format> {
        self.meta.rules.format
    }

    /// What it may be, each as a form sends it and as people read it; empty if it may be anything. What a reference
    /// may be is a question to your own tables.
    #[must_use]
    pub fn choices(&self) -> Vec<(String, String)> {
        match self.field_type() {
            FieldType::Choice(choices) => {
                choices.iter().map(|choice| (choice.value.to_owned(), choice.label.to_owned())).collect()
            }
            _ => self.meta.rules.choices.iter().map(|json| plain(json)).map(|text| (text.clone(), text)).collect(),
        }
    }

    pub(crate) const fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// A text without its quotes, anything else as JSON.
fn plain(json: &str) -> String {
    match serde_json::from_str(json) {
        Ok(Value::String(text)) => text,
        _ => json.to_owned(),
    }
}

impl Serialize for FormField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", self.name())?;
        map.serialize_entry("label", self.label())?;
        if !self.help().is_empty() {
            map.serialize_entry("help", self.help())?;
        }
        map.serialize_entry("type", self.field_type().name())?;
        map.serialize_entry("required", &self.is_required())?;
        if let Some(most) = self.max_length() {
            map.serialize_entry("max_length", &most)?;
        }
        for (key, bound) in [("least", self.least()), ("most", self.most())] {
            match bound {
                Some(Bound::Int(bound)) => map.serialize_entry(key, &bound)?,
                Some(Bound::Float(bound)) => map.serialize_entry(key, &bound)?,
                None => {}
            }
        }
        if let Some(format) = self.format() {
            map.serialize_entry("format", format.name())?;
        }
        let choices = self.choices();
        if !choices.is_empty() {
            map.serialize_entry("choices", &choices)?;
        }
        map.end()
    }
}
