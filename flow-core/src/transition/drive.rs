//! The loop of a transition: the engine asks, the flow's callbacks answer, the rows are written.

use flow_graph::Slot;

use super::loaded::{Called, Subject};
use super::savepoint::{Failed, Guard};
use super::verb::Mode;
use super::{Cause, Hooks, UnitOfWork};
use crate::engine::{Answer, Ask, Failure, Fault, Limit, Rows, Run};
use crate::store::{FlowConnection, TransitionWrite, needs_connection};
use crate::{Conflict, Error, ProcessStatus, Result, TaskId};

/// How many subprocesses may run inside one another.
pub(crate) const DEEPEST_CHILD: i32 = 64;

/// A process that is in a transition.
pub(crate) struct Frame<C> {
    pub(crate) subject: Box<dyn Subject<C>>,
    pub(crate) work: UnitOfWork,
    pub(crate) run: Run<'static>,
    pub(crate) cause: Cause,
    pub(crate) hooks: Hooks<C>,
}

/// A child process that is to be started inside its parent's transition.
#[allow(missing_debug_implementations, reason = "holds a function")]
pub struct ChildPlan<C> {
    pub(crate) begin: BeginChild<C>,
}

type BeginChild<C> = Box<dyn FnOnce(&mut C, Parent) -> Result<Frame<C>>>;

/// The task that starts a child process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parent {
    pub(crate) task: TaskId,
    /// How many processes the parent is inside of.
    pub(crate) depth: i32,
}

/// Where a frame has come to.
enum Next {
    Call { task: usize, slot: Slot },
    Rest,
}

/// Drives a transition to its rest and writes what came of it.
pub(crate) fn drive<C: FlowConnection>(conn: &mut C, mut frame: Frame<C>, mode: Mode) -> Result<Frame<C>> {
    let mut guard = Guard::new(mode);
    loop {
        let next = match frame.next(conn) {
            Ok(next) => next,
            Err(Stop::Error(error)) => return Err(error),
            Err(Stop::Fault(fault)) => {
                frame.stopped(&fault, mode)?;
                continue;
            }
        };
        let Next::Call { task, slot } = next else { break };
        if slot == Slot::Child && frame.work.is_batched() {
            return Err(needs_connection().into());
        }
        guard.begin(conn, &mut frame, (task, slot))?;
        let outcome = guard.run(|| match frame.asked(conn, (task, slot), mode == Mode::Background)? {
            Called::Answer(answer) => Ok(answer),
            Called::Child(plan) => {
                let parent = frame.parent(task)?;
                let rested = run_child(conn, plan, parent, mode)?;
                frame.child_rests(task, rested, mode == Mode::Background)
            }
        });
        let answer = guard.end(conn, &mut frame, (task, slot), outcome)?;
        if let Err(fault) = frame.run.answer(answer) {
            frame.stopped(&fault, mode)?;
        }
    }
    guard.close(conn)?;
    frame.complete(conn)?;
    Ok(frame)
}

/// What has come of a child process when it has come to rest.
struct Rested {
    /// The escalations that it has thrown.
    escalations: Vec<&'static str>,
    ended: Ended,
}

/// Whether a child process has ended.
#[derive(Clone, Copy)]
enum Ended {
    No,
    Yes,
    /// By an `ErrorEnd` of this code.
    With(&'static str),
}

/// A child that is driven inside its parent's transition.
struct Level<C> {
    frame: Frame<C>,
    guard: Guard,
    /// The task whose callback is called, or that has started the child above.
    at: (usize, Slot),
}

/// What a child has come to.
enum Advanced<C> {
    On,
    Starts(Box<Level<C>>),
    Rests(Rested),
}

/// Starts a child process and drives it to its rest, with the children that it starts itself. Depth costs no stack.
fn run_child<C: FlowConnection>(conn: &mut C, plan: ChildPlan<C>, parent: Parent, mode: Mode) -> Result<Rested> {
    let mut levels = vec![Level::begin(conn, plan, parent, mode)?];
    while let Some(top) = levels.last_mut() {
        let mut rested = match top.advance(conn, mode) {
            Ok(Advanced::On) => continue,
            Ok(Advanced::Starts(child)) => {
                levels.push(*child);
                continue;
            }
            Ok(Advanced::Rests(rested)) => Ok(rested),
            Err(error) => Err(error),
        };
        // The parent continues with the child's result, or fails with it, and so on up the stack.
        loop {
            levels.pop();
            let Some(below) = levels.last_mut() else { return rested };
            match below.child_rests(conn, rested) {
                Ok(()) => break,
                Err(error) => rested = Err(error),
            }
        }
    }
    Err(Error::Internal("a child process was lost".to_owned()))
}

impl<C: FlowConnection> Level<C> {
    fn begin(conn: &mut C, plan: ChildPlan<C>, parent: Parent, mode: Mode) -> Result<Self> {
        let frame = (plan.begin)(conn, parent)?;
        Ok(Level { frame, guard: Guard::inner(mode), at: (0, Slot::Act) })
    }

