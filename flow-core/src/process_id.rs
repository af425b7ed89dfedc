//! The id of a process.

use std::fmt;
use std::str::FromStr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;

/// The id of a process as a newtype: for a path parameter, a form field, a column.
///
/// Functions that take a process id accept this type and `i64`. It is displayed, parsed and serialized as the number.
///
/// ```
/// use flow_core::ProcessId;
///
/// let id: ProcessId = "17".parse()?;
/// assert_eq!(id, 17);
/// assert_eq!(id.to_string(), "17");
/// assert_eq!(i64::from(id), 17);
/// assert!("17.2".parse::<ProcessId>().is_err());
/// # Ok::<(), flow_core::Error>(())
/// ```
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = BigInt)]
pub struct ProcessId(i64);

impl ProcessId {
    /// The process with this number.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        ProcessId(number)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl From<i64> for ProcessId {
    fn from(number: i64) -> Self {
        ProcessId(number)
    }
}

impl From<ProcessId> for i64 {
    fn from(id: ProcessId) -> Self {
        id.0
    }
}

impl PartialEq<i64> for ProcessId {
    fn eq(&self, number: &i64) -> bool {
        self.0 == *number
    }
}

impl PartialEq<ProcessId> for i64 {
    fn eq(&self, id: &ProcessId) -> bool {
        *self == id.0
    }
}

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The error of parsing a string that is not a process id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a process id, for example 17")]
#[non_exhaustive]
pub struct ParseProcessIdError;

impl From<ParseProcessIdError> for crate::Error {
    /// [`Error::Invalid`](crate::Error::Invalid) of the field `process`.
    fn from(error: ParseProcessIdError) -> Self {
        crate::Error::invalid("process", error.to_string())
    }
}

impl FromStr for ProcessId {
    type Err = ParseProcessIdError;

    /// Reads digits alone: no sign and no spaces.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| digits);
        number.map(ProcessId).ok_or(ParseProcessIdError)
    }
}

impl serde::Serialize for ProcessId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> serde::Deserialize<'de> for ProcessId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(ProcessId)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for ProcessId
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(value).map(ProcessId)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for ProcessId
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}
