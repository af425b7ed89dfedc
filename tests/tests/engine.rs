//! The engine without a database: it imports nothing that could look outside, and in whatever way its
//! questions are answered its books agree.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

use flow_core::engine::{
    Answer, Ask, Event, Failure, Fault, Limit, NESTING_LIMIT, Rows as Wanted, Run, STEP_LIMIT, TaskState,
};
use flow_core::graph::{Early, Edge, Graph, Kind, Node, NodeId, Role, Slot};
use flow_core::{ProcessStatus, TaskStatus};
use proptest::prelude::*;

#[test]
fn it_imports_neither_diesel_nor_a_clock_nor_chance() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../flow-core/src/engine");
    let allowed = [
        "use flow_graph::",
        "use super::",
        "use crate::{ProcessStatus, TaskStatus}",
        "use std::collections::",
        "use crate::TaskStatus",
    ];
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            if line.trim_start().starts_with("use ") {
                let fine = allowed.iter().any(|start| line.trim_start().starts_with(start));
                assert!(fine, "{}: `{line}` is not for the engine", path.display());
            }
            for word in ["diesel", "std::time", "std::env", "std::fs", "std::thread", "rand", "clock::", "unsafe"] {
                assert!(!line.contains(word), "{}: {line}", path.display());
            }
        }
        files += 1;
    }
    assert!(files >= 4);
}

/// A process as it is drawn: blocks inside one another, so that each split has its join.
#[derive(Clone, Debug)]
enum Block {
    /// A node of this kind; one that waits may have a timeout, which ends its branch or interrupts it; and what takes its
    /// failures, beside it or instead of it.
    Node(Kind, Option<bool>, Option<bool>),
    /// One that a throw takes back, in the background or not.
    Undoable(Kind, bool),
    /// The end of the whole process, if a condition holds.
    Stop,
    Chain(Vec<Block>),
    Choice(Box<Block>, Box<Block>),
    /// Round again, as long as a condition holds; there is a node that waits in it.
    Loop(Box<Block>),
    /// Branches that meet in a join: each with a way of asking for it (always, sometimes, for each item of a list).
    /// The join may go on before all have come.
    Split(Vec<(Block, u8)>, Early),
    /// A race of tasks that wait, each with what follows it.
    Race(Vec<(Kind, Option<bool>, Block)>),
    /// Branches that end each by itself, beside one that goes on.
    Fork(Vec<Block>),
}

fn blocks() -> impl Strategy<Value = Block> {
    let kind = prop_oneof![
        Just(Kind::View),
        Just(Kind::Handle),
        Just(Kind::ManualTask),
        Just(Kind::MessageCatch),
        Just(Kind::SignalThrow),
        Just(Kind::EscalationThrow),
        Just(Kind::ConditionalCatch),
        Just(Kind::Function),
        Just(Kind::Job),
        Just(Kind::Timer),
        Just(Kind::Subprocess),
        Just(Kind::NSubprocess),
        Just(Kind::CompensateThrow)
    ];
    let undoable = prop_oneof![Just(Kind::View), Just(Kind::Function), Just(Kind::Job), Just(Kind::Subprocess)];
    let undoable = (undoable, any::<bool>()).prop_map(|(kind, job)| Block::Undoable(kind, job));
    let node = (kind, prop::option::of(any::<bool>()), prop::option::of(any::<bool>()));
    let node = node.prop_map(|(kind, timeout, error)| Block::Node(kind, timeout, error));
    let leaf = prop_oneof![9 => node, 4 => undoable, 1 => Just(Block::Stop)];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Block::Chain),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Block::Choice(Box::new(a), Box::new(b))),
            inner.clone().prop_map(|inner| Block::Loop(Box::new(inner))),
            (prop::collection::vec((inner.clone(), 0_u8..3), 1..4), early())
                .prop_map(|(branches, early)| Block::Split(branches, early)),
            prop::collection::vec((racer(), prop::option::of(any::<bool>()), inner.clone()), 1..4)
                .prop_map(Block::Race),
            prop::collection::vec(inner, 1..3).prop_map(Block::Fork),
        ]
    })
}

fn racer() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::View),
        Just(Kind::Job),
        Just(Kind::Timer),
        Just(Kind::MessageCatch),
        Just(Kind::ConditionalCatch),
        Just(Kind::Subprocess)
    ]
}

fn early() -> impl Strategy<Value = Early> {
    prop_oneof![3 => Just(Early::Never), 1 => Just(Early::Cancels), 1 => Just(Early::Keeps)]
}

/// A graph in the making.
#[derive(Default)]
struct Draft {
    /// The joins that may go on early.
    early: std::collections::BTreeMap<usize, Early>,
    nodes: Vec<(Kind, Vec<Edge>, Vec<NodeId>, bool)>,
}

impl Draft {
    fn add(&mut self, kind: Kind, edges: Vec<Edge>) -> NodeId {
        self.nodes.push((kind, edges, vec![], false));
        NodeId::try_from(self.nodes.len() - 1).unwrap()
    }

