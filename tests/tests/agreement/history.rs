//! What has happened in a process, as far as it is a question of the checks: which branch has come where.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use flow_core::engine::{Run, TaskState};
use flow_core::graph::{Early, Graph, Kind, NodeId};
use flow_core::{ProcessStatus, TaskStatus};

use super::explore::Taken;

/// One level of the way that led to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// A branch of this opening of a split: the number of the split's task, and of the branch.
    Branch { split: i32, branch: usize },
    /// Beside the task of this timeout.
    Beside(NodeId),
}

/// Where the branches of one place have been: of one branch, or of the process outside of any.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Book {
    /// The edge of the split.
    edge: usize,
    /// A task of it has waited and is done.
    waited: bool,
    ended_late: bool,
    /// It came to a join of its split.
    joined: bool,
    /// What a timeout started beside it came to a join.
    joined_beside: bool,
    /// How often each timeout has come.
    fired: BTreeMap<NodeId, usize>,
    /// Nodes that it has come to: by itself, or by what a timeout started beside it (which); and in the work of which
    /// timeout's node, if in any.
    nodes: BTreeSet<(Option<NodeId>, NodeId, Option<NodeId>)>,
    /// Nodes that it has come to by no timeout's work beside anything.
    main: BTreeSet<NodeId>,
    /// Nodes that branches of splits inside of it have come to, which ended while others met.
    left: BTreeSet<NodeId>,
    /// A join, and whether it collects a split that was opened further in.
    joins: BTreeSet<(Option<NodeId>, NodeId, bool)>,
}

/// What some run of the flow has shown.
#[derive(Debug, Default)]
pub struct Facts {
    pub visited: BTreeSet<NodeId>,
    /// Joins that wait for branches of a split.
    pub waits: BTreeSet<NodeId>,
    /// Joins that two branches come to, one of them from a split further in.
    pub mixed: BTreeSet<NodeId>,
    /// Branches of splits that have ended, after a wait, while another came to a join.
    left: BTreeSet<(NodeId, usize)>,
    /// Branches of splits that have come to a join.
    joined: BTreeSet<(NodeId, usize)>,
    /// Plain nodes that two branches of one split have come to, not both in the work of timeouts that lead to one node.
    pub twice: BTreeSet<NodeId>,
    /// Plain nodes that a branch has come to which ended, and the process again when the others had met.
    pub jumped: BTreeSet<NodeId>,
    /// Plain nodes that a task's way and its reminder's have come to.
    pub reminded: BTreeSet<NodeId>,
}

impl Facts {
    /// Splits of which a branch that can come to a join has ended, after a wait, while another came to one.
    pub fn leaves(&self) -> BTreeSet<NodeId> {
        self.left.intersection(&self.joined).map(|(split, _)| *split).collect()
    }
}

/// What is known of a process that is not over.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The way to each task that is not over.
    ways: BTreeMap<i32, Vec<Level>>,
    /// The node that the last timeout on the way to each of them leads to.
    handlers: BTreeMap<i32, Option<NodeId>>,
    /// The books of the branches of each open split.
    books: BTreeMap<(i32, usize), Book>,
    root: Book,
    nested: bool,
}

/// The process has come to an end of the whole.
fn terminated(graph: &Graph<'_>, run: &Run<'_>) -> bool {
    run.tasks().iter().any(|row| row.status == TaskStatus::Done && graph.node(row.node).unwrap().kind.terminates())
}

/// Times that one timeout comes beside one branch: more show nothing new.
const REMINDERS: usize = 2;

impl History {
    pub fn is_nested(&self) -> bool {
        self.nested
    }

    fn book(&mut self, way: &[Level]) -> &mut Book {
        let inside = way.iter().rev().find_map(|level| match level {
            Level::Branch { split, branch } => Some((*split, *branch)),
            Level::Beside(_) => None,
        });
        match inside {
            Some(branch) => self.books.entry(branch).or_default(),
            None => &mut self.root,
        }
    }

