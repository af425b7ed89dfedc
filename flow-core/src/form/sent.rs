//! Form input for pages and tools that do not know the type of the form: JSON, or an HTML form.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::texts_de::Texts;
use super::unique::has_name_twice;
use super::{FieldType, FormField, FormInput};
use crate::{Error, FieldError, FieldErrorKind, Result};

/// The submitted input of a form.
///
/// ```
/// use flow_core::form::Sent;
///
/// #[derive(serde::Deserialize, Debug, PartialEq)]
/// struct Amount { cents: i64, tags: Vec<String> }
///
/// let form: Amount = Sent::Urlencoded(b"cents=1250&tags=new&tags=large").deserialize(&[])?;
/// assert_eq!(form, Amount { cents: 1250, tags: vec!["new".into(), "large".into()] });
/// assert!(Sent::Json(b"{\"cents\": 5}").deserialize::<Amount>(&[]).unwrap_err().to_string().contains("`tags` is missing"));
/// # Ok::<(), flow_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Sent<'s> {
    /// The text of a JSON object.
    Json(&'s [u8]),
    /// A JSON object.
    Value(&'s Value),
    /// The body of an HTML form: `application/x-www-form-urlencoded`.
    Urlencoded(&'s [u8]),
}

impl Sent<'_> {
    /// Parses a form that `#[flow]` declared, or one of your own that implements [`FormInput`].
    ///
    /// # Errors
    /// [`Error::Invalid`] with all errors found.
    pub fn read<T: FormInput>(self) -> Result<T> {
        match self {
            Sent::Json(json) => T::from_json(json),
            Sent::Value(json) => T::from_value(json),
            Sent::Urlencoded(text) => T::from_urlencoded(text),
        }
    }

    /// Parses a form of any `Deserialize` type. The strings of an HTML form are parsed as the types require; for the
    /// given `fields`, a missing checkbox is off, and a missing list is empty.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the first error: serde reports only one. Values are not included in messages.
    pub fn deserialize<T: DeserializeOwned>(self, fields: &[FormField]) -> Result<T> {
        match self {
            Sent::Json(json) => {
                let form = serde_json::from_slice(json).map_err(|error| fault(&error))?;
                if has_name_twice(json) {
                    let text = "a name is given more than once";
                    return Err(Error::Invalid(vec![FieldError::of(FieldErrorKind::Twice, "", text)]));
                }
                Ok(form)
            }
            Sent::Value(json) => T::deserialize(json).map_err(|error| fault(&error)),
            Sent::Urlencoded(text) => {
                let mut texts = Texts::default();
                for (name, value) in form_urlencoded::parse(text) {
                    texts.add(&name, value.into_owned());
                }
                for field in fields {
                    match field.ty {
                        FieldType::List(_) => texts.or_none(field.name),
                        _ if field.is_checkbox() => texts.or_text(field.name, "false"),
                        _ => {}
                    }
                }
                T::deserialize(texts).map_err(|error| fault(&error))
            }
        }
    }
}

/// serde's message as a fault of its field, without the value that it may repeat.
fn fault(error: &impl std::fmt::Display) -> Error {
    let message = error.to_string();
    let named = |before: &str| message.strip_prefix(before)?.split('`').next().map(str::to_owned);
    let fault = if let Some(field) = named("missing field `") {
        FieldError::of(FieldErrorKind::Missing, field, "is missing")
    } else if let Some(field) = named("unknown field `") {
        FieldError::of(FieldErrorKind::Unknown, field, "is not a field of this form")
    } else if let Some(field) = named("duplicate field `") {
        FieldError::of(FieldErrorKind::Twice, field, "is given more than once")
    } else {
        let text = match message.rsplit_once(", expected ") {
            Some((_, expected)) => format!("a value has the wrong type, expected {expected}"),
            None => "the input does not match the form".to_owned(),
        };
        FieldError::of(FieldErrorKind::Type, "", text)
    };
    Error::Invalid(vec![fault])
}

/// For the macro: how a form of the type `T` is read, by the traits that it has. Call
/// `(&&&FormReader::<T>::new()).read_form(sent, fields)`: rustc takes the first of the three traits that fits.
#[derive(Debug)]
pub struct FormReader<T>(PhantomData<fn() -> T>);

impl<T> FormReader<T> {
    /// Of this type.
    #[allow(clippy::new_without_default, reason = "for the macro alone")]
    #[must_use]
    pub const fn new() -> Self {
        FormReader(PhantomData)
    }
}

/// A form that is [`FormInput`].
pub trait ReadInput<T> {
    /// # Errors
    /// [`Error::Invalid`] with all errors found.
    fn read_form(&self, sent: Sent<'_>, fields: &[FormField]) -> Result<T>;
}

impl<T: FormInput> ReadInput<T> for &&FormReader<T> {
    fn read_form(&self, sent: Sent<'_>, _: &[FormField]) -> Result<T> {
        sent.read()
    }
}

/// A form that is `Deserialize` alone.
pub trait ReadDeserialize<T> {
    /// # Errors
    /// [`Error::Invalid`] with what is wrong.
    fn read_form(&self, sent: Sent<'_>, fields: &[FormField]) -> Result<T>;
}

impl<T: DeserializeOwned> ReadDeserialize<T> for &FormReader<T> {
    fn read_form(&self, sent: Sent<'_>, fields: &[FormField]) -> Result<T> {
        let read = sent.deserialize(fields);
        // An input that is nothing, `()`, or that may be missing, is sent as an empty form.
        if read.is_err() && sent.values().is_ok_and(|values| values.is_empty()) {
            return T::deserialize(Value::Null).or(read);
        }
        read
    }
}

/// A form that is neither.
pub trait ReadNothing<T> {
    /// # Errors
    /// Always [`Error::Invalid`]: code alone can make such a form.
    fn read_form(&self, sent: Sent<'_>, fields: &[FormField]) -> Result<T>;
}

impl<T> ReadNothing<T> for FormReader<T> {
    fn read_form(&self, _: Sent<'_>, _: &[FormField]) -> Result<T> {
        let text = format!(
            "`{}` cannot be read from form input: it implements neither `FormInput` nor `Deserialize`",
            std::any::type_name::<T>()
        );
        Err(Error::Invalid(vec![FieldError::new("", text)]))
    }
}

#[cfg(test)]
#[allow(clippy::needless_borrow, reason = "each reference is one trait tried before the next")]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Own {
        name: String,
        amount: Option<u16>,
        express: bool,
        share: f64,
        tags: Vec<i64>,
    }

    struct Neither;

    fn read(sent: Sent<'_>) -> Result<Own> {
        const FIELDS: &[FormField] = &[
            FormField::new("express", FieldType::Boolean),
            FormField::new("tags", FieldType::List(&FieldType::Integer)),
        ];
        (&&&FormReader::<Own>::new()).read_form(sent, FIELDS)
    }

    #[test]
    fn a_type_that_is_deserialize_is_read_from_json_and_from_an_html_form() {
        let expect = |amount, express, tags: &[i64]| Own {
            name: "Anna".to_owned(),
            amount,
            express,
            share: 0.5,
            tags: tags.to_vec(),
        };
        let sent = Sent::Urlencoded(b"name=Anna&amount=&share=0.5");
        assert_eq!(read(sent).unwrap(), expect(None, false, &[]));
        let sent = Sent::Urlencoded(b"name=Anna&amount=5&express=on&share=0.5&tags=1&tags=2");
        assert_eq!(read(sent).unwrap(), expect(Some(5), true, &[1, 2]));
        let json = br#"{"name": "Anna", "amount": 5, "express": true, "share": 0.5, "tags": [1, 2]}"#;
        assert_eq!(read(Sent::Json(json)).unwrap(), expect(Some(5), true, &[1, 2]));
    }

    #[test]
    fn what_is_wrong_is_named_and_no_value_repeated() {
        let message = |text: &str| read(Sent::Urlencoded(text.as_bytes())).unwrap_err().to_string();
        assert_eq!(message("amount=5&share=1"), "not valid: `name` is missing");
        assert_eq!(message("name=x&share=1&colour=hunter2"), "not valid: `colour` is not a field of this form");
        let wrong = message("name=x&share=hunter2");
        assert!(wrong.contains("expected f64") && !wrong.contains("hunter2"), "{wrong}");
        let json = read(Sent::Json(br#"{"name": {"pin": "hunter2"}}"#)).unwrap_err().to_string();
        assert!(json.contains("expected a string") && !json.contains("hunter2"), "{json}");
    }

    #[test]
    fn a_type_that_nothing_can_read_says_so() {
        let read: Result<Neither> = (&&&FormReader::<Neither>::new()).read_form(Sent::Json(b"{}"), &[]);
        let Err(Error::Invalid(faults)) = read else { panic!("read") };
        assert!(faults[0].message.contains("neither `FormInput` nor `Deserialize`"), "{faults:?}");
    }
}
