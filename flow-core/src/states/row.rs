//! Saving rows whose state is in a column of its own.

use diesel::backend::Backend;
use diesel::query_builder::{AsChangeset, QueryFragment};
use diesel::query_source::QuerySource;

use super::{StateMachine, Tracked, conflict, write_log};
use crate::store::row_statement::{As, Column, RowStatement, RowWork};
use crate::store::{FlowConnection, Store as _};
use crate::{Error, Result, RowKey};

/// A row of a table whose state has a column of its own: `#[states(Stage, field = stage, table = reviews)]`.
pub trait StateRow: StateMachine {
    /// The table.
    type Table: QuerySource;

    #[doc(hidden)]
    const TABLE: StateTable;

    #[doc(hidden)]
    fn table() -> Self::Table;

    /// Its key.
    fn key(&self) -> RowKey;

    /// The version it was read with, where the table has such a column.
    #[doc(hidden)]
    fn version(&self) -> Option<i64> {
        None
    }

    /// Before it is written: `AsChangeset` writes every column.
    #[doc(hidden)]
    fn raise_version(&mut self) {}

    /// It was not written.
    #[doc(hidden)]
    fn lower_version(&mut self) {}

    /// Writes the row as it is now, as diesel's `AsChangeset` does, with the log of the transitions that were taken since
    /// it was read, in one transaction.
    ///
    /// The row must be as it was read (optimistic locking): of two people who take two transitions of one row, one wins.
    /// With `#[states(.., version = revision)]` that column is compared and raised. Without it the state alone is
    /// compared: of two changes that keep the state the later one overwrites the other. After an error, and after a
    /// rollback of your own transaction, load the row again.
    ///
    /// # Errors
    /// [`Error::RowConflict`] if its state or its version is another by now: it says who changed it, and when.
    /// [`Error::NotFound`] if it is gone. [`Error::Misuse`] for a row that was never read from the database, and where
    /// `AsChangeset` does not write the version. Nothing was written then.
    fn save<C: FlowConnection>(&mut self, conn: &mut C) -> Result<()>
    where
        Self: SavedOn<C::Backend>,
    {
        let version = self.version();
        self.raise_version();
        if let Err(error) = write(self, Change::Set, version, conn) {
            self.lower_version();
            return Err(error);
        }
        self.state_mut().settle();
        Ok(())
    }

    /// Deletes the row, which must be as it was read, with the log of the transitions that were taken since, in one
    /// transaction.
    ///
    /// # Errors
    /// As [`save`](StateRow::save).
    fn delete<C: FlowConnection>(self, conn: &mut C) -> Result<()>
    where
        Self: SavedOn<C::Backend>,
    {
        write(&self, Change::Delete, self.version(), conn)
    }

    /// The transitions that this row has taken, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`] if the query fails.
    fn transitions<C: FlowConnection>(&self, conn: &mut C) -> Result<Vec<crate::StateLogRow>> {
        Self::transitions_of(conn, self.key())
    }
}

/// The names of a table and of the columns that a state machine needs.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct StateTable {
    /// What errors call the table.
    pub name: &'static str,
    /// The primary key.
    pub key: &'static str,
    /// The column of the state.
    pub state: &'static str,
    /// The column that counts changes, if there is one.
    pub version: Option<&'static str>,
}

/// A row that can be saved on the back end `DB`: any that derives `AsChangeset` for its table.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved on this connection",
    note = "it needs `#[derive(AsChangeset)]` for the table that `#[states(.., table = ..)]` names, and types that the connection's database has"
)]
pub trait SavedOn<DB: Backend>: StateRow {
    /// The table in SQL.
    #[doc(hidden)]
    type From: QueryFragment<DB>;

    #[doc(hidden)]
    fn from_clause() -> Self::From;

    /// Calls `f` with what an UPDATE sets.
    #[doc(hidden)]
    fn with_changes<R>(&self, f: impl FnOnce(&dyn QueryFragment<DB>) -> R) -> R;
}

#[diagnostic::do_not_recommend]
impl<M, DB: Backend> SavedOn<DB> for M
where
    M: StateRow,
    <M::Table as QuerySource>::FromClause: QueryFragment<DB>,
    for<'r> &'r M: AsChangeset<Target = M::Table, Changeset: QueryFragment<DB>>,
{
    type From = <M::Table as QuerySource>::FromClause;

    fn from_clause() -> Self::From {
        M::table().from_clause()
    }

    fn with_changes<R>(&self, f: impl FnOnce(&dyn QueryFragment<DB>) -> R) -> R {
        f(&self.as_changeset())
    }
}

fn statement<'r, M: SavedOn<DB>, DB: Backend>(
    key: &'r RowKey,
    read: As<'r>,
    work: RowWork<'r, DB>,
) -> RowStatement<'r, M::From, DB> {
    let StateTable { key: key_column, state, .. } = M::TABLE;
    RowStatement { from: M::from_clause(), key_column, key, column: Column::State(state), read, work }
}

#[derive(Clone, Copy)]
enum Change {
    Set,
    Delete,
}

/// Changes or deletes the row if it is as it was read: with this version, if it has one, else in the state that was read.
fn write<M, C>(row: &M, change: Change, version: Option<i64>, conn: &mut C) -> Result<()>
where
    M: SavedOn<C::Backend>,
    C: FlowConnection,
{
    let name = M::TABLE.name;
    let Some(word) = row.state().read() else {
        let text =
            format!("this row of `{name}` was not read from the database: insert it, and load it before it is saved");
        return Err(Error::misuse(text));
    };
    let key = row.key();
    let read = match (M::TABLE.version, &version) {
        (Some(column), Some(version)) => As::Version(column, version),
        _ => As::State(word),
    };
    let write = |conn: &mut C| {
        let returned = match change {
            Change::Set => {
                row.with_changes(|changes| conn.document(&statement::<M, _>(&key, read, RowWork::Set(changes))))?
            }
            Change::Delete => conn.document(&statement::<M, _>(&key, read, RowWork::Delete))?,
        };
        let Some(returned) = returned else { return Ok(false) };
        if let (Change::Set, As::Version(column, _)) = (change, read) {
            let now = returned.get(&["version"]).ok().flatten().and_then(serde_json::Value::as_i64);
            if now != version.map(|version| version + 1) {
                let text = format!("`AsChangeset` of a row of `{name}` does not write the version `{column}`");
                return Err(Error::misuse(text));
            }
        }
        write_log(&key, [row.state() as &dyn Tracked], conn)?;
        Ok(true)
    };
    // One statement needs no transaction around it, unless it may have to be taken back.
    let alone = version.is_none() && row.state().taken.is_empty();
    let written = if alone { write(conn)? } else { conn.atomically(write)? };
    if written {
        return Ok(());
    }
    match conn.document(&statement::<M, _>(&key, read, RowWork::Read))? {
        Some(now) => {
            let state = now.get(&["state"]).ok().flatten().and_then(|state| state.as_str()).map(str::to_owned);
            Err(conflict(name, &key, Some(M::MACHINE.graph.name), state, conn)?)
        }
        None => Err(Error::NotFound { what: format!("row {key} of `{name}`") }),
    }
}
