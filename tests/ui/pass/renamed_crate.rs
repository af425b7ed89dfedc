//! flow-core is found where `crate = path` says: no expansion names `::flow_core`.
#![allow(dead_code)]

use vendored::prelude::*;

mod vendored {
    pub use ::flow_core::*;
}

diesel::table! { authors (id) { id -> Integer, } }

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, FlowModel)]
#[flow_model(crate = crate::vendored, name = "author")]
pub struct Author {
    id: i32,
}

#[derive(Choices, Clone, Copy, Debug)]
#[choice(crate = crate::vendored)]
pub enum Carrier {
    Post,
    Ship,
}

#[derive(JsonModel, Clone, Debug)]
#[json(crate = crate::vendored)]
pub struct Line {
    text: String,
    #[json(choices("a", "b"), default = "a")]
    class: String,
}

#[derive(ProcessProxy)]
#[proxy(crate = crate::vendored, seed = Author, index(carrier))]
pub struct OrderProcess {
    process: Process,
    lines: Vec<Line>,
    #[json(choices)]
    carrier: Option<Carrier>,
}

#[derive(TaskProxy)]
#[proxy(seed = Author, crate = crate::vendored)]
pub struct PackTask {
    task: Task,
    #[json(default)]
    boxes: i64,
}

#[flow(process = OrderProcess, crate = crate::vendored)]
pub struct OrderFlow {
    #[node(form = OrderForm { lines, carrier }, permission(anyone), next = this.pack)]
    start: Start,
    #[node(task = PackTask, permission(anyone), next = this.end)]
    pack: View,
    end: End,
}

fn main() {
    assert_eq!(OrderFlow.start.fields().len(), 2);
}
