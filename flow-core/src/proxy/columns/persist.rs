//! What a process keeps in columns of its own: read with its row, written in its transitions.

use std::collections::BTreeMap;

use diesel::QueryResult;

use crate::proxy::ProcessProxy;
use crate::{DataError, Error, Process, Result};

/// A process type that the connection `C` can load and save.
///
/// Any can that has no columns of its own; for one with `#[proxy(joined, ..)]` or `#[proxy(columns, ..)]` the derive
/// implements it on every connection that can read and write them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be loaded and saved on this connection",
    note = "the struct of its columns needs `#[derive(Queryable, Selectable, Identifiable, AsChangeset)]`, with column types that this database supports",
    note = "the type after `new =` needs `#[derive(Insertable)]` where it is `joined`, and `#[derive(AsChangeset)]` where it is `columns`, for the same table"
)]
pub trait Persist<C>: ProcessProxy {
    /// Writes the joined row of a new process.
    #[doc(hidden)]
    fn insert_joined(new: Self::NewJoined, process: i64, conn: &mut C) -> QueryResult<()>;

    /// Reads the joined row of a process; `None` if it is gone.
    #[doc(hidden)]
    fn load_joined(process: i64, conn: &mut C) -> QueryResult<Option<Self::Joined>>;

    /// Reads the joined rows of many processes by one statement, each with the number of its process.
    #[doc(hidden)]
    fn load_all_joined(processes: &[i64], conn: &mut C) -> QueryResult<Vec<(i64, Self::Joined)>>;

    /// Writes the joined row as it is now. Gives how many rows that were.
    #[doc(hidden)]
    fn update_joined(&self, conn: &mut C) -> QueryResult<usize>;
}

/// Without columns of its own there is nothing to do.
#[diagnostic::do_not_recommend]
impl<C, P: ProcessProxy<Joined = (), NewJoined = ()>> Persist<C> for P {
    fn insert_joined((): (), _: i64, _: &mut C) -> QueryResult<()> {
        Ok(())
    }

    fn load_joined(_: i64, _: &mut C) -> QueryResult<Option<()>> {
        Ok(Some(()))
    }

    fn load_all_joined(processes: &[i64], _: &mut C) -> QueryResult<Vec<(i64, ())>> {
        Ok(processes.iter().map(|id| (*id, ())).collect())
    }

    fn update_joined(&self, _: &mut C) -> QueryResult<usize> {
        Ok(1)
    }
}

/// The place under which a row notes that its joined columns were asked for to be changed; no field has it.
pub const JOINED_PLACE: u16 = u16::MAX;

/// The place that notes joined columns which were written in a transaction of the caller's.
const UNCONFIRMED_PLACE: u16 = u16::MAX - 1;

/// A row as its flow's own type, with the columns that are joined to it.
pub(crate) fn load<P: Persist<C>, C>(row: Process, conn: &mut C) -> Result<P> {
    let joined = P::load_joined(row.id, conn)?;
    with_joined(row, joined)
}

/// A row and the columns that are joined to it, as their flow's own type.
fn with_joined<P: ProcessProxy>(row: Process, joined: Option<P::Joined>) -> Result<P> {
    let gone = || DataError {
        process: row.id,
        task: None,
        row: None,
        field: P::JOINED.unwrap_or_default(),
        path: "the joined table".to_owned(),
        found: "no row".to_owned(),
        expected: "the row that was inserted when the process started".to_owned(),
    };
    let joined = joined.ok_or_else(|| Box::new(gone()))?;
    Ok(P::from_parts(row, joined).map_err(Box::new)?)
}

/// Rows of different processes as their flow's own type, each by itself: one that cannot be read does not hide the
/// others.
pub(crate) fn load_all<P: Persist<C>, C>(rows: Vec<Process>, conn: &mut C) -> Result<Vec<Result<P>>> {
    let ids: Vec<i64> = rows.iter().map(Process::id).collect();
    let mut joined: BTreeMap<i64, P::Joined> = P::load_all_joined(&ids, conn)?.into_iter().collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let joined = joined.remove(&row.id);
            with_joined(row, joined)
        })
        .collect())
}

/// Whether the joined columns may have been changed since they were last written.
pub(crate) fn joined_changed<P: ProcessProxy>(process: &P) -> bool {
    process.row().data.is_touched(JOINED_PLACE)
}

/// Writes the joined columns, if they may have been changed.
pub(crate) fn write_joined<P: Persist<C>, C>(process: &P, conn: &mut C) -> Result<()> {
    if joined_changed(process) && process.update_joined(conn)? != 1 {
        return Err(Error::Database(diesel::result::Error::NotFound));
    }
    Ok(())
}

/// After they were written: in a transaction of the caller's, if they are `unconfirmed`.
pub(crate) fn settle_joined<P: ProcessProxy>(process: &mut P, unconfirmed: bool) {
    let data = &mut process.row_mut().data;
    if data.is_touched(JOINED_PLACE) && unconfirmed {
        data.touch(UNCONFIRMED_PLACE);
    } else if !unconfirmed {
        data.untouch(UNCONFIRMED_PLACE);
    }
    data.untouch(JOINED_PLACE);
}

/// Once it is known whether what was written in a transaction of the caller's is lost.
pub(crate) fn recheck_joined<P: ProcessProxy>(process: &mut P, lost: bool) {
    let data = &mut process.row_mut().data;
    if lost && data.is_touched(UNCONFIRMED_PLACE) {
        data.untouch(UNCONFIRMED_PLACE);
        data.touch(JOINED_PLACE);
    }
}
