//! apalis on PostgreSQL: workers in one program, each with its own batches.

use apalis::prelude::*;
use apalis_postgres::{Config, PostgresStorage};
use serde_json::Value;

use crate::drain::{Failure, body};
use crate::postgres::Database;

/// What a user can set; the defaults drained fastest here.
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    #[arg(long, default_value_t = 2500)]
    batch: usize,
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Whether each job is marked as running between its claim and its end, too.
    #[arg(long)]
    lock: bool,
}

async fn job(_: i64) -> Result<(), BoxDynError> {
    body();
    Ok(())
}

pub(crate) async fn run(url: &str, jobs: i64, settings: &Settings) -> Result<Value, Failure> {
    let mut database = Database::create(url).await?;
    let answer = drained(&mut database, jobs, settings).await;
    database.drop().await?;
    answer
}

async fn drained(database: &mut Database, jobs: i64, settings: &Settings) -> Result<Value, Failure> {
    let first = database.pool(1).await?;
    PostgresStorage::setup(&first).await?;
    let config = Config::default().queue("jobs").batch_size(settings.batch).lock_tasks(settings.lock);
    let mut storage = PostgresStorage::<i64>::new(&first).with_config(config.clone());
    storage.push_all(futures::stream::iter((0..jobs).map(|n| TaskBuilder::new(n).build()))).await?;
    first.close().await;
    // Its claims take jobs of the seconds before this one.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let round = database.begin(jobs).await?;
    let pool = database.pool(u32::try_from(settings.workers)?).await?;
    let workers: Vec<_> = (0..settings.workers)
        .map(|n| {
            let storage = PostgresStorage::<i64>::new(&pool).with_config(config.clone());
            tokio::spawn(WorkerBuilder::new(format!("worker-{n}")).backend(storage).build(job).run())
        })
        .collect();
    let said = format!("{} workers, batches of {}{}", settings.workers, settings.batch, locks(settings.lock));
    let left = "select exists (select 1 from apalis.jobs where status <> 'Done')";
    let answer = database.end(round, left, &said).await;
    workers.iter().for_each(|worker| worker.abort());
    answer
}

/// For the words about settings.
pub(crate) fn locks(lock: bool) -> &'static str {
    if lock { "" } else { ", no lock_tasks" }
}
