//! Processes of all flows, by what people ask for.

use std::time::Duration;

use super::conditions::{ago, participant, text_of};
use super::page::{LARGEST_PAGE, PAGE};
use super::rows::{Listed, ProcessRow};
use super::tasks::query::Offers;
use super::{Cursor, Page};
use crate::store::list::{
    ByField, ListIndex, ListQuery, MOST_PARTS, NullColumn, Part, Place, Sort, Source, TextColumn, TimeColumn, Where,
};
use crate::store::{FlowConnection, Store as _};
use crate::transition::permit;
use crate::{DynFlow, Flows, Process, ProcessId, ProcessStatus, Result, User};

/// A list of processes in the making: what [`Flows::find_processes`] begins, and [`load`](FindProcesses::load) ends.
///
/// Filters add up: a process is in the list if it meets all of them. A page costs a fixed number of statements,
/// whatever is in it.
///
/// ```
/// use flow_core::prelude::*;
///
/// #[flow]
/// pub struct LeaveFlow {
///     #[node(permission(anyone), next = this.approve)] start: Start,
///     #[node(permission("can_approve"), next = this.end)] approve: View,
///     end: End,
/// }
///
/// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
///
/// fn main() -> flow_core::Result<()> {
///     let mut conn = flow_core::sqlite::open(":memory:")?;
///     FLOWS.migrate(&mut conn)?;
///     let process = LeaveFlow.start.run(&mut conn, &System("anna"), ())?;
///     let mine = FLOWS.find_processes().started_by("anna").load(&mut conn)?;
///     assert_eq!(mine.rows[0].id(), process.id());
///     Ok(())
/// }
/// ```
#[allow(missing_debug_implementations, reason = "holds a user")]
#[must_use = "a list is read by `load`"]
pub struct FindProcesses<'u, C: 'static> {
    pub(super) flows: &'u Flows<C>,
    user: Option<&'u dyn User>,
    flow: Option<String>,
    status: Option<ProcessStatus>,
    started_by: Option<String>,
    reference: Option<String>,
    ids: Option<Vec<i64>>,
    any_flow: bool,
    condition: Where,
    newest: bool,
    by: Option<ByField>,
    size: i64,
    after: Option<Place>,
}

impl<C: FlowConnection> Flows<C> {
    /// Begins a list of processes: all of these flows, until filters are added. See [`FindProcesses`].
    pub fn find_processes(&self) -> FindProcesses<'_, C> {
        FindProcesses {
            flows: self,
            user: None,
            flow: None,
            status: None,
            started_by: None,
            reference: None,
            ids: None,
            any_flow: false,
            condition: Where::always(),
            newest: true,
            by: None,
            size: PAGE,
            after: None,
        }
    }
}

impl<'u, C: FlowConnection> FindProcesses<'u, C> {
    pub(super) fn with(mut self, condition: Where) -> Self {
        self.condition = self.condition.and(condition);
        self
    }

    /// Processes that this person may see: by `#[flow(view(..))]`, as a manager, as the one who started it, as one who
    /// has or had a task of it, or as one who may take an open one.
    ///
    /// Where a method of the flow decides, it is asked about the rows of the page alone: the page may be shorter, and
    /// still have a next one.
    pub fn visible_to(mut self, user: &'u dyn User) -> Self {
        self.user = Some(user);
        self
    }

    /// Processes of the flow with this stored name.
    pub fn flow(mut self, name: impl Into<String>) -> Self {
        self.flow = Some(name.into());
        self
    }

