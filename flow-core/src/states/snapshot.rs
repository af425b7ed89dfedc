//! Which fields a transition changed: what a row looks like before it and after it.

use serde_json::{Map, Value};

use crate::proxy::JsonProxy;

/// The fields of a row, each with its value. Of a secret one only whether it changed may be told.
#[doc(hidden)]
pub type Snapshot = Vec<Looks>;

#[doc(hidden)]
#[derive(Clone, Debug, PartialEq)]
pub struct Looks {
    name: String,
    value: Value,
    secret: bool,
}

/// A row, looked at by what its type can do: its typed fields, serde, or neither.
///
/// rustc finds the first of the three traits that fits: `(&&&Looked(row)).snapshot()`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Looked<'r, M>(pub &'r M);

#[doc(hidden)]
pub trait ByFields {
    fn snapshot(&self) -> Option<Snapshot>;
}

impl<M: JsonProxy> ByFields for &&Looked<'_, M> {
    fn snapshot(&self) -> Option<Snapshot> {
        let each = (0..).zip(M::META).filter_map(|(at, meta)| {
            let value = meta.codec.encode(self.0.field(at)?).unwrap_or_default();
            Some(Looks { name: meta.name.to_owned(), value, secret: meta.codec.secret })
        });
        Some(each.collect())
    }
}

#[doc(hidden)]
pub trait BySerde {
    fn snapshot(&self) -> Option<Snapshot>;
}

impl<M: serde::Serialize> BySerde for &Looked<'_, M> {
    fn snapshot(&self) -> Option<Snapshot> {
        let Ok(Value::Object(fields)) = serde_json::to_value(self.0) else { return None };
        Some(fields.into_iter().map(|(name, value)| Looks { name, value, secret: false }).collect())
    }
}

#[doc(hidden)]
pub trait ByNothing {
    fn snapshot(&self) -> Option<Snapshot> {
        None
    }
}

impl<M> ByNothing for Looked<'_, M> {}

/// What is different: from the name of each field to `[before, after]`, or to null without values. The state itself is
/// in columns of its own.
pub(super) fn differences(
    before: Option<Snapshot>,
    after: Option<Snapshot>,
    state: &str,
    values: bool,
) -> Map<String, Value> {
    let (Some(before), Some(after)) = (before, after) else { return Map::new() };
    let pairs = before.into_iter().filter_map(|old| {
        let new = after.iter().find(|new| new.name == old.name)?;
        let pair = || Value::Array(vec![old.value.clone(), new.value.clone()]);
        let changed = old.value != new.value && old.name != state;
        changed.then(|| (old.name.clone(), if values && !old.secret { pair() } else { Value::Null }))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(name: &str, value: i64, secret: bool) -> Looks {
        Looks { name: name.to_owned(), value: value.into(), secret }
    }

    #[test]
    fn changed_fields_are_listed_and_of_a_secret_only_its_name() {
        let before =
            vec![looks("stage", 1, false), looks("text", 1, false), looks("pin", 1, true), looks("same", 1, false)];
        let after =
            vec![looks("stage", 2, false), looks("text", 2, false), looks("pin", 2, true), looks("same", 1, false)];
        let fields = |values| Value::Object(differences(Some(before.clone()), Some(after.clone()), "stage", values));
        assert_eq!(fields(true), serde_json::json!({"text": [1, 2], "pin": null}));
        assert_eq!(fields(false), serde_json::json!({"text": null, "pin": null}));
        assert!(differences(None, Some(after), "stage", true).is_empty());
    }
}