    /// Timeouts that do not interrupt come so often only.
    pub fn may_go_on(&self, graph: &Graph<'_>, row: &TaskState) -> bool {
        !graph.node(row.node).unwrap().kind.is_boundary() || self.may_be_taken(graph, row, row.node)
    }

    /// The same for what comes from the child of a task.
    pub fn may_be_taken(&self, graph: &Graph<'_>, row: &TaskState, boundary: NodeId) -> bool {
        if graph.node(boundary).unwrap().interrupting {
            return true;
        }
        let mut history = self.clone();
        let way = history.ways[&row.number].clone();
        history.book(&way).fired.get(&boundary).is_none_or(|fired| *fired < REMINDERS)
    }

    /// Takes down what a transition did.
    pub fn note(
        &mut self,
        graph: &Graph<'_>,
        run: &Run<'_>,
        taken: &Taken,
        before: &[TaskState],
        fired: Option<i32>,
        facts: &mut Facts,
    ) {
        let kind = |node: NodeId| graph.node(node).unwrap().kind;
        let was = |number: i32| before.iter().find(|row| row.number == number);
        for row in run.tasks() {
            // Done, or cancelled by its timeout: it has waited.
            if kind(row.node).waits() && !kind(row.node).is_boundary() && row.status.is_final() {
                let way = self.ways.get(&row.number).cloned().unwrap_or_default();
                self.waited(&way);
            }
        }
        if let Some(row) = fired.and_then(was).filter(|row| !graph.node(row.node).unwrap().interrupting) {
            let way = self.ways[&row.number].clone();
            *self.book(&way).fired.entry(row.node).or_default() += 1;
        }
        // The ways of the new tasks, which come after those that led to them.
        let is_new = |at: &usize| was(run.tasks()[*at].number).is_none() && !is_of_compensation(&run.tasks()[*at]);
        let mut new: Vec<usize> = (0..run.tasks().len()).filter(is_new).collect();
        new.sort_by_key(|at| run.tasks()[*at].number);
        for at in &new {
            let row = &run.tasks()[*at];
            self.ways.insert(row.number, self.way_to(graph, run, row));
            self.handlers.insert(row.number, self.handler_of(graph, run, row));
            facts.visited.insert(row.node);
            // What comes from a child has no row before.
            if kind(row.node).is_taker() && !graph.node(row.node).unwrap().interrupting {
                let way = self.ways[&row.number].clone();
                *self.book(&way).fired.entry(row.node).or_default() += 1;
            }
        }
        // One that was cancelled before its turn came starts nothing.
        let begins = |row: &TaskState| kind(row.node) == Kind::Split && row.status == TaskStatus::Done;
        for at in new.iter().filter(|at| begins(&run.tasks()[**at])) {
            self.open(graph, run, *at, taken, facts);
        }
        // Of a split it is the join that did not wait for all of its branches.
        for row in run.tasks().iter().filter(|row| kind(row.node) != Kind::Split) {
            let before = was(row.number);
            if let Some(join) = row.joined.filter(|_| before.is_none_or(|row| row.joined.is_none())) {
                let way = self.out_of(graph, row);
                let join = run.tasks().iter().find(|row| row.number == join).unwrap().node;
                self.arrive(join, &way, facts);
            }
        }
        // Of tasks that wait for who is first, the process has come to the one that was.
        let is_race = |row: &TaskState| kind(row.node) == Kind::SplitFirst;
        let races: BTreeSet<i32> =
            run.tasks().iter().chain(before).filter(|row| is_race(row)).map(|row| row.number).collect();
        let races = |row: &TaskState| !is_of_compensation(row) && row.scope.is_some_and(|scope| races.contains(&scope));
        for row in run.tasks().iter().filter(|row| races(row) && row.status == TaskStatus::Done) {
            if was(row.number).is_some_and(|row| !row.status.is_final()) {
                self.visit(graph, row, facts);
            }
        }
        for at in new {
            let row = &run.tasks()[at];
            let previous = row.previous.and_then(|number| run.tasks().iter().find(|row| row.number == number));
            let previous = previous.or_else(|| row.via.map(|via| &run.tasks()[via.task]));
            if let Some(split) = previous.filter(|row| kind(row.node) == Kind::Join).and_then(|join| join.scope) {
                self.close(split);
            }
            if kind(row.node) != Kind::Join && !kind(row.node).is_boundary() && !races(row) {
                self.visit(graph, row, facts);
            }
        }
        // What ends as a whole leaves nobody who goes on without another.
        if run.process().status == ProcessStatus::New || !terminated(graph, run) {
            self.ends(graph, run, before, facts);
        }
    }

