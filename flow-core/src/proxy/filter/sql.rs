//! What each SQL type of a field is in a document, and a field in a statement.

use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::sql_types::{self, SqlType};

use super::Field;
use crate::FieldType;
use crate::data::sql_types::{AsText, Exact, Instant, Json, KeyOf, Length};
use crate::proxy::JsonProxy;
use crate::store::json::{JsonDialect, JsonField, JsonKind};

/// The SQL types that a field can have in a filter. Texts compare by their bytes, as they do in Rust.
pub trait JsonSql {
    /// How a back end reads it out of a document.
    #[doc(hidden)]
    const KIND: JsonKind;
}

macro_rules! kinds {
    ($([$($of:ident)?] $sql:ty: $kind:ident;)*) => {$(
        impl<$($of)?> JsonSql for $sql {
            const KIND: JsonKind = JsonKind::$kind;
        }
    )*};
}

kinds! {
    [] sql_types::Bool: Bool;
    [] sql_types::BigInt: Integer;
    [] sql_types::Double: Number;
    [] sql_types::Text: Text;
    [] Json: Json;
    [T] AsText<T>: Text;
    [T] Instant<T>: Instant;
    [M] KeyOf<M>: Key;
    [T] Exact<T>: Decimal;
    [T] Length<T>: Duration;
}

impl<T: JsonSql + SqlType<IsNull = sql_types::is_nullable::NotNull>> JsonSql for sql_types::Nullable<T> {
    const KIND: JsonKind = T::KIND;
}

impl<P, Sql, const I: u64, DB> QueryFragment<DB> for Field<P, Sql, I>
where
    P: JsonProxy<Column: QueryFragment<DB>>,
    Sql: JsonSql,
    DB: JsonDialect,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        DB::field(P::COLUMN, self.json_field(), &mut out)
    }
}

impl<P: JsonProxy, Sql: JsonSql, const I: u64> Field<P, Sql, I> {
    /// Where it is in the document.
    pub(super) fn json_field(self) -> JsonField {
        let meta = self.meta();
        JsonField { path: meta.path, alias: meta.alias, default: meta.default, kind: Sql::KIND }
    }
}

/// A field of a process, known by its name alone.
pub(crate) struct NamedField(JsonField);

impl NamedField {
    /// The field of a process type with this name; `None` if there is none, and for one that has no order or whose
    /// values nobody may learn.
    pub(crate) fn find<P: JsonProxy>(name: &str) -> Option<Self> {
        let meta = P::META.iter().find(|meta| meta.name == name && !meta.codec.secret)?;
        let kind = match meta.codec.ty {
            FieldType::Boolean => JsonKind::Bool,
            FieldType::Integer => JsonKind::Integer,
            FieldType::Number => JsonKind::Number,
            FieldType::Decimal => JsonKind::Decimal,
            FieldType::Duration => JsonKind::Duration,
            FieldType::DateTime => JsonKind::Instant,
            FieldType::Reference(_) => JsonKind::Key,
            FieldType::List(_) | FieldType::Object(_) | FieldType::Json => return None,
            _ => JsonKind::Text,
        };
        Some(NamedField(JsonField { path: meta.path, alias: meta.alias, default: meta.default, kind }))
    }
}

impl<DB: JsonDialect> QueryFragment<DB> for NamedField {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        DB::field(&Document, self.0, &mut out)
    }
}

/// The document of a process.
struct Document;

impl<DB: JsonDialect> QueryFragment<DB> for Document {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("flow_process.data");
        Ok(())
    }
}
