//! Field by field, from what was sent to the form, with everything that is wrong.

use std::collections::BTreeMap;

use serde_json::Value;

use super::text::{self, Read};
use super::{FieldType, FormField, FormInput};
use crate::proxy::HasField;
use crate::{Error, FieldError, FieldErrorKind, Result};

/// At most so many unknown fields are told of: nobody reads more, and a sender could make any number.
const UNKNOWN: usize = 20;

/// Most characters of a name that nobody knows, in an error.
const NAME: usize = 100;

/// What was sent, for the macro: it asks for one field after another.
#[derive(Debug)]
pub struct Reader {
    given: BTreeMap<String, Given>,
    faults: Vec<FieldError>,
    /// From an HTML form, in which everything is a text.
    texts: bool,
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
        Reader { given: BTreeMap::new(), faults: Vec::new(), texts }
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
        let read = self.value::<P, I>(&P::FIELD);
        read.map_err(|faults| self.faults.extend(faults)).ok()
    }

    fn value<P: HasField<I>, const I: u64>(&mut self, field: &FormField) -> Result<P::Value, Vec<FieldError>> {
        let missing = || Err(vec![FieldError::of(FieldErrorKind::Missing, field.name, "is missing")]);
        match self.given.remove(field.name) {
            Some(Given::Json(json)) => P::accept(&json),
            Some(Given::Texts(texts)) => match text::read(field, &texts) {
                Read::Value(json) => P::accept(&json),
                // A text that says no JSON may be a text that a type of the user's is kept as.
                Read::Either(json, text) => P::accept(&json).or_else(|faults| P::accept(&text).map_err(|_| faults)),
                Read::Empty => missing(),
                Read::Twice => Err(vec![twice(field.name)]),
            },
            Some(Given::Twice) => Err(vec![twice(field.name)]),
            None if field.optional => P::accept(&Value::Null),
            None if self.texts && field.ty == FieldType::Boolean => P::accept(&Value::Bool(false)),
            None if self.texts && matches!(field.ty, FieldType::List(_)) => P::accept(&Value::Array(Vec::new())),
            None => missing(),
        }
    }

    /// The form, once its fields are read and nothing is left over.
    pub(super) fn form<T: FormInput>(mut self) -> Result<T> {
        let form = T::read(&mut self);
        let unknown = self.given.into_keys().take(UNKNOWN).map(|name| {
            let name: String = name.chars().take(NAME).collect();
            FieldError::of(FieldErrorKind::Unknown, name, "is not a field of this form")
        });
        self.faults.extend(unknown);
        match form {
            Some(form) if self.faults.is_empty() => Ok(form),
            _ => Err(Error::Invalid(self.faults)),
        }
    }
}

fn twice(name: &'static str) -> FieldError {
    FieldError::of(FieldErrorKind::Twice, name, "is given more than once")
}
