//! The statuses in their columns: as the words they are.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use crate::{ProcessStatus, TaskStatus};

#[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(foreign_derive)]
#[diesel(sql_type = Text)]
#[allow(dead_code, reason = "the shape of ProcessStatus, for the derives")]
struct ProcessStatusProxy(ProcessStatus);

#[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(foreign_derive)]
#[diesel(sql_type = Text)]
#[allow(dead_code, reason = "the shape of TaskStatus, for the derives")]
struct TaskStatusProxy(TaskStatus);

macro_rules! word {
    ($status:ty) => {
        impl<DB: Backend> FromSql<Text, DB> for $status
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(<$status>::from_word(&String::from_sql(value)?))
            }
        }

        impl<DB: Backend> ToSql<Text, DB> for $status
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_str().to_sql(out)
            }
        }
    };
}

word!(ProcessStatus);
word!(TaskStatus);