    /// Draws a block that leads to `next`, and gives where it begins.
    fn draw(&mut self, block: &Block, next: NodeId, end: NodeId) -> NodeId {
        match block {
            Block::Stop => {
                let stop = self.add(Kind::TerminateEnd, vec![]);
                self.add(Kind::If, vec![Edge::new(Role::Then, stop), Edge::new(Role::Else, next)])
            }
            Block::Node(kind, timeout, error) => {
                let id = self.add(*kind, vec![Edge::new(Role::Next, next)]);
                if let (Some(interrupting), true) = (timeout, kind.key("on_timeout").is_some()) {
                    let to = if *interrupting { next } else { end };
                    let boundary = self.add(Kind::TimerBoundary, vec![Edge::new(Role::Next, to)]);
                    self.nodes[usize::from(boundary)].3 = *interrupting;
                    self.nodes[usize::from(id)].2.push(boundary);
                }
                if let (Some(interrupting), true) = (error, !matches!(kind, Kind::Timer | Kind::CompensateThrow)) {
                    let to = if *interrupting { next } else { end };
                    let boundary = self.add(Kind::ErrorBoundary, vec![Edge::new(Role::Next, to)]);
                    self.nodes[usize::from(boundary)].3 = *interrupting;
                    self.nodes[usize::from(id)].2.push(boundary);
                }
                if let (Some(interrupting), true) = (error, kind.runs_child()) {
                    // What comes from its child goes beside it where its failures go instead of it.
                    let to = if *interrupting { end } else { next };
                    let boundary = self.add(Kind::EscalationBoundary, vec![Edge::new(Role::Next, to)]);
                    self.nodes[usize::from(boundary)].3 = !*interrupting;
                    self.nodes[usize::from(id)].2.push(boundary);
                }
                id
            }
            Block::Undoable(kind, job) => {
                let id = self.add(*kind, vec![Edge::new(Role::Next, next)]);
                let handler = self.add(if *job { Kind::Job } else { Kind::Function }, vec![]);
                let boundary = self.add(Kind::CompensationBoundary, vec![Edge::new(Role::Next, handler)]);
                self.nodes[usize::from(id)].2.push(boundary);
                id
            }
            Block::Chain(blocks) => blocks.iter().rev().fold(next, |next, block| self.draw(block, next, end)),
            Block::Choice(a, b) => {
                let (a, b) = (self.draw(a, next, end), self.draw(b, next, end));
                self.add(Kind::If, vec![Edge::new(Role::Then, a), Edge::new(Role::Else, b)])
            }
            Block::Loop(inner) => {
                let again = self.add(Kind::If, vec![]);
                let wait = self.add(Kind::View, vec![Edge::new(Role::Next, again)]);
                let first = self.draw(inner, wait, end);
                self.nodes[usize::from(again)].1 = vec![Edge::new(Role::Then, first), Edge::new(Role::Else, next)];
                first
            }
            Block::Split(branches, early) => {
                let join = self.add(Kind::Join, vec![Edge::new(Role::Next, next)]);
                self.early.insert(usize::from(join), *early);
                let mut edges = vec![Edge::new(Role::Next, join)];
                for (branch, asks) in branches {
                    let to = self.draw(branch, join, end);
                    edges.push(Edge { asks: *asks > 0, ..Edge::new(Role::Next, to) });
                }
                self.add(Kind::Split, edges)
            }
            Block::Race(racers) => {
                let mut edges = Vec::new();
                for (kind, timeout, behind) in racers {
                    let behind = self.draw(behind, next, end);
                    let to = self.draw(&Block::Node(*kind, *timeout, *timeout), behind, end);
                    edges.push(Edge::new(Role::Next, to));
                }
                self.add(Kind::SplitFirst, edges)
            }
            Block::Fork(branches) => {
                let mut edges = vec![Edge::new(Role::Next, next)];
                for branch in branches {
                    let to = self.draw(branch, end, end);
                    edges.push(Edge::new(Role::Next, to));
                }
                self.add(Kind::Split, edges)
            }
        }
    }

    fn with_graph<R>(&self, f: impl FnOnce(&Graph<'_>) -> R) -> R {
        let nodes: Vec<Node<'_>> = self
            .nodes
            .iter()
            .enumerate()
            .map(|(at, (kind, edges, boundaries, interrupting))| Node {
                edges,
                boundaries,
                interrupting: *interrupting,
                early: self.early.get(&at).copied().unwrap_or(Early::Never),
                ..Node::new("n", *kind)
            })
            .collect();
        f(&Graph { nodes: &nodes, ..Graph::new("f") })
    }
}

/// All rows of a process, as a database would have them.
#[derive(Default)]
struct Rows(Vec<TaskState>);

impl Rows {
    fn take(&mut self, run: &Run<'_>) {
        for task in run.tasks() {
            let task = TaskState { via: None, copies: None, ..task.clone() };
            match self.0.iter_mut().find(|known| known.number == task.number) {
                Some(known) => *known = task,
                None => self.0.push(task),
            }
        }
        self.0.sort_by_key(|task| task.number);
    }

