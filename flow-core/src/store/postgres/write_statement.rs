//! The rows that a transition writes, in one statement: all of them or none, in one round trip.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text};
use diesel::{PgConnection, RunQueryDsl};

use super::arrays::{ChangedTasks, GoneDue, NewCandidates, NewDue, NewTasks};
use super::write_process::{find_process, insert_process, update_process};
use crate::data::Patch;
use crate::data::sql_types::{Json, Moment};
use crate::store::json::JsonDialect as _;
use crate::store::{Attempt, AuditRow, DueRow, DueWrite, ProcessWrite, TransitionWrite};
use crate::{Timestamp, clock};

/// ```text
/// with p as (update flow_process set .. where id = $1 and version = $2 returning id, flow),
///   n as (insert into flow_task (..) select p.id, p.flow, x.number, .. from p, (values ..) as x(..)),
///   c as (update flow_task t set .. from p, (values ..) as x(..) where .. returning 1),
///   i as (insert into flow_due ..), d as (delete from flow_due ..), l as (update flow_due ..),
///   a as (insert into flow_audit ..)
/// select p.id from p
/// ```
///
/// Everything hangs on `p`: where the version is another, no row of it is written, and none comes back.
#[derive(Debug)]
pub(super) struct WriteStatement<'w> {
    process: &'w ProcessWrite<'w>,
    /// What changes in its document.
    data: Patch,
    /// What changes in the documents of tasks: mostly of the one that is being done.
    task_data: Vec<(i32, Patch)>,
    number: Option<i64>,
    new: NewTasks<'w>,
    changed: ChangedTasks<'w>,
    due: NewDue<'w>,
    gone: GoneDue<'w>,
    candidates: NewCandidates<'w>,
    /// Tasks of people that are over.
    over: &'w Vec<i32>,
    leases: Vec<(&'w DueRow, Timestamp)>,
    again: Vec<(&'w DueRow, &'w str)>,
    attempts: Vec<&'w Attempt>,
    /// How many rows of tasks must have changed.
    expected: i64,
    /// How many rows of what is due are deleted.
    ended: i64,
    audit: Option<&'w AuditRow>,
    now: Option<Timestamp>,
}

impl<'w> WriteStatement<'w> {
    pub(super) fn new(writes: &'w TransitionWrite<'w>) -> Self {
        let (data, number) = match &writes.process {
            ProcessWrite::New(row) => (Patch::default(), (row.id != 0).then_some(row.id)),
            ProcessWrite::Changed { row, .. } => (row.data.patch(), Some(row.id)),
            ProcessWrite::Kept(row) => (Patch::default(), Some(row.id)),
        };
        let mut statement = WriteStatement {
            process: &writes.process,
            data,
            task_data: Vec::new(),
            number,
            new: NewTasks::default(),
            changed: ChangedTasks::default(),
            due: NewDue::default(),
            gone: GoneDue::default(),
            candidates: NewCandidates::default(),
            over: &writes.over,
            leases: Vec::new(),
            again: Vec::new(),
            attempts: Vec::new(),
            expected: i64::try_from(writes.changed_tasks.len()).unwrap_or(i64::MAX),
            ended: 0,
            audit: writes.audit.as_ref(),
            now: Some(clock::now()),
        };
        for task in &writes.new_tasks {
            statement.new.push(task);
        }
        for (task, _) in &writes.changed_tasks {
            statement.changed.push(task);
            let patch = task.data.patch();
            if !patch.is_empty() {
                statement.task_data.push((task.number, patch));
            }
        }
        for row in &writes.candidates {
            statement.candidates.push(row);
        }
        for due in &writes.due {
            match due {
                DueWrite::Insert(row) => statement.due.push(row),
                DueWrite::Delete(key) => statement.gone.push(key),
                DueWrite::Lease { row, until } => statement.leases.push((row, *until)),
                DueWrite::Again { row, error } => statement.again.push((row, error)),
                DueWrite::Attempt(row) => statement.attempts.push(row),
            }
        }
        statement.ended = i64::try_from(statement.gone.len()).unwrap_or(i64::MAX);
        statement
    }

