//! The rows of transitions of many processes, in one statement: each process with all of its rows, or without any.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::BigInt;
use diesel::{PgConnection, RunQueryDsl};

use super::arrays::{
    Audits, CandidatesOf, ChangedDocuments, ChangedTasks, GoneDue, Leases, NewDue, NewTasks, Processes,
};
use crate::data::{Document, Patch};
use crate::store::{DueWrite, ProcessWrite, TransitionWrite};
use crate::{Timestamp, clock};

/// ```text
/// with x as (select * from unnest(..) as x(id, was, ..)),
///   k as (select f.id from flow_process f, (select id, was from x limit ..) x
///         where f.id = x.id and f.version = x.was order by f.id for update of f skip locked),
///   p as (update flow_process f set .. from k, x where f.id = k.id and x.id = k.id returning f.id, f.flow, ..),
///   n as (insert into flow_task (..) select p.id, p.flow, .. from p, unnest(..) as x(..) where x.process_id = p.id), ..
/// select p.id from p
/// ```
///
/// Everything of a process hangs on its row of `p`. `k` waits for nobody, so that no batch can be part of a deadlock.
#[derive(Debug, Default)]
pub(super) struct WriteBatch<'w> {
    processes: Processes<'w>,
    count: i64,
    has_patch: bool,
    new: NewTasks<'w>,
    changed: ChangedTasks<'w>,
    expected: i64,
    documents: ChangedDocuments<'w>,
    due: NewDue<'w>,
    gone: GoneDue<'w>,
    ended: i64,
    leases: Leases<'w>,
    claimed: i64,
    candidates: CandidatesOf<'w>,
    audits: Audits<'w>,
    now: Option<Timestamp>,
}

/// What changes in the documents of each transition: of its process, and of its tasks.
pub(super) struct Documents(Vec<(Option<Document>, Vec<Document>)>);

/// Whether a transition can be written with others: what else there may be to write is rare behind the body of a job.
pub(super) fn fits(writes: &TransitionWrite<'_>) -> bool {
    let ProcessWrite::Changed { row, .. } = &writes.process else { return false };
    let due_fits = |due: &DueWrite| match due {
        DueWrite::Insert(due) => due.process_id == row.id,
        DueWrite::Delete(_) | DueWrite::Lease { .. } => true,
        DueWrite::Again { .. } | DueWrite::Attempt(_) => false,
    };
    let mut patches = writes.changed_tasks.iter().map(|(task, _)| task.data.patch());
    writes.audit.is_some()
        && writes.over.is_empty()
        && writes.due.iter().all(due_fits)
        && is_flat(&row.data.patch())
        && patches.all(|patch| is_flat(&patch))
}

/// Whether nothing changes inside of an object, so that `||` does it.
fn is_flat(patch: &Patch) -> bool {
    patch.parents.is_empty() && patch.values.iter().all(|value| value.path.len() == 1)
}

/// `{"key": value, ..}`
fn flat(patch: &Patch) -> Option<Document> {
    if patch.is_empty() {
        return None;
    }
    let members = patch.values.iter().map(|value| {
        let key: String = value.path.iter().map(|key| serde_json::Value::from(*key).to_string()).collect();
        format!("{key}: {}", value.json)
    });
    Some(Document::from(format!("{{{}}}", members.collect::<Vec<_>>().join(", "))))
}

impl Documents {
    pub(super) fn of(all: &[TransitionWrite<'_>]) -> Self {
        let each = all.iter().map(|writes| {
            let process = match &writes.process {
                ProcessWrite::Changed { row, .. } => flat(&row.data.patch()),
                ProcessWrite::New(_) | ProcessWrite::Kept(_) => None,
            };
            let tasks = writes.changed_tasks.iter();
            (process, tasks.map(|(task, _)| flat(&task.data.patch()).unwrap_or_default()).collect())
        });
        Documents(each.collect())
    }
}

impl<'w> WriteBatch<'w> {
    /// Of transitions that [`fits`] has let through.
    pub(super) fn new(all: &'w [TransitionWrite<'w>], documents: &'w Documents) -> Self {
        let mut batch = WriteBatch { now: Some(clock::now()), ..WriteBatch::default() };
        for (writes, (patch, of_tasks)) in all.iter().zip(&documents.0) {
            let ProcessWrite::Changed { row, from, .. } = &writes.process else { continue };
            let changed = i64::try_from(writes.changed_tasks.len()).unwrap_or(i64::MAX);
            batch.processes.push((row, *from, patch.as_ref(), changed));
            batch.has_patch |= patch.is_some();
            for task in &writes.new_tasks {
                batch.new.push(task);
            }
            for ((task, _), patch) in writes.changed_tasks.iter().zip(of_tasks) {
                batch.changed.push(task);
                if !patch.is_blank() {
                    batch.documents.push((task, patch));
                }
            }
            for due in &writes.due {
                match due {
                    DueWrite::Insert(row) => batch.due.push(row),
                    DueWrite::Delete(key) => batch.gone.push(key),
                    DueWrite::Lease { row, until } => batch.leases.push((row, *until)),
                    DueWrite::Again { .. } | DueWrite::Attempt(_) => {}
                }
            }
            for candidate in &writes.candidates {
                batch.candidates.push((row.id, candidate));
            }
            if let Some(audit) = &writes.audit {
                batch.audits.push(audit);
            }
        }
        let number = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        batch.count = number(batch.processes.len());
        batch.expected = number(batch.changed.len());
        batch.ended = number(batch.gone.len());
        batch.claimed = number(batch.leases.len());
        batch
    }