    /// What the shell would read.
    fn find(&self, graph: &Graph<'_>, wanted: Wanted) -> Vec<TaskState> {
        let open = |task: &&TaskState| !task.status.is_final();
        match wanted {
            Wanted::Scope(split) => self.scope(graph, split),
            Wanted::Race(split) => {
                let race = self.0.iter().filter(|task| task.number == split);
                let races = race.clone().any(|task| kind(graph, task) == Kind::SplitFirst);
                let racers = self.0.iter().filter(|task| races && task.scope == Some(split));
                race.chain(racers.filter(|task| open(task) || task.resting)).cloned().collect()
            }
            Wanted::Boundaries(host) => {
                let first = self.0.iter().filter(|task| task.number == host);
                first.chain(self.0.iter().filter(|task| task.host == Some(host)).filter(open)).cloned().collect()
            }
            Wanted::Open => self.0.iter().filter(|task| open(task) || task.resting).cloned().collect(),
            Wanted::Tokens => {
                // The splits around what the run has changed count something.
                let holds = |task: &&TaskState| {
                    open(task) || task.resting || kind(graph, task).splits() && task.open_tokens > 0
                };
                let mut rows: Vec<TaskState> = self.0.iter().filter(holds).cloned().collect();
                // Those around a join that has failed need not.
                let mut next = 0;
                while let Some(row) = rows.get(next) {
                    let around = row.scope.filter(|split| rows.iter().all(|row| row.number != *split));
                    rows.extend(self.0.iter().filter(|task| Some(task.number) == around).cloned());
                    next += 1;
                }
                rows
            }
            Wanted::All => self.0.clone(),
            Wanted::Compensation => {
                let concerns = |task: &&TaskState| {
                    let throws = kind(graph, task) == Kind::CompensateThrow;
                    throws || graph.handler(task.node).is_some() || task.compensates().is_some()
                };
                self.0.iter().filter(concerns).cloned().collect()
            }
            Wanted::Handlers { throw, after, most } => {
                let first = self.0.iter().filter(|task| task.number == throw);
                let of_throw = |task: &&TaskState| task.host == Some(throw) && task.number > after && open(task);
                first.chain(self.0.iter().filter(of_throw).take(most as usize)).cloned().collect()
            }
            Wanted::Conditions => self
                .0
                .iter()
                .filter(|task| open(task) && kind(graph, task) == Kind::ConditionalCatch)
                .cloned()
                .collect(),
        }
    }

