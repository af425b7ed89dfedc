//! What a process keeps in columns of its own: read with its row, written in its transitions.

use diesel::QueryResult;

use super::ProcessProxy;
use crate::{DataError, Error, Process, Result};

/// A process type that can be kept on the connection `C`.
///
/// Any can that has no columns of its own; for one with `#[proxy(joined, ..)]` or `#[proxy(columns, ..)]` the derive
/// implements it on every connection that can read and write them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept on this connection",
    note = "the struct of its own columns needs `#[derive(Queryable, Selectable, Identifiable, AsChangeset)]`, and types that the connection's database has",
    note = "the one behind `new` needs `#[derive(Insertable)]` where it is `joined`, and `#[derive(AsChangeset)]` where it is `columns`, for the same table"
)]
pub trait StoredOn<C>: ProcessProxy {
    /// Writes the joined row of a new process.
    #[doc(hidden)]
    fn insert_joined(new: Self::NewJoined, process: i64, conn: &mut C) -> QueryResult<()>;

    /// Reads the joined row of a process; `None` if it is gone.
    #[doc(hidden)]
    fn load_joined(process: i64, conn: &mut C) -> QueryResult<Option<Self::Joined>>;

    /// Writes the joined row as it is now. Gives how many rows that were.
    #[doc(hidden)]
    fn update_joined(&self, conn: &mut C) -> QueryResult<usize>;
}

/// Without columns of its own there is nothing to do.
#[diagnostic::do_not_recommend]
impl<C, P: ProcessProxy<Joined = (), NewJoined = ()>> StoredOn<C> for P {
    fn insert_joined((): (), _: i64, _: &mut C) -> QueryResult<()> {
        Ok(())
    }

    fn load_joined(_: i64, _: &mut C) -> QueryResult<Option<()>> {
        Ok(Some(()))
    }

    fn update_joined(&self, _: &mut C) -> QueryResult<usize> {
        Ok(1)
    }
}

/// The place under which a row notes that its joined columns were asked for to be changed; no field has it.
pub const JOINED_PLACE: u16 = u16::MAX;

/// A row as its flow's own type, with the columns that are joined to it.
pub(crate) fn load<P: StoredOn<C>, C>(row: Process, conn: &mut C) -> Result<P> {
    let joined = P::load_joined(row.id, conn)?;
    let gone = || DataError {
        process: row.id,
        field: P::JOINED.unwrap_or_default(),
        path: "its own table".to_owned(),
        found: "no row".to_owned(),
        expected: "the row that was written when it was started".to_owned(),
    };
    let joined = joined.ok_or_else(|| Box::new(gone()))?;
    Ok(P::from_parts(row, joined).map_err(Box::new)?)
}

/// Whether the joined columns may have been changed since they were last written.
pub(crate) fn joined_changed<P: ProcessProxy>(process: &P) -> bool {
    process.row().data.is_touched(JOINED_PLACE)
}

/// Writes the joined columns, if they may have been changed.
pub(crate) fn write_joined<P: StoredOn<C>, C>(process: &P, conn: &mut C) -> Result<()> {
    if joined_changed(process) && process.update_joined(conn)? != 1 {
        return Err(Error::Database(diesel::result::Error::NotFound));
    }
    Ok(())
}

/// After they were written, and that is certain.
pub(crate) fn settle_joined<P: ProcessProxy>(process: &mut P) {
    process.row_mut().data.untouch(JOINED_PLACE);
}
