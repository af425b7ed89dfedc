//! Drains jobs by a job queue of others, and prints what it took as one line of JSON; flow-benches runs it.
//!
//! `cargo run --release -- --help`; what came of it: docs/performance.md.

mod drain;
mod graphile;
mod on_postgres;
mod on_sqlite;
mod postgres;

use std::path::PathBuf;

use clap::Parser as _;
use drain::Failure;

/// Drains jobs that do nothing by a job queue. Jobs are put in before the clock starts, and it stops when the database
/// has all of them as done.
#[derive(Debug, clap::Parser)]
#[command(name = "flow-bench-queues")]
enum Queue {
    /// What they are, and on which SQLite.
    Version,
    /// apalis on a file that is made for this, in WAL.
    ApalisSqlite {
        file: PathBuf,
        /// NORMAL or FULL.
        synchronous: String,
        jobs: i64,
        #[command(flatten)]
        settings: on_sqlite::Settings,
    },
    /// apalis on PostgreSQL, in a database of its own that is dropped afterwards.
    ApalisPostgres {
        url: String,
        jobs: i64,
        #[command(flatten)]
        settings: on_postgres::Settings,
    },
    /// graphile_worker on PostgreSQL, in a database of its own that is dropped afterwards.
    GraphileWorker {
        url: String,
        jobs: i64,
        #[command(flatten)]
        settings: graphile::Settings,
    },
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let line = match Queue::parse() {
        Queue::Version => version().await?,
        Queue::ApalisSqlite { file, synchronous, jobs, settings } => {
            on_sqlite::run(&file, &synchronous, jobs, &settings).await?
        }
        Queue::ApalisPostgres { url, jobs, settings } => on_postgres::run(&url, jobs, &settings).await?,
        Queue::GraphileWorker { url, jobs, settings } => graphile::run(&url, jobs, &settings).await?,
    };
    println!("{line}");
    Ok(())
}

/// As the lock file has them.
async fn version() -> Result<serde_json::Value, Failure> {
    let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    let sqlite: String = sqlx::query_scalar("select sqlite_version()").fetch_one(&pool).await?;
    let lock = include_str!("../Cargo.lock");
    let of = |name: &str| {
        let after = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).map_or("?", |(_, after)| after);
        format!("{name} {}", after.split('"').next().unwrap_or("?"))
    };
    let names = ["apalis", "apalis-postgres", "apalis-sqlite", "graphile_worker", "sqlx"].map(of);
    Ok(serde_json::json!({ "version": format!("{}; their SQLite {sqlite}", names.join(", ")) }))
}
