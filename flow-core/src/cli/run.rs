//! Which command calls what.

use super::args::{Cli, Command, Lock};
use super::output::{Failure, Output};
use super::user::Operator;
use super::{act, export, inspect, release};
use crate::store::FlowConnection;
use crate::worker::{Connections, Lent};
use crate::{Flows, Worker};

pub(super) fn run<C: FlowConnection, How>(
    cli: Cli,
    flows: &Flows<C>,
    connections: impl Connections<C, How>,
) -> Result<Output, Failure> {
    let user = Operator { name: cli.user, reason: cli.reason };
    let connect = || -> Result<Lent<C>, Failure> { connections.lend().map_err(Failure::Connection) };
    Ok(match cli.command {
        Command::Migrate { sql: true } => release::migrations::<C>(),
        Command::Migrate { sql: false } => release::migrate(flows, &mut *connect()?)?,
        Command::Check { deep } => inspect::check(flows, &mut *connect()?, deep)?,
        Command::List(list) => inspect::list(flows, &mut *connect()?, list)?,
        Command::Show { process } => inspect::show(flows, &mut *connect()?, process)?,
        Command::Explain { process } => inspect::explain(flows, &mut *connect()?, process)?,
        Command::Retry { tasks } => act::retry(flows, &mut *connect()?, &user, &tasks)?,
        Command::Cancel { targets } => act::cancel(flows, &mut *connect()?, &user, &targets)?,
        Command::Due { run: false } => inspect::due(flows, &mut *connect()?)?,
        Command::Due { run: true } => act::run_due(flows, &mut *connect()?)?,
        Command::Worker { threads, queues } => {
            let worker = Worker::new(flows, connections).threads(usize::from(threads));
            act::work(if queues.is_empty() { worker } else { worker.queues(queues) })?
        }
        Command::Export(export) => export::export(flows, export, connect)?,
        Command::Release { package } => release::release(flows, &package.package)?,
        Command::Lock(Lock::Diff { package, open: false }) => release::diff(flows, &package.package)?,
        Command::Lock(Lock::Diff { package, open: true }) => {
            release::diff_and_open(flows, &mut *connect()?, &package.package)?
        }
        Command::Prune { flow, release, package } => {
            release::prune(flows, &mut *connect()?, &package.package, &flow, release)?
        }
        Command::MoveRetired { plan: true } => act::plan(flows, &mut *connect()?)?,
        Command::MoveRetired { plan: false } => act::move_retired(flows, &mut *connect()?, &user)?,
    })
}
