//! What happened to rows of the app's that have a state machine.

use crate::Timestamp;
use crate::data::Document;
use crate::store::schema::flow_state_log;

/// One transition of a row of the app's: who took it, when, from which state to which, and what it changed.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = flow_state_log)]
pub struct StateLogRow {
    id: i64,
    machine: String,
    row_key: String,
    transition: String,
    source: String,
    target: String,
    at: Timestamp,
    actor: String,
    note: Option<String>,
    fields: Document,
}

/// One that is to be written.
#[derive(Debug, diesel::Insertable)]
#[diesel(table_name = flow_state_log)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct NewStateLog<'t> {
    pub(crate) machine: &'t str,
    pub(crate) row_key: &'t str,
    pub(crate) transition: &'t str,
    pub(crate) source: &'t str,
    pub(crate) target: &'t str,
    pub(crate) at: Timestamp,
    pub(crate) actor: &'t str,
    pub(crate) note: Option<&'t str>,
    pub(crate) fields: Document,
}

impl StateLogRow {
    /// Its number: later ones are larger.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The stored name of the state machine: `review`.
    #[must_use]
    pub fn machine(&self) -> &str {
        &self.machine
    }

    /// The key of the row, as text.
    #[must_use]
    pub fn row_key(&self) -> &str {
        &self.row_key
    }

    /// The transition: `approve`.
    #[must_use]
    pub fn transition(&self) -> &str {
        &self.transition
    }

    /// The state before it, as it is stored.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The state after it, as it is stored.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Who: the id of the [`User`](crate::User).
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Why, if the actor said so.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The fields that its body changed: an object from each to `[before, after]`, or to null where values are not
    /// recorded.
    #[must_use]
    pub fn fields(&self) -> &Document {
        &self.fields
    }
}

impl serde::Serialize for StateLogRow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;

        let mut row = serializer.serialize_struct("StateLogRow", 10)?;
        row.serialize_field("id", &self.id)?;
        row.serialize_field("machine", &self.machine)?;
        row.serialize_field("row_key", &self.row_key)?;
        row.serialize_field("transition", &self.transition)?;
        row.serialize_field("source", &self.source)?;
        row.serialize_field("target", &self.target)?;
        row.serialize_field("at", &self.at)?;
        row.serialize_field("actor", &self.actor)?;
        row.serialize_field("note", &self.note)?;
        row.serialize_field("fields", &self.fields)?;
        row.end()
    }
}
