//! The INSERTs of a transition, as text of our own: a column is written only where it differs from its default, since
//! what is bound is most of what a row costs.

use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{RunQueryDsl, SqliteConnection};

use crate::data::sql_types::{Json, Moment};
use crate::store::AuditRow;
use crate::store::filled::IsDefault as _;
use crate::{Process, Task, Timestamp};

/// Most tasks of one statement: each number of them is a statement that stays prepared.
const MOST_TASKS: usize = 8;

/// All columns of the rows that are written here: a new one does not compile until it is named, and is to be added to the
/// lists below then.
const _: fn(&Process, &Task, &AuditRow) = |process, task, audit| {
    let Process {
        id: _,
        flow: _,
        status: _,
        version: _,
        task_count: _,
        open_tokens: _,
        created: _,
        finished: _,
        data: _,
        seed_type: _,
        seed_key: _,
        artifact_type: _,
        artifact_key: _,
        parent_process: _,
        parent_task: _,
        start_key: _,
        release: _,
        reference: _,
        suspended: _,
        started_by: _,
        depth: _,
    } = process;
    let Task {
        process_id: _,
        number: _,
        flow: _,
        node: _,
        task_type: _,
        status: _,
        token: _,
        scope: _,
        open_tokens: _,
        previous: _,
        joined: _,
        owner: _,
        created: _,
        assigned: _,
        started: _,
        finished: _,
        due: _,
        data: _,
        seed_type: _,
        seed_key: _,
        artifact_type: _,
        artifact_key: _,
        error: _,
        kind: _,
        host: _,
        armed: _,
        resting: _,
        nominee: _,
        on_behalf_of: _,
        priority: _,
    } = task;
    let AuditRow {
        process_id: _,
        number: _,
        version: _,
        at: _,
        actor: _,
        action: _,
        task: _,
        node: _,
        process_status: _,
        changes: _,
        note: _,
        on_behalf_of: _,
        fields: _,
    } = audit;
};

/// `insert into flow_process (..) values (..) returning id, audit_count`
#[derive(Debug)]
pub(super) struct InsertProcess<'w> {
    row: &'w Process,
    /// The first row of the audit is written with it.
    audited: bool,
}

/// `insert into flow_task (..) values (..), (..)`: tasks that one transition has made, and that differ from the defaults
/// in the same columns.
#[derive(Debug)]
pub(super) struct InsertTasks<'w> {
    rows: &'w [&'w Task],
}

/// `insert into flow_audit (..) values (..)`
#[derive(Debug)]
pub(super) struct InsertAudit<'w>(pub(super) &'w AuditRow);

impl<'w> InsertProcess<'w> {
    pub(super) fn new(row: &'w Process, audited: bool) -> Self {
        InsertProcess { row, audited }
    }
}

impl<'w> InsertTasks<'w> {
    /// The statements that write these tasks.
    pub(super) fn all(tasks: &'w [&'w Task]) -> impl Iterator<Item = Self> {
        let alike = |a: &&Task, b: &&Task| {
            (a.process_id, a.created, &a.flow) == (b.process_id, b.created, &b.flow) && written(a) == written(b)
        };
        tasks.chunk_by(alike).flat_map(|run| run.chunks(MOST_TASKS)).map(|rows| InsertTasks { rows })
    }

    /// How many rows it writes.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// Calls a macro with the columns of a task that have a default.
macro_rules! optional_of_task {
    ($then:ident) => {
        $then! {
            scope: Nullable<Integer>, open_tokens: Integer, previous: Nullable<Integer>, joined: Nullable<Integer>,
            owner: Nullable<Text>, assigned: Nullable<Moment>, due: Nullable<Moment>, data: Json,
            seed_type: Nullable<Text>, seed_key: Nullable<Text>, artifact_type: Nullable<Text>,
            artifact_key: Nullable<Text>, error: Nullable<Text>, host: Nullable<Integer>, armed: Integer,
            resting: Bool, nominee: Nullable<Text>, on_behalf_of: Nullable<Text>, priority: Integer
        }
    };
}

/// What a moment of a task is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Never,
    /// When the task was made: a moment that is bound already.
    AtOnce,
    Another,
}

fn when(moment: Option<Timestamp>, task: &Task) -> When {
    match moment {
        None => When::Never,
        Some(at) if at == task.created => When::AtOnce,
        Some(_) => When::Another,
    }
}

/// Which columns of a task differ from their default, as a number: tasks of one number have one text.
fn written(task: &Task) -> u32 {
    let mut written = when(task.started, task) as u32 * 3 + when(task.finished, task) as u32;
    macro_rules! bits {
        ($($column:ident: $type:ty),*) => {
            $(written = written << 1 | u32::from(!task.$column.is_default());)*
        };
    }
    optional_of_task!(bits);
    written
}

