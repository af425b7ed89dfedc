//! Rows in a statement: a few of them by value, more as one array a column, so that the texts of the statements are
//! few and each is prepared once.

use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text};

use crate::clock;
use crate::data::Document;
use crate::data::sql_types::{Json, Moment};
use crate::store::{AuditRow, DueKey, DueRow, NewCandidate};
use crate::{Process, ProcessStatus, Task, TaskStatus, Timestamp};

/// Up to this many rows are written by value. `unnest` of an array a column makes a set of each of them first, which takes
/// PostgreSQL as long as all the rest of a statement of one row.
const FEW: usize = 4;

/// Declares the columns of some rows.
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident<$life:lifetime> of $row:ty { $($column:ident: $sql:ty = $rust:ty, $value:expr;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub(super) struct $name<$life> {
            $($column: Vec<$rust>,)+
            life: std::marker::PhantomData<&$life ()>,
        }

        impl<$life> $name<$life> {
            /// The names of the columns, in order.
            pub(super) const NAMES: &'static [&'static str] = &[$(stringify!($column)),+];

            pub(super) fn push(&mut self, row: $row) {
                $(
                    let value: fn($row) -> $rust = $value;
                    self.$column.push(value(row));
                )+
            }

            #[allow(dead_code, reason = "of the audit there is always one")]
            pub(super) fn len(&self) -> usize {
                let lengths = [$(self.$column.len()),+];
                lengths[0]
            }

            /// `(select * from (values ..) as x(number, node, ..) limit $9) x`: all of them, `count`.
            ///
            /// PostgreSQL thinks of an array that it does not know as ten rows, and of a limit that it does not know
            /// as a tenth of that. So it looks each row up by its key, whatever it thinks of the table: a plan made
            /// while that was empty, and kept, would read it whole. Of one row by value it knows the number.
            #[allow(dead_code, reason = "new rows are looked up by nobody")]
            pub(super) fn each<'b>(&'b self, count: &'b i64, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                if self.len() == 1 {
                    return self.rows(out);
                }
                out.push_sql("(select * from ");
                self.rows(out)?;
                out.push_sql(" limit ");
                out.push_bind_param::<diesel::sql_types::BigInt, _>(count)?;
                out.push_sql(") x");
                Ok(())
            }

            /// `(select x.* from p, unnest($1, $2, ..) as x(process_id, number, ..) where x.process_id = p.id limit $9) x`:
            /// those of the processes in `p`, which are found before their rows are looked up: joined to both, PostgreSQL
            /// would go through all of them for each process.
            #[allow(dead_code, reason = "of many processes")]
            pub(super) fn of_written<'b>(&'b self, count: &'b i64, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                out.push_sql("(select x.* from p, ");
                self.unnest(out)?;
                out.push_sql(" where x.process_id = p.id limit ");
                out.push_bind_param::<diesel::sql_types::BigInt, _>(count)?;
                out.push_sql(") x");
                Ok(())
            }

            /// `(values ($1, $2, ..), ($8, $9, ..)) as x(number, node, ..)`; or [`Self::unnest`] of more than a few.
            #[allow(dead_code, reason = "of one process")]
            pub(super) fn rows<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                if self.len() > FEW {
                    return self.unnest(out);
                }
                let mut before = "(values (";
                for row in 0..self.len() {
                    $(
                        if let Some(value) = self.$column.get(row) {
                            out.push_sql(before);
                            out.push_bind_param::<$sql, $rust>(value)?;
                        }
                        before = ", ";
                    )+
                    let _ = before;
                    before = "), (";
                }
                out.push_sql(")) as x(");
                out.push_sql(&Self::NAMES.join(", "));
                out.push_sql(")");
                Ok(())
            }

            /// `unnest($1, $2, ..) as x(number, node, ..)`
            pub(super) fn unnest<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                let mut before = "unnest(";
                $(
                    out.push_sql(before);
                    out.push_bind_param::<Array<$sql>, Vec<$rust>>(&self.$column)?;
                    before = ", ";
                )+
                let _ = before;
                out.push_sql(") as x(");
                out.push_sql(&Self::NAMES.join(", "));
                out.push_sql(")");
                Ok(())
            }
        }
    };
}