    fn tasks<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.new.len() > 0 {
            // A new process has its number from `p`.
            let names = &NewTasks::NAMES[1..];
            out.push_sql(", n as (insert into flow_task (process_id, flow, ");
            out.push_sql(&names.join(", "));
            out.push_sql(") select p.id, p.flow, x.");
            out.push_sql(&names.join(", x."));
            out.push_sql(" from p, ");
            self.new.rows(out)?;
            out.push_sql(")");
        }
        if self.changed.len() > 0 {
            let set: Vec<String> = ChangedTasks::NAMES
                .iter()
                .filter(|name| !matches!(**name, "process_id" | "number"))
                .map(|name| format!("{name} = x.{name}"))
                .collect();
            out.push_sql(", c as (update flow_task t set ");
            out.push_sql(&set.join(", "));
            self.task_data(out)?;
            out.push_sql(" from p, ");
            self.changed.each(&self.expected, out)?;
            // Both parts of the key from `x`: by `p.id` PostgreSQL would look at all tasks of the process.
            out.push_sql(" where t.process_id = x.process_id and t.number = x.number returning 1)");
        }
        Ok(())
    }

    /// `, data = case t.number when $1 then jsonb_set(t.data, ..) else t.data end`
    fn task_data<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.task_data.is_empty() {
            return Ok(());
        }
        out.push_sql(", data = case t.number");
        for (number, patch) in &self.task_data {
            out.push_sql(" when ");
            out.push_bind_param::<Integer, _>(number)?;
            out.push_sql(" then ");
            Pg::patch("t.data", patch, out)?;
        }
        out.push_sql(" else t.data end");
        Ok(())
    }

    fn due<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.due.len() > 0 {
            out.push_sql(", i as (insert into flow_due (");
            out.push_sql(&NewDue::NAMES.join(", "));
            out.push_sql(") select coalesce(nullif(x.process_id, 0), p.id), ");
            self.due.by_the_clock(&NewDue::NAMES[1..], &self.now, out)?;
            out.push_sql(" from p, ");
            self.due.rows(out)?;
            out.push_sql(")");
        }
        if self.gone.len() > 0 {
            out.push_sql(", d as (delete from flow_due f using p, ");
            self.gone.each(&self.ended, out)?;
            out.push_sql(
                " where f.process_id = x.process_id and f.task = x.task and f.kind = x.kind and f.key = x.key)",
            );
        }
        for (place, (row, until)) in self.leases.iter().enumerate() {
            out.push_sql(&format!(", l{place} as (update flow_due f set attempt = "));
            out.push_bind_param::<Integer, _>(&row.attempt)?;
            out.push_sql(", lease_token = ");
            out.push_bind_param::<BigInt, _>(&row.lease_token)?;
            out.push_sql(", leased_until = ");
            out.push_bind_param::<Moment, _>(until)?;
            out.push_sql(", holder = ");
            out.push_bind_param::<Nullable<Text>, _>(&row.holder)?;
            of_row(row, out)?;
        }
        for (place, (row, error)) in self.again.iter().enumerate() {
            out.push_sql(&format!(", r{place} as (update flow_due f set lease_token = "));
            out.push_bind_param::<BigInt, _>(&row.lease_token)?;
            out.push_sql(", leased_until = null, holder = null, due = ");
            out.push_bind_param::<Moment, _>(&row.due)?;
            out.push_sql(", last_error = ");
            out.push_bind_param::<Text, _>(error)?;
            of_row(row, out)?;
        }
        Ok(())
    }

    fn attempts<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (place, row) in self.attempts.iter().enumerate() {
            out.push_sql(&format!(
                ", t{place} as (insert into flow_attempt (process_id, task, number, started, ended, error, holder) \
                 select p.id, t.number, 1 + coalesce((select max(o.number) from flow_attempt o \
                 where o.process_id = t.process_id and o.task = t.number), 0), "
            ));
            out.push_bind_param::<Moment, _>(&row.started)?;
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Moment>, _>(&row.ended)?;
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Text>, _>(&row.error)?;
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Text>, _>(&row.holder)?;
            out.push_sql(" from p join flow_task t on t.process_id = p.id and t.number = ");
            out.push_bind_param::<Integer, _>(&row.task)?;
            out.push_sql(")");
        }
        Ok(())
    }

    /// Whom new tasks are offered to; what was half filled in of those that are over, and whom they were offered to.
    fn people<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.candidates.len() > 0 {
            out.push_sql(
                ", k as (insert into flow_candidate (process_id, task, kind, id) select p.id, x.task, x.kind, x.id \
                 from p, ",
            );
            self.candidates.rows(out)?;
            // One who is named twice is offered it once.
            out.push_sql(" on conflict do nothing)");
        }
        if !self.over.is_empty() {
            out.push_sql(", f as (delete from flow_draft d using p where d.process_id = p.id and d.task = any(");
            out.push_bind_param::<Array<Integer>, Vec<i32>>(self.over)?;
            out.push_sql("))");
        }
        if !self.over.is_empty() && !crate::sabotage::is_out("offers_end") {
            out.push_sql(", g as (delete from flow_candidate d using p where d.process_id = p.id and d.task = any(");
            out.push_bind_param::<Array<Integer>, Vec<i32>>(self.over)?;
            out.push_sql("))");
        }
        Ok(())
    }

    fn audit<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Some(row) = self.audit else { return Ok(()) };
        out.push_sql(
            ", a as (insert into flow_audit \
             (process_id, number, version, at, actor, action, task, node, process_status, changes, note, \
             on_behalf_of, fields) select p.id, p.audit_count, ",
        );
        out.push_bind_param::<BigInt, _>(&row.version)?;
        out.push_sql(", ");
        out.push_bind_param::<Moment, _>(&row.at)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&row.actor)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&row.action)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Integer>, _>(&row.task)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&row.node)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&row.process_status)?;
        out.push_sql(", ");
        out.push_bind_param::<Json, _>(&row.changes)?;
        for text in [&row.note, &row.on_behalf_of] {
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Text>, _>(text)?;
        }
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Json>, _>(&row.fields)?;
        out.push_sql(" from p)");
        Ok(())
    }
}

