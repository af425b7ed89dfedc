//! One transition, planned in memory.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use flow_graph::{Graph, Kind, Node, NodeId, Role, Slot};

use super::child::Starting;
use super::compensation::Compensation;
use super::conditions::Conditions;
use super::race::Races;
use super::{Answer, Ask, Event, Failure, Fault, Limit, ProcessState, Rows, TaskState};
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
    asked: Option<Ask>,
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

#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// A new task: what its node does first.
    Activate(usize),
    /// A task that waited and is done now.
    Complete(usize),
    /// A timeout whose time has come.
    Fire(usize),
    /// The branch of a task goes on over this edge, whose questions are answered.
    Go(usize, usize),
    /// The branch of a task comes to a join over this edge.
    Arrive(usize, usize),
    /// The branch of a task has ended.
    End(usize),
    /// A join whose branches have met goes on; or a task that was done while its process was suspended.
    Leave(usize),
    /// The whole process is cancelled.
    CancelAll,
    /// A join continues although branches are still open.
    Overtake(usize),
    /// It cannot be said whether a join continues.
    Stall(usize),
    /// The whole process ends at this task.
    Terminate(usize),
    /// This `on_error` takes the failure of a task.
    Raise(usize, NodeId),
    /// This `on_escalation` takes an escalation of a task's child.
    Escalate(usize, NodeId),
    /// A child of a task has ended, after its escalations: with this failure, or well.
    ChildEnds(usize, Option<Failure>),
    /// A task gets a child more.
    AddItem(usize),
    /// A task that has failed waits again for its children that run, and for those that wait for their turn.
    Recount(usize, (i32, i32)),
    /// A person cancels a task.
    Cancel(usize),
    /// The branch of a task is to end.
    EndBranch(usize),
    /// A new task replaces this one.
    Revive(usize),
    /// A join waits again, with the branches that have arrived in it.
    Rejoin(usize),
    /// A task that was done is undone.
    Undo(usize),
    /// All that followed a task is cancelled and undone, and the task.
    GoBack(usize),
    /// A condition that did not hold is looked at again.
    Look(usize),
    /// What was done is taken back.
    Compensate(usize),
    /// A handler has taken back what it is for.
    Handled(usize),
    /// The throw of this number goes on to its next handler.
    NextHandler(i32),
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
            (Ask::Call { task, slot: Slot::Continue }, Answer::Failed(_)) => {
                self.todo.push_back(Work::Stall(task));
                Ok(())
            }
            (Ask::Call { task, .. }, Answer::Failed(failure)) => {
                self.fail(task, failure);
                Ok(())
            }
            (Ask::Call { task, slot: Slot::Child }, Answer::Escalated(takers, then)) => {
                self.child_rests(task, takers, &then)
            }
            (Ask::Call { task, slot: Slot::Child }, answer @ Answer::Ended(_)) => {
                self.child_rests(task, Vec::new(), &answer)
            }
            (Ask::Call { task, slot }, answer) => self.called(task, slot, &answer),
            (Ask::Rows(Rows::Scope(scope)), Answer::Rows(rows)) => self.take_scope(scope, rows),
            (Ask::Rows(Rows::Race(race)), Answer::Rows(rows)) => self.take_race(race, rows),
            (Ask::Rows(Rows::Boundaries(host)), Answer::Rows(rows)) => self.take_boundaries(host, rows),
            (Ask::Rows(Rows::Open), Answer::Rows(rows)) => {
                self.cancel_all(rows);
                Ok(())
            }
            (Ask::Rows(Rows::Tokens), Answer::Rows(rows)) => {
                self.take_tokens(rows);
                Ok(())
            }
            (Ask::Rows(Rows::All), Answer::Rows(rows)) => self.take_all(rows),
            (Ask::Rows(Rows::Conditions), Answer::Rows(rows)) => {
                self.take_conditions(rows);
                Ok(())
            }
            (Ask::Rows(Rows::Compensation), Answer::Rows(rows)) => {
                self.take_compensation(rows);
                Ok(())
            }
            (Ask::Rows(Rows::Handlers { throw, most, .. }), Answer::Rows(rows)) => {
                self.take_handlers(throw, most, rows)
            }
            (Ask::Rows(_), _) => Err(MISMATCH),
        }
    }

    fn called(&mut self, task: usize, slot: Slot, answer: &Answer) -> Result<(), Fault> {
        self.conditions.called(slot);
        match (slot, answer) {
            (Slot::Act, Answer::Done) if self.process.suspended => {
                // The body has run; the process continues behind it when it is resumed.
                self.finish(task);
                self.task_mut(task).resting = true;
                Ok(())
            }
            (Slot::Act, Answer::Done) => self.leave_by(task, Role::Next),
            (Slot::Undo, Answer::Done) => self.take_back(task),
            (Slot::Condition, Answer::Holds(holds)) if self.is_conditional(task) => {
                if *holds {
                    self.leave_by(task, Role::Next)
                } else {
                    Ok(())
                }
            }
            (Slot::Condition, Answer::Holds(holds)) => {
                self.leave_by(task, if *holds { Role::Then } else { Role::Else })
            }
            (Slot::Continue, Answer::Holds(holds)) => {
                if *holds {
                    self.todo.push_back(Work::Overtake(task));
                }
                Ok(())
            }
            (Slot::Choice, Answer::Edge(edge)) => self.leave(task, *edge),
            (Slot::Branches(_), Answer::Times(times)) => {
                self.times.push(*times);
                self.branches(task)
            }
            (Slot::Payload(edge), Answer::Done) => self.go(task, edge),
            (Slot::Assignee, Answer::Assigned(assigned)) => {
                if *assigned {
                    self.set(task, TaskStatus::Assigned);
                }
                self.call(task, Slot::Created);
                Ok(())
            }
            (Slot::Subscription, Answer::Done) => Ok(()),
            (Slot::Created, Answer::Done) => Ok(()),
            (Slot::DueTime, Answer::Done) => {
                self.set(task, TaskStatus::Scheduled);
                Ok(())
            }
            (Slot::Items, Answer::Times(times)) => self.children(task, *times),
            _ => Err(MISMATCH),
        }
    }

    /// The task failed. If it is tried again it waits for that; else an `on_error` of its node takes the failure, or the
    /// task is in ERROR: its branch stays where it is, and the others go on.
    pub fn fail(&mut self, task: usize, failure: Failure) {
        self.times.clear();
        self.starting = Starting::default();
        let Some(state) = self.tasks.get(task) else { return };
        match failure.taker(self.graph, state.node) {
            Some(taker) => self.todo.push_front(Work::Raise(task, taker)),
            None => {
                self.set(task, if failure.again { TaskStatus::Scheduled } else { TaskStatus::Error });
                self.tasks[task].resting = false;
            }
        }
    }

    /// Whether an `on_error` takes this failure of a task.
    #[must_use]
    pub fn takes(&self, task: usize, failure: Failure) -> bool {
        self.tasks.get(task).is_some_and(|state| failure.taker(self.graph, state.node).is_some())
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

    /// What a node does when a process comes to it.
    fn activate(&mut self, task: usize) -> Result<(), Fault> {
        if self.tasks[task].status.is_final() {
            // Cancelled by a sibling of the same transition before its turn came.
            return Ok(());
        }
        match self.node_of(task)?.kind {
            Kind::View | Kind::ManualTask => self.call(task, Slot::Assignee),
            Kind::Handle | Kind::Obsolete => {}
            Kind::MessageCatch | Kind::SignalCatch => self.call(task, Slot::Subscription),
            Kind::Job => self.set(task, TaskStatus::Scheduled),
            Kind::Timer | Kind::TimerBoundary => self.call(task, Slot::DueTime),
            Kind::Subprocess => self.start_children(task, 1)?,
            Kind::NSubprocess => self.call(task, Slot::Items),
            Kind::Function
            | Kind::SendHandle
            | Kind::BusinessRule
            | Kind::MessageThrow
            | Kind::SignalThrow
            | Kind::EscalationThrow => self.call(task, Slot::Act),
            Kind::CompensateThrow => {
                self.set(task, TaskStatus::Started);
                self.todo.push_front(Work::Compensate(task));
            }
            Kind::If | Kind::ConditionalCatch => self.call(task, Slot::Condition),
            Kind::Switch => self.call(task, Slot::Choice),
            Kind::Split | Kind::SplitFirst => self.branches(task)?,
            Kind::End => {
                self.finish(task);
                self.todo.push_back(Work::End(task));
            }
            Kind::TerminateEnd | Kind::ErrorEnd => {
                self.finish(task);
                self.todo.push_front(Work::Terminate(task));
            }
            Kind::Start
            | Kind::StartHandle
            | Kind::StartTimer
            | Kind::Join
            | Kind::ErrorBoundary
            | Kind::EscalationBoundary
            | Kind::CompensationBoundary => {
                return Err(Fault::Broken("a process came to a node that nothing can lead to"));
            }
        }
        Ok(())
    }
}

pub(super) const MISMATCH: Fault = Fault::Broken("the answer is not to the question");
