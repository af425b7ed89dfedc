//! Columns of a process's own, read and written on any connection: in the row of another table, or in its own.

use diesel::associations::HasTable;
use diesel::connection::Connection;
use diesel::dsl::{AsSelect, Filter, Find, Select};
use diesel::query_builder::{AsChangeset, AsQuery, InsertStatement, IntoUpdateTarget, QueryId, UpdateStatement};
use diesel::query_dsl::methods::{ExecuteDsl, FilterDsl, FindDsl, LoadQuery, SelectDsl};
use diesel::result::{OptionalEmptyChangesetExtension as _, OptionalExtension as _};
use diesel::{Identifiable, Insertable, QueryResult, RunQueryDsl as _, Selectable, SelectableHelper as _, Table};

use super::is_one_of::IsOneOf;

/// The columns of one process, found by its number.
type Of<T> = Find<<T as HasTable>::Table, i64>;

/// The key of their table: the number of the process.
type Key<T> = <<T as HasTable>::Table as Table>::PrimaryKey;

/// The columns of several processes.
type Among<T> = Filter<<T as HasTable>::Table, IsOneOf<Key<T>>>;

/// A change of them.
type Changed<T, S> =
    UpdateStatement<<T as HasTable>::Table, <Of<T> as IntoUpdateTarget>::WhereClause, <S as AsChangeset>::Changeset>;

/// Columns that the connection `C` can read and write.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read and written on this connection",
    label = "these columns are not supported on this connection",
    note = "it needs `#[derive(Queryable, Selectable, Identifiable, AsChangeset)]`, the key of the process, and column types that this database supports"
)]
pub trait ReadColumns<C>: Sized {
    /// Those of a process; `None` if there is no row.
    fn read(process: i64, conn: &mut C) -> QueryResult<Option<Self>>;

    /// Those of many processes, by one statement, each with the number of its process.
    fn read_all(processes: &[i64], conn: &mut C) -> QueryResult<Vec<(i64, Self)>>;

    /// Writes them as they are now. Gives how many rows that were.
    fn write(&self, process: i64, conn: &mut C) -> QueryResult<usize>;
}

#[diagnostic::do_not_recommend]
impl<C, T> ReadColumns<C> for T
where
    C: Connection,
    T: HasTable<Table: FindDsl<i64> + FilterDsl<IsOneOf<Key<T>>>> + Selectable<C::Backend, SelectExpression: QueryId>,
    Of<T>: SelectDsl<AsSelect<T, C::Backend>> + IntoUpdateTarget + HasTable<Table = T::Table>,
    Select<Of<T>, AsSelect<T, C::Backend>>: for<'q> LoadQuery<'q, C, T>,
    Among<T>: SelectDsl<AsSelect<T, C::Backend>>,
    Select<Among<T>, AsSelect<T, C::Backend>>: for<'q> LoadQuery<'q, C, T>,
    for<'u> &'u T: AsChangeset<Target = T::Table> + Identifiable<Id = &'u i64>,
    for<'u> Changed<T, &'u T>: ExecuteDsl<C> + AsQuery,
{
    fn read_all(processes: &[i64], conn: &mut C) -> QueryResult<Vec<(i64, Self)>> {
        let key = T::table().primary_key();
        let among = FilterDsl::filter(T::table(), IsOneOf(key, processes.to_vec()));
        let rows: Vec<T> = SelectDsl::select(among, T::as_select()).load(conn)?;
        Ok(rows.into_iter().map(|row| (*Identifiable::id(&row), row)).collect())
    }

    fn read(process: i64, conn: &mut C) -> QueryResult<Option<Self>> {
        SelectDsl::select(FindDsl::find(T::table(), process), T::as_select()).get_result(conn).optional()
    }

    fn write(&self, process: i64, conn: &mut C) -> QueryResult<usize> {
        let written = diesel::update(FindDsl::find(T::table(), process)).set(self).execute(conn);
        // All columns are `None` and were not set: there is nothing to write.
        Ok(written.optional_empty_changeset()?.unwrap_or(1))
    }
}

/// What the columns in the row of a process are made from, on the connection `C`.
#[diagnostic::on_unimplemented(
    message = "the columns of a new process cannot be set from `{Self}`",
    label = "not an `AsChangeset` of these columns",
    note = "it needs `#[derive(AsChangeset)]`, and `#[diesel(table_name = ..)]` with the name that `flow_core::process_columns!` declares"
)]
pub trait SetColumns<C, T> {
    /// Sets them in the row of a process.
    fn set(self, process: i64, conn: &mut C) -> QueryResult<()>;
}

#[diagnostic::do_not_recommend]
impl<C, T, N> SetColumns<C, T> for N
where
    C: Connection,
    T: HasTable<Table: FindDsl<i64>>,
    Of<T>: IntoUpdateTarget + HasTable<Table = T::Table>,
    N: AsChangeset<Target = T::Table>,
    Changed<T, N>: ExecuteDsl<C> + AsQuery,
{
    fn set(self, process: i64, conn: &mut C) -> QueryResult<()> {
        let written = diesel::update(FindDsl::find(T::table(), process)).set(self).execute(conn);
        // Nothing in it was given: the database's defaults stay.
        written.optional_empty_changeset()?;
        Ok(())
    }
}

/// The row of a new process in the table `T` on the connection `C`: the number of the process, and what the app gives.
#[diagnostic::on_unimplemented(message = "a row of this table cannot be inserted from `{Self}` on this connection")]
pub trait InsertRow<C, T> {
    /// Inserts it.
    fn insert(self, table: T, conn: &mut C) -> QueryResult<()>;
}

#[diagnostic::do_not_recommend]
impl<C, T, R> InsertRow<C, T> for R
where
    C: Connection,
    T: Table,
    R: Insertable<T>,
    InsertStatement<T, R::Values>: ExecuteDsl<C>,
{
    fn insert(self, table: T, conn: &mut C) -> QueryResult<()> {
        diesel::insert_into(table).values(self).execute(conn)?;
        Ok(())
    }
}
