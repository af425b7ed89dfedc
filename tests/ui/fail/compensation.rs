#![deny(deprecated)]
use flow_core::prelude::*;

/// Things of an order.
#[derive(TaskProxy)]
pub struct ThingTask {
    task: Task,
    number: i64,
}

/// Handlers that are steps, and keys where they cannot be.
#[flow]
pub struct MixedFlow {
    #[node(permission(anyone), compensate = this.refund, next = this.pay)]
    pub start: Start,
    #[node(permission(anyone), compensate = this.refund, next = this.pack)]
    pub pay: View,
    #[node(run = |_a| (), compensate = this.pay, next = this.ship)]
    pub pack: Function,
    #[node(run = |_job| (), compensate = this.refund, compensate = this.unpack, on_error(this.refund), next = this.back)]
    pub ship: Job,
    #[node(run = |_a| (), on_error(this.end), next = this.end)]
    pub refund: Function,
    #[node(compensate = this.refund, next = this.end)]
    pub back: CompensateThrow,
    #[node(run = |_a| ())]
    pub unpack: Function,
    pub end: End,
}

/// Nothing throws.
#[flow]
pub struct NeverFlow {
    #[node(permission(anyone), next = this.pay)]
    pub start: Start,
    #[node(permission(anyone), compensate = this.refund, next = this.end)]
    pub pay: View,
    #[node(run = |_a| ())]
    pub refund: Function,
    pub end: End,
}

/// What is thrown finds nothing.
#[flow]
pub struct EarlyFlow {
    #[node(permission(anyone), next = this.back)]
    pub start: Start,
    #[node(next = this.pay)]
    pub back: CompensateThrow,
    #[node(permission(anyone), compensate = this.refund, next = this.end)]
    pub pay: View,
    #[node(run = |_a| ())]
    pub refund: Function,
    pub end: End,
}

/// The handler needs what the task does not have.
#[flow]
pub struct DataFlow {
    #[node(permission(anyone), next = this.pay)]
    pub start: Start,
    #[node(permission(anyone), compensate = this.refund, next = this.back)]
    pub pay: View,
    #[node(next = this.end)]
    pub back: CompensateThrow,
    #[node(task = ThingTask, run = |_a| ())]
    pub refund: Function,
    pub end: End,
}

/// Half-typed and unknown.
#[flow]
pub struct HalfFlow {
    #[node(permission(anyone), next = this.pay)]
    pub start: Start,
    #[node(permission(anyone), compensate, next = this.ship)]
    pub pay: View,
    #[node(permission(anyone), compensate = this.refun, next = this.back)]
    pub ship: View,
    #[node(next = this.end)]
    pub back: CompensateThrow,
    #[node(run = |_a| ())]
    pub refund: Function,
    pub end: End,
}

fn main() {}
