//! Tasks of all flows, by what people ask for.

use std::time::Duration;

use super::page::{LARGEST_PAGE, PAGE};
use super::rows::{Listed, TaskRow};
use super::who;
use super::{Cursor, Page};
use crate::store::json::{TextMatch, TextOperand};
use crate::store::list::{
    ListIndex, ListQuery, NullColumn, NumberColumn, Part, Place, Sort, TextColumn, TimeColumn, Where,
};
use crate::store::{FlowConnection, Store as _};
use crate::transition::permit;
use crate::{DynFlow, Error, Flows, Process, ProcessId, Result, Task, TaskStatus, Timestamp, User, clock};

/// Whose list it is.
#[derive(Clone, Copy)]
enum Of<'u> {
    Everybody,
    Inbox(&'u dyn User),
    Queue(&'u dyn User),
    Archive(&'u dyn User),
}

/// The order of a list of tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskOrder {
    /// The oldest process first.
    Oldest,
    /// The newest process first.
    Newest,
    /// The highest priority first.
    Priority,
    /// What is due first; what is never due comes last.
    Due,
}

impl TaskOrder {
    const fn sort(self) -> Sort {
        match self {
            TaskOrder::Oldest => Sort::Oldest,
            TaskOrder::Newest => Sort::Newest,
            TaskOrder::Priority => Sort::Priority(0),
            TaskOrder::Due => Sort::Due(None),
        }
    }
}

/// A list of tasks in the making: what [`Flows::find_tasks`] begins, and [`load`](FindTasks::load) ends.
///
/// Filters add up: a task is in the list if it meets all of them. A page costs a fixed number of statements, whatever
/// is in it.
///
/// ```
/// use flow_core::prelude::*;
///
/// #[flow]
/// pub struct LeaveFlow {
///     #[node(permission(anyone), next = this.approve)] start: Start,
///     /// Approve the leave
///     #[node(permission("can_approve"), next = this.end)] approve: View,
///     end: End,
/// }
///
/// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
///
/// fn main() -> flow_core::Result<()> {
///     let mut conn = flow_core::sqlite::open(":memory:")?;
///     FLOWS.migrate(&mut conn)?;
///     for _ in 0..3 {
///         LeaveFlow.start.run(&mut conn, &System("anna"), ())?;
///     }
///     let page = FLOWS.find_tasks().queue_of(&System("anna")).page_size(2).load(&mut conn)?;
///     assert_eq!((page.rows.len(), page.rows[0].title()), (2, "Approve the leave"));
///     let next = page.next.expect("there is a third one");
///     let page = FLOWS.find_tasks().queue_of(&System("anna")).page_size(2).after(next).load(&mut conn)?;
///     assert_eq!((page.rows.len(), page.next), (1, None));
///     Ok(())
/// }
/// ```
#[allow(missing_debug_implementations, reason = "holds a user")]
#[must_use = "a list is read by `load`"]
pub struct FindTasks<'u, C: 'static> {
    pub(super) flows: &'u Flows<C>,
    of: Of<'u>,
    manager: Option<&'u dyn User>,
    flow: Option<String>,
    node: Option<String>,
    status: Option<TaskStatus>,
    owner: Option<String>,
    open: bool,
    any_flow: bool,
    condition: Where,
    order: Option<TaskOrder>,
    size: i64,
    after: Option<Place>,
}

impl<C: FlowConnection> Flows<C> {
    /// Begins a list of tasks: all of these flows, until filters are added. See [`FindTasks`].
    pub fn find_tasks(&self) -> FindTasks<'_, C> {
        FindTasks {
            flows: self,
            of: Of::Everybody,
            manager: None,
            flow: None,
            node: None,
            status: None,
            owner: None,
            open: false,
            any_flow: false,
            condition: Where::always(),
            order: None,
            size: PAGE,
            after: None,
        }
    }
}

impl<'u, C: FlowConnection> FindTasks<'u, C> {
    pub(super) fn with(mut self, condition: Where) -> Self {
        self.condition = self.condition.and(condition);
        self
    }