    fn scope(&self, graph: &Graph<'_>, split: i32) -> Vec<TaskState> {
        let is_join = |task: &&TaskState| {
            task.scope == Some(split)
                && (task.status == TaskStatus::Started || task.resting)
                && graph.node(task.node).unwrap().kind == Kind::Join
        };
        let split = self.0.iter().filter(|task| task.number == split);
        let passed = split.clone().find_map(|split| split.joined);
        let passed = self.0.iter().filter(move |task| Some(task.number) == passed);
        split.chain(self.0.iter().filter(is_join)).chain(passed).cloned().collect()
    }
}

/// Answers everything a run asks, by the next of these choices. `fails`: callbacks may fail, too.
fn settle(
    run: &mut Run<'_>,
    rows: &mut Rows,
    choices: &mut impl Iterator<Item = u8>,
    fails: bool,
) -> Result<(), Fault> {
    while let Some(ask) = run.next()? {
        rows.take(run);
        let choice = choices.next().unwrap_or(0);
        run.answer(match ask {
            Ask::Rows(wanted) => Answer::Rows(rows.find(run.graph(), wanted)),
            Ask::Call { .. } if fails && choice % 11 == 10 => Answer::Failed(Failure::default()),
            Ask::Call { task, slot } => match slot {
                Slot::Condition | Slot::Continue => Answer::Holds(choice.is_multiple_of(2)),
                Slot::Choice => Answer::Edge(0),
                Slot::Branches(_) | Slot::Items => Answer::Times(usize::from(choice % 3)),
                Slot::Created => Answer::Done,
                Slot::Assignee => Answer::Assigned(choice.is_multiple_of(3)),
                Slot::Child => {
                    let takers = run.graph().boundaries(run.tasks()[task].node, Kind::EscalationBoundary);
                    let takers: Vec<NodeId> = takers.cycle().take(usize::from(choice / 2 % 3)).collect();
                    let then = match choice.is_multiple_of(5) && fails {
                        true => Answer::Failed(Failure::default()),
                        false => Answer::Ended(choice.is_multiple_of(2)),
                    };
                    Answer::Escalated(takers, Box::new(then))
                }
                Slot::Act
                | Slot::Payload(_)
                | Slot::DueTime
                | Slot::Undo
                | Slot::Candidates
                | Slot::Priority
                | Slot::Subscription
                | Slot::ConcurrencyKey => Answer::Done,
            },
        })?;
    }
    rows.take(run);
    Ok(())
}

fn kind(graph: &Graph<'_>, task: &TaskState) -> Kind {
    graph.node(task.node).unwrap().kind
}

/// What must hold whenever a run has come to rest.
fn check(graph: &Graph<'_>, run: &Run<'_>, rows: &Rows, fails: bool) {
    let tasks = &rows.0;
    let process = run.process();
    // A task that is open or rests; a boundary has no token before it fires, and of a compensation its throw has it.
    let has_none = |task: &TaskState| kind(graph, task).is_boundary() || task.compensates().is_some();
    let waits = |task: &&TaskState| {
        (!task.status.is_final() || task.resting) && !has_none(task) && kind(graph, task) != Kind::Join
    };
    // A join that has failed holds the token of its split, outside of it.
    let outside = |join: &TaskState| join.scope.and_then(|split| tasks.iter().find(|task| task.number == split)?.scope);
    // A token of a scope: a task that waits in it, an arrival at a join of it, a split in it that is not over.
    let out = |scope: Option<i32>| {
        let waiting = tasks.iter().filter(waits).filter(|task| task.scope == scope).count();
        let splits = tasks
            .iter()
            .filter(|task| kind(graph, task).splits() && task.scope == scope && task.open_tokens > 0 && !task.resting);
        let joins = || tasks.iter().filter(|task| kind(graph, task) == Kind::Join);
        let arrived =
            joins().filter(|join| join.scope == scope && (join.resting || join.status == TaskStatus::Started));
        let arrived: i32 = arrived.map(|join| if scope.is_some() { join.open_tokens } else { 1 }).sum();
        let failed = joins().filter(|join| join.status == TaskStatus::Error && outside(join) == scope).count();
        i32::try_from(waiting + splits.count() + failed).unwrap() + arrived
    };
    if process.status == ProcessStatus::Canceled {
        assert_eq!(process.open_tokens, 0);
        assert!(tasks.iter().all(|task| !task.resting && task.status.is_final()), "nothing is left in it");
    } else {
        assert_eq!(process.open_tokens, out(None), "the process counts its branches");
        for split in tasks.iter().filter(|task| kind(graph, task).splits() && task.status == TaskStatus::Done) {
            assert_eq!(split.open_tokens, out(Some(split.number)), "split {} counts its branches", split.number);
        }
    }
    for task in tasks.iter().filter(|task| task.resting) {
        assert_eq!(task.status, TaskStatus::Canceled, "{task:?}");
        assert!(!has_none(task));
    }
    let open = tasks.iter().any(|task| (!task.status.is_final() || task.resting) && !has_none(task));
    assert_eq!(process.status != ProcessStatus::New, !open, "over exactly when nothing is left");
    assert_eq!(process.task_count, i32::try_from(tasks.len()).unwrap());
    for (at, task) in tasks.iter().enumerate() {
        assert_eq!(task.number, i32::try_from(at).unwrap() + 1, "numbers without a gap");
        if kind(graph, task).is_boundary() && !task.status.is_final() {
            let host = tasks.iter().find(|host| Some(host.number) == task.host).unwrap();
            assert_eq!(task.previous, task.host);
            assert!(!host.status.is_final(), "a timeout ends with its task");
        }
        let Some(scope) = task.scope.filter(|_| kind(graph, task) == Kind::Join) else { continue };
        // Of those that were undone or replaced there may be more.
        let stands = |other: &&TaskState| !matches!(other.status, TaskStatus::Canceled | TaskStatus::Revived);
        let same = tasks.iter().filter(|other| other.node == task.node && other.scope == Some(scope));
        assert!(same.filter(stands).count() <= 1, "one join for a node and a split");
        let canceled = process.status == ProcessStatus::Canceled;
        assert!(
            fails || canceled || task.status == TaskStatus::Done || !stands(&task) || open,
            "a join that waits keeps the process open"
        );
    }
    compensations(graph, tasks);
    // Siblings have the numbers of their branches, and come in the order of their numbers.
    for split in tasks.iter().filter(|task| kind(graph, task) == Kind::Split) {
        let prefix = format!("{}/{}_", split.token, split.number);
        let branches: Vec<u32> = tasks
            .iter()
            .filter(|task| task.previous == Some(split.number) && !kind(graph, task).is_boundary())
            // One that replaces another comes later.
            .filter(|task| !replaced(tasks, task))
            .map(|task| task.token.strip_prefix(&prefix).unwrap().parse().unwrap())
            .collect();
        assert!(branches.is_sorted(), "{branches:?}");
    }
}

/// What was done is taken back once, by a handler of its node, one after another and the newest first.
fn compensations(graph: &Graph<'_>, tasks: &[TaskState]) {
    let stands = |task: &&TaskState| !matches!(task.status, TaskStatus::Canceled | TaskStatus::Revived);
    let find = |number: i32| &tasks[usize::try_from(number).unwrap() - 1];
    for handler in tasks.iter().filter(|task| task.compensates().is_some()) {
        let (done, throw) = (find(handler.compensates().unwrap()), find(handler.host.unwrap()));
        assert_eq!(graph.handler(done.node), Some(handler.node));
        assert_eq!(kind(graph, throw), Kind::CompensateThrow);
        if stands(&handler) {
            assert_eq!(done.status, TaskStatus::Done, "what is taken back was done");
            let same = tasks.iter().filter(|other| other.compensates() == Some(done.number));
            assert_eq!(same.filter(stands).count(), 1, "and is once");
        }
        if !handler.status.is_final() {
            assert_eq!(throw.status, TaskStatus::Started, "a handler ends with its throw");
        }
    }
    for throw in tasks.iter().filter(|task| kind(graph, task) == Kind::CompensateThrow) {
        let handlers: Vec<&TaskState> = tasks.iter().filter(|task| task.host == Some(throw.number)).collect();
        let open = handlers.iter().filter(|task| !task.status.is_final());
        let begun = open.clone().filter(|task| task.status != TaskStatus::New).count();
        assert_eq!(begun, usize::from(open.count() > 0), "one of them is done now: {handlers:?}");
        if throw.status == TaskStatus::Started {
            assert_eq!(begun, 1, "a throw waits for a handler");
        }
    }
}

/// Whether a task replaces another one of its branch.
fn replaced(tasks: &[TaskState], task: &TaskState) -> bool {
    let same = |other: &TaskState| other.node == task.node && other.token == task.token;
    tasks.iter().any(|other| other.number < task.number && same(other) && other.status == TaskStatus::Revived)
}

/// How many tokens there are: of each scope, what is out in it.
fn tokens(graph: &Graph<'_>, process: flow_core::engine::ProcessState, rows: &Rows) -> i32 {
    // A split's own token lives on in its branches.
    let is_split = |task: &&TaskState| kind(graph, task).splits() && task.status == TaskStatus::Done;
    let splits = rows.0.iter().filter(is_split).filter(|task| task.open_tokens > 0);
    process.open_tokens + splits.map(|split| split.open_tokens - 1).sum::<i32>()
}

/// What people can do to a task, whether it is possible or not.
const VERBS: [Event; 6] = [Event::Cancel, Event::EndBranch, Event::Retry, Event::Revive, Event::Undo, Event::GoBack];

/// Whether the shell would let the verb through.
fn is_possible(graph: &Graph<'_>, process: ProcessStatus, task: &TaskState, verb: Event) -> bool {
    let kind = kind(graph, task);
    let open = !(task.status.is_final() || kind == Kind::Join && task.status == TaskStatus::Started);
    if process != ProcessStatus::New {
        return verb == Event::Undo && kind.ends() && process == ProcessStatus::Done && task.status == TaskStatus::Done;
    }
    // A start is done with its process, or there is none.
    if kind.begins() && verb != Event::Undo {
        return false;
    }
    match verb {
        Event::Cancel => open,
        Event::EndBranch => (open || task.resting) && !kind.is_boundary(),
        Event::Retry => task.status == TaskStatus::Error,
        Event::Revive => (task.status == TaskStatus::Error || task.resting) && !kind.is_boundary(),
        Event::Undo => task.status == TaskStatus::Done && !kind.runs_child(),
        Event::GoBack => {
            task.status == TaskStatus::Done
                && !kind.is_boundary()
                && !kind.begins()
                && !kind.ends()
                && !kind.runs_child()
        }
        _ => false,
    }
}

/// Uses a verb on some task, as far as one is possible; the process as it is then, if it was used.
fn people<'g>(
    graph: &'g Graph<'g>,
    process: flow_core::engine::ProcessState,
    rows: &mut Rows,
    choices: &mut impl Iterator<Item = u8>,
) -> Option<Run<'g>> {
    let possible: Vec<(Event, TaskState)> = VERBS
        .into_iter()
        .flat_map(|verb| {
            let fits = rows.0.iter().filter(move |task| is_possible(graph, process.status, task, verb));
            fits.map(move |task| (verb, task.clone())).collect::<Vec<_>>()
        })
        .collect();
    let (high, low) = (usize::from(choices.next()?), usize::from(choices.next()?));
    let (verb, task) = possible.get((high * 256 + low) % possible.len().max(1))?.clone();
    let before = (rows.0.clone(), tokens(graph, process, rows));
    let mut run = Run::resume(graph, process, task.clone(), verb);
    // What is behind a join that goes on now may make tokens; only what the verb does itself is counted.
    let mut none = std::iter::repeat(1);
    match settle(&mut run, rows, &mut none, false) {
        Ok(()) => {}
        Err(Fault::Obstacle { .. }) => {
            rows.0 = before.0;
            return None;
        }
        Err(Fault::NoBranch { .. } | Fault::Limit { .. }) => {
            rows.0 = before.0;
            return None;
        }
        Err(fault) => panic!("{verb:?} of {task:?}: {fault}"),
    }
    let after = tokens(graph, run.process(), rows);
    let what = || format!("{verb:?} of {task:?}: {} tokens, then {after}", before.1);
    match verb {
        // The branches that are in a join which has failed are out again.
        Event::Cancel if kind(graph, &task) == Kind::Join && task.scope.is_some() => {
            assert_eq!(after, before.1 + task.open_tokens - 1, "{}", what());
        }
        Event::Cancel => {
            let now = run.tasks().iter().find(|now| now.number == task.number).unwrap();
            let race = before.0.iter().find(|row| Some(row.number) == task.scope);
            let races = race.is_some_and(|race| kind(graph, race) == Kind::SplitFirst && race.open_tokens > 1);
            let leaves = races && !kind(graph, &task).is_boundary() && !now.resting;
            assert_eq!(after, before.1 - i32::from(leaves), "{}", what());
        }
        Event::Undo if kind(graph, &task).begins() => assert_eq!(after, 0, "{}", what()),
        // An End gives its token back, and a timeout that did not interrupt ends its own.
        Event::Undo if kind(graph, &task).ends() => assert_eq!(after, before.1 + 1, "{}", what()),
        Event::Undo if !kind(graph, &task).is_boundary() && !kind(graph, &task).splits() => {
            let joins =
                |rows: &[TaskState]| rows.iter().filter(|row| kind(graph, row) == Kind::Join && row.resting).count();
            if kind(graph, &task) != Kind::Join {
                assert_eq!(after, before.1, "{}", what());
            } else if joins(&rows.0) > joins(&before.0) {
                assert_eq!(after, before.1 + task.open_tokens - 1, "its arrivals are out again: {}", what());
            }
        }
        _ => {}
    }
    Some(run)
}

