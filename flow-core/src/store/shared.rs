//! The statements that are the same on every back end, written once.
//!
//! diesel's bounds for a function that is generic over back ends repeat every column type; a macro body that
//! is compiled for each connection type needs none of them (docs/decisions.md).

/// Implements [`Store`](super::Store) for a connection type: what is in braces is its own, the rest shared.
macro_rules! flow_connection {
    ($connection:ty { $($own:tt)* }) => {
        impl crate::store::FlowConnection for $connection {
            type NodeTasks = crate::query::NodeTasks<<$connection as diesel::Connection>::Backend>;

            fn node_tasks(flow: &'static str, nodes: &'static [&'static str]) -> Self::NodeTasks {
                crate::query::flow_tasks(flow).filter(flow_task::node.eq_any(nodes))
            }
        }

        impl crate::store::Store for $connection {
            $($own)*

            fn process(&mut self, id: i64) -> QueryResult<Option<Process>> {
                flow_process::table.find(id).select(Process::as_select()).first(self).optional()
            }

            fn insert_process(&mut self, row: &Process) -> QueryResult<i64> {
                diesel::insert_into(flow_process::table)
                    .values((
                        flow_process::flow.eq(&row.flow),
                        flow_process::status.eq(row.status),
                        flow_process::version.eq(row.version),
                        flow_process::task_count.eq(row.task_count),
                        flow_process::open_tokens.eq(row.open_tokens),
                        flow_process::created.eq(row.created),
                        flow_process::finished.eq(row.finished.into_sql::<Nullable<Moment>>()),
                        flow_process::data.eq(&row.data),
                        flow_process::seed_type.eq((&row.seed_type).into_sql::<Nullable<Text>>()),
                        flow_process::seed_key.eq((&row.seed_key).into_sql::<Nullable<Text>>()),
                        flow_process::artifact_type.eq((&row.artifact_type).into_sql::<Nullable<Text>>()),
                        flow_process::artifact_key.eq((&row.artifact_key).into_sql::<Nullable<Text>>()),
                        flow_process::parent_process.eq(row.parent_process.into_sql::<Nullable<BigInt>>()),
                        flow_process::parent_task.eq(row.parent_task.into_sql::<Nullable<Integer>>()),
                    ))
                    .returning(flow_process::id)
                    .get_result(self)
            }

            fn update_process(&mut self, row: &Process) -> QueryResult<()> {
                let state = (
                    flow_process::status.eq(row.status),
                    flow_process::version.eq(row.version),
                    flow_process::task_count.eq(row.task_count),
                    flow_process::open_tokens.eq(row.open_tokens),
                    flow_process::finished.eq(row.finished),
                    flow_process::seed_type.eq(&row.seed_type),
                    flow_process::seed_key.eq(&row.seed_key),
                    flow_process::artifact_type.eq(&row.artifact_type),
                    flow_process::artifact_key.eq(&row.artifact_key),
                );
                let target = flow_process::table.find(row.id);
                let patches = row.data.patches();
                let changed = if patches.is_empty() {
                    diesel::update(target).set(state).execute(self)?
                } else {
                    diesel::update(target).set((state, flow_process::data.eq(Patched(patches)))).execute(self)?
                };
                one_row(changed)
            }

            fn patch_process(&mut self, id: i64, version: i64, patches: Vec<Patch>) -> QueryResult<()> {
                let changes = (flow_process::version.eq(version), flow_process::data.eq(Patched(patches)));
                one_row(diesel::update(flow_process::table.find(id)).set(changes).execute(self)?)
            }

            fn task(&mut self, process: i64, number: i32) -> QueryResult<Option<Task>> {
                flow_task::table.find((process, number)).select(Task::as_select()).first(self).optional()
            }

            fn tasks(&mut self, process: i64) -> QueryResult<Vec<Task>> {
                flow_task::table
                    .filter(flow_task::process_id.eq(process))
                    .order(flow_task::number)
                    .select(Task::as_select())
                    .load(self)
            }

            fn armed(&mut self, process: i64, host: i32) -> QueryResult<Vec<Task>> {
                // Numbers rise: a timeout comes after its task.
                flow_task::table
                    .filter(flow_task::process_id.eq(process).and(flow_task::number.gt(host)))
                    .filter(flow_task::previous.eq(host).and(flow_task::finished.is_null()))
                    .order(flow_task::number)
                    .select(Task::as_select())
                    .load(self)
            }

            fn scope(&mut self, process: i64, split: i32) -> QueryResult<Vec<Task>> {
                let joins = flow_task::scope
                    .eq(split)
                    .and(flow_task::task_type.eq("JOIN"))
                    .and(flow_task::status.eq(TaskStatus::Started));
                // The split comes before what waits for its branches: numbers rise.
                let mut rows = Vec::new();
                rows.extend(self.task(process, split)?);
                rows.extend(
                    flow_task::table
                        .filter(flow_task::process_id.eq(process).and(joins))
                        .order(flow_task::number)
                        .select(Task::as_select())
                        .load(self)?,
                );
                Ok(rows)
            }

            fn last_owner(&mut self, process: i64, nodes: &[&str]) -> QueryResult<Option<String>> {
                let found: Option<Option<String>> = flow_task::table
                    .filter(flow_task::process_id.eq(process).and(flow_task::node.eq_any(nodes)))
                    .filter(flow_task::status.eq(TaskStatus::Done))
                    .order(flow_task::number.desc())
                    .select(flow_task::owner)
                    .first(self)
                    .optional()?;
                Ok(found.flatten())
            }

            fn insert_task(&mut self, row: &Task) -> QueryResult<()> {
                one_row(diesel::insert_into(flow_task::table).values(row).execute(self)?)
            }

            fn update_task(&mut self, row: &Task) -> QueryResult<()> {
                let changes = (
                    flow_task::status.eq(row.status),
                    flow_task::open_tokens.eq(row.open_tokens),
                    flow_task::joined.eq(row.joined),
                    flow_task::owner.eq(&row.owner),
                    flow_task::assigned.eq(row.assigned),
                    flow_task::started.eq(row.started),
                    flow_task::finished.eq(row.finished),
                    flow_task::due.eq(row.due),
                    flow_task::seed_type.eq(&row.seed_type),
                    flow_task::seed_key.eq(&row.seed_key),
                    flow_task::artifact_type.eq(&row.artifact_type),
                    flow_task::artifact_key.eq(&row.artifact_key),
                    flow_task::error.eq(&row.error),
                );
                let target = flow_task::table.find((row.process_id, row.number));
                let patches = row.data.patches();
                one_row(if patches.is_empty() {
                    diesel::update(target).set(changes).execute(self)?
                } else {
                    diesel::update(target).set((changes, flow_task::data.eq(Patched(patches)))).execute(self)?
                })
            }

            fn insert_due(&mut self, row: &DueRow) -> QueryResult<()> {
                one_row(diesel::insert_into(flow_due::table).values(row).execute(self)?)
            }

            fn delete_due(&mut self, process: i64, task: i32, kind: DueKind) -> QueryResult<()> {
                diesel::delete(flow_due::table.find((process, task, kind.as_str()))).execute(self).map(drop)
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
                rows.load(self)
            }

            fn due_row(&mut self, process: i64, task: i32, kind: DueKind) -> QueryResult<Option<DueRow>> {
                flow_due::table.find((process, task, kind.as_str())).select(DueRow::as_select()).first(self).optional()
            }

            fn lease(&mut self, row: &DueRow, now: Timestamp, length: Duration) -> QueryResult<()> {
                let changes = (
                    flow_due::attempt.eq(row.attempt + 1),
                    flow_due::lease_token.eq(row.lease_token + 1),
                    flow_due::leased_until.eq(now + length),
                );
                let target = flow_due::table.find((row.process_id, row.task, &row.kind));
                one_row(diesel::update(target).set(changes).execute(self)?)
            }

            fn insert_audit(&mut self, row: &AuditRow) -> QueryResult<()> {
                one_row(diesel::insert_into(flow_audit::table).values(row).execute(self)?)
            }

            fn history(&mut self, process: i64) -> QueryResult<Vec<AuditRow>> {
                flow_audit::table
                    .filter(flow_audit::process_id.eq(process))
                    .order(flow_audit::version)
                    .select(AuditRow::as_select())
                    .load(self)
            }

            fn last_change(&mut self, process: i64, task: i32) -> QueryResult<Option<AuditRow>> {
                let rows: Vec<AuditRow> = flow_audit::table
                    .filter(flow_audit::process_id.eq(process))
                    .order(flow_audit::version.desc())
                    .limit(1000)
                    .select(AuditRow::as_select())
                    .load(self)?;
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
            }

            fn queue(&mut self, flow: &str, nodes: &[&str], most: i64) -> QueryResult<Vec<Task>> {
                flow_task::table
                    .filter(flow_task::flow.eq(flow).and(flow_task::node.eq_any(nodes)))
                    .filter(flow_task::status.eq(TaskStatus::New).and(flow_task::finished.is_null()))
                    .order((flow_task::process_id, flow_task::number))
                    .limit(most)
                    .select(Task::as_select())
                    .load(self)
            }
        }

        /// A write that must meet its row: under the process's lock nobody can have taken it away.
        fn one_row(changed: usize) -> QueryResult<()> {
            if changed == 1 { Ok(()) } else { Err(diesel::result::Error::NotFound) }
        }
    };
}