    /// Tasks that are assigned to this person, or to one whom they stand in for, and that they have not put off.
    pub fn inbox_of(mut self, user: &'u dyn User) -> Self {
        self.of = Of::Inbox(user);
        self
    }

    /// Tasks that nobody is assigned to and this person may take, and that they have not put off.
    ///
    /// Where a method of the flow decides, it is asked about the rows of the page alone: the page may be shorter, and
    /// still have a next one.
    pub fn queue_of(mut self, user: &'u dyn User) -> Self {
        self.of = Of::Queue(user);
        self
    }

    /// Tasks that this person did, or had when they were cancelled; the newest process first.
    pub fn archive_of(mut self, user: &'u dyn User) -> Self {
        self.of = Of::Archive(user);
        self
    }

    /// Tasks of the flow with this stored name.
    pub fn flow(mut self, name: impl Into<String>) -> Self {
        self.flow = Some(name.into());
        self
    }

    /// Tasks of the flows that this person manages.
    ///
    /// ```
    /// # use flow_core::prelude::*;
    /// # #[flow]
    /// # pub struct LeaveFlow {
    /// #     #[node(permission(anyone), next = this.approve)] start: Start,
    /// #     #[node(permission(anyone), next = this.end)] approve: View,
    /// #     end: End,
    /// # }
    /// # static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    /// # struct Person;
    /// # impl User for Person {
    /// #     fn id(&self) -> &str { "anna" }
    /// #     fn may(&self, _: &Permission) -> bool { true }
    /// # }
    /// # fn main() -> flow_core::Result<()> {
    /// # let mut conn = flow_core::sqlite::open(":memory:")?;
    /// # FLOWS.migrate(&mut conn)?;
    /// LeaveFlow.start.run(&mut conn, &Person, ())?;
    /// assert_eq!(FLOWS.find_tasks().managed_by(&System("report")).open().count(&mut conn, 10)?, 1);
    /// assert_eq!(FLOWS.find_tasks().managed_by(&Person).open().count(&mut conn, 10)?, 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn managed_by(mut self, user: &'u dyn User) -> Self {
        self.manager = Some(user);
        self
    }

    /// Tasks of the node with this stored name, of whatever flow.
    pub fn node(mut self, name: impl Into<String>) -> Self {
        self.node = Some(name.into());
        self
    }

    /// Tasks in this status.
    pub fn status(mut self, status: TaskStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Tasks that are not done, cancelled or revived. Those of nodes that the code does not know are in
    /// [`Flows::check`].
    pub fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// Tasks that failed and wait for somebody to retry them.
    pub fn errors(self) -> Self {
        self.status(TaskStatus::Error).open()
    }

    /// Tasks of this process.
    pub fn of(self, process: impl Into<ProcessId>) -> Self {
        let id = process.into().get();
        self.with(Where::TasksOf(vec![id]))
    }

    /// Tasks that the person with this id has taken or done.
    pub fn owner(mut self, id: impl Into<String>) -> Self {
        self.owner = Some(id.into());
        self
    }

    /// Tasks of processes that the person with this id started.
    pub fn started_by(self, id: impl Into<String>) -> Self {
        self.with(Where::OneOf(TextColumn::StartedBy, vec![id.into()]))
    }

    /// Tasks of processes in which the person with this id has or had a task.
    pub fn participant(self, id: impl Into<String>) -> Self {
        self.with(participant(id.into()))
    }

    /// Tasks of this priority or a higher one.
    pub fn priority_at_least(self, priority: i32) -> Self {
        self.with(Where::AtLeast(NumberColumn::Priority, priority))
    }

    /// Tasks that were made longer ago than this.
    pub fn older_than(self, age: Duration) -> Self {
        self.with(Where::Before(TimeColumn::TaskCreated, ago(age)))
    }

    /// Tasks that were made within this time.
    pub fn newer_than(self, age: Duration) -> Self {
        self.with(Where::From(TimeColumn::TaskCreated, ago(age)))
    }

    /// Tasks that are due before this moment.
    pub fn due_before(self, at: Timestamp) -> Self {
        self.with(Where::Before(TimeColumn::Due, at))
    }

    /// Open tasks that were due before now.
    pub fn overdue(self) -> Self {
        let now = clock::now();
        self.with(Where::IsNull(NullColumn::TaskFinished)).due_before(now)
    }

    /// Tasks of the process with exactly this reference.
    pub fn reference(self, reference: impl Into<String>) -> Self {
        self.with(Where::OneOf(TextColumn::Reference, vec![reference.into()]))
    }

    /// Tasks of processes whose reference contains this text, without regard to case, or whose number it is.
    pub fn text(self, text: &str) -> Self {
        self.with(text_of(text))
    }

    /// Tasks of flows that the code does not know as well: each says so by its [`problem`](TaskRow::problem). A queue
    /// never has any.
    pub fn any_flow(mut self) -> Self {
        self.any_flow = true;
        self
    }

    /// The order. Without it the oldest process is first, of an archive the newest.
    pub fn order(mut self, order: TaskOrder) -> Self {
        self.order = Some(order);
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
    /// A row whose document cannot be read, and one of a node that the code does not know, is there with its
    /// [`problem`](TaskRow::problem); one whose rule fails or panics is missing, and among
    /// [`problems`](Page::problems).
    ///
    /// # Errors
    /// `NotFound` if the list of flows has no such flow; `Invalid` for a person whose id cannot be stored; `Database`.
    pub fn load(self, conn: &mut C) -> Result<Page<TaskRow>> {
        let Some(mut query) = self.query()? else { return Ok(Page::empty()) };
        query.most = self.size + 1;
        let mut found = conn.store().list_tasks(&query)?;
        let more = i64::try_from(found.len()).is_ok_and(|count| count > self.size);
        found.truncate(usize::try_from(self.size).unwrap_or(usize::MAX));
        let next = found.last().filter(|_| more).map(|(task, _)| Cursor(place(query.sort, task)));
        let rights = match self.of {
            Of::Queue(user) => Some(who::rights(user)),
            _ => None,
        };
        let mut page = Page { next, ..Page::empty() };
        for row in rows(self.flows, conn, found, rights.as_deref())? {
            match row {
                Ok(row) => page.rows.extend(row),
                Err(problem) => page.problems.push(problem),
            }
        }
        Ok(page)
    }

    /// How many rows the list has, on all pages, but no more than `cap`: at `cap` there may be more. A method of a flow
    /// that would be asked about each row is not, so that a queue may turn out to have fewer.
    ///
    /// # Errors
    /// As [`load`](FindTasks::load).
    pub fn count(self, conn: &mut C, cap: usize) -> Result<usize> {
        let Some(mut query) = self.query()? else { return Ok(0) };
        query.after = None;
        query.most = i64::try_from(cap).unwrap_or(i64::MAX);
        Ok(usize::try_from(conn.store().count_tasks(&query)?).unwrap_or_default())
    }

    /// The ids of the tasks, but no more than `cap`: for the verbs that take many, as
    /// [`cancel_each`](Flows::cancel_each). A method of a flow that would be asked about each row is not: the verb asks
    /// again.
    ///
    /// # Errors
    /// As [`load`](FindTasks::load).
    pub fn ids(self, conn: &mut C, cap: usize) -> Result<Vec<crate::TaskId>> {
        let Some(mut query) = self.query()? else { return Ok(Vec::new()) };
        query.most = i64::try_from(cap).unwrap_or(i64::MAX);
        Ok(conn.store().list_tasks(&query)?.iter().map(|(task, _)| task.id()).collect())
    }

    /// The order, which a cursor knows.
    fn sort(&self) -> Sort {
        let newest_first = matches!(self.of, Of::Archive(_));
        let order = self.order.unwrap_or(if newest_first { TaskOrder::Newest } else { TaskOrder::Oldest });
        self.after.map_or(order.sort(), |place| place.sort)
    }

    /// What to ask the database; `None` if the list is empty for sure.
    fn query(&self) -> Result<Option<ListQuery>> {
        if let Of::Inbox(user) | Of::Queue(user) | Of::Archive(user) = self.of {
            permit::identified(user)?;
        }
        let flows: Vec<&'static DynFlow<C>> = match &self.flow {
            Some(name) => vec![self.flows.get(name)?],
            None => self.flows.all().iter().collect(),
        };
        let flows: Vec<_> = flows
            .into_iter()
            .filter(|flow| self.manager.is_none_or(|user| user.is_system() || user.manages(flow.graph().name)))
            .collect();
        let mut condition = self.condition.clone();
        if let Of::Inbox(user) | Of::Queue(user) = self.of {
            condition = condition.and(Where::Snoozed { person: user.id().to_owned(), now: clock::now() }.negated());
        }
        let (parts, by_node) = self.parts(&flows);
        if !by_node {
            let names = flows.iter().flat_map(|flow| flow.graph().flow_names()).map(str::to_owned).collect();
            if !self.any_flow || self.flow.is_some() || self.manager.is_some() {
                condition = condition.and(Where::OneOf(TextColumn::TaskFlow, names));
            }
            if let Some(node) = &self.node {
                let mut names: Vec<String> = flows.iter().flat_map(|flow| node_names(flow, node)).collect();
                names.push(node.clone());
                condition = condition.and(Where::OneOf(TextColumn::Node, names));
            }
        }
        if let Some(owner) = &self.owner {
            condition = condition.and(owned(vec![owner.clone()]));
        }
        if let Some(status) = self.status {
            condition = condition.and(Where::TaskStatus(status));
        }
        if self.open {
            condition = condition.and(Where::IsNull(NullColumn::TaskFinished));
        }
        if parts.is_empty() || condition.is_never() {
            return Ok(None);
        }
        let query = ListQuery { parts, condition, sort: self.sort(), after: self.after, most: 0 };
        Ok(Some(query.bounded()))
    }

    /// The parts that an index has in order, and whether they name flow and node.
    fn parts(&self, flows: &[&'static DynFlow<C>]) -> (Vec<Part>, bool) {
        let owned_in = |people: Vec<String>, statuses: &[TaskStatus]| -> Vec<Part> {
            people
                .iter()
                .flat_map(|person| statuses.iter().map(move |status| (person, *status)))
                .map(|(person, status)| Part {
                    index: Some(ListIndex::Owner),
                    condition: owned(vec![person.clone()]).and(Where::TaskStatus(status)),
                })
                .collect()
        };
        match self.of {
            Of::Queue(user) => {
                let rights = who::rights(user);
                let parts = flows.iter().flat_map(|flow| self.of_nodes(flow, flow.takers(&rights))).collect();
                (parts, true)
            }
            Of::Inbox(user) => {
                let mut people: Vec<String> =
                    who::rights(user).iter().map(|acting| acting.right.id().to_owned()).collect();
                people.sort_unstable();
                people.dedup();
                (owned_in(people, &[TaskStatus::Assigned]), false)
            }
            Of::Archive(user) => {
                let done = [TaskStatus::Done, TaskStatus::Canceled, TaskStatus::Revived];
                (owned_in(vec![user.id().to_owned()], &done), false)
            }
            Of::Everybody => match (&self.owner, self.status) {
                (Some(owner), Some(status)) => (owned_in(vec![owner.clone()], &[status]), false),
                (Some(owner), None) => {
                    (vec![Part { index: Some(ListIndex::Owner), condition: owned(vec![owner.clone()]) }], false)
                }
                (None, _) if self.open => {
                    let nodes = flows.iter().flat_map(|flow| self.of_nodes(flow, all_nodes(flow)));
                    (nodes.collect(), true)
                }
                (None, _) => (vec![Part { index: None, condition: Where::always() }], false),
            },
        }
    }

    /// A part for each stored name of a flow and of a node.
    fn of_nodes(&self, flow: &'static DynFlow<C>, nodes: Vec<(Vec<&'static str>, Where)>) -> Vec<Part> {
        let mut parts = Vec::new();
        for (names, condition) in nodes {
            if self.node.as_ref().is_some_and(|node| !names.contains(&node.as_str())) {
                continue;
            }
            for (flow, name) in flow.graph().flow_names().flat_map(|flow| names.iter().map(move |name| (flow, *name))) {
                let at = Where::OneOf(TextColumn::TaskFlow, vec![flow.to_owned()])
                    .and(Where::OneOf(TextColumn::Node, vec![name.to_owned()]));
                let mut part = at.and(Where::IsNull(NullColumn::TaskFinished));
                // In the part itself, where the index has it.
                if let Some(status) = self.status {
                    part = part.and(Where::TaskStatus(status));
                }
                parts.push(Part { index: Some(ListIndex::Open), condition: part.and(condition.clone()) });
            }
        }
        parts
    }
}

