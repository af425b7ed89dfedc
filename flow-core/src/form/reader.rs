//! Field by field, from what was sent to the form, with all errors found.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::Value;

use super::text::{self, Read};
use super::{FieldType, FormField, FormInput};
use crate::data::Document;
use crate::proxy::{
    HasField, Meta, NewDocument, PresentOf, StoredAs, StoredField, accept_stored, form_field, into_present, read_value,
};
use crate::{Error, FieldError, FieldErrorKind, Result};

/// The maximum number of unknown fields that are reported: a client could send any number.
const UNKNOWN: usize = 20;

/// Most characters of a name that nobody knows, in an error.
const NAME: usize = 100;

/// Most values in what is sent, however deep inside of others: each takes ten times what its text does.
const VALUES: usize = 20_000;

/// Most digits of a number of JSON that is no integer: parsers keep no more.
const DIGITS: usize = 15;

/// What was sent, for the macro: it asks for one field after another.
#[derive(Debug)]
pub struct Reader {
    given: BTreeMap<String, Given>,
    faults: Vec<FieldError>,
    /// From an HTML form, in which everything is a text.
    texts: bool,
    /// How many values there were so far.
    values: usize,
}

/// What was sent for one field.
#[derive(Debug)]
pub(super) enum Given {
    Json(Value),
    Texts(Vec<String>),
    /// More than once, where once was expected.
    Twice,
}

impl Reader {
    pub(super) fn new(texts: bool) -> Self {
        Reader { given: BTreeMap::new(), faults: Vec::new(), texts, values: 0 }
    }

    /// One value of an object.
    pub(super) fn put(&mut self, name: String, given: Given) {
        self.given.entry(name).and_modify(|before| *before = Given::Twice).or_insert(given);
    }

    /// One of any number of texts.
    pub(super) fn add(&mut self, name: &str, text: String) {
        match self.given.get_mut(name) {
            Some(Given::Texts(texts)) => texts.push(text),
            _ => {
                self.given.insert(name.to_owned(), Given::Texts(vec![text]));
            }
        }
    }

    /// The value of a field; `None` if something is wrong with it, which is noted.
    pub fn field<P: HasField<I>, const I: u64>(&mut self) -> Option<P::Value> {
        self.value(&P::FIELD, P::accept)
    }

    /// The value of a field of a task, or of a row of the app's.
    pub fn stored<P: StoredField<I>, const I: u64>(&mut self) -> Option<<P::As as StoredAs>::Value> {
        self.value(&form_field::<P, I>(), accept_stored::<P, I>)
    }

    /// The value of a field that is an `Option` in the process, and must be given in this form.
    pub fn required<P: HasField<I>, const I: u64>(&mut self) -> Option<P::Present> {
        let found = self.present(&P::FIELD.required(), P::accept)?;
        P::into_present(found).or_else(|| self.fault(missing(P::FIELD.name)))
    }

    /// The value of a field that is an `Option` in the task, and must be given in this form.
    pub fn stored_required<P: StoredField<I>, const I: u64>(&mut self) -> Option<PresentOf<P, I>> {
        let field = form_field::<P, I>().required();
        let found = self.present(&field, accept_stored::<P, I>)?;
        into_present::<P, I>(found).or_else(|| self.fault(missing(field.name)))
    }

    /// A value that must say something.
    fn present<T>(&mut self, field: &FormField, accept: impl Fn(&Value) -> Result<T, Vec<FieldError>>) -> Option<T> {
        let says_nothing = Cell::new(false);
        let found = self.value(field, |json| {
            says_nothing.set(json.as_str().is_some_and(str::is_empty));
            accept(json)
        })?;
        if field.filled && says_nothing.get() {
            return self.fault(FieldError::of(FieldErrorKind::Empty, field.name, "is empty"));
        }
        Some(found)
    }

    fn fault<T>(&mut self, fault: FieldError) -> Option<T> {
        self.faults.push(fault);
        None
    }

    fn value<T>(&mut self, field: &FormField, accept: impl Fn(&Value) -> Result<T, Vec<FieldError>>) -> Option<T> {
        let read = match self.given(field) {
            Ok(Read::Value(json)) => accept(&json),
            // Text that is not JSON may be how a type of the user's is stored.
            Ok(Read::Either(json, text)) => accept(&json).or_else(|faults| accept(&text).map_err(|_| faults)),
            Ok(Read::Empty) => Err(vec![missing(field.name)]),
            Ok(Read::Twice) => Err(vec![twice(field.name)]),
            Err(fault) => Err(vec![fault]),
        };
        read.map_err(|faults| self.faults.extend(faults)).ok()
    }

