//! How a Rust value is kept as JSON. The derive picks a codec by the type as it is written.

mod choices;
mod erased;
mod json_model;
mod json_type;
mod native;
mod refs;
mod types;

pub use choices::{Choice, Choices, choice};
pub use erased::{ErasedCodec, Stored, StoredAs};
pub(super) use json_model::at;
pub use json_model::{check_object, object, read_in};
pub use json_type::{EmptyJson, JsonType};
pub use refs::Refs;
pub(super) use types::nanos;
pub use types::{Bytes, Secret};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use diesel::sql_types;

use crate::data::sql_types::Json;
use crate::form::FieldType;
use crate::{FieldError, FieldErrorKind};

/// How a `T` is kept as JSON.
pub trait Codec<T> {
    /// The SQL type of the field in a filter.
    type Sql;
    /// The SQL type of a field that is an `Option` of it.
    type Maybe;
    /// What there is where a value is not missing: of an `Option` what is in it, of all others the value itself.
    type Present;
    /// What a reader expects: `a boolean`.
    const EXPECTED: &'static str;
    /// Of an object: the keys that its type knows. All others are left as they are.
    const KEYS: &'static [Key] = &[];
    /// Whether it is a secret: its value is never shown.
    const SECRET: bool = false;
    /// The fields of a form.
    const TYPE: FieldType;
    /// What it can be, where that is a list.
    const CHOICES: &'static [Choice] = &[];
    /// Of an integer: the least and the most that its type holds.
    const RANGE: (Option<i64>, Option<i64>) = (None, None);
    /// It may be absent: an `Option`.
    const OPTIONAL: bool = false;

    /// The value where it is not missing.
    fn of_present(value: Self::Present) -> T;

    /// What there is, if it is not missing.
    fn into_present(value: T) -> Option<Self::Present>;

    /// The JSON of a value.
    ///
    /// # Errors
    /// What is wrong with the value: `is not a finite number`.
    fn encode(value: &T) -> Result<Value, String>;

    /// The value of JSON.
    ///
    /// # Errors
    /// What was found, and what was expected.
    fn decode(json: &Value) -> Result<T, Mismatch>;

    /// What is wrong with values inside this one, by the rules of their own types: each fault with its place inside,
    /// `[2].amount`.
    fn check(_: &T) -> Vec<FieldError> {
        Vec::new()
    }
}

/// JSON of another type than the field's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Where inside the field: `[2]`.
    pub path: String,
    /// What is there.
    pub found: String,
    /// What should be.
    pub expected: String,
}

impl Mismatch {
    /// This JSON where that was expected.
    #[must_use]
    pub fn new(json: &Value, expected: &str) -> Self {
        Mismatch { path: String::new(), found: describe(json), expected: expected.to_owned() }
    }

    /// A text that does not say what it should.
    #[must_use]
    pub fn unreadable(expected: &str) -> Self {
        Mismatch { path: String::new(), found: "a string with other content".to_owned(), expected: expected.to_owned() }
    }

    /// As a fault of a form.
    pub(crate) fn of_form(self, kind: FieldErrorKind, field: &'static str) -> FieldError {
        let Mismatch { path, found, expected } = self;
        let fault = FieldError::of(kind, path.replace('"', ""), format!("is {found}, expected {expected}"));
        inside(field, fault)
    }

    /// The same, further inside.
    #[must_use]
    pub fn inside(self, path: &str) -> Self {
        Mismatch { path: format!("{path}{}", self.path), ..self }
    }
}

/// A fault inside a value, with the place of that value before its own: `lines` and `[2].amount`.
pub(super) fn inside(place: &str, fault: FieldError) -> FieldError {
    FieldError { field: format!("{place}{}", fault.field).into(), ..fault }
}

/// A key of an object whose type is known, and the keys inside it.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The keys that lead there.
    pub path: &'static [&'static str],
    /// The keys that its own type knows, if it is an object.
    pub inside: &'static [Key],
}

