#![deny(deprecated)]
use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct BillProcess {
    process: Process,
    amount: i64,
    due: Option<String>,
}

#[derive(TaskProxy)]
pub struct LineTask {
    task: Task,
    #[json(default)]
    sum: i64,
}

/// Times that never come, and answers that depend on the hour.
#[flow(process = BillProcess)]
pub struct LateFlow {
    #[node(form = StartForm { amount }, permission(anyone), next(this.night, task_data = |_| LineTaskData { sum: 3 }))]
    pub start: Start,
    #[node(task = LineTask, if = |a| a.process.amount() > 3 && a.process.amount() % 2 == 0,
           then = this.line, else = this.early)]
    pub night: If,
    #[node(if = |a| flow_core::clock::now().as_micros() > a.process.amount(), then = this.line, else = this.ask)]
    pub early: If,
    #[node(permission(anyone), form = AskForm { due }, next = this.line)]
    pub ask: View,
    #[node(task = LineTask, if = |a| a.task.sum() > 2, then = this.pay, else = this.end)]
    pub line: If,
    #[node(assign = |a| a.process.due().map(str::to_owned), on_timeout(days(1), this.note, interrupting = false),
           on_timeout(hours(3), this.end), on_timeout(days(2), this.end, name = "end_2"), next = this.end)]
    pub pay: View,
    #[node(run = |_| (), next = this.end)]
    pub note: Function,
    pub end: End,
}

fn main() {}
