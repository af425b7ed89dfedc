//! What the derive knows of a field, and how a field is read.

use std::any::Any;

use serde_json::Value;

use super::Rules;
use crate::DataError;
use crate::proxy::{
    Choice, ErasedCodec, Mismatch, Native, ProcessProxy, Row, Stored, StoredAs, StoredField, index, is_joined,
};

/// What the derive knows of a field.
#[derive(Clone, Copy, Debug)]
pub struct Meta {
    /// Its name.
    pub name: &'static str,
    /// Where it is kept in the document.
    pub path: &'static [&'static str],
    /// Where else it is looked for: under older names.
    pub alias: &'static [&'static [&'static str]],
    /// What an absent key means, as JSON; `None`: it must be there.
    pub default: Option<&'static str>,
    /// The hash of its name, which finds it from another macro.
    pub index: u64,
    /// How its type is kept.
    pub codec: ErasedCodec,
    /// What a value must be like.
    pub rules: Rules,
    /// The user's own check of a value: the option `validate`.
    pub check: Option<Check>,
    /// What its option `choices` names.
    pub choices: &'static [Choice],
    /// What people call it.
    pub label: &'static str,
    /// What people should know of it.
    pub help: &'static str,
}

/// A check of the user's, for any value.
pub type Check = fn(&dyn Any) -> Result<(), String>;

impl Meta {
    /// A field that must be there, how it is kept, and what people call it and should know of it.
    #[must_use]
    pub const fn new<S: StoredAs>(
        name: &'static str,
        path: &'static [&'static str],
        index: u64,
        label: &'static str,
        help: &'static str,
    ) -> Self {
        Meta {
            name,
            path,
            alias: &[],
            default: None,
            index,
            codec: ErasedCodec::of::<S>(),
            rules: Rules::NONE,
            check: None,
            choices: &[],
            label,
            help,
        }
    }

    /// [`new`](Meta::new) of a field that says itself how it is kept.
    #[must_use]
    pub const fn of<P: StoredField<I>, const I: u64>(
        name: &'static str,
        path: &'static [&'static str],
        label: &'static str,
        help: &'static str,
    ) -> Self {
        Meta::new::<P::As>(name, path, I, label, help)
    }

    /// An absent key means this JSON.
    #[must_use]
    pub const fn default(self, json: &'static str) -> Self {
        Meta { default: Some(json), ..self }
    }

    /// It is looked for under these names as well.
    #[must_use]
    pub const fn alias(self, alias: &'static [&'static [&'static str]]) -> Self {
        Meta { alias, ..self }
    }

    /// Its value must be like this.
    #[must_use]
    pub const fn rules(self, rules: Rules) -> Self {
        Meta { rules, ..self }
    }

    /// Its value must pass this check.
    #[must_use]
    pub const fn check(self, check: Check) -> Self {
        Meta { check: Some(check), ..self }
    }

    /// Its value is one of these.
    #[must_use]
    pub const fn choices(self, choices: &'static [Choice]) -> Self {
        Meta { choices, ..self }
    }

    /// What is kept, under its own name or an older one.
    pub(crate) fn find<'v, E>(
        &self,
        get: impl Fn(&[&str]) -> Result<Option<&'v Value>, E>,
    ) -> Result<Option<&'v Value>, E> {
        for path in std::iter::once(&self.path).chain(self.alias) {
            if let Some(found) = get(path)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// What is read: of what is kept, or the default.
    pub(crate) fn decode<T: 'static>(&self, stored: Option<&Value>) -> Result<T, Mismatch> {
        match (stored, self.default) {
            (Some(value), _) => self.codec.decode(value),
            (None, Some(default)) => self.codec.decode(&serde_json::from_str(default).unwrap_or_default()),
            (None, None) => Err(Mismatch {
                path: String::new(),
                found: "nothing".to_owned(),
                expected: self.codec.expected.to_owned(),
            }),
        }
    }
}

/// For the derive: a check of the user's, of a value of its type.
///
/// # Errors
/// What is wrong with it.
pub fn check<T: 'static>(value: &dyn Any, check: impl FnOnce(&T) -> Result<(), String>) -> Result<(), String> {
    value.downcast_ref().map_or(Ok(()), check)
}

/// Which of these fields has this hash; behind the last if none has.
pub(in crate::proxy) const fn place(fields: &[Meta], index: u64) -> u16 {
    let mut at = 0;
    while (at as usize) < fields.len() && fields[at as usize].index != index {
        at += 1;
    }
    at
}

/// The field at this place.
pub(in crate::proxy) const fn meta(fields: &'static [Meta], at: u16) -> &'static Meta {
    const NONE: &Meta = &Meta::new::<Stored<Native, bool>>("", &[], 0, "", "");
    if (at as usize) < fields.len() { &fields[at as usize] } else { NONE }
}

/// Reads the fields of a row's document.
#[derive(Debug)]
pub struct DocumentReader<'r, R> {
    row: &'r R,
    fields: &'static [Meta],
}

impl<'r, R: Row> DocumentReader<'r, R> {
    /// Of this row, these fields.
    pub const fn new(row: &'r R, fields: &'static [Meta]) -> Self {
        DocumentReader { row, fields }
    }

    /// The field at this place.
    ///
    /// # Errors
    /// The field is missing, or of another type.
    pub fn field<T: 'static>(&self, at: u16) -> Result<T, DataError> {
        read(self.row, meta(self.fields, at))
    }
}

/// Reads a field from the document of a row.
///
/// # Errors
/// The field is missing, or of another type.
fn read<T: 'static>(row: &impl Row, meta: &Meta) -> Result<T, DataError> {
    let fault = |path: &str, found: String, expected: String| {
        row.fault(meta.name, format!("{}{path}", crate::data::json_path(meta.path)), found, expected)
    };
    let stored = meta.find(|path| row.document().get(path));
    let stored = stored.map_err(|found| fault("", found.to_owned(), meta.codec.expected.to_owned()))?;
    meta.decode(stored).map_err(|wrong| fault(&wrong.path, wrong.found, wrong.expected))
}

/// The first field that must be there and is not among those written: for the check of a start.
#[must_use]
pub const fn missing_field(fields: &[Meta], written: &[u64]) -> Option<&'static str> {
    let mut at = 0;
    while at < fields.len() {
        let mut found = fields[at].default.is_some();
        let mut w = 0;
        while w < written.len() {
            found = found || written[w] == fields[at].index;
            w += 1;
        }
        if !found {
            return Some(fields[at].name);
        }
        at += 1;
    }
    None
}

/// The first field that a start must write and does not: the joined row, or a field that must be there.
#[must_use]
pub const fn missing_in<P: ProcessProxy>(written: &[u64]) -> Option<&'static str> {
    if let Some(joined) = P::JOINED
        && P::JOINED_IS_GIVEN
    {
        let mut found = false;
        let mut w = 0;
        while w < written.len() {
            found = found || written[w] == index(joined);
            w += 1;
        }
        if !found {
            return Some(joined);
        }
    }
    missing_field(P::META, written)
}

/// What to do about a field that a start does not write.
#[must_use]
pub const fn how_to_give<P: ProcessProxy>(name: &str) -> &'static str {
    if is_joined::<P>(index(name)) {
        "`, the columns that every process of this flow needs [read_before_write]\nhelp: add it to the form"
    } else {
        "`, which has no default [read_before_write]\nhelp: add it to the form, or give it a default: `#[json(default)]`"
    }
}
