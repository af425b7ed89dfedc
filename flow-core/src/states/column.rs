//! A state in a column of texts.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use super::{State, States};

impl<S: States, DB: Backend> FromSql<Text, DB> for State<S>
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let word = String::from_sql(value)?;
        State::of_word(&word).ok_or_else(|| {
            let known: Vec<&str> = S::ALL.iter().map(|state| state.value()).collect();
            format!("`{word}` is not one of the states {}", known.join(", ")).into()
        })
    }
}

impl<S: States, DB: Backend> ToSql<Text, DB> for State<S>
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.value().to_sql(out)
    }
}
