//! Hello-world processes per second on SQLite, from start to end with one thread, beside the same rows written
//! by hand-written SQL over the same SQLite.
//!
//! `cargo run --release -p flow-benches`

#![allow(clippy::unwrap_used, missing_docs, reason = "a measurement stops where it goes wrong")]

mod floor;
mod ours;

use std::time::Instant;

/// Processes in a round.
const COUNT: i64 = 1_000;

/// Rounds of each, in turns; the first is not counted.
const ROUNDS: usize = 6;

fn main() {
    println!(
        "SQLite {}, WAL, one thread, {COUNT} processes a round, median of {} rounds",
        floor::version(),
        ROUNDS - 1
    );
    println!("| synchronous | hello world, processes/s | hand-written SQL, processes/s | ratio |");
    println!("|---|---|---|---|");
    for synchronous in ["NORMAL", "FULL"] {
        let (mut ours, mut floor) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(rate(|path| ours::run(path, synchronous, COUNT)));
            floor.push(rate(|path| floor::run(path, synchronous, COUNT)));
        }
        let (ours, floor) = (Spread::of(&ours[1..]), Spread::of(&floor[1..]));
        println!("| {synchronous} | {ours} | {floor} | {:.2} |", ours.median / floor.median);
    }
}

/// Processes per second of one run on a new file.
fn rate(run: impl FnOnce(&str) -> std::time::Duration) -> f64 {
    let path = std::env::temp_dir().join(format!("flow-bench-{}.sqlite", std::process::id()));
    let path = path.display().to_string();
    let taken = run(&path);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{path}{end}"));
    }
    #[allow(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = COUNT as f64;
    count / taken.as_secs_f64()
}

/// Times `f` from here to its end.
fn timed(f: impl FnOnce()) -> std::time::Duration {
    let start = Instant::now();
    f();
    start.elapsed()
}

/// Median, and least to most.
struct Spread {
    median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Spread { median: sorted[sorted.len() / 2], least: sorted[0], most: sorted[sorted.len() - 1] }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.0} ({:.0}..{:.0})", self.median, self.least, self.most)
    }
}
