//! Drives a real rust-analyzer over its protocol, on a small crate: what an IDE tells is a promise of the macros.

mod client;
mod fixture;
mod place;
mod session;

pub use client::Client;
pub use fixture::{File, Fixture, Sources};
pub use place::Place;
pub use session::{Completion, Session};

/// What went wrong, in words: a test shows them, nothing else is done with them.
pub type Result<T> = std::result::Result<T, String>;

/// Adds what was tried to an error.
fn context<T>(what: &str, result: std::result::Result<T, impl std::fmt::Display>) -> Result<T> {
    result.map_err(|error| format!("{what}: {error}"))
}
