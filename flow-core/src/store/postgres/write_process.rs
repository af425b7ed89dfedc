//! The row of the process in the statement of a transition.

use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use crate::Process;
use crate::data::Patch;
use crate::data::sql_types::{Json, Moment};
use crate::store::json::JsonDialect as _;

/// What the other rows of the statement need.
const RETURNING: &str = " returning id, flow, audit_count";

/// `insert into flow_process (..) values (..) returning ..`, with the number that was reserved for it.
pub(super) fn insert_process<'b>(
    row: &'b Process,
    number: Option<&'b i64>,
    audited: bool,
    out: &mut AstPass<'_, 'b, Pg>,
) -> QueryResult<()> {
    let column = if number.is_some() { "id, " } else { "" };
    out.push_sql("insert into flow_process (");
    out.push_sql(column);
    out.push_sql(
        "flow, status, version, task_count, open_tokens, created, finished, data, seed_type, seed_key, \
         artifact_type, artifact_key, parent_process, parent_task, start_key, release, reference, started_by, \
         depth, audit_count) values (",
    );
    if let Some(number) = number {
        out.push_bind_param::<BigInt, _>(number)?;
        out.push_sql(", ");
    }
    out.push_bind_param::<Text, _>(&row.flow)?;
    out.push_sql(", ");
    out.push_bind_param::<Text, _>(&row.status)?;
    out.push_sql(", ");
    out.push_bind_param::<BigInt, _>(&row.version)?;
    out.push_sql(", ");
    out.push_bind_param::<Integer, _>(&row.task_count)?;
    out.push_sql(", ");
    out.push_bind_param::<Integer, _>(&row.open_tokens)?;
    out.push_sql(", ");
    out.push_bind_param::<Moment, _>(&row.created)?;
    out.push_sql(", ");
    out.push_bind_param::<Nullable<Moment>, _>(&row.finished)?;
    out.push_sql(", ");
    out.push_bind_param::<Json, _>(&row.data)?;
    for text in [&row.seed_type, &row.seed_key, &row.artifact_type, &row.artifact_key] {
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(text)?;
    }
    out.push_sql(", ");
    out.push_bind_param::<Nullable<BigInt>, _>(&row.parent_process)?;
    out.push_sql(", ");
    out.push_bind_param::<Nullable<Integer>, _>(&row.parent_task)?;
    out.push_sql(", ");
    out.push_bind_param::<Nullable<Text>, _>(&row.start_key)?;
    out.push_sql(", ");
    out.push_bind_param::<Integer, _>(&row.release)?;
    for text in [&row.reference, &row.started_by] {
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(text)?;
    }
    out.push_sql(", ");
    out.push_bind_param::<Integer, _>(&row.depth)?;
    out.push_sql(if audited { ", 1)" } else { ", 0)" });
    if row.start_key.is_some() {
        // Somebody else was quicker with this key: nothing is written, and none comes back.
        out.push_sql(" on conflict (flow, start_key) where start_key is not null do nothing");
    }
    out.push_sql(RETURNING);
    Ok(())
}

/// `update flow_process set .. where id = $1 and version = $2 returning ..`
pub(super) fn update_process<'b>(
    row: &'b Process,
    from: &'b i64,
    data: &'b Patch,
    audited: bool,
    out: &mut AstPass<'_, 'b, Pg>,
) -> QueryResult<()> {
    out.push_sql("update flow_process set status = ");
    out.push_bind_param::<Text, _>(&row.status)?;
    out.push_sql(", version = ");
    out.push_bind_param::<BigInt, _>(&row.version)?;
    out.push_sql(", task_count = ");
    out.push_bind_param::<Integer, _>(&row.task_count)?;
    out.push_sql(", open_tokens = ");
    out.push_bind_param::<Integer, _>(&row.open_tokens)?;
    out.push_sql(", finished = ");
    out.push_bind_param::<Nullable<Moment>, _>(&row.finished)?;
    out.push_sql(", suspended = ");
    out.push_bind_param::<Nullable<Moment>, _>(&row.suspended)?;
    let references = [
        (", reference = ", &row.reference),
        (", seed_type = ", &row.seed_type),
        (", seed_key = ", &row.seed_key),
        (", artifact_type = ", &row.artifact_type),
        (", artifact_key = ", &row.artifact_key),
    ];
    for (column, text) in references {
        out.push_sql(column);
        out.push_bind_param::<Nullable<Text>, _>(text)?;
    }
    if !data.is_empty() {
        out.push_sql(", data = ");
        Pg::patch("data", data, out)?;
    }
    if audited {
        out.push_sql(", audit_count = audit_count + 1");
    }
    out.push_sql(" where id = ");
    out.push_bind_param::<BigInt, _>(&row.id)?;
    if !crate::sabotage::is_out("no_lock") {
        out.push_sql(" and version = ");
        out.push_bind_param::<BigInt, _>(from)?;
    }
    out.push_sql(RETURNING);
    Ok(())
}

/// `select .. from flow_process where id = $1 and version = $2 for update`
pub(super) fn find_process<'b>(row: &'b Process, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
    out.push_sql("select id, flow, audit_count from flow_process where id = ");
    out.push_bind_param::<BigInt, _>(&row.id)?;
    if !crate::sabotage::is_out("no_lock") {
        out.push_sql(" and version = ");
        out.push_bind_param::<BigInt, _>(&row.version)?;
        out.push_sql(" for update");
    }
    Ok(())
}