    fn waited(&mut self, way: &[Level]) {
        for (at, level) in way.iter().enumerate() {
            let beside = matches!(way.get(at + 1), Some(Level::Beside(_)));
            if let (Level::Branch { split, branch }, false) = (level, beside) {
                self.books.entry((*split, *branch)).or_default().waited = true;
            }
        }
    }

    /// The way that a task's successor is on.
    fn out_of(&self, graph: &Graph<'_>, row: &TaskState) -> Vec<Level> {
        let mut way = self.ways.get(&row.number).cloned().unwrap_or_default();
        let node = graph.node(row.node).unwrap();
        if node.kind.is_boundary() && !node.interrupting {
            let beside = Level::Beside(row.node);
            let known =
                way.iter().rev().take_while(|level| matches!(level, Level::Beside(_))).any(|level| *level == beside);
            if !known {
                way.push(beside);
            }
        }
        way
    }

    fn way_to(&self, graph: &Graph<'_>, run: &Run<'_>, row: &TaskState) -> Vec<Level> {
        let find = |number: i32| run.tasks().iter().find(|row| row.number == number);
        let kind = graph.node(row.node).unwrap().kind;
        if kind == Kind::Join {
            return match (row.scope, row.via) {
                (Some(split), _) => self.ways.get(&split).cloned().unwrap_or_default(),
                (None, via) => self.out_of(graph, &run.tasks()[via.unwrap().task]),
            };
        }
        let Some(previous) = row.previous else { return Vec::new() };
        if kind.is_boundary() {
            return self.ways.get(&previous).cloned().unwrap_or_default();
        }
        let from = find(previous).unwrap();
        let mut way = self.out_of(graph, from);
        if graph.node(from.node).unwrap().kind == Kind::Split {
            let branch = row.token.rsplit('_').next().unwrap().parse().unwrap();
            way.push(Level::Branch { split: previous, branch });
        }
        way
    }

    /// The node that the last timeout on the way to a task leads to; behind a join what it was before the split.
    fn handler_of(&self, graph: &Graph<'_>, run: &Run<'_>, row: &TaskState) -> Option<NodeId> {
        let find = |number: i32| run.tasks().iter().find(|row| row.number == number);
        let known = |number: i32| self.handlers.get(&number).copied().flatten();
        let from = match (graph.node(row.node).unwrap().kind, row.scope) {
            (Kind::Join, Some(split)) => return known(split),
            (Kind::Join, None) => &run.tasks()[row.via.unwrap().task],
            (kind, _) if kind.is_boundary() => return known(row.previous?),
            _ => find(row.previous?).unwrap(),
        };
        if graph.node(from.node).unwrap().kind.is_boundary() { Some(row.node) } else { known(from.number) }
    }

    /// The branches of a split have met: some of them have ended instead.
    fn close(&mut self, split: i32) {
        let mut left = BTreeSet::new();
        for (_, book) in self.books.range((split, 1)..(split + 1, 0)) {
            let gone = |beside: Option<NodeId>| if beside.is_some() { !book.joined_beside } else { !book.joined };
            left.extend(book.nodes.iter().filter(|(beside, ..)| gone(*beside)).map(|(_, node, _)| *node));
        }
        let way = self.ways.get(&split).cloned().unwrap_or_default();
        self.book(&way).left.extend(left);
    }

