//! The order of a field: absent values first in `asc` and last in `desc`, on each back end.

use diesel::expression::expression_types::NotSelectable;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;

use super::Field;
use crate::store::json::JsonDialect;

/// A field with a direction, for diesel's `order`.
#[derive(Clone, Copy, Debug)]
pub struct Sorted<F> {
    field: F,
    descending: bool,
}

impl<P, Sql, const I: u64> Field<P, Sql, I> {
    /// In ascending order. Absent values, and values of another JSON type, come first.
    pub fn asc(self) -> Sorted<Self> {
        Sorted { field: self, descending: false }
    }

    /// In descending order. Absent values, and values of another JSON type, come last.
    pub fn desc(self) -> Sorted<Self> {
        Sorted { field: self, descending: true }
    }
}

impl<F> Sorted<F> {
    /// The field, and whether the greatest comes first.
    pub(crate) fn into_parts(self) -> (F, bool) {
        (self.field, self.descending)
    }
}

impl<F> Expression for Sorted<F> {
    type SqlType = NotSelectable;
}

impl<F: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for Sorted<F> {}
impl<F: SelectableExpression<QS>, QS> SelectableExpression<QS> for Sorted<F> {}

impl<F: ValidGrouping<GB>, GB> ValidGrouping<GB> for Sorted<F> {
    type IsAggregate = F::IsAggregate;
}

impl<F> QueryId for Sorted<F> {
    type QueryId = ();
    // The text differs by field, which no type says.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<F: QueryFragment<DB>, DB: JsonDialect> QueryFragment<DB> for Sorted<F> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.field.walk_ast(out.reborrow())?;
        out.push_sql(if self.descending { DB::DESCENDING } else { DB::ASCENDING });
        Ok(())
    }
}