impl QueryFragment<Sqlite> for InsertTasks<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let Some(first) = self.rows.first() else { return Ok(()) };
        out.push_sql("insert into flow_task (process_id, flow, created, number, node, task_type, kind, status, token");
        for (moment, column) in [(first.started, ", started"), (first.finished, ", finished")] {
            out.push_sql(if moment.is_some() { column } else { "" });
        }
        macro_rules! names {
            ($($column:ident: $type:ty),*) => {
                $(if !first.$column.is_default() {
                    out.push_sql(concat!(", ", stringify!($column)));
                })*
            };
        }
        optional_of_task!(names);
        out.push_sql(") values (");
        out.push_bind_param::<BigInt, _>(&first.process_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&first.flow)?;
        out.push_sql(", ");
        out.push_bind_param::<Moment, _>(&first.created)?;
        for (at, row) in self.rows.iter().enumerate() {
            // What the rows have in common is bound once.
            out.push_sql(if at == 0 { ", " } else { "), (?1, ?2, ?3, " });
            out.push_bind_param::<Integer, _>(&row.number)?;
            for text in [&row.node, &row.task_type, &row.kind] {
                out.push_sql(", ");
                out.push_bind_param::<Text, _>(text)?;
            }
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(&row.status)?;
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(&row.token)?;
            for moment in [&row.started, &row.finished] {
                match when(*moment, row) {
                    When::Never => {}
                    When::AtOnce => out.push_sql(", ?3"),
                    When::Another => {
                        out.push_sql(", ");
                        out.push_bind_param::<Nullable<Moment>, _>(moment)?;
                    }
                }
            }
            macro_rules! values {
                ($($column:ident: $type:ty),*) => {
                    $(if !row.$column.is_default() {
                        out.push_sql(", ");
                        out.push_bind_param::<$type, _>(&row.$column)?;
                    })*
                };
            }
            optional_of_task!(values);
        }
        out.push_sql(")");
        Ok(())
    }
}

/// The columns that are always written, and those that have a default, of a row alone.
macro_rules! one_row {
    ($out:ident, $row:expr, $table:literal, ($($column:ident: $type:ty),*), ($($optional:ident: $of:ty),*), $more:expr) => {
        $out.push_sql(concat!("insert into ", $table, " ("));
        let mut comma = "";
        $(
            $out.push_sql(comma);
            $out.push_sql(stringify!($column));
            comma = ", ";
        )*
        $(if !$row.$optional.is_default() {
            $out.push_sql(concat!(", ", stringify!($optional)));
        })*
        let (more, value): (&str, &str) = $more;
        $out.push_sql(more);
        $out.push_sql(") values (");
        comma = "";
        $(
            $out.push_sql(comma);
            $out.push_bind_param::<$type, _>(&$row.$column)?;
            comma = ", ";
        )*
        $(if !$row.$optional.is_default() {
            $out.push_sql(comma);
            $out.push_bind_param::<$of, _>(&$row.$optional)?;
        })*
        $out.push_sql(value);
        $out.push_sql(")");
    };
}

impl QueryFragment<Sqlite> for InsertProcess<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        one_row!(
            out, self.row, "flow_process",
            (flow: Text, status: Text, version: BigInt, task_count: Integer, open_tokens: Integer, created: Moment),
            (finished: Nullable<Moment>, data: Json, seed_type: Nullable<Text>, seed_key: Nullable<Text>,
             artifact_type: Nullable<Text>, artifact_key: Nullable<Text>, parent_process: Nullable<BigInt>,
             parent_task: Nullable<Integer>, start_key: Nullable<Text>, release: Integer, reference: Nullable<Text>,
             suspended: Nullable<Moment>, started_by: Nullable<Text>, depth: Integer),
            if self.audited { (", audit_count", ", 1") } else { ("", "") }
        );
        out.push_sql(" returning id, audit_count");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for InsertAudit<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        one_row!(
            out, self.0, "flow_audit",
            (process_id: BigInt, number: BigInt, version: BigInt, at: Moment, actor: Text, action: Text,
             process_status: Text, changes: Json),
            (task: Nullable<Integer>, node: Nullable<Text>, note: Nullable<Text>, on_behalf_of: Nullable<Text>,
             fields: Nullable<Json>),
            ("", "")
        );
        Ok(())
    }
}

/// The text differs by the columns that are written.
macro_rules! known_by_its_text {
    ($($insert:ident),*) => { $(
        impl QueryId for $insert<'_> {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl RunQueryDsl<SqliteConnection> for $insert<'_> {}
    )* };
}

known_by_its_text!(InsertProcess, InsertTasks, InsertAudit);

impl Query for InsertProcess<'_> {
    type SqlType = (BigInt, BigInt);
}
