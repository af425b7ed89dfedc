//! A database of its own for a round: apalis has a fixed schema.

use std::str::FromStr as _;

use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _};

use crate::drain::{Failure, Round, of_server};

/// To be dropped by [`Database::drop`] when the round is over.
#[derive(Debug)]
pub(crate) struct Database {
    server: PgConnectOptions,
    name: String,
    /// Not one of the queue's.
    admin: PgPool,
    log: i64,
}

impl Database {
    pub(crate) async fn create(url: &str) -> Result<Self, Failure> {
        let server =
            PgConnectOptions::from_str(url)?.options([("synchronous_commit", "on")]).disable_statement_logging();
        let name = format!("flow_queues_{}", std::process::id());
        let one = PgPoolOptions::new().max_connections(1);
        let first = one.clone().connect_with(server.clone()).await?;
        let fsync: String = sqlx::query_scalar("show fsync").fetch_one(&first).await?;
        if fsync != "on" {
            return Err("fsync is off".into());
        }
        sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&first).await?;
        first.close().await;
        let admin = one.connect_with(server.clone().database(&name)).await?;
        Ok(Database { server, name, admin, log: 0 })
    }

    pub(crate) async fn pool(&self, connections: u32) -> Result<PgPool, Failure> {
        let options = PgPoolOptions::new().max_connections(connections);
        Ok(options.connect_with(self.server.clone().database(&self.name)).await?)
    }

    /// When jobs are in, and before the worker starts.
    pub(crate) async fn begin(&mut self, jobs: i64) -> Result<Round, Failure> {
        sqlx::query("analyze").execute(&self.admin).await?;
        self.log = self.log().await?;
        Ok(Round::begin(jobs))
    }

    /// When bodies have run: `left` says whether the database has a job that is not done.
    pub(crate) async fn end(&self, round: Round, left: &'static str, settings: &str) -> Result<Value, Failure> {
        round.bodies().await?;
        while sqlx::query_scalar::<_, bool>(left).fetch_one(&self.admin).await? {
            round.wait().await?;
        }
        let mut answer = round.end(settings)?;
        let backends: Vec<i32> = sqlx::query_scalar(
            "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
        )
        .fetch_all(&self.admin)
        .await?;
        answer["server_cpu"] = json!(backends.into_iter().filter_map(of_server).sum::<f64>());
        answer["wal"] = json!(self.log().await? - self.log);
        Ok(answer)
    }

    async fn log(&self) -> Result<i64, Failure> {
        Ok(sqlx::query_scalar("select (pg_current_wal_insert_lsn() - '0/0')::bigint").fetch_one(&self.admin).await?)
    }

    /// Whoever is still connected is sent away.
    pub(crate) async fn drop(self) -> Result<(), Failure> {
        self.admin.close().await;
        let mut conn = self.server.connect().await?;
        sqlx::query(AssertSqlSafe(format!("drop database {} with (force)", self.name))).execute(&mut conn).await?;
        Ok(())
    }
}