/// More tasks than this show nothing new, and the checks look at each pair.
const MOST: usize = 150;

/// Runs a process in some order until it ends; nothing if it fails, grows too large or uses up the choices.
fn play(
    graph: &Graph<'_>,
    start: NodeId,
    mut choices: impl Iterator<Item = u8>,
    fails: bool,
    meddles: bool,
) -> Option<Rows> {
    let mut run = Run::start(graph, start);
    let mut rows = Rows::default();
    loop {
        match settle(&mut run, &mut rows, &mut choices, fails) {
            Ok(()) => {}
            Err(Fault::Limit { .. } | Fault::NoBranch { .. }) => return None,
            Err(fault) => panic!("{fault}"),
        }
        check(graph, &run, &rows, fails);
        if rows.0.len() > MOST {
            return None;
        }
        if meddles && !choices.next()?.is_multiple_of(3) {
            let process = run.process();
            if let Some(after) = people(graph, process, &mut rows, &mut choices) {
                USED.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                run = after;
                continue;
            }
        }
        // Something that waits goes on: any of them, in any order.
        let waiting: Vec<TaskState> = rows
            .0
            .iter()
            .filter(|task| {
                let waits_its_turn = task.compensates().is_some() && task.status == TaskStatus::New;
                let goes_on = !matches!(kind(graph, task), Kind::Join | Kind::CompensateThrow) && !waits_its_turn;
                !task.status.is_final() && task.status != TaskStatus::Error && goes_on
            })
            .cloned()
            .collect();
        if waiting.is_empty() {
            return (run.process().status == ProcessStatus::Done).then_some(rows);
        }
        let choice = choices.next()?;
        let task = &waiting[usize::from(choice) % waiting.len()];
        let how = choices.next().unwrap_or(0);
        if how == 255 {
            run = Run::cancel(graph, run.process());
            continue;
        }
        let event = match (kind(graph, task), task.status, how % 8) {
            (kind, ..) if kind.is_boundary() => Event::Fire,
            (_, _, 4) if fails => Event::Fail(Failure::default()),
            (Kind::ConditionalCatch, TaskStatus::New, 3..) => Event::Look,
            (Kind::View, TaskStatus::New, 5..) => Event::Assign,
            (Kind::View, TaskStatus::Assigned, 5) => Event::Unassign,
            (Kind::Job, TaskStatus::Scheduled | TaskStatus::Started, 5..) => Event::Claim,
            (Kind::NSubprocess, TaskStatus::Started, 3) => Event::AddItem,
            (Kind::NSubprocess, TaskStatus::Started, 2) if fails => Event::ChildEnds(Some(Failure::default())),
            (Kind::NSubprocess, TaskStatus::Started, 0..5) => Event::ChildEnds(None),
            (Kind::Subprocess | Kind::NSubprocess, TaskStatus::Started, 5..) => {
                let mut takers = graph.boundaries(task.node, Kind::EscalationBoundary);
                takers.next().map_or(Event::Complete, Event::Escalate)
            }
            _ => Event::Complete,
        };
        run = Run::resume(graph, run.process(), task.clone(), event);
    }
}

