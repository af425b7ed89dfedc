//! Everything that can happen to a process of a flow: each answer to each question, and each order in which
//! what waits goes on. The steps are the engine's own.

use std::collections::{BTreeMap, HashMap, VecDeque};

use flow_core::engine::{Answer, Ask, Event, Failure, Fault, Rows, Run, TaskState};
use flow_core::graph::{Graph, Kind, Node, NodeId, Slot, Times};
use flow_core::{ProcessStatus, TaskStatus, engine::ProcessState};

use super::history::{Facts, History};

/// States of a process that are looked at for one flow.
const STATES: usize = 1_000;

/// Rows that are open at once. A loop over a join that leaves the rest of its branches running opens more each time.
const ROWS: usize = 30;

/// Questions that one transition may ask, before it is taken for one that never rests.
const QUESTIONS: usize = 300;

/// Ways through the questions of one transition.
const WAYS: usize = 1_000;

/// What was found.
pub enum Outcome {
    /// A transition goes on and on.
    NeverRests,
    /// There is too much to look at all of it.
    TooMuch,
    /// All of it.
    All { facts: Facts, stuck: bool, nested: bool },
}

/// A process at rest.
#[derive(Clone)]
pub struct State {
    process: ProcessState,
    /// What is not over: tasks that wait, joins that wait, splits with open branches.
    rows: Vec<TaskState>,
    history: History,
}

/// How often each edge of the splits of one transition was taken, by the split's place in the run.
pub type Taken = BTreeMap<usize, Vec<usize>>;

/// A join that leads to joins alone, and back to itself: the engine asks nothing on the way, so it cannot be
/// stopped from here.
fn only_joins(graph: &Graph<'_>) -> bool {
    let next = |id: NodeId| {
        let node = graph.node(id).filter(|node| node.kind == Kind::Join)?;
        node.edges.first().map(|edge| edge.to)
    };
    graph.ids().any(|id| {
        std::iter::successors(Some(id), |id| next(*id)).take(graph.nodes.len() + 2).count() > graph.nodes.len() + 1
    })
}

pub fn explore(graph: &Graph<'_>) -> Outcome {
    if only_joins(graph) {
        return Outcome::TooMuch;
    }
    let mut facts = Facts::default();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut leads: Vec<Vec<usize>> = Vec::new();
    let mut done: Vec<bool> = Vec::new();
    let mut work: VecDeque<(usize, State)> = VecDeque::new();
    let mut nested = false;
    let mut add =
        |state: State, work: &mut VecDeque<(usize, State)>, leads: &mut Vec<Vec<usize>>, done: &mut Vec<bool>| {
            let next = known.len();
            *known.entry(state.key(graph)).or_insert_with(|| {
                leads.push(Vec::new());
                done.push(state.process.status == ProcessStatus::Done);
                work.push_back((next, state));
                next
            })
        };
    for start in graph.ids().filter(|id| graph.node(*id).unwrap().kind.begins()) {
        let states = match transition(graph, &State::new(), Run::start(graph, start), None, &mut facts, &mut nested) {
            Ok(states) => states,
            Err(outcome) => return outcome,
        };
        for state in states {
            add(state, &mut work, &mut leads, &mut done);
        }
    }
    while let Some((from, state)) = work.pop_front() {
        if nested {
            return Outcome::All { facts, stuck: false, nested };
        }
        for (task, event) in state.events(graph) {
            let (run, boundary) = state.resume(graph, task, event);
            let states = match transition(graph, &state, run, boundary, &mut facts, &mut nested) {
                Ok(states) => states,
                Err(outcome) => return outcome,
            };
            if states.iter().any(|state| state.rows.len() > ROWS) {
                return Outcome::TooMuch;
            }
            for next in states {
                let to = add(next, &mut work, &mut leads, &mut done);
                leads[from].push(to);
            }
            if leads.len() > STATES {
                return Outcome::TooMuch;
            }
        }
    }
    Outcome::All { facts, stuck: !all_can_end(&leads, done), nested }
}

/// From each state one can be come to in which the process is done.
fn all_can_end(leads: &[Vec<usize>], mut done: Vec<bool>) -> bool {
    let mut before = vec![Vec::new(); leads.len()];
    for (from, next) in leads.iter().enumerate() {
        next.iter().for_each(|to| before[*to].push(from));
    }
    let mut work: Vec<usize> = (0..done.len()).filter(|at| done[*at]).collect();
    while let Some(at) = work.pop() {
        for from in &before[at] {
            if !std::mem::replace(&mut done[*from], true) {
                work.push(*from);
            }
        }
    }
    done.into_iter().all(|done| done)
}

