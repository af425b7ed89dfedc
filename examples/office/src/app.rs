//! The app: its database, and its routes.

use std::error::Error;

use axum::Router;
use axum::http::header;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use axum_extra::extract::cookie::Key;
use flow_core::{RunningWorker, Worker};
use flow_web::{FlowWeb, Language};

use crate::db::{self, Db, Pool};
use crate::flows::FLOWS;
use crate::people::{self, Office};
use crate::{german, seed, sign_in};

/// The icon of the page of signing in: a door.
const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#1d4ed8" d="M3 1h10v14H3z"/><circle cx="10.5" cy="8.5" r="1" fill="#fff"/></svg>"##;

/// What every handler shares.
#[derive(Clone)]
pub(crate) struct App {
    pool: Pool,
    pub(crate) key: Key,
}

impl App {
    /// Opens the database. If it is new it is filled.
    pub(crate) async fn open(database: &str) -> Result<App, Box<dyn Error>> {
        let app = App { pool: db::pool(database)?, key: Key::generate() };
        app.db(|conn| {
            FLOWS.migrate(conn)?;
            if people::create(conn)? {
                seed::fill(conn)?;
            }
            Ok(())
        })
        .await
        .map_err(|error| error.to_string())?;
        Ok(app)
    }

    /// Runs `work` on a connection of the pool, on a thread that may wait.
    pub(crate) async fn db<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> flow_core::Result<T> + Send + 'static,
    ) -> Result<T, Box<dyn Error + Send + Sync>> {
        let conn = self.pool.get().await?;
        let done = conn.interact(work).await;
        Ok(done.map_err(|error| error.to_string())??)
    }

    /// The pages of the flows at `/`, and beside them those of signing in.
    pub(crate) fn router(&self) -> Result<Router, Box<dyn Error>> {
        let app = self.clone();
        let web = FlowWeb::new(&FLOWS, self.pool.clone(), move |request| sign_in::who(app.clone(), request))
            .people(Office)
            .title("Office")
            .time_zone("Europe/Berlin")
            .sign_out("/sign-out");
        let web =
            german::WORDS.iter().fold(web, |web, (key, text)| web.text(Language::German, *key, *text)).router()?;
        let own = Router::new()
            .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
            .route("/sign-out", post(sign_in::sign_out))
            .layer(from_fn(flow_web::same_origin))
            .route("/office.svg", get(|| async { ([(header::CONTENT_TYPE, "image/svg+xml")], ICON) }))
            .with_state(self.clone());
        Ok(own.merge(web))
    }

    /// A worker for jobs and timers, in the same program.
    pub(crate) fn worker(database: &str) -> flow_core::Result<RunningWorker> {
        let database = database.to_owned();
        Worker::new(&FLOWS, move || db::open(&database)).threads(1).start()
    }
}
