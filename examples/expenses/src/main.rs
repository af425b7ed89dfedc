//! Expense reports as a JSON service: axum in front, SQLite in a pool behind, a worker beside it.
//!
//! `cargo run -p expenses` serves on 127.0.0.1:3000, with the database in `expenses.sqlite`.
//! `cargo run -p expenses -- --once` takes one report from its start to its end, and exits.

mod bank;
pub mod flow;
mod http;
mod mail;
mod once;
mod people;
#[cfg(test)]
mod tests;

use std::error::Error;

use deadpool_diesel::sqlite::{Hook, HookError, Manager, Pool, Runtime};
use flow_core::prelude::*;
use flow_core::{RunningWorker, Worker};
use tokio::net::TcpListener;

use crate::flow::{Db, ExpenseFlow};
use crate::http::Refusal;

/// The flows of the app.
pub(crate) static FLOWS: Flows<Db> = flows![ExpenseFlow];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1).as_deref() {
        None => {
            let app = App::open("expenses.sqlite").await?;
            let worker = work("expenses.sqlite")?;
            let listener = TcpListener::bind("127.0.0.1:3000").await?;
            println!("listening on http://{}, mails are in {}", listener.local_addr()?, mail::folder().display());
            axum::serve(listener, http::router(app)).await?;
            worker.stop();
            Ok(())
        }
        Some("--once") => once::run().await,
        Some(_) => Err("usage: expenses [--once]".into()),
    }
}

/// Jobs, timers and mail, on threads of their own.
pub(crate) fn work(database: &str) -> flow_core::Result<RunningWorker> {
    let database = database.to_owned();
    Worker::new(&FLOWS, move || flow_core::sqlite::open(&database)).threads(2).start()
}

/// What every handler shares.
#[derive(Clone)]
pub(crate) struct App {
    pool: Pool,
}

impl App {
    /// Opens the database, and makes its tables if they are not there.
    pub(crate) async fn open(path: &str) -> Result<App, Box<dyn Error>> {
        let configure = Hook::async_fn(|conn, _| {
            Box::pin(async move {
                let done = conn.interact(flow_core::sqlite::configure).await;
                let done = done.map_err(|error| HookError::message(error.to_string()))?;
                done.map_err(|error| HookError::message(error.to_string()))
            })
        });
        let pool = Pool::builder(Manager::new(path, Runtime::Tokio1)).max_size(4).post_create(configure).build()?;
        let app = App { pool };
        app.db(|conn| FLOWS.migrate(conn)).await?;
        Ok(app)
    }

    /// Runs `work` on a connection of the pool, on a thread that may wait: the engine is synchronous.
    pub(crate) async fn db<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> flow_core::Result<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        Ok(self.pool.get().await?.interact(work).await??)
    }
}
