//! Splits and joins: how many branches of a split are still out, and who has met.

use flow_graph::{Kind, NodeId, Role, Slot};

use super::run::{BRANCH_LIMIT, NESTING_LIMIT, Run};
use super::work::Work;
use super::{Fault, Limit, TaskState, Via};
use crate::TaskStatus;

impl Run<'_> {
    /// Asks the edges of a split in their order, then starts the branches together.
    pub(super) fn branches(&mut self, task: usize) -> Result<(), Fault> {
        let node = self.node_of(task)?;
        while let Some(edge) = node.edges.get(self.times.len()) {
            if edge.asks {
                self.call(task, Slot::Branches(self.times.len()));
                return Ok(());
            }
            self.times.push(1);
        }
        let times = std::mem::take(&mut self.times);
        let count: usize = times.iter().sum();
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if count == 0 {
            return Err(Fault::NoBranch { task });
        }
        if count > BRANCH_LIMIT {
            return Err(Fault::Limit { task, what: Limit::Branches, limit: BRANCH_LIMIT });
        }
        let depth = self.tasks[task].token.matches('/').count();
        if depth >= NESTING_LIMIT as usize {
            return Err(Fault::Limit { task, what: Limit::Nesting, limit: NESTING_LIMIT });
        }
        self.finish(task);
        let number = self.tasks[task].number;
        self.task_mut(task).open_tokens = i32::try_from(count).unwrap_or(i32::MAX);
        // The branches start now, so no join can be waiting for them yet.
        self.known.insert(number);
        let races = node.kind == Kind::SplitFirst;
        if races {
            self.races.begin(number);
        }
        let token = self.tasks[task].token.clone();
        let mut branch = 0;
        for (at, (edge, times)) in node.edges.iter().zip(times).enumerate() {
            for item in 0..times {
                branch += 1;
                // Who wins a race goes on with its token.
                let token = if races { token.clone() } else { format!("{token}/{number}_{branch}") };
                let kind = self.node(edge.to)?.kind;
                if races && !kind.waits() {
                    return Err(Fault::Broken("a racer that does not wait"));
                }
                if kind == Kind::Join {
                    self.meet(edge.to, Some(number), Via { task, edge: at, item })?;
                } else {
                    self.create(edge.to, task, at, item, &token, Some(number))?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn split(&self, number: i32) -> Result<&TaskState, Fault> {
        let at = self.places.get(&number).ok_or(Fault::Broken("a split that was not read"))?;
        Ok(&self.tasks[*at])
    }

    pub(super) fn split_mut(&mut self, number: i32) -> Result<&mut TaskState, Fault> {
        let at = *self.places.get(&number).ok_or(Fault::Broken("a split that was not read"))?;
        Ok(self.task_mut(at))
    }

    /// A token comes to a join.
    pub(super) fn arrive(&mut self, task: usize, edge: usize) -> Result<(), Fault> {
        let (_, scope) = self.outside(task)?;
        let to = self.node_of(task)?.edges.get(edge).ok_or(Fault::Broken("an edge that does not exist"))?.to;
        if self.reads_scope(scope, Work::Arrive(task, edge)) {
            return Ok(());
        }
        let join = self.meet(to, scope, Via { task, edge, item: 0 })?;
        let number = self.tasks[join].number;
        self.task_mut(task).joined = Some(number);
        // Outside any split there is no other branch to wait for.
        if scope.is_none() { self.leave_by(join, Role::Next) } else { Ok(()) }
    }

    /// The join of this node and split, with one arrival more.
    pub(super) fn meet(&mut self, node: NodeId, scope: Option<i32>, via: Via) -> Result<usize, Fault> {
        if let Some(split) = scope {
            self.touched.insert(split);
            if let Some(join) = self.passed(split, node)? {
                // The join has already continued, so this branch ends at it.
                self.task_mut(join).open_tokens += 1;
                self.end_tokens(scope, 1)?;
                return Ok(join);
            }
        }
        let waiting = scope.and_then(|split| self.joins.get(&(split, node))).copied();
        if let Some(join) = waiting {
            self.task_mut(join).open_tokens += 1;
            return Ok(join);
        }
        let token = match scope {
            Some(split) => self.split(split)?.token.clone(),
            None => self.tasks[via.task].token.clone(),
        };
        let state = self.fresh(node, &token, scope);
        let join = self.add(TaskState { status: TaskStatus::Started, open_tokens: 1, via: Some(via), ..state });
        // A join is never activated, and a graph built at run time may have a cycle of joins alone: count it as a step.
        self.count(join)?;
        if let Some(split) = scope {
            self.joins.insert((split, node), join);
            if let Some(undone) = self.resting_joins.remove(&(split, node)) {
                self.take_over(undone, join);
            }
        }
        Ok(join)
    }

    /// The branches that have arrived in a join are in another one of its node now.
    pub(super) fn take_over(&mut self, from: usize, to: usize) {
        let (arrived, number) = (self.tasks[from].open_tokens, self.tasks[to].number);
        self.task_mut(to).open_tokens += arrived;
        let from = self.task_mut(from);
        from.status = TaskStatus::Revived;
        from.resting = false;
        from.joined = Some(number);
    }

    /// Looks at the splits of which a branch has arrived or ended. True if something goes on.
    pub(super) fn settle(&mut self) -> Result<bool, Fault> {
        while let Some(split) = self.touched.pop_last() {
            let open = self.split(split)?.open_tokens;
            if open == 0 {
                // All branches have ended, so the split's own token has ended too.
                let scope = self.split(split)?.scope;
                let at = self.places.get(&split).copied().unwrap_or_default();
                match scope {
                    Some(outer) if !self.known.contains(&outer) => self.todo.push_back(Work::End(at)),
                    scope => self.end_tokens(scope, 1)?,
                }
            } else {
                let met = self.joins.range((split, 0)..=(split, NodeId::MAX));
                let met = met.map(|(key, join)| (*key, *join)).find(|(_, join)| self.tasks[*join].open_tokens == open);
                let Some((key, join)) = met else {
                    if let Some(join) = self.may_overtake(split)? {
                        self.call(join, Slot::Continue);
                        return Ok(true);
                    }
                    continue;
                };
                self.joins.remove(&key);
                self.split_mut(split)?.open_tokens = 0;
                self.todo.push_back(Work::Leave(join));
            }
            if !self.todo.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The split, its joins that wait or have continued early, and those in which arrivals rest, as they were read.
    pub(super) fn take_scope(&mut self, scope: i32, rows: Vec<TaskState>) -> Result<(), Fault> {
        self.known.insert(scope);
        // The subject of the transition may itself be a join of this split.
        self.index_join(0);
        for row in rows {
            if !self.places.contains_key(&row.number) {
                let at = self.add(row);
                self.index_join(at);
            }
        }
        if self.places.contains_key(&scope) { Ok(()) } else { Err(Fault::Broken("a split that is not there")) }
    }

    /// Notes a join that waits, or in which arrivals rest.
    pub(super) fn index_join(&mut self, at: usize) {
        let Some(task) = self.tasks.get(at) else { return };
        let is_join = self.graph.node(task.node).is_some_and(|node| node.kind == Kind::Join);
        let Some(scope) = task.scope.filter(|_| is_join) else { return };
        let key = (scope, task.node);
        if task.status == TaskStatus::Started {
            self.joins.entry(key).or_insert(at);
        } else if task.status == TaskStatus::Canceled && task.resting {
            self.resting_joins.entry(key).or_insert(at);
        }
    }

    /// So many tokens of this split, or of the process, have ended.
    pub(super) fn end_tokens(&mut self, scope: Option<i32>, count: i32) -> Result<(), Fault> {
        match scope {
            None => self.process.open_tokens -= count,
            Some(split) => {
                self.split_mut(split)?.open_tokens -= count;
                self.touched.insert(split);
            }
        }
        Ok(())
    }
}
