//! Workers, on any back end that several connections can be opened to: what they promise, under faults.

mod flows;
mod killed;
mod suite;

use std::time::{Duration, Instant};

/// Waits until `f` holds.
///
/// # Panics
/// If it does not within 40 seconds.
pub fn until(what: &str, mut f: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !f() {
        assert!(begun.elapsed() < Duration::from_secs(40), "{what}: not within 40 seconds");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Names of schemas and files, so that tests of one program have each their own.
pub fn number() -> i64 {
    static NEXT: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(1);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

/// The table of the app's own, into which `on_done` writes: a second row of one task is refused.
pub const EFFECTS: &str =
    "create table effects (process bigint not null, task integer not null, primary key (process, task))";
