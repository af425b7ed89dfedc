//! Texts in filters: patterns, and comparison that ignores case.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types;

use super::Field;
use crate::store::json::{JsonDialect, TextMatch, TextOperand};

/// The SQL types of texts.
#[diagnostic::on_unimplemented(message = "this filter is for strings", label = "the field is not a string")]
pub trait TextSql {}

impl TextSql for sql_types::Text {}
impl TextSql for sql_types::Nullable<sql_types::Text> {}

/// Of texts. What is absent matches nothing, not even by `not(..)`: it is NULL.
impl<P, Sql: TextSql, const I: u64> Field<P, Sql, I> {
    /// Whether all of it matches a pattern: `%` is any number of characters, `_` one character, and `\` in front of
    /// one of these three takes it as it is. Case counts: see [`icontains`](Field::icontains).
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct OrderProcess { process: Process, number: String }
    ///
    /// #[flow(process = OrderProcess)]
    /// pub struct OrderFlow {
    ///     #[node(permission(anyone), next = this.end)] start: StartHandle,
    ///     end: End,
    /// }
    ///
    /// fn of_2026(conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<Vec<OrderProcess>> {
    ///     OrderFlow.processes().filter(OrderProcess::FIELDS.number.like("2026-____")).load(conn)
    /// }
    /// # fn main() {}
    /// ```
    pub fn like(self, pattern: impl Into<String>) -> Matches<Self> {
        Matches::new(self, TextMatch::Like, pattern)
    }

    /// Whether it does not match a pattern: see [`like`](Field::like).
    pub fn not_like(self, pattern: impl Into<String>) -> diesel::dsl::not<Matches<Self>> {
        diesel::dsl::not(self.like(pattern))
    }

    /// Whether it contains a text, whatever the case of the letters: `STRASSE` contains `stra`, `Ärger` contains `ä`.
    ///
    /// Letters are folded as [`str::to_lowercase`] does it. On SQLite this calls a function that `sqlite::open` and
    /// `sqlite::configure` register on their connection.
    pub fn icontains(self, text: impl Into<String>) -> Matches<Self> {
        Matches::new(self, TextMatch::Contains, text)
    }

    /// Whether it begins with a text, whatever the case of the letters: see [`icontains`](Field::icontains).
    pub fn istarts_with(self, text: impl Into<String>) -> Matches<Self> {
        Matches::new(self, TextMatch::StartsWith, text)
    }

    /// Whether it is this text, whatever the case of the letters: see [`icontains`](Field::icontains).
    pub fn iexact(self, text: impl Into<String>) -> Matches<Self> {
        Matches::new(self, TextMatch::Exact, text)
    }
}

/// A text that matches another one.
#[derive(Clone, Debug)]
pub struct Matches<F> {
    field: F,
    operand: TextOperand,
}

impl<F> Matches<F> {
    fn new(field: F, how: TextMatch, text: impl Into<String>) -> Self {
        Matches { field, operand: TextOperand { how, text: text.into() } }
    }
}

impl<F> Expression for Matches<F> {
    type SqlType = sql_types::Nullable<sql_types::Bool>;
}

impl<F: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for Matches<F> {}
impl<F: SelectableExpression<QS>, QS> SelectableExpression<QS> for Matches<F> {}

impl<F, GB> ValidGrouping<GB> for Matches<F> {
    type IsAggregate = is_aggregate::No;
}

impl<F> QueryId for Matches<F> {
    type QueryId = ();
    // The text differs by field, which no type says.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<F: QueryFragment<DB>, DB: JsonDialect> QueryFragment<DB> for Matches<F> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        DB::matches(&self.field, &self.operand, &mut out)
    }
}
