//! The conditions of a list, as SQL.

use diesel::Connection;
use diesel::query_builder::AstPass;
use diesel::result::QueryResult;
use diesel::sql_types::Text;

use super::{Conn, INDEX_HINT, KEY_HINT, STRICT};
use crate::data::sql_types::Moment;
use crate::store::json::JsonDialect as _;
use crate::store::list::{ListIndex, Where};
use crate::store::schema::flow_process;

type Database = <Conn as Connection>::Backend;

/// What no row meets.
const NONE: &str = "1 = 0";

/// Writes a condition.
pub(super) fn condition<'b>(this: &'b Where, out: &mut AstPass<'_, 'b, Database>) -> QueryResult<()> {
    match this {
        Where::All(these) => several(these, " AND ", "1 = 1", out),
        Where::Any(these) => several(these, " OR ", NONE, out),
        Where::Not(this) => {
            out.push_sql("NOT ");
            condition(this, out)
        }
        Where::OneOf(column, texts) => one_of(column.name(), texts, out),
        Where::IsNull(column) => {
            out.push_sql(column.name());
            out.push_sql(" IS NULL");
            Ok(())
        }
        Where::TaskStatus(status) => {
            // A literal: the planner must see that a partial index fits.
            out.push_sql("flow_task.status = '");
            out.push_sql(status.as_str());
            out.push_sql("'");
            Ok(())
        }
        Where::Tasks(ids) if ids.is_empty() && STRICT => {
            out.push_sql(NONE);
            Ok(())
        }
        Where::Tasks(ids) => {
            let ids = ids.iter().map(|id| format!("({}, {})", id.process(), id.number()));
            out.push_sql("(flow_task.process_id, flow_task.number) IN (");
            list("VALUES ", ids, out);
            Ok(())
        }
        Where::Processes(ids) => {
            numbers("flow_process.id", ids, out);
            Ok(())
        }
        Where::TasksOf(ids) => {
            numbers("flow_task.process_id", ids, out);
            Ok(())
        }
        Where::AtLeast(column, number) => {
            out.push_sql(&format!("{} >= {number}", column.name()));
            Ok(())
        }
        Where::Before(column, time) => {
            out.push_sql(column.name());
            out.push_sql(" < ");
            out.push_bind_param::<Moment, _>(time)
        }
        Where::From(column, time) => {
            out.push_sql(column.name());
            out.push_sql(" >= ");
            out.push_bind_param::<Moment, _>(time)
        }
        Where::Candidate { person, groups } => {
            out.push_sql(
                "EXISTS (SELECT 1 FROM flow_candidate c WHERE c.process_id = flow_task.process_id \
                 AND c.task = flow_task.number AND (c.kind = 'person' AND c.id = ",
            );
            out.push_bind_param::<Text, _>(person)?;
            out.push_sql(" OR c.kind = 'group' AND ");
            one_of("c.id", groups, out)?;
            out.push_sql("))");
            Ok(())
        }
        Where::Did { nodes, people } => {
            out.push_sql("EXISTS (SELECT 1 FROM flow_task d");
            if let Some(hint) = INDEX_HINT {
                out.push_sql(hint);
                out.push_sql("flow_task_done");
            }
            out.push_sql(
                " WHERE d.process_id = flow_task.process_id AND d.finished IS NOT NULL AND d.owner IS NOT NULL \
                 AND d.started IS NOT NULL AND ",
            );
            one_of("d.node", nodes, out)?;
            out.push_sql(" AND (");
            one_of("d.owner", people, out)?;
            out.push_sql(" OR ");
            one_of("d.on_behalf_of", people, out)?;
            out.push_sql("))");
            Ok(())
        }
        Where::Snoozed { person, now } => {
            out.push_sql(
                "EXISTS (SELECT 1 FROM flow_snooze s WHERE s.process_id = flow_task.process_id \
                 AND s.task = flow_task.number AND s.person = ",
            );
            out.push_bind_param::<Text, _>(person)?;
            out.push_sql(" AND s.until > ");
            out.push_bind_param::<Moment, _>(now)?;
            out.push_sql(")");
            Ok(())
        }
        Where::HasTask { task, index, processes } => {
            out.push_sql("flow_process.id IN (SELECT flow_task.process_id FROM flow_task");
            hint(*index, out);
            out.push_sql(" WHERE ");
            if let Some(ids) = processes {
                numbers("flow_task.process_id", ids, out);
                out.push_sql(" AND ");
            }
            condition(task, out)?;
            out.push_sql(")");
            Ok(())
        }
        Where::Text { reference, process } => {
            out.push_sql("(");
            if can_be_stored(&reference.text) {
                Database::matches(&flow_process::reference, reference, out)?;
            } else {
                out.push_sql(NONE);
            }
            if let Some(process) = process {
                out.push_sql(&format!(" OR flow_process.id = {process}"));
            }
            out.push_sql(")");
            Ok(())
        }
        Where::Filter(filter) => {
            let other = || diesel::result::Error::QueryBuilderError("a filter of another back end".into());
            out.push_sql("(");
            filter.of::<Database>().ok_or_else(other)?.walk_ast(out.reborrow())?;
            out.push_sql(")");
            Ok(())
        }
    }
}

