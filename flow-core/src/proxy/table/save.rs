//! Writing a row of the app's, with the log of its state machines.

use super::{RowProxy, WrittenOn};
use crate::data::Document;
use crate::states::{self, Tracked};
use crate::store::row_statement::{As, Column, RowStatement, RowWork};
use crate::store::{FlowConnection, Store as _};
use crate::{Error, Result};

pub(super) fn save<P, C>(proxy: &mut P, conn: &mut C) -> Result<()>
where
    P: RowProxy + WrittenOn<C::Backend>,
    C: FlowConnection,
{
    proxy.store().map_err(Error::Invalid)?;
    let logged = proxy.states().iter().any(|(_, state)| !state.taken().is_empty());
    if !proxy.document().is_written() && !logged {
        return Ok(());
    }
    let patch = proxy.document().patch();
    let stored = if logged {
        conn.atomically(|conn| {
            let stored = write(proxy, &|| RowWork::Patch(&patch), conn)?;
            log(proxy, conn)?;
            Ok::<_, Error>(stored)
        })?
    } else {
        write(proxy, &|| RowWork::Patch(&patch), conn)?
    };
    *proxy.document_mut() = stored;
    proxy.raise_version();
    proxy.states_mut().into_iter().for_each(Tracked::settle);
    Ok(())
}

pub(super) fn delete<P, C>(proxy: &P, conn: &mut C) -> Result<()>
where
    P: RowProxy + WrittenOn<C::Backend>,
    C: FlowConnection,
{
    conn.atomically(|conn| {
        write(proxy, &|| RowWork::Delete, conn)?;
        log(proxy, conn)
    })
}

/// Changes or deletes the row if it is as it was read. Returns its document as the database has it then.
fn write<'w, P, C>(proxy: &P, work: &dyn Fn() -> RowWork<'w, C::Backend>, conn: &mut C) -> Result<Document>
where
    P: RowProxy + WrittenOn<C::Backend>,
    C: FlowConnection,
{
    let (table, key, version) = (P::TABLE, proxy.key(), proxy.version());
    let read = match (table.version, &version) {
        (Some(column), Some(version)) => As::Version(column, version),
        _ => As::Document(proxy.document()),
    };
    let statement = |work| RowStatement {
        from: P::from_clause(),
        key_column: table.key,
        key: &key,
        column: Column::Document(table.column),
        read,
        work,
    };
    if let Some(stored) = conn.document(&statement(work()))? {
        return Ok(stored);
    }
    let Some(now) = conn.document(&statement(RowWork::Read))? else {
        return Err(Error::NotFound { what: format!("row {key} of `{}`", table.name) });
    };
    let states = proxy.states();
    let taken = states.iter().find_map(|(at, state)| Some((*at, state.taken().first()?)));
    let state = taken.and_then(|(at, _)| {
        let meta = P::META.get(usize::from(at))?;
        meta.find(|path| now.get(path)).ok().flatten()?.as_str().map(str::to_owned)
    });
    Err(states::conflict(table.name, &key, taken.map(|(_, taken)| taken.machine()), state, conn)?)
}

/// Writes the transitions that were taken since the row was read.
fn log<P: RowProxy, C: FlowConnection>(proxy: &P, conn: &mut C) -> Result<()> {
    states::write_log(&proxy.key(), proxy.states().into_iter().map(|(_, state)| state), conn)
}
