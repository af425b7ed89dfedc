//! Releases of which no process is open any more.

use std::path::Path;

use super::Lock;
use super::current::{CurrentError, write};
use crate::flows::Flows;
use crate::store::FlowConnection;

/// Removes a release from `flow.lock`, if no process of it or of an earlier one is open in this database. The newest one
/// stays: its number is that of new processes, and must not be given twice. `package` is
/// the folder of `Cargo.toml`, `flow` the stored name of the flow as the lock has it.
///
/// Ask the database in which all processes are: another one may have processes of the release as well.
///
/// # Errors
/// A process of the release, or of an earlier one, is open; it is the newest release of the flow; the lock does not have the release, or cannot be read or
/// written.
pub fn prune<C: FlowConnection>(
    flows: &Flows<C>,
    conn: &mut C,
    package: &Path,
    flow: &str,
    number: u32,
) -> Result<(), CurrentError> {
    let path = package.join("flow.lock");
    let mut lock = Lock::parse(&std::fs::read_to_string(&path)?)?;
    let graph = flows.get(flow)?.graph();
    let newest = lock.releases_of(graph).iter().map(|release| release.number).max();
    if newest == Some(number) {
        return Err(CurrentError::Newest { flow: flow.to_owned(), number });
    }
    let is_open = |release: i32| u32::try_from(release).map_or(true, |release| release <= number);
    let open = flows.releases(conn)?.into_iter().find(|place| graph.is_named(&place.flow) && is_open(place.release));
    if let Some(place) = open {
        return Err(CurrentError::Open { release: place.release, node: place.node, tasks: place.tasks });
    }
    if !lock.remove(flow, number) {
        return Err(CurrentError::NoRelease { flow: flow.to_owned(), number });
    }
    Ok(write(&path, &lock.to_string())?)
}
