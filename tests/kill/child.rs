//! Runs the script, and stops at an event of the database to be killed there.
//!
//! usage: `kill_child sqlite|postgres <file or schema> <number of the event>`
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, dead_code, unreachable_pub, reason = "a test's child")]

mod sqlite {
    flow_tests::kill!(diesel::SqliteConnection);
}

mod postgres {
    flow_tests::kill!(diesel::PgConnection);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [back_end, place, event] = arguments.as_slice() else { panic!("three arguments") };
    let event = event.parse().unwrap();
    if back_end == "sqlite" {
        let mut conn = flow_core::sqlite::open(place).unwrap();
        flow_tests::kill::stop_at(&mut conn, event);
        sqlite::script(&mut conn).unwrap();
    } else {
        let mut conn = flow_tests::postgres::Schema::named(place).connect();
        flow_tests::kill::stop_at(&mut conn, event);
        postgres::script(&mut conn).unwrap();
    }
    println!("end");
}
