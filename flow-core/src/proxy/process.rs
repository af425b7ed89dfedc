//! `ProcessProxy`: a flow's own type of process.

use std::any::Any;

use super::columns::{joined_changed, settle_joined, write_joined};
use super::document::{Beginning, Meta, changed_fields, store};
use super::filter::{Index, Indexed, index_sql};
use super::{JsonProxy, Persist};
use crate::data::{Document, Patch};
use crate::in_step;
use crate::model::AnyModel;
use crate::store::schema::flow_process;
use crate::store::{FlowConnection, Store as _};
use crate::transition::{Actor, Verb, deny, permit};
use crate::{DataError, Error, FieldError, Process, Result, User};

/// The process type of a flow: the row, and typed fields that are stored in its JSON document.
///
/// `#[derive(ProcessProxy)]` implements it. The document is parsed once, when the row is loaded; after that the
/// accessors cannot fail.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a process type: `#[derive(ProcessProxy)]` is missing",
    label = "not a process type",
    note = "add `#[derive(ProcessProxy)]` to it, and a field `process: Process`"
)]
pub trait ProcessProxy: JsonProxy + Sized + Send + Sync + 'static {
    /// The fields, as a struct of their own: what a new process is made from.
    type Data: DataOf<Self>;

    /// The model of its seed: `#[proxy(seed = Source)]`.
    type Seed;

    /// Its own columns, in a row of another table, `#[proxy(joined, ..)]`, or in its own, `#[proxy(columns)]`; `()`
    /// if it has none.
    type Joined: Send + Sync + 'static;

    /// What they are made from when a process is started.
    type NewJoined: 'static;

    /// What its rows are read from: the table of all processes, and the joined one.
    type Source;

    /// For `#[flow]`, which asks it of the type it is given.
    #[doc(hidden)]
    const DERIVED: bool = true;

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
    #[allow(clippy::result_large_err, reason = "it is boxed where it becomes an `Error`")]
    fn from_parts(row: Process, joined: Self::Joined) -> Result<Self, DataError>;

    /// The row.
    fn row(&self) -> &Process;

    #[doc(hidden)]
    fn row_mut(&mut self) -> &mut Process;

    /// Writes the fields that changed into the row's document.
    #[doc(hidden)]
    fn store(&mut self) -> Result<(), Vec<FieldError>> {
        store(self, |process| &mut process.row_mut().data)
    }

    /// The indexes that `#[proxy(index(..))]` declares, as SQL for a migration of your own: one statement a line. A
    /// filter on such a field then reads only the rows that fit. On a large table of PostgreSQL you may want to write
    /// `CONCURRENTLY` behind `INDEX`.
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
        let of = Indexed { name: "flow_process", table: "flow_process", column: "data", before: "flow, " };
        index_sql::<C::Backend>(of, &Self::indexes())
    }

    #[doc(hidden)]
    #[must_use]
    fn indexes() -> Vec<Index> {
        Vec::new()
    }

    /// Stores the changes since it was loaded, and nothing else: the row is locked, the changed keys are patched, and
    /// the version is incremented. Not needed inside a transition, which stores changes by itself.
    ///
    /// The database patches the stored document, so concurrent changes of different fields are both kept; for the same
    /// field the last write wins. An object that somebody else has set to null meanwhile comes back as it is here.
    ///
    /// Inside a transaction of the caller it is not known whether that will be committed. The next `save` compares what
    /// this one wrote with the row, and writes it again if it was rolled back.
    ///
    /// A process that is done or cancelled can be saved as well, for example to correct or anonymize its fields. No
    /// task changes. The audit has a row of the action `save` with the names of the fields, by the actor `code`;
    /// [`save_as`](ProcessProxy::save_as) names a person.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct LeaveProcess { process: Process, #[json(default)] days: i64 }
    ///
    /// #[flow(process = LeaveProcess)]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.end)] start: StartHandle,
    ///     end: End,
    /// }
    ///
    /// fn correct(conn: &mut diesel::SqliteConnection, id: i64) -> flow_core::Result<()> {
    ///     let mut leave = LeaveFlow.processes().by_id(id).first(conn)?;
    ///     leave.set_days(5);
    ///     leave.save(conn)
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that is not valid, [`Error::NotFound`] if there is no such process any
    /// more, [`Error::Data`] if something else than an object is stored around a field. Nothing was written then.
    fn save<C: FlowConnection>(&mut self, conn: &mut C) -> Result<()>
    where
        Self: Persist<C>,
    {
        save(self, conn, &Actor::from(CODE))
    }

    /// [`save`](ProcessProxy::save) in the name of a person: the audit has them, and the note of `user.because("..")`.
    /// Whether they may, the caller has to know.
    ///
    /// # Errors
    /// As [`save`](ProcessProxy::save); [`Error::Invalid`] for a person whose id cannot be stored.
    fn save_as<C: FlowConnection>(&mut self, conn: &mut C, user: &dyn User) -> Result<()>
    where
        Self: Persist<C>,
    {
        permit::identified(user)?;
        save(self, conn, &Actor::of(user))
    }
}

