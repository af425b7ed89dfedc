//! The statements that are the same on every back end, written once.
//!
//! diesel's bounds for a function that is generic over back ends repeat every column type; a macro body that
//! is compiled for each connection type needs none of them (docs/decisions.md).

/// Implements [`Store`](super::Store) for a connection type: what is in braces is its own, the rest shared.
macro_rules! flow_connection {
    ($connection:ty { $($own:tt)* }) => {
        impl crate::store::FlowConnection for $connection {
            type NodeTasks = crate::query::NodeTasks<<$connection as diesel::Connection>::Backend>;

            fn node_tasks(flows: &'static [&'static str], nodes: &'static [&'static str]) -> Self::NodeTasks {
                crate::query::flow_tasks(flows).filter(flow_task::node.eq_any(nodes))
            }
        }

        impl crate::store::Store for $connection {
            $($own)*

            fn atomically<T, E: From<diesel::result::Error>>(
                &mut self,
                f: impl FnOnce(&mut Self) -> Result<T, E>,
            ) -> Result<T, E> {
                let outside = self.depth()?;
                if outside == 0 { self.begin()? } else { self.begin_savepoint()? }
                self.guarded(outside, outside + 1..=outside + 1, f)
            }

            fn guarded<T, E: From<diesel::result::Error>>(
                &mut self,
                outside: u32,
                inside: std::ops::RangeInclusive<u32>,
                f: impl FnOnce(&mut Self) -> Result<T, E>,
            ) -> Result<T, E> {
                // diesel would leave the transaction open when `f` panics.
                match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| f(self))) {
                    Ok(Ok(value)) if inside.contains(&self.depth()?) => {
                        if self.depth()? > outside {
                            self.keep_savepoint()?;
                        }
                        Ok(value)
                    }
                    Ok(Ok(_)) => {
                        // A callback began a transaction and did not end it: what is whose cannot be told any more.
                        self.roll_back_to(outside)?;
                        Err(diesel::result::Error::AlreadyInTransaction.into())
                    }
                    Ok(Err(error)) if cfg!(flow_sabotage = "no_rollback") => {
                        if self.depth()? > outside {
                            self.keep_savepoint()?;
                        }
                        Err(error)
                    }
                    Ok(Err(error)) => {
                        self.undo_to(outside);
                        Err(error)
                    }
                    Err(panic) => {
                        self.undo_to(outside);
                        std::panic::resume_unwind(panic)
                    }
                }
            }

            fn undo_to(&mut self, depth: u32) {
                // What went wrong is what is undone here. That the rollback fails as well is the same fault seen
                // twice: the server is gone, or it has rolled back by itself.
                if let Err(error) = self.roll_back_to(depth) {
                    tracing::warn!(%error, "the rollback failed");
                    self.after_failed_rollback(&error);
                }
            }

            fn begin_savepoint(&mut self) -> QueryResult<()> {
                <Manager as TransactionManager<Self>>::begin_transaction(self)
            }

            fn keep_savepoint(&mut self) -> QueryResult<()> {
                <Manager as TransactionManager<Self>>::commit_transaction(self)
            }

            fn depth(&mut self) -> QueryResult<u32> {
                let status = <Manager as TransactionManager<Self>>::transaction_manager_status_mut(self);
                Ok(status.transaction_depth()?.map_or(0, std::num::NonZeroU32::get))
            }

            fn roll_back_to(&mut self, depth: u32) -> QueryResult<()> {
                while self.depth()? > depth {
                    <Manager as TransactionManager<Self>>::rollback_transaction(self)?;
                }
                Ok(())
            }

            fn process(&mut self, id: i64) -> QueryResult<Option<Process>> {
                flow_process::table.find(id).select(Process::as_select()).get_result(self).optional().map(counted)
            }

            fn started(&mut self, flow: &str, key: &str) -> QueryResult<Option<Process>> {
                flow_process::table
                    .filter(flow_process::flow.eq(flow).and(flow_process::start_key.eq(key)))
                    .select(Process::as_select())
                    .get_result(self)
                    .optional()
                    .map(counted)
            }

            fn stray_processes(&mut self, flows: &[&str], most: i64) -> QueryResult<Vec<Process>> {
                let known = ProcessStatus::KNOWN.iter().map(|status| status.as_str());
                let unknown = flow_process::status.ne_all(known);
                flow_process::table
                    .filter(flow_process::finished.is_null())
                    .filter(flow_process::flow.ne_all(flows).or(unknown))
                    .order(flow_process::id)
                    .limit(most)
                    .select(Process::as_select())
                    .load(self)
                    .map(counted)
            }

            fn tasks_of_other_kind(
                &mut self,
                flows: &[&str],
                nodes: &[&str],
                kind: &str,
                most: i64,
            ) -> QueryResult<Vec<Task>> {
                flow_task::table
                    .filter(flow_task::finished.is_null().and(flow_task::flow.eq_any(flows)))
                    .filter(flow_task::node.eq_any(nodes).and(flow_task::kind.ne_all(["", kind])))
                    .order((flow_task::process_id, flow_task::number))
                    .limit(most)
                    .select(Task::as_select())
                    .load(self)
                    .map(counted)
            }

            fn stray_due(&mut self, flows: &[&str], most: i64) -> QueryResult<Vec<DueRow>> {
                flow_due::table
                    .filter(flow_due::flow.ne_all(flows))
                    .order((flow_due::due, flow_due::process_id, flow_due::task))
                    .limit(most)
                    .select(DueRow::as_select())
                    .load(self)
                    .map(counted)
            }

            fn open_processes(&mut self, flows: &[&str], after: i64, most: i64) -> QueryResult<Vec<Process>> {
                flow_process::table
                    .filter(flow_process::flow.eq_any(flows).and(flow_process::status.eq(ProcessStatus::New)))
                    .filter(flow_process::id.gt(after))
                    .order(flow_process::id)
                    .limit(most)
                    .select(Process::as_select())
                    .load(self)
                    .map(counted)
            }

            fn stray_tasks(&mut self, flows: &[&str], nodes: &[&str], most: i64) -> QueryResult<Vec<Task>> {
                let known = TaskStatus::KNOWN.iter().map(|status| status.as_str());
                let unknown = flow_task::status.ne_all(known);
                flow_task::table
                    .filter(flow_task::finished.is_null().and(flow_task::flow.eq_any(flows)))
                    .filter(flow_task::node.ne_all(nodes).or(unknown))
                    .order((flow_task::process_id, flow_task::number))
                    .limit(most)
                    .select(Task::as_select())
                    .load(self)
                    .map(counted)
            }

            fn patch_process(&mut self, id: i64, version: i64, patch: Patch) -> QueryResult<()> {
                let changes = (flow_process::version.eq(version), flow_process::data.eq(Patched(patch)));
                one_row(diesel::update(flow_process::table.find(id)).set(changes).execute(self)?)
            }

            fn task(&mut self, process: i64, number: i32) -> QueryResult<Option<Task>> {
                flow_task::table.find((process, number)).select(Task::as_select()).get_result(self).optional().map(counted)
            }

            fn tasks(&mut self, process: i64) -> QueryResult<Vec<Task>> {
                flow_task::table
                    .filter(flow_task::process_id.eq(process))
                    .order(flow_task::number)
                    .select(Task::as_select())
                    .load(self)
                    .map(counted)
            }

            fn with_boundaries(&mut self, process: i64, host: i32) -> QueryResult<Vec<Task>> {
                let of_the_host = flow_task::process_id.eq(process).and(flow_task::host.eq(host));
                let mut rows = Vec::new();
                rows.extend(self.task(process, host)?);
                rows.extend(by_index::<Self, _>(Index::Boundaries, of_the_host).load(self).map(counted)?);
                Ok(rows)
            }

            fn open_tasks(&mut self, process: i64) -> QueryResult<Vec<Task>> {
                flow_task::table
                    .filter(flow_task::process_id.eq(process).and(flow_task::finished.is_null()))
                    .order(flow_task::number)
                    .select(Task::as_select())
                    .load(self)
                    .map(counted)
            }

            fn open_children(&mut self, process: i64, task: i32) -> QueryResult<Vec<Process>> {
                flow_process::table
                    .filter(flow_process::parent_process.eq(process).and(flow_process::parent_task.eq(task)))
                    .filter(flow_process::finished.is_null())
                    .order(flow_process::id)
                    .select(Process::as_select())
                    .load(self)
                    .map(counted)
            }

            fn scope(&mut self, process: i64, split: i32) -> QueryResult<Vec<Task>> {
                let of_the_split = flow_task::process_id.eq(process).and(flow_task::scope.eq(split));
                // The split comes before what waits for its branches: numbers rise.
                let mut rows = Vec::new();
                rows.extend(self.task(process, split)?);
                rows.extend(by_index::<Self, _>(Index::Joins, of_the_split).load(self).map(counted)?);
                rows.retain(|task| task.number == split || task.status == TaskStatus::Started);
                Ok(rows)
            }

            fn last_owner(&mut self, process: i64, nodes: &[&str]) -> QueryResult<Option<String>> {
                let mut newest: Option<Task> = None;
                for node in nodes {
                    let done = flow_task::status.eq(TaskStatus::Done);
                    let of_the_node = flow_task::process_id.eq(process).and(flow_task::node.eq(node)).and(done);
                    let found: Option<Task> =
                        by_index::<Self, _>(Index::Done, of_the_node).newest().get_result(self).optional().map(counted)?;
                    newest = [newest, found].into_iter().flatten().max_by_key(|task| task.number);
                }
                Ok(newest.and_then(|task| task.owner))
            }

            fn did_task(&mut self, process: i64, nodes: &[&str], person: &str) -> QueryResult<bool> {
                for node in nodes {
                    let by_this_person = flow_task::owner.eq(person).and(flow_task::started.is_not_null());
                    let of_the_node =
                        flow_task::process_id.eq(process).and(flow_task::node.eq(node)).and(by_this_person);
                    let found: Option<Task> =
                        by_index::<Self, _>(Index::Done, of_the_node).newest().get_result(self).optional().map(counted)?;
                    if found.is_some() {
                        return Ok(true);
                    }
                }
                Ok(false)
            }

            fn delete_due(&mut self, row: &DueRow) -> QueryResult<()> {
                let key = (row.process_id, row.task, &row.kind, &row.key);
                diesel::delete(flow_due::table.find(key)).execute(self).map(drop)
            }

            fn postpone(&mut self, row: &DueRow, due: Timestamp, error: &str) -> QueryResult<()> {
                let key = (row.process_id, row.task, &row.kind, &row.key);
                let ours = flow_due::table.find(key).filter(flow_due::lease_token.eq(row.lease_token));
                let changes = (
                    flow_due::due.eq(due),
                    flow_due::attempt.eq(row.attempt),
                    flow_due::leased_until.eq(None::<Timestamp>),
                    flow_due::postponed.eq(row.postponed + 1),
                    flow_due::last_error.eq(error),
                );
                diesel::update(ours).set(changes).execute(self).map(drop)
            }

            fn due(
                &mut self,
                flows: &[&str],
                now: Timestamp,
                after: Option<&DueRow>,
                most: i64,
            ) -> QueryResult<Vec<DueRow>> {
                let mut rows = flow_due::table
                    .filter(flow_due::due.le(now).and(flow_due::flow.eq_any(flows)))
                    .filter(flow_due::leased_until.is_null().or(flow_due::leased_until.le(now)))
                    .order((flow_due::due, flow_due::process_id, flow_due::task))
                    .limit(most)
                    .select(DueRow::as_select())
                    .into_boxed();
                if let Some(row) = after {
                    let same_time = flow_due::due.eq(row.due);
                    let same_process = flow_due::process_id.eq(row.process_id);
                    rows = rows.filter(flow_due::due.gt(row.due).or(same_time.and(
                        flow_due::process_id.gt(row.process_id).or(same_process.and(flow_due::task.gt(row.task))),
                    )));
                }
                rows.load(self).map(counted)
            }

            fn due_row(&mut self, row: &DueRow) -> QueryResult<Option<DueRow>> {
                let key = (row.process_id, row.task, &row.kind, &row.key);
                let found = flow_due::table.find(key).select(DueRow::as_select());
                found.get_result(self).optional().map(counted)
            }

            fn history(&mut self, process: i64) -> QueryResult<Vec<AuditRow>> {
                flow_audit::table
                    .filter(flow_audit::process_id.eq(process))
                    .order(flow_audit::number)
                    .select(AuditRow::as_select())
                    .load(self)
                    .map(counted)
            }

            fn last_change(&mut self, process: i64, task: i32) -> QueryResult<Option<AuditRow>> {
                let rows: Vec<AuditRow> = flow_audit::table
                    .filter(flow_audit::process_id.eq(process))
                    .order(flow_audit::number.desc())
                    .limit(1000)
                    .select(AuditRow::as_select())
                    .load(self)
                    .map(counted)?;
                Ok(rows.into_iter().find(|row| row.changes().iter().any(|(number, _)| *number == task)))
            }

            fn inbox(&mut self, flows: &[&str], owner: &str, most: i64) -> QueryResult<Vec<Task>> {
                flow_task::table
                    .filter(flow_task::owner.eq(owner).and(flow_task::status.eq(TaskStatus::Assigned)))
                    .filter(flow_task::flow.eq_any(flows))
                    .order((flow_task::process_id, flow_task::number))
                    .limit(most)
                    .select(Task::as_select())
                    .load(self)
                    .map(counted)
            }

            fn queue(
                &mut self,
                flows: &[&str],
                nodes: &[&str],
                after: Option<TaskId>,
                most: i64,
            ) -> QueryResult<Vec<Task>> {
                let mut tasks = flow_task::table
                    .filter(flow_task::flow.eq_any(flows).and(flow_task::node.eq_any(nodes)))
                    .filter(flow_task::status.eq(TaskStatus::New).and(flow_task::finished.is_null()))
                    .order((flow_task::process_id, flow_task::number))
                    .limit(most)
                    .select(Task::as_select())
                    .into_boxed();
                if let Some(after) = after {
                    let same_process = flow_task::process_id.eq(after.process());
                    tasks = tasks.filter(
                        flow_task::process_id
                            .gt(after.process())
                            .or(same_process.and(flow_task::number.gt(after.number()))),
                    );
                }
                tasks.load(self).map(counted)
            }

            fn open_tasks_of(&mut self, flows: &[&str], nodes: &[&str], most: i64) -> QueryResult<Vec<Task>> {
                flow_task::table
                    .filter(flow_task::flow.eq_any(flows).and(flow_task::node.eq_any(nodes)))
                    .filter(flow_task::finished.is_null())
                    .order((flow_task::process_id, flow_task::number))
                    .limit(most)
                    .select(Task::as_select())
                    .load(self)
                    .map(counted)
            }
        }
    };
}

/// A write that must meet its row: under the process's lock nobody can have taken it away.
pub(super) fn one_row(changed: usize) -> diesel::QueryResult<()> {
    if changed == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
}
