//! Processes of several releases as a game of tokens: every answer, every order, and every release that runs. Written
//! apart from the crate's own analysis, which it uses nothing of.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use flow_graph::{Early, Kind, Times};

use crate::mutate::Version;

/// States that are looked at.
const STATES: usize = 6_000;

/// Steps of one transition.
const STEPS: usize = 200;

/// Steps of all transitions of one game.
const ALL_STEPS: usize = 150_000;

/// Splits inside of one another.
const DEPTH: usize = 6;

/// Added to the branch of what was started beside a task: its end is not the end of the branch.
const BESIDE: usize = 1_000;

/// A release of the flow.
pub struct Release {
    nodes: Vec<Node>,
    /// By stored name, now or once.
    find: HashMap<String, usize>,
}

struct Node {
    name: String,
    kind: Kind,
    edges: Vec<(usize, Times)>,
    timeouts: Vec<usize>,
    /// What takes its failures, if something does.
    taker: Option<usize>,
    interrupting: bool,
    early: Early,
}

impl Node {
    fn next(&self) -> usize {
        self.edges[0].0
    }
}

impl Release {
    pub fn of(version: &Version) -> Self {
        let nodes: Vec<Node> = version
            .flow
            .nodes
            .iter()
            .map(|node| {
                let boundaries = node.boundaries.iter().map(|id| usize::from(*id));
                let is_timer = |at: &usize| version.flow.nodes[*at].kind == Kind::TimerBoundary;
                let (timeouts, takers): (Vec<usize>, Vec<usize>) = boundaries.partition(is_timer);
                Node {
                    name: node.name.clone(),
                    kind: node.kind,
                    edges: node.edges.iter().map(|edge| (usize::from(edge.to), edge.times)).collect(),
                    timeouts,
                    taker: takers.first().copied(),
                    interrupting: node.interrupting,
                    early: node.early,
                }
            })
            .collect();
        let mut find = HashMap::new();
        for (at, node) in nodes.iter().enumerate() {
            for was in version.was.get(&node.name).into_iter().flatten() {
                find.insert(was.clone(), at);
            }
        }
        find.extend(nodes.iter().enumerate().map(|(at, node)| (node.name.clone(), at)));
        Release { nodes, find }
    }

