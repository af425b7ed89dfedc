//! A field that a task asks for: its form has exactly the fields that are named.

use flow_core::prelude::*;

use crate::app::{Db, Failure, USER};

/// A request for something.
#[derive(ProcessProxy, Debug)]
pub struct RequestProcess {
    process: Process,
    /// What is asked for
    #[json(max_length = 80)]
    text: String,
    /// Approved
    #[json(default)]
    approved: bool,
}

/// Request
#[flow(process = RequestProcess, connection = Db)]
#[derive(Debug)]
pub struct RequestFlow {
    /// Ask for something
    #[node(form = RequestForm { text }, permission(anyone), next = this.approve)]
    pub start: Start,

    /// Approve it
    // A name in the braces that is no field of the process does not compile.
    #[node(form = ApprovalForm { approved }, permission(anyone), next = this.end)]
    pub approve: View,

    pub end: End,
}

/// Once through it.
pub fn run(conn: &mut Db) -> Result<String, Failure> {
    let process = RequestFlow.start.run(conn, &USER, RequestForm { text: "a new chair".to_owned() })?;
    let task = RequestFlow.approve.tasks().open().of(process.id()).one(conn)?;
    RequestFlow.approve.assign(conn, task.id(), &USER)?;
    let process = RequestFlow.approve.execute(conn, task.id(), &USER, ApprovalForm { approved: true })?;
    Ok(format!("{}: approved is {}", process.text(), process.approved()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::database;

    #[test]
    fn the_form_writes_the_field() {
        let mut conn = database().unwrap();
        assert_eq!(run(&mut conn).unwrap(), "a new chair: approved is true");
        let stored = RequestFlow.processes().first(&mut conn).unwrap();
        assert!(stored.approved());
        crate::FLOWS.expect(&mut conn, stored.id()).tasks(&["start:DONE", "approve:DONE", "end:DONE"]);
        crate::FLOWS.assert_sound(&mut conn).unwrap();
    }
}
