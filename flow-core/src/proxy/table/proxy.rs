//! `RowProxy`: a row of a table of the app's, with typed fields in a JSON column.

use diesel::backend::Backend;
use diesel::query_builder::{QueryBuilder as _, QueryFragment};
use diesel::query_source::QuerySource;

use super::RowKey;
use super::save;
use crate::data::Document;
use crate::proxy::JsonProxy;
use crate::proxy::document::store;
use crate::proxy::filter::{Index, Indexed, index_sql};
use crate::states::Tracked;
use crate::store::FlowConnection;
use crate::{FieldError, Result};

/// A row of a table of your app with typed fields, kept in a JSON column: what `#[derive(JsonProxy)]` implements.
///
/// The document is read once, when the row is loaded; after that the accessors cannot fail.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a view of a row of a table",
    note = "give it `#[derive(JsonProxy)]`, `#[proxy(table = users, column = data)]` and a field `#[proxy(row)] user: User`"
)]
pub trait RowProxy: JsonProxy + Sized + Send + 'static {
    /// The row: a `Queryable` of the table, with the column as a [`Document`].
    type Row;

    /// The table.
    type Table: QuerySource;

    /// The names of the table and of its columns.
    #[doc(hidden)]
    const TABLE: RowTable;

    #[doc(hidden)]
    fn table() -> Self::Table;

    /// The row with its fields. diesel's queries make it by themselves: `.select(Employee::as_select())`.
    ///
    /// # Errors
    /// [`Error::Data`](crate::Error::Data) if a field is missing or of another type.
    fn from_row(row: Self::Row) -> Result<Self>;

    /// The row.
    fn row(&self) -> &Self::Row;

    /// Its key.
    fn key(&self) -> RowKey;

    #[doc(hidden)]
    fn document(&self) -> &Document;

    #[doc(hidden)]
    fn document_mut(&mut self) -> &mut Document;

    /// The version it was read with, where the table has such a column.
    #[doc(hidden)]
    fn version(&self) -> Option<i64> {
        None
    }

    /// After it was written.
    #[doc(hidden)]
    fn raise_version(&mut self) {}

    /// Its fields that are the state of a state machine, each with its place.
    #[doc(hidden)]
    fn states(&self) -> Vec<(u16, &dyn Tracked)> {
        Vec::new()
    }

    #[doc(hidden)]
    fn states_mut(&mut self) -> Vec<&mut dyn Tracked> {
        Vec::new()
    }

    #[doc(hidden)]
    fn indexes() -> Vec<Index> {
        Vec::new()
    }

    /// Writes the fields that changed into the document.
    #[doc(hidden)]
    fn store(&mut self) -> Result<(), Vec<FieldError>> {
        store(self, |proxy| proxy.document_mut())
    }

    /// Writes what changed since the row was loaded, and nothing else: the changed keys are patched in the document,
    /// so that keys this type does not know stay as they are. Transitions that were taken since are logged with it, in
    /// one transaction.
    ///
    /// The row must be as it was read (optimistic locking). With `#[proxy(.., version = version)]` that column is
    /// compared and raised, without it the document itself is compared. After an error, and after a rollback of your
    /// own transaction, load the row again.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) with every field that is not valid,
    /// [`Error::RowConflict`](crate::Error::RowConflict) if somebody else has changed the row since it was read,
    /// [`Error::NotFound`](crate::Error::NotFound) if it is gone. Nothing was written then.
    fn save<C: FlowConnection>(&mut self, conn: &mut C) -> Result<()>
    where
        Self: WrittenOn<C::Backend>,
    {
        save::save(self, conn)
    }

    /// Deletes the row, which must be as it was read. Transitions that were taken since are logged with it, in one
    /// transaction.
    ///
    /// # Errors
    /// [`Error::RowConflict`](crate::Error::RowConflict) if somebody else has changed the row since it was read,
    /// [`Error::NotFound`](crate::Error::NotFound) if it is gone.
    fn delete<C: FlowConnection>(self, conn: &mut C) -> Result<()>
    where
        Self: WrittenOn<C::Backend>,
    {
        save::delete(&self, conn)
    }

    /// The indexes that `#[proxy(index(..))]` asks for, as SQL for a migration of yours, as
    /// [`ProcessProxy::index_sql`](crate::ProcessProxy::index_sql).
    #[must_use]
    fn index_sql<C: FlowConnection>() -> String
    where
        Self: WrittenOn<C::Backend>,
    {
        let mut table = <C::Backend as Backend>::QueryBuilder::default();
        let from = Self::from_clause();
        // Pushing text cannot fail.
        let _ = QueryFragment::<C::Backend>::to_sql(&from, &mut table, &C::Backend::default());
        let table = table.finish();
        let of = Indexed { name: Self::TABLE.name, table: &table, column: Self::TABLE.column, before: "" };
        index_sql::<C::Backend>(of, &Self::indexes())
    }
}

/// The names of a table of the app's and of its columns.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct RowTable {
    /// What errors and indexes call the table.
    pub name: &'static str,
    /// The JSON column.
    pub column: &'static str,
    /// The primary key.
    pub key: &'static str,
    /// The column that counts changes, if there is one.
    pub version: Option<&'static str>,
}

/// A type whose rows can be written on the back end `DB`: any whose table diesel has there.
#[diagnostic::on_unimplemented(message = "rows of `{Self}` cannot be written on this connection")]
pub trait WrittenOn<DB: Backend>: RowProxy {
    /// The table in SQL.
    #[doc(hidden)]
    type From: QueryFragment<DB>;

    #[doc(hidden)]
    fn from_clause() -> Self::From;
}

#[diagnostic::do_not_recommend]
impl<P: RowProxy, DB: Backend> WrittenOn<DB> for P
where
    <P::Table as QuerySource>::FromClause: QueryFragment<DB>,
{
    type From = <P::Table as QuerySource>::FromClause;

    fn from_clause() -> Self::From {
        P::table().from_clause()
    }
}