    /// The same with plain ends: what is wrong with a release by itself is reported whether or not the end of the whole
    /// process comes before it.
    pub fn with_plain_ends(mut self) -> Self {
        for node in self.nodes.iter_mut().filter(|node| node.kind.terminates()) {
            node.kind = Kind::End;
        }
        self
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.find.get(name).copied()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Token {
    node: String,
    kind: &'static str,
    scope: usize,
    branch: usize,
    armed: Vec<String>,
    /// It has failed, and a branch was started beside it.
    failed: bool,
}

/// The branches of a split that is open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Scope {
    parent: (usize, usize),
    split: String,
    /// The first node of each edge.
    firsts: Vec<String>,
    open: usize,
    joins: BTreeMap<String, usize>,
    /// The join that has continued while branches were open.
    passed: Option<String>,
    /// By node: the branches that came there.
    visited: BTreeMap<String, BTreeSet<usize>>,
    ended: BTreeSet<usize>,
    closed: Closed,
}

/// Splits whose branches have met on this level, in which of its branches that was, and the nodes that those came to.
type Closed = BTreeSet<(usize, String, String)>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct State {
    tokens: Vec<Token>,
    /// Those of no split.
    open: usize,
    scopes: BTreeMap<usize, Scope>,
    closed: Closed,
}

/// What happens.
#[derive(Default, Debug)]
pub struct Facts {
    pub twice: BTreeSet<(String, String)>,
    /// Nodes that a process comes to again in whatever way once their split has met: also by a new opening of it.
    pub again: BTreeSet<(String, String)>,
    pub lost: BTreeSet<(String, String)>,
    /// In the last phase a process cannot come to its end.
    pub stuck: Option<String>,
    pub nested: bool,
}

#[derive(Clone, Copy)]
enum Work {
    Enter(usize, usize, usize),
    Arrive(usize, usize, usize),
    End(usize, usize),
}

enum Stop {
    TooMuch,
    Nested,
}

/// All that can happen while these releases run, phase by phase. `None`: too much. The names of facts are those of the
/// last release, as far as it knows them.
pub fn play(releases: &[&Release], phases: &[Vec<usize>]) -> Option<Facts> {
    let mut facts = Facts::default();
    let last = releases[*phases.last()?.last()?];
    let mut left = ALL_STEPS;
    let mut known: HashMap<(usize, State), usize> = HashMap::new();
    let (mut leads, mut done): (Vec<Vec<usize>>, Vec<bool>) = (Vec::new(), Vec::new());
    let mut work: VecDeque<(usize, usize, State)> = VecDeque::new();
    let mut add = |phase: usize,
                   state: State,
                   work: &mut VecDeque<(usize, usize, State)>,
                   leads: &mut Vec<Vec<usize>>,
                   done: &mut Vec<bool>| {
        let next = known.len();
        *known.entry((phase, state.clone())).or_insert_with(|| {
            leads.push(Vec::new());
            done.push(state.open == 0);
            work.push_back((next, phase, state));
            next
        })
    };
    for (phase, running) in phases.iter().enumerate() {
        for release in running.iter().map(|at| releases[*at]) {
            for (at, _) in release.nodes.iter().enumerate().filter(|(_, node)| node.kind.begins()) {
                let state = State { open: 1, ..State::default() };
                match transition(release, last, state, vec![Work::Enter(at, 0, 0)], &mut facts, &mut left) {
                    Ok(states) => states.into_iter().for_each(|state| {
                        add(phase, state, &mut work, &mut leads, &mut done);
                    }),
                    Err(Stop::Nested) => facts.nested = true,
                    Err(Stop::TooMuch) => return None,
                }
            }
        }
    }
    while let Some((from, phase, state)) = work.pop_front() {
        if leads.len() > STATES {
            return None;
        }
        if phase + 1 < phases.len() {
            let to = add(phase + 1, state.clone(), &mut work, &mut leads, &mut done);
            leads[from].push(to);
        }
        for release in phases[phase].iter().map(|at| releases[*at]) {
            for (next, begun) in events(release, &state) {
                match transition(release, last, next, vec![begun], &mut facts, &mut left) {
                    Ok(states) => {
                        for state in states {
                            let to = add(phase, state, &mut work, &mut leads, &mut done);
                            leads[from].push(to);
                        }
                    }
                    Err(Stop::Nested) => facts.nested = true,
                    Err(Stop::TooMuch) => return None,
                }
            }
        }
    }
    let ends = can_end(&leads, done);
    let stuck = known.iter().find(|((phase, _), at)| *phase + 1 == phases.len() && !ends[**at]);
    facts.stuck = stuck.map(|((_, state), _)| format!("{state:?}"));
    Some(facts)
}

fn can_end(leads: &[Vec<usize>], mut done: Vec<bool>) -> Vec<bool> {
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
    done
}

/// Whether a node goes on with a task of this kind: one of its own, or, where it is obsolete, of any kind that waits.
fn goes_on(kind: Kind, task: &str) -> bool {
    let waits = |kind: Kind| kind.waits() && !kind.is_boundary();
    kind.name() == task || kind == Kind::Obsolete && Kind::from_name(task).is_some_and(waits)
}

/// What a release can go on with.
fn events(release: &Release, state: &State) -> Vec<(State, Work)> {
    let mut events = Vec::new();
    for (at, token) in state.tokens.iter().enumerate() {
        let knows = release.find(&token.node).filter(|id| goes_on(release.nodes[*id].kind, token.kind));
        if let Some(id) = knows {
            let mut next = state.clone();
            next.tokens.remove(at);
            events.push((next, Work::Enter(release.nodes[id].next(), token.scope, token.branch)));
        }
        // What takes failures is that of the release that runs, and stands in no row.
        let takers = knows.and_then(|id| release.nodes[id].taker).filter(|_| !token.failed);
        let fires = token.armed.iter().filter_map(|timeout| release.find(timeout));
        for id in fires.filter(|id| release.nodes[*id].kind == Kind::TimerBoundary).chain(takers) {
            let (mut next, mut branch) = (state.clone(), token.branch);
            if release.nodes[id].interrupting {
                next.tokens.remove(at);
            } else {
                branch = branch % BESIDE + BESIDE;
                match release.nodes[id].kind {
                    Kind::TimerBoundary => next.tokens[at].armed.retain(|armed| release.find(armed) != Some(id)),
                    _ => next.tokens[at].failed = true,
                }
                *open_of(&mut next, token.scope) += 1;
            }
            events.push((next, Work::Enter(release.nodes[id].next(), token.scope, branch)));
        }
    }
    events
}

/// How many branches are out in a split, or in the process.
fn open_of(state: &mut State, scope: usize) -> &mut usize {
    match state.scopes.get_mut(&scope) {
        Some(scope) => &mut scope.open,
        None => &mut state.open,
    }
}

/// All states in which a transition can come to rest. `left`: the steps that the game may still take.
fn transition(
    release: &Release,
    last: &Release,
    state: State,
    work: Vec<Work>,
    facts: &mut Facts,
    left: &mut usize,
) -> Result<Vec<State>, Stop> {
    let mut states = HashSet::new();
    let mut all = vec![(state, VecDeque::from(work), BTreeSet::<usize>::new(), 0)];
    while let Some((mut state, mut work, mut touched, steps)) = all.pop() {
        *left = left.saturating_sub(1);
        if steps > STEPS || *left == 0 {
            return Err(Stop::TooMuch);
        }
        let Some(next) = work.pop_front() else {
            let Some(scope) = touched.pop_last() else {
                state.tokens.sort();
                states.insert(state);
                continue;
            };
            if !settle(release, &mut state, scope, &mut work, facts)
                && let Some(join) = may_overtake(release, &state, scope)
            {
                let (mut state, mut work) = (state.clone(), work.clone());
                overtake(release, &mut state, scope, join, &mut work, facts);
                all.push((state, work, touched.clone(), steps + 1));
            }
            all.push((state, work, touched, steps + 1));
            continue;
        };
        match next {
            Work::Enter(at, scope, branch) => {
                let node = &release.nodes[at];
                if node.kind != Kind::Join && !node.kind.ends() {
                    visit(&mut state, &canon(last, &node.name), scope, branch, facts);
                }
                let to = |edge: usize| Work::Enter(node.edges[edge].0, scope, branch);
                match node.kind {
                    Kind::End => work.push_back(Work::End(scope, branch)),
                    kind if kind.terminates() => {
                        states.insert(State::default());
                        continue;
                    }
                    Kind::Join => work.push_back(Work::Arrive(at, scope, branch)),
                    Kind::If | Kind::Switch => {
                        for edge in 0..node.edges.len() {
                            let mut work: VecDeque<Work> = work.clone();
                            work.push_back(to(edge));
                            all.push((state.clone(), work, touched.clone(), steps + 1));
                        }
                        continue;
                    }
                    Kind::Split => {
                        if depth(&state, scope) >= DEPTH {
                            return Err(Stop::Nested);
                        }
                        for times in ways(node) {
                            let mut state = state.clone();
                            let mut work: VecDeque<Work> = work.clone();
                            open(release, last, &mut state, at, (scope, branch), &times, &mut work);
                            all.push((state, work, touched.clone(), steps + 1));
                        }
                        continue;
                    }
                    kind if kind.waits() => {
                        // The condition holds already.
                        if kind == Kind::ConditionalCatch {
                            let mut work = work.clone();
                            work.push_back(to(0));
                            all.push((state.clone(), work, touched.clone(), steps + 1));
                        }
                        let armed = node.timeouts.iter().map(|at| release.nodes[*at].name.clone()).collect();
                        let (node, kind) = (node.name.clone(), kind.name());
                        state.tokens.push(Token { node, kind, scope, branch, armed, failed: false });
                    }
                    _ => {
                        if let Some(taker) = node.taker {
                            let mut work = work.clone();
                            work.push_back(Work::Enter(release.nodes[taker].next(), scope, branch));
                            all.push((state.clone(), work, touched.clone(), steps + 1));
                        }
                        work.push_back(to(0));
                    }
                }
            }
            Work::Arrive(at, 0, branch) => work.push_back(Work::Enter(release.nodes[at].edges[0].0, 0, branch)),
            Work::Arrive(at, scope, _) => {
                let Some(here) = known_joins(release, &mut state, scope) else { continue };
                touched.insert(scope);
                if here.passed.as_ref().is_some_and(|name| release.find(name) == Some(at)) {
                    // It has continued without this one, which ends there.
                    here.open -= 1;
                    all.push((state, work, touched, steps + 1));
                    continue;
                }
                let name = here.joins.keys().find(|name| release.find(name) == Some(at)).cloned();
                *here.joins.entry(name.unwrap_or_else(|| release.nodes[at].name.clone())).or_default() += 1;
            }
            Work::End(0, _) => state.open -= 1,
            Work::End(scope, branch) => {
                let Some(here) = known_joins(release, &mut state, scope) else { continue };
                here.open -= 1;
                if branch < BESIDE {
                    here.ended.insert(branch);
                }
                touched.insert(scope);
            }
        }
        all.push((state, work, touched, steps + 1));
    }
    Ok(states.into_iter().collect())
}

/// The name that the last release has for it.
fn canon(last: &Release, name: &str) -> String {
    last.find(name).map_or_else(|| name.to_owned(), |at| last.nodes[at].name.clone())
}

fn depth(state: &State, scope: usize) -> usize {
    std::iter::successors(Some(scope), |at| state.scopes.get(at).map(|scope| scope.parent.0)).count()
}

/// The split, if the release knows its joins that wait; else nothing happens.
fn known_joins<'s>(release: &Release, state: &'s mut State, scope: usize) -> Option<&'s mut Scope> {
    let scope = state.scopes.get_mut(&scope)?;
    let is_join = |name: &String| release.find(name).is_some_and(|at| release.nodes[at].kind == Kind::Join);
    scope.joins.keys().chain(&scope.passed).all(is_join).then_some(scope)
}

