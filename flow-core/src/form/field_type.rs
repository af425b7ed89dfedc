//! What a field is, for a page that shows it.

use crate::proxy::{Choice, Meta};

/// What a field is: which input a page shows for it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum FieldType {
    /// Yes or no.
    Boolean,
    /// A whole number.
    #[non_exhaustive]
    Integer {
        /// The smallest that its type can hold.
        least: i64,
        /// The largest.
        most: i64,
    },
    /// A number with a fraction.
    Number,
    /// A decimal number, as a text: `12.50`.
    Decimal,
    /// A text.
    Text,
    /// A day: `2026-11-23`.
    Date,
    /// A time of day: `14:30:00`.
    Time,
    /// A moment: `2026-11-23T14:30:00+00:00`.
    DateTime,
    /// A length of time: `P0DT01H30M00S`.
    Duration,
    /// A UUID.
    Uuid,
    /// An address of the web.
    Url,
    /// An IP address.
    IpAddress,
    /// Bytes, as base64.
    Bytes,
    /// One of these.
    Choice(&'static [Choice]),
    /// The key of a row of the model of this name.
    Reference(&'static str),
    /// Several of one type.
    List(&'static FieldType),
    /// An object with these fields.
    Object(&'static [Meta]),
    /// Of this type, or nothing.
    Optional(&'static FieldType),
    /// Any JSON.
    Json,
}

impl FieldType {
    /// A word for it: `boolean`, `integer`, `date-time`. That of an [`Optional`](FieldType::Optional) is its inner
    /// type's.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            FieldType::Boolean => "boolean",
            FieldType::Integer { .. } => "integer",
            FieldType::Number => "number",
            FieldType::Decimal => "decimal",
            FieldType::Text => "text",
            FieldType::Date => "date",
            FieldType::Time => "time",
            FieldType::DateTime => "date-time",
            FieldType::Duration => "duration",
            FieldType::Uuid => "uuid",
            FieldType::Url => "url",
            FieldType::IpAddress => "ip-address",
            FieldType::Bytes => "bytes",
            FieldType::Choice(_) => "choice",
            FieldType::Reference(_) => "reference",
            FieldType::List(_) => "list",
            FieldType::Object(_) => "object",
            FieldType::Optional(inner) => inner.name(),
            FieldType::Json => "json",
        }
    }

    /// The type of what is there, if something is there.
    #[must_use]
    pub const fn inner(self) -> FieldType {
        match self {
            FieldType::Optional(inner) => inner.inner(),
            other => other,
        }
    }

    /// Whether it may be left out.
    #[must_use]
    pub const fn is_optional(self) -> bool {
        matches!(self, FieldType::Optional(_))
    }
}
