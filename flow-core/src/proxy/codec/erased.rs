//! A codec without its type: so that what reads, checks and writes fields is code of this crate, compiled once, and
//! not with each of the user's builds.

use std::any::Any;

use serde_json::Value;

use super::{Choice, Codec, Key, Mismatch};
use crate::FieldError;
use crate::form::FieldType;

/// A type and its codec.
#[derive(Debug)]
pub struct Stored<C, T>(std::marker::PhantomData<fn() -> (C, T)>);

/// The type and the codec of a field: [`Stored`].
pub trait StoredAs {
    /// The type of the field.
    type Value: 'static;
    /// Its codec.
    type Codec: Codec<Self::Value>;
}

impl<C: Codec<T>, T: 'static> StoredAs for Stored<C, T> {
    type Value = T;
    type Codec = C;
}

/// What a codec knows and does.
#[derive(Clone, Copy, Debug)]
pub struct ErasedCodec {
    encode: fn(&dyn Any) -> Result<Value, String>,
    /// Into an `Option` of the type.
    decode: fn(&Value, &mut dyn Any) -> Result<(), Mismatch>,
    read: fn(&Value) -> Result<Box<dyn Any>, Mismatch>,
    rewrite: fn(&Value) -> Option<Value>,
    check: fn(&dyn Any) -> Vec<FieldError>,
    pub(crate) expected: &'static str,
    pub(crate) keys: &'static [Key],
    pub(crate) secret: bool,
    pub(crate) ty: FieldType,
    pub(crate) choices: &'static [Choice],
    pub(crate) range: (Option<i64>, Option<i64>),
    pub(crate) optional: bool,
}

impl ErasedCodec {
    /// This codec.
    pub(in crate::proxy) const fn of<S: StoredAs>() -> Self {
        ErasedCodec {
            encode: encode::<S>,
            decode: decode::<S>,
            read: read::<S>,
            rewrite: rewrite::<S>,
            check: check::<S>,
            expected: S::Codec::EXPECTED,
            keys: S::Codec::KEYS,
            secret: S::Codec::SECRET,
            ty: S::Codec::TYPE,
            choices: S::Codec::CHOICES,
            range: S::Codec::RANGE,
            optional: S::Codec::OPTIONAL,
        }
    }

    /// The JSON of a value.
    pub(crate) fn encode(&self, value: &dyn Any) -> Result<Value, String> {
        (self.encode)(value)
    }

    /// The value of JSON.
    pub(in crate::proxy) fn decode<T: 'static>(&self, json: &Value) -> Result<T, Mismatch> {
        let mut found: Option<T> = None;
        (self.decode)(json, &mut found)?;
        found.ok_or_else(|| Mismatch::new(json, self.expected))
    }

    /// The value of JSON, whatever its type.
    pub(in crate::proxy) fn read(&self, json: &Value) -> Result<Box<dyn Any>, Mismatch> {
        (self.read)(json)
    }

    /// JSON in the codec's own words; `None` where it cannot be read.
    pub(in crate::proxy) fn rewrite(&self, json: &Value) -> Option<Value> {
        (self.rewrite)(json)
    }

    /// What is wrong inside a value, by the rules of the types there.
    pub(in crate::proxy) fn check(&self, value: &dyn Any) -> Vec<FieldError> {
        (self.check)(value)
    }
}

fn encode<S: StoredAs>(value: &dyn Any) -> Result<Value, String> {
    // The derive hands over no other.
    let value = value.downcast_ref::<S::Value>().ok_or("is of another type than its field")?;
    S::Codec::encode(value)
}

fn decode<S: StoredAs>(json: &Value, found: &mut dyn Any) -> Result<(), Mismatch> {
    let value = S::Codec::decode(json)?;
    if let Some(found) = found.downcast_mut::<Option<S::Value>>() {
        *found = Some(value);
    }
    Ok(())
}

fn read<S: StoredAs>(json: &Value) -> Result<Box<dyn Any>, Mismatch> {
    Ok(Box::new(S::Codec::decode(json)?))
}

fn rewrite<S: StoredAs>(json: &Value) -> Option<Value> {
    S::Codec::encode(&S::Codec::decode(json).ok()?).ok()
}

fn check<S: StoredAs>(value: &dyn Any) -> Vec<FieldError> {
    value.downcast_ref::<S::Value>().map(S::Codec::check).unwrap_or_default()
}
