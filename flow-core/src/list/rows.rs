//! The rows of a page: what each is called and is about, and what a flow's own rules say of it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use flow_graph::NodeId;

use super::RowProblem;
use super::who::{self, Acting, OfNode};
use crate::callback::Cx;
use crate::flow::{Rule, node};
use crate::proxy;
use crate::store::Store as _;
use crate::store::list::{ListQuery, Part, Sort, TextColumn, Where};
use crate::transition::permit::Represented;
use crate::{Error, Flow, Process, Result, Task, TaskId, User};

/// A task in a list, with its process and the texts to show.
#[derive(Clone, Debug)]
pub struct TaskRow {
    pub(crate) task: Task,
    pub(super) process: Process,
    pub(super) title: String,
    pub(super) brief: String,
    pub(super) process_brief: String,
    pub(super) problem: Option<String>,
}

impl TaskRow {
    /// The task.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// What names it.
    #[must_use]
    pub fn id(&self) -> TaskId {
        self.task.id()
    }

    /// Its process.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// What people call the process: a number of an order, ..
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.process.reference()
    }

    /// What people call the node; its stored name if the code does not know it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What the task is about, in one line.
    #[must_use]
    pub fn brief(&self) -> &str {
        &self.brief
    }

    /// What its process is about, in one line.
    #[must_use]
    pub fn process_brief(&self) -> &str {
        &self.process_brief
    }

    /// Why the row has no text of its own: a document that cannot be read, or a flow or node that the code does not
    /// know.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// A row of a flow that the code does not know.
    pub(super) fn unknown(task: Task, process: Process) -> Self {
        let problem = Some(format!("no flow of the list is called `{}`", task.flow()));
        let brief = format!("{} - {}", task.node(), task.status());
        let process_brief = format!("{} - {}", process.flow(), process.status());
        TaskRow { title: task.node().to_owned(), brief, process_brief, problem, task, process }
    }
}

/// A process in a list, with the texts to show.
#[derive(Clone, Debug)]
pub struct ProcessRow {
    pub(super) process: Process,
    pub(super) title: String,
    pub(super) brief: String,
    pub(super) problem: Option<String>,
}

impl ProcessRow {
    /// The process.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.process.id
    }

    /// What people call it: a number of an order, ..
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.process.reference()
    }

    /// What people call its flow; its stored name if the code does not know it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What the process is about, in one line.
    #[must_use]
    pub fn brief(&self) -> &str {
        &self.brief
    }

    /// Why the row has no text of its own: a document that cannot be read, or a flow that the code does not know.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// A row of a flow that the code does not know.
    pub(super) fn unknown(process: Process) -> Self {
        let problem = Some(format!("no flow of the list is called `{}`", process.flow()));
        let brief = format!("{} - {}", process.flow(), process.status());
        ProcessRow { title: process.flow().to_owned(), brief, problem, process }
    }
}

/// What becomes of a row that was found: it is shown, or not, or it is missing because something went wrong.
pub(crate) type Listed<R> = std::result::Result<Option<R>, RowProblem>;