columns! {
    /// Tasks that have no row yet.
    NewTasks<'w> of &'w Task {
        process_id: diesel::sql_types::BigInt = i64, |task| task.process_id;
        number: Integer = i32, |task| task.number;
        node: Text = &'w str, |task| &task.node;
        task_type: Text = &'w str, |task| &task.task_type;
        status: Text = TaskStatus, |task| task.status;
        token: Text = &'w str, |task| &task.token;
        scope: Nullable<Integer> = Option<i32>, |task| task.scope;
        open_tokens: Integer = i32, |task| task.open_tokens;
        previous: Nullable<Integer> = Option<i32>, |task| task.previous;
        joined: Nullable<Integer> = Option<i32>, |task| task.joined;
        owner: Nullable<Text> = Option<&'w str>, |task| task.owner.as_deref();
        created: Moment = Timestamp, |task| task.created;
        assigned: Nullable<Moment> = Option<Timestamp>, |task| task.assigned;
        started: Nullable<Moment> = Option<Timestamp>, |task| task.started;
        finished: Nullable<Moment> = Option<Timestamp>, |task| task.finished;
        due: Nullable<Moment> = Option<Timestamp>, |task| task.due;
        data: Json = &'w Document, |task| &task.data;
        seed_type: Nullable<Text> = Option<&'w str>, |task| task.seed_type.as_deref();
        seed_key: Nullable<Text> = Option<&'w str>, |task| task.seed_key.as_deref();
        artifact_type: Nullable<Text> = Option<&'w str>, |task| task.artifact_type.as_deref();
        artifact_key: Nullable<Text> = Option<&'w str>, |task| task.artifact_key.as_deref();
        error: Nullable<Text> = Option<&'w str>, |task| task.error.as_deref();
        kind: Text = &'w str, |task| &task.kind;
        host: Nullable<Integer> = Option<i32>, |task| task.host;
        armed: Integer = i32, |task| task.armed;
        nominee: Nullable<Text> = Option<&'w str>, |task| task.nominee.as_deref();
        on_behalf_of: Nullable<Text> = Option<&'w str>, |task| task.on_behalf_of.as_deref();
        priority: Integer = i32, |task| task.priority;
    }
}

columns! {
    /// Tasks whose row changes.
    ChangedTasks<'w> of &'w Task {
        process_id: diesel::sql_types::BigInt = i64, |task| task.process_id;
        number: Integer = i32, |task| task.number;
        status: Text = TaskStatus, |task| task.status;
        open_tokens: Integer = i32, |task| task.open_tokens;
        joined: Nullable<Integer> = Option<i32>, |task| task.joined;
        owner: Nullable<Text> = Option<&'w str>, |task| task.owner.as_deref();
        assigned: Nullable<Moment> = Option<Timestamp>, |task| task.assigned;
        started: Nullable<Moment> = Option<Timestamp>, |task| task.started;
        finished: Nullable<Moment> = Option<Timestamp>, |task| task.finished;
        due: Nullable<Moment> = Option<Timestamp>, |task| task.due;
        seed_type: Nullable<Text> = Option<&'w str>, |task| task.seed_type.as_deref();
        seed_key: Nullable<Text> = Option<&'w str>, |task| task.seed_key.as_deref();
        artifact_type: Nullable<Text> = Option<&'w str>, |task| task.artifact_type.as_deref();
        artifact_key: Nullable<Text> = Option<&'w str>, |task| task.artifact_key.as_deref();
        error: Nullable<Text> = Option<&'w str>, |task| task.error.as_deref();
        resting: Bool = bool, |task| task.resting;
        nominee: Nullable<Text> = Option<&'w str>, |task| task.nominee.as_deref();
        on_behalf_of: Nullable<Text> = Option<&'w str>, |task| task.on_behalf_of.as_deref();
        priority: Integer = i32, |task| task.priority;
    }
}

columns! {
    /// What changes in documents of tasks, where many processes are written.
    ChangedDocuments<'w> of (&'w Task, &'w Document) {
        process_id: diesel::sql_types::BigInt = i64, |(task, _)| task.process_id;
        number: Integer = i32, |(task, _)| task.number;
        patch: Json = &'w Document, |(_, patch)| patch;
    }
}

columns! {
    /// Processes, where many are written.
    Processes<'w> of (&'w Process, i64, Option<&'w Document>, i64) {
        id: diesel::sql_types::BigInt = i64, |(row, ..)| row.id;
        was: diesel::sql_types::BigInt = i64, |(_, was, ..)| was;
        status: Text = ProcessStatus, |(row, ..)| row.status;
        version: diesel::sql_types::BigInt = i64, |(row, ..)| row.version;
        task_count: Integer = i32, |(row, ..)| row.task_count;
        open_tokens: Integer = i32, |(row, ..)| row.open_tokens;
        finished: Nullable<Moment> = Option<Timestamp>, |(row, ..)| row.finished;
        suspended: Nullable<Moment> = Option<Timestamp>, |(row, ..)| row.suspended;
        reference: Nullable<Text> = Option<&'w str>, |(row, ..)| row.reference.as_deref();
        seed_type: Nullable<Text> = Option<&'w str>, |(row, ..)| row.seed_type.as_deref();
        seed_key: Nullable<Text> = Option<&'w str>, |(row, ..)| row.seed_key.as_deref();
        artifact_type: Nullable<Text> = Option<&'w str>, |(row, ..)| row.artifact_type.as_deref();
        artifact_key: Nullable<Text> = Option<&'w str>, |(row, ..)| row.artifact_key.as_deref();
        patch: Nullable<Json> = Option<&'w Document>, |(_, _, patch, _)| patch;
        changed: diesel::sql_types::BigInt = i64, |(.., changed)| changed;
    }
}

