//! Numbers without rounding, kept as text.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::data::sql_types::Exact;
use crate::form::FieldType;
use crate::proxy::{EmptyJson, ExactNumber, JsonType, Mismatch, Numeric, Typed};

const EXPECTED: &str = "a decimal number, like 12.50";

impl JsonType for Decimal {
    type Sql = Exact<Decimal>;
    type Maybe = Exact<Decimal>;
    const EXPECTED: &'static str = EXPECTED;
    const TYPE: FieldType = FieldType::Decimal;

    fn to_json(&self) -> Result<Value, String> {
        Ok(self.to_string().into())
    }

    fn from_json(json: &Value) -> Result<Self, Mismatch> {
        match json {
            Value::String(text) => Decimal::from_str_exact(text).map_err(|_| Mismatch::unreadable(EXPECTED)),
            // Stored as text; a number is accepted from programs that have no decimals.
            Value::Number(number) => {
                Decimal::from_str_exact(&number.to_string()).map_err(|_| Mismatch::new(json, EXPECTED))
            }
            _ => Err(Mismatch::new(json, EXPECTED)),
        }
    }
}

impl EmptyJson for Decimal {
    const EMPTY: &'static str = "\"0\"";
}

impl Numeric<Decimal> for Typed {}
impl ExactNumber<Decimal> for Typed {}