/// How often each edge of a split is taken.
fn ways(split: &Node) -> Vec<Vec<usize>> {
    let mut ways: Vec<Vec<usize>> = vec![Vec::new()];
    for (_, times) in &split.edges {
        let most: &[usize] = match times {
            Times::Once => &[1],
            Times::Maybe => &[0, 1],
            Times::Each => &[0, 1, 2],
        };
        ways = ways.iter().flat_map(|way| most.iter().map(|times| [way.as_slice(), &[*times]].concat())).collect();
    }
    ways.retain(|way| way.iter().sum::<usize>() > 0);
    ways
}

fn open(
    release: &Release,
    last: &Release,
    state: &mut State,
    split: usize,
    parent: (usize, usize),
    times: &[usize],
    work: &mut VecDeque<Work>,
) {
    let id = (1..).find(|id| !state.scopes.contains_key(id)).unwrap();
    let node = &release.nodes[split];
    let firsts = node.edges.iter().map(|(to, _)| canon(last, &release.nodes[*to].name)).collect();
    let scope = Scope {
        parent,
        split: canon(last, &node.name),
        firsts,
        open: times.iter().sum(),
        joins: BTreeMap::new(),
        passed: None,
        visited: BTreeMap::new(),
        ended: BTreeSet::new(),
        closed: Closed::new(),
    };
    state.scopes.insert(id, scope);
    for (branch, ((to, _), times)) in node.edges.iter().zip(times).enumerate() {
        for _ in 0..*times {
            work.push_back(Work::Enter(*to, id, branch));
        }
    }
}

