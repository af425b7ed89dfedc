//! What the compiler says about the columns of a state machine: at the words that name them.

use flow_core::prelude::*;

diesel::table! { reviews (id) { id -> Integer, stage -> Text, } }
diesel::table! { codes (code) { code -> Text, stage -> Text, } }

#[derive(States, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    New,
    #[state(end)]
    Approved,
}

/// Its state is a text.
pub struct Plain {
    pub id: i32,
    pub stage: String,
}

#[states(Stage, field = stage, table = reviews)]
impl Plain {
    #[transition(from(New), to = Approved)]
    pub fn approve(&mut self) {}
}

/// Its key is not `id`.
pub struct Coded {
    pub code: String,
    pub stage: State<Stage>,
}

#[states(Stage, field = stage, table = codes)]
impl Coded {
    #[transition(from(New), to = Approved)]
    pub fn approve(&mut self) {}
}

/// The options are those of a table.
pub struct InMemory {
    pub stage: State<Stage>,
}

#[states(Stage, field = stage, key = code, version = revision)]
impl InMemory {
    #[transition(from(New), to = Approved)]
    pub fn approve(&mut self) {}
}

fn main() {}
