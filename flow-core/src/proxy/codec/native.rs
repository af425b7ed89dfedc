//! bool, integers, floats and texts: as JSON has them.

use diesel::sql_types;
use serde_json::Value;

use super::{Codec, Empty, JsonType, Mismatch, Native, Numeric, Optional, Textual, always_present};
use crate::form::FieldType;

macro_rules! numbers {
    ($($ty:ty),*) => {$(impl Numeric<$ty> for Native {})*};
}

numbers!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

impl<T, C: Numeric<T>> Numeric<Option<T>> for Optional<C> {}
impl Textual<String> for Native {}
impl<T, C: Textual<T>> Textual<Option<T>> for Optional<C> {}

macro_rules! native {
    ($($ty:ty: $form:expr, $sql:ident, $expected:literal, $empty:literal, $encode:expr, $decode:expr;)*) => {$(
        impl Codec<$ty> for Native {
            type Sql = sql_types::$sql;
            type Maybe = sql_types::Nullable<sql_types::$sql>;
            type Present = $ty;
            const EXPECTED: &'static str = $expected;
            const TYPE: FieldType = ($form).0;
            const RANGE: (Option<i64>, Option<i64>) = ($form).1;

            always_present!($ty);

            fn encode(value: &$ty) -> Result<Value, String> {
                let encode: fn(&$ty) -> Result<Value, String> = $encode;
                encode(value)
            }

            fn decode(json: &Value) -> Result<$ty, Mismatch> {
                let decode: fn(&Value) -> Option<$ty> = $decode;
                decode(json).ok_or_else(|| Mismatch::new(json, $expected))
            }
        }

        impl Empty<$ty> for Native {
            const JSON: &'static str = $empty;
        }

        // So that an alias of it is kept as itself.
        impl JsonType for $ty {
            type Sql = sql_types::$sql;
            type Maybe = sql_types::Nullable<sql_types::$sql>;
            const EXPECTED: &'static str = $expected;
            const TYPE: FieldType = <Native as Codec<$ty>>::TYPE;
            const RANGE: (Option<i64>, Option<i64>) = <Native as Codec<$ty>>::RANGE;

            fn to_json(&self) -> Result<Value, String> {
                <Native as Codec<$ty>>::encode(self)
            }

            fn from_json(json: &Value) -> Result<Self, Mismatch> {
                <Native as Codec<$ty>>::decode(json)
            }
        }
    )*};
}

type Form = (FieldType, (Option<i64>, Option<i64>));

const fn any(ty: FieldType) -> Form {
    (ty, (None, None))
}

/// An integer of a type that holds these.
const fn from(least: i64, most: Option<i64>) -> Form {
    (FieldType::Integer, (Some(least), most))
}

native! {
    bool: any(FieldType::Boolean), Bool, "a boolean", "false", |v| Ok(Value::Bool(*v)), Value::as_bool;
    String: any(FieldType::Text), Text, "a string", "\"\"", |v| text(v), |json| json.as_str().map(str::to_owned);
    f64: any(FieldType::Number), Double, "a number", "0.0", |v| number(*v), Value::as_f64;
    f32: any(FieldType::Number), Double, "a number", "0.0", |v| number(f64::from(*v)), |json| narrow(json.as_f64()?);
    i8: from(-128, Some(127)), BigInt, "an integer from -128 to 127", "0", |v| Ok((*v).into()), |json| json.as_i64()?.try_into().ok();
    i16: from(-32768, Some(32767)), BigInt, "a 16-bit integer", "0", |v| Ok((*v).into()), |json| json.as_i64()?.try_into().ok();
    i32: from(-2_147_483_648, Some(2_147_483_647)), BigInt, "a 32-bit integer", "0", |v| Ok((*v).into()), |json| json.as_i64()?.try_into().ok();
    i64: any(FieldType::Integer), BigInt, "a 64-bit integer", "0", |v| Ok((*v).into()), Value::as_i64;
    u8: from(0, Some(255)), BigInt, "an integer from 0 to 255", "0", |v| Ok((*v).into()), |json| json.as_u64()?.try_into().ok();
    u16: from(0, Some(65535)), BigInt, "an integer from 0 to 65535", "0", |v| Ok((*v).into()), |json| json.as_u64()?.try_into().ok();
    u32: from(0, Some(4_294_967_295)), BigInt, "a non-negative 32-bit integer", "0", |v| Ok((*v).into()), |json| json.as_u64()?.try_into().ok();
    u64: from(0, None), BigInt, "a non-negative integer up to 9223372036854775807", "0", |v| unsigned(*v), |json| json.as_i64()?.try_into().ok();
}

fn text(value: &str) -> Result<Value, String> {
    // PostgreSQL refuses it, SQLite cuts the text off there.
    if value.contains('\0') {
        return Err("contains the character NUL".to_owned());
    }
    Ok(Value::String(value.to_owned()))
}

fn number(value: f64) -> Result<Value, String> {
    serde_json::Number::from_f64(value).map(Value::Number).ok_or_else(|| "is not a finite number".to_owned())
}

// No database has a 64-bit integer without a sign: a larger one could be stored but not found.
fn unsigned(value: u64) -> Result<Value, String> {
    i64::try_from(value).map(Value::from).map_err(|_| "is larger than 9223372036854775807".to_owned())
}

#[allow(clippy::cast_possible_truncation, reason = "the field is a 32-bit float")]
fn narrow(value: f64) -> Option<f32> {
    let narrow = value as f32;
    narrow.is_finite().then_some(narrow)
}