    /// Goes on as far as the next answer, or the start of a child.
    fn advance(&mut self, conn: &mut C, mode: Mode) -> Result<Advanced<C>> {
        let next = self.frame.next(conn).map_err(|stop| stop.into_error(&self.frame))?;
        let Next::Call { task, slot } = next else {
            self.guard.close(conn)?;
            self.frame.complete(conn)?;
            return Ok(Advanced::Rests(self.frame.rested()));
        };
        self.at = (task, slot);
        let Level { frame, guard, .. } = self;
        guard.begin(conn, frame, (task, slot))?;
        let mut child = None;
        let outcome = guard.run(|| match frame.asked(conn, (task, slot), false)? {
            Called::Answer(answer) => Ok(answer),
            Called::Child(plan) => {
                let parent = frame.parent(task)?;
                child = Some(Box::new(Level::begin(conn, plan, parent, mode)?));
                Ok(Answer::Done)
            }
        });
        match child {
            Some(child) => Ok(Advanced::Starts(child)),
            None => self.answer(conn, outcome).map(|()| Advanced::On),
        }
    }

    /// The child that its task has started is at rest, or has failed as a whole.
    fn child_rests(&mut self, conn: &mut C, rested: Result<Rested>) -> Result<()> {
        let answer = rested.and_then(|rested| self.frame.child_rests(self.at.0, rested, false));
        self.answer(conn, answer.map_err(Failed::Error))
    }

    fn answer(&mut self, conn: &mut C, outcome: Result<Answer, Failed>) -> Result<()> {
        let answer = self.guard.end(conn, &mut self.frame, self.at, outcome)?;
        self.frame.run.answer(answer).map_err(|fault| self.frame.error_of(&fault))
    }
}

/// Why a frame cannot go on.
enum Stop {
    Fault(Fault),
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Error(error)
    }
}

impl Stop {
    fn into_error<C: FlowConnection>(self, frame: &Frame<C>) -> Error {
        match self {
            Stop::Fault(fault) => frame.error_of(&fault),
            Stop::Error(error) => error,
        }
    }
}

impl<C: FlowConnection> Frame<C> {
    /// Goes on to the next callback; rows are read on the way.
    fn next(&mut self, conn: &mut C) -> Result<Next, Stop> {
        self.work.job_facts = self.subject.job_facts();
        loop {
            let ask = self.run.next().map_err(Stop::Fault)?;
            self.work.sync(&mut self.run)?;
            let rows = match ask {
                None => return Ok(Next::Rest),
                Some(Ask::Call { task, slot }) => return Ok(Next::Call { task, slot }),
                Some(Ask::Rows(rows)) => rows,
            };
            let rows = self.rows(conn, rows)?;
            self.run.answer(Answer::Rows(rows)).map_err(Stop::Fault)?;
        }
    }

    /// Goes as far as the first callback, and writes nothing.
    pub(super) fn look_ahead(&mut self, conn: &mut C) -> Result<()> {
        self.next(conn).map(drop).map_err(|stop| stop.into_error(self))
    }

    fn rows(&mut self, conn: &mut C, rows: Rows) -> Result<Vec<crate::engine::TaskState>> {
        let process = self.subject.row().id;
        self.work.read_rows(conn, process, rows)
    }

    /// Writes as much as the callback must be able to see.
    pub(super) fn prepare(&mut self, conn: &mut C, task: usize, slot: Slot) -> Result<()> {
        let needs = self.subject.needs(self.work.node(task), slot);
        if needs.connection {
            self.subject.store().map_err(Error::Invalid)?;
            self.write_joined(conn)?;
            self.work.show(conn, self.subject.row_mut())
        } else if needs.activation {
            self.work.number_process(conn, self.subject.row_mut())
        } else {
            Ok(())
        }
    }

    /// Calls a callback, which may be the start of a child.
    fn called(&mut self, conn: &mut C, task: usize, slot: Slot) -> Result<Called<C>> {
        let node = self.work.node_name(task);
        let called = self.subject.call(task, slot, &mut self.work, conn);
        called.map_err(|source| match Error::of_step(node, source) {
            // No caller's input is at fault if an edge or a condition returns `Invalid`.
            error @ Error::Invalid(_) if !slot.acts() => Error::Step { node, source: error.into() },
            error => error,
        })
    }

    /// Calls a callback. Where a failure is the task's, `always` or because of an `on_error`, so is a value that it
    /// sets and that is not valid.
    fn asked(&mut self, conn: &mut C, (task, slot): (usize, Slot), always: bool) -> Result<Called<C>> {
        let called = self.called(conn, task, slot)?;
        let guarded = always || self.run.is_looking() || self.has_taker(task);
        if matches!(called, Called::Answer(_)) && guarded {
            self.subject.store().map_err(Error::Invalid)?;
        }
        Ok(called)
    }

    /// Whether an `on_error` may take a failure of this task.
    pub(super) fn has_taker(&self, task: usize) -> bool {
        let node = self.run.graph().node(self.work.node(task));
        let is_taker = |id: &flow_graph::NodeId| {
            self.run.graph().node(*id).is_some_and(|node| node.kind == flow_graph::Kind::ErrorBoundary)
        };
        node.is_some_and(|node| node.boundaries.iter().any(is_taker))
    }

