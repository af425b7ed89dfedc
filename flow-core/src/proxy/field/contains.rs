//! Whether a list has an item: `FIELDS.tags.contains("urgent")`.

use std::marker::PhantomData;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::QueryId;
use diesel::sql_types;

use super::{Field, HasField, JsonSql};
use crate::data::sql_types::{Exact, Instant, KeyOf, Length, Written};
use crate::proxy::JsonType;

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
    message = "a list of objects cannot be asked for one of them",
    label = "its items are objects or lists",
    note = "ask for a field of its own that says what you look for"
)]
pub trait ItemSql: JsonSql {}

impl ItemSql for sql_types::Bool {}
impl ItemSql for sql_types::BigInt {}
impl ItemSql for sql_types::Double {}
impl ItemSql for sql_types::Text {}
impl<T> ItemSql for Written<T> {}
impl<T> ItemSql for Instant<T> {}
impl<M> ItemSql for KeyOf<M> {}
impl<T> ItemSql for Exact<T> {}
impl<T> ItemSql for Length<T> {}

/// The SQL type of an item.
type SqlOf<P, const I: u64> = <<<P as HasField<I>>::Value as ListField>::Item as JsonType>::Sql;

impl<P: HasField<I, Value: ListField>, Sql, const I: u64> Field<P, Sql, I> {
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
    pub fn contains(self, item: impl Into<<P::Value as ListField>::Item>) -> Contains<Self, SqlOf<P, I>> {
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

#[cfg(feature = "sqlite")]
mod sqlite {
    use diesel::query_builder::{AstPass, QueryFragment};
    use diesel::result::QueryResult;
    use diesel::sql_types::Text;
    use diesel::sqlite::Sqlite;

    use super::{Contains, JsonSql};

    /// `exists (select 1 from json_each(..) item where case when item.type = .. then item.value end = ..)`
    impl<F: QueryFragment<Sqlite>, Sql: JsonSql> QueryFragment<Sqlite> for Contains<F, Sql> {
        fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
            let Some(json) = &self.json else {
                out.push_sql("0 = 1");
                return Ok(());
            };
            let (cast, end) = match Sql::SQLITE_AS {
                Some(ty) => ("cast(", format!(" as {ty})")),
                None => ("", String::new()),
            };
            let of_item = |template: &str| template.replace("{t}", "item.type").replace("{}", "item.value");
            out.push_sql("exists (select 1 from json_each(");
            self.field.walk_ast(out.reborrow())?;
            // The members of an object have texts as keys.
            out.push_sql(") item where typeof(item.key) = 'integer' and ");
            let (is, value) = (of_item(Sql::SQLITE_IS), of_item(Sql::SQLITE_VALUE));
            out.push_sql(&format!("{cast}case when {is} then {value} end{end} = {cast}"));
            for (place, part) in Sql::SQLITE_VALUE.split("{}").enumerate() {
                if place > 0 {
                    out.push_sql("json_extract(");
                    out.push_bind_param::<Text, _>(json)?;
                    out.push_sql(", '$')");
                }
                out.push_sql(part);
            }
            out.push_sql(&end);
            out.push_sql(")");
            Ok(())
        }
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use diesel::pg::Pg;
    use diesel::query_builder::{AstPass, QueryFragment};
    use diesel::result::QueryResult;
    use diesel::sql_types::Text;

    use super::{Contains, JsonSql};

    /// `exists (select 1 from jsonb_array_elements(..) item (value) where case when .. then .. end = ..)`
    impl<F: QueryFragment<Pg>, Sql: JsonSql> QueryFragment<Pg> for Contains<F, Sql> {
        fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
            let Some(json) = &self.json else {
                out.push_sql("false");
                return Ok(());
            };
            let of_item = |template: &str| template.replace("{}", "item.value");
            out.push_sql("exists (select 1 from jsonb_array_elements(case when jsonb_typeof(");
            self.field.walk_ast(out.reborrow())?;
            out.push_sql(") = 'array' then ");
            self.field.walk_ast(out.reborrow())?;
            out.push_sql(" end) item (value) where case when ");
            let (is, value) = (of_item(Sql::POSTGRES_IS), of_item(Sql::POSTGRES_VALUE));
            out.push_sql(&format!("{is} then {value} end = "));
            for (place, part) in Sql::POSTGRES_VALUE.split("{}").enumerate() {
                if place > 0 {
                    out.push_sql("(");
                    out.push_bind_param::<Text, _>(json)?;
                    out.push_sql("::jsonb)");
                }
                out.push_sql(part);
            }
            out.push_sql(")");
            Ok(())
        }
    }
}