    /// A split has started its branches.
    fn open(&mut self, graph: &Graph<'_>, run: &Run<'_>, at: usize, taken: &Taken, facts: &mut Facts) {
        let row = &run.tasks()[at];
        let node = graph.node(row.node).unwrap();
        let way = self.ways[&row.number].clone();
        self.nested |= way.iter().any(|level| match level {
            Level::Branch { split, .. } => {
                let outer = run.tasks().iter().find(|row| row.number == *split).map(|row| row.node);
                outer.or_else(|| self.split_node(*split)) == Some(row.node)
            }
            Level::Beside(_) => false,
        });
        self.nodes_of_splits(row.number, row.node);
        let mut asked = taken.get(&at).into_iter().flatten();
        let mut branch = 0;
        for (edge, found) in node.edges.iter().enumerate() {
            let times = if found.asks { *asked.next().unwrap() } else { 1 };
            for _ in 0..times {
                branch += 1;
                self.books.entry((row.number, branch)).or_default().edge = edge;
                if graph.node(found.to).unwrap().kind == Kind::Join {
                    let mut way = way.clone();
                    way.push(Level::Branch { split: row.number, branch });
                    self.arrive(found.to, &way, facts);
                }
            }
        }
    }

    /// The node of an open split is kept where no branch has its number.
    fn nodes_of_splits(&mut self, split: i32, node: NodeId) {
        self.books.entry((split, 0)).or_default().edge = usize::from(node);
    }

    fn split_node(&self, split: i32) -> Option<NodeId> {
        self.books.get(&(split, 0)).map(|book| NodeId::try_from(book.edge).unwrap())
    }

    /// The branches of the same opening of a split, but of another of its edges.
    fn others(&self, split: i32, branch: usize) -> impl Iterator<Item = &Book> {
        let edge = self.books.get(&(split, branch)).map(|book| book.edge);
        self.books.range((split, 1)..(split + 1, 0)).map(|(_, book)| book).filter(move |book| Some(book.edge) != edge)
    }

    /// For each level of a way: the way up to there, and the timeout that comes right behind it.
    fn levels(way: &[Level]) -> impl Iterator<Item = (&[Level], Option<NodeId>)> {
        (0..=way.len()).filter_map(|at| {
            let beside = match way.get(at) {
                Some(Level::Beside(boundary)) => Some(*boundary),
                _ => None,
            };
            // Between a timeout and what it is beside there is no place of its own.
            let own = !matches!(way[..at].last(), Some(Level::Beside(_)));
            own.then_some((&way[..at], beside))
        })
    }

    fn visit(&mut self, graph: &Graph<'_>, row: &TaskState, facts: &mut Facts) {
        let (node, way) = (row.node, self.ways[&row.number].clone());
        let handler = self.handlers[&row.number];
        let plain = !graph.node(node).unwrap().kind.ends();
        if plain && self.book(&way).left.contains(&node) {
            facts.jumped.insert(node);
        }
        for (up_to, beside) in Self::levels(&way) {
            let main = !way[up_to.len()..].iter().any(|level| matches!(level, Level::Beside(_)));
            let book = self.book(up_to);
            book.nodes.insert((beside, node, handler));
            if main {
                book.main.insert(node);
            }
            if !plain {
                continue;
            }
            if book.main.contains(&node) && book.nodes.iter().any(|(by, known, _)| by.is_some() && *known == node) {
                facts.reminded.insert(node);
            }
            if let Some(Level::Branch { split, branch }) = up_to.last() {
                // What two timeouts lead to was written down for each of them.
                let shared = |other: Option<NodeId>| handler.is_some() && handler == other;
                let same = |(_, known, other): &(_, NodeId, Option<NodeId>)| *known == node && !shared(*other);
                if self.others(*split, *branch).any(|book| book.nodes.iter().any(same)) {
                    facts.twice.insert(node);
                }
            }
        }
    }

