//! Types that say themselves how they are kept as JSON.

use diesel::sql_types::Nullable;
use serde_json::Value;

use super::{Choice, Codec, Key, List, Mismatch, Optional, Typed};
use crate::FieldError;
use crate::data::sql_types::Json;
use crate::form::FieldType;

/// A type that a field can have, beside bool, numbers, String, Option and Vec.
///
/// [`#[derive(Choices)]`](crate::Choices) makes it of an enum, [`#[derive(JsonModel)]`](crate::JsonModel) of a struct.
/// For a type of your own that is neither, derive serde's traits and mark the field with `#[json(serde)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a field",
    label = "not a field type",
    note = "for an enum: `#[derive(Choices)]`, for a struct: `#[derive(JsonModel)]`; or `#[json(serde)]` on the field, to store it as serde serializes it",
    note = "types of other crates need a feature of flow-core: `decimal`, `uuid`, `url`, `jiff`, `chrono`, `time`"
)]
pub trait JsonType: Sized {
    /// Its SQL type in a filter.
    type Sql;
    /// The SQL type of an `Option` of it.
    type Maybe;
    /// What a reader expects: `a date, like 2026-11-23`.
    const EXPECTED: &'static str;
    /// Of an object: the keys that it knows.
    #[doc(hidden)]
    const KEYS: &'static [Key] = &[];
    /// Whether it is a secret: its value is never shown.
    #[doc(hidden)]
    const SECRET: bool = false;
    /// What a form asks for: of a type that is kept as a text, [`FieldType::Text`]. Without it, JSON.
    const TYPE: FieldType = FieldType::Json;
    /// What it can be, where that is a list.
    const CHOICES: &'static [Choice] = &[];
    /// Of an integer: the least and the most that it holds.
    #[doc(hidden)]
    const RANGE: (Option<i64>, Option<i64>) = (None, None);
    /// It may be absent.
    #[doc(hidden)]
    const OPTIONAL: bool = false;

    /// As JSON.
    ///
    /// # Errors
    /// What is wrong with the value: `is longer than 99999 days`.
    fn to_json(&self) -> Result<Value, String>;

    /// From JSON.
    ///
    /// # Errors
    /// What was found, and what was expected.
    fn from_json(json: &Value) -> Result<Self, Mismatch>;

    /// What is wrong with it by rules of its own, beyond what JSON can hold: it is asked when a field is set or
    /// changed, not when one is read, so that a rule can be made stricter. The fields of the faults are places inside
    /// the value, `.street`, or empty for the value itself.
    fn check(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// A type whose empty value a bare `default` means.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default for a bare `default`",
    label = "a bare `default` only works for bool, numbers, String and Vec",
    note = "write the value: `#[json(default = ..)]`, or make the field an `Option`"
)]
pub trait EmptyJson: JsonType + Default {
    /// As JSON.
    const EMPTY: &'static str;
}

impl<T: JsonType> JsonType for Option<T> {
    type Sql = T::Maybe;
    type Maybe = T::Maybe;
    const EXPECTED: &'static str = T::EXPECTED;
    const KEYS: &'static [Key] = T::KEYS;
    const SECRET: bool = T::SECRET;
    const TYPE: FieldType = T::TYPE;
    const CHOICES: &'static [Choice] = T::CHOICES;
    const RANGE: (Option<i64>, Option<i64>) = T::RANGE;
    const OPTIONAL: bool = true;

    fn to_json(&self) -> Result<Value, String> {
        <Optional<Typed> as Codec<Option<T>>>::encode(self)
    }

    fn from_json(json: &Value) -> Result<Self, Mismatch> {
        <Optional<Typed> as Codec<Option<T>>>::decode(json)
    }

    fn check(&self) -> Vec<FieldError> {
        <Optional<Typed> as Codec<Option<T>>>::check(self)
    }
}

impl<T: JsonType> JsonType for Vec<T> {
    type Sql = Json;
    type Maybe = Nullable<Json>;
    const EXPECTED: &'static str = "a list";
    const SECRET: bool = T::SECRET;
    const TYPE: FieldType = FieldType::List(&T::TYPE);
    const CHOICES: &'static [Choice] = T::CHOICES;

    fn to_json(&self) -> Result<Value, String> {
        <List<Typed> as Codec<Vec<T>>>::encode(self)
    }

    fn from_json(json: &Value) -> Result<Self, Mismatch> {
        <List<Typed> as Codec<Vec<T>>>::decode(json)
    }

    fn check(&self) -> Vec<FieldError> {
        <List<Typed> as Codec<Vec<T>>>::check(self)
    }
}

impl<T: JsonType> EmptyJson for Vec<T> {
    const EMPTY: &'static str = "[]";
}

/// Any JSON, as it is. A NUL in a text is refused: no database keeps it.
impl JsonType for Value {
    type Sql = Json;
    type Maybe = Nullable<Json>;
    const EXPECTED: &'static str = "any JSON";

    fn to_json(&self) -> Result<Value, String> {
        if super::has_nul(self) { Err("contains the character NUL".to_owned()) } else { Ok(self.clone()) }
    }

    fn from_json(json: &Value) -> Result<Self, Mismatch> {
        Ok(json.clone())
    }
}
