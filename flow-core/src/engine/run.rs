//! One transition, planned in memory.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use flow_graph::{Graph, Kind, Node, NodeId, Role, Slot};

use super::child::Starting;
use super::compensation::Compensation;
use super::conditions::Conditions;
use super::race::Races;
use super::work::Work;
use super::{Ask, Event, Fault, Limit, ProcessState, Rows, TaskState};
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
    /// The places of the boundaries, by the number of the task they are armed with.
    pub(super) boundaries: BTreeMap<i32, Vec<usize>>,
    /// Tasks whose boundaries are all known.
    pub(super) disarmable: BTreeSet<i32>,
    /// The waiting joins, by split and node.
    pub(super) joins: BTreeMap<(i32, NodeId), usize>,
    /// The joins in which arrivals rest, by split and node.
    pub(super) resting_joins: BTreeMap<(i32, NodeId), usize>,
    /// All tasks of the process were read.
    pub(super) complete: bool,
    /// All tasks that hold tokens were read.
    pub(super) has_tokens: bool,
    /// Nodes whose work cannot be taken back: see [`go_back`](Run::go_back).
    pub(super) irreversible: &'g [NodeId],
    /// Splits whose joins are all known.
    pub(super) known: BTreeSet<i32>,
    /// Splits of which a branch has arrived or ended.
    pub(super) touched: BTreeSet<i32>,
    pub(super) todo: VecDeque<Work>,
    /// The next question.
    pending: Option<Ask>,
    /// The question that is not answered yet.
    pub(super) asked: Option<Ask>,
    /// The answers of a split's edges, until all are there.
    pub(super) times: Vec<usize>,
    /// The children that are being started.
    pub(super) starting: Starting,
    steps: u32,
    /// Which tasks race with others.
    pub(super) races: Races,
    /// The conditions that the process waits for.
    pub(super) conditions: Conditions,
    /// What is known of its compensations.
    pub(super) compensation: Compensation,
}

impl<'g> Run<'g> {
    fn new(graph: &'g Graph<'g>, process: ProcessState) -> Self {
        Run {
            graph,
            process,
            tasks: Vec::new(),
            changed: Vec::new(),
            places: BTreeMap::new(),
            boundaries: BTreeMap::new(),
            disarmable: BTreeSet::new(),
            joins: BTreeMap::new(),
            resting_joins: BTreeMap::new(),
            complete: false,
            has_tokens: false,
            irreversible: &[],
            known: BTreeSet::new(),
            touched: BTreeSet::new(),
            todo: VecDeque::new(),
            pending: None,
            asked: None,
            times: Vec::new(),
            starting: Starting::default(),
            steps: 0,
            races: Races::of(graph),
            conditions: Conditions::default(),
            compensation: Compensation::default(),
        }
    }

    /// A new process, which starts at this node.
    #[must_use]
    pub fn start(graph: &'g Graph<'g>, node: NodeId) -> Self {
        let process = ProcessState { status: ProcessStatus::New, task_count: 1, open_tokens: 1, suspended: false };
        let mut run = Run::new(graph, process);
        let start = TaskState::new(1, node, "start".to_owned(), None);
        run.add(TaskState { status: TaskStatus::Started, ..start });
        run.todo.push_back(Work::Complete(0));
        run
    }

    /// A process that goes on: this happened to `task`. Other rows are asked for when they are needed.
    #[must_use]
    pub fn resume(graph: &'g Graph<'g>, process: ProcessState, task: TaskState, event: Event) -> Self {
        let mut run = Run::new(graph, process);
        let at = run.add(task);
        match event {
            Event::Assign => run.set(at, TaskStatus::Assigned),
            Event::Unassign => run.set(at, TaskStatus::New),
            Event::Claim => run.set(at, TaskStatus::Started),
            Event::Complete => run.todo.push_back(Work::Complete(at)),
            Event::Fire => run.todo.push_back(Work::Fire(at)),
            Event::Fail(failure) => run.fail(at, failure),
            Event::ChildEnds(failure) => run.todo.push_back(Work::ChildEnds(at, failure)),
            Event::AddItem => run.todo.push_back(Work::AddItem(at)),
            Event::Recount(running, waiting) => run.todo.push_back(Work::Recount(at, (running, waiting))),
            Event::Escalate(taker) => run.todo.push_back(Work::Escalate(at, taker)),
            Event::Continue => run.todo.push_back(Work::Leave(at)),
            Event::Cancel => run.todo.push_back(Work::Cancel(at)),
            Event::EndBranch => run.todo.push_back(Work::EndBranch(at)),
            Event::Retry => run.retry(at),
            Event::Revive => run.todo.push_back(Work::Revive(at)),
            Event::Undo => run.todo.push_back(Work::Undo(at)),
            Event::GoBack => run.todo.push_back(Work::GoBack(at)),
            Event::Look => run.todo.push_back(Work::Look(at)),
        }
        run
    }

