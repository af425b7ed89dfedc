//! PostgreSQL for tests: a schema for each, in the database that `FLOW_TEST_POSTGRES_URL` names.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use flow_core::flows;

/// The address of the server, if there is one.
pub fn url() -> Option<String> {
    std::env::var("FLOW_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

/// Why tests on PostgreSQL cannot run, if they cannot; where `FLOW_REQUIRE` names `postgres`, they must.
pub fn missing() -> Option<&'static str> {
    let required = std::env::var("FLOW_REQUIRE").is_ok_and(|list| list.split(',').any(|name| name == "postgres"));
    let missing = url().is_none().then_some("FLOW_TEST_POSTGRES_URL is not set");
    assert!(missing.is_none() || !required, "FLOW_REQUIRE=postgres, but FLOW_TEST_POSTGRES_URL is not set");
    missing
}

/// A schema of a test's own, to which several connections can be opened.
#[derive(Clone, Debug)]
pub struct Schema {
    name: String,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Schema {
    /// A new one, with the tables.
    pub fn new() -> Self {
        let schema = Self::without_tables();
        flows![].migrate(&mut schema.connect()).unwrap();
        schema
    }

    /// A new one with nothing in it.
    pub fn without_tables() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let schema = Schema { name: format!("flow_test_{}_{number}", std::process::id()) };
        let mut conn = connect();
        conn.batch_execute(&format!("create schema {}", schema.name)).unwrap();
        schema
    }

    /// The one of this name, made by another process.
    pub fn named(name: &str) -> Self {
        Schema { name: name.to_owned() }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// One more connection.
    pub fn connect(&self) -> PgConnection {
        let mut conn = connect();
        conn.batch_execute(&format!("set search_path to {}", self.name)).unwrap();
        conn
    }
}

impl Default for Schema {
    fn default() -> Self {
        Self::new()
    }
}

fn connect() -> PgConnection {
    let url = url().expect("FLOW_TEST_POSTGRES_URL");
    let mut conn = PgConnection::establish(&url).unwrap_or_else(|error| panic!("no database: {error}"));
    conn.batch_execute("set client_min_messages to warning").unwrap();
    conn
}

/// Deletes all rows of flows, and of these tables of the app's.
pub fn empty(conn: &mut PgConnection, others: &[&str]) {
    for table in ["flow_due", "flow_audit", "flow_task", "flow_process"].iter().chain(others) {
        conn.batch_execute(&format!("delete from {table}")).unwrap();
    }
}

/// Drops the schemas that this process made.
pub fn clean_up() {
    if url().is_none() {
        return;
    }
    let mut conn = connect();
    for number in 0..NEXT.load(Ordering::Relaxed) {
        let name = format!("flow_test_{}_{number}", std::process::id());
        conn.batch_execute(&format!("drop schema if exists {name} cascade")).unwrap();
    }
}
