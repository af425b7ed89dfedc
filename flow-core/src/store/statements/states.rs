//! Rows of `flow_state_log`.

use diesel::prelude::*;

use super::Conn;
use crate::store::dialect::StateRows;
use crate::store::schema::flow_state_log;
use crate::store::{NewStateLog, StateLogRow};

impl StateRows for Conn {
    fn add_transitions(&mut self, rows: &[NewStateLog<'_>]) -> QueryResult<()> {
        for row in rows {
            diesel::insert_into(flow_state_log::table).values(row).execute(self)?;
        }
        Ok(())
    }

    fn transitions(&mut self, machine: &str, key: &str) -> QueryResult<Vec<StateLogRow>> {
        flow_state_log::table
            .filter(flow_state_log::machine.eq(machine).and(flow_state_log::row_key.eq(key)))
            .order(flow_state_log::id)
            .select(StateLogRow::as_select())
            .load(self)
    }

    fn last_transition(&mut self, machine: &str, key: &str) -> QueryResult<Option<StateLogRow>> {
        flow_state_log::table
            .filter(flow_state_log::machine.eq(machine).and(flow_state_log::row_key.eq(key)))
            .order(flow_state_log::id.desc())
            .select(StateLogRow::as_select())
            .first(self)
            .optional()
    }
}
