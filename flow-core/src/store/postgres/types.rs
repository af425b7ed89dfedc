//! Our SQL types on PostgreSQL: `timestamptz` and `jsonb`, in the binary form the server speaks.

use std::io::Write as _;

use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgTypeMetadata, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, HasSqlType, Nullable, Numeric};

use super::json::numeric;
use crate::Timestamp;
use crate::data::Document;
use crate::data::sql_types::{AsText, Exact, Instant, Json, KeyOf, Length, Moment};
use crate::proxy::{Operand, TypedSql, TypedValue};

/// PostgreSQL counts microseconds from 2000-01-01T00:00:00Z.
const EPOCH: i64 = 946_684_800_000_000;

/// The version of `jsonb`'s binary form, before the text.
const JSONB_VERSION: u8 = 1;

impl FromSql<Moment, Pg> for Timestamp {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let micros = <i64 as FromSql<BigInt, Pg>>::from_sql(value)?;
        Ok(Timestamp::from_micros(micros.saturating_add(EPOCH)))
    }
}

impl ToSql<Moment, Pg> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&(self.as_micros() - EPOCH).to_be_bytes())?;
        Ok(IsNull::No)
    }
}

/// A document in a column of one of these types. Tables of the app's have diesel's own.
macro_rules! document {
    ($($column:ty),*) => {$(
        impl FromSql<$column, Pg> for Document {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                match value.as_bytes() {
                    [JSONB_VERSION, text @ ..] => Ok(Document::from(std::str::from_utf8(text)?.to_owned())),
                    _ => Err("a document in an unknown form of jsonb".into()),
                }
            }
        }

        /// Of a nullable column: NULL is an empty document.
        impl FromSql<Nullable<$column>, Pg> for Document {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                <Self as FromSql<$column, Pg>>::from_sql(value)
            }

            fn from_nullable_sql(value: Option<PgValue<'_>>) -> deserialize::Result<Self> {
                value.map_or_else(|| Ok(Document::default()), <Self as FromSql<$column, Pg>>::from_sql)
            }
        }

        impl ToSql<$column, Pg> for Document {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                out.write_all(&[JSONB_VERSION])?;
                out.write_all(self.to_json().as_bytes())?;
                Ok(IsNull::No)
            }
        }
    )*};
}

document!(Json, diesel::sql_types::Jsonb);

/// Says as what PostgreSQL has our SQL types: the number of the type, and of a list of it.
macro_rules! kept_as {
    ($($oid:literal, $list:literal: $($type:ident $(<$of:ident>)?),+;)*) => {$($(
        impl $(<$of: 'static>)? HasSqlType<$type $(<$of>)?> for Pg {
            fn metadata(_: &mut Self::MetadataLookup) -> PgTypeMetadata {
                PgTypeMetadata::new($oid, $list)
            }
        }
    )+)*};
}

kept_as! {
    1184, 1185: Moment;
    3802, 3807: Json;
    25, 1009: AsText<T>, Instant<T>, KeyOf<T>;
    1700, 1231: Exact<T>;
    20, 1016: Length<T>;
}

impl<S: TypedSql> ToSql<S, Pg> for TypedValue<S> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        match self.operand()? {
            Operand::Text(text) => out.write_all(text.as_bytes())?,
            Operand::Integer(number) => out.write_all(&number.to_be_bytes())?,
            Operand::Number(text) => return ToSql::<Numeric, Pg>::to_sql(&numeric(&text)?, &mut out.reborrow()),
        }
        Ok(IsNull::No)
    }
}
