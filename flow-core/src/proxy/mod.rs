//! A typed view of a row: the fields of a struct, kept in the row's JSON document.

mod bulk;
mod choices;
mod codec;
mod columns;
mod each;
mod field;
mod indexes;
mod joined;
mod json_type;
mod keeping;
mod meta;
mod model;
mod new;
#[cfg(feature = "pattern")]
mod pattern;
mod refs;
mod rules;
mod stored;
mod types;
mod write;

pub use bulk::{Change, Changed, Changes, OneOf};
pub use choices::{Choice, Choices, choice};
pub use codec::{
    Codec, Empty, Key, List, Mismatch, Native, Numeric, Optional, Serde, Textual, Typed, numeric, textual,
};
pub use columns::{InsertRow, ReadColumns, SetColumns};
pub use each::Each;
pub use field::{
    Contains, Field, FieldOf, HasField, ItemSql, JsonSql, Kept, ListField, Operand, StoredField, TypedSql, TypedValue,
    form_field, index,
};
pub use indexes::{Index, IndexField};
pub use joined::{JoinedColumns, JoinedField, JoinedQuery, NewJoined, OwnColumns, is_joined};
pub use json_type::{EmptyJson, JsonType};
pub use keeping::{Keeping, Stored, StoredAs};
pub use meta::{Check, DocumentReader, Meta, check, how_to_give, missing_field, missing_in};
pub use model::{object, read_in};
pub use new::{Beginning, NewProcess};
#[cfg(feature = "pattern")]
pub use pattern::{Compiled, Pattern};
pub use refs::Refs;
pub use rules::{Bound, Format, Rules};
pub use stored::{JOINED_PLACE, StoredOn};
pub(crate) use stored::{joined_changed, load, settle_joined, write_joined};
pub use types::{Bytes, Secret};
pub(crate) use write::LARGEST as LARGEST_DOCUMENT;
pub use write::{NewDocument, document};

use std::any::Any;

use crate::data::Document;
use crate::model::AnyModel;
use crate::payload::AnyData;
use crate::store::FlowConnection;
use crate::store::schema::{flow_process, flow_task};
use crate::{DataError, Error, FieldError, Process, Result, Task};

/// A flow's own type of process: the row, and typed fields kept in its JSON document.
///
/// `#[derive(ProcessProxy)]` implements it. The document is read once, when the row is loaded, as serde
/// would read it; after that the accessors cannot fail.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type of process",
    label = "this is no type of process",
    note = "give it `#[derive(ProcessProxy)]` and a field `process: Process`"
)]
pub trait ProcessProxy: Kept + Sized + Send + 'static {
    /// The fields, as a struct of their own: what a new process is made from.
    type Data: DataOf<Self>;

    /// The model of its seed: `#[proxy(seed = Source)]`.
    type Seed;

    /// Its own columns, in a row of another table, `#[proxy(joined, ..)]`, or in its own, `#[proxy(columns)]`; `()`
    /// if it has none.
    type Joined: Send + 'static;

    /// What they are made from when a process is started.
    type NewJoined: 'static;

    /// What its rows are read from: the table of all processes, and the joined one.
    type Source;

    /// The field that holds its own columns.
    #[doc(hidden)]
    const JOINED: Option<&'static str> = None;

    /// Whether each start is given what they are made from.
    #[doc(hidden)]
    const JOINED_IS_GIVEN: bool = false;

    #[doc(hidden)]
    fn source() -> Self::Source;

    /// Makes it of its row, and the joined one.
    ///
    /// # Errors
    /// A field that is missing or of another type: the error names it.
    fn from_parts(row: Process, joined: Self::Joined) -> Result<Self, DataError>;

    /// The row.
    fn row(&self) -> &Process;

    #[doc(hidden)]
    fn row_mut(&mut self) -> &mut Process;

    /// Writes the fields that changed into the row's document.
    #[doc(hidden)]
    fn store(&mut self) -> Result<(), Vec<FieldError>> {
        write::store(self, |process| process.row_mut().document_mut())
    }

    /// The indexes that `#[proxy(index(..))]` asks for, as SQL for a migration of yours: one statement a line. A
    /// filter on such a field then reads only the rows that fit. On a large table of PostgreSQL you may want to
    /// write `CONCURRENTLY` behind `INDEX`.
    ///
    /// An index is named by its type and its field, and one that is there is left as it is: drop it first where a
    /// field's key, default or type has changed, and give two types of one name different names.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// #[proxy(index(days))]
    /// pub struct LeaveProcess { process: Process, #[json(default)] days: i64 }
    ///
    /// let sql = LeaveProcess::index_sql::<diesel::SqliteConnection>();
    /// assert!(sql.starts_with("CREATE INDEX IF NOT EXISTS flow_process_by_leave_process_days ON flow_process (flow, (case "));
    /// ```
    #[must_use]
    fn index_sql<C: FlowConnection>() -> String {
        indexes::sql("flow_process", "flow", &Self::indexes(), C::index_expression)
    }

    #[doc(hidden)]
    #[must_use]
    fn indexes() -> Vec<Index> {
        Vec::new()
    }

    /// Writes what changed since it was loaded, and nothing else: the row is locked, the changed keys are
    /// patched, the version is raised. Inside a transition it is not needed: that writes by itself.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that is not valid; nothing was written then.
    fn save<C: FlowConnection>(&mut self, conn: &mut C) -> Result<()>
    where
        Self: StoredOn<C>,
    {
        self.store().map_err(Error::Invalid)?;
        let (id, patches) = (self.row().id, self.row().data.patches());
        if patches.is_empty() && !joined_changed(self) {
            return Ok(());
        }
        let version = conn.atomically(|conn| {
            let stored = conn.lock_process(id)?;
            let stored = stored.ok_or_else(|| Error::NotFound { what: format!("process {id}") })?;
            conn.patch_process(id, stored.version + 1, patches)?;
            write_joined(self, conn)?;
            Ok::<_, Error>(stored.version + 1)
        })?;
        let row = self.row_mut();
        row.version = version;
        row.data.settle();
        settle_joined(self);
        Ok(())
    }
}