    /// What was sent for a field.
    fn given(&mut self, field: &FormField) -> Result<Read, FieldError> {
        let read = self.sent(field)?;
        if let Read::Value(json) | Read::Either(json, _) = &read {
            let values = self.values.saturating_add(count(json));
            if values > VALUES {
                let text = format!("has more than {VALUES} values, with those before it");
                return Err(FieldError::of(FieldErrorKind::TooLong, field.name, text));
            }
            self.values = values;
            if !is_exact(field.ty, json) {
                let text =
                    format!("has more than {DIGITS} digits, which a number of JSON does not keep: send it as a text");
                return Err(FieldError::of(FieldErrorKind::Type, field.name, text));
            }
        }
        Ok(read)
    }

    fn sent(&mut self, field: &FormField) -> Result<Read, FieldError> {
        match self.given.remove(field.name) {
            Some(Given::Json(Value::String(text))) if text.is_empty() && text::empty_says_nothing(field) => {
                Ok(text::read(field, &[text]))
            }
            Some(Given::Json(json)) => Ok(Read::Value(json)),
            Some(Given::Texts(texts)) => Ok(text::read(field, &texts)),
            Some(Given::Twice) => Err(twice(field.name)),
            None if field.optional => Ok(Read::Value(Value::Null)),
            None if self.texts && field.is_checkbox() => Ok(Read::Value(Value::Bool(false))),
            None if self.texts && matches!(field.ty, FieldType::List(_)) => Ok(Read::Value(Value::Array(Vec::new()))),
            None => Err(missing(field.name)),
        }
    }

    /// The form, once its fields are read and nothing is left over.
    pub(super) fn form<T: FormInput>(mut self) -> Result<T> {
        let form = T::read(&mut self);
        self.end(form)
    }

    /// The document of a new process or task with these fields, once they are read and nothing is left over.
    pub(super) fn document(mut self, fields: &'static [Meta]) -> Result<Document> {
        let mut new = NewDocument::new(fields);
        for (at, meta) in (0..).zip(fields) {
            let read = match self.given(&FormField::of(meta)) {
                Ok(Read::Value(json)) => read_value(meta, &json),
                Ok(Read::Either(json, text)) => {
                    read_value(meta, &json).or_else(|fault| read_value(meta, &text).map_err(|_| fault))
                }
                Ok(Read::Empty) => Err(missing(meta.name)),
                Ok(Read::Twice) => Err(twice(meta.name)),
                Err(fault) => Err(fault),
            };
            match read {
                Ok(value) => new.field(at, &*value),
                Err(fault) => self.faults.push(fault),
            }
        }
        let document = match new.finish() {
            Ok(document) => Some(document),
            Err(Error::Invalid(faults)) => {
                self.faults.extend(faults);
                None
            }
            Err(error) => return Err(error),
        };
        self.end(document)
    }

    /// All that was sent.
    pub(super) fn into_values(self) -> serde_json::Map<String, Value> {
        let each = self.given.into_iter().map(|(name, given)| {
            let value = match given {
                Given::Json(value) => value,
                Given::Texts(mut texts) if texts.len() == 1 => Value::from(texts.pop()),
                Given::Texts(texts) => Value::from(texts),
                Given::Twice => Value::Null,
            };
            (name, value)
        });
        each.collect()
    }

    /// What was read, if nothing was wrong and nothing is left over.
    fn end<T>(mut self, read: Option<T>) -> Result<T> {
        let unknown = self.given.into_keys().take(UNKNOWN).map(|name| {
            let name: String = name.chars().take(NAME).collect();
            FieldError::of(FieldErrorKind::Unknown, name, "is not a field of this form")
        });
        self.faults.extend(unknown);
        match read {
            Some(read) if self.faults.is_empty() => Ok(read),
            _ => Err(Error::Invalid(self.faults)),
        }
    }
}

/// How many values there are in one, with itself.
fn count(json: &Value) -> usize {
    match json {
        Value::Array(items) => items.iter().map(count).sum::<usize>() + 1,
        Value::Object(members) => members.values().map(count).sum::<usize>() + 1,
        _ => 1,
    }
}

/// Whether a decimal is what was sent: JSON has numbers with a fraction as floats.
fn is_exact(ty: FieldType, json: &Value) -> bool {
    match (ty, json) {
        (FieldType::List(item), Value::Array(items)) => items.iter().all(|json| is_exact(*item, json)),
        (FieldType::Decimal, Value::Number(number)) if number.is_f64() => {
            let text = number.to_string();
            let digits = text.split(['e', 'E']).next().unwrap_or_default().trim_start_matches(['-', '0', '.']);
            digits.bytes().filter(u8::is_ascii_digit).count() <= DIGITS
        }
        _ => true,
    }
}

fn missing(name: &'static str) -> FieldError {
    FieldError::of(FieldErrorKind::Missing, name, "is missing")
}

fn twice(name: &'static str) -> FieldError {
    FieldError::of(FieldErrorKind::Twice, name, "is given more than once")
}
