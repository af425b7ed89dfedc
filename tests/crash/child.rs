//! A worker that is killed while it runs a job: it says that it has begun, and then takes for ever.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test's child")]

use std::io::Write as _;

fn main() {
    let path = std::env::args().nth(1).unwrap();
    flow_tests::crash::set_body(|_| {
        println!("running");
        std::io::stdout().flush().unwrap();
        std::thread::sleep(std::time::Duration::from_secs(600));
    });
    let mut conn = flow_core::sqlite::open(&path).unwrap();
    flow_tests::crash::FLOWS.run_due(&mut conn).unwrap();
}
