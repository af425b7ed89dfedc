//! What the derive knows of a field, and how a field is read.

use serde_json::Value;

use super::{Codec, Mismatch, ProcessProxy, Row, Rules};
use crate::DataError;

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
    /// What a value must be like.
    pub rules: Rules,
    /// What people call it.
    pub label: &'static str,
    /// What people should know of it.
    pub help: &'static str,
}

impl Meta {
    /// A field that must be there, and what people call it and should know of it.
    #[must_use]
    pub const fn new(
        name: &'static str,
        path: &'static [&'static str],
        index: u64,
        label: &'static str,
        help: &'static str,
    ) -> Self {
        Meta { name, path, alias: &[], default: None, index, rules: Rules::NONE, label, help }
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
    pub(crate) fn decode<C: Codec<T>, T>(&self, stored: Option<&Value>) -> Result<T, Mismatch> {
        match (stored, self.default) {
            (Some(value), _) => C::decode(value),
            (None, Some(default)) => C::decode(&serde_json::from_str(default).unwrap_or_default()),
            (None, None) => {
                Err(Mismatch { path: String::new(), found: "nothing".to_owned(), expected: C::EXPECTED.to_owned() })
            }
        }
    }
}

/// Which of these fields has this hash; behind the last if none has.
pub(super) const fn place(fields: &[Meta], index: u64) -> u16 {
    let mut at = 0;
    while (at as usize) < fields.len() && fields[at as usize].index != index {
        at += 1;
    }
    at
}

/// The field at this place.
pub(super) const fn meta(fields: &'static [Meta], at: u16) -> &'static Meta {
    const NONE: &Meta = &Meta::new("", &[], 0, "", "");
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
    pub fn field<C: Codec<T>, T>(&self, at: u16) -> Result<T, DataError> {
        read::<C, T>(self.row, meta(self.fields, at))
    }
}

/// Reads a field from the document of a row.
///
/// # Errors
/// The field is missing, or of another type.
fn read<C: Codec<T>, T>(row: &impl Row, meta: &Meta) -> Result<T, DataError> {
    let fault = |path: &str, found: String, expected: String| DataError {
        process: row.process_id(),
        field: meta.name,
        path: format!("{}{path}", crate::data::json_path(meta.path)),
        found,
        expected,
    };
    let stored = meta.find(|path| row.document().get(path));
    let stored = stored.map_err(|found| fault("", found.to_owned(), C::EXPECTED.to_owned()))?;
    meta.decode::<C, T>(stored).map_err(|wrong| fault(&wrong.path, wrong.found, wrong.expected))
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
            found = found || written[w] == super::index(joined);
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
    if super::is_joined::<P>(super::index(name)) {
        "`, columns that every process of this flow has [read_before_write]\nhelp: add it to the form"
    } else {
        "`, which has no default [read_before_write]\nhelp: add it to the form, or give it a default: `#[json(default)]`"
    }
}