/// The sort of a JSON value, never the value: it may be a secret.
fn describe(json: &Value) -> String {
    match json {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(n) if n.is_f64() => "a number with a fraction".to_owned(),
        Value::Number(_) => "an integer".to_owned(),
        Value::String(text) => format!("a string of {} characters", text.chars().count()),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// The types that JSON has itself: bool, integers, floats, text.
#[derive(Debug)]
pub struct Native;

/// `Option`: absent or null is `None`.
#[derive(Debug)]
pub struct Optional<C>(std::marker::PhantomData<C>);

/// `Vec`: a JSON list.
#[derive(Debug)]
pub struct List<C>(std::marker::PhantomData<C>);

/// Any other type: as its [`JsonType`] says.
#[derive(Debug)]
pub struct Typed;

/// `#[json(serde)]`: as serde writes it.
#[derive(Debug)]
pub struct Serde;

/// The empty value of a type, which a bare `default` means.
#[diagnostic::on_unimplemented(
    message = "`{T}` has no default for a bare `default`",
    label = "a bare `default` only works for bool, numbers, String and Vec",
    note = "write the value: `#[json(default = ..)]`, or make the field an `Option`"
)]
pub trait Empty<T> {
    /// As JSON.
    const JSON: &'static str;
}

/// A type whose length in characters can be limited.
#[diagnostic::on_unimplemented(message = "this option is only for strings", label = "`{T}` is not a string")]
pub trait Textual<T> {}

/// For the derive: compiles if the type is a text.
pub const fn textual<C: Textual<T>, T>() {}

/// A type whose values can be kept in a range.
#[diagnostic::on_unimplemented(message = "`range` is only for numbers", label = "`{T}` is not a number")]
pub trait Numeric<T> {}

/// For the derive: compiles if the type is a number.
pub const fn numeric<C: Numeric<T>, T>() {}

/// Of a type whose values are never missing.
macro_rules! always_present {
    ($ty:ty) => {
        fn of_present(value: $ty) -> $ty {
            value
        }

        fn into_present(value: $ty) -> Option<$ty> {
            Some(value)
        }
    };
}

pub(super) use always_present;

/// A number without rounding, whose digits behind the point can be counted.
#[diagnostic::on_unimplemented(
    message = "`decimal_places` is only for `Decimal`",
    label = "`{T}` is not a decimal number"
)]
pub trait ExactNumber<T> {}

/// For the derive: compiles if the type is a number without rounding.
pub const fn exact<C: ExactNumber<T>, T>() {}

impl<T, C: ExactNumber<T>> ExactNumber<Option<T>> for Optional<C> {}

impl<T, C: Codec<T>> Codec<Option<T>> for Optional<C> {
    type Sql = C::Maybe;
    type Maybe = C::Maybe;
    type Present = T;
    const EXPECTED: &'static str = C::EXPECTED;
    const KEYS: &'static [Key] = C::KEYS;
    const SECRET: bool = C::SECRET;
    const TYPE: FieldType = C::TYPE;
    const CHOICES: &'static [Choice] = C::CHOICES;
    const RANGE: (Option<i64>, Option<i64>) = C::RANGE;
    const OPTIONAL: bool = true;

    fn of_present(value: T) -> Option<T> {
        Some(value)
    }

    fn into_present(value: Option<T>) -> Option<T> {
        value
    }

    fn encode(value: &Option<T>) -> Result<Value, String> {
        value.as_ref().map_or(Ok(Value::Null), C::encode)
    }

    fn decode(json: &Value) -> Result<Option<T>, Mismatch> {
        if json.is_null() { Ok(None) } else { C::decode(json).map(Some) }
    }

    fn check(value: &Option<T>) -> Vec<FieldError> {
        value.as_ref().map(C::check).unwrap_or_default()
    }
}

impl<T, C: Codec<T>> Codec<Vec<T>> for List<C> {
    type Sql = Json;
    type Maybe = sql_types::Nullable<Json>;
    type Present = Vec<T>;
    const EXPECTED: &'static str = "a list";
    const SECRET: bool = C::SECRET;
    const TYPE: FieldType = FieldType::List(&C::TYPE);
    const CHOICES: &'static [Choice] = C::CHOICES;