    /// A process in which nothing happens: it is planned for its row alone.
    #[must_use]
    pub fn idle(graph: &'g Graph<'g>, process: ProcessState) -> Self {
        Run::new(graph, process)
    }

    /// Names the nodes whose work cannot be taken back: [`Event::GoBack`] is refused where one of them has followed.
    #[must_use]
    pub fn without_undo(self, nodes: &'g [NodeId]) -> Self {
        Run { irreversible: nodes, ..self }
    }

    /// A process that is cancelled, with all of its open tasks.
    #[must_use]
    pub fn cancel(graph: &'g Graph<'g>, process: ProcessState) -> Self {
        let mut run = Run::new(graph, process);
        run.todo.push_back(Work::CancelAll);
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
                // Joins are evaluated when no instant work is left, so the result does not depend on the order of events.
                None if self.settle()? => {}
                // A callback may have changed what a `ConditionalCatch` waits for.
                None if self.looks_again() => {}
                None => break,
            }
        }
        self.asked = self.pending.take();
        if self.asked.is_some() {
            return Ok(self.asked);
        }
        if self.process.open_tokens == 0 && self.process.status == ProcessStatus::New {
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
                if !self.reads_boundaries(self.tasks[task].number, work) {
                    self.call(task, Slot::Act);
                }
                Ok(())
            }
            Work::Fire(boundary) => self.fire(boundary),
            Work::CancelAll => {
                self.ask(Ask::Rows(Rows::Open));
                Ok(())
            }
            Work::Terminate(task) => {
                self.terminate(task);
                Ok(())
            }
            Work::Overtake(join) => self.overtake(join),
            Work::Stall(join) => self.stall(join),
            Work::Raise(task, taker) => self.raise(task, taker),
            Work::Escalate(task, taker) => self.escalate(task, taker),
            Work::ChildEnds(task, failure) => self.child_ends(task, failure),
            Work::AddItem(task) => self.add_item(task),
            Work::Recount(task, left) => self.recount(task, left),
            Work::Go(task, edge) => self.go(task, edge),
            Work::Arrive(task, edge) => self.arrive(task, edge),
            Work::Leave(task) => self.leave_by(task, Role::Next),
            Work::End(task) => {
                let scope = self.tasks[task].scope;
                if self.reads_scope(scope, work) { Ok(()) } else { self.end_tokens(scope, 1) }
            }
            Work::Cancel(task) => self.cancel_task(task),
            Work::EndBranch(task) => self.end_branch(task),
            Work::Revive(task) => self.revive(task),
            Work::Rejoin(join) => self.rejoin(join),
            Work::Undo(task) => self.undo(task),
            Work::GoBack(task) => self.go_back(task),
            Work::Look(task) => self.look(task),
            Work::Compensate(throw) => self.compensate(throw),
            Work::Handled(handler) => self.handled(handler),
            Work::NextHandler(throw) => self.next_handler(throw),
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

    pub(super) fn call(&mut self, task: usize, slot: Slot) {
        self.conditions.asks();
        self.ask(Ask::Call { task, slot });
    }

    /// Asks for a split that was not read yet; the work waits for it then.
    pub(super) fn reads_scope(&mut self, scope: Option<i32>, work: Work) -> bool {
        let Some(scope) = scope.filter(|split| !self.known.contains(split)) else { return false };
        self.todo.push_front(work);
        self.ask(Ask::Rows(Rows::Scope(scope)));
        true
    }

    /// Asks for a task that ends now, and its boundaries, if they were not read yet; the work waits for them then.
    pub(super) fn reads_boundaries(&mut self, host: i32, work: Work) -> bool {
        let state = self.places.get(&host).map(|at| &self.tasks[*at]);
        // The tasks of a compensation are made later than its throw.
        let throws =
            |state: &TaskState| self.graph.node(state.node).is_some_and(|node| node.kind == Kind::CompensateThrow);
        let has_none = |state: &TaskState| state.armed == 0 && !self.may_be_escalated(state.node) && !throws(state);
        if state.is_some_and(has_none) || self.disarmable.contains(&host) {
            return false;
        }
        self.todo.push_front(work);
        self.ask(Ask::Rows(Rows::Boundaries(host)));
        true
    }

    /// Cancels the process with these tasks.
    pub(super) fn cancel_all(&mut self, rows: Vec<TaskState>) {
        for row in rows {
            let at = match self.places.get(&row.number) {
                Some(at) => *at,
                None => self.add(row),
            };
            if !self.tasks[at].status.is_final() {
                self.set(at, TaskStatus::Canceled);
            }
            if self.tasks[at].resting {
                self.task_mut(at).resting = false;
            }
        }
        self.process.open_tokens = 0;
        self.process.status = ProcessStatus::Canceled;
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
        if let Some(host) = state.host {
            self.boundaries.entry(host).or_default().push(at);
        }
        self.tasks.push(state);
        at
    }
}