    fn arrive(&mut self, join: NodeId, way: &[Level], facts: &mut Facts) {
        facts.visited.insert(join);
        let scope = way.iter().rposition(|level| matches!(level, Level::Branch { .. }));
        if scope.is_some() {
            facts.waits.insert(join);
        }
        for (up_to, beside) in Self::levels(way) {
            let deep = scope.is_some_and(|scope| scope >= up_to.len());
            // Where nothing is split a join lets everybody pass.
            if scope.is_some() {
                self.book(up_to).joins.insert((beside, join, deep));
            }
            let here: Vec<_> = self.book(up_to).joins.iter().filter(|known| known.1 == join).copied().collect();
            let parts = here.iter().any(|a| here.iter().any(|b| a.0 != b.0 && a.2 != b.2));
            if parts {
                facts.mixed.insert(join);
            }
            if let Some(Level::Branch { split, branch }) = up_to.last() {
                // Copies of one branch are branches as well.
                let others = self.books.range((*split, 1)..(*split + 1, 0)).filter(|(at, _)| at.1 != *branch);
                if others.flat_map(|(_, book)| &book.joins).any(|(_, known, other)| *known == join && deep != *other) {
                    facts.mixed.insert(join);
                }
            }
        }
        if let Some((Level::Branch { split, branch }, beside)) = scope.map(|at| (way[at], at + 1 < way.len())) {
            let book = self.books.entry((split, branch)).or_default();
            book.joined |= !beside;
            book.joined_beside |= beside;
            self.leaves(split, facts);
        }
    }

    /// Branches that have ended in this transition.
    fn ends(&mut self, graph: &Graph<'_>, run: &Run<'_>, before: &[TaskState], facts: &mut Facts) {
        let was = |number: i32| before.iter().find(|row| row.number == number);
        // What a join has cancelled has not ended by itself.
        let cancels =
            |row: &&TaskState| row.status == TaskStatus::Done && graph.node(row.node).unwrap().early == Early::Cancels;
        let mut gone: Vec<i32> = run.tasks().iter().filter(cancels).filter_map(|join| join.scope).collect();
        // All may have arrived or ended: then nothing was left to be cancelled. A boundary cancels its host, a race those
        // that lost it, and a join further in what is inside of its own split.
        let kind = |row: &TaskState| graph.node(row.node).unwrap().kind;
        let was_open = |row: &TaskState| was(row.number).is_none_or(|row| !row.status.is_final());
        let tasks = run.tasks().iter();
        let interrupts = |row: &TaskState| kind(row).is_boundary() && graph.node(row.node).unwrap().interrupting;
        let by_another = |row: &TaskState| {
            let in_race = tasks.clone().any(|race| Some(race.number) == row.scope && kind(race) == Kind::SplitFirst);
            tasks.clone().filter(|other| other.status == TaskStatus::Done).any(|other| {
                interrupts(other) && other.previous == Some(row.number) || in_race && other.scope == row.scope
            })
        };
        let canceled: Vec<&Vec<Level>> = tasks
            .clone()
            .filter(|row| row.status == TaskStatus::Canceled && row.host.is_none() && was_open(row) && !by_another(row))
            .filter_map(|row| self.ways.get(&row.number))
            .collect();
        let innermost = |way: &&Vec<Level>| {
            way.iter().rev().find_map(|level| match level {
                Level::Branch { split, .. } if gone.contains(split) => Some(*split),
                _ => None,
            })
        };
        let canceling: BTreeSet<i32> = canceled.iter().filter_map(innermost).collect();
        gone.retain(|split| canceling.contains(split));
        let is_gone = |way: &[Level]| {
            way.iter().any(|level| matches!(level, Level::Branch { split, .. } if gone.contains(split)))
        };
        for row in run.tasks() {
            let ended = match graph.node(row.node).unwrap().kind {
                Kind::End => was(row.number).is_none(),
                Kind::Split => {
                    let met = run.tasks().iter().any(|join| {
                        join.scope == Some(row.number)
                            && join.status.is_final()
                            && graph.node(join.node).unwrap().kind == Kind::Join
                    });
                    row.open_tokens == 0 && !met
                }
                _ => false,
            };
            // A branch that is cancelled comes to no `End`: only its inner splits are closed.
            let is_end = graph.node(row.node).unwrap().kind == Kind::End;
            let way = self.ways.get(&row.number).filter(|way| is_end || !is_gone(way));
            if let Some(Level::Branch { split, branch }) = way.and_then(|way| way.last()).copied().filter(|_| ended) {
                let book = self.books.entry((split, branch)).or_default();
                book.ended_late |= book.waited;
                self.leaves(split, facts);
            }
        }
    }

