//! Our inbox, served by a process of its own: this program, called again with `--serve`.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use axum::Router;
use axum::http::StatusCode;
use axum::http::request::Parts;
use flow_core::prelude::*;
use flow_web::{FlowWeb, WebUser};

/// Connections of the pool.
const CONNECTIONS: usize = 4;

/// How one who has tasks is signed in.
pub(crate) const COOKIE: &str = "person=anna";

/// Somebody who may approve.
struct Person(String);

impl User for Person {
    fn id(&self) -> &str {
        &self.0
    }

    fn may(&self, permission: &Permission) -> bool {
        permission.name() == "approve"
    }
}

impl WebUser for Person {}

/// Whom the cookie names: without a statement, as a session in a cookie.
async fn sign_in(head: Parts) -> Result<Person, StatusCode> {
    let cookie = head.headers.get("cookie").and_then(|cookie| cookie.to_str().ok());
    let name = cookie.and_then(|cookie| cookie.strip_prefix("person=")).ok_or(StatusCode::UNAUTHORIZED)?;
    Ok(Person(name.to_owned()))
}

/// The flow on a connection type: the approval of W1, by people.
macro_rules! approval {
    ($module:ident, $connection:ty, $pool:ident) => {
        #[allow(dead_code, reason = "a flow brings queries that are not asked here")]
        pub(crate) mod $module {
            use deadpool_diesel::$pool::Pool;
            use flow_core::form::Sent;
            use flow_core::prelude::*;

            use super::{FlowWeb, Person, Router, sign_in};

            type Db = $connection;

            #[derive(ProcessProxy)]
            pub(super) struct ApprovalProcess {
                process: Process,
                /// Text
                text: String,
                /// Approved
                #[json(default)]
                approved: bool,
            }

            #[flow(process = ApprovalProcess, connection = Db, name = "approval")]
            pub(super) struct ApprovalFlow {
                #[node(form = StartForm { text }, permission(anyone), next = this.approve)]
                start: Start,
                /// Approve
                #[node(form = ApproveForm { approved }, permission("approve"), next = this.check_approve)]
                approve: View,
                #[node(if = |a| a.process.approved(), then = this.send, else = this.end)]
                check_approve: If,
                #[node(run = |_| (), next = this.end)]
                send: Function,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![ApprovalFlow];

            /// So many processes that wait at `approve`, the first of them with one person; the other tasks are nobody's.
            pub(crate) fn fill(conn: &mut Db, tasks: usize, mine: usize) {
                use diesel::connection::Connection as _;
                conn.transaction(|conn| {
                    for _ in 0..tasks {
                        let form = Sent::Json(br#"{"text": "Hello, world!"}"#);
                        FLOWS.start(conn, "approval", "start", &System("bench"), form)?;
                    }
                    let anna = Person("anna".to_owned());
                    let page = FLOWS.find_tasks().queue_of(&anna).page_size(mine).load(conn)?;
                    for row in page.rows {
                        FLOWS.assign(conn, row.id(), &anna)?;
                    }
                    Ok::<_, flow_core::Error>(())
                })
                .unwrap();
            }

            pub(super) fn router(pool: Pool) -> Router {
                FlowWeb::new(&FLOWS, pool, sign_in).router().unwrap()
            }
        }
    };
}

approval!(on_sqlite, diesel::SqliteConnection, sqlite);
approval!(on_postgres, diesel::PgConnection, postgres);

/// A server, which ends with this.
#[derive(Debug)]
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Served {
    /// Our pages on this database: the file of SQLite, or an address of PostgreSQL.
    pub(crate) fn ours(database: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut child = command.arg("--serve").arg(database).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Served { child, address: line.trim().parse().unwrap() }
    }

    /// One that another program has started.
    pub(crate) fn of(child: Child, address: SocketAddr) -> Self {
        Served { child, address }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It ends its own workers, where it has some.
        let stopped = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(stopped.unwrap().success());
        self.child.wait().unwrap();
    }
}

/// Serves the pages until this process is ended, and prints where.
pub(crate) fn serve(database: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let router = if database.starts_with("postgres") {
            let manager = deadpool_diesel::postgres::Manager::new(database, deadpool_diesel::Runtime::Tokio1);
            let pool = deadpool_diesel::postgres::Pool::builder(manager).max_size(CONNECTIONS).build().unwrap();
            on_postgres::router(pool)
        } else {
            use deadpool_diesel::sqlite::{Hook, HookError, Manager, Pool};
            let configure = Hook::async_fn(|conn, _| {
                Box::pin(async move {
                    let done = conn.interact(flow_core::sqlite::configure).await;
                    let done = done.map_err(|error| HookError::message(error.to_string()))?;
                    done.map_err(|error| HookError::message(error.to_string()))
                })
            });
            let manager = Manager::new(database, deadpool_diesel::Runtime::Tokio1);
            on_sqlite::router(Pool::builder(manager).max_size(CONNECTIONS).post_create(configure).build().unwrap())
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        axum::serve(listener, router).await.unwrap();
    });
}
