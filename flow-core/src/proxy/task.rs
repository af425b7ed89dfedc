//! `TaskProxy`: a node's own type of task.

use std::any::Any;

use super::JsonProxy;
use super::document::{Meta, store};
use super::filter::{Index, Indexed, index_sql};
use crate::model::AnyModel;
use crate::payload::AnyData;
use crate::store::FlowConnection;
use crate::store::schema::flow_task;
use crate::{DataError, FieldError, Result, Task};

/// The task type of a node, with `#[derive(TaskProxy)]`. A node without `task = ..` uses the plain row, [`Task`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a task type: `#[derive(TaskProxy)]` is missing",
    label = "not a task type",
    note = "add `#[derive(TaskProxy)]` to it, and a field `task: Task`"
)]
pub trait TaskProxy: JsonProxy + Sized + Send + 'static {
    /// The model of its seed: `#[proxy(seed = Grain)]`.
    type Seed;
    /// What an edge can give it as its data.
    type Data;

    /// For `#[flow]`, which asks it of the type it is given.
    #[doc(hidden)]
    const DERIVED: bool = true;

    /// The row of a task of this type, with its fields.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(TaskProxy, Debug)]
    /// pub struct PostTask { task: Task, post: String }
    ///
    /// #[flow]
    /// pub struct PostFlow {
    ///     #[node(permission(anyone), next(this.read, task_data = |_a| PostTaskData { post: "On joins".into() }))]
    ///     start: Start,
    ///     #[node(task = PostTask, permission(anyone), next = this.end)]
    ///     read: View,
    ///     end: End,
    /// }
    ///
    /// fn waiting(conn: &mut diesel::SqliteConnection) -> flow_core::Result<Vec<PostTask>> {
    ///     let about_joins = PostFlow.read.tasks().open().filter(PostTask::FIELDS.post.like("%joins%"));
    ///     about_joins.load::<Task>(conn)?.into_iter().map(PostTask::from_row).collect()
    /// }
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     static FLOWS: Flows<diesel::SqliteConnection> = flows![PostFlow];
    ///     FLOWS.migrate(&mut conn)?;
    ///     PostFlow.start.run(&mut conn, &System("me"), ())?;
    ///     assert_eq!(waiting(&mut conn)?[0].post(), "On joins");
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Data`](crate::Error::Data) if a field is missing or of another type.
    fn from_row(mut row: Task) -> Result<Self> {
        Ok(Self::lend(&mut row).map_err(Box::new)?)
    }

    /// The indexes that `#[proxy(index(..))]` declares, as SQL for a migration of your own, like
    /// [`ProcessProxy::index_sql`](crate::ProcessProxy::index_sql).
    #[must_use]
    fn index_sql<C: FlowConnection>() -> String {
        let of = Indexed { name: "flow_task", table: "flow_task", column: "data", before: "flow, node, " };
        index_sql::<C::Backend>(of, &Self::indexes())
    }

    #[doc(hidden)]
    #[must_use]
    fn indexes() -> Vec<Index> {
        Vec::new()
    }

    #[doc(hidden)]
    fn lend(row: &mut Task) -> Result<Self, DataError>;

    /// Writes the fields that changed into the row's document, and gives the row back.
    #[doc(hidden)]
    fn give_back(mut self, row: &mut Task) -> Result<(), Vec<FieldError>> {
        store(&mut self, |task| &mut task.row_mut().data)?;
        *row = self.into_row();
        Ok(())
    }

    #[doc(hidden)]
    fn row_mut(&mut self) -> &mut Task;

    #[doc(hidden)]
    fn into_row(self) -> Task;
}

impl JsonProxy for Task {
    type Column = flow_task::data;
    const COLUMN: &'static Self::Column = &flow_task::data;
    const META: &'static [Meta] = &[];

    fn field(&self, _: u16) -> Option<&dyn Any> {
        None
    }

    fn field_mut(&mut self, _: u16) -> Option<&mut dyn Any> {
        None
    }
}

impl TaskProxy for Task {
    type Seed = AnyModel;
    type Data = AnyData;

    fn lend(row: &mut Task) -> Result<Self, DataError> {
        Ok(std::mem::replace(row, Task::blank()))
    }

    fn row_mut(&mut self) -> &mut Task {
        self
    }

    fn into_row(self) -> Task {
        self
    }
}