    fn processes<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("with x as (select * from ");
        self.processes.unnest(out)?;
        out.push_sql("), k as (select f.id from flow_process f, (select id, was from x limit ");
        out.push_bind_param::<BigInt, _>(&self.count)?;
        out.push_sql(") x where f.id = x.id");
        if !crate::sabotage::is_out("no_lock") {
            out.push_sql(" and f.version = x.was");
        }
        out.push_sql(" order by f.id for update of f skip locked), p as (update flow_process f set ");
        let set = Processes::NAMES.iter().filter(|name| !matches!(**name, "id" | "was" | "patch" | "changed"));
        out.push_sql(&set.map(|name| format!("{name} = x.{name}, ")).collect::<String>());
        if self.has_patch {
            out.push_sql("data = case when x.patch is null then f.data else f.data || x.patch end, ");
        }
        out.push_sql(
            "audit_count = f.audit_count + 1 from k, x where f.id = k.id and x.id = k.id \
             returning f.id, f.flow, f.audit_count, x.changed)",
        );
        Ok(())
    }

    fn tasks<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.new.len() > 0 {
            let names = &NewTasks::NAMES[1..];
            out.push_sql(", n as (insert into flow_task (process_id, flow, ");
            out.push_sql(&names.join(", "));
            out.push_sql(") select p.id, p.flow, x.");
            out.push_sql(&names.join(", x."));
            out.push_sql(" from p, ");
            self.new.unnest(out)?;
            out.push_sql(" where x.process_id = p.id)");
        }
        if self.changed.len() > 0 {
            let set = ChangedTasks::NAMES.iter().filter(|name| !matches!(**name, "process_id" | "number"));
            let set: Vec<String> = set.map(|name| format!("{name} = x.{name}")).collect();
            out.push_sql(", c as (update flow_task t set ");
            out.push_sql(&set.join(", "));
            if self.documents.len() > 0 {
                out.push_sql(", data = case when y.patch is null then t.data else t.data || y.patch end");
            }
            out.push_sql(" from ");
            self.changed.of_written(&self.expected, out)?;
            if self.documents.len() > 0 {
                out.push_sql(" left join (select * from ");
                self.documents.unnest(out)?;
                out.push_sql(") y on y.process_id = x.process_id and y.number = x.number");
            }
            out.push_sql(" where t.process_id = x.process_id and t.number = x.number returning 1)");
        }
        Ok(())
    }

    fn due<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.due.len() > 0 {
            let names = NewDue::NAMES;
            out.push_sql(", i as (insert into flow_due (");
            out.push_sql(&names.join(", "));
            out.push_sql(") select ");
            self.due.by_the_clock(names, &self.now, out)?;
            out.push_sql(" from p, ");
            self.due.unnest(out)?;
            out.push_sql(" where x.process_id = p.id)");
        }
        const SAME: &str =
            " where f.process_id = x.process_id and f.task = x.task and f.kind = x.kind and f.key = x.key)";
        if self.gone.len() > 0 {
            out.push_sql(", d as (delete from flow_due f using ");
            self.gone.of_written(&self.ended, out)?;
            out.push_sql(SAME);
        }
        if self.leases.len() > 0 {
            out.push_sql(
                ", l as (update flow_due f set attempt = x.attempt, lease_token = x.lease_token, \
                 leased_until = x.leased_until, holder = x.holder from ",
            );
            self.leases.of_written(&self.claimed, out)?;
            out.push_sql(SAME);
        }
        Ok(())
    }

    fn people_and_audit<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.candidates.len() > 0 {
            out.push_sql(
                ", o as (insert into flow_candidate (process_id, task, kind, id) \
                 select p.id, x.task, x.kind, x.id from p, ",
            );
            self.candidates.unnest(out)?;
            // One who is named twice is offered it once.
            out.push_sql(" where x.process_id = p.id on conflict do nothing)");
        }
        let names = &Audits::NAMES[1..];
        out.push_sql(", a as (insert into flow_audit (process_id, number, ");
        out.push_sql(&names.join(", "));
        out.push_sql(") select p.id, p.audit_count, x.");
        out.push_sql(&names.join(", x."));
        out.push_sql(" from p, ");
        self.audits.unnest(out)?;
        out.push_sql(" where x.process_id = p.id)");
        Ok(())
    }
}

impl QueryFragment<Pg> for WriteBatch<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.processes(&mut out)?;
        self.tasks(&mut out)?;
        self.due(&mut out)?;
        self.people_and_audit(&mut out)?;
        if self.changed.len() == 0 {
            out.push_sql(" select p.id from p");
            return Ok(());
        }
        // A row that somebody deleted by hand: the cast fails, and with it the whole statement.
        out.push_sql(
            " select case when (select count(*) from c) = (select sum(p.changed) from p) then p.id \
             else ('rows of flow_task that are missing; found ' || (select count(*) from c))::bigint end from p",
        );
        Ok(())
    }
}

impl QueryId for WriteBatch<'_> {
    type QueryId = ();
    // The text differs by what there is to write.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for WriteBatch<'_> {
    type SqlType = BigInt;
}

impl RunQueryDsl<PgConnection> for WriteBatch<'_> {}
