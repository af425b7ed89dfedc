//! What a unit of work reads: rows that the engine asks for, and what callbacks ask about them.

use flow_graph::{Kind, NodeId};

use super::UnitOfWork;
use super::tracked::{Stored, Tracked};
use crate::branches::Which;
use crate::engine::{Rows, TaskState, UNKNOWN_NODE};
use crate::store::{Filled, FlowConnection, Store as _};
use crate::{Branches, DataError, Error, Result, Task, TaskStatus};

impl UnitOfWork {
    /// Takes a row that was read, as the engine sees it.
    pub(crate) fn read(&mut self, task: Task) -> TaskState {
        let node = self.graph.find(&task.node).unwrap_or(UNKNOWN_NODE);
        let before = Some(task.status);
        let filled = Filled::from(&task);
        let mut tracked = Tracked {
            task,
            node,
            before,
            stored: Stored::Current,
            filled,
            due: None,
            subscription: None,
            concurrency_key: None,
        };
        tracked.due = tracked.due_kind(self.graph);
        let state = tracked.state();
        self.tasks.push(tracked);
        state
    }

    /// Reads the rows that the engine asks for, but for those that it has.
    pub(crate) fn read_rows<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        process: i64,
        rows: Rows,
    ) -> Result<Vec<TaskState>> {
        let found = match rows {
            Rows::Scope(split) => conn.store().scope(process, split)?,
            Rows::Race(split) => self.read_race(conn, process, split)?,
            Rows::Boundaries(host) => conn.store().with_boundaries(process, host)?,
            Rows::Open => {
                let mut rows = conn.store().open_tasks(process)?;
                rows.extend(conn.store().resting_tasks(process)?);
                rows
            }
            Rows::Tokens => {
                let mut rows = conn.store().open_tasks(process)?;
                rows.extend(conn.store().resting_tasks(process)?);
                // Load the enclosing splits of the open tasks, level by level, and of those that this unit of work has
                // changed: what it has ended may be stored as ended already.
                loop {
                    let changed = self.tasks.iter().map(|tracked| &tracked.task);
                    let mut around: Vec<i32> = rows.iter().chain(changed).filter_map(|row| row.scope).collect();
                    around.sort_unstable();
                    around.dedup();
                    around.retain(|split| !rows.iter().any(|row| row.number == *split));
                    around.retain(|split| self.position(*split).is_none());
                    if around.is_empty() {
                        break rows;
                    }
                    rows.extend(conn.store().numbered_tasks(process, &around)?);
                }
            }
            Rows::All => conn.store().tasks(process)?,
            Rows::Compensation => return self.compensation(conn, process),
            Rows::Handlers { throw, after, most } => return self.handlers(conn, process, (throw, after, most)),
            Rows::Conditions if !self.inserted => Vec::new(),
            Rows::Conditions => {
                let mut rows = conn.store().open_tasks(process)?;
                rows.retain(|task| task.kind == Kind::ConditionalCatch.name());
                rows
            }
        };
        if let Rows::Scope(split) = rows {
            self.knows_joins(split, &found)?;
        }
        let mut states = Vec::new();
        for row in found {
            if self.position(row.number).is_none() {
                states.push(self.read(row));
            }
        }
        Ok(states)
    }

    /// The rows of a race; of a split of another kind its own alone.
    fn read_race<C: FlowConnection>(&self, conn: &mut C, process: i64, split: i32) -> Result<Vec<Task>> {
        let Some(row) = conn.store().task(process, split)? else { return Ok(Vec::new()) };
        let mut rows =
            if row.kind == Kind::SplitFirst.name() { conn.store().racers(process, split)? } else { Vec::new() };
        rows.insert(0, row);
        Ok(rows)
    }

    /// Refuses to go on where a join waits that this version of the code does not have: branches that it leads elsewhere
    /// would never meet those that have arrived.
    fn knows_joins(&self, split: i32, rows: &[Task]) -> Result<()> {
        let is_join = |row: &Task| {
            let node = self.graph.find(&row.node).and_then(|id| self.graph.node(id));
            node.is_some_and(|node| node.kind == Kind::Join)
        };
        match rows.iter().find(|row| row.number != split && !is_join(row)) {
            None => Ok(()),
            Some(row) => Err(Error::from(Box::new(DataError {
                process: row.process_id,
                task: Some(row.id()),
                row: None,
                field: "node",
                path: "node".to_owned(),
                found: format!("`{}`", row.node),
                expected: format!("the name of a join of `{}`", self.graph.name),
            }))),
        }
    }

    /// The branches that have arrived in a join, and those that are open.
    pub(crate) fn branches<C: FlowConnection>(
        &self,
        conn: &mut C,
        process: i64,
        join: usize,
    ) -> Result<(Branches, Branches)> {
        let join = &self.tasks[join].task;
        let split = join.scope.and_then(|split| self.position(split)).map(|at| &self.tasks[at].task);
        let split = split.ok_or_else(|| Error::Internal("a join whose split was not read".to_owned()))?;
        let token = format!("{}/{}", split.token, split.number);
        let prefix = format!("{token}_");
        let mut tasks = if self.inserted { conn.store().tasks_inside(process, &token)? } else { Vec::new() };
        // Rows of this unit of work are newer than the stored ones.
        tasks.retain(|task| self.position(task.number).is_none());
        tasks.extend(
            self.tasks.iter().map(|tracked| &tracked.task).filter(|task| task.token.starts_with(&prefix)).cloned(),
        );
        tasks.sort_unstable_by_key(|task| task.number);
        let arrived = Branches::of_tasks(&tasks, &prefix, Which::Arrived(join.number));
        Ok((arrived, Branches::of_tasks(&tasks, &prefix, Which::Open)))
    }

    /// Who did a node's task last: in this transition, or before it.
    pub(crate) fn last_owner<C: FlowConnection>(
        &self,
        conn: &mut C,
        process: i64,
        node: NodeId,
    ) -> Result<Option<String>> {
        if let Some(newest) = self.done.get(&node).and_then(|at| self.tasks.get(*at)) {
            return Ok(newest.task.owner.clone());
        }
        if !self.inserted {
            return Ok(None);
        }
        Ok(conn.store().last_owner(process, &self.graph.names(node).collect::<Vec<_>>())?)
    }

    /// Whether a person did a task of one of these nodes: in this transition, or before it.
    pub(crate) fn did_any<C: FlowConnection>(
        &self,
        conn: &mut C,
        process: i64,
        nodes: &[NodeId],
        person: &str,
    ) -> Result<bool> {
        if nodes.is_empty() {
            return Ok(false);
        }
        let now = self.tasks.iter().any(|tracked| {
            nodes.contains(&tracked.node)
                && tracked.task.status == TaskStatus::Done
                && tracked.task.owner.as_deref() == Some(person)
        });
        if now || !self.inserted {
            return Ok(now);
        }
        let names: Vec<&str> = nodes.iter().flat_map(|node| self.graph.names(*node)).collect();
        Ok(conn.store().node_done_by(process, &names, &[person])?.is_some())
    }
}
