//! Reads form input: JSON, or an HTML form.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::reader::{Given, Reader};
use super::unique::Unique;
use super::{FieldType, FormField, Sent};
use crate::{Error, FieldError, FieldErrorKind, Result};

/// Parsing of form input, implemented for the forms that `form = ApproveForm { approved }` declares.
///
/// Each value is parsed in the format in which it is stored: a `Duration` is ISO 8601, a choice its stored string. All
/// errors are reported at once, as [`Error::Invalid`]: missing fields, wrong types, violated rules and unknown fields.
///
/// ```
/// use flow_core::prelude::*;
/// use flow_core::{Error, FieldErrorKind};
///
/// #[derive(ProcessProxy)]
/// pub struct OrderProcess {
///     process: Process,
///     #[json(max_length = 10)]
///     customer: String,
///     #[json(range = 1..=10)]
///     pieces: i64,
///     express: bool,
///     waits: Option<std::time::Duration>,
///     #[json(default)]
///     tags: Vec<String>,
/// }
///
/// #[flow(process = OrderProcess)]
/// pub struct OrderFlow {
///     #[node(form = OrderForm { customer, pieces, express, waits, tags }, permission(anyone), next = this.end)] start: Start,
///     end: End,
/// }
///
/// fn main() -> flow_core::Result<()> {
///     let form = OrderForm::from_json(r#"{"customer": "Anna", "pieces": 3, "express": false, "waits": "PT5M", "tags": []}"#)?;
///     assert_eq!(form.waits, Some(std::time::Duration::from_secs(300)));
///
///     // As a browser sends it: no checkbox, no text, one key for each item of a list.
///     let form = OrderForm::from_urlencoded("customer=Anna+M.&pieces=3&waits=&tags=new&tags=large")?;
///     assert_eq!((form.customer.as_str(), form.pieces, form.express, form.waits), ("Anna M.", 3, false, None));
///     assert_eq!(form.tags, ["new", "large"]);
///
///     let wrong = OrderForm::from_urlencoded("customer=Anna&pieces=many&colour=red").err();
///     let Some(Error::Invalid(faults)) = wrong else { panic!() };
///     let kinds: Vec<_> = faults.iter().map(|fault| (&*fault.field, fault.kind)).collect();
///     assert_eq!(kinds, [("pieces", FieldErrorKind::Type), ("colour", FieldErrorKind::Unknown)]);
///     Ok(())
/// }
/// ```
pub trait FormInput: Sized + Send + 'static {
    /// What it asks for.
    const FIELDS: &'static [FormField];

    #[doc(hidden)]
    fn read(reader: &mut Reader) -> Option<Self>;

    /// Parses a JSON object. Every field except an `Option` is required.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all errors found.
    fn from_json(json: impl AsRef<[u8]>) -> Result<Self> {
        Sent::Json(json.as_ref()).reader()?.form()
    }

    /// Parses a JSON value, which must be an object.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all errors found.
    fn from_value(json: &Value) -> Result<Self> {
        Sent::Value(json).reader()?.form()
    }

    /// Parses the body or query of an HTML form: `application/x-www-form-urlencoded`.
    ///
    /// An absent checkbox is `false`; `on`, `true`, `yes` and `1` are `true`. An empty string is `None` for an
    /// `Option`. A list is one key for each item; no key is an empty list. A field without a text format, an object or
    /// any JSON, is sent as JSON text.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all errors found.
    fn from_urlencoded(text: impl AsRef<[u8]>) -> Result<Self> {
        Sent::Urlencoded(text.as_ref()).reader()?.form()
    }
}

impl Sent<'_> {
    /// The fields that were sent, to be read one after another.
    pub(super) fn reader(self) -> Result<Reader> {
        match self {
            Sent::Json(json) => {
                let mut reader = Reader::new(false);
                let mut json = serde_json::Deserializer::from_slice(json);
                let collect = Collect { fields: &[], reader: &mut reader };
                let read = collect.deserialize(&mut json).and_then(|()| json.end());
                read.map_err(|error| not_json(&error))?;
                Ok(reader)
            }
            Sent::Value(json) => {
                let Value::Object(object) = json else { return Err(not_an_object()) };
                let mut reader = Reader::new(false);
                for (name, value) in object {
                    reader.put(name.clone(), Given::Json(value.clone()));
                }
                Ok(reader)
            }
            Sent::Urlencoded(text) => {
                let mut reader = Reader::new(true);
                for (name, value) in form_urlencoded::parse(text) {
                    reader.add(&name, value.into_owned());
                }
                Ok(reader)
            }
        }
    }
}

fn not_an_object() -> Error {
    Error::Invalid(vec![FieldError::of(FieldErrorKind::Type, "", "expected a JSON object")])
}

/// Input that is not JSON. For JSON of the wrong type the value is not reported: it may be a secret.
fn not_json(error: &serde_json::Error) -> Error {
    if error.is_data() {
        return not_an_object();
    }
    Error::Invalid(vec![FieldError::of(FieldErrorKind::Type, "", format!("not valid JSON: {error}"))])
}

/// For the macro: `Deserialize` of a form.
pub(crate) fn deserialize<'de, T: FormInput, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut reader = Reader::new(false);
    Collect { fields: T::FIELDS, reader: &mut reader }.deserialize(deserializer)?;
    reader.form().map_err(serde::de::Error::custom)
}

/// Takes an object apart. Where the fields are given, each value is asked for as what it is: a format that knows
/// texts alone, as serde's crates for HTML forms do, reads a number only then.
struct Collect<'r> {
    fields: &'static [FormField],
    reader: &'r mut Reader,
}

impl<'de> DeserializeSeed<'de> for Collect<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Collect<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match self.fields.iter().find(|field| field.name == name) {
                Some(field) => {
                    let mut twice = false;
                    let typed = Typed { ty: field.ty, optional: field.optional, twice: &mut twice };
                    let value = map.next_value_seed(typed)?;
                    if twice {
                        self.reader.put(name.clone(), Given::Json(Value::Null));
                    }
                    self.reader.put(name, Given::Json(value));
                }
                None if self.fields.is_empty() => {
                    let mut twice = false;
                    let value = map.next_value_seed(Unique { twice: &mut twice })?;
                    if twice {
                        self.reader.put(name.clone(), Given::Json(Value::Null));
                    }
                    self.reader.put(name, Given::Json(value));
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                    self.reader.put(name, Given::Json(Value::Null));
                }
            }
        }
        Ok(())
    }
}

/// A value of this type, as JSON.
struct Typed<'t> {
    ty: FieldType,
    optional: bool,
    /// An object in it has a name twice.
    twice: &'t mut bool,
}

impl<'de> DeserializeSeed<'de> for Typed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.ty {
            _ if self.optional => deserializer.deserialize_option(self),
            FieldType::Boolean => deserializer.deserialize_bool(self),
            FieldType::Integer => deserializer.deserialize_i64(self),
            FieldType::Number => deserializer.deserialize_f64(self),
            _ => Unique { twice: self.twice }.deserialize(deserializer),
        }
    }
}

impl<'de> Visitor<'de> for Typed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.ty {
            FieldType::Boolean => "a boolean",
            FieldType::Integer => "an integer",
            _ => "a number",
        })
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Typed { optional: false, ..self }.deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
}
