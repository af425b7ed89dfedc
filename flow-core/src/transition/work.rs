//! Whether somebody works on a task, for what changes nothing of it: putting it off, saving a draft.

use flow_graph::NodeId;

use super::conflict::{conflict, with_author};
use super::perform::{self, Target};
use super::permit;
use super::verb::Verb;
use crate::store::Locking;
use crate::user::ActingUser as _;
use crate::{Error, Flow, Result, Task, TaskId, User};

/// An open task of this node that the person owns or may claim, or one whom they stand in for.
pub(crate) fn open<F: Flow>(conn: &mut F::Connection, at: NodeId, id: TaskId, user: &dyn User) -> Result<Task> {
    permit::identified(user)?;
    let mut target: Target<F> = perform::find(conn, id, at, Locking::Optimistic)?;
    let mut allowed = works(conn, user, at, &mut target);
    if user.represents().is_none() {
        for person in user.acts_for() {
            if !matches!(allowed, Err(Error::Denied { .. })) {
                break;
            }
            if works(conn, &user.on_behalf_of(person), at, &mut target).is_ok() {
                allowed = Ok(());
            }
        }
    }
    allowed?;
    if perform::is_over(&target.process, &target.task) {
        return Err(with_author(conn, target.process.id, conflict(&target.process, &target.task, None)));
    }
    Ok(target.task)
}

fn works<F: Flow>(conn: &mut F::Connection, user: &dyn User, at: NodeId, target: &mut Target<F>) -> Result<()> {
    if permit::owns(user, &target.task) { Ok(()) } else { permit::may_do(conn, user, Verb::Assign, at, target) }
}