/// Who saves where no person is named.
const CODE: &str = "code";

/// Writes what was changed, and a row of the audit that names the fields.
fn save<P: ProcessProxy + Persist<C>, C: FlowConnection>(process: &mut P, conn: &mut C, actor: &Actor) -> Result<()> {
    process.store().map_err(Error::Invalid)?;
    let document = &process.row().data;
    if !document.is_written() && !document.is_unconfirmed() && !joined_changed(process) {
        return Ok(());
    }
    let id = process.row().id;
    in_step::refuse_elsewhere(conn, id, "save")?;
    let inside = conn.store().depth()? > 0;
    let version = conn.atomically(|conn| {
        let stored = conn.store().lock_process(id)?;
        let stored = stored.ok_or_else(|| Error::NotFound { what: format!("process {id}") })?;
        recheck(process, &stored);
        let patch = process.row().data.patch();
        if patch.is_empty() && !joined_changed(process) {
            return Ok(None);
        }
        fits::<P>(&stored, &patch)?;
        conn.store().patch_process(id, stored.version + 1, patch)?;
        write_joined(process, conn)?;
        let mut audit = deny::row(id, actor, Verb::Save, None);
        let (document, written) = (&process.row().data, process.row().data.written());
        audit.fields = changed_fields(P::META, written, &stored.data, document, false);
        conn.store().add_audit(audit)?;
        Ok::<_, Error>(Some(stored.version + 1))
    })?;
    let row = process.row_mut();
    match version {
        Some(version) if inside => row.data.settle_unconfirmed(version),
        None if inside => {}
        _ => {
            row.data.settle();
            row.data.confirm();
        }
    }
    row.version = version.unwrap_or(row.version);
    settle_joined(process, inside);
    Ok(())
}

/// Marks again what an earlier `save` wrote inside a transaction that was rolled back.
fn recheck<P: ProcessProxy>(process: &mut P, stored: &Process) {
    let unconfirmed = process.row().data.is_unconfirmed();
    let lost = process.row_mut().data.recheck(&stored.data, stored.version);
    if unconfirmed {
        super::columns::recheck_joined(process, lost);
    }
}

/// Whether a patch can be applied to the row that is stored.
fn fits<P: JsonProxy>(stored: &Process, patch: &Patch) -> Result<()> {
    for value in &patch.values {
        if let Err(found) = stored.data.get(&value.path) {
            let meta = P::META.iter().find(|meta| value.path.starts_with(meta.path));
            let name = meta.map_or("data", |meta| meta.name);
            let path = crate::data::json_path(&value.path);
            let expected = "objects on the way to it".to_owned();
            let wrong = DataError {
                process: stored.id,
                task: None,
                row: None,
                field: name,
                path,
                found: found.to_owned(),
                expected,
            };
            return Err(Error::Data(Box::new(wrong)));
        }
    }
    Ok(())
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
    message = "no subprocess can be started at this node",
    label = "its input is `{Self}`, not the data of its process",
    note = "use a `StartHandle` without `input`: it takes the data of its process"
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

impl JsonProxy for Process {
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