fn drawn(block: &Block) -> (Draft, NodeId) {
    let mut draft = Draft::default();
    let end = draft.add(Kind::End, vec![]);
    let first = draft.draw(block, end, end);
    let start = draft.add(Kind::StartHandle, vec![Edge::new(Role::Next, first)]);
    (draft, start)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_answered_in_whatever_order_the_books_agree(
        block in blocks(),
        choices in prop::collection::vec(any::<u8>(), 0..300),
        fails in any::<bool>(),
    ) {
        let (draft, start) = drawn(&block);
        draft.with_graph(|graph| { play(graph, start, choices.into_iter(), fails, false); });
    }

    /// With nobody to go round for ever, what ends leaves nothing behind: every join has fired.
    fn ends_in_whatever_order(block in blocks(), seed in any::<u64>()) {
        let (draft, start) = drawn(&block);
        let mut state = seed | 1;
        // Odd answers leave every loop; the low bit of what chooses who goes on varies all the same.
        let choices = std::iter::repeat_with(move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            u8::try_from(state >> 57).unwrap() * 2 + 1
        }).take(600);
        draft.with_graph(|graph| {
            if let Some(rows) = play(graph, start, choices, false, false) {
                assert!(rows.0.iter().all(|task| task.status.is_final()), "nothing is left behind");
                ENDED.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        });
    }
}

