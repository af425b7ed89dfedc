//! The key of a row of the app's.

use std::fmt;

/// The key of a row of a table of the app's: an integer, a text or a UUID.
///
/// A key type of your own converts into it: `impl From<UserId> for RowKey`.
///
/// ```
/// use flow_core::RowKey;
///
/// struct UserId(i64);
///
/// impl From<UserId> for RowKey {
///     fn from(id: UserId) -> Self { id.0.into() }
/// }
///
/// assert_eq!(RowKey::from(UserId(7)).to_string(), "7");
/// assert_eq!(RowKey::from("anna"), RowKey::Text("anna".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RowKey {
    /// A column of integers.
    Integer(i64),
    /// A column of texts.
    Text(String),
    /// A column of the type `uuid` on PostgreSQL, of texts on SQLite: the UUID in lower case with hyphens.
    Uuid(String),
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowKey::Integer(key) => write!(f, "{key}"),
            RowKey::Text(key) | RowKey::Uuid(key) => f.write_str(key),
        }
    }
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for RowKey {
            fn from(key: $integer) -> Self {
                RowKey::Integer(key.into())
            }
        }
    )*};
}

integers!(i16, i32, i64, u32);

impl From<String> for RowKey {
    fn from(key: String) -> Self {
        RowKey::Text(key)
    }
}

impl From<&str> for RowKey {
    fn from(key: &str) -> Self {
        RowKey::Text(key.to_owned())
    }
}

#[cfg(feature = "uuid")]
impl From<uuid::Uuid> for RowKey {
    fn from(key: uuid::Uuid) -> Self {
        RowKey::Uuid(key.to_string())
    }
}