/// All states in which a transition can come to rest.
fn transition(
    graph: &Graph<'_>,
    before: &State,
    run: Run<'_>,
    fired: Option<i32>,
    facts: &mut Facts,
    nested: &mut bool,
) -> Result<Vec<State>, Outcome> {
    let mut states = Vec::new();
    let mut work = vec![(run, Taken::new(), 0_usize)];
    let mut ways = 0;
    while let Some((mut run, taken, asked)) = work.pop() {
        ways += 1;
        if asked > QUESTIONS {
            return Err(Outcome::NeverRests);
        }
        if ways > WAYS {
            return Err(Outcome::TooMuch);
        }
        let ask = match run.next() {
            Ok(ask) => ask,
            // Refused as a whole: nothing happened.
            Err(Fault::NoBranch { .. }) => continue,
            Err(Fault::Limit { .. }) => return Err(Outcome::NeverRests),
            Err(fault) => panic!("{fault}"),
        };
        let Some(ask) = ask else {
            let state = before.after(graph, &run, &taken, fired, facts);
            if state.history.is_nested() {
                *nested = true;
                return Ok(Vec::new());
            }
            states.push(state);
            continue;
        };
        for answer in answers(graph, before, &run, ask) {
            let mut taken = taken.clone();
            if let (Ask::Call { task, .. }, Answer::Times(times)) = (ask, &answer) {
                taken.entry(task).or_default().push(*times);
            }
            let mut run = run.clone();
            match run.answer(answer) {
                Ok(()) => work.push((run, taken, asked + 1)),
                Err(Fault::NoBranch { .. }) => {}
                Err(Fault::Limit { .. }) => return Err(Outcome::NeverRests),
                Err(fault) => panic!("{fault}"),
            }
        }
    }
    Ok(states)
}

fn answers(graph: &Graph<'_>, before: &State, run: &Run<'_>, ask: Ask) -> Vec<Answer> {
    let (task, slot) = match ask {
        Ask::Call { task, slot } => (task, slot),
        Ask::Rows(Rows::Compensation) => return before.compensations(graph, run),
        Ask::Rows(rows) => return vec![Answer::Rows(before.find(graph, rows))],
    };
    let node = graph.node(run.tasks()[task].node).unwrap();
    let mut answers = answers_to(node, slot);
    if slot == Slot::Child {
        let takers = graph.boundaries(run.tasks()[task].node, Kind::EscalationBoundary);
        let escalated = |taker| Answer::Escalated(vec![taker], Box::new(Answer::Ended(false)));
        answers.extend(takers.map(escalated));
    }
    // What no `on_error` takes leaves the task to a manager, of whom nothing is known here. Whether a node has an `assign`,
    // an `on_create` or a `key` that could fail, the graph does not say.
    if !matches!(slot, Slot::Assignee | Slot::Created | Slot::Subscription) && run.takes(task, Failure::default()) {
        answers.push(Answer::Failed(Failure::default()));
    }
    answers
}

fn answers_to(node: &Node<'_>, slot: Slot) -> Vec<Answer> {
    match slot {
        Slot::Condition | Slot::Continue => vec![Answer::Holds(true), Answer::Holds(false)],
        Slot::Choice => (0..node.edges.len()).map(Answer::Edge).collect(),
        Slot::Branches(edge) => {
            let most = if node.edges[edge].times == Times::Each { 2 } else { 1 };
            (0..=most).map(Answer::Times).collect()
        }
        // Of one child it is known how it goes on: more of them go on in the same way.
        Slot::Items => vec![Answer::Times(0), Answer::Times(1)],
        Slot::Created => vec![Answer::Done],
        Slot::Assignee => vec![Answer::Assigned(false)],
        Slot::Child => vec![Answer::Ended(false)],
        Slot::Act
        | Slot::Payload(_)
        | Slot::DueTime
        | Slot::Undo
        | Slot::Candidates
        | Slot::Priority
        | Slot::Subscription
        | Slot::ConcurrencyKey => {
            vec![Answer::Done]
        }
    }
}

impl State {
    fn new() -> Self {
        let process = ProcessState { status: ProcessStatus::New, task_count: 0, open_tokens: 0, suspended: false };
        State { process, rows: Vec::new(), history: History::default() }
    }

    fn kind(graph: &Graph<'_>, node: NodeId) -> Kind {
        graph.node(node).unwrap().kind
    }

    /// The rows that the shell would read.
    fn find(&self, graph: &Graph<'_>, rows: Rows) -> Vec<TaskState> {
        let open = |row: &&TaskState| !row.status.is_final();
        match rows {
            Rows::Scope(split) => self.scope(graph, split),
            Rows::Race(split) => {
                let race = self.rows.iter().filter(|row| row.number == split);
                let races = race.clone().any(|row| Self::kind(graph, row.node) == Kind::SplitFirst);
                let racers = self.rows.iter().filter(|row| races && row.scope == Some(split));
                race.chain(racers.filter(open)).cloned().collect()
            }
            Rows::Boundaries(host) => {
                let first = self.rows.iter().filter(|row| row.number == host);
                first.chain(self.rows.iter().filter(|row| row.host == Some(host)).filter(open)).cloned().collect()
            }
            Rows::Open => self.rows.iter().filter(open).cloned().collect(),
            Rows::Tokens | Rows::All => self.rows.clone(),
            // Asked for by `with_conditions` alone.
            Rows::Conditions => Vec::new(),
            Rows::Handlers { throw, after, most } => {
                let first = self.rows.iter().filter(|row| row.number == throw);
                let handlers = self.rows.iter().filter(|row| row.host == Some(throw) && row.number > after);
                first.chain(handlers.filter(open).take(most as usize)).cloned().collect()
            }
            // Answered both ways.
            Rows::Compensation => Vec::new(),
        }
    }

