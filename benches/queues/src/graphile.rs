//! graphile_worker: jobs are fetched into a local queue, and completed together after a short delay.

use std::sync::Arc;
use std::time::Duration;

use graphile_worker::{
    IntoTaskHandlerResult, JobSpec, LocalQueueConfig, TaskHandler, WorkerContext, WorkerOptions, WorkerUtils,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::drain::{Failure, body};
use crate::postgres::Database;

/// What a user can set; the defaults drained fastest here.
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// Jobs at a time.
    #[arg(long, default_value_t = 500)]
    concurrency: usize,
    /// Jobs of a local queue.
    #[arg(long, default_value_t = 2000)]
    size: usize,
    /// Local queues.
    #[arg(long, default_value_t = 1)]
    queues: usize,
    /// Milliseconds for which completions are collected; 0 for one by one.
    #[arg(long, default_value_t = 5)]
    delay: u64,
    #[arg(long, default_value_t = 10)]
    connections: u32,
}

const SCHEMA: &str = "graphile_worker";

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Job {
    n: i64,
}

impl TaskHandler for Job {
    const IDENTIFIER: &'static str = "job";

    async fn run(self, _: WorkerContext) -> impl IntoTaskHandlerResult {
        body();
        Ok::<(), String>(())
    }
}

pub(crate) async fn run(url: &str, jobs: i64, settings: &Settings) -> Result<Value, Failure> {
    let mut database = Database::create(url).await?;
    let answer = drained(&mut database, jobs, settings).await;
    database.drop().await?;
    answer
}

async fn drained(database: &mut Database, jobs: i64, settings: &Settings) -> Result<Value, Failure> {
    let first = database.pool(1).await?;
    let utils = WorkerUtils::new(first.clone(), SCHEMA);
    utils.migrate().await?;
    let spec = JobSpec::default();
    let all: Vec<(Job, &JobSpec)> = (0..jobs).map(|n| (Job { n }, &spec)).collect();
    utils.add_jobs::<Job>(&all).await?;
    first.close().await;
    let pool = database.pool(settings.connections).await?;
    let queue = LocalQueueConfig::default().with_size(settings.size).with_queue_count(settings.queues);
    let mut options = WorkerOptions::default()
        .schema(SCHEMA)
        .concurrency(settings.concurrency)
        .local_queue(queue)
        .define_job::<Job>()
        .pg_pool(pool);
    if settings.delay > 0 {
        options = options.complete_job_batch_delay(Duration::from_millis(settings.delay));
    }
    let worker = Arc::new(options.init().await?);
    let round = database.begin(jobs).await?;
    let running = {
        let worker = Arc::clone(&worker);
        tokio::spawn(async move { worker.run().await })
    };
    let said = format!(
        "concurrency {}, {} local queues of {}, completions collected for {} ms, {} connections",
        settings.concurrency, settings.queues, settings.size, settings.delay, settings.connections
    );
    let left = "select exists (select 1 from graphile_worker._private_jobs)";
    let answer = database.end(round, left, &said).await;
    worker.request_shutdown();
    running.await??;
    answer
}