/// All nodes of a flow.
fn all_nodes<C: FlowConnection>(flow: &'static DynFlow<C>) -> Vec<(Vec<&'static str>, Where)> {
    let graph = flow.graph();
    graph.ids().map(|id| (graph.names(id).collect(), Where::always())).collect()
}

/// The stored names of a node, by one of them.
fn node_names<C: FlowConnection>(flow: &'static DynFlow<C>, node: &str) -> Vec<String> {
    let graph = flow.graph();
    graph.find(node).map(|id| graph.names(id).map(str::to_owned).collect()).unwrap_or_default()
}

fn owned(people: Vec<String>) -> Where {
    Where::OneOf(TextColumn::Owner, people).and(Where::IsNull(NullColumn::Owner).negated())
}

/// The process has or had a task of this person.
pub(super) fn participant(person: String) -> Where {
    Where::HasTask { task: Box::new(owned(vec![person])), index: Some(ListIndex::Owner), processes: None }
}

/// The reference contains this text, or it is the number of the process.
pub(super) fn text_of(text: &str) -> Where {
    let text = text.trim();
    Where::Text {
        reference: TextOperand { how: TextMatch::Contains, text: text.to_owned() },
        process: text.parse().ok(),
    }
}

/// This long before now.
pub(super) fn ago(age: Duration) -> Timestamp {
    clock::now() - age
}

