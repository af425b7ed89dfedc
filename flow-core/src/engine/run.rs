//! One transition, planned in memory.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use flow_graph::{Graph, Kind, Node, NodeId, Role};

use super::{Answer, Ask, Event, Fault, Limit, ProcessState, TaskState};
use crate::{ProcessStatus, TaskStatus};

/// How many tasks one transition may begin before it must come to rest.
pub const STEP_LIMIT: u32 = 100_000;

/// How many tasks one split may start.
pub const BRANCH_LIMIT: u32 = 10_000;

/// How many splits may be open inside one another.
pub const NESTING_LIMIT: u32 = 64;

/// One transition: from what happened to a task until everything waits or has ended.
///
/// Call [`next`](Run::next), answer what it asks, until it asks nothing more.
///
/// A token is a branch that has not ended. The process counts its own, a split those of its branches: the
/// split's own token lives on in them until they meet in a join, or have all ended. So a step costs what the
/// depth of nesting costs, and never asks how many tasks there are.
#[derive(Clone, Debug)]
pub struct Run<'g> {
    pub(super) graph: &'g Graph<'g>,
    pub(super) process: ProcessState,
    pub(super) tasks: Vec<TaskState>,
    /// Places of tasks that were made or changed since they were last taken over.
    changed: Vec<usize>,
    /// The places of the tasks, by number.
    pub(super) places: BTreeMap<i32, usize>,
    /// The waiting joins, by split and node.
    pub(super) joins: BTreeMap<(i32, NodeId), usize>,
    /// Splits whose joins are all known.
    pub(super) known: BTreeSet<i32>,
    /// Splits of which a branch has arrived or ended.
    pub(super) touched: BTreeSet<i32>,
    pub(super) todo: VecDeque<Work>,
    /// The next question.
    pending: Option<Ask>,
    /// The question that is not answered yet.
    asked: Option<Ask>,
    /// The answers of a split's edges, until all are there.
    pub(super) times: Vec<usize>,
    steps: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// A new task: what its node does first.
    Activate(usize),
    /// A task that waited and is done now.
    Complete(usize),
    /// A timeout whose time has come.
    Fire(usize),
    /// The branch of a task comes to a join over this edge.
    Arrive(usize, usize),
    /// The branch of a task has ended.
    End(usize),
    /// A join whose branches have met goes on.
    Leave(usize),
}

impl<'g> Run<'g> {
    fn new(graph: &'g Graph<'g>, process: ProcessState) -> Self {
        Run {
            graph,
            process,
            tasks: Vec::new(),
            changed: Vec::new(),
            places: BTreeMap::new(),
            joins: BTreeMap::new(),
            known: BTreeSet::new(),
            touched: BTreeSet::new(),
            todo: VecDeque::new(),
            pending: None,
            asked: None,
            times: Vec::new(),
            steps: 0,
        }
    }

    /// A new process, which starts at this node.
    #[must_use]
    pub fn start(graph: &'g Graph<'g>, node: NodeId) -> Self {
        let process = ProcessState { status: ProcessStatus::New, task_count: 1, open_tokens: 1 };
        let mut run = Run::new(graph, process);
        run.add(TaskState {
            number: 1,
            node,
            status: TaskStatus::Started,
            token: "start".to_owned(),
            scope: None,
            previous: None,
            joined: None,
            open_tokens: 0,
            via: None,
        });
        run.todo.push_back(Work::Complete(0));
        run
    }

    /// A process that goes on: `tasks[task]` waited, and this happened to it. `tasks` holds that task and,
    /// right behind it, the timeouts that are armed with it; of a timeout, its host and the host's.
    #[must_use]
    pub fn resume(
        graph: &'g Graph<'g>,
        process: ProcessState,
        tasks: Vec<TaskState>,
        task: usize,
        event: Event,
    ) -> Self {
        let mut run = Run::new(graph, process);
        for state in tasks {
            run.add(state);
        }
        match event {
            Event::Complete => run.todo.push_back(Work::Complete(task)),
            Event::Fire => run.todo.push_back(Work::Fire(task)),
            Event::Fail => run.fail(task),
        }
        run
    }

    /// The graph it walks.
    #[must_use]
    pub fn graph(&self) -> &'g Graph<'g> {
        self.graph
    }

    /// The process as it is now.
    #[must_use]
    pub fn process(&self) -> ProcessState {
        self.process
    }

    /// The tasks that were given, read and made, in this order.
    #[must_use]
    pub fn tasks(&self) -> &[TaskState] {
        &self.tasks
    }