/// The fields of a process, from which a new one is made.
pub trait ProcessData {
    /// The document of a process with these fields.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that is not valid.
    fn document(&self) -> Result<Document>;
}

/// The fields of a process of type `P`: what its `..Data` is.
#[diagnostic::on_unimplemented(
    message = "another process cannot be started at this node",
    label = "it is called with `{Self}`, not with the process's own data",
    note = "name a `StartHandle` without `input`: what it is given is the process's data"
)]
pub trait DataOf<P: ProcessProxy>: ProcessData {
    /// What a process with these fields is made from.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that is not valid.
    #[doc(hidden)]
    fn beginning(self) -> Result<Beginning<P>>;
}

impl DataOf<Process> for NoData {
    fn beginning(self) -> Result<Beginning<Process>> {
        Ok((Document::default(), Some(())))
    }
}

impl Kept for Process {
    type Column = flow_process::data;
    const COLUMN: &'static Self::Column = &flow_process::data;
    const META: &'static [Meta] = &[];

    fn field(&self, _: u16) -> Option<&dyn Any> {
        None
    }

    fn field_mut(&mut self, _: u16) -> Option<&mut dyn Any> {
        None
    }
}

/// The plain row is the type of a flow whose processes have no fields of their own.
impl ProcessProxy for Process {
    type Data = NoData;
    type Seed = AnyModel;
    type Joined = ();
    type NewJoined = ();
    type Source = flow_process::table;

    fn source() -> flow_process::table {
        flow_process::table
    }

    fn from_parts(row: Process, (): ()) -> Result<Self, DataError> {
        Ok(row)
    }

    fn row(&self) -> &Process {
        self
    }

    fn row_mut(&mut self) -> &mut Process {
        self
    }
}

/// The fields of a process that has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoData;

impl ProcessData for NoData {
    fn document(&self) -> Result<Document> {
        Ok(Document::default())
    }
}

/// A node's own type of task, with `#[derive(TaskProxy)]`. A node without `task = ..` has the plain row, [`Task`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type of task",
    label = "this is no type of task",
    note = "give it `#[derive(TaskProxy)]` and a field `task: Task`"
)]
pub trait TaskProxy: Kept + Sized + Send + 'static {
    /// The model of its seed: `#[proxy(seed = Grain)]`.
    type Seed;
    /// What an edge can give it as its data.
    type Data;

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
    /// [`Error::Data`] if a field is missing or of another type.
    fn from_row(mut row: Task) -> Result<Self> {
        Ok(Self::lend(&mut row).map_err(Box::new)?)
    }

    /// The indexes that `#[proxy(index(..))]` asks for, as SQL for a migration of yours, as
    /// [`ProcessProxy::index_sql`].
    #[must_use]
    fn index_sql<C: FlowConnection>() -> String {
        indexes::sql("flow_task", "flow, node", &Self::indexes(), C::index_expression)
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
        write::store(&mut self, |task| task.row_mut().document_mut())?;
        *row = self.into_row();
        Ok(())
    }

    #[doc(hidden)]
    fn row_mut(&mut self) -> &mut Task;

    #[doc(hidden)]
    fn into_row(self) -> Task;
}

impl Kept for Task {
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

/// A row with a JSON document: of a process, or of a task.
#[doc(hidden)]
pub trait Row {
    fn process_id(&self) -> i64;
    fn document(&self) -> &Document;
    fn document_mut(&mut self) -> &mut Document;
}

impl Row for Process {
    fn process_id(&self) -> i64 {
        self.id
    }

    fn document(&self) -> &Document {
        &self.data
    }

    fn document_mut(&mut self) -> &mut Document {
        &mut self.data
    }
}

impl Row for Task {
    fn process_id(&self) -> i64 {
        self.process_id
    }

    fn document(&self) -> &Document {
        &self.data
    }

    fn document_mut(&mut self) -> &mut Document {
        &mut self.data
    }
}
