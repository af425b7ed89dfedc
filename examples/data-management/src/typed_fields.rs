//! A typed field without a column: kept in the process's JSON document, read and filtered by its type.

use flow_core::prelude::*;

use crate::app::{Db, Failure, USER};

/// Something that is approved, or not yet.
#[derive(ProcessProxy, Debug)]
pub struct ApprovalProcess {
    process: Process,
    /// Approved
    #[json(default)]
    approved: bool, // data["approved"]; absent = false, for the accessor and for a filter alike
}

/// Approval
#[flow(process = ApprovalProcess, connection = Db)]
#[derive(Debug)]
pub struct ApprovalFlow {
    #[node(permission(anyone), next = this.approve)]
    pub start: Start,
    #[node(permission(anyone), input = bool, run = |a, approved| a.process.set_approved(approved), next = this.end)]
    pub approve: Handle,
    pub end: End,
}

/// Once through it.
pub fn run(conn: &mut Db) -> Result<String, Failure> {
    let process = ApprovalFlow.start.run(conn, &USER, ())?;
    let before = process.approved();
    let task = ApprovalFlow.approve.tasks().open().of(process.id()).one(conn)?;
    let process = ApprovalFlow.approve.run(conn, task.id(), &USER, true)?;
    Ok(format!("approved was {before}, and is {} now", process.approved()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::database;

    #[test]
    fn an_absent_field_has_its_default_and_is_found_by_it() {
        let mut conn = database().unwrap();
        let process = ApprovalFlow.start.run(&mut conn, &USER, ()).unwrap();
        assert!(!process.approved());
        assert_eq!(process.data().get(&["approved"]).unwrap(), None, "nothing is stored");
        let refused = ApprovalFlow.processes().filter(ApprovalProcess::FIELDS.approved.eq(false));
        assert_eq!(refused.load(&mut conn).unwrap().len(), 1, "and yet it is found");
    }

    #[test]
    fn a_field_that_was_set_is_stored() {
        let mut conn = database().unwrap();
        run(&mut conn).unwrap();
        let approved = ApprovalFlow.processes().filter(ApprovalProcess::FIELDS.approved.eq(true));
        let process = approved.first(&mut conn).unwrap();
        assert_eq!(process.data().get(&["approved"]).unwrap(), Some(&true.into()));
    }
}
