//! Tasks of all flows, by what people ask for.
//!
//! | file | |
//! |---|---|
//! | `query` | what the database is asked |
//! | `read` | the rows: a page, how many, which |

pub(crate) mod query;
mod read;

use std::time::Duration;

use super::Cursor;
use super::conditions::{ago, participant, text_of};
use super::page::{LARGEST_PAGE, PAGE};
use crate::flows::OpenPlaces;
use crate::store::FlowConnection;
use crate::store::list::{ByField, NullColumn, NumberColumn, Place, Sort, TextColumn, TimeColumn, Where};
use crate::{Flows, ProcessId, TaskStatus, Timestamp, User, clock};

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
    by: Option<ByField>,
    size: i64,
    after: Option<Place>,
    places: Option<OpenPlaces>,
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
            by: None,
            size: PAGE,
            after: None,
            places: None,
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

    /// Reads the nodes at which tasks are open from what was found before by [`Flows::open_places`], rather than from the
    /// database: for a page with several lists of open tasks. It leaves nothing out, and adds nothing, but what has
    /// changed since.
    pub fn at(mut self, places: &OpenPlaces) -> Self {
        self.places = Some(places.clone());
        self
    }

    /// Tasks that failed and wait for somebody to retry them.
    pub fn errors(self) -> Self {
        self.status(TaskStatus::Error).open()
    }

    /// Tasks that failed with exactly this text.
    pub fn error(self, text: impl Into<String>) -> Self {
        self.with(Where::OneOf(TextColumn::Error, vec![text.into()])).errors()
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

    /// Tasks of flows that the code does not know as well: each says so by its [`problem`](crate::TaskRow::problem). A queue
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
}
