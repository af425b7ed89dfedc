//! Several at once, on any back end that several connections can be opened to: what all the suites of races share.

pub mod boundaries;
pub mod events;
pub mod many;
pub mod verbs;

use std::sync::Barrier;

use flow_core::test_util::TestClock;
use flow_core::{Error, ErrorKind, Timestamp};

/// How often each pair is run: `FLOW_TEST_ROUNDS`, or this many times.
pub fn rounds(default: usize) -> usize {
    std::env::var("FLOW_TEST_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Runs `f` on all connections at once; what each of them answered.
pub fn at_once<C: Send, T: Send>(connections: &mut [C], f: impl Fn(usize, &mut C) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(connections.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = connections
            .iter_mut()
            .enumerate()
            .map(|(n, conn)| {
                let (barrier, f) = (&barrier, &f);
                scope.spawn(move || {
                    barrier.wait();
                    f(n, conn)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Runs two things at once, on a connection each.
pub fn both<C: Send, A: Send, B: Send>(
    connections: &mut [C; 2],
    a: impl FnOnce(&mut C) -> A + Send,
    b: impl FnOnce(&mut C) -> B + Send,
) -> (A, B) {
    let barrier = Barrier::new(2);
    let [first, second] = connections;
    std::thread::scope(|scope| {
        let barrier = &barrier;
        let a = scope.spawn(move || {
            barrier.wait();
            a(first)
        });
        let b = scope.spawn(move || {
            barrier.wait();
            b(second)
        });
        (a.join().unwrap(), b.join().unwrap())
    })
}

/// As [`at_once`], and the clock of each shows this time.
pub fn at_once_at<C: Send, T: Send>(
    connections: &mut [C],
    now: Timestamp,
    f: impl Fn(usize, &mut C) -> T + Sync,
) -> Vec<T> {
    at_once(connections, |n, conn| at(now, || f(n, conn)))
}

/// Does something while the clock of this thread shows this time.
pub fn at<T>(now: Timestamp, f: impl FnOnce() -> T) -> T {
    let _clock = TestClock::install_at(now);
    f()
}

/// Exactly one of two has succeeded, and the error of the other names it. Returns which: 0 or 1.
pub fn one_won<A, B>(results: (Result<A, Error>, Result<B, Error>), by: [&str; 2]) -> usize {
    let (error, winner) = match results {
        (Ok(_), Err(error)) => (error, 0),
        (Err(error), Ok(_)) => (error, 1),
        (Ok(_), Ok(_)) => panic!("both have succeeded"),
        (Err(a), Err(b)) => panic!("both were refused: {a}; {b}"),
    };
    names_winner(&error, by[winner]);
    winner
}

/// A conflict that names who was quicker.
pub fn names_winner(error: &Error, by: &str) {
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    assert!(error.to_string().contains(&format!("by {by}")), "{error}");
}