    /// What has come of the process, that was started in this very transition.
    fn rested(&self) -> Rested {
        let ended = match self.work.process_state().status {
            ProcessStatus::New => Ended::No,
            _ => self.work.error_code().map_or(Ended::Yes, Ended::With),
        };
        Rested { escalations: self.work.escalations(), ended }
    }

    /// The child of a task is at rest. Its escalations come first; behind one that interrupts the task, nobody waits for
    /// its end. `fails`: an error that no `on_error` takes leaves the task in ERROR.
    fn child_rests(&mut self, task: usize, rested: Rested, fails: bool) -> Result<Answer> {
        let (graph, node) = (self.run.graph(), self.work.node(task));
        let Rested { escalations, ended } = rested;
        let mut takers: Vec<_> =
            escalations.into_iter().filter_map(|code| graph.escalation_taker(node, code)).collect();
        let interrupts = |taker: &flow_graph::NodeId| graph.node(*taker).is_some_and(|taker| taker.interrupting);
        if let Some(last) = takers.iter().position(interrupts) {
            takers.truncate(last + 1);
            return Ok(Answer::Escalated(takers, Box::new(Answer::Ended(false))));
        }
        Ok(Answer::Escalated(takers, Box::new(self.child_ended(task, ended, fails)?)))
    }

    fn child_ended(&mut self, task: usize, ended: Ended, fails: bool) -> Result<Answer> {
        let code = match ended {
            Ended::No => return Ok(Answer::Ended(false)),
            Ended::Yes => return Ok(Answer::Ended(true)),
            Ended::With(code) => code,
        };
        let failure = Failure { code: Some(code), ..Failure::default() };
        if !fails && !self.run.takes(task, failure) {
            let source = crate::StepError::code(code);
            return Err(Error::Step { node: self.work.node_name(task), source });
        }
        self.work.fail(task, code);
        Ok(Answer::Failed(failure))
    }

    fn parent(&mut self, task: usize) -> Result<Parent> {
        let depth = self.subject.row().depth;
        if depth >= DEEPEST_CHILD {
            let limit = u32::try_from(DEEPEST_CHILD).unwrap_or_default();
            let what = "subprocesses inside one another".to_owned();
            return Err(Error::Limit { node: self.work.node_name(task), what, limit });
        }
        Ok(Parent { task: self.work.task(task).id(), depth })
    }

    /// Writes the joined columns, if they may have been changed.
    pub(super) fn write_joined(&mut self, conn: &mut C) -> Result<()> {
        if !self.subject.joined_changed() {
            return Ok(());
        }
        // In the transaction that everything else is written in.
        self.work.show(conn, self.subject.row_mut())?;
        self.subject.write_joined(conn)
    }

    /// Everything waits or has ended: writes the rest.
    fn complete(&mut self, conn: &mut C) -> Result<()> {
        self.subject.store().map_err(Error::Invalid)?;
        self.write_joined(conn)?;
        self.hooks.before(conn, &mut self.work, self.subject.row_mut(), &self.cause)?;
        let audited = self.subject.audited();
        self.work.finish(conn, self.subject.row_mut(), &self.cause, &audited)?;
        self.hooks.after(conn, &self.work, self.subject.row(), &self.cause)
    }

    /// What one of a batch writes, once it was driven to its rest.
    pub(super) fn planned(&mut self) -> Option<TransitionWrite<'_>> {
        self.work.planned(self.subject.row())
    }

    /// The engine cannot go on. In the background a split that starts nothing is its task's failure; anything else
    /// ends the transition.
    fn stopped(&mut self, fault: &Fault, mode: Mode) -> Result<()> {
        let task = match *fault {
            Fault::NoBranch { task } => task,
            Fault::Limit { task, what, .. } if what != Limit::Steps => task,
            _ => return Err(self.error_of(fault)),
        };
        if mode == Mode::Foreground {
            return Err(self.error_of(fault));
        }
        self.run.fail(task, crate::engine::Failure::default());
        self.work.sync(&mut self.run)?;
        self.work.fail(task, &fault.to_string());
        Ok(())
    }

    fn error_of(&self, fault: &Fault) -> Error {
        let node = |task: usize| {
            let node = self.run.tasks().get(task).and_then(|task| self.run.graph().node(task.node));
            node.map_or("?", |node| node.name)
        };
        match *fault {
            Fault::Broken(text) => Error::Internal(text.to_owned()),
            Fault::Obstacle { task, obstacle } => {
                let (row, process) = (self.work.task(task), self.subject.row());
                Error::from(Box::new(Conflict {
                    task: row.id(),
                    node: row.node.clone(),
                    status: row.status,
                    process_status: process.status,
                    by: None,
                    at: None,
                    obstacle: Some(obstacle),
                    of_task: false,
                }))
            }
            Fault::NoBranch { task } => Error::Step { node: node(task), source: fault.to_string().into() },
            Fault::Limit { task, what: Limit::Steps, limit } => Error::StepLimit { node: node(task), limit },
            Fault::Limit { task, what, limit } => Error::Limit { node: node(task), what: what.to_string(), limit },
        }
    }
}