columns! {
    /// Rows of the audit, where many processes are written.
    Audits<'w> of &'w AuditRow {
        process_id: diesel::sql_types::BigInt = i64, |row| row.process_id;
        version: diesel::sql_types::BigInt = i64, |row| row.version;
        at: Moment = Timestamp, |row| row.at;
        actor: Text = &'w str, |row| &row.actor;
        action: Text = &'w str, |row| &row.action;
        task: Nullable<Integer> = Option<i32>, |row| row.task;
        node: Nullable<Text> = Option<&'w str>, |row| row.node.as_deref();
        process_status: Text = ProcessStatus, |row| row.process_status;
        changes: Json = &'w Document, |row| &row.changes;
        note: Nullable<Text> = Option<&'w str>, |row| row.note.as_deref();
        on_behalf_of: Nullable<Text> = Option<&'w str>, |row| row.on_behalf_of.as_deref();
        fields: Nullable<Json> = Option<&'w Document>, |row| row.fields.as_ref();
    }
}

columns! {
    /// Claims of jobs, where many processes are written.
    Leases<'w> of (&'w DueRow, Timestamp) {
        process_id: diesel::sql_types::BigInt = i64, |(row, _)| row.process_id;
        task: Integer = i32, |(row, _)| row.task;
        kind: Text = &'w str, |(row, _)| &row.kind;
        key: Text = &'w str, |(row, _)| &row.key;
        attempt: Integer = i32, |(row, _)| row.attempt;
        lease_token: diesel::sql_types::BigInt = i64, |(row, _)| row.lease_token;
        leased_until: Moment = Timestamp, |(_, until)| until;
        holder: Nullable<Text> = Option<&'w str>, |(row, _)| row.holder.as_deref();
    }
}

columns! {
    /// Whom new tasks are offered to, where many processes are written.
    CandidatesOf<'w> of (i64, &'w NewCandidate) {
        process_id: diesel::sql_types::BigInt = i64, |(process, _)| process;
        task: Integer = i32, |(_, row)| row.task;
        kind: Text = &'w str, |(_, row)| row.candidate.kind();
        id: Text = &'w str, |(_, row)| row.candidate.id();
    }
}

columns! {
    /// Whom new tasks are offered to.
    NewCandidates<'w> of &'w NewCandidate {
        task: Integer = i32, |row| row.task;
        kind: Text = &'w str, |row| row.candidate.kind();
        id: Text = &'w str, |row| row.candidate.id();
    }
}

columns! {
    /// What becomes due.
    NewDue<'w> of &'w DueRow {
        process_id: diesel::sql_types::BigInt = i64, |due| due.process_id;
        task: Integer = i32, |due| due.task;
        kind: Text = &'w str, |due| &due.kind;
        key: Text = &'w str, |due| &due.key;
        flow: Text = &'w str, |due| &due.flow;
        due: Moment = Timestamp, |due| due.due;
        queue: Text = &'w str, |due| &due.queue;
        priority: Integer = i32, |due| due.priority;
        concurrency: Nullable<Text> = Option<&'w str>, |due| due.concurrency.as_deref();
        payload: Nullable<Json> = Option<&'w Document>, |due| due.payload.as_ref();
    }
}

columns! {
    /// What is due no more.
    GoneDue<'w> of &'w DueKey {
        process_id: diesel::sql_types::BigInt = i64, |due| due.process_id;
        task: Integer = i32, |due| due.task;
        kind: Text = &'w str, |due| &due.kind;
        key: Text = &'w str, |due| &due.key;
    }
}

impl NewDue<'_> {
    /// `x.task, x.kind, ..`: columns of what becomes due. What is due now is due now for the server too, where the clock
    /// of this machine is ahead of the server's.
    pub(super) fn by_the_clock<'b>(
        &'b self,
        names: &[&str],
        now: &'b Option<Timestamp>,
        out: &mut AstPass<'_, 'b, Pg>,
    ) -> QueryResult<()> {
        for (place, name) in names.iter().enumerate() {
            out.push_sql(if place == 0 { "" } else { ", " });
            if *name == "due" && clock::is_of_machine() {
                out.push_sql("case when x.due <= ");
                out.push_bind_param::<Nullable<Moment>, _>(now)?;
                out.push_sql(" then least(x.due, clock_timestamp()) else x.due end");
            } else {
                out.push_sql("x.");
                out.push_sql(name);
            }
        }
        Ok(())
    }
}
