//! What waits for a worker, who works, and queues that are paused.

use super::Flows;
use crate::store::{DueRow, FlowConnection, Store as _};
use crate::worker::holder_name;
use crate::{ProcessId, Result, Task, TaskId, Timestamp, User, clock};

/// Most rows that [`Flows::due_work`] and [`Flows::workers`] read.
const LIST: i64 = 1_000;

/// Something that is to be done by a worker, now or at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DueWork {
    /// The stored name of the flow.
    pub flow: String,
    /// The process.
    pub process: ProcessId,
    /// The task; `None` if it is about a whole process.
    pub task: Option<TaskId>,
    /// The stored name of the task's node.
    pub node: Option<String>,
    /// `JOB`, `TIMER`, `RESUME` or `CANCEL`: see docs/schema.md.
    pub kind: String,
    /// From when on it may be done.
    pub due: Timestamp,
    /// How often the job was begun.
    pub attempt: i32,
    /// Who has it, and until when unless that is renewed.
    pub held: Option<Held>,
    /// Why it failed, or could not be done, last.
    pub last_error: Option<String>,
    /// How often it could not be done and was made due again later.
    pub postponed: i32,
    /// The queue of the job; empty: of those that name none.
    pub queue: String,
    /// Higher goes first.
    pub priority: i32,
}

/// Who has a row of due work.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Held {
    /// The name of the worker.
    pub worker: String,
    /// Since when its job runs; `None` if it was not begun yet.
    pub since: Option<Timestamp>,
    /// When its lease ends if it is not renewed.
    pub until: Timestamp,
}

/// A worker that has something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerInfo {
    /// Its name. Two workers of one name are listed as two.
    pub name: String,
    /// What it has.
    pub work: Vec<DueWork>,
}

/// A queue of jobs that somebody has paused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PausedQueue {
    /// Its name.
    pub name: String,
    /// Since when it is paused.
    pub since: Timestamp,
    /// The id of who has paused it.
    pub by: Option<String>,
}

impl<C: FlowConnection> Flows<C> {
    /// What is to be done by workers, now or at a time, the oldest first: at most a thousand rows.
    ///
    /// # Errors
    /// `Database` if the database refuses.
    pub fn due_work(&self, conn: &mut C) -> Result<Vec<DueWork>> {
        let rows = conn.store().due_work(&self.names(), false, LIST)?;
        Ok(rows.into_iter().map(|(row, task)| due_work(row, task, clock::now())).collect())
    }

    /// Which workers have something to do, and what. A worker that waits for work is not listed, and what was done by
    /// [`run_due`](Flows::run_due) has no worker.
    ///
    /// # Errors
    /// `Database` if the database refuses.
    pub fn workers(&self, conn: &mut C) -> Result<Vec<WorkerInfo>> {
        let now = clock::now();
        let mut workers: Vec<(String, WorkerInfo)> = Vec::new();
        for (row, task) in conn.store().due_work(&self.names(), true, LIST)? {
            let Some(holder) = row.holder.clone() else { continue };
            let work = due_work(row, task, now);
            let Some(held) = &work.held else { continue };
            match workers.iter_mut().find(|(known, _)| *known == holder) {
                Some((_, worker)) => worker.work.push(work),
                None => workers.push((holder, WorkerInfo { name: held.worker.clone(), work: vec![work] })),
            }
        }
        Ok(workers.into_iter().map(|(_, worker)| worker).collect())
    }

    /// Pauses a queue: none of its jobs is begun until [`resume_queue`](Flows::resume_queue). Jobs that run go on, and
    /// timers are in no queue. `""` is the queue of jobs that name none. Whether the person may is the app's to decide.
    ///
    /// # Errors
    /// `Database` if the database refuses.
    pub fn pause_queue(&self, conn: &mut C, name: &str, by: &dyn User) -> Result<()> {
        Ok(conn.store().pause_queue(name, Some(clock::now()), by.id())?)
    }

    /// Lets the jobs of a queue be begun again.
    ///
    /// # Errors
    /// `Database` if the database refuses.
    pub fn resume_queue(&self, conn: &mut C, name: &str) -> Result<()> {
        Ok(conn.store().pause_queue(name, None, "")?)
    }

    /// The queues that are paused.
    ///
    /// # Errors
    /// `Database` if the database refuses.
    pub fn paused_queues(&self, conn: &mut C) -> Result<Vec<PausedQueue>> {
        let rows = conn.store().paused_queues()?;
        Ok(rows.into_iter().map(|(name, since, by)| PausedQueue { name, since, by }).collect())
    }
}

fn due_work(row: DueRow, task: Option<Task>, now: Timestamp) -> DueWork {
    let held = match (&row.holder, row.leased_until) {
        (Some(holder), Some(until)) if until > now => {
            let running = task.as_ref().filter(|task| task.status == crate::TaskStatus::Started);
            let since = running.and_then(|task| task.started);
            Some(Held { worker: holder_name(holder).to_owned(), since, until })
        }
        _ => None,
    };
    DueWork {
        process: row.process_id.into(),
        task: (row.task != 0).then(|| TaskId::new(row.process_id, row.task)),
        node: task.map(|task| task.node),
        held,
        flow: row.flow,
        kind: row.kind,
        due: row.due,
        attempt: row.attempt,
        last_error: row.last_error,
        postponed: row.postponed,
        queue: row.queue,
        priority: row.priority,
    }
}
