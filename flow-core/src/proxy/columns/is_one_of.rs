//! `process_id IN (1, 2, 3)`, on any back end: diesel's own `eq_any` is another expression on each.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{Column, QueryResult, sql_types};

/// The key `K` of a table of the app's is the number of one of these processes.
#[derive(Debug)]
pub struct IsOneOf<K>(pub(super) K, pub(super) Vec<i64>);

impl<K: Column> Expression for IsOneOf<K> {
    type SqlType = sql_types::Bool;
}

impl<K: Column + AppearsOnTable<QS>, QS> AppearsOnTable<QS> for IsOneOf<K> {}

impl<K, GB> ValidGrouping<GB> for IsOneOf<K> {
    type IsAggregate = is_aggregate::No;
}

impl<K> QueryId for IsOneOf<K> {
    type QueryId = ();
    // The text differs by how many there are.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<K: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for IsOneOf<K> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        self.0.walk_ast(out.reborrow())?;
        // Numbers are literals: they cannot be taken for anything else. Of none, no row.
        let ids: Vec<String> = self.1.iter().map(i64::to_string).collect();
        let ids = if ids.is_empty() { "NULL".to_owned() } else { ids.join(", ") };
        out.push_sql(&format!(" IN ({ids})"));
        Ok(())
    }
}
