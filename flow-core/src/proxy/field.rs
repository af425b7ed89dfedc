//! A field as a diesel expression: `HelloWorldProcess::FIELDS.approved.eq(true)`.

use std::marker::PhantomData;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::QueryId;
use diesel::sql_types::{self, SqlType};

use super::{Codec, Meta, NewProcess, ProcessProxy};

/// Where the fields of a type are kept: the column of the table that its rows are in.
pub trait Kept: 'static {
    /// Its type.
    type Column: 'static;
    /// It.
    const COLUMN: &'static Self::Column;
}

/// A field of a process or task type, for diesel's `filter` and `order`.
///
/// An absent key counts as the field's default, a value of the wrong JSON type as NULL.
pub struct Field<P, Sql, const I: u64> {
    meta: &'static Meta,
    of: PhantomData<fn() -> (P, Sql)>,
}

impl<P, Sql, const I: u64> Field<P, Sql, I> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(meta: &'static Meta) -> Self {
        Field { meta, of: PhantomData }
    }

    /// The hash of the field's name, by which `#[flow]` finds what the derive knows of it.
    #[must_use]
    pub const fn index(self) -> u64 {
        I
    }
}

impl<P, Sql, const I: u64> Clone for Field<P, Sql, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, Sql, const I: u64> Copy for Field<P, Sql, I> {}

impl<P, Sql, const I: u64> std::fmt::Debug for Field<P, Sql, I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Field({})", self.meta.name)
    }
}

/// What one macro must know of a field that another macro made. Looked up by the hash of the name.
pub trait HasField<const I: u64>: ProcessProxy {
    /// What a form has for it: its type; of the joined row, what that is made from.
    type Value: 'static;

    /// Sets it, on purpose: it is stored even if it equals its default.
    fn set(&mut self, value: Self::Value);

    /// Gives it to a new process.
    fn give(value: Self::Value, new: &mut NewProcess<Self>);

    /// Its value as text, for a summary.
    fn show(&self) -> String;
}