    /// Processes in this status.
    pub fn status(mut self, status: ProcessStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Processes that have not ended.
    pub fn open(self) -> Self {
        self.status(ProcessStatus::New)
    }

    /// Processes that the person with this id started.
    pub fn started_by(mut self, id: impl Into<String>) -> Self {
        self.started_by = Some(id.into());
        self
    }

    /// Processes in which the person with this id has or had a task.
    pub fn participant(self, id: impl Into<String>) -> Self {
        self.with(participant(id.into()))
    }

    /// Processes with one of these numbers.
    pub fn ids(mut self, ids: impl IntoIterator<Item = impl Into<ProcessId>>) -> Self {
        self.ids = Some(ids.into_iter().map(|id| id.into().get()).collect());
        self
    }

    /// Processes with exactly this reference.
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Processes whose reference contains this text, without regard to case, or whose number it is.
    pub fn text(self, text: &str) -> Self {
        self.with(text_of(text))
    }

    /// Processes that were started longer ago than this.
    pub fn older_than(self, age: Duration) -> Self {
        self.with(Where::Before(TimeColumn::Created, ago(age)))
    }

    /// Processes that were started within this time.
    pub fn newer_than(self, age: Duration) -> Self {
        self.with(Where::From(TimeColumn::Created, ago(age)))
    }

    /// Processes of flows that the code does not know as well: each says so by its [`problem`](ProcessRow::problem).
    /// With [`visible_to`](FindProcesses::visible_to) there are none.
    pub fn any_flow(mut self) -> Self {
        self.any_flow = true;
        self
    }

    /// The oldest first; without it the newest.
    pub fn oldest_first(mut self) -> Self {
        self.newest = false;
        self
    }

    pub(super) fn by(mut self, by: ByField) -> Self {
        self.by = Some(by);
        self
    }

    /// How many rows a page has: 50 if nothing is said, at least 1 and at most 200.
    pub fn page_size(mut self, rows: usize) -> Self {
        self.size = i64::try_from(rows).unwrap_or(i64::MAX).clamp(1, LARGEST_PAGE);
        self
    }

    /// The page behind this place, in the order that the cursor was made by.
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.after = Some(cursor.0);
        self
    }

    /// Reads the page.
    ///
    /// A row whose document cannot be read is there with its [`problem`](ProcessRow::problem); one whose rule fails or
    /// panics is missing, and among [`problems`](Page::problems).
    ///
    /// # Errors
    /// `NotFound` if the list of flows has no such flow; `Invalid` for a person whose id cannot be stored, and for a
    /// cursor of another list; `Database`.
    pub fn load(self, conn: &mut C) -> Result<Page<ProcessRow>> {
        let Some(mut query) = self.query(conn)? else { return Ok(Page::empty()) };
        query.most = self.size + 1;
        let mut found = conn.store().list_processes(&query)?;
        let more = i64::try_from(found.len()).is_ok_and(|count| count > self.size);
        found.truncate(usize::try_from(self.size).unwrap_or(usize::MAX));
        let next =
            found.last().filter(|_| more).map(|row| Cursor(Place { sort: query.sort, process: row.id, number: 0 }));
        let mut page = Page { next, ..Page::empty() };
        for row in rows(self.flows, conn, found, self.user)? {
            match row {
                Ok(row) => page.rows.extend(row),
                Err(problem) => page.problems.push(problem),
            }
        }
        Ok(page)
    }

    /// How many rows the list has, on all pages, but no more than `cap`: at `cap` there may be more. A method of a flow
    /// that would be asked about each row is not, so that there may turn out to be fewer.
    ///
    /// # Errors
    /// As [`load`](FindProcesses::load).
    pub fn count(self, conn: &mut C, cap: usize) -> Result<usize> {
        let Some(mut query) = self.query(conn)? else { return Ok(0) };
        query.after = None;
        query.most = i64::try_from(cap).unwrap_or(i64::MAX);
        let count = conn.store().count_processes(&[query])?.into_iter().next().unwrap_or_default();
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// The numbers of the processes, but no more than `most`. A method of a flow that would be asked about each row is
    /// not.
    pub(super) fn numbers(self, conn: &mut C, most: usize) -> Result<Vec<i64>> {
        let Some(mut query) = self.query(conn)? else { return Ok(Vec::new()) };
        query.most = i64::try_from(most).unwrap_or(i64::MAX);
        Ok(conn.store().list_processes(&query)?.iter().map(|row| row.id).collect())
    }

    /// What to ask the database; `None` if the list is empty for sure.
    fn query(&self, conn: &mut C) -> Result<Option<ListQuery>> {
        let sort = match self.after.map(|place| place.sort) {
            Some(Sort::Field) if self.by.is_some() => Sort::Field,
            Some(sort @ (Sort::Oldest | Sort::Newest)) if self.by.is_none() => sort,
            None if self.by.is_some() => Sort::Field,
            None if self.newest => Sort::Newest,
            None => Sort::Oldest,
            Some(Sort::Priority(_) | Sort::Due(_)) => {
                return Err(crate::Error::invalid("cursor", "is of a list of tasks"));
            }
            Some(_) => return Err(crate::Error::invalid("cursor", "is of a list in another order")),
        };
        if let Some(user) = self.user {
            permit::identified(user)?;
        }
        let flows: Vec<&'static DynFlow<C>> = match &self.flow {
            Some(name) => vec![self.flows.get(name)?],
            None => self.flows.all().iter().collect(),
        };
        let named =
            |flow: &'static DynFlow<C>| -> Vec<String> { flow.graph().flow_names().map(str::to_owned).collect() };
        let names: Vec<String> = flows.iter().flat_map(|flow| named(flow)).collect();
        let mut condition = self.condition.clone();
        if let Some(status) = self.status {
            condition = condition.and(Where::OneOf(TextColumn::ProcessStatus, vec![status.as_str().to_owned()]));
        }
        let seen: Vec<(Vec<String>, Where)> = match self.user {
            Some(user) => flows
                .iter()
                .map(|flow| (named(flow), flow.seen(user, self.ids.as_deref()).condition()))
                .filter(|(_, seen)| !seen.is_never())
                .collect(),
            None => flows.iter().map(|flow| (named(flow), Where::always())).collect(),
        };
        let known = !self.any_flow || self.flow.is_some();
        let picked = self.ids.is_some() || self.reference.is_some() || self.started_by.is_some();
        // By a field the database sorts them all: an index that has them by number is of no use.
        let by_reason = !picked && self.by.is_none() && (known || self.user.is_some());
        let parts = match if by_reason { self.visible_parts(conn, &seen)? } else { None } {
            Some(parts) => parts,
            None => {
                if self.user.is_some() {
                    condition = condition.and(visible_in(&seen));
                }
                let (parts, by_flow) = self.parts(&names, known);
                if known && !by_flow {
                    condition = condition.and(Where::OneOf(TextColumn::Flow, names));
                }
                parts
            }
        };
        if parts.is_empty() || condition.is_never() {
            return Ok(None);
        }
        let query = ListQuery { parts, condition, sort, by: self.by.clone(), after: self.after, most: 0 };
        Ok(Some(query.bounded()))
    }