/// The rows of one flow's tasks, in their order. With `rights` those alone that may be taken.
pub(crate) fn of_tasks<F: Flow>(
    conn: &mut F::Connection,
    found: Vec<(Task, Process)>,
    rights: Option<&[Acting<'_>]>,
) -> Result<Vec<Listed<TaskRow>>> {
    // Several tasks may be of one process.
    let processes: BTreeMap<i64, Process> = found.iter().map(|(_, process)| (process.id, process.clone())).collect();
    let ids: Vec<i64> = processes.keys().copied().collect();
    let mut loaded: Loaded<F> = ids.into_iter().zip(load::<F>(conn, processes.into_values().collect())?).collect();
    let allowed = match rights {
        Some(rights) => allowed::<F>(conn, &found, &mut loaded, rights)?,
        None => found.iter().map(|_| Ok(true)).collect(),
    };
    let rows = found.into_iter().zip(allowed);
    Ok(rows
        .map(|((task, process), allowed)| match (allowed, loaded.get(&process.id)) {
            (Ok(true), Some(loaded)) => Ok(Some(task_row::<F>(task, process, loaded))),
            (Ok(_), _) => Ok(None),
            (Err(reason), _) => Err(problem(process.id, Some(task.id()), reason)),
        })
        .collect())
}

pub(super) fn problem(process: i64, task: Option<TaskId>, reason: String) -> RowProblem {
    match task {
        Some(task) => tracing::warn!(%task, reason, "a task is missing from a list"),
        None => tracing::warn!(process, reason, "a process is missing from a list"),
    }
    RowProblem { process, task, reason }
}

/// The processes as the flow's own type.
pub(super) fn load<F: Flow>(conn: &mut F::Connection, rows: Vec<Process>) -> Result<Vec<Result<F::Process>>> {
    let mut loaded = proxy::load_all::<F::Process, _>(rows, conn)?;
    // A database error is an error of the whole list, not of one row.
    match loaded.iter().position(|loaded| matches!(loaded, Err(Error::Database(_)))) {
        Some(at) => loaded.swap_remove(at).map(|_| Vec::new()),
        None => Ok(loaded),
    }
}

/// Processes by their numbers, as the flow's own type.
type Loaded<F> = BTreeMap<i64, Result<<F as Flow>::Process>>;

/// Whether each task may be taken. What SQL cannot decide, a method of the flow does.
fn allowed<F: Flow>(
    conn: &mut F::Connection,
    found: &[(Task, Process)],
    loaded: &mut Loaded<F>,
    rights: &[Acting<'_>],
) -> Result<Vec<std::result::Result<bool, String>>> {
    let nodes: Vec<OfNode> = who::of_flow::<F>(rights);
    let asking = |task: &Task| nodes.iter().find(|node| node.asks() && node.names.contains(&task.node()));
    let ids: Vec<TaskId> =
        found.iter().map(|(task, _)| task).filter(|task| asking(task).is_some()).map(Task::id).collect();
    let mut allowed: Vec<_> = found.iter().map(|(task, _)| Ok(asking(task).is_none())).collect();
    if ids.is_empty() {
        return Ok(allowed);
    }
    for (place, right) in rights.iter().enumerate() {
        let of_right = |pick: fn(&who::OfRight) -> &Where| {
            nodes.iter().filter(|node| node.asks()).fold(Where::never(), |some, node| {
                let names = node.names.iter().map(|name| (*name).to_owned()).collect();
                let condition = pick(&node.rights[place]).clone();
                some.or(Where::OneOf(TextColumn::Node, names).and(condition))
            })
        };
        let certain = matching(conn, &ids, of_right(|right| &right.certain))?;
        let asked = matching(conn, &ids, of_right(|right| &right.asked))?;
        for (at, (task, _)) in found.iter().enumerate() {
            if certain.contains(&task.id()) {
                allowed[at] = Ok(true);
            } else if asked.contains(&task.id())
                && !matches!(allowed[at], Ok(true))
                && let Some(loaded) = loaded.get_mut(&task.process_id)
            {
                allowed[at] = ask::<F>(conn, task, loaded, *right);
            }
        }
    }
    Ok(allowed)
}

/// Those of some tasks that meet a condition.
fn matching<C: crate::FlowConnection>(conn: &mut C, ids: &[TaskId], condition: Where) -> Result<Vec<TaskId>> {
    if condition.is_never() {
        return Ok(Vec::new());
    }
    let query = ListQuery {
        parts: vec![Part::of(None, Where::Tasks(ids.to_vec()))],
        condition,
        sort: Sort::Oldest,
        by: None,
        after: None,
        most: i64::try_from(ids.len()).unwrap_or(i64::MAX),
    };
    Ok(conn.store().list_tasks(&query)?.iter().map(|(task, _)| task.id()).collect())
}

/// What the node's own rule says of a task.
fn ask<F: Flow>(
    conn: &mut F::Connection,
    task: &Task,
    loaded: &mut Result<F::Process>,
    acting: Acting<'_>,
) -> std::result::Result<bool, String> {
    let Some(id) = F::GRAPH.find(task.node()) else { return Ok(false) };
    let (_, def) = node::<F>(id).map_err(|error| error.to_string())?;
    let Rule::Task(allows) = &def.rule else { return Ok(false) };
    let unreadable = Err(Error::Internal(String::new()));
    let (mut process, error) = match std::mem::replace(loaded, unreadable) {
        Ok(process) => (Some(process), None),
        Err(error) => (None, Some(error)),
    };
    if let Some(error) = error {
        let reason = error.to_string();
        *loaded = Err(error);
        return Err(reason);
    }
    let mut task = task.clone();
    let answer = catch_unwind(AssertUnwindSafe(|| {
        let represented = Represented(acting.right);
        let right: &dyn User = if acting.is_own() { acting.right } else { &represented };
        allows(right, &mut Cx { process: &mut process, task: &mut task, input: None, actor: None, conn })
    }));
    if let Some(process) = process {
        *loaded = Ok(process);
    }
    match answer {
        Ok(answer) => answer.map_err(|error| format!("the rule of `{}` failed: {error}", task.node())),
        Err(_) => Err(format!("the rule of `{}` panicked", task.node())),
    }
}

fn task_row<F: Flow>(task: Task, process: Process, loaded: &Result<F::Process>) -> TaskRow {
    let node: Option<NodeId> = F::GRAPH.find(task.node());
    let known = node.and_then(|id| F::GRAPH.node(id));
    let title = known.map_or(task.node(), |node| node.title).to_owned();
    let plain = || format!("{title} - {}", task.status());
    let of_process = || format!("{} - {}", F::GRAPH.title, process.status());
    let process_brief = match loaded {
        Ok(loaded) => text(|| F::brief(loaded), of_process).0,
        Err(_) => of_process(),
    };
    let (brief, problem) = match loaded {
        Ok(_) if known.is_none() => {
            (plain(), Some(format!("the flow `{}` has no node `{}`", F::GRAPH.name, task.node())))
        }
        Ok(loaded) => text(|| F::task_brief(loaded, &task), plain),
        Err(error) => (plain(), Some(error.to_string())),
    };
    TaskRow { task, process, title, brief, process_brief, problem }
}

/// A process with its texts.
pub(super) fn process_row<F: Flow>(process: Process, loaded: &Result<F::Process>) -> ProcessRow {
    let title = F::GRAPH.title.to_owned();
    let plain = || format!("{title} - {}", process.status());
    let (brief, problem) = match loaded {
        Ok(loaded) => text(|| F::brief(loaded), plain),
        Err(error) => (plain(), Some(error.to_string())),
    };
    ProcessRow { process, title, brief, problem }
}

/// A text of the flow's; another one where that panics.
fn text(make: impl FnOnce() -> String, plain: impl FnOnce() -> String) -> (String, Option<String>) {
    match catch_unwind(AssertUnwindSafe(make)) {
        Ok(text) => (text, None),
        Err(_) => (plain(), Some("its summary panicked".to_owned())),
    }
}
