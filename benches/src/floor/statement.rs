//! Hand-written SQL over diesel's own connection, prepared once: `diesel::sql_query` is prepared again at each call.

use std::marker::PhantomData;

use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Text};
use flow_core::Timestamp;
use flow_core::data::sql_types::Moment;

/// A value for a `?`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bind<'a> {
    Number(i64),
    Text(&'a str),
    Moment(Timestamp),
}

/// SQL with a `?` for each value, which gives a number or nothing. It is known by its `Id`, so that not even its
/// text is compared.
#[derive(Debug)]
struct Statement<'a, Id> {
    text: &'static str,
    binds: &'a [Bind<'a>],
    id: PhantomData<fn() -> Id>,
}

impl<'a, Id> Statement<'a, Id> {
    fn new(text: &'static str, binds: &'a [Bind<'a>]) -> Self {
        Statement { text, binds, id: PhantomData }
    }
}

/// The driver that the SQL goes through. `Id` is a type for each place in the source: each is a statement of its own.
pub(crate) trait Driver {
    fn batch(&mut self, text: &str);
    /// Runs a statement that must meet so many rows.
    fn meets<Id: 'static>(&mut self, rows: usize, text: &'static str, binds: &[Bind<'_>]);
    /// Runs a statement that gives one number.
    fn number<Id: 'static>(&mut self, text: &'static str, binds: &[Bind<'_>]) -> i64;
}

macro_rules! driver {
    ($connection:ty) => {
        impl Driver for $connection {
            fn batch(&mut self, text: &str) {
                diesel::connection::SimpleConnection::batch_execute(self, text).unwrap();
            }

            fn meets<Id: 'static>(&mut self, rows: usize, text: &'static str, binds: &[Bind<'_>]) {
                assert_eq!(Statement::<Id>::new(text, binds).execute(self).unwrap(), rows, "{text}");
            }

            fn number<Id: 'static>(&mut self, text: &'static str, binds: &[Bind<'_>]) -> i64 {
                Statement::<Id>::new(text, binds).get_result(self).unwrap()
            }
        }
    };
}

driver!(diesel::SqliteConnection);
driver!(diesel::PgConnection);

/// So many rows are met.
macro_rules! meets {
    ($conn:expr, $rows:literal, $text:expr, [$($bind:expr),* $(,)?]) => {{
        enum Here {}
        $conn.meets::<Here>($rows, $text, &[$($bind),*]);
    }};
}

/// One number comes back.
macro_rules! number {
    ($conn:expr, $text:expr, [$($bind:expr),* $(,)?]) => {{
        enum Here {}
        $conn.number::<Here>($text, &[$($bind),*])
    }};
}
pub(crate) use {meets, number};

impl<Id: 'static> QueryId for Statement<'_, Id> {
    type QueryId = Statement<'static, Id>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Id> Query for Statement<'_, Id> {
    type SqlType = BigInt;
}

impl<Id, Conn> RunQueryDsl<Conn> for Statement<'_, Id> {}

impl<DB, Id> QueryFragment<DB> for Statement<'_, Id>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Text> + HasSqlType<Moment>,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
    Timestamp: ToSql<Moment, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut binds = self.binds.iter();
        for (place, piece) in self.text.split('?').enumerate() {
            if place > 0 {
                match binds.next() {
                    Some(Bind::Number(number)) => out.push_bind_param::<BigInt, i64>(number)?,
                    Some(Bind::Text(text)) => out.push_bind_param::<Text, str>(text)?,
                    Some(Bind::Moment(at)) => out.push_bind_param::<Moment, Timestamp>(at)?,
                    None => return Err(diesel::result::Error::QueryBuilderError("a value is missing".into())),
                }
            }
            out.push_sql(piece);
        }
        Ok(())
    }
}
