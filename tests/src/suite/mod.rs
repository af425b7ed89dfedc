//! The conformance suite: flows and cases, written once, run on each back end by a three-line file.

mod branches;
mod columns;
mod columns_written;
mod data;
mod diagrams;
mod events;
mod fields;
mod forms;
mod hello_world;
mod jobs;
mod joined;
mod keys;
mod kinds;
mod lists;
mod operations;
mod people;
mod personal;
mod rows;
mod rules;
mod save;
mod states;
mod steps;
mod timeouts;
mod verbs;
