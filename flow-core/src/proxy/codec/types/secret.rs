//! Secret values.

use std::fmt;

use serde_json::Value;

use crate::FieldError;
use crate::form::FieldType;
use crate::proxy::{Choice, EmptyJson, JsonType, Key, Mismatch};

/// A secret value, which is never shown: not in `{:?}`, not in a summary, not in an error.
///
/// It is stored as plain text, not encrypted. It cannot be used in a filter.
///
/// ```
/// use flow_core::Secret;
///
/// let pin = Secret::new("1234".to_owned());
/// assert_eq!(format!("{pin:?}"), "Secret(..)");
/// assert_eq!(pin.reveal(), "1234");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// This value, as a secret.
    pub const fn new(value: T) -> Self {
        Secret(value)
    }

    /// The value.
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Secret(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Of a type without any SQL, so that it is in no statement's text.
#[derive(Clone, Copy, Debug)]
pub struct NotFiltered;

impl<T: JsonType> JsonType for Secret<T> {
    type Sql = NotFiltered;
    type Maybe = NotFiltered;
    const EXPECTED: &'static str = T::EXPECTED;
    const KEYS: &'static [Key] = T::KEYS;
    const SECRET: bool = true;
    const TYPE: FieldType = T::TYPE;
    const CHOICES: &'static [Choice] = T::CHOICES;
    const RANGE: (Option<i64>, Option<i64>) = T::RANGE;
    const OPTIONAL: bool = T::OPTIONAL;

    fn to_json(&self) -> Result<Value, String> {
        self.0.to_json()
    }

    fn from_json(json: &Value) -> Result<Self, Mismatch> {
        T::from_json(json).map(Secret).map_err(|wrong| Mismatch { found: "something else".to_owned(), ..wrong })
    }

    fn check(&self) -> Vec<FieldError> {
        self.0.check()
    }
}

impl<T: EmptyJson> EmptyJson for Secret<T> {
    const EMPTY: &'static str = T::EMPTY;
}

impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Secret<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Secret)
    }
}