    /// What a throw finds: nothing, or something that a job takes back. What was done is over, and not in the rows.
    fn compensations(&self, graph: &Graph<'_>, run: &Run<'_>) -> Vec<Answer> {
        let mut answers = vec![Answer::Rows(Vec::new())];
        let done = graph.ids().find(|id| graph.handler(*id).is_some());
        let throws = |row: &&TaskState| {
            row.status == TaskStatus::Started && Self::kind(graph, row.node) == Kind::CompensateThrow
        };
        // The newest one asks: others wait already.
        let throw = run.tasks().iter().filter(throws).max_by_key(|row| row.number);
        if let Some((node, throw)) = done.zip(throw) {
            let status = TaskStatus::Done;
            let (number, host, previous) = (-throw.number, None, None);
            let row = TaskState { number, node, status, host, previous, joined: None, via: None, ..throw.clone() };
            answers.push(Answer::Rows(vec![row]));
        }
        answers
    }

    /// The split with this number, and the joins that wait for its branches.
    fn scope(&self, graph: &Graph<'_>, split: i32) -> Vec<TaskState> {
        let join = |row: &&TaskState| row.scope == Some(split) && Self::kind(graph, row.node) == Kind::Join;
        let first = self.rows.iter().filter(|row| row.number == split);
        // One that has passed is among its joins.
        first.chain(self.rows.iter().filter(join)).cloned().collect()
    }

    /// What can happen next: any of the tasks that wait.
    fn events(&self, graph: &Graph<'_>) -> Vec<(i32, Event)> {
        let waits = self.rows.iter().filter(|row| {
            let goes_on = !matches!(Self::kind(graph, row.node), Kind::Join | Kind::CompensateThrow);
            !row.status.is_final() && goes_on && self.history.may_go_on(graph, row)
        });
        let event = |row: &TaskState| match Self::kind(graph, row.node) {
            kind if kind.is_boundary() => Event::Fire,
            kind if kind.runs_child() => Event::ChildEnds(None),
            _ => Event::Complete,
        };
        let escalations = waits.clone().filter(|row| row.status == TaskStatus::Started).flat_map(|row| {
            let takers = graph.boundaries(row.node, Kind::EscalationBoundary);
            let takers = takers.filter(|taker| self.history.may_be_taken(graph, row, *taker));
            takers.map(|taker| (row.number, Event::Escalate(taker))).collect::<Vec<_>>()
        });
        waits.clone().map(|row| (row.number, event(row))).chain(escalations).collect()
    }

    /// The run that goes on with it; and the timeout, if it is one.
    fn resume<'g>(&self, graph: &'g Graph<'g>, number: i32, event: Event) -> (Run<'g>, Option<i32>) {
        let row = self.rows.iter().find(|row| row.number == number).unwrap();
        let boundary = Self::kind(graph, row.node).is_boundary();
        (Run::resume(graph, self.process, row.clone(), event), boundary.then_some(number))
    }

    fn after(&self, graph: &Graph<'_>, run: &Run<'_>, taken: &Taken, fired: Option<i32>, facts: &mut Facts) -> State {
        let mut rows = self.rows.clone();
        for task in run.tasks() {
            let task = TaskState { via: None, copies: None, ..task.clone() };
            match rows.iter_mut().find(|known| known.number == task.number) {
                Some(known) => *known = task,
                None => rows.push(task),
            }
        }
        rows.sort_by_key(|row| row.number);
        let mut history = self.history.clone();
        history.note(graph, run, taken, &self.rows, fired, facts);
        let passed: Vec<i32> = rows
            .iter()
            .filter(|row| row.open_tokens > 0)
            .filter_map(|row| row.joined.filter(|_| Self::kind(graph, row.node) == Kind::Split))
            .collect();
        rows.retain(|row| {
            let split = Self::kind(graph, row.node).splits() && row.open_tokens > 0;
            !row.status.is_final() || split || passed.contains(&row.number)
        });
        history.forget(&rows);
        let ended = run.process().status == ProcessStatus::Done;
        assert_eq!(ended, rows.is_empty(), "done exactly when nothing is left: {rows:?}");
        State { process: run.process(), rows, history }
    }

    /// The same for two states that nothing can tell apart: without numbers, in some order.
    fn key(&self, graph: &Graph<'_>) -> String {
        self.history.key(graph, &self.rows)
    }
}