/// The hash of a field's name (FNV-1a).
#[must_use]
pub const fn index(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash ^= bytes[at] as u64;
        hash = hash.wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// A field's value as text, for a summary: a text as it is, nothing as nothing, all else as JSON.
#[must_use]
pub fn show<C: Codec<T>, T>(value: &T) -> String {
    match C::encode(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(serde_json::Value::Null) | Err(_) => String::new(),
        Ok(json) => json.to_string(),
    }
}

/// The SQL types that a field can have in a filter. Texts compare by their bytes, as they do on SQLite and in Rust.
pub trait JsonSql {
    /// The words of SQLite's `json_type` that fit.
    const SQLITE_TYPES: &'static str;
    /// On PostgreSQL: whether the value at `{}` is of this type.
    const POSTGRES_IS: &'static str;
    /// On PostgreSQL: the value at `{}`, which is of this type.
    const POSTGRES_VALUE: &'static str;
}

impl JsonSql for sql_types::Bool {
    const SQLITE_TYPES: &'static str = "'true', 'false'";
    const POSTGRES_IS: &'static str = "jsonb_typeof({}) = 'boolean'";
    const POSTGRES_VALUE: &'static str = "({})::boolean";
}

impl JsonSql for sql_types::BigInt {
    const SQLITE_TYPES: &'static str = "'integer'";
    const POSTGRES_IS: &'static str = "jsonb_typeof({}) = 'number' and ({} #>> array[]::text[]) ~ '^-?[0-9]{1,19}$' \
        and ({})::numeric between -9223372036854775808 and 9223372036854775807";
    const POSTGRES_VALUE: &'static str = "({})::bigint";
}

impl JsonSql for sql_types::Double {
    const SQLITE_TYPES: &'static str = "'integer', 'real'";
    const POSTGRES_IS: &'static str = "jsonb_typeof({}) = 'number' and (({})::numeric = 0 \
        or abs(({})::numeric) between 1e-307 and 1.79e308)";
    const POSTGRES_VALUE: &'static str = "({})::float8";
}

impl JsonSql for sql_types::Text {
    const SQLITE_TYPES: &'static str = "'text'";
    const POSTGRES_IS: &'static str = "jsonb_typeof({}) = 'string'";
    const POSTGRES_VALUE: &'static str = "({} #>> array[]::text[]) collate \"C\"";
}

impl JsonSql for crate::data::sql_types::Json {
    const SQLITE_TYPES: &'static str = "'array', 'object'";
    const POSTGRES_IS: &'static str = "jsonb_typeof({}) in ('array', 'object')";
    const POSTGRES_VALUE: &'static str = "{}";
}

impl<T: JsonSql + SqlType<IsNull = sql_types::is_nullable::NotNull>> JsonSql for sql_types::Nullable<T> {
    const SQLITE_TYPES: &'static str = T::SQLITE_TYPES;
    const POSTGRES_IS: &'static str = T::POSTGRES_IS;
    const POSTGRES_VALUE: &'static str = T::POSTGRES_VALUE;
}

impl<P, Sql: SqlType + sql_types::SingleValue, const I: u64> Expression for Field<P, Sql, I> {
    type SqlType = Sql;
}

impl<P: Kept<Column: AppearsOnTable<QS>>, Sql, const I: u64, QS> AppearsOnTable<QS> for Field<P, Sql, I> where
    Self: Expression
{
}

impl<P: Kept<Column: SelectableExpression<QS>>, Sql, const I: u64, QS> SelectableExpression<QS> for Field<P, Sql, I> where
    Self: AppearsOnTable<QS>
{
}

impl<P, Sql, const I: u64, GB> ValidGrouping<GB> for Field<P, Sql, I> {
    type IsAggregate = is_aggregate::No;
}

impl<P, Sql, const I: u64> QueryId for Field<P, Sql, I> {
    type QueryId = ();
    // The text differs by field, which no type says.
    const HAS_STATIC_QUERY_ID: bool = false;
}

#[cfg(feature = "postgres")]
mod postgres;

#[cfg(feature = "sqlite")]
mod sqlite {
    use diesel::query_builder::{AstPass, QueryFragment};
    use diesel::result::QueryResult;
    use diesel::sqlite::Sqlite;
    use serde_json::Value;

    use super::{Field, JsonSql, Kept};
    use crate::data::{json_path, quote};

    /// `case json_type(data, '$."n"') when null then default when .. then json_extract(data, '$."n"') end`
    impl<P: Kept<Column: QueryFragment<Sqlite>>, Sql: JsonSql, const I: u64> QueryFragment<Sqlite> for Field<P, Sql, I> {
        fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
            let path = format!(", {})", quote(&json_path(self.meta.path)));
            out.push_sql("case when json_type(");
            P::COLUMN.walk_ast(out.reborrow())?;
            out.push_sql(&path);
            out.push_sql(" is null then ");
            out.push_sql(&literal(self.meta.default));
            out.push_sql(" when json_type(");
            P::COLUMN.walk_ast(out.reborrow())?;
            out.push_sql(&path);
            out.push_sql(" in (");
            out.push_sql(Sql::SQLITE_TYPES);
            out.push_sql(") then json_extract(");
            P::COLUMN.walk_ast(out.reborrow())?;
            out.push_sql(&path);
            out.push_sql(" end");
            Ok(())
        }
    }

    /// A default of the derive as an SQL literal.
    fn literal(default: Option<&str>) -> String {
        match default.and_then(|json| serde_json::from_str(json).ok()) {
            None | Some(Value::Null) => "null".to_owned(),
            Some(Value::Bool(holds)) => u8::from(holds).to_string(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(text)) => quote(&text),
            Some(other) => quote(&other.to_string()),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_default_cannot_break_out_of_its_literal() {
            assert_eq!(literal(Some(r#""it's""#)), "'it''s'");
            assert_eq!(literal(Some("true")), "1");
            assert_eq!(literal(None), "null");
        }
    }
}
