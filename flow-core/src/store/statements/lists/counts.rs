//! Counts of lists that stop at a limit.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment};
use diesel::sql_types::{BigInt, Nullable, Text};

use super::super::conditions::{condition, hint, one_of};
use super::Database;
use super::keys::{Of, keys};
use crate::Timestamp;
use crate::data::sql_types::Moment;
use crate::store::list::{ListQuery, Offer, Part, Source};

/// How many rows each of these lists has, and at most as many as its page.
pub(super) struct Counts<'q> {
    pub(super) lists: &'q [ListQuery],
    pub(super) of: Of,
}

impl QueryFragment<Database> for Counts<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        for (at, query) in self.lists.iter().enumerate() {
            out.push_sql(if at == 0 { "" } else { " UNION ALL " });
            out.push_sql(&format!("SELECT CAST({at} AS BIGINT), (SELECT count(*) FROM (SELECT 1 FROM ("));
            keys(query, self.of, false, &mut out)?;
            out.push_sql(&format!(") page LIMIT {}) page)", query.most));
        }
        Ok(())
    }
}

impl Query for Counts<'_> {
    type SqlType = (BigInt, BigInt);
}

/// How many tasks are offered to these, and at most so many.
pub(super) struct Offers<'q> {
    pub(super) to: &'q [Offer],
    pub(super) most: i64,
}

impl QueryFragment<Database> for Offers<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT count(*) FROM (");
        for (at, offer) in self.to.iter().enumerate() {
            out.push_sql(if at == 0 { "" } else { " UNION ALL " });
            out.push_sql("SELECT 1 FROM flow_candidate WHERE ");
            out.push_sql(&format!("flow_candidate.kind = '{}' AND ", offer.kind));
            one_of("flow_candidate.id", &offer.ids, &mut out)?;
        }
        out.push_sql(&format!(" LIMIT {}) offers", self.most));
        Ok(())
    }
}

impl Query for Offers<'_> {
    type SqlType = BigInt;
}

/// What is found in each of these parts, and at most so many of its oldest tasks: by flow and node.
pub(super) struct OpenCounts<'q> {
    pub(super) parts: &'q [Part],
    pub(super) now: Timestamp,
    pub(super) most: i64,
}

impl QueryFragment<Database> for OpenCounts<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        for (at, part) in self.parts.iter().enumerate() {
            out.push_sql(if at == 0 { "" } else { " UNION ALL " });
            out.push_sql(&format!(
                "SELECT CAST({at} AS BIGINT), flow, node, count(*), min(created), count(CASE WHEN due < "
            ));
            out.push_bind_param::<Moment, _>(&self.now)?;
            out.push_sql(
                " THEN 1 END) FROM (SELECT flow_task.flow, flow_task.node, flow_task.created, flow_task.due FROM flow_task",
            );
            if let Source::Table(index) = &part.source {
                hint(*index, &mut out);
            }
            out.push_sql(" WHERE ");
            condition(&part.condition, &mut out)?;
            out.push_sql(&format!(
                " ORDER BY flow_task.process_id, flow_task.number LIMIT {}) part_{at} GROUP BY flow, node",
                self.most
            ));
        }
        Ok(())
    }
}

impl Query for OpenCounts<'_> {
    type SqlType = (BigInt, Text, Text, BigInt, Nullable<Moment>, BigInt);
}
