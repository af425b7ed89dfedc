//! References as fields: kept as the key, a number where it is one.

use std::collections::HashMap;

use diesel::QueryResult;
use serde_json::Value;

use super::{JsonType, Mismatch};
use crate::data::sql_types::KeyOf;
use crate::form::FieldType;
use crate::{FlowModel, LoadModel, Ref};

impl<M: FlowModel> JsonType for Ref<M> {
    type Sql = KeyOf<M>;
    type Maybe = KeyOf<M>;
    const EXPECTED: &'static str = "a key: a number or a string";
    const TYPE: FieldType = FieldType::Reference(M::NAME);

    fn to_json(&self) -> Result<Value, String> {
        if self.key().contains('\0') {
            return Err("contains the character NUL".to_owned());
        }
        serde_json::to_value(self).map_err(|error| error.to_string())
    }

    fn from_json(json: &Value) -> Result<Self, Mismatch> {
        serde::Deserialize::deserialize(json).map_err(|_| Mismatch::new(json, Self::EXPECTED))
    }
}

/// A list of references: `process.authors().load(conn)?`.
pub trait Refs<M> {
    /// The rows, in the order of the list.
    ///
    /// # Errors
    /// `NotFound` if one is not there any more.
    fn load<C>(&self, conn: &mut C) -> QueryResult<Vec<M>>
    where
        M: LoadModel<C>;
}

impl<M: FlowModel> Refs<M> for [Ref<M>] {
    fn load<C>(&self, conn: &mut C) -> QueryResult<Vec<M>>
    where
        M: LoadModel<C>,
    {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let mut keys: Vec<&str> = self.iter().map(Ref::key).collect();
        keys.sort_unstable();
        keys.dedup();
        let found = M::load_by_keys(conn, &keys)?;
        let mut rows: HashMap<String, M> = found.into_iter().map(|row| (row.flow_key(), row)).collect();
        // A row that is in the list twice is needed twice, and a model may not be `Clone`.
        let mut out = Vec::with_capacity(self.len());
        for reference in self {
            out.push(match rows.remove(reference.key()) {
                Some(row) => row,
                None => reference.load(conn)?,
            });
        }
        Ok(out)
    }
}
