//! A process on the screen: its tasks as a table, then what happened.

use flow_core::{AuditRow, Process, Task, Timestamp};

/// The tasks of a process and its history.
pub fn process(row: &Process, brief: &str, tasks: &[Task], history: &[AuditRow]) {
    println!("Process {}: {brief} [{}]\n", row.id(), row.status());
    println!(
        "  {:<6} {:<17} {:<10} {:<7} {:<20} {:<20} token",
        "task", "node", "status", "owner", "created", "finished"
    );
    for task in tasks {
        println!(
            "  {:<6} {:<17} {:<10} {:<7} {:<20} {:<20} {}",
            task.id(),
            task.node(),
            task.status(),
            task.owner().unwrap_or("-"),
            time(Some(task.created())),
            time(task.finished()),
            task.token(),
        );
        if let Some(error) = task.error() {
            println!("         {error}");
        }
    }
    println!();
    for row in history {
        let what = format!("{} {}", row.action(), row.node().unwrap_or_default());
        let changes: Vec<String> = row.changes().iter().map(|(number, status)| format!("{number} {status}")).collect();
        println!("  {}  {:<6} {:<21} {}", time(Some(row.at())), row.actor(), what, changes.join(", "));
    }
}

/// To the second.
fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| at.to_string().replace('T', " ")[..19].to_owned())
}

/// A list of tasks to choose from.
pub fn tasks(tasks: &[Task], name: &str) {
    if tasks.is_empty() {
        println!("  (nothing for {name})");
    }
    for task in tasks {
        let state = if task.owner().is_some() { "taken" } else { "to take" };
        println!("  {:<6} {:<17} {state}", task.id(), task.node());
    }
}