    /// The places of the tasks that were made or changed since the last call; some may stand twice.
    pub fn take_changed(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.changed)
    }

    /// Goes on to the next question; `None` when everything waits or has ended.
    ///
    /// # Errors
    /// [`Fault::Limit`] and [`Fault::NoBranch`], after which [`fail`](Run::fail) may be called;
    /// [`Fault::Broken`] if the last question was not answered or the graph does not fit.
    #[allow(clippy::should_implement_trait, reason = "an iterator could not fail, nor wait for its answer")]
    pub fn next(&mut self) -> Result<Option<Ask>, Fault> {
        if self.asked.is_some() {
            return Err(Fault::Broken("a question was not answered"));
        }
        while self.pending.is_none() {
            match self.todo.pop_front() {
                Some(work) => self.work(work)?,
                // Only when nothing instant is left is it decided who has met, so that no order of events matters.
                None if self.settle()? => {}
                None => break,
            }
        }
        self.asked = self.pending.take();
        if self.asked.is_some() {
            return Ok(self.asked);
        }
        if self.process.open_tokens == 0 {
            self.process.status = ProcessStatus::Done;
        }
        Ok(None)
    }

    fn work(&mut self, work: Work) -> Result<(), Fault> {
        match work {
            Work::Activate(task) => {
                self.count(task)?;
                self.activate(task)
            }
            Work::Complete(task) => {
                self.ask(Ask::Act { task });
                Ok(())
            }
            Work::Fire(boundary) => self.fire(boundary),
            Work::Arrive(task, edge) => self.arrive(task, edge),
            Work::Leave(join) => self.leave_by(join, Role::Next),
            Work::End(task) => {
                let scope = self.tasks[task].scope;
                if self.reads(task, scope, work) { Ok(()) } else { self.end_token(scope) }
            }
        }
    }

    /// One task more that this transition has begun.
    pub(super) fn count(&mut self, task: usize) -> Result<(), Fault> {
        self.steps += 1;
        if self.steps > STEP_LIMIT {
            return Err(Fault::Limit { task, what: Limit::Steps, limit: STEP_LIMIT });
        }
        Ok(())
    }

    pub(super) fn ask(&mut self, ask: Ask) {
        self.pending = Some(ask);
    }

    /// Asks for a split that was not read yet; the work waits for it then.
    pub(super) fn reads(&mut self, task: usize, scope: Option<i32>, work: Work) -> bool {
        let Some(scope) = scope.filter(|split| !self.known.contains(split)) else { return false };
        self.todo.push_front(work);
        self.ask(Ask::Scope { task, scope });
        true
    }

    /// Answers the last question.
    ///
    /// # Errors
    /// [`Fault::Broken`] if there was none, or if the answer is not to it; the other faults as
    /// [`next`](Run::next).
    pub fn answer(&mut self, answer: Answer) -> Result<(), Fault> {
        let Some(ask) = self.asked.take() else {
            return Err(Fault::Broken("nothing was asked"));
        };
        match (ask, answer) {
            (_, Answer::Failed) => {
                self.fail(ask.task());
                Ok(())
            }
            (Ask::Act { task }, Answer::Done) => self.leave_by(task, Role::Next),
            (Ask::Condition { task }, Answer::Holds(holds)) => {
                self.leave_by(task, if holds { Role::Then } else { Role::Else })
            }
            (Ask::Choice { task }, Answer::Goes(edge)) => self.leave(task, edge),
            (Ask::Times { task, .. }, Answer::Times(times)) => {
                self.times.push(times);
                self.branches(task)
            }
            (Ask::Carry { task, edge }, Answer::Done) => self.go(task, edge),
            (Ask::Owner { task }, Answer::Taken(taken)) => {
                if taken {
                    self.set(task, TaskStatus::Assigned);
                }
                Ok(())
            }
            (Ask::Due { task }, Answer::Done) => {
                self.set(task, TaskStatus::Scheduled);
                Ok(())
            }
            (Ask::Child { task }, Answer::Ended(ended)) => {
                self.set(task, TaskStatus::Started);
                if ended { self.leave_by(task, Role::Next) } else { Ok(()) }
            }
            (Ask::Scope { scope, .. }, Answer::Rows(rows)) => self.take_scope(scope, rows),
            _ => Err(Fault::Broken("the answer is not to the question")),
        }
    }

    /// The task is in error: its branch stays where it is, and the others go on.
    pub fn fail(&mut self, task: usize) {
        self.times.clear();
        if task < self.tasks.len() {
            self.set(task, TaskStatus::Error);
        }
    }

    pub(super) fn node(&self, id: NodeId) -> Result<&'g Node<'g>, Fault> {
        self.graph.node(id).ok_or(Fault::Broken("a task of a node that does not exist"))
    }

    pub(super) fn node_of(&self, task: usize) -> Result<&'g Node<'g>, Fault> {
        self.node(self.tasks[task].node)
    }

    /// A task to be changed, which is noted.
    pub(super) fn task_mut(&mut self, at: usize) -> &mut TaskState {
        self.changed.push(at);
        &mut self.tasks[at]
    }

    pub(super) fn set(&mut self, at: usize, status: TaskStatus) {
        self.task_mut(at).status = status;
    }

    pub(super) fn add(&mut self, state: TaskState) -> usize {
        let at = self.tasks.len();
        self.changed.push(at);
        self.places.insert(state.number, at);
        self.tasks.push(state);
        at
    }

    /// What a node does when a process comes to it.
    fn activate(&mut self, task: usize) -> Result<(), Fault> {
        if self.tasks[task].status.is_final() {
            // Cancelled by a sibling of the same transition before its turn came.
            return Ok(());
        }
        match self.node_of(task)?.kind {
            Kind::View => self.ask(Ask::Owner { task }),
            Kind::Handle => {}
            Kind::Job => self.set(task, TaskStatus::Scheduled),
            Kind::Timer | Kind::TimerBoundary => self.ask(Ask::Due { task }),
            Kind::Subprocess => self.ask(Ask::Child { task }),
            Kind::Function => self.ask(Ask::Act { task }),
            Kind::If => self.ask(Ask::Condition { task }),
            Kind::Switch => self.ask(Ask::Choice { task }),
            Kind::Split => self.branches(task)?,
            Kind::End => {
                self.finish(task);
                self.todo.push_back(Work::End(task));
            }
            _ => return Err(Fault::Broken("a process came to a node that nothing can lead to")),
        }
        Ok(())
    }
}
