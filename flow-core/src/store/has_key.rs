//! Whether the changes of an audit row name a task.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Bool;

use super::json::JsonDialect;
use super::schema::flow_audit;

/// `flow_audit.changes` has this key.
#[derive(Debug)]
pub(super) struct ChangesHaveKey(pub(super) String);

impl Expression for ChangesHaveKey {
    type SqlType = Bool;
}

impl AppearsOnTable<flow_audit::table> for ChangesHaveKey {}
impl SelectableExpression<flow_audit::table> for ChangesHaveKey {}

impl<GB> ValidGrouping<GB> for ChangesHaveKey {
    type IsAggregate = is_aggregate::No;
}

impl QueryId for ChangesHaveKey {
    type QueryId = ChangesHaveKey;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<DB: JsonDialect> QueryFragment<DB> for ChangesHaveKey {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        DB::has_key("flow_audit.changes", &self.0, &mut out)
    }
}
