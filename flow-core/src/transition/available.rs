//! Which verbs a person may use: asked of the same checks that the verbs ask.

use super::conflict::Authors;
use super::perform::{self, Request, Target};
use super::verb::{On, Verb, Who};
use super::{permit, process_verb};
use crate::flow::node;
use crate::store::{Locking, Store as _};
use crate::{Error, ErrorKind, Flow, Process, Result, Task, TaskId, TaskView, User, in_step};

/// Whether a person may use a verb, and if not, why.
#[derive(Debug)]
#[non_exhaustive]
pub struct Availability {
    /// What is meant.
    pub verb: Verb,
    /// `Denied` if the person may not, `Conflict` if the state does not allow it: what the verb itself would return.
    pub allowed: Result<()>,
}

impl Availability {
    /// Whether the verb can be used now.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.allowed.is_ok()
    }

    /// Why it cannot be used, in words.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        self.allowed.as_ref().err().map(ToString::to_string)
    }
}

/// What a person can do: the rest is the engine's.
fn by_people(verb: &&Verb) -> bool {
    !matches!(verb.rule().who, Who::Engine | Who::Starter | Who::Anyone)
}

/// What this person may do to a process.
pub(crate) fn of_process<F: Flow>(conn: &mut F::Connection, id: i64, user: &dyn User) -> Result<Vec<Availability>> {
    in_step::refuse(conn, id, "available")?;
    let process = process_verb::find::<F>(conn, id, Locking::Optimistic)?;
    of_process_row::<F>(conn, &process, user)
}

/// What this person may do to a process whose row is known.
pub(crate) fn of_process_row<F: Flow>(
    conn: &mut F::Connection,
    process: &Process,
    user: &dyn User,
) -> Result<Vec<Availability>> {
    let verbs = Verb::ALL.iter().filter(by_people).filter(|verb| matches!(verb.rule().on, On::Process));
    verbs
        .map(|verb| {
            let allowed = permit::identified(user).and_then(|()| process_verb::check::<F>(conn, *verb, process, user));
            availability(*verb, allowed)
        })
        .collect()
}

/// What this person may do to a task. Verbs that nodes of its kind never have are left out.
///
/// What the engine finds on its way is found here too: the verb is planned, and nothing is written.
pub(crate) fn of_task<F: Flow>(conn: &mut F::Connection, id: TaskId, user: &dyn User) -> Result<Vec<Availability>> {
    in_step::refuse(conn, id.process(), "available")?;
    let missing = || Error::NotFound { what: format!("task {id} of `{}`", F::GRAPH.name) };
    let (process, task) = conn.store().read(id.process(), id.number(), Locking::Optimistic)?.ok_or_else(missing)?;
    of_task_row::<F>(conn, &process, &task, Authors::of(process.id), user)
}

/// As [`of_task`], of a task that was read already.
pub(crate) fn of_task_view<F: Flow>(
    conn: &mut F::Connection,
    view: &TaskView,
    user: &dyn User,
) -> Result<Vec<Availability>> {
    let authors = Authors::of(view.process().id).with(view.task.number, view.author.clone());
    of_task_row::<F>(conn, view.process(), &view.task, authors, user)
}

fn of_task_row<F: Flow>(
    conn: &mut F::Connection,
    process: &Process,
    task: &Task,
    mut authors: Authors,
    user: &dyn User,
) -> Result<Vec<Availability>> {
    let id = task.id();
    let missing = || Error::NotFound { what: format!("task {id} of `{}`", F::GRAPH.name) };
    let at = F::GRAPH.find(&task.node).filter(|_| F::GRAPH.is_named(&task.flow)).ok_or_else(missing)?;
    let kind = node::<F>(at)?.0.kind;
    let fits = |verb: &&Verb| matches!(verb.rule().on, On::Task(is) if is(kind));
    let mut target = Target::<F>::new(process.clone(), task.clone()).keeping_answers();
    Verb::ALL
        .iter()
        .filter(by_people)
        .filter(fits)
        .map(|verb| {
            let request = Request { verb: *verb, at, id, user, to: None, expected: None };
            let allowed = permit::identified(user)
                .and_then(|()| perform::stand_in_without_author(conn, request, &mut target))
                .and_then(|_| perform::obstacle(conn, *verb, &target));
            availability(*verb, allowed.map_err(|error| authors.add(conn, error)))
        })
        .collect()
}

/// What is the person's to know; a database that cannot be reached is the caller's.
fn availability(verb: Verb, allowed: Result<()>) -> Result<Availability> {
    match allowed {
        Err(error) if !matches!(error.kind(), ErrorKind::Denied | ErrorKind::Conflict) => Err(error),
        allowed => Ok(Availability { verb, allowed }),
    }
}
