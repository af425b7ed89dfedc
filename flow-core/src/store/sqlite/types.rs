//! Our SQL types on SQLite: nearly all are text.

use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{HasSqlType, Nullable, Text};
use diesel::sqlite::{Sqlite, SqliteType, SqliteValue};

use crate::Timestamp;
use crate::data::Document;
use crate::data::sql_types::{AsText, Exact, Instant, Json, KeyOf, Length, Moment};
use crate::proxy::{Operand, TypedSql, TypedValue};

impl FromSql<Moment, Sqlite> for Timestamp {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        text.parse().map_err(|_| format!("`{text}` is not a time").into())
    }
}

impl ToSql<Moment, Sqlite> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_string());
        Ok(IsNull::No)
    }
}

/// A document in a column of one of these types. Tables of the app's have diesel's own.
macro_rules! document {
    ($($column:ty),*) => {$(
        impl FromSql<$column, Sqlite> for Document {
            fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                Ok(Document::from(<String as FromSql<Text, Sqlite>>::from_sql(value)?))
            }
        }

        /// Of a nullable column: NULL is an empty document.
        impl FromSql<Nullable<$column>, Sqlite> for Document {
            fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                <Self as FromSql<$column, Sqlite>>::from_sql(value)
            }

            fn from_nullable_sql(value: Option<SqliteValue<'_, '_, '_>>) -> deserialize::Result<Self> {
                value.map_or_else(|| Ok(Document::default()), <Self as FromSql<$column, Sqlite>>::from_sql)
            }
        }

        impl ToSql<$column, Sqlite> for Document {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.to_json());
                Ok(IsNull::No)
            }
        }
    )*};
}

document!(Json, diesel::sql_types::Json, Text);

/// Says as what SQLite has our SQL types.
macro_rules! kept_as {
    ($($kept:ident: $($type:ident $(<$of:ident>)?),+;)*) => {$($(
        impl $(<$of: 'static>)? HasSqlType<$type $(<$of>)?> for Sqlite {
            fn metadata(_: &mut ()) -> SqliteType {
                SqliteType::$kept
            }
        }
    )+)*};
}

kept_as! {
    Text: Moment, Json, AsText<T>, Instant<T>, KeyOf<T>, Exact<T>;
    Long: Length<T>;
}

impl<S: TypedSql> ToSql<S, Sqlite> for TypedValue<S> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        match self.operand()? {
            // Numbers are bound as text: SQLite then converts both operands by the same rule.
            Operand::Text(text) | Operand::Number(text) => out.set_value(text),
            Operand::Integer(number) => out.set_value(number),
        }
        Ok(IsNull::No)
    }
}
