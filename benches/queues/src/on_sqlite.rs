//! apalis on SQLite: workers in one program, each with its own batches.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use apalis::prelude::*;
use apalis_sqlite::{Config, SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteStorage};
use futures::stream;
use serde_json::Value;
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};

use crate::drain::{Failure, Round, body};
use crate::on_postgres::locks;

/// What a user can set; the defaults drained fastest here.
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    #[arg(long, default_value_t = 256)]
    batch: usize,
    #[arg(long, default_value_t = 1)]
    workers: usize,
    #[arg(long, default_value_t = 1)]
    connections: u32,
    /// Whether each job is marked as running between its claim and its end, too.
    #[arg(long)]
    lock: bool,
}

/// Jobs that were done before the tables are analyzed, by workers of the same names. Without such statistics SQLite looks,
/// for each batch, at all that the worker has ever done.
const EARLIER: i64 = 1_000;

async fn job(_: i64) -> Result<(), BoxDynError> {
    body();
    Ok(())
}

pub(crate) async fn run(file: &Path, synchronous: &str, jobs: i64, settings: &Settings) -> Result<Value, Failure> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::from_str(synchronous)?)
        // As `setup` has them, on one connection.
        .pragma("cache_size", "64000")
        .pragma("temp_store", "MEMORY")
        // What a worker of flows waits.
        .busy_timeout(Duration::from_secs(10));
    let pool = |connections: u32| SqlitePoolOptions::new().max_connections(connections).connect_with(options.clone());
    let first = pool(1).await?;
    // It sets `synchronous` to OFF: no job is drained over this connection.
    SqliteStorage::setup(&first).await?;
    push(&first, EARLIER).await?;
    drained(&first, &pool(1).await?, EARLIER, settings).await?;
    // A worker of the same name starts some time later only.
    sqlx::query("update Workers set last_seen = 0").execute(&first).await?;
    push(&first, jobs).await?;
    sqlx::query("analyze").execute(&first).await?;
    first.close().await;
    let (admin, own) = (pool(1).await?, pool(settings.connections).await?);
    let level: i64 = sqlx::query_scalar("select synchronous from pragma_synchronous").fetch_one(&own).await?;
    if level != SqliteSynchronous::from_str(synchronous)? as i64 {
        return Err(format!("synchronous is {level}").into());
    }
    let round = drained(&admin, &own, jobs, settings).await?;
    let (workers, batch, connections, locks) =
        (settings.workers, settings.batch, settings.connections, locks(settings.lock));
    round.end(&format!("{workers} workers, batches of {batch}, {connections} connections{locks}"))
}

async fn push(pool: &SqlitePool, jobs: i64) -> Result<(), Failure> {
    let mut storage = SqliteStorage::<i64>::new(pool).with_config(Config::default().queue("jobs"));
    Ok(storage.push_all(stream::iter((0..jobs).map(|n| TaskBuilder::new(n).build()))).await?)
}

/// Until `admin` sees no job that is not done.
async fn drained(admin: &SqlitePool, own: &SqlitePool, jobs: i64, settings: &Settings) -> Result<Round, Failure> {
    let config = Config::default().queue("jobs").batch_size(settings.batch).lock_tasks(settings.lock);
    let round = Round::begin(jobs);
    let workers: Vec<_> = (0..settings.workers)
        .map(|n| {
            let storage = SqliteStorage::<i64>::new(own).with_config(config.clone());
            tokio::spawn(WorkerBuilder::new(format!("worker-{n}")).backend(storage).build(job).run())
        })
        .collect();
    round.bodies().await?;
    let left = "select exists (select 1 from Jobs where status <> 'Done')";
    while sqlx::query_scalar::<_, bool>(left).fetch_one(admin).await? {
        round.wait().await?;
    }
    workers.iter().for_each(|worker| worker.abort());
    Ok(round)
}
