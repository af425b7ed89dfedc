//! Our column types on PostgreSQL: `timestamptz` and `jsonb`, in the binary form the server speaks.

use std::io::Write as _;

use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::BigInt;

use super::Document;
use super::sql_types::{Json, Moment};
use crate::Timestamp;

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

impl FromSql<Json, Pg> for Document {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes() {
            [JSONB_VERSION, text @ ..] => Ok(Document::from(std::str::from_utf8(text)?.to_owned())),
            _ => Err("a document in an unknown form of jsonb".into()),
        }
    }
}

impl ToSql<Json, Pg> for Document {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[JSONB_VERSION])?;
        out.write_all(self.to_json().as_bytes())?;
        Ok(IsNull::No)
    }
}