    /// The parts of what somebody may see, each of which an index has in order; `None` where the table in the order of
    /// its key is what they see, or where there would be too many.
    fn visible_parts(&self, conn: &mut C, seen: &[(Vec<String>, Where)]) -> Result<Option<Vec<Part>>> {
        let whole = |seen: &Where| seen.is_always();
        let all = self.flows.all().len();
        if seen.len() == all && seen.iter().all(|(_, seen)| whole(seen)) && self.status.is_none() {
            return Ok(None);
        }
        let mut parts = Vec::new();
        let whole_flows: Vec<&String> =
            seen.iter().filter(|(_, seen)| whole(seen)).flat_map(|(names, _)| names).collect();
        if !whole_flows.is_empty() {
            for (flow, status) in conn.store().process_groups()? {
                let is_other = self.status.is_some_and(|wanted| wanted.as_str() != status);
                if is_other || !whole_flows.contains(&&flow) {
                    continue;
                }
                let group = Where::OneOf(TextColumn::Flow, vec![flow])
                    .and(Where::OneOf(TextColumn::ProcessStatus, vec![status]));
                parts.push(Part::of(Some(ListIndex::Flow), group));
            }
        }
        // What is seen for the same reason in several flows is one part.
        let mut reasons: Vec<(Where, Vec<String>)> = Vec::new();
        for (names, seen) in seen.iter().filter(|(_, seen)| !whole(seen)) {
            let each = match seen {
                Where::Any(each) => each.as_slice(),
                one => std::slice::from_ref(one),
            };
            for reason in each {
                match reasons.iter_mut().find(|(known, _)| known == reason) {
                    Some((_, of)) => of.extend(names.iter().cloned()),
                    None => reasons.push((reason.clone(), names.clone())),
                }
            }
        }
        let mut offers = Offers::default();
        for (reason, names) in reasons {
            let of_flows = Where::OneOf(TextColumn::Flow, names);
            match reason {
                Where::HasTask { task, index: Some(index), processes: None } => {
                    let each = match index {
                        ListIndex::Open => offers.parts(conn, &Source::Tasks(index), *task)?,
                        _ => by_status(*task, index),
                    };
                    let of_flow = |part: Part| Part { condition: part.condition.and(of_flows.clone()), ..part };
                    parts.extend(each.into_iter().map(of_flow));
                }
                started if started.picks_processes() => {
                    parts.push(Part::of(Some(ListIndex::Starter), started.and(of_flows)));
                }
                _ => return Ok(None),
            }
        }
        Ok((parts.len() <= MOST_PARTS).then_some(parts))
    }