fn place(sort: Sort, task: &Task) -> Place {
    let sort = match sort {
        Sort::Oldest | Sort::Newest => sort,
        Sort::Priority(_) => Sort::Priority(task.priority),
        Sort::Due(_) => Sort::Due(task.due),
    };
    Place { sort, process: task.process_id, number: task.number }
}

/// The rows of a page, in their order: each flow is asked once for all of its own.
fn rows<C: FlowConnection>(
    flows: &Flows<C>,
    conn: &mut C,
    found: Vec<(Task, Process)>,
    rights: Option<&[who::Acting<'_>]>,
) -> Result<Vec<Listed<TaskRow>>> {
    let mut rows: Vec<Option<Listed<TaskRow>>> = found.iter().map(|_| None).collect();
    let mut found: Vec<Option<(Task, Process)>> = found.into_iter().map(Some).collect();
    while let Some(first) = found.iter().position(Option::is_some) {
        let name = found[first].as_ref().map(|(task, _)| task.flow.clone()).unwrap_or_default();
        let flow = flows.find(&name);
        let of_flow = |(task, _): &(Task, Process)| match flow {
            Some(flow) => flow.graph().is_named(&task.flow),
            None => task.flow == name,
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
            Some(flow) => flow.task_rows(conn, these, rights)?,
            None => these.into_iter().map(|(task, process)| Ok(Some(TaskRow::unknown(task, process)))).collect(),
        };
        for (at, outcome) in places.into_iter().zip(outcomes) {
            rows[at] = Some(outcome);
        }
    }
    Ok(rows.into_iter().flatten().collect())
}

impl<C: FlowConnection> Flows<C> {
    /// A task of one of these flows for a page of its own: as a row of a list, with title and text.
    ///
    /// # Errors
    /// `NotFound` if there is no such task.
    pub fn task_row(&self, conn: &mut C, id: crate::TaskId) -> Result<TaskRow> {
        let task = self.task(conn, id)?;
        let process = self.process(conn, task.process_id)?;
        let row = rows(self, conn, vec![(task, process)], None)?.pop().and_then(|row| row.ok().flatten());
        row.ok_or_else(|| Error::NotFound { what: format!("task {id}") })
    }
}
