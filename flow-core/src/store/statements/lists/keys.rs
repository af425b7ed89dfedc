//! The keys of the rows of a list, part by part, in the order of the list and behind a row of it.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};

use super::super::conditions::{condition, hint, one_of};
use super::Database;
use crate::data::sql_types::Moment;
use crate::store::json::JsonDialect as _;
use crate::store::list::{ByField, ListIndex, ListQuery, Part, Place, Sort, Source};

/// The columns that name the rows of a list, or of a part of it.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    /// The number of the process.
    process: &'static str,
    /// The number of the task, in a list of tasks.
    number: Option<&'static str>,
}

pub(super) const TASKS: Keys = Keys { process: "flow_task.process_id", number: Some("flow_task.number") };
const OFFERED: Keys = Keys { process: "flow_candidate.process_id", number: Some("flow_candidate.task") };
pub(super) const PROCESSES: Keys = Keys { process: "flow_process.id", number: None };

/// What a list is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Tasks,
    Processes,
}

impl Of {
    const fn keys(self) -> Keys {
        match self {
            Of::Tasks => TASKS,
            Of::Processes => PROCESSES,
        }
    }

    /// The columns that name the rows of a part.
    fn keys_of(self, source: &Source) -> Keys {
        let keys = match source {
            Source::Table(_) => return self.keys(),
            Source::Tasks(_) => TASKS,
            Source::Offered(_) => OFFERED,
        };
        if self == Of::Tasks { keys } else { Keys { number: None, ..keys } }
    }
}

/// The keys of the rows of a page; those of a count in any order.
pub(super) fn keys<'b>(
    query: &'b ListQuery,
    of: Of,
    ordered: bool,
    out: &mut AstPass<'_, 'b, Database>,
) -> QueryResult<()> {
    // The text differs by what is asked: a prepared statement of each would be kept for ever.
    out.unsafe_to_cache_prepared();
    let union = if query.overlaps() { " UNION SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" };
    let parts = query.parts.iter().flat_map(|part| Range::of(query).iter().map(move |range| (part, *range)));
    for (at, (part, range)) in parts.enumerate() {
        out.push_sql(if at == 0 { "SELECT * FROM (" } else { union });
        part_keys(query, (part, range), of, ordered, out)?;
        out.push_sql(&format!(") part_{at}"));
    }
    Ok(())
}

/// What is behind a row, as ranges of an index that has the rows in the order of the list: each begins at once, where a
/// condition with `or` would walk over what is before.
#[derive(Clone, Copy)]
enum Range {
    /// All of it.
    Whole,
    /// What is sorted by the same value, or comes next by it.
    Near,
    /// What comes after that: of a lower priority, or never due.
    Far,
}

impl Range {
    fn of(query: &ListQuery) -> &'static [Range] {
        match query.after.map(|place| place.sort) {
            Some(Sort::Priority(_) | Sort::Due(Some(_))) => &[Range::Near, Range::Far],
            _ => &[Range::Whole],
        }
    }
}

fn part_keys<'b>(
    query: &'b ListQuery,
    (part, range): (&'b Part, Range),
    of: Of,
    ordered: bool,
    out: &mut AstPass<'_, 'b, Database>,
) -> QueryResult<()> {
    let keys = of.keys_of(&part.source);
    let by_tasks = of == Of::Tasks || !matches!(part.source, Source::Table(_));
    match keys.number {
        Some(number) => out.push_sql(&format!("SELECT {} AS process_id, {number} AS number", keys.process)),
        // Several tasks may be of one process.
        None if by_tasks => out.push_sql(&format!("SELECT DISTINCT {} AS id", keys.process)),
        None => out.push_sql(&format!("SELECT {} AS id", keys.process)),
    }
    out.push_sql(" FROM ");
    // SQLite joins in the order of CROSS JOIN, so that the rows come in that of the index; PostgreSQL as it likes.
    match &part.source {
        Source::Table(index) => {
            out.push_sql(if of == Of::Tasks { "flow_task" } else { "flow_process" });
            let index = if ordered { index.map(|index| index.ordered(query.sort)) } else { *index };
            hint(index, out);
        }
        Source::Tasks(index) => {
            out.push_sql("flow_task");
            hint(Some(*index), out);
        }
        Source::Offered(_) => {
            out.push_sql("flow_candidate");
            hint(Some(ListIndex::Candidate), out);
            out.push_sql(" CROSS JOIN flow_task");
        }
    }
    let needs_process = part.condition.needs_process() || query.condition.needs_process() || query.by.is_some();
    if by_tasks && needs_process {
        let picks = query.condition.picks_processes() || part.condition.picks_processes();
        out.push_sql(if picks { " INNER JOIN flow_process ON 1 = 1" } else { " CROSS JOIN flow_process" });
    }
    out.push_sql(" WHERE ");
    if let Source::Offered(offer) = &part.source {
        out.push_sql(&format!("flow_candidate.kind = '{}' AND ", offer.kind));
        one_of("flow_candidate.id", &offer.ids, out)?;
        out.push_sql(
            " AND flow_task.process_id = flow_candidate.process_id AND flow_task.number = flow_candidate.task AND ",
        );
    }
    if by_tasks && needs_process {
        out.push_sql("flow_process.id = flow_task.process_id AND ");
    }
    condition(&part.condition, out)?;
    if !query.condition.is_always() {
        out.push_sql(" AND ");
        condition(&query.condition, out)?;
    }
    if let Some(place) = &query.after {
        out.push_sql(" AND ");
        behind(query, (place, range), keys, out)?;
    }
    if ordered {
        order(query, keys, out)?;
    }
    out.push_sql(&format!(" LIMIT {}", query.most));
    Ok(())
}

