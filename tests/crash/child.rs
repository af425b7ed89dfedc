//! A process that is killed while it runs a job.
#![allow(missing_docs, reason = "a test's child")]
fn main() {}
