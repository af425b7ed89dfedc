//! [`Timestamp`] in its column.

use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, IsNull, Output, ToSql};

use super::sql_types::Moment;
use crate::Timestamp;

// The derives live on a remote type in this file so that `timestamp.rs` knows nothing of diesel.
#[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(foreign_derive)]
#[diesel(sql_type = Moment)]
#[allow(dead_code, reason = "the shape of Timestamp, for the derives")]
struct TimestampProxy(Timestamp);

#[cfg(feature = "sqlite")]
impl FromSql<Moment, diesel::sqlite::Sqlite> for Timestamp {
    fn from_sql(value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<diesel::sql_types::Text, diesel::sqlite::Sqlite>>::from_sql(value)?;
        text.parse().map_err(|_| format!("`{text}` is not a time").into())
    }
}

#[cfg(feature = "sqlite")]
impl ToSql<Moment, diesel::sqlite::Sqlite> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
        out.set_value(self.to_string());
        Ok(IsNull::No)
    }
}