/// A plain node is come to: twice if another branch of a split has come there, or one did before its split has met.
fn visit(state: &mut State, name: &str, scope: usize, branch: usize, facts: &mut Facts) {
    let before = |closed: &Closed, branch: usize| -> Vec<(String, String)> {
        let before = closed.iter().filter(|(of, _, node)| *of == branch % BESIDE && node == name);
        before.map(|(_, split, node)| (node.clone(), split.clone())).collect()
    };
    let closed = state.scopes.get(&scope).map_or(&state.closed, |scope| &scope.closed);
    facts.twice.extend(before(closed, branch));
    facts.again.extend(before(&state.closed, 0));
    let (mut at, mut branch) = (scope, branch);
    while let Some(scope) = state.scopes.get_mut(&at) {
        facts.again.extend(before(&scope.closed, branch));
        let branches = scope.visited.entry(name.to_owned()).or_default();
        branches.insert(branch % BESIDE);
        if branches.len() > 1 {
            facts.twice.insert((name.to_owned(), scope.split.clone()));
        }
        (at, branch) = scope.parent;
    }
}

/// A split whose branches have met or have all ended is over. False if it is not.
fn settle(release: &Release, state: &mut State, id: usize, work: &mut VecDeque<Work>, facts: &mut Facts) -> bool {
    let Some(scope) = state.scopes.get(&id) else { return true };
    let met = scope.joins.iter().find(|(_, count)| **count == scope.open).map(|(name, _)| name.clone());
    if scope.open == 0 {
        work.push_back(Work::End(scope.parent.0, scope.parent.1));
        state.scopes.remove(&id);
    } else if let Some(join) = met {
        go_on(release, state, id, &join, work, facts);
        state.scopes.remove(&id);
    } else {
        return false;
    }
    true
}

