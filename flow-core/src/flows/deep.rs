//! Whether the rows of processes agree with one another: what can be looked at, but costs a look at all of them.

use std::collections::BTreeMap;

use flow_graph::{Graph, Kind};

use super::{Flows, Problem, ProblemKind};
use crate::store::{AuditRow, DueKind, DueRow, FlowConnection, Store as _};
use crate::{Process, ProcessStatus, Result, Task, TaskStatus};

/// How many processes are read at once.
const PAGE: i64 = 100;

/// Most problems that are listed.
const LIST: usize = 1_000;

impl<C: FlowConnection> Flows<C> {
    /// Lists processes whose rows do not agree with one another: an open one in which nothing is open, a finished one in
    /// which something is; branches that are counted and not there; two joins for one split; a history that says
    /// another status than a row; a job or a timer that is never due, or due without a task. At most 1,000. An empty
    /// list is what there should be, whatever happened: a crash, a kill, two workers at once.
    ///
    /// It reads all processes, tasks and histories, each process by itself: call it in a maintenance window, or on a
    /// copy. A process that changes meanwhile may be listed for what was being written.
    ///
    /// ```
    /// # use flow_core::prelude::*;
    /// # #[flow]
    /// # pub struct LeaveFlow { #[node(permission(anyone), next = this.end)] start: Start, end: End }
    /// # static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    /// # fn main() -> flow_core::Result<()> {
    /// # let mut conn = flow_core::sqlite::open(":memory:")?;
    /// # FLOWS.migrate(&mut conn)?;
    /// assert_eq!(FLOWS.check_deep(&mut conn)?, []);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Database`.
    pub fn check_deep(&self, conn: &mut C) -> Result<Vec<Problem>> {
        let mut found = Vec::new();
        for graph in self.graphs() {
            let names: Vec<&str> = graph.flow_names().collect();
            let mut after = 0;
            loop {
                let page = conn.store().all_processes(&names, after, PAGE)?;
                let Some(last) = page.last() else { break };
                after = last.id;
                for process in page {
                    let tasks = conn.store().tasks(process.id)?;
                    let due = conn.store().due_of(process.id)?;
                    let history = conn.store().history(process.id)?;
                    found.extend(Rows { graph, process: &process, tasks: &tasks, due: &due }.problems(&history));
                    if found.len() >= LIST {
                        found.truncate(LIST);
                        return Ok(found);
                    }
                }
            }
        }
        Ok(found)
    }
}

/// The rows of one process.
struct Rows<'r> {
    graph: &'r Graph<'r>,
    process: &'r Process,
    tasks: &'r [Task],
    due: &'r [DueRow],
}

