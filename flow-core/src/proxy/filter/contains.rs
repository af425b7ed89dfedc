//! Whether a list has an item: `FIELDS.tags.contains("urgent")`.

use std::marker::PhantomData;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types;

use super::{Field, JsonSql, StoredField, ValueOf};
use crate::data::sql_types::{AsText, Exact, Instant, KeyOf, Length};
use crate::proxy::{JsonType, StoredAs};
use crate::store::json::JsonDialect;

/// A field that is a list, or an `Option` of one.
pub trait ListField {
    /// What it is a list of.
    type Item: JsonType<Sql: ItemSql>;
}

impl<T: JsonType<Sql: ItemSql>> ListField for Vec<T> {
    type Item = T;
}

impl<T: JsonType<Sql: ItemSql>> ListField for Option<Vec<T>> {
    type Item = T;
}

/// The SQL types of items that a list can be asked for: all but objects and lists.
#[diagnostic::on_unimplemented(
    message = "a list of objects cannot be searched with `contains`",
    label = "the items are objects or lists",
    note = "store what you search for in a separate field"
)]
pub trait ItemSql: JsonSql {}

impl ItemSql for sql_types::Bool {}
impl ItemSql for sql_types::BigInt {}
impl ItemSql for sql_types::Double {}
impl ItemSql for sql_types::Text {}
impl<T> ItemSql for AsText<T> {}
impl<T> ItemSql for Instant<T> {}
impl<M> ItemSql for KeyOf<M> {}
impl<T> ItemSql for Exact<T> {}
impl<T> ItemSql for Length<T> {}

/// The SQL type of an item.
type SqlOf<P, const I: u64> = <<ValueOf<P, I> as ListField>::Item as JsonType>::Sql;

impl<P: StoredField<I, As: StoredAs<Value: ListField>>, Sql, const I: u64> Field<P, Sql, I> {
    /// Whether this item is in the list, as `==` of its Rust type has it. A list that is absent has none.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct TicketProcess { process: Process, #[json(default)] tags: Vec<String> }
    ///
    /// #[flow(process = TicketProcess)]
    /// pub struct TicketFlow {
    ///     #[node(permission(anyone), next = this.end)] start: Start,
    ///     end: End,
    /// }
    ///
    /// fn urgent(conn: &mut diesel::SqliteConnection) -> flow_core::Result<Vec<TicketProcess>> {
    ///     Ok(TicketFlow.processes().filter(TicketProcess::FIELDS.tags.contains("urgent")).load(conn)?)
    /// }
    /// # fn main() {}
    /// ```
    pub fn contains(self, item: impl Into<<ValueOf<P, I> as ListField>::Item>) -> Contains<Self, SqlOf<P, I>> {
        let json = JsonType::to_json(&item.into()).ok().map(|json| json.to_string());
        Contains { field: self, json, item: PhantomData }
    }
}

/// Whether a list has an item.
#[derive(Debug)]
pub struct Contains<F, Sql> {
    field: F,
    /// The item; `None`: no list can have it.
    json: Option<String>,
    item: PhantomData<fn() -> Sql>,
}

impl<F: Clone, Sql> Clone for Contains<F, Sql> {
    fn clone(&self) -> Self {
        Contains { field: self.field.clone(), json: self.json.clone(), item: PhantomData }
    }
}

impl<F, Sql> Expression for Contains<F, Sql> {
    type SqlType = sql_types::Bool;
}

impl<F: AppearsOnTable<QS>, Sql, QS> AppearsOnTable<QS> for Contains<F, Sql> {}
impl<F: SelectableExpression<QS>, Sql, QS> SelectableExpression<QS> for Contains<F, Sql> {}

impl<F, Sql, GB> ValidGrouping<GB> for Contains<F, Sql> {
    type IsAggregate = is_aggregate::No;
}

impl<F, Sql> QueryId for Contains<F, Sql> {
    type QueryId = ();
    // The text differs by field, which no type says.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<F: QueryFragment<DB>, Sql: JsonSql, DB: JsonDialect> QueryFragment<DB> for Contains<F, Sql> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        match &self.json {
            Some(json) => DB::contains(&self.field, Sql::KIND, json, &mut out),
            None => {
                out.push_sql("1 = 0");
                Ok(())
            }
        }
    }
}
