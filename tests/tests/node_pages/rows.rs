//! The rows that a sample leaves in the tables.

use std::fmt::Write as _;

use flow_core::prelude::*;
use flow_core::schema::flow_due;
use flow_core::test_util::{self, TestClock};

use crate::Sample;

pub(crate) fn of(sample: &Sample) -> String {
    let _clock = TestClock::install();
    let mut conn = test_util::database();
    let process = (sample.walk)(&mut conn).unwrap();
    let row = sample.flows.process(&mut conn, process).unwrap();
    let document = serde_json::to_value(row.with_document()).unwrap();
    let mut text = format!("- `flow_process`: status `{}`, `data` `{}`\n", row.status(), document["data"]);
    text.push_str(
        "- `flow_task`:\n\n  | number | node | task_type | status | token | owner |\n  |---|---|---|---|---|---|\n",
    );
    for task in sample.flows.tasks(&mut conn, process).unwrap() {
        let (id, owner) = (task.id().number(), task.owner().unwrap_or_default());
        let (kind, status, token) = (task.task_type(), task.status(), task.token());
        let _ = writeln!(text, "  | {id} | `{}` | `{kind}` | `{status}` | `{token}` | {owner} |", task.node());
    }
    let due = flow_due::table.filter(flow_due::process_id.eq(process)).order(flow_due::task.asc());
    let due: Vec<(i32, String)> = due.select((flow_due::task, flow_due::kind)).load(&mut conn).unwrap();
    for (task, kind) in due {
        let _ =
            writeln!(text, "{}- `flow_due`: `{kind}` of task {task}", if text.ends_with("|\n") { "\n" } else { "" });
    }
    text.push_str("\n- `flow_audit`:\n\n  | action | actor | node |\n  |---|---|---|\n");
    for row in sample.flows.history(&mut conn, process).unwrap() {
        let _ = writeln!(text, "  | `{}` | {} | {} |", row.action(), row.actor(), row.node().unwrap_or_default());
    }
    text
}
