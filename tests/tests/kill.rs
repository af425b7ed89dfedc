//! A process is killed with SIGKILL at each event of the database in turn: whatever was done is done whole, and
//! the next one brings it to its end.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

use std::io::BufRead as _;
use std::process::{Command, Stdio};

use diesel::connection::SimpleConnection as _;
use flow_tests::cases::Group;
use flow_tests::kill::EFFECTS;

mod sqlite {
    flow_tests::kill!(diesel::SqliteConnection);
}

mod postgres {
    flow_tests::kill!(diesel::PgConnection);
}

/// Lets a child run the script up to this event, and kills it there. False if it came to its end before.
fn kill_at(back_end: &str, place: &str, event: usize) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kill_child"))
        .args([back_end, place, &event.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let killed = line == format!("event {event}\n");
    assert!(killed || line == "end\n", "the child said {line:?}");
    child.kill().unwrap();
    child.wait().unwrap();
    killed
}

fn on_sqlite() {
    let mut event = 1;
    loop {
        let file = flow_tests::sqlite::File::new(env!("CARGO_TARGET_TMPDIR"), "kill");
        file.connect().batch_execute(EFFECTS).unwrap();
        if !kill_at("sqlite", file.path(), event) {
            break;
        }
        let mut conn = file.connect();
        sqlite::invariants(&mut conn);
        sqlite::script(&mut conn).unwrap();
        sqlite::invariants(&mut conn);
        sqlite::complete(&mut conn);
        event += 1;
    }
    println!("killed at each of {} events of SQLite", event - 1);
    assert!(event > 100, "the script has more events than {event}");
}

fn on_postgres() {
    let mut event = 1;
    let schema = flow_tests::postgres::Schema::new();
    schema.connect().batch_execute(EFFECTS).unwrap();
    loop {
        flow_tests::postgres::empty(&mut schema.connect(), &["effects"]);
        if !kill_at("postgres", schema.name(), event) {
            break;
        }
        let mut conn = schema.connect();
        postgres::invariants(&mut conn);
        postgres::script(&mut conn).unwrap();
        postgres::invariants(&mut conn);
        postgres::complete(&mut conn);
        event += 1;
    }
    println!("killed at each of {} events of PostgreSQL", event - 1);
    assert!(event > 100, "the script has more events than {event}");
}

fn main() {
    let missing = flow_tests::postgres::missing();
    let groups = [
        Group { name: "sqlite", cases: &[("kill_at_every_event", on_sqlite)], missing: None },
        Group { name: "postgres", cases: &[("kill_at_every_event", on_postgres)], missing },
    ];
    flow_tests::cases::run(&groups, flow_tests::postgres::clean_up);
}
