//! From what was sent to the form.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize as _, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::{FieldType, FormField, FormReader, urlencoded};
use crate::{Error, ProcessProxy, Result};

/// A form that `form = ApproveForm { approved }` has declared: it is read from what a page or a program sends.
///
/// Fields that the form does not have are refused, and every field but an `Option` must be there. The rules of the
/// fields are checked as well, so a page can say everything at once.
///
/// ```
/// use flow_core::prelude::*;
///
/// #[derive(ProcessProxy)]
/// pub struct LeaveProcess {
///     process: Process,
///     #[json(range = 1..=30)]
///     days: i64,
///     #[json(default)]
///     paid: bool,
///     note: Option<String>,
/// }
///
/// #[flow(process = LeaveProcess)]
/// pub struct LeaveFlow {
///     #[node(form = AskForm { days, paid, note }, permission(anyone), next = this.end)]
///     start: Start,
///     end: End,
/// }
///
/// # fn main() -> flow_core::Result<()> {
/// let form = AskForm::from_urlencoded("days=3&note=")?;
/// assert_eq!((form.days, form.paid, form.note), (3, false, None));
///
/// let error = AskForm::from_json(r#"{"days": 99, "paid": "yes"}"#).unwrap_err();
/// let flow_core::Error::Invalid(faults) = error else { panic!() };
/// assert_eq!(faults[0].to_string(), "`paid` expected a boolean, found a text of 3 characters");
/// assert_eq!(faults[1].to_string(), "`days` is more than 30");
/// # Ok(())
/// # }
/// ```
pub trait FormInput: Sized {
    /// The process whose fields it has.
    type Process: ProcessProxy;

    /// Its fields, in order.
    const INPUT: &'static [FormField];

    #[doc(hidden)]
    fn read(reader: &mut FormReader<Self::Process>) -> Option<Self>;

    /// Reads a form that was sent as JSON.
    ///
    /// # Errors
    /// [`Error::Invalid`] with a fault for each field that is missing, unknown, of another type or not valid.
    fn from_json(text: &str) -> Result<Self> {
        let sent: Sent =
            serde_json::from_str(text).map_err(|error| Error::invalid("form", format!("cannot be read: {error}")))?;
        Self::from_value(Value::Object(sent.0))
    }

    /// As [`from_json`](FormInput::from_json), of JSON that was parsed already.
    ///
    /// # Errors
    /// As there.
    fn from_value(json: Value) -> Result<Self> {
        let mut reader = FormReader::new(json, Self::INPUT)?;
        let form = Self::read(&mut reader);
        reader.finish(form)
    }

    /// Reads a form that a page sent as `application/x-www-form-urlencoded`: `days=3&note=On+holiday`.
    ///
    /// A check box that is not ticked is not sent, and is false. An empty text is nothing for every field that is
    /// not a text. What is sent several times is a list. An object is sent as JSON.
    ///
    /// # Errors
    /// As [`from_json`](FormInput::from_json).
    fn from_urlencoded(text: &str) -> Result<Self> {
        Self::from_value(urlencoded::value(text, Self::INPUT))
    }
}

/// For `#[flow]`: a form by serde, for extractors. All faults are in the one error.
#[doc(hidden)]
pub fn deserialize<'de, T: FormInput, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(Fields::<T>(PhantomData))
}

/// An object, without keys that stand in it twice: of those nobody knows which one was meant.
struct Sent(Map<String, Value>);

impl<'de> de::Deserialize<'de> for Sent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Sent;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Sent, A::Error> {
                let mut values = Map::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    if values.insert(key, value).is_some() {
                        return Err(de::Error::custom("a field is there twice"));
                    }
                }
                Ok(Sent(values))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

struct Fields<T>(PhantomData<T>);

impl<'de, T: FormInput> Visitor<'de> for Fields<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = T::INPUT.iter().map(FormField::name).collect();
        write!(f, "a form with the fields {}", names.join(", "))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut values = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = match T::INPUT.iter().find(|field| field.name() == key) {
                Some(field) if values.contains_key(&key) => return Err(de::Error::duplicate_field(field.name())),
                Some(field) => map
                    .next_value_seed(Typed(&field.meta().ty))
                    .map_err(|error| de::Error::custom(format!("`{key}` {error}")))?,
                // Refused together with the other faults.
                None => map.next_value::<IgnoredAny>().map(|_| Value::Null)?,
            };
            values.insert(key, value);
        }
        T::from_value(Value::Object(values)).map_err(de::Error::custom)
    }
}

/// A value by its type, for formats that have texts alone.
struct Typed(&'static FieldType);

impl<'de> DeserializeSeed<'de> for Typed {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.0 {
            FieldType::Boolean => bool::deserialize(deserializer).map(Value::from),
            FieldType::Integer { .. } => i64::deserialize(deserializer).map(Value::from),
            FieldType::Number => f64::deserialize(deserializer).map(Value::from),
            FieldType::Optional(inner) => deserializer.deserialize_option(Maybe(inner)),
            _ => Value::deserialize(deserializer),
        }
    }
}

struct Maybe(&'static FieldType);

impl<'de> Visitor<'de> for Maybe {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value of type {}, or none", self.0.name())
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Typed(self.0).deserialize(deserializer)
    }
}
