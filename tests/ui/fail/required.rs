//! What a form cannot require, and numbers that are not kept: one error each.
use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct VoteProcess {
    process: Process,
    choice: Option<String>,
    #[json(default)]
    weight: i64,
    round: usize,
    largest: Option<usize>,
    all: Vec<u128>,
}

#[derive(TaskProxy)]
pub struct VoteTask {
    task: Task,
    choice: Option<String>,
    #[json(default)]
    weight: i64,
}

#[flow(process = VoteProcess)]
pub struct VoteFlow {
    #[node(permission(anyone), next = this.vote)]
    pub start: StartHandle,
    #[node(task = VoteTask, form = VoteForm { task.choice: required, task.weight: required }, permission(anyone),
           next = this.count)]
    pub vote: View,
    #[node(form = CountForm { choice: required, weight: required }, permission(anyone), next = this.end)]
    pub count: View,
    pub end: End,
}

fn main() {}
