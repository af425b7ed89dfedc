//! The hello-world flow as a web service: axum in front, SQLite in a pool behind.
//!
//! `cargo run -p axum-example` serves on 127.0.0.1:3000, with the database in `hello-axum.sqlite`.
//! `cargo run -p axum-example -- --once` takes one message through the service, over HTTP, and exits.

pub mod flow;
mod http;
mod once;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::time::Duration;

use deadpool_diesel::sqlite::{Hook, HookError, Manager, Pool, Runtime};
use flow_core::prelude::*;
use tokio::net::TcpListener;

use crate::flow::{Db, HelloWorldFlow};
use crate::http::Refusal;

/// Every flow of the app.
pub(crate) static FLOWS: Flows<Db> = flows![HelloWorldFlow];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            let listener = TcpListener::bind("127.0.0.1:3000").await?;
            println!("listening on http://{}", listener.local_addr()?);
            serve(App::open("hello-axum.sqlite").await?, listener).await
        }
        ["--once"] => once::run().await,
        _ => Err("usage: axum-example [--once]".into()),
    }
}

/// Serves until the program is stopped, and does in the background what is due.
async fn serve(app: App, listener: TcpListener) -> Result<(), Box<dyn Error>> {
    tokio::spawn(do_what_is_due(app.clone()));
    Ok(axum::serve(listener, http::router(app)).await?)
}

/// Jobs and timers. Any number of processes may do this on one database: each row is done by one of them.
async fn do_what_is_due(app: App) {
    loop {
        if let Err(error) = app.db(|conn| FLOWS.run_due(conn)).await {
            eprintln!("what is due could not be done, and is tried again: {error}");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
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
        // If `work` panics, its transaction was rolled back, and the pool closes the connection.
        Ok(self.pool.get().await?.interact(work).await??)
    }
}
