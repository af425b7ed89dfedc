//! Reviews are approved or rejected, published and removed: a state machine of the app's own rows.
//!
//! `cargo run -p review` takes one review all the way, on a database in memory.

pub mod api;
pub mod flow;
pub mod review;

use diesel::connection::SimpleConnection as _;
use flow_core::prelude::*;

use crate::flow::{AnnounceFlow, ScreenFlow};
use crate::review::Review;

/// The app's connection.
pub type Db = diesel::SqliteConnection;

/// The flows of this app.
pub(crate) static FLOWS: Flows<Db> = flows![ScreenFlow, AnnounceFlow];

/// Somebody who reads or works here.
#[derive(Debug)]
pub struct Person {
    name: &'static str,
    is_staff: bool,
}

impl User for Person {
    fn id(&self) -> &str {
        self.name
    }

    fn may(&self, permission: &Permission) -> bool {
        self.is_staff && permission.name() == "staff"
    }
}

pub(crate) const ANNA: Person = Person { name: "anna", is_staff: false };
pub(crate) const STAFF: Person = Person { name: "stan", is_staff: true };

/// A database in memory with the flows' tables, the log of the transitions among them, and the app's own.
pub(crate) fn database() -> Result<Db, Box<dyn std::error::Error>> {
    let mut conn = flow_core::sqlite::open(":memory:")?;
    FLOWS.migrate(&mut conn)?;
    conn.batch_execute(review::TABLE)?;
    conn.batch_execute("insert into reviews (id, author, text) values (1, 'anna', 'A good book'), (2, 'anna', '')")?;
    Ok(conn)
}

#[cfg(test)]
mod tests;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let conn = &mut database()?;
    print!("{}", Review::diagram());
    println!("{}", api::show(conn, &STAFF, 1)?);

    api::take(conn, &STAFF, 1, "approve", &serde_json::json!({"comment": "well written", "note": "by the rules"}))?;
    api::take(conn, &STAFF, 1, "publish", &serde_json::Value::Null)?;
    api::take(conn, &ANNA, 1, "remove", &serde_json::json!({"note": "I have changed my mind"}))?;
    FLOWS.run_due(conn)?;

    for entry in Review::transitions_of(conn, 1)? {
        let fields = serde_json::to_string(entry.fields())?;
        println!("{} by {}: {} -> {} {fields}", entry.transition(), entry.actor(), entry.source(), entry.target());
    }
    Ok(())
}