    /// The parts that an index has in order, and whether they name the flow. What they do not name of the filters is
    /// not left out: all of it is in them.
    fn parts(&self, flows: &[String], known: bool) -> (Vec<Part>, bool) {
        let started = self.started_by.as_ref().map_or_else(Where::always, |person| {
            Where::OneOf(TextColumn::StartedBy, vec![person.clone()])
                .and(Where::IsNull(NullColumn::StartedBy).negated())
        });
        let referenced = self.reference.as_ref().map_or_else(Where::always, |reference| {
            Where::OneOf(TextColumn::Reference, vec![reference.clone()])
                .and(Where::IsNull(NullColumn::Reference).negated())
        });
        let of_flow = |flow: &String| Where::OneOf(TextColumn::Flow, vec![flow.clone()]);
        let all = started.clone().and(referenced.clone());
        if let Some(ids) = &self.ids {
            return (vec![Part::of(None, Where::Processes(ids.clone()).and(all))], false);
        }
        if known && self.reference.is_some() {
            let part = |flow| Part::of(Some(ListIndex::Reference), of_flow(flow).and(all.clone()));
            return (flows.iter().map(part).collect(), true);
        }
        if self.started_by.is_some() {
            return (vec![Part::of(Some(ListIndex::Starter), all)], false);
        }
        if let (true, Some(status)) = (known, self.status) {
            let status = Where::OneOf(TextColumn::ProcessStatus, vec![status.as_str().to_owned()]);
            let part = |flow| Part::of(Some(ListIndex::Flow), of_flow(flow).and(status.clone()));
            return (flows.iter().map(part).collect(), true);
        }
        // By a field the database sorts them all.
        let key = if self.by.is_none() { Some(ListIndex::ProcessKey) } else { None };
        (vec![Part::of(key, all)], false)
    }
}

/// What somebody may see, as one condition.
fn visible_in(seen: &[(Vec<String>, Where)]) -> Where {
    seen.iter().fold(Where::never(), |some, (names, seen)| {
        some.or(Where::OneOf(TextColumn::Flow, names.clone()).and(seen.clone()))
    })
}

/// The processes of tasks of a person, a part for each status: the index has the tasks of one status in order.
fn by_status(task: Where, index: ListIndex) -> Vec<Part> {
    let of = |condition| Part { source: Source::Tasks(index), condition };
    let Where::All(each) = &task else { return vec![of(task)] };
    let statuses = each.iter().find_map(|this| match this {
        Where::OneOf(TextColumn::TaskStatus, statuses) => Some(statuses.clone()),
        _ => None,
    });
    let rest = each.iter().filter(|this| !matches!(this, Where::OneOf(TextColumn::TaskStatus, _))).cloned();
    let rest = rest.fold(Where::always(), Where::and);
    match statuses {
        Some(statuses) => statuses
            .into_iter()
            .map(|status| of(rest.clone().and(Where::OneOf(TextColumn::TaskStatus, vec![status]))))
            .collect(),
        None => vec![of(task)],
    }
}

/// The rows of a page, in their order: each flow is asked once for all of its own.
fn rows<C: FlowConnection>(
    flows: &Flows<C>,
    conn: &mut C,
    found: Vec<Process>,
    user: Option<&dyn User>,
) -> Result<Vec<Listed<ProcessRow>>> {
    let mut rows: Vec<Option<Listed<ProcessRow>>> = found.iter().map(|_| None).collect();
    let mut found: Vec<Option<Process>> = found.into_iter().map(Some).collect();
    while let Some(first) = found.iter().position(Option::is_some) {
        let name = found[first].as_ref().map(|row| row.flow.clone()).unwrap_or_default();
        let flow = flows.find(&name);
        let of_flow = |row: &Process| match flow {
            Some(flow) => flow.graph().is_named(&row.flow),
            None => row.flow == name,
        };
        let mut places = Vec::new();
        let mut these = Vec::new();
        for (at, row) in found.iter_mut().enumerate() {
            if let Some(row) = row.take_if(|row| of_flow(row)) {
                places.push(at);
                these.push(row);
            }
        }
        let outcomes = match flow {
            Some(flow) => flow.process_rows(conn, these, user)?,
            None => these.into_iter().map(|process| Ok(Some(ProcessRow::unknown(process)))).collect(),
        };
        for (at, outcome) in places.into_iter().zip(outcomes) {
            rows[at] = Some(outcome);
        }
    }
    Ok(rows.into_iter().flatten().collect())
}
