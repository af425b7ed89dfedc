//! The filters of lists, by their names in the query of an address: the same for pages, files and REST.

use std::time::Duration;

use flow_core::{Cursor, FieldErrorKind, FindProcesses, FindTasks, FlowConnection, ProcessStatus, TaskOrder};

use crate::fault::{Fault, wrong};
use crate::names;
use crate::show;
use crate::visit::Visit;

/// The filters of a list of tasks.
pub(crate) const OF_TASKS: &[&str] =
    &["flow", "node", "owner", "text", "reference", "started_by", "overdue", "older", "order", "after", "size"];

/// The filters of a list of processes.
pub(crate) const OF_PROCESSES: &[&str] =
    &["flow", "status", "text", "reference", "started_by", "older", "newer", "order", "after", "size"];

/// What becomes of a filter that is not known, or that has a value which it cannot have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It is ignored: the link of an old page still shows a list.
    Page,
    /// It is refused: a program whose filter has a typo must not get everything.
    Rest,
}

/// Whose tasks a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Those that are assigned to the person.
    Inbox,
    /// Those that the person may take.
    Queue,
    /// Those that the person has done.
    Archive,
    /// Those that have failed, of the flows that the person manages.
    Errors,
    /// Those that are open, of the flows that the person manages.
    Managed,
}

/// The query of a request, as one list reads it.
struct Query<'v, C: 'static> {
    visit: &'v Visit<C>,
    reading: Reading,
}

impl<'v, C: FlowConnection + Send> Query<'v, C> {
    /// Refuses what is no filter of this list, and what would filter nothing.
    fn of(visit: &'v Visit<C>, reading: Reading, known: &[&str]) -> Result<Self, Fault> {
        if reading == Reading::Rest {
            visit.check_query(known, "is not a filter of this list")?;
        }
        Ok(Query { visit, reading })
    }

    /// A value of the query, if it is one that the filter can have.
    fn value<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&'v str) -> Option<T>,
        message: impl FnOnce() -> String,
    ) -> Result<Option<T>, Fault> {
        match self.visit.asked(name).map(read) {
            None => Ok(None),
            Some(Some(value)) => Ok(Some(value)),
            Some(None) if self.reading == Reading::Page => Ok(None),
            Some(None) => Err(wrong(FieldErrorKind::NotAChoice, name, message())),
        }
    }

    /// The stored name of a flow.
    fn flow(&self) -> Result<Option<&'v str>, Fault> {
        let read = |name: &'v str| self.visit.flows().find(name).map(|_| name);
        let message = || names::flows(&self.visit.flows(), self.visit.user());
        self.value("flow", read, message)
    }

    /// The stored name of a node: of the flow that is asked for, else of any. On a page it may be one of an earlier
    /// release that the code does not know, whose tasks wait for somebody.
    fn node(&self) -> Result<Option<&'v str>, Fault> {
        let (flows, flow) = (self.visit.flows(), self.flow()?);
        if self.reading == Reading::Page {
            return Ok(self.visit.asked("node"));
        }
        let message = || names::nodes(&flows, flow, self.visit.user());
        self.value("node", |node| names::has_node(&flows, flow, node).then_some(node), message)
    }

    fn days(&self, name: &'static str) -> Result<Option<Duration>, Fault> {
        let read = |text: &str| text.parse::<u32>().ok().map(|days| flow_core::days(days.into()));
        self.value(name, read, || "is not a number of days".to_owned())
    }

    fn after(&self) -> Result<Option<Cursor>, Fault> {
        self.value("after", |text| text.parse().ok(), || "is not a place in a list, as in oldest:17.2".to_owned())
    }

    fn size(&self) -> Result<Option<usize>, Fault> {
        let read = |text: &str| text.parse().ok().filter(|size| (1..=200).contains(size));
        self.value("size", read, || "is not a number from 1 to 200".to_owned())
    }
}

