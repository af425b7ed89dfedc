//! Joins that continue before all branches have arrived.

use flow_graph::{Early, NodeId};

use super::run::Run;
use super::work::Work;
use super::{Fault, TaskState};
use crate::TaskStatus;

const NOBODY: Fault = Fault::Broken("a join that waits for nobody");

impl Run<'_> {
    /// The join of a split that waits and may continue while branches are open.
    pub(super) fn may_overtake(&self, split: i32) -> Result<Option<usize>, Fault> {
        for join in self.joins.range((split, 0)..=(split, NodeId::MAX)).map(|(_, join)| *join) {
            if self.node_of(join)?.early != Early::Never {
                return Ok(Some(join));
            }
        }
        Ok(None)
    }

    /// The join of this node that has continued while branches of the split were open.
    pub(super) fn passed(&self, split: i32, node: NodeId) -> Result<Option<usize>, Fault> {
        let Some(join) = self.split(split)?.joined else { return Ok(None) };
        let at = *self.places.get(&join).ok_or(Fault::Broken("a join that was not read"))?;
        Ok((self.tasks[at].node == node).then_some(at))
    }

    /// A join continues although branches of its split are open: they are cancelled, or go on by themselves.
    pub(super) fn overtake(&mut self, join: usize) -> Result<(), Fault> {
        let work = Work::Overtake(join);
        let TaskState { node, scope, .. } = self.tasks[join];
        let split = scope.ok_or(NOBODY)?;
        if self.node(node)?.early == Early::Keeps {
            if !self.part(join, work)? {
                return Ok(());
            }
        } else {
            if self.reads_tokens(work) {
                return Ok(());
            }
            let inside: Vec<usize> =
                (0..self.tasks.len()).filter(|at| *at != join && self.is_inside(*at, split)).collect();
            for at in inside {
                let number = self.tasks[at].number;
                self.drop_token(at);
                self.touched.remove(&number);
                self.joins.retain(|(of, _), _| *of != number);
                self.resting_joins.retain(|(of, _), _| *of != number);
            }
            self.joins.retain(|(of, _), _| *of != split);
            self.resting_joins.retain(|(of, _), _| *of != split);
            self.split_mut(split)?.open_tokens = 0;
        }
        self.todo.push_back(Work::Leave(join));
        Ok(())
    }

    /// It cannot be said whether a join continues: it has failed, with the branches that have arrived.
    pub(super) fn stall(&mut self, join: usize) -> Result<(), Fault> {
        if self.part(join, Work::Stall(join))? {
            self.set(join, TaskStatus::Error);
        }
        Ok(())
    }

    /// A join leaves the branches that are still open: beside the split, whose own token lives on in those, there is
    /// that of the join from here on. False if rows are asked for first.
    fn part(&mut self, join: usize, work: Work) -> Result<bool, Fault> {
        let TaskState { node, number, scope, open_tokens: arrived, .. } = self.tasks[join];
        let split = scope.ok_or(NOBODY)?;
        let outer = self.split(split)?.scope;
        if self.reads_scope(outer, work) {
            return Ok(false);
        }
        let state = self.split_mut(split)?;
        state.open_tokens -= arrived;
        state.joined = Some(number);
        self.joins.remove(&(split, node));
        self.add_token(outer)?;
        Ok(true)
    }

    /// Whether a task is in a branch of a split, however deep.
    fn is_inside(&self, task: usize, split: i32) -> bool {
        let outer = |scope: &i32| self.places.get(scope).and_then(|at| self.tasks[*at].scope);
        let scope = self.tasks[task].scope;
        // A join that has failed has its token outside of the split whose branches it collects.
        let has_failed = self.is_join(task) && self.tasks[task].status == TaskStatus::Error;
        let scope = if has_failed { scope.as_ref().and_then(outer) } else { scope };
        std::iter::successors(scope, outer).any(|scope| scope == split)
    }

    /// One token more in this split, or in the process.
    pub(super) fn add_token(&mut self, scope: Option<i32>) -> Result<(), Fault> {
        match scope {
            None => self.process.open_tokens += 1,
            Some(split) => self.split_mut(split)?.open_tokens += 1,
        }
        Ok(())
    }

    /// The branches that have arrived in a join are out in its split again, which ends the token that it went on with.
    /// False if rows are asked for first.
    pub(super) fn unmeet(&mut self, join: usize, work: Work) -> Result<bool, Fault> {
        let (scope, arrived) = (self.tasks[join].scope, self.tasks[join].open_tokens);
        if self.reads_scope(scope, work) {
            return Ok(false);
        }
        let Some(split) = scope else { return Ok(true) };
        let TaskState { open_tokens: left, scope: outer, .. } = *self.split(split)?;
        // The split's own token is counted around it while a branch is open, and until the end of the last is settled.
        let is_counted = left > 0 || self.touched.contains(&split);
        if is_counted && self.reads_scope(outer, work) {
            return Ok(false);
        }
        let state = self.split_mut(split)?;
        state.open_tokens += arrived;
        state.joined = None;
        if is_counted {
            // The join's own token ran beside the split's, which lives on in its branches.
            match outer {
                None => self.process.open_tokens -= 1,
                Some(outer) => self.split_mut(outer)?.open_tokens -= 1,
            }
        }
        Ok(true)
    }
}
