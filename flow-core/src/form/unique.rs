//! JSON in which an object has a name twice: parsers and databases do not agree on which value counts.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Whether an object in this text, however deep, has a name twice. False for what is not JSON.
#[must_use]
pub fn has_name_twice(json: &[u8]) -> bool {
    let mut twice = false;
    let read = Unique { twice: &mut twice }.deserialize(&mut serde_json::Deserializer::from_slice(json));
    read.is_ok() && twice
}

/// Reads a value, and notes whether an object in it has a name twice.
pub(super) struct Unique<'t> {
    pub(super) twice: &'t mut bool,
}

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Unique { twice: &mut *self.twice })? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Unique { twice: &mut *self.twice })?;
            *self.twice |= object.insert(name, value).is_some();
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_twice_is_found_at_any_depth() {
        for text in [r#"{"a":1,"a":2}"#, r#"{"a":{"b":1,"b":1}}"#, r#"[1,{"a":[{"b":1,"\u0062":2}]}]"#] {
            assert!(has_name_twice(text.as_bytes()), "{text}");
        }
        for text in [r#"{"a":1,"b":{"a":2}}"#, r#"[{"a":1},{"a":2}]"#, "1.5", "{", ""] {
            assert!(!has_name_twice(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_value_is_the_one_that_serde_json_reads() {
        let text = r#"{"a":[1,-2,1.5,"x",null,true,{"b":18446744073709551615}]}"#;
        let mut twice = false;
        let read = Unique { twice: &mut twice }.deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap();
        assert_eq!((read, twice), (serde_json::from_str(text).unwrap(), false));
    }
}
