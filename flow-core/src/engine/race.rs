//! A `SplitFirst`: the first of its tasks that goes on wins, and the others are cancelled.
//!
//! Its tasks, the racers, are in it as branches are in a split: it counts those that are open, and its own token lives on
//! in them. Who wins goes on outside, with that token.

use std::collections::BTreeSet;

use flow_graph::{Graph, Kind, NodeId};

use super::run::Run;
use super::work::Work;
use super::{Ask, Fault, Rows, TaskState};
use crate::TaskStatus;

/// What is known of races.
#[derive(Clone, Debug, Default)]
pub(super) struct Races {
    /// The nodes that a `SplitFirst` leads to, and their boundaries.
    racers: BTreeSet<NodeId>,
    /// Splits whose racers are all known, if they have any.
    known: BTreeSet<i32>,
}

impl Races {
    pub(super) fn of(graph: &Graph<'_>) -> Self {
        let races = graph.nodes.iter().filter(|node| node.kind == Kind::SplitFirst);
        let firsts = races.flat_map(|node| node.edges).map(|edge| edge.to);
        let with_boundaries = |id: NodeId| {
            let boundaries = graph.node(id).map_or(&[][..], |node| node.boundaries);
            boundaries.iter().copied().chain([id])
        };
        Races { racers: firsts.flat_map(with_boundaries).collect(), known: BTreeSet::new() }
    }

    /// Its racers are made in this transition.
    pub(super) fn begin(&mut self, race: i32) {
        self.known.insert(race);
    }
}

impl Run<'_> {
    /// Asks for the racers beside a task, if it may be one and they were not read yet; the work waits for them then.
    pub(super) fn reads_race(&mut self, task: usize, work: Work) -> bool {
        let state = &self.tasks[task];
        if !self.races.racers.contains(&state.node) {
            return false;
        }
        let Some(scope) = state.scope.filter(|scope| !self.races.known.contains(scope)) else { return false };
        self.todo.push_front(work);
        self.ask(Ask::Rows(Rows::Race(scope)));
        true
    }

    /// The split that a task may race in, and its open tasks, as they were read.
    pub(super) fn take_race(&mut self, race: i32, rows: Vec<TaskState>) -> Result<(), Fault> {
        for row in rows {
            if !self.places.contains_key(&row.number) {
                self.add(row);
            }
        }
        let at = self.places.get(&race).copied().ok_or(Fault::Broken("a split that is not there"))?;
        self.races.known.insert(race);
        if self.kind_of(at) == Some(Kind::SplitFirst) {
            // Nothing meets in it, and the boundaries of its racers are among the rows.
            self.known.insert(race);
            let racers = self.tasks.iter().filter(|task| task.scope == Some(race)).map(|task| task.number);
            self.disarmable.extend(racers);
        }
        Ok(())
    }

    /// The `SplitFirst` that a task races in.
    pub(super) fn race(&self, task: usize) -> Option<i32> {
        let state = &self.tasks[task];
        let scope = state.scope.filter(|_| self.races.racers.contains(&state.node))?;
        let at = self.places.get(&scope)?;
        (self.kind_of(*at) == Some(Kind::SplitFirst)).then_some(scope)
    }

    /// The scope that a task's branch goes on in: of a racer, the one around the race.
    pub(super) fn around_race(&self, task: usize) -> Result<Option<i32>, Fault> {
        match self.race(task) {
            Some(race) => Ok(self.split(race)?.scope),
            None => Ok(self.tasks[task].scope),
        }
    }

    /// Whether other tasks race with this one.
    pub(super) fn has_rivals(&self, task: usize) -> Result<bool, Fault> {
        self.race(task).map_or(Ok(false), |race| Ok(self.split(race)?.open_tokens > 1))
    }

    /// The branch of a racer goes on, so that it wins: all others that are open in the race are cancelled.
    pub(super) fn win(&mut self, winner: usize) -> Result<(), Fault> {
        let Some(race) = self.race(winner) else { return Ok(()) };
        for at in 0..self.tasks.len() {
            if at == winner || self.tasks[at].scope != Some(race) {
                continue;
            }
            if !self.tasks[at].status.is_final() {
                self.set(at, TaskStatus::Canceled);
            }
            if self.tasks[at].resting {
                self.task_mut(at).resting = false;
            }
        }
        self.split_mut(race)?.open_tokens = 0;
        self.touched.remove(&race);
        Ok(())
    }

    /// The token of a race that was won is back in the racer.
    pub(super) fn reopen_race(&mut self, racer: usize) -> Result<(), Fault> {
        if let Some(race) = self.race(racer) {
            self.split_mut(race)?.open_tokens += 1;
        }
        Ok(())
    }
}