/// The tasks that a request asks for.
pub(crate) fn tasks<C: FlowConnection + Send>(
    visit: &Visit<C>,
    whose: Whose,
    reading: Reading,
) -> Result<FindTasks<'_, C>, Fault> {
    let query = Query::of(visit, reading, OF_TASKS)?;
    let all = visit.web.flows.find_tasks();
    let mut list = match whose {
        Whose::Inbox => all.inbox_of(visit.user()),
        Whose::Queue => all.queue_of(visit.user()),
        Whose::Archive => all.archive_of(visit.user()),
        Whose::Errors => all.managed_by(visit.user()).errors(),
        Whose::Managed => all.managed_by(visit.user()).open(),
    };
    if let Some(flow) = query.flow()? {
        list = list.flow(flow);
    }
    if let Some(node) = query.node()? {
        list = list.node(node);
    }
    if let Some(owner) = visit.asked("owner") {
        list = list.owner(owner);
    }
    if let Some(text) = visit.asked("text") {
        list = list.text(text);
    }
    if let Some(reference) = visit.asked("reference") {
        list = list.reference(reference);
    }
    if let Some(person) = visit.asked("started_by") {
        list = list.started_by(person);
    }
    if query.value("overdue", |text| (text == "yes").then_some(()), || "is not yes".to_owned())?.is_some() {
        list = list.overdue();
    }
    if let Some(age) = query.days("older")? {
        list = list.older_than(age);
    }
    let order = |text: &str| match text {
        "oldest" => Some(TaskOrder::Oldest),
        "newest" => Some(TaskOrder::Newest),
        "priority" => Some(TaskOrder::Priority),
        "due" => Some(TaskOrder::Due),
        _ => None,
    };
    if let Some(order) = query.value("order", order, || "is not one of oldest, newest, priority, due".to_owned())? {
        list = list.order(order);
    }
    if let Some(size) = query.size()? {
        list = list.page_size(size);
    }
    if let Some(cursor) = query.after()? {
        list = list.after(cursor);
    }
    Ok(list)
}

/// An order by a field: `days`, or `-days` for the greatest first.
fn field_of(order: &str) -> Option<(&str, bool)> {
    let field = order.strip_prefix('-').unwrap_or(order);
    (!field.is_empty()).then_some((field, field.len() < order.len()))
}

/// Whether lists of a flow can be sorted by a field: one of its forms, which is shown.
fn is_shown<C: FlowConnection + Send>(visit: &Visit<C>, flow: &str, field: &str) -> bool {
    visit.flows().find(flow).is_some_and(|flow| show::sortable(flow).any(|known| known.name == field))
}

/// The processes that a request asks for, of those that the person may see.
pub(crate) fn processes<C: FlowConnection + Send>(
    visit: &Visit<C>,
    reading: Reading,
) -> Result<FindProcesses<'_, C>, Fault> {
    let query = Query::of(visit, reading, OF_PROCESSES)?;
    let mut list = visit.web.flows.find_processes().visible_to(visit.user());
    if let Some(flow) = query.flow()? {
        list = list.flow(flow);
    }
    let status = |text: &str| match text {
        "open" => Some(ProcessStatus::New),
        "done" => Some(ProcessStatus::Done),
        "canceled" => Some(ProcessStatus::Canceled),
        _ => None,
    };
    if let Some(status) = query.value("status", status, || "is not one of open, done, canceled".to_owned())? {
        list = list.status(status);
    }
    if let Some(text) = visit.asked("text") {
        list = list.text(text);
    }
    if let Some(reference) = visit.asked("reference") {
        list = list.reference(reference);
    }
    if let Some(person) = visit.asked("started_by") {
        list = list.started_by(person);
    }
    if let Some(age) = query.days("older")? {
        list = list.older_than(age);
    }
    if let Some(age) = query.days("newer")? {
        list = list.newer_than(age);
    }
    list = match visit.asked("order") {
        None | Some("newest") => list,
        Some("oldest") => list.oldest_first(),
        Some(order) => {
            match field_of(order).zip(query.flow()?).filter(|((field, _), flow)| is_shown(visit, flow, field)) {
                Some(((field, descending), flow)) => list.order_by_name(flow, field, descending)?,
                None if reading == Reading::Page => list,
                None => {
                    let text =
                        "is not oldest, newest, or with `flow` a field of its forms, with a `-` the greatest first";
                    return Err(wrong(FieldErrorKind::NotAChoice, "order", text));
                }
            }
        }
    };
    if let Some(size) = query.size()? {
        list = list.page_size(size);
    }
    if let Some(cursor) = query.after()? {
        list = list.after(cursor);
    }
    Ok(list)
}
