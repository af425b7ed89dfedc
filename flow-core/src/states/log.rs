//! `flow_state_log`: the transitions of rows of the app's.

use super::Tracked;
use crate::data::Document;
use crate::store::{FlowConnection, NewStateLog, Store as _};
use crate::{Error, Result, RowConflict, RowKey, StateLogRow};

/// Writes the transitions that were taken since the row was read.
pub(crate) fn write_log<'t, C: FlowConnection>(
    key: &RowKey,
    states: impl IntoIterator<Item = &'t dyn Tracked>,
    conn: &mut C,
) -> Result<()> {
    let key = key.to_string();
    let mut rows = Vec::new();
    for taken in states.into_iter().flat_map(Tracked::taken) {
        rows.push(NewStateLog {
            machine: taken.machine,
            row_key: &key,
            transition: taken.transition,
            source: taken.source,
            target: taken.target,
            at: taken.at,
            actor: &taken.actor,
            note: taken.note.as_deref(),
            fields: Document::from(serde_json::Value::Object(taken.fields.clone()).to_string()),
        });
    }
    Ok(conn.store().add_transitions(&rows)?)
}

/// Says that somebody else has changed a row: in which state it is now, who brought it there and when.
pub(crate) fn conflict<C: FlowConnection>(
    table: &'static str,
    key: &RowKey,
    machine: Option<&str>,
    state: Option<String>,
    conn: &mut C,
) -> Result<Error> {
    let last = match machine {
        Some(machine) => conn.store().last_transition(machine, &key.to_string())?,
        None => None,
    };
    let (by, at) = last.map(|row| (row.actor().to_owned(), row.at())).unzip();
    Ok(Error::from(Box::new(RowConflict { table, key: key.to_string(), state, by, at })))
}

/// The transitions of a row, the oldest first.
pub(super) fn of<C: FlowConnection>(machine: &str, key: &RowKey, conn: &mut C) -> Result<Vec<StateLogRow>> {
    Ok(conn.store().transitions(machine, &key.to_string())?)
}
