//! Statements that diesel writes in the same words for every back end.
//!
//! Each back end has this folder as a module of its own, compiled for its connection, `Conn`: diesel's bounds for a
//! function that is generic over back ends repeat every column type (docs/decisions.md). What is put into the SQL that
//! differs is a constant of the back end, or a method of its `JsonDialect`.

mod audit;
mod by_index;
mod conditions;
mod due;
mod due_tasks;
mod events;
mod lists;
mod personal;
mod processes;
mod reserve;
mod savepoints;
mod states;
mod strays;
mod tasks;
mod work;

use diesel::prelude::*;
use diesel::query_builder::QueryFragment;

use super::{
    CLOCK, Conn, IN_LIST, INDEX_HINT, KEY_HINT, KEYS, LATERAL, LIMITS_LOCK, ROW_ID, SKIP_LOCKED, STRICT, any_of,
};
use crate::data::Document;
use crate::query::{NodeTasks, flow_tasks};
use crate::store::row_statement::Returning;
use crate::store::schema::flow_task;
use crate::store::{Dialect, FlowConnection, Key};

impl FlowConnection for Conn {
    const MIGRATIONS: &'static [(&'static str, &'static str)] = super::SQL;

    type NodeTasks = NodeTasks<<Conn as Connection>::Backend>;

    fn node_tasks(flows: &'static [&'static str], nodes: &'static [&'static str]) -> Self::NodeTasks {
        flow_tasks(flows).filter(flow_task::node.eq_any(nodes))
    }

    fn dialect(&mut self, _: Key) -> &mut dyn Dialect {
        self
    }

    fn one_document(
        &mut self,
        _: Key,
        statement: &dyn QueryFragment<<Conn as Connection>::Backend>,
    ) -> QueryResult<Option<Document>> {
        Returning(statement).get_result(self).optional()
    }
}

/// A write that must meet its row: under the process's lock nobody can have taken it away.
pub(super) fn one_row(changed: usize) -> QueryResult<()> {
    if changed == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
}
