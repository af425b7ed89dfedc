//! Parents and children: what a process leaves to be done for the one that runs it, and for those that it runs.

use flow_graph::Kind;

use super::{Tracked, UnitOfWork};
use crate::store::{DueKind, DueRow, DueWrite, FlowConnection, Store as _};
use crate::transition::{Cause, FLOW};
use crate::{Process, ProcessStatus, Result, TaskStatus};

impl UnitOfWork {
    /// The tasks of a kind that are done since this transition, in the order in which they were made.
    fn just_done(&self, kind: Kind) -> impl Iterator<Item = (&Tracked, &'static str)> {
        let done =
            |tracked: &&Tracked| tracked.task.status == TaskStatus::Done && tracked.before != Some(TaskStatus::Done);
        self.tasks.iter().filter(done).filter_map(move |tracked| {
            let node = self.graph.node(tracked.node).filter(|node| node.kind == kind)?;
            Some((tracked, node.code?))
        })
    }

    /// The code of the `ErrorEnd` that has ended the process in this transition.
    pub(crate) fn error_code(&self) -> Option<&'static str> {
        self.just_done(Kind::ErrorEnd).map(|(_, code)| code).next()
    }

    /// The escalations that were thrown in this transition.
    pub(crate) fn escalations(&self) -> Vec<&'static str> {
        self.just_done(Kind::EscalationThrow).map(|(_, code)| code).collect()
    }

    /// What a child throws, and its end, is left for its parent: as due work, so that no second process is locked inside
    /// the first.
    pub(super) fn tell_parent<C: FlowConnection>(&mut self, conn: &mut C, row: &Process, cause: &Cause) -> Result<()> {
        let Some(parent) = row.parent_process.filter(|_| !self.inside_parent) else { return Ok(()) };
        let ended = match row.status {
            ProcessStatus::Done => true,
            // A parent that cancelled its child has continued already.
            ProcessStatus::Canceled => cause.actor.id != FLOW,
            ProcessStatus::New | ProcessStatus::Unknown => false,
        };
        let ended = ended && row.finished == Some(self.now);
        let thrown = self.just_done(Kind::EscalationThrow).map(|(thrown, code)| (thrown.task.number, code));
        let thrown: Vec<(i32, &str)> = thrown.collect();
        if !ended && thrown.is_empty() {
            return Ok(());
        }
        let Some(parent) = conn.store().process(parent)? else { return Ok(()) };
        for escalation in thrown {
            let due = DueRow::escalation((row.id, row.version), &parent.flow, self.now, escalation);
            self.also(DueWrite::Insert(due));
        }
        if ended {
            let due = DueRow::resume(row.id, &parent.flow, self.now, self.error_code());
            self.also(DueWrite::Insert(due));
        }
        Ok(())
    }

    /// A subprocess that is cancelled leaves its child to be cancelled, as due work: also one that has started it in this
    /// very transition.
    pub(super) fn cancel_children<C: FlowConnection>(&mut self, conn: &mut C) -> Result<()> {
        let gone = |status| matches!(status, TaskStatus::Canceled | TaskStatus::Revived);
        let canceled: Vec<i32> = self
            .tasks
            .iter()
            .filter(|tracked| tracked.task.task_type == Kind::Subprocess.task_type())
            .filter(|tracked| gone(tracked.task.status) && tracked.before.is_none_or(|before| !gone(before)))
            .map(|tracked| tracked.task.number)
            .collect();
        for task in canceled {
            for child in conn.store().open_children(self.id, task)? {
                self.also(DueWrite::Insert(DueRow::new(child.id, 0, DueKind::Cancel, &child.flow, self.now)));
            }
        }
        Ok(())
    }
}
