//! A change of some values of a JSON column, as an SQL expression: the one way in which documents are patched.

use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error, QueryResult};

use super::json::JsonDialect;
use crate::data::{Patch, sql_types::Json};
use crate::store::schema::{flow_process, flow_task};

/// The `data` of the row with this patch.
#[derive(Debug)]
#[allow(unreachable_pub, reason = "part of the type of a bulk update")]
pub struct Patched(pub(crate) Patch);

impl Expression for Patched {
    type SqlType = Json;
}

impl AppearsOnTable<flow_process::table> for Patched {}
impl AppearsOnTable<flow_task::table> for Patched {}

impl<GB> ValidGrouping<GB> for Patched {
    type IsAggregate = is_aggregate::No;
}

impl QueryId for Patched {
    type QueryId = ();
    // The text differs by the paths.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: JsonDialect> QueryFragment<DB> for Patched {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        DB::patch("data", &self.0, &mut out)
    }
}

/// Whether a patch failed because something else than an object is in its way: the expression is NULL then.
pub(crate) fn met_no_object(error: &Error) -> bool {
    let Error::DatabaseError(DatabaseErrorKind::NotNullViolation, information) = error else { return false };
    information.column_name() == Some("data") || information.message().ends_with(".data")
}
