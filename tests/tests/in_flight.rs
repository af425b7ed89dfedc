//! Processes in flight: another release of their code, timeouts of subprocesses, callbacks with the connection, people
//! and failures of the database must not harm them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    dead_code,
    unused_imports,
    reason = "tests"
)]
#![recursion_limit = "512"]

use flow_tests::cases::Group;
use flow_tests::postgres::{self as server, Schema};

macro_rules! back_end {
    ($module:ident, $connection:ty, $base:ty, $fresh:expr) => {
        mod $module {
            pub use diesel::Connection as _;
            pub use diesel::connection::SimpleConnection as _;
            pub use flow_core::prelude::*;
            pub use flow_core::schema::{flow_due, flow_process, flow_task};
            pub use flow_core::test_util::TestClock;
            pub use flow_core::{Error, ErrorKind, Permission, Problem, ProblemKind, ProcessStatus, TaskStatus};
            pub use flow_tests::cases;

            pub type Db = $connection;
            pub type Base = $base;
            pub const ME: System = System("me");
            pub const POSTGRES: bool = stringify!($module).len() == "postgres".len();

            pub fn base(name: &str) -> Base {
                $fresh(name)
            }

            /// A person by id, who may do what names no permission.
            #[derive(Clone, Debug)]
            pub struct Named(pub String);
            impl User for Named {
                fn id(&self) -> &str {
                    &self.0
                }
                fn may(&self, _: &Permission) -> bool {
                    false
                }
            }
            pub fn named(id: &str) -> Named {
                Named(id.to_owned())
            }

            pub fn due_rows(c: &mut Db) -> i64 {
                flow_due::table.count().get_result(c).unwrap()
            }

            pub fn in_error(c: &mut Db) -> i64 {
                flow_task::table.filter(flow_task::status.eq("ERROR")).count().get_result(c).unwrap()
            }

            pub fn open_task(c: &mut Db, flows: &Flows<Db>, process: i64, node: &str) -> TaskId {
                let tasks = flows.tasks(c, process).unwrap();
                let found = tasks.iter().find(|task| task.node() == node && !task.status().is_final());
                found.unwrap_or_else(|| panic!("no open {node} in {process}: {tasks:?}")).id()
            }

            pub mod releases {
                use super::*;
                include!(concat!(env!("CARGO_MANIFEST_DIR"), "/in_flight/releases.rs"));
            }
            pub mod steps {
                use super::*;
                include!(concat!(env!("CARGO_MANIFEST_DIR"), "/in_flight/steps.rs"));
            }
            pub mod upgrades {
                use super::*;
                include!(concat!(env!("CARGO_MANIFEST_DIR"), "/in_flight/upgrades.rs"));
            }
            pub mod retired {
                use super::*;
                include!(concat!(env!("CARGO_MANIFEST_DIR"), "/in_flight/retired.rs"));
            }
            pub mod people {
                use super::*;
                include!(concat!(env!("CARGO_MANIFEST_DIR"), "/in_flight/people.rs"));
            }
        }
    };
}

fn file(name: &str) -> flow_tests::sqlite::File {
    flow_tests::sqlite::File::new(env!("CARGO_TARGET_TMPDIR"), &format!("in-flight-{name}"))
}

fn schema(_: &str) -> Schema {
    Schema::new()
}

back_end!(sqlite, diesel::SqliteConnection, flow_tests::sqlite::File, crate::file);
back_end!(postgres, diesel::PgConnection, flow_tests::postgres::Schema, crate::schema);

fn main() {
    let missing = server::missing();
    let groups = [
        Group { name: "sqlite::releases", cases: sqlite::releases::CASES, missing: None },
        Group { name: "sqlite::steps", cases: sqlite::steps::CASES, missing: None },
        Group { name: "sqlite::upgrades", cases: sqlite::upgrades::CASES, missing: None },
        Group { name: "sqlite::retired", cases: sqlite::retired::CASES, missing: None },
        Group { name: "sqlite::people", cases: sqlite::people::CASES, missing: None },
        Group { name: "postgres::releases", cases: postgres::releases::CASES, missing },
        Group { name: "postgres::steps", cases: postgres::steps::CASES, missing },
        Group { name: "postgres::upgrades", cases: postgres::upgrades::CASES, missing },
        Group { name: "postgres::retired", cases: postgres::retired::CASES, missing },
        Group { name: "postgres::people", cases: postgres::people::CASES, missing },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}