    always_present!(Vec<T>);

    fn encode(value: &Vec<T>) -> Result<Value, String> {
        let each =
            value.iter().enumerate().map(|(at, item)| C::encode(item).map_err(|wrong| format!("[{at}] {wrong}")));
        each.collect::<Result<_, _>>().map(Value::Array)
    }

    fn decode(json: &Value) -> Result<Vec<T>, Mismatch> {
        let items = json.as_array().ok_or_else(|| Mismatch::new(json, Self::EXPECTED))?;
        let read = |(at, item)| C::decode(item).map_err(|wrong| wrong.inside(&format!("[{at}]")));
        items.iter().enumerate().map(read).collect()
    }

    fn check(value: &Vec<T>) -> Vec<FieldError> {
        let each = value.iter().enumerate();
        each.flat_map(|(at, item)| C::check(item).into_iter().map(move |fault| inside(&format!("[{at}]"), fault)))
            .collect()
    }
}

impl<T, C> Empty<Vec<T>> for List<C> {
    const JSON: &'static str = "[]";
}

impl<T: Serialize + DeserializeOwned> Codec<T> for Serde {
    type Sql = Json;
    type Maybe = sql_types::Nullable<Json>;
    type Present = T;
    const EXPECTED: &'static str = "a value of the field's type";
    const TYPE: FieldType = FieldType::Json;

    always_present!(T);

    fn encode(value: &T) -> Result<Value, String> {
        let json = serde_json::to_value(value).map_err(|error| error.to_string())?;
        if has_nul(&json) { Err("contains the character NUL".to_owned()) } else { Ok(json) }
    }

    fn decode(json: &Value) -> Result<T, Mismatch> {
        T::deserialize(json).map_err(|_| Mismatch::new(json, std::any::type_name::<T>()))
    }
}

impl<T: JsonType> Codec<T> for Typed {
    type Sql = T::Sql;
    type Maybe = T::Maybe;
    type Present = T;
    const EXPECTED: &'static str = T::EXPECTED;
    const KEYS: &'static [Key] = T::KEYS;
    const SECRET: bool = T::SECRET;
    const TYPE: FieldType = T::TYPE;
    const CHOICES: &'static [Choice] = T::CHOICES;
    const RANGE: (Option<i64>, Option<i64>) = T::RANGE;
    const OPTIONAL: bool = T::OPTIONAL;

    always_present!(T);

    fn encode(value: &T) -> Result<Value, String> {
        value.to_json()
    }

    fn decode(json: &Value) -> Result<T, Mismatch> {
        T::from_json(json)
    }

    fn check(value: &T) -> Vec<FieldError> {
        value.check()
    }
}

impl<T: EmptyJson> Empty<T> for Typed {
    const JSON: &'static str = T::EMPTY;
}

/// Whether there is a NUL anywhere in it: PostgreSQL refuses it, SQLite cuts the text off there.
pub(super) fn has_nul(json: &Value) -> bool {
    match json {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_named_without_its_value() {
        let wrong = <List<Native> as Codec<Vec<i8>>>::decode(&serde_json::json!([1, 300])).unwrap_err();
        assert_eq!((wrong.path.as_str(), wrong.found.as_str()), ("[1]", "an integer"));
        let wrong = <Native as Codec<bool>>::decode(&"secret".into()).unwrap_err();
        assert_eq!((wrong.found.as_str(), wrong.expected.as_str()), ("a string of 6 characters", "a boolean"));
    }

    #[test]
    fn what_no_database_can_hold_is_refused_before_it_is_written() {
        assert!(<Native as Codec<f64>>::encode(&f64::NAN).is_err());
        assert!(<Native as Codec<u64>>::encode(&u64::MAX).is_err());
        assert!(<Native as Codec<String>>::encode(&"a\0b".to_owned()).is_err());
        assert!(<Serde as Codec<Vec<String>>>::encode(&vec!["a\0b".to_owned()]).is_err());
        assert_eq!(<Optional<Native> as Codec<Option<i64>>>::encode(&None), Ok(Value::Null));
    }
}
