//! A form is read field by field: each fault at its field, all of them at once.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{FieldType, FormField};
use crate::proxy::{Codec, HasField, Mismatch, NewProcess};
use crate::{Error, FieldError, ProcessProxy, Result};

/// How the value of a field is read from a form.
#[doc(hidden)]
pub trait Read<T> {
    /// The value of JSON.
    ///
    /// # Errors
    /// What was found, and what was expected.
    fn read(json: &Value) -> Result<T, Mismatch>;
}

/// A field of the document: as it is kept.
#[doc(hidden)]
#[derive(Debug)]
pub struct Coded<C>(PhantomData<C>);

impl<T, C: Codec<T>> Read<T> for Coded<C> {
    fn read(json: &Value) -> Result<T, Mismatch> {
        C::decode(json)
    }
}

/// What a joined row is made from: as serde reads it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Plain;

impl<T: DeserializeOwned> Read<T> for Plain {
    fn read(json: &Value) -> Result<T, Mismatch> {
        T::deserialize(json).map_err(|error| {
            let mut wrong = Mismatch::new(json, "its fields");
            wrong.found = error.to_string();
            wrong
        })
    }
}

/// What came back, being read.
#[allow(missing_debug_implementations, reason = "holds values of the user's")]
pub struct FormReader<P: ProcessProxy> {
    values: Map<String, Value>,
    /// The rules of the fields are checked as those of a new process.
    checked: NewProcess<P>,
    errors: Vec<FieldError>,
}

impl<P: ProcessProxy> FormReader<P> {
    /// Of a form with these fields. Others are refused.
    pub(super) fn new(json: Value, fields: &[FormField]) -> Result<Self> {
        let Value::Object(values) = json else { return Err(Error::invalid("form", "is no object")) };
        let unknown = values.keys().filter(|key| !fields.iter().any(|field| field.name() == key.as_str()));
        let errors = unknown.map(|key| FieldError::new("form", format!("has no field `{}`", shown(key)))).collect();
        Ok(FormReader { values, checked: NewProcess::new(), errors })
    }

    /// A field, if nothing is wrong with it.
    pub fn field<const I: u64>(&mut self) -> Option<P::Value>
    where
        P: HasField<I, Value: Clone, Reader: Read<<P as HasField<I>>::Value>>,
    {
        let field = FormField::of::<P>(I);
        let absent = if field.meta().ty.is_optional() { Some(Value::Null) } else { None };
        let Some(json) = self.values.remove(field.name()).or(absent) else {
            self.errors.push(FieldError::new(field.name(), "is missing"));
            return None;
        };
        match <P as HasField<I>>::Reader::read(&json) {
            Ok(value) => {
                self.checked.give::<I>(value.clone());
                Some(value)
            }
            Err(wrong) => {
                self.errors.push(FieldError::new(field.name(), message(&field, &wrong)));
                None
            }
        }
    }

    /// The form, if nothing is wrong with any field.
    pub(super) fn finish<T>(mut self, form: Option<T>) -> Result<T> {
        match self.checked.finish() {
            Err(Error::Invalid(faults)) => self.errors.extend(faults),
            Err(other) => return Err(other),
            Ok(_) => {}
        }
        match form {
            Some(form) if self.errors.is_empty() => Ok(form),
            _ => Err(Error::Invalid(self.errors)),
        }
    }
}

/// What is wrong, in the words of the error of a stored document; what was sent is never shown.
fn message(field: &FormField, wrong: &Mismatch) -> String {
    let place = if wrong.path.is_empty() { String::new() } else { format!("at {}: ", wrong.path) };
    match field.field_type() {
        FieldType::Choice(choices) => {
            let all: Vec<&str> = choices.iter().map(|choice| choice.value).collect();
            format!("is none of {}", all.join(", "))
        }
        _ => format!("{place}expected {}, found {}", wrong.expected, wrong.found),
    }
}

/// A key of the sender's, short enough to be shown.
fn shown(key: &str) -> String {
    key.chars().filter(|c| !c.is_control()).take(40).collect()
}
