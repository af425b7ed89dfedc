//! The web part: the pages of `flow-web`, and two of the app's own in their places.
//!
//! A first sample is a form in two steps, which writes rows of the app beside the process (`first_sample.rs`). Measuring
//! has a page that shows these rows (`biochemical.rs`).

mod biochemical;
mod first_sample;
mod pages;
mod people;
mod tables;
#[cfg(test)]
mod tests;

use std::error::Error;

use axum::Router;
use axum::http::request::Parts;
use axum::middleware::from_fn;
use axum::response::Redirect;
use axum::routing::{get, post};
use deadpool_diesel::sqlite::{Hook, HookError, Manager, Pool, Runtime};
use flow_web::FlowWeb;
use serde_json::json;

use crate::FLOWS;
use crate::flow::Db;
use crate::web::pages::{Refused, Templates};

/// Where the pages of `flow-web` are.
const FLOW_PAGES: &str = "/flows";

/// The stored names that the app's own pages stand for.
const FLOW: &str = "blood_test";
const START: &str = "first_sample";
const MEASURE: &str = "biochemical_analysis";

/// What every handler shares.
#[derive(Clone)]
pub(crate) struct App {
    pool: Pool,
    templates: Templates,
}

impl App {
    /// Opens the database, and makes its tables.
    pub(crate) fn open(database: &str) -> Result<App, Box<dyn Error>> {
        let mut conn = flow_core::sqlite::open(database)?;
        FLOWS.migrate(&mut conn)?;
        tables::create(&mut conn)?;
        let configure = Hook::async_fn(|conn, _| {
            Box::pin(async move {
                let done = conn.interact(flow_core::sqlite::configure).await;
                let done = done.map_err(|error| HookError::message(error.to_string()))?;
                done.map_err(|error| HookError::message(error.to_string()))
            })
        });
        let pool = Pool::builder(Manager::new(database, Runtime::Tokio1)).max_size(4).post_create(configure).build()?;
        Ok(App { pool, templates: Templates::new()? })
    }

    /// Runs `work` on a connection of the pool, on a thread that may wait.
    async fn db<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let conn = self.pool.get().await.map_err(Refused::broken)?;
        conn.interact(work).await.map_err(Refused::broken)?
    }

    /// The pages of the flow, and the app's own.
    pub(crate) fn router(&self) -> Result<Router, Box<dyn Error>> {
        let sign_in = |request: Parts| async move { people::sign_in(&request.headers) };
        let web = FlowWeb::new(&FLOWS, self.pool.clone(), sign_in)
            .title("Laboratory")
            .security_scheme("password", json!({ "type": "http", "scheme": "basic" }))
            .own_page(FLOW, START, "/blood/patient")
            .own_page(FLOW, MEASURE, "/blood/{task}/biochemical")
            .router()?;
        let own = Router::new()
            .route("/blood/patient", get(first_sample::begin).post(first_sample::patient))
            .route("/blood/sample", post(first_sample::sample))
            .route("/blood/{task}/biochemical", get(biochemical::page).post(biochemical::submit))
            // A form of another site is sent with the password that the browser has kept.
            .layer(from_fn(flow_web::same_origin))
            .with_state(self.clone());
        Ok(own.route("/", get(|| async { Redirect::to(FLOW_PAGES) })).nest(FLOW_PAGES, web))
    }
}

/// Serves on 127.0.0.1:3000, until it is stopped.
#[tokio::main]
pub(crate) async fn serve(database: &str) -> Result<(), Box<dyn Error>> {
    let app = App::open(database)?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 3000)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    println!("sign in as one of {}, with the password `{}`", people::names(), people::PASSWORD);
    Ok(axum::serve(listener, app.router()?).await?)
}
