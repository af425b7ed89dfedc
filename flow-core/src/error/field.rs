//! What is not valid in an input.

use std::borrow::Cow;
use std::fmt;

/// One field that is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// The name of the field; empty if the error is about the whole input, for example invalid JSON.
    pub field: Cow<'static, str>,
    /// The category of the error, for applications that show their own messages.
    pub kind: FieldErrorKind,
    /// What is wrong with it: `has 51 characters, at most 50 are allowed`.
    pub message: String,
}

/// The categories of [`FieldError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldErrorKind {
    /// The field is missing.
    Missing,
    /// There is no such field.
    Unknown,
    /// The field was given more than once.
    Twice,
    /// The value has the wrong type, or cannot be parsed as the type.
    Type,
    /// The string is empty.
    Empty,
    /// The string is longer than `max_length`.
    TooLong,
    /// The value is outside its `range`.
    OutOfRange,
    /// The value is not one of its `choices`.
    NotAChoice,
    /// The value is not a valid email address, URL, slug or file path, or does not match its `pattern`.
    Format,
    /// Any other error: a validation of your own, or a value that cannot be stored.
    Other,
}

impl FieldError {
    /// Creates an error for a field, for a form of your own.
    ///
    /// ```
    /// use flow_core::{Error, FieldError, FieldErrorKind};
    ///
    /// let fault = FieldError::new("amount", "is more than the account holds");
    /// assert_eq!((&*fault.field, fault.kind), ("amount", FieldErrorKind::Other));
    /// assert_eq!(Error::Invalid(vec![fault]).to_string(), "not valid: `amount` is more than the account holds");
    /// ```
    #[must_use]
    pub fn new(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        FieldError::of(FieldErrorKind::Other, field, message)
    }

    /// Creates an error of this category.
    #[must_use]
    pub fn of(kind: FieldErrorKind, field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        FieldError { field: field.into(), kind, message: message.into() }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "`{}` {}", self.field, self.message)
    }
}

pub(super) fn list(errors: &[FieldError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