fn behind<'b>(
    query: &'b ListQuery,
    (place, range): (&'b Place, Range),
    keys: Keys,
    out: &mut AstPass<'_, 'b, Database>,
) -> QueryResult<()> {
    let than = if place.sort == Sort::Newest { "<" } else { ">" };
    let key = match keys.number {
        Some(number) => format!("({}, {number}) {than} ({}, {})", keys.process, place.process, place.number),
        None => format!("{} {than} {}", keys.process, place.process),
    };
    match &place.sort {
        Sort::Oldest | Sort::Newest => out.push_sql(&key),
        Sort::Priority(priority) => out.push_sql(&match range {
            Range::Far => format!("flow_task.priority < {priority}"),
            Range::Near | Range::Whole => format!("flow_task.priority = {priority} AND {key}"),
        }),
        Sort::Due(None) => out.push_sql(&format!("flow_task.due IS NULL AND {key}")),
        Sort::Due(Some(_)) if matches!(range, Range::Far) => out.push_sql("flow_task.due IS NULL"),
        Sort::Due(Some(due)) => {
            out.push_sql("flow_task.due >= ");
            out.push_bind_param::<Moment, _>(due)?;
            out.push_sql(" AND (flow_task.due > ");
            out.push_bind_param::<Moment, _>(due)?;
            out.push_sql(&format!(" OR {key})"));
        }
        Sort::Field => behind_field(query, place, keys, &key, out)?,
    }
    Ok(())
}

/// Behind a row by the value that it has now: a cursor names the row alone. What is absent is the least.
fn behind_field<'b>(
    query: &'b ListQuery,
    place: &Place,
    keys: Keys,
    key: &str,
    out: &mut AstPass<'_, 'b, Database>,
) -> QueryResult<()> {
    let (field, descending) = by_field(query)?;
    let of_the_row = |out: &mut AstPass<'_, 'b, Database>| value_of(field, place, keys, out);
    out.push_sql("(");
    field.walk_ast(out.reborrow())?;
    out.push_sql(if descending { " < " } else { " > " });
    of_the_row(out)?;
    out.push_sql(" OR (");
    let (absent, present) = if descending { (" IS NULL", " IS NOT NULL") } else { (" IS NOT NULL", " IS NULL") };
    field.walk_ast(out.reborrow())?;
    out.push_sql(absent);
    out.push_sql(" AND ");
    of_the_row(out)?;
    out.push_sql(present);
    out.push_sql(") OR ((");
    field.walk_ast(out.reborrow())?;
    out.push_sql(" = ");
    of_the_row(out)?;
    out.push_sql(" OR (");
    field.walk_ast(out.reborrow())?;
    out.push_sql(" IS NULL AND ");
    of_the_row(out)?;
    out.push_sql(&format!(" IS NULL)) AND {key}))"));
    Ok(())
}

/// The value that the field has in the row of a place.
fn value_of<'b>(
    field: &'b Fragment<'b>,
    place: &Place,
    keys: Keys,
    out: &mut AstPass<'_, 'b, Database>,
) -> QueryResult<()> {
    out.push_sql("(SELECT ");
    field.walk_ast(out.reborrow())?;
    match keys.number {
        Some(_) => out.push_sql(&format!(
            " FROM flow_task INNER JOIN flow_process ON flow_process.id = flow_task.process_id \
             WHERE flow_task.process_id = {} AND flow_task.number = {})",
            place.process, place.number
        )),
        None => out.push_sql(&format!(" FROM flow_process WHERE flow_process.id = {})", place.process)),
    }
    Ok(())
}

/// An expression of diesel's.
type Fragment<'q> = dyn QueryFragment<Database> + Send + Sync + 'q;

/// The field that a list is sorted by, and whether the greatest comes first.
fn by_field(query: &ListQuery) -> QueryResult<(&Fragment<'_>, bool)> {
    let wrong = |text: &str| diesel::result::Error::QueryBuilderError(text.into());
    let ByField { expression, descending } = query.by.as_ref().ok_or_else(|| wrong("a list by no field"))?;
    let field = expression.of::<Database>().ok_or_else(|| wrong("an order of another back end"))?;
    Ok((field, *descending))
}

pub(super) fn order<'b>(query: &'b ListQuery, keys: Keys, out: &mut AstPass<'_, 'b, Database>) -> QueryResult<()> {
    out.push_sql(" ORDER BY ");
    match query.sort {
        Sort::Oldest | Sort::Newest => {}
        Sort::Priority(_) => out.push_sql("flow_task.priority DESC, "),
        Sort::Due(_) => out.push_sql("flow_task.due ASC NULLS LAST, "),
        Sort::Field => {
            let (field, descending) = by_field(query)?;
            field.walk_ast(out.reborrow())?;
            out.push_sql(if descending { Database::DESCENDING } else { Database::ASCENDING });
            out.push_sql(", ");
        }
    }
    let descending = if query.sort == Sort::Newest { " DESC" } else { "" };
    out.push_sql(&format!("{}{descending}", keys.process));
    if let Some(number) = keys.number {
        out.push_sql(&format!(", {number}{descending}"));
    }
    Ok(())
}