/// How many of the random processes came to their end.
static ENDED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    fn whatever_people_do_the_books_agree(
        block in blocks(),
        seed in any::<u64>(),
        fails in any::<bool>(),
    ) {
        let (draft, start) = drawn(&block);
        let mut state = seed | 1;
        let choices = std::iter::repeat_with(move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            u8::try_from(state >> 56).unwrap()
        }).take(400);
        draft.with_graph(|graph| { play(graph, start, choices, fails, true); });
    }
}

/// How many verbs of people were used.
static USED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

#[test]
fn no_verb_makes_a_token_or_loses_one() {
    whatever_people_do_the_books_agree();
    let used = USED.load(std::sync::atomic::Ordering::Relaxed);
    assert!(used > 1_000, "only {used} verbs were possible, too few to say anything");
}

#[test]
fn a_process_comes_to_its_end_in_whatever_order() {
    ends_in_whatever_order();
    let ended = ENDED.load(std::sync::atomic::Ordering::Relaxed);
    assert!(ended > 100, "only {ended} of 256 ended, too few to say anything");
}

#[test]
fn a_circle_that_never_waits_meets_the_limit() {
    let to = |to| [Edge::new(Role::Next, to)];
    let (a, b) = (to(1), to(1));
    let nodes = [
        Node { edges: &a, ..Node::new("start", Kind::Start) },
        Node { edges: &b, ..Node::new("again", Kind::Function) },
    ];
    let graph = Graph { nodes: &nodes, ..Graph::new("f") };
    let mut run = Run::start(&graph, 0);
    let fault = loop {
        match run.next() {
            Ok(_) => run.answer(Answer::Done).unwrap(),
            Err(fault) => break fault,
        }
    };
    assert!(matches!(fault, Fault::Limit { what: Limit::Steps, limit: STEP_LIMIT, .. }), "{fault}");
}

/// Joins are never activated; a circle of them is a graph built from data, as `instant_loops` refuses it.
#[test]
fn a_circle_of_joins_alone_meets_the_limit() {
    let to = |to| [Edge::new(Role::Next, to)];
    let (split, branches) = (to(1), [Edge::new(Role::Next, 2), Edge::new(Role::Next, 2)]);
    let (a, b) = (to(3), to(2));
    let nodes = [
        Node { edges: &split, ..Node::new("start", Kind::StartHandle) },
        Node { edges: &branches, ..Node::new("split", Kind::Split) },
        Node { edges: &a, ..Node::new("a", Kind::Join) },
        Node { edges: &b, ..Node::new("b", Kind::Join) },
    ];
    let graph = Graph { nodes: &nodes, ..Graph::new("f") };
    let mut run = Run::start(&graph, 0);
    let fault = loop {
        match run.next() {
            Ok(Some(_)) => run.answer(Answer::Done).unwrap(),
            Ok(None) => panic!("it came to rest"),
            Err(fault) => break fault,
        }
    };
    let Fault::Limit { task, what: Limit::Steps, limit: STEP_LIMIT } = fault else { panic!("{fault:?}") };
    assert_eq!(kind(&graph, &run.tasks()[task]), Kind::Join, "a join is named that was not to be there");
}

/// No flow that compiles can do this: `unbounded_nesting` and `back_before_split` refuse it.
#[test]
fn splits_inside_one_another_meet_the_limit() {
    let (into, twice) = ([Edge::new(Role::Next, 1)], [Edge::new(Role::Next, 1), Edge::new(Role::Next, 2)]);
    let nodes = [
        Node { edges: &into, ..Node::new("start", Kind::StartHandle) },
        Node { edges: &twice, ..Node::new("split", Kind::Split) },
        Node::new("end", Kind::End),
    ];
    let graph = Graph { nodes: &nodes, ..Graph::new("f") };
    let mut run = Run::start(&graph, 0);
    let fault = loop {
        match run.next() {
            Ok(Some(_)) => run.answer(Answer::Done).unwrap(),
            Ok(None) => panic!("it came to rest"),
            Err(fault) => break fault,
        }
    };
    let Fault::Limit { task, what: Limit::Nesting, limit } = fault else { panic!("{fault:?}") };
    assert_eq!(limit, NESTING_LIMIT);
    assert_eq!(run.tasks()[task].token.matches('/').count(), 64, "64 splits are open around it");
}

