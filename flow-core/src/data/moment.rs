//! [`Timestamp`] in its column.

use super::sql_types::Moment;
use crate::Timestamp;

// The derives live on a remote type in this file so that `timestamp.rs` knows nothing of diesel.
#[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(foreign_derive)]
#[diesel(sql_type = Moment)]
#[allow(dead_code, reason = "the shape of Timestamp, for the derives")]
struct TimestampProxy(Timestamp);
