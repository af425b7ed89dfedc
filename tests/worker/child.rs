//! A program that is nothing but a worker, to be killed.
//!
//! usage: `worker_child sqlite|postgres <file or schema>`
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, dead_code, unreachable_pub, reason = "a test's child")]

mod sqlite {
    flow_tests::worker_flows!(diesel::SqliteConnection);
}

mod postgres {
    flow_tests::worker_flows!(diesel::PgConnection);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [back_end, place] = arguments.as_slice() else { panic!("two arguments") };
    let place = place.clone();
    let running = if back_end == "sqlite" {
        sqlite::worker(move || flow_core::sqlite::open(&place).unwrap()).start()
    } else {
        postgres::worker(move || flow_tests::postgres::Schema::named(&place).connect()).start()
    };
    let running = running.unwrap();
    running.stop_on_signals().unwrap();
    running.wait();
}