/// `.. from p where f.process_id = p.id and f.task = $1 and f.kind = $2 and f.key = $3)`
fn of_row<'b>(row: &'b DueRow, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
    out.push_sql(" from p where f.process_id = p.id and f.task = ");
    out.push_bind_param::<Integer, _>(&row.task)?;
    out.push_sql(" and f.kind = ");
    out.push_bind_param::<Text, _>(&row.kind)?;
    out.push_sql(" and f.key = ");
    out.push_bind_param::<Text, _>(&row.key)?;
    out.push_sql(")");
    Ok(())
}

impl QueryFragment<Pg> for WriteStatement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("with p as (");
        match self.process {
            ProcessWrite::New(row) => insert_process(row, self.number.as_ref(), self.audit.is_some(), &mut out)?,
            ProcessWrite::Changed { row, from, .. } => {
                update_process(row, from, &self.data, self.audit.is_some(), &mut out)?;
            }
            ProcessWrite::Kept(row) => find_process(row, &mut out)?,
        }
        out.push_sql(")");
        self.tasks(&mut out)?;
        self.due(&mut out)?;
        self.people(&mut out)?;
        self.attempts(&mut out)?;
        self.audit(&mut out)?;
        if self.changed.len() == 0 {
            out.push_sql(" select p.id from p");
            return Ok(());
        }
        // A row that somebody deleted by hand: the cast fails, and with it the whole statement.
        out.push_sql(" select case when (select count(*) from c) = ");
        out.push_bind_param::<BigInt, _>(&self.expected)?;
        out.push_sql(
            " then p.id else ('rows of flow_task that are missing; found ' || (select count(*) from c))::bigint end \
             from p",
        );
        Ok(())
    }
}

impl QueryId for WriteStatement<'_> {
    type QueryId = ();
    // The text differs by what there is to write.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for WriteStatement<'_> {
    type SqlType = BigInt;
}

impl RunQueryDsl<PgConnection> for WriteStatement<'_> {}