/// The index that this part uses, where the planner needs a hint.
pub(super) fn hint(index: Option<ListIndex>, out: &mut AstPass<'_, '_, Database>) {
    if index == Some(ListIndex::ProcessKey) {
        out.push_sql(KEY_HINT);
    } else if let (Some(hint), Some(index)) = (INDEX_HINT, index) {
        out.push_sql(hint);
        out.push_sql(index.name());
    }
}

fn several<'b>(these: &'b [Where], between: &str, none: &str, out: &mut AstPass<'_, 'b, Database>) -> QueryResult<()> {
    out.push_sql("(");
    if these.is_empty() {
        out.push_sql(none);
    }
    for (at, this) in these.iter().enumerate() {
        if at > 0 {
            out.push_sql(between);
        }
        condition(this, out)?;
    }
    out.push_sql(")");
    Ok(())
}

/// `column = $1`, or that it is one of several.
pub(super) fn one_of<'b>(column: &str, texts: &'b Vec<String>, out: &mut AstPass<'_, 'b, Database>) -> QueryResult<()> {
    match texts.as_slice() {
        [text] if can_be_stored(text) => {
            out.push_sql(column);
            out.push_sql(" = ");
            out.push_bind_param::<Text, _>(text)
        }
        texts if !texts.iter().any(|text| can_be_stored(text)) => {
            out.push_sql(NONE);
            Ok(())
        }
        all if all.iter().all(|text| can_be_stored(text)) => {
            out.push_sql(column);
            super::any_of(texts, out)
        }
        some => {
            out.push_sql("(");
            for (at, text) in some.iter().filter(|text| can_be_stored(text)).enumerate() {
                out.push_sql(if at > 0 { " OR " } else { "" });
                out.push_sql(column);
                out.push_sql(" = ");
                out.push_bind_param::<Text, _>(text)?;
            }
            out.push_sql(")");
            Ok(())
        }
    }
}

/// PostgreSQL refuses texts with a NUL, so no row has one, and a statement that asks for it would fail as a whole.
fn can_be_stored(text: &str) -> bool {
    !STRICT || !text.contains('\0')
}

/// `column in (1, 2)`
fn numbers(column: &str, ids: &[i64], out: &mut AstPass<'_, '_, Database>) {
    if ids.is_empty() && STRICT {
        return out.push_sql(NONE);
    }
    out.push_sql(column);
    out.push_sql(" IN (");
    list("", ids.iter().map(i64::to_string), out);
}

/// Numbers are literals: they cannot be taken for anything else.
fn list(before: &str, items: impl Iterator<Item = String>, out: &mut AstPass<'_, '_, Database>) {
    let items: Vec<String> = items.collect();
    out.push_sql(before);
    out.push_sql(&items.join(", "));
    out.push_sql(")");
}
