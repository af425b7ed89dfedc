//! What a unit of work writes: the rows of its process and tasks, what is due, and the audit row.

use super::tracked::Stored;
use super::{Audited, StoredProcess, UnitOfWork};
use crate::store::{
    AuditRow, DueWrite, Filled, FlowConnection, Locking, NewCandidate, ProcessWrite, Store as _, TransitionWrite,
    lost_race, needs_connection,
};
use crate::transition::Cause;
use crate::{Error, Process, ProcessStatus, Result, Task, TaskStatus};

impl UnitOfWork {
    /// Gives a new process its number, for a callback that looks at it: reserved where the database can, else by
    /// writing its row.
    pub(crate) fn number_process<C: FlowConnection>(&mut self, conn: &mut C, row: &mut Process) -> Result<()> {
        if self.inserted || self.id != 0 {
            return Ok(());
        }
        match conn.store().reserve_number()? {
            Some(number) => self.numbered(number, row),
            None => self.write(conn, row, None, false)?,
        }
        Ok(())
    }

    fn numbered(&mut self, number: i64, row: &mut Process) {
        row.id = number;
        self.id = number;
        for tracked in &mut self.tasks {
            tracked.task.process_id = number;
        }
    }

    pub(super) fn as_stored(&self, row: &Process) -> StoredProcess {
        let pair = |name: &Option<String>, key: &Option<String>| (name.clone(), key.clone());
        StoredProcess {
            status: self.process.status,
            suspended: self.process.suspended,
            reference: row.reference.clone(),
            seed: pair(&row.seed_type, &row.seed_key),
            artifact: pair(&row.artifact_type, &row.artifact_key),
        }
    }

    /// Whether a query sees the process as it is: the rest of its row are counters, which the transition itself goes by.
    fn is_seen(&self, row: &Process) -> bool {
        self.stored.as_ref() == Some(&self.as_stored(row)) && row.data.size_if_changed() == 0
    }

    fn state_into(&self, row: &mut Process) {
        row.status = self.process.status;
        row.task_count = self.process.task_count;
        row.open_tokens = self.process.open_tokens;
        row.finished = match self.process.status {
            // The End of a process that was done is undone.
            ProcessStatus::New => None,
            _ => row.finished.or(Some(self.now)),
        };
    }

    /// Writes everything planned so far, for a callback that takes the connection. From here on a transaction is
    /// open and the process locked.
    pub(crate) fn show<C: FlowConnection>(&mut self, conn: &mut C, row: &mut Process) -> Result<()> {
        if self.batched {
            return Err(needs_connection().into());
        }
        let nothing = self.is_seen(row) && self.to_write.is_empty();
        if self.locking == Locking::Optimistic {
            // What is written looks at the version itself, and the row is locked by it.
            let unlocked = (self.inserted && nothing).then_some((row.id, row.version));
            if !conn.store().begin_locked(unlocked)? {
                return Err(lost_race().into());
            }
        }
        if !nothing {
            self.write(conn, row, None, true)?;
        }
        self.locking = Locking::Pessimistic;
        Ok(())
    }

    /// Writes the rest, and the audit row: the transition is complete.
    pub(crate) fn finish<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        row: &mut Process,
        cause: &Cause,
        audited: &Audited,
    ) -> Result<()> {
        self.state_into(row);
        row.version += 1;
        self.tell_parent(conn, row, cause)?;
        self.cancel_children(conn)?;
        self.keep_items(conn, row.version)?;
        self.note_fields(row);
        let audit = self.audit_row(row, cause, audited);
        if self.batched {
            self.audit = Some(audit);
            return Ok(());
        }
        self.write(conn, row, Some(audit), true)
    }

    /// Writes the row of the process, the tasks that changed, what is due, and the audit row.
    fn write<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        row: &mut Process,
        audit: Option<AuditRow>,
        tasks: bool,
    ) -> Result<()> {
        self.state_into(row);
        self.note_fields(row);
        let (writes, places) = self.writes(row, audit, tasks);
        let Some(id) = conn.store().write(writes)? else { return Err(self.overtaken(row)) };
        row.data.settle();
        self.stored = Some(self.as_stored(row));
        self.filled = Filled::from(&*row);
        if !self.inserted {
            self.inserted = true;
            self.numbered(id, row);
        }
        for at in places {
            self.tasks[at].task.data.settle();
        }
        Ok(())
    }

    /// What is to be written, and the places of its tasks.
    pub(super) fn writes<'w>(
        &'w mut self,
        row: &'w Process,
        audit: Option<AuditRow>,
        tasks: bool,
    ) -> (TransitionWrite<'w>, Vec<usize>) {
        let mut places = if tasks { std::mem::take(&mut self.to_write) } else { Vec::new() };
        places.sort_unstable();
        places.dedup();
        let read = if audit.is_some() { row.version - 1 } else { row.version };
        let process = match (self.inserted, audit.is_some() || !self.is_seen(row)) {
            (false, _) => ProcessWrite::New(row),
            (true, true) => ProcessWrite::Changed { row, from: read, filled: self.filled },
            (true, false) => ProcessWrite::Kept(row),
        };
        let mut writes = TransitionWrite {
            process,
            new_tasks: Vec::new(),
            changed_tasks: Vec::new(),
            due: std::mem::take(&mut self.also),
            candidates: Vec::new(),
            over: Vec::new(),
            audit,
        };
        for (at, candidates) in self.offers.extract_if(.., |(at, _)| places.contains(at)) {
            let Task { number: task, status, .. } = self.tasks[at].task;
            if status.is_final() {
                // It was made and cancelled by the same step.
                continue;
            }
            writes.candidates.extend(candidates.into_iter().map(|candidate| NewCandidate { task, candidate }));
        }
        let tasks = &self.tasks;
        let done = |task: usize| tasks[task].task.status == TaskStatus::Done;
        writes.due.extend(self.thrown.extract_if(.., |(at, _)| done(*at)).map(|(_, row)| DueWrite::Insert(row)));
        let (mut rest, mut first) = (self.tasks.as_mut_slice(), 0);
        for at in &places {
            let Some((tracked, behind)) =
                rest.split_at_mut_checked(at - first).and_then(|(_, on)| on.split_first_mut())
            else {
                break;
            };
            (rest, first) = (behind, at + 1);
            writes.due.extend(tracked.due_writes(self.graph, self.now, self.job_facts));
            if tracked.ends_work_of_a_person() {
                writes.over.push(tracked.task.number);
            }
            let filled = std::mem::replace(&mut tracked.filled, Filled::from(&tracked.task));
            match std::mem::replace(&mut tracked.stored, Stored::Current) {
                Stored::Nothing => writes.new_tasks.push(&mut tracked.task),
                Stored::Stale => writes.changed_tasks.push((&tracked.task, filled)),
                Stored::Current => {}
            }
        }
        (writes, places)
    }

    /// The row has another version than was read. Behind its lock only a callback of this very transition can have
    /// changed it.
    fn overtaken(&self, row: &Process) -> Error {
        match self.locking {
            Locking::Optimistic => lost_race().into(),
            Locking::Pessimistic if !self.inserted => lost_race().into(),
            Locking::Pessimistic => UnitOfWork::changed_by_itself(row),
        }
    }

    /// A callback has changed its own process.
    pub(crate) fn changed_by_itself(row: &Process) -> Error {
        Error::misuse(format!(
            "process {} was changed by one of its own callbacks directly in the database; use `a.process` and `a.task` there",
            row.id
        ))
    }
}
