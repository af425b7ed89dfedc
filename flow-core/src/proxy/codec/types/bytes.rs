//! Bytes, kept as base64.

use std::fmt;
use std::ops::Deref;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::written;
use crate::proxy::EmptyJson;

/// Bytes, kept as a base64 string. (A `Vec<u8>` is a list of numbers.)
///
/// ```
/// use flow_core::Bytes;
///
/// let seal = Bytes::from(vec![1, 2, 3]);
/// assert_eq!((seal.len(), &seal[..2]), (3, &[1, 2][..]));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Bytes(Vec<u8>);

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes(bytes)
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        bytes.0
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

impl EmptyJson for Bytes {
    const EMPTY: &'static str = "\"\"";
}

written!(Bytes, AsText, Bytes, "a base64 string", |bytes| Ok(STANDARD.encode(&bytes.0)), |text| {
    STANDARD.decode(text).ok().map(Bytes)
});

impl serde::Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> serde::Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Bytes).map_err(|_| serde::de::Error::custom("expected a base64 string"))
    }
}