/// The process goes on behind a join, and what ended before is left behind.
fn go_on(release: &Release, state: &mut State, id: usize, join: &str, work: &mut VecDeque<Work>, facts: &mut Facts) {
    let scope = &state.scopes[&id];
    let lost = scope.ended.iter().map(|branch| (scope.firsts[*branch].clone(), scope.split.clone()));
    facts.lost.extend(lost);
    let (parent, branch) = scope.parent;
    let closed = scope.visited.keys().map(|name| (branch % BESIDE, scope.split.clone(), name.clone()));
    let closed: Closed = closed.collect();
    work.push_back(Work::Enter(release.nodes[release.find(join).unwrap()].next(), parent, branch));
    match state.scopes.get_mut(&parent) {
        Some(scope) => scope.closed.extend(closed),
        None => state.closed.extend(closed),
    }
}

/// A join of the split in which branches wait, and that may continue while others are open.
fn may_overtake(release: &Release, state: &State, id: usize) -> Option<String> {
    let joins = state.scopes.get(&id)?.joins.keys();
    let early = |name: &&String| release.nodes[release.find(name).unwrap()].early != Early::Never;
    joins.filter(early).min_by_key(|name| release.find(name)).cloned()
}

/// A join continues although branches of its split are open: they are cancelled, or go on by themselves.
fn overtake(
    release: &Release,
    state: &mut State,
    id: usize,
    join: String,
    work: &mut VecDeque<Work>,
    facts: &mut Facts,
) {
    go_on(release, state, id, &join, work, facts);
    let parent = state.scopes[&id].parent.0;
    if release.nodes[release.find(&join).unwrap()].early == Early::Keeps {
        let scope = state.scopes.get_mut(&id).unwrap();
        scope.open -= scope.joins.remove(&join).unwrap();
        scope.passed = Some(join);
        *open_of(state, parent) += 1;
        return;
    }
    let of = |at: &usize| state.scopes.get(at).map(|scope| scope.parent.0);
    let inside = |at: usize| std::iter::successors(Some(at), of).any(|at| at == id);
    let gone: BTreeSet<usize> = state.scopes.keys().copied().filter(|at| inside(*at)).collect();
    state.scopes.retain(|at, _| !gone.contains(at));
    state.tokens.retain(|token| !gone.contains(&token.scope));
}
