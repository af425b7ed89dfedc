//! Mail: who is given a task, or whose report has ended, is written to after the commit.

use std::path::PathBuf;

use flow_core::prelude::*;
use flow_core::{Notification, ProcessStatus, TaskStatus};
use lettre::{FileTransport, Message, Transport as _};

use crate::FLOWS;
use crate::flow::{Db, ExpenseFlow, ExpenseProcess};

/// Where mails are written. A real app has an `SmtpTransport` here.
pub(crate) fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("expenses-mail-{}", std::process::id()))
}

/// After each change. It may be called again with the same change, if the program was stopped in between.
pub(crate) fn changed(note: &Notification, conn: &mut Db) -> Step {
    let process = FLOWS.process(conn, note.process)?;
    for task in note.tasks() {
        let given = (task.status == TaskStatus::Assigned).then_some(task.owner.as_deref()).flatten();
        if let Some(owner) = given.filter(|owner| *owner != note.actor) {
            let row = FLOWS.task(conn, task.id)?;
            let subject = format!("{}: {}", FLOWS.task_title(&row), FLOWS.brief(conn, &process)?);
            send(&format!("{}-{}", note.key(), task.id), owner, &subject)?;
        }
    }
    if let (true, Some(starter)) = (note.process_status != ProcessStatus::New, process.started_by()) {
        send(note.key(), starter, &format!("{}: {}", note.process_status, FLOWS.brief(conn, &process)?))?;
    }
    Ok(())
}

/// A review is late.
pub(crate) fn remind(process: &ExpenseProcess, task: &Task) -> Step {
    send(&format!("late-{}", task.id()), "reviewers", &format!("Late: {}", ExpenseFlow.brief(process)))
}

/// The key makes the id of the message, by which a mail server drops what it has already.
fn send(key: &str, to: &str, subject: &str) -> Step {
    let message = Message::builder()
        .message_id(Some(format!("<{key}@expenses.example>")))
        .from("Expenses <expenses@expenses.example>".parse()?)
        .to(format!("{to}@expenses.example").parse()?)
        .subject(subject)
        .body("http://127.0.0.1:3000/tasks".to_owned())?;
    std::fs::create_dir_all(folder())?;
    FileTransport::new(folder()).send(&message)?;
    Ok(())
}