impl Rows<'_> {
    fn problems(&self, history: &[AuditRow]) -> Vec<Problem> {
        let mut found = Vec::new();
        self.ends(&mut found);
        self.tokens(&mut found);
        self.joins(&mut found);
        self.work(&mut found);
        self.audit(history, &mut found);
        found
    }

    fn kind(&self, task: &Task) -> Option<Kind> {
        let of_node = || self.graph.find(&task.node).and_then(|id| self.graph.node(id)).map(|node| node.kind);
        // A row with a host is a boundary, even if this release does not know its name.
        Kind::from_name(&task.kind).or_else(of_node).or(task.host.map(|_| Kind::TimerBoundary))
    }

    fn of_process(&self, kind: ProblemKind) -> Problem {
        let flow = self.process.flow.clone();
        Problem { process: Some(self.process.id), task: None, flow, node: None, kind }
    }

    /// It holds a token: it is open and no timeout, or one rests in it. What took a failure while the process was
    /// suspended holds one, too.
    fn holds(&self, task: &Task) -> bool {
        // The token of a compensation is in its throw.
        task.compensates().is_none() && task.resting || !task.status.is_final() && task.host.is_none()
    }

    fn ends(&self, found: &mut Vec<Problem>) {
        match self.process.status {
            ProcessStatus::New if !self.tasks.iter().any(|task| self.holds(task)) => {
                found.push(self.of_process(ProblemKind::NothingOpen));
            }
            ProcessStatus::Done | ProcessStatus::Canceled => {
                let open = self.tasks.iter().filter(|task| !task.status.is_final() || task.resting);
                found.extend(open.map(|task| Problem::at(task, ProblemKind::OpenInFinished)));
            }
            ProcessStatus::New | ProcessStatus::Unknown => {}
        }
    }

    fn tokens(&self, found: &mut Vec<Problem>) {
        if self.process.status != ProcessStatus::New {
            return;
        }
        let mut out: BTreeMap<Option<i32>, i32> = BTreeMap::new();
        let outside = |join: &Task| {
            let split = join.scope.and_then(|split| self.tasks.iter().find(|task| task.number == split));
            split.and_then(|split| split.scope)
        };
        for task in self.tasks.iter().filter(|task| task.host.is_none() || self.holds(task)) {
            let (scope, tokens) = match self.kind(task) {
                // One that has failed holds the token of its split.
                Some(Kind::Join) if task.status == TaskStatus::Error => (outside(task), 1),
                Some(Kind::Join) if task.scope.is_some() && self.holds(task) => (task.scope, task.open_tokens),
                Some(Kind::Split | Kind::SplitFirst) if task.status == TaskStatus::Done => {
                    (task.scope, i32::from(task.open_tokens > 0))
                }
                _ => (task.scope, i32::from(self.holds(task))),
            };
            *out.entry(scope).or_default() += tokens;
        }
        let mut compare = |scope: Option<i32>, counted: i32, at: Option<&Task>| {
            let there = out.get(&scope).copied().unwrap_or_default();
            if there != counted {
                let kind = ProblemKind::Tokens { counted, found: there };
                found.push(at.map_or_else(|| self.of_process(kind.clone()), |at| Problem::at(at, kind.clone())));
            }
        };
        compare(None, self.process.open_tokens, None);
        for split in self.tasks.iter().filter(|task| self.kind(task).is_some_and(Kind::splits)) {
            if split.status == TaskStatus::Done {
                compare(Some(split.number), split.open_tokens, Some(split));
            }
        }
    }

    fn joins(&self, found: &mut Vec<Problem>) {
        let stands = |task: &Task| !matches!(task.status, TaskStatus::Canceled | TaskStatus::Revived);
        let joins: Vec<&Task> = self
            .tasks
            .iter()
            .filter(|task| self.kind(task) == Some(Kind::Join) && task.scope.is_some() && stands(task))
            .collect();
        for (at, join) in joins.iter().enumerate() {
            if joins[..at].iter().any(|other| (other.scope, &other.node) == (join.scope, &join.node)) {
                found.push(Problem::at(join, ProblemKind::JoinTwice));
            }
        }
    }

    fn work(&self, found: &mut Vec<Problem>) {
        let wants = |task: &Task| match self.kind(task) {
            _ if task.status == TaskStatus::Done && task.resting => Some(DueKind::Continue),
            Some(Kind::Job) if matches!(task.status, TaskStatus::Scheduled | TaskStatus::Started) => Some(DueKind::Job),
            Some(Kind::ConditionalCatch) if task.status == TaskStatus::New => Some(DueKind::Condition),
            Some(kind) if kind.subscribes() && task.status == TaskStatus::New => Some(DueKind::Catch),
            Some(Kind::Timer | Kind::TimerBoundary) if task.status == TaskStatus::Scheduled => Some(DueKind::Timer),
            _ => None,
        };
        for task in self.tasks {
            let Some(wanted) = wants(task) else { continue };
            if !self.due.iter().any(|row| row.task == task.number && row.kind == wanted.as_str()) {
                found.push(Problem::at(task, ProblemKind::NotDue));
            }
        }
        for row in self.due {
            let of_task = matches!(
                DueKind::from_word(&row.kind),
                Some(DueKind::Job | DueKind::Timer | DueKind::Continue | DueKind::Catch | DueKind::Condition)
            );
            let task = self.tasks.iter().find(|task| task.number == row.task);
            let waits = task.and_then(wants).is_some_and(|kind| kind.as_str() == row.kind);
            if of_task && !waits {
                found.push(match task {
                    Some(task) => Problem::at(task, ProblemKind::DueWithoutTask),
                    None => self.of_process(ProblemKind::DueWithoutTask),
                });
            }
        }
    }

    /// A history of which the beginning was removed says nothing of what it lacks.
    fn audit(&self, history: &[AuditRow], found: &mut Vec<Problem>) {
        if history.first().is_none_or(|row| row.number != 1) {
            return;
        }
        let mut audited: BTreeMap<i32, TaskStatus> = BTreeMap::new();
        for row in history {
            audited.extend(row.changes());
        }
        for task in self.tasks {
            let status = audited.get(&task.number).copied().unwrap_or(TaskStatus::Unknown);
            if status != task.status && task.status != TaskStatus::Unknown {
                found.push(Problem::at(task, ProblemKind::AuditDiffers { audited: status }));
            }
        }
    }
}
