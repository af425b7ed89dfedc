//! For tests: a database in memory, a clock that stands still, assertions that print the history.