#[test]
fn a_wrong_answer_is_refused() {
    let end = [Edge::new(Role::Next, 1)];
    let nodes = [Node { edges: &end, ..Node::new("start", Kind::Start) }, Node::new("end", Kind::End)];
    let graph = Graph { nodes: &nodes, ..Graph::new("f") };
    let mut run = Run::start(&graph, 0);
    assert!(run.answer(Answer::Done).is_err(), "nothing was asked");
    assert!(run.next().unwrap().is_some());
    assert!(run.next().is_err(), "the question is still open");
    assert!(run.answer(Answer::Holds(true)).is_err(), "that was no condition");
}

/// A job fails while its process is suspended: what takes the failure holds the token until the process is resumed.
#[test]
fn an_on_error_waits_for_its_process_to_be_resumed() {
    let to = |to| [Edge::new(Role::Next, to)];
    let (job, end, repair) = (to(1), to(3), to(3));
    let nodes = [
        Node { edges: &job, ..Node::new("start", Kind::StartHandle) },
        Node { edges: &end, boundaries: &[2], ..Node::new("job", Kind::Job) },
        Node { edges: &repair, interrupting: true, ..Node::new("failed", Kind::ErrorBoundary) },
        Node::new("end", Kind::End),
    ];
    let graph = Graph { nodes: &nodes, ..Graph::new("f") };
    let mut rows = Rows::default();
    let mut none = std::iter::repeat(0);
    let mut run = Run::start(&graph, 0);
    settle(&mut run, &mut rows, &mut none, false).unwrap();
    let suspended = flow_core::engine::ProcessState { suspended: true, ..run.process() };
    let mut run = Run::resume(&graph, suspended, rows.0[1].clone(), Event::Fail(Failure::default()));
    settle(&mut run, &mut rows, &mut none, false).unwrap();
    assert_eq!(run.process().open_tokens, 1);
    let states: Vec<_> = rows.0.iter().map(|row| (row.node, row.status, row.resting)).collect();
    let held = [(0, TaskStatus::Done, false), (1, TaskStatus::Canceled, false), (2, TaskStatus::Done, true)];
    assert_eq!(states, held, "its token rests in what took the failure");
    let resumed = flow_core::engine::ProcessState { suspended: false, ..run.process() };
    let mut run = Run::resume(&graph, resumed, rows.0[2].clone(), Event::Continue);
    settle(&mut run, &mut rows, &mut none, false).unwrap();
    assert_eq!(run.process().status, ProcessStatus::Done);
    assert!(rows.0.iter().all(|row| !row.resting && row.status.is_final()));
}

/// A handler is done while its process is suspended: the next one begins when the process is resumed.
#[test]
fn a_handler_waits_for_its_process_to_be_resumed() {
    let to = |to| [Edge::new(Role::Next, to)];
    let (pay, ship, back, end, refund) = (to(1), to(3), to(4), to(6), to(5));
    let nodes = [
        Node { edges: &pay, ..Node::new("start", Kind::StartHandle) },
        Node { edges: &ship, boundaries: &[2], ..Node::new("pay", Kind::Function) },
        Node { edges: &refund, ..Node::new("pay__compensation__refund", Kind::CompensationBoundary) },
        Node { edges: &back, boundaries: &[2], ..Node::new("ship", Kind::Function) },
        Node { edges: &end, ..Node::new("back", Kind::CompensateThrow) },
        Node::new("refund", Kind::Job),
        Node::new("end", Kind::End),
    ];
    let graph = Graph { nodes: &nodes, ..Graph::new("f") };
    let mut rows = Rows::default();
    let mut none = std::iter::repeat(0);
    let mut run = Run::start(&graph, 0);
    settle(&mut run, &mut rows, &mut none, false).unwrap();
    let states = |rows: &Rows| rows.0[3..].iter().map(|row| (row.node, row.status, row.resting)).collect::<Vec<_>>();
    let (started, scheduled) = (TaskStatus::Started, TaskStatus::Scheduled);
    assert_eq!(states(&rows), [(4, started, false), (5, scheduled, false), (5, TaskStatus::New, false)]);
    assert_eq!(rows.0[4].compensates(), Some(3), "the newest first");
    let suspended = flow_core::engine::ProcessState { suspended: true, ..run.process() };
    let mut run = Run::resume(&graph, suspended, rows.0[4].clone(), Event::Complete);
    settle(&mut run, &mut rows, &mut none, false).unwrap();
    assert_eq!(states(&rows), [(4, started, false), (5, TaskStatus::Done, true), (5, TaskStatus::New, false)]);
    let resumed = flow_core::engine::ProcessState { suspended: false, ..run.process() };
    let mut run = Run::resume(&graph, resumed, rows.0[4].clone(), Event::Continue);
    settle(&mut run, &mut rows, &mut none, false).unwrap();
    assert_eq!(states(&rows), [(4, started, false), (5, TaskStatus::Done, false), (5, scheduled, false)]);
    let mut run = Run::resume(&graph, run.process(), rows.0[5].clone(), Event::Complete);
    settle(&mut run, &mut rows, &mut none, false).unwrap();
    assert_eq!(run.process().status, ProcessStatus::Done);
    assert_eq!(run.process().open_tokens, 0);
}
