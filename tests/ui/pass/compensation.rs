//! A step that is taken back, with its data.
use flow_core::prelude::*;

/// A seat.
#[derive(TaskProxy)]
pub struct SeatTask {
    task: Task,
    #[json(default)]
    seat: i64,
}

/// Books a seat, and gives it back.
#[flow]
pub struct SeatFlow {
    #[node(permission(anyone), next = this.book)]
    start: Start,
    #[node(task = SeatTask, run = |a| a.task.set_seat(12), compensate = this.free, next = this.ask)]
    book: Function,
    #[node(permission(anyone), on_timeout(days(3), this.give_back), compensate = this.tell, next = this.end)]
    ask: View,
    #[node(next = this.end)]
    give_back: CompensateThrow,
    #[node(task = SeatTask, run = |a| println!("seat {} is free", a.task.seat()))]
    free: Function,
    #[node(run = |job| println!("{} was taken back", job.task.id()))]
    tell: Job,
    end: End,
}

fn main() {}
