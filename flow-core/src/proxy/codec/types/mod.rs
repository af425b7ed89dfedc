//! Types of fields from the standard library and, each behind a feature, from other crates.

mod bytes;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "decimal")]
mod decimal;
mod duration;
mod ip;
mod iso;
#[cfg(feature = "jiff")]
mod jiff;
mod moment;
mod secret;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "url")]
mod url;
#[cfg(feature = "uuid")]
mod uuid;

pub use bytes::Bytes;
pub(in crate::proxy) use duration::nanos;
pub use secret::Secret;

/// A type that is kept, and compared, as a text: `$write` gives it, `$read` takes it apart; a form asks for `$form`.
macro_rules! written {
    ($ty:ty, $sql:ident, $form:ident, $expected:literal, $write:expr, $read:expr) => {
        impl crate::proxy::JsonType for $ty {
            type Sql = crate::data::sql_types::$sql<$ty>;
            type Maybe = crate::data::sql_types::$sql<$ty>;
            const EXPECTED: &'static str = $expected;
            const TYPE: crate::form::FieldType = crate::form::FieldType::$form;

            fn to_json(&self) -> Result<serde_json::Value, String> {
                let write: fn(&$ty) -> Result<String, String> = $write;
                write(self).map(serde_json::Value::String)
            }

            fn from_json(json: &serde_json::Value) -> Result<Self, crate::proxy::Mismatch> {
                let read: fn(&str) -> Option<$ty> = $read;
                let text = json.as_str().ok_or_else(|| crate::proxy::Mismatch::new(json, $expected))?;
                read(text).ok_or_else(|| crate::proxy::Mismatch::unreadable($expected))
            }
        }
    };
}

pub(crate) use written;