    fn leaves(&self, split: i32, facts: &mut Facts) {
        let branches: Vec<_> = self.books.range((split, 1)..(split + 1, 0)).collect();
        let Some(node) = self.split_node(split) else { return };
        for (at, book) in &branches {
            let other = |(other, book): &(&(i32, usize), &Book)| (other != at && book.joined) || book.joined_beside;
            if book.ended_late && branches.iter().any(other) {
                facts.left.insert((node, book.edge));
            }
            if book.joined || book.joined_beside {
                facts.joined.insert((node, book.edge));
            }
        }
    }

    /// What is over is no longer told apart.
    pub fn forget(&mut self, rows: &[TaskState]) {
        let open = |number: &i32| rows.iter().any(|row| row.number == *number);
        self.ways.retain(|number, _| open(number));
        self.handlers.retain(|number, _| open(number));
        self.books.retain(|(split, _), _| open(split));
    }

    /// A text that is the same for two processes that nothing can tell apart.
    pub fn key(&self, graph: &Graph<'_>, rows: &[TaskState]) -> String {
        let mut text = format!("{:?}", self.root);
        text.push_str(&self.members(graph, rows, &[]));
        text
    }

    /// What is open right inside of a place, in an order of its own.
    fn members(&self, graph: &Graph<'_>, rows: &[TaskState], place: &[Level]) -> String {
        let mut members: Vec<String> = Vec::new();
        // Of a compensation the throw says all.
        for row in rows.iter().filter(|row| !is_of_compensation(row)) {
            let kind = graph.node(row.node).unwrap().kind;
            let way = &self.ways[&row.number];
            let inside =
                way.strip_prefix(place).filter(|rest| rest.iter().all(|level| matches!(level, Level::Beside(_))));
            let Some(beside) = inside.filter(|_| !kind.is_boundary() && kind != Kind::Join) else { continue };
            let mut text = format!("{} {beside:?} {:?}", row.node, self.handlers[&row.number]);
            if kind == Kind::Split {
                let mut branches: Vec<String> = Vec::new();
                for ((_, branch), book) in self.books.range((row.number, 1)..(row.number + 1, 0)) {
                    let mut inner = way.clone();
                    inner.push(Level::Branch { split: row.number, branch: *branch });
                    branches.push(format!("{book:?}{}", self.members(graph, rows, &inner)));
                }
                branches.sort();
                let joins = rows
                    .iter()
                    .filter(|join| join.scope == Some(row.number) && graph.node(join.node).unwrap().kind == Kind::Join);
                let mut joins: Vec<String> = joins.map(|join| format!("{}x{}", join.node, join.open_tokens)).collect();
                joins.sort();
                let _ = write!(text, "{branches:?}{joins:?}");
            } else {
                let armed = rows.iter().filter(|armed| {
                    armed.previous == Some(row.number) && graph.node(armed.node).unwrap().kind.is_boundary()
                });
                let _ = write!(text, "{:?}", armed.map(|armed| armed.node).collect::<Vec<_>>());
            }
            members.push(text);
        }
        members.sort();
        format!("{members:?}")
    }
}

/// A handler's task, or what it takes back: on no way of the process.
fn is_of_compensation(row: &TaskState) -> bool {
    row.compensates().is_some() || row.number < 0
}
