//! A program that is nothing but a worker, to be killed; or that starts one process, or serves an earlier release.
//!
//! usage: `worker_child sqlite|postgres <file or schema> [start]`, with the seconds by which its clock is wrong in
//! `FLOW_TEST_CLOCK`
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, dead_code, unreachable_pub, reason = "a test's child")]

mod sqlite {
    flow_tests::worker_flows!(diesel::SqliteConnection);
}

mod postgres {
    flow_tests::worker_flows!(diesel::PgConnection);
}

fn main() {
    if let Ok(seconds) = std::env::var("FLOW_TEST_CLOCK") {
        flow_core::test_util::shift_machine_clock(seconds.parse().unwrap());
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [back_end, place, rest @ ..] = arguments.as_slice() else { panic!("two arguments") };
    let place = place.clone();
    let connect = move || flow_tests::postgres::Schema::named(&place).connect();
    if rest == ["start"] {
        postgres::work(&mut connect(), 0, "", 0);
        return;
    }
    let running = if back_end == "sqlite" {
        let place = arguments[1].clone();
        sqlite::worker(move || flow_core::sqlite::open(&place).unwrap()).start()
    } else {
        postgres::worker(connect).start()
    };
    let running = running.unwrap();
    running.stop_on_signals().unwrap();
    running.wait();
}
