//! How catches and messages find one another: rows of `flow_due` that have the same text in `queue`, which is indexed.

use flow_graph::Kind;
use serde_json::{Value, json};

use super::key;
use crate::data::Document;
use crate::store::{DueKind, DueRow};
use crate::{Error, Result, Timestamp};

/// The longest name of a message or a signal, in bytes.
const LONGEST_NAME: usize = 100;

/// What is waited for by the catch of a message.
///
/// # Errors
/// `Invalid` if the name or the key cannot be stored.
pub(crate) fn message(name: &str, key: &str) -> Result<String> {
    key::check(key)?;
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains(char::is_control) {
        let text = format!("the name of a message must have 1 to {LONGEST_NAME} bytes and no control characters");
        return Err(Error::invalid("name", text));
    }
    Ok(json!([name, key]).to_string())
}

/// What the lookup of each catch of this message begins with, whatever its key, or that of this signal.
pub(crate) fn begins(kind: Kind, name: &str) -> String {
    let lookup = signal(name);
    if kind == Kind::SignalCatch { lookup } else { format!("{},", lookup.trim_end_matches(']')) }
}

/// What is waited for by the catch of a signal.
pub(crate) fn signal(name: &str) -> String {
    json!([name]).to_string()
}

/// A message on its way to whoever waits for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Envelope {
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) value: Value,
    /// Who sent it.
    pub(crate) user: String,
    /// The nodes at which the sender may deliver it, as `flow.node`; `None`: a flow sent it, and it may at all.
    pub(crate) nodes: Option<Vec<String>>,
    /// By which it is delivered once.
    pub(crate) id: Option<String>,
    /// How long it is kept.
    pub(crate) until: Timestamp,
}

impl Envelope {
    /// As the payload of a row.
    pub(crate) fn payload(&self) -> Document {
        let payload = json!({
            "name": self.name,
            "key": self.key,
            "value": self.value,
            "user": self.user,
            "nodes": self.nodes,
            "id": self.id,
            "until": self.until,
        });
        Document::from(payload.to_string())
    }

    /// Of the payload of a row.
    ///
    /// # Errors
    /// `Internal` if this version cannot read it.
    pub(crate) fn of(row: &DueRow) -> Result<Self> {
        let text = row.payload.as_ref().map(Document::to_json).unwrap_or_default();
        let read = || -> Option<Envelope> {
            let payload: Value = serde_json::from_str(&text).ok()?;
            let word = |key: &str| payload[key].as_str().map(str::to_owned);
            let nodes = match &payload["nodes"] {
                Value::Array(nodes) => Some(nodes.iter().filter_map(|node| node.as_str().map(str::to_owned)).collect()),
                _ => None,
            };
            Some(Envelope {
                name: word("name")?,
                key: word("key")?,
                value: payload["value"].clone(),
                user: word("user")?,
                nodes,
                id: word("id"),
                until: word("until")?.parse().ok()?,
            })
        };
        read().ok_or_else(|| Error::Internal("the payload of a message cannot be read".to_owned()))
    }

    /// The row of a message that waits for its catch. `flow` says which programs look for one.
    ///
    /// # Errors
    /// As [`message`].
    pub(crate) fn row(&self, flow: &str, now: Timestamp, place: (i64, i32), key: String) -> Result<DueRow> {
        let (process, task) = place;
        let mut row = DueRow::new(process, task, DueKind::Message, flow, now);
        row.key = key;
        row.queue = message(&self.name, &self.key)?;
        row.payload = Some(self.payload());
        Ok(row)
    }
}

/// The key of the row of a message: by it the oldest is the first.
pub(crate) fn thrown(now: Timestamp) -> String {
    use std::hash::{BuildHasher as _, Hasher as _};
    let chance = std::collections::hash_map::RandomState::new().build_hasher().finish();
    format!("{now} {chance:016x}")
}
