//! Operations on any process and task by id, whatever its flow.

use flow_graph::Kind;
use serde_json::{Map, Value};

use super::drafts::drafted;
use super::{DynFlow, Flows};
use crate::data::Document;
use crate::form::{self, ChoicesOf, Sent};
use crate::store::{FlowConnection, Store as _};
use crate::transition::{Input, Verb};
use crate::{Choice, Error, FormField, Process, Result, Task, TaskId, TaskView, User};

/// The kinds of tasks that people do.
pub(super) const PEOPLE: &[Kind] = &[Kind::View, Kind::ManualTask];

impl<C: FlowConnection> Flows<C> {
    /// The fields of the form of a node, by the stored names of flow and node: for any task, `FLOWS.fields(task.flow(),
    /// task.node())`. Empty if there is no such node or form.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct LeaveProcess { process: Process, #[json(default)] days: i64 }
    ///
    /// #[flow(process = LeaveProcess)]
    /// pub struct LeaveFlow {
    ///     #[node(form = LeaveForm { days }, permission(anyone), next = this.end)] start: Start,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// fn main() {
    ///     assert_eq!(FLOWS.fields("leave", "start")[0].label, "Days");
    ///     assert!(FLOWS.fields("leave", "end").is_empty());
    /// }
    /// ```
    #[must_use]
    pub fn fields(&self, flow: &str, node: &str) -> &'static [FormField] {
        self.find(flow).map_or(&[], |flow| flow.fields(node))
    }

    /// The fields of the form of a node, each with its current value in this process: like
    /// [`fields_of`](crate::node::View::fields_of) of the node.
    #[must_use]
    pub fn fields_of(&self, process: &Process, node: &str) -> Vec<FormField> {
        let fields = self.fields(process.flow(), node);
        fields.iter().map(|field| field.clone().with_value_of(process)).collect()
    }

    /// The current values of the form of a task, as JSON by field name. Secrets are not included. No permission is
    /// checked: the caller is responsible for that.
    ///
    /// # Errors
    /// `NotFound` if there is no such task.
    pub fn values(&self, conn: &mut C, task: TaskId) -> Result<Map<String, Value>> {
        let task = self.task(conn, task)?;
        let process = self.process(conn, task.process_id)?;
        Ok(form::values_of_task(self.fields(task.flow(), task.node()), &process, &task))
    }

    /// Sets the queries that return the choices of references: `flows![OrderFlow].with_choices(&[CARRIERS])`. They are
    /// used to render forms and to validate what is submitted: see [`ChoicesOf`].
    #[must_use]
    pub const fn with_choices(mut self, choices: &'static [ChoicesOf<C>]) -> Self {
        self.choices = choices;
        self
    }

    /// The form of a task, to render it for a user: each field with its current value and its choices.
    ///
    /// # Errors
    /// `NotFound` if there is no such task; any error of a query of choices.
    pub fn form(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Vec<FormField>> {
        let task = self.task(conn, task)?;
        let process = self.process(conn, task.process_id)?;
        let draft = conn.store().draft(task.id(), user.id())?;
        self.form_of_rows(conn, &process, &task, draft.as_ref(), user)
    }

    /// As [`form`](Flows::form), of a task that was read already.
    ///
    /// # Errors
    /// As [`form`](Flows::form).
    pub fn form_in(&self, conn: &mut C, view: &TaskView, user: &dyn User) -> Result<Vec<FormField>> {
        let draft = self.draft_in(conn, view, user)?;
        self.form_of_rows(conn, view.process(), &view.task, draft.as_ref(), user)
    }

    fn form_of_rows(
        &self,
        conn: &mut C,
        process: &Process,
        task: &Task,
        draft: Option<&Document>,
        user: &dyn User,
    ) -> Result<Vec<FormField>> {
        let known = self.fields(task.flow(), task.node());
        let mut values = form::values_of_task(known, process, task);
        let filled = |field: &FormField| field.clone().with_value_of(process).with_value_of_task(task);
        let mut fields: Vec<FormField> = known.iter().map(filled).collect();
        for (name, value) in draft.map(|draft| drafted(known, draft)).unwrap_or_default() {
            for field in fields.iter_mut().filter(|field| field.name == name) {
                field.value = Some(value.clone());
            }
            values.insert(name, value);
        }
        form::with_choices(&fields, self.choices, conn, user, &values)
    }

    /// The form of a start, to render it for a user: each field with its choices.
    ///
    /// # Errors
    /// `NotFound` if the list has no such flow or start; `Denied` if the user may not start a process there; any error
    /// of a query of choices.
    pub fn start_form(&self, conn: &mut C, flow: &str, node: &str, user: &dyn User) -> Result<Vec<FormField>> {
        let flow = self.get(flow)?;
        flow.may_start(node, user)?;
        form::with_choices(flow.fields(node), self.choices, conn, user, &Map::new())
    }

    /// Whether a query for the choices of the fields of this name is declared.
    #[must_use]
    pub fn has_choices(&self, field: &str) -> bool {
        self.choices.iter().any(|source| source.field() == field)
    }

    /// These fields with the choices that their queries return for this user, given the values entered so far: to render
    /// a form again that is half filled in, where the choices of one field depend on another.
    ///
    /// # Errors
    /// Any error of a query of choices.
    pub fn fill_choices(
        &self,
        conn: &mut C,
        user: &dyn User,
        fields: &[FormField],
        values: &Map<String, Value>,
    ) -> Result<Vec<FormField>> {
        form::with_choices(fields, self.choices, conn, user, values)
    }

    /// The choices of a field, given the values entered so far: those whose label contains a text.
    ///
    /// # Errors
    /// `NotFound` if no choices are declared for the field; any error of the query.
    pub fn search_choices(
        &self,
        conn: &mut C,
        user: &dyn User,
        field: &str,
        values: &Map<String, Value>,
        search: &str,
    ) -> Result<Vec<Choice>> {
        let source = self.choices.iter().find(|source| source.field() == field);
        let source = source.ok_or_else(|| Error::NotFound { what: format!("choices of `{field}`") })?;
        source.search(conn, user, values, search)
    }

    /// Starts a process of a flow, like [`DynFlow::start`]; references are validated against their choices.
    ///
    /// # Errors
    /// As [`DynFlow::start`]; `NotFound` if the list has no such flow.
    pub fn start(&self, conn: &mut C, flow: &str, node: &str, user: &dyn User, sent: Sent<'_>) -> Result<Process> {
        let flow = self.get(flow)?;
        let at = flow.start_node(node)?;
        let input = match flow.may_start(node, user) {
            Ok(()) => self.input(conn, flow, at, user, sent),
            Err(error) => Input::refused(error),
        };
        flow.start_with(conn, at, user, None, input)
    }

    /// Starts a process of a flow once, like [`DynFlow::start_once`]: if one was started with this key, that one is
    /// returned, whatever is submitted. References are validated against their choices.
    ///
    /// ```
    /// use flow_core::form::Sent;
    /// # use flow_core::prelude::*;
    /// # #[flow]
    /// # pub struct LeaveFlow { #[node(permission(anyone), next = this.end)] start: Start, end: End }
    /// # static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    /// # fn main() -> flow_core::Result<()> {
    /// # let mut conn = flow_core::sqlite::open(":memory:")?;
    /// # FLOWS.migrate(&mut conn)?;
    /// let once = |conn: &mut _| FLOWS.start_once(conn, "leave", "start", &System("me"), "form 5", Sent::Json(b"{}"));
    /// assert_eq!(once(&mut conn)?.id(), once(&mut conn)?.id());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`DynFlow::start_once`]; `NotFound` if the list has no such flow.
    pub fn start_once(
        &self,
        conn: &mut C,
        flow: &str,
        node: &str,
        user: &dyn User,
        key: &str,
        sent: Sent<'_>,
    ) -> Result<Process> {
        let flow = self.get(flow)?;
        let at = flow.start_node(node)?;
        let input = match flow.may_start(node, user) {
            Ok(()) => self.input(conn, flow, at, user, sent),
            Err(error) => Input::refused(error),
        };
        flow.start_with(conn, at, user, Some(key), input)
    }

    /// Assigns a task to this user (claims it), like [`View::assign`](crate::node::View::assign).
    ///
    /// # Errors
    /// As [`View::assign`](crate::node::View::assign); `NotFound` if it is not a task of a `View`.
    pub fn assign(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Task> {
        let (flow, at) = self.node_of(conn, task, PEOPLE)?;
        flow.request(conn, self.asked(Verb::Assign, at, task, user), Input::none())
    }

    /// Unassigns a task, like [`View::unassign`](crate::node::View::unassign).
    ///
    /// # Errors
    /// As [`View::unassign`](crate::node::View::unassign); `NotFound` if it is not a task of a `View`.
    pub fn unassign(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Task> {
        let (flow, at) = self.node_of(conn, task, PEOPLE)?;
        flow.request(conn, self.asked(Verb::Unassign, at, task, user), Input::none())
    }

    /// Completes a task with the submitted form, like [`View::execute`](crate::node::View::execute); references are
    /// validated against their choices. Returns the task as it is afterwards.
    ///
    /// ```
    /// use flow_core::form::Sent;
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct LeaveProcess { process: Process, #[json(default)] approved: bool }
    ///
    /// #[flow(process = LeaveProcess)]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.approve)] start: Start,
    ///     #[node(form = ApproveForm { approved }, permission(anyone), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     FLOWS.migrate(&mut conn)?;
    ///     let anna = System("anna");
    ///     FLOWS.start(&mut conn, "leave", "start", &anna, Sent::Json(b"{}"))?;
    ///     let task = FLOWS.queue(&mut conn, &anna)?[0].id();
    ///     FLOWS.assign(&mut conn, task, &anna)?;
    ///     FLOWS.execute(&mut conn, task, &anna, Sent::Urlencoded(b"approved=on"))?;
    ///     assert!(LeaveFlow.processes().first::<LeaveProcess>(&mut conn)?.approved());
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`View::execute`](crate::node::View::execute); `NotFound` if it is not a task of a `View`.
    pub fn execute(&self, conn: &mut C, task: TaskId, user: &dyn User, sent: Sent<'_>) -> Result<Task> {
        let (flow, at) = self.node_of(conn, task, PEOPLE)?;
        let input = self.input(conn, flow, at, user, sent);
        flow.request(conn, self.asked(Verb::Execute, at, task, user), input)
    }

    /// Completes a task of a `Handle` with the submitted input, like [`Handle::run`](crate::node::Handle::run). Returns
    /// the task as it is afterwards.
    ///
    /// # Errors
    /// As [`Handle::run`](crate::node::Handle::run); `NotFound` if it is not a task of a `Handle`.
    pub fn run(&self, conn: &mut C, task: TaskId, user: &dyn User, sent: Sent<'_>) -> Result<Task> {
        let (flow, at) = self.node_of(conn, task, &[Kind::Handle, Kind::MessageCatch])?;
        let input = self.input(conn, flow, at, user, sent);
        flow.request(conn, self.asked(Verb::Run, at, task, user), input)
    }

    /// A one-line description of a process: see [`Flow::brief`](crate::Flow::brief).
    ///
    /// # Errors
    /// `Data` if its document cannot be read.
    pub fn brief(&self, conn: &mut C, process: &Process) -> Result<String> {
        self.get(process.flow())?.brief(conn, process.clone(), None)
    }

    /// A one-line description of a task: see [`Flow::task_brief`](crate::Flow::task_brief).
    ///
    /// # Errors
    /// `Data` if the document of its process cannot be read.
    pub fn task_brief(&self, conn: &mut C, process: &Process, task: &Task) -> Result<String> {
        self.get(process.flow())?.brief(conn, process.clone(), Some(task))
    }

    /// The title of the node of a task.
    #[must_use]
    pub fn task_title<'t>(&self, task: &'t Task) -> &'t str {
        self.find(task.flow()).map_or(task.node(), |flow| flow.node_title(task.node()))
    }

    /// The flow and the node of a task that is of one of these kinds.
    pub(super) fn node_of(
        &self,
        conn: &mut C,
        id: TaskId,
        kinds: &[Kind],
    ) -> Result<(&'static DynFlow<C>, flow_graph::NodeId)> {
        let task = self.task(conn, id)?;
        let flow = self.get(task.flow())?;
        let at = flow.graph().find(task.node());
        let at = at.filter(|at| flow.graph().node(*at).is_some_and(|node| kinds.contains(&node.kind)));
        let kind = kinds.first().map_or("", |kind| kind.name());
        Ok((flow, at.ok_or_else(|| Error::NotFound { what: format!("{kind} task {id}") })?))
    }

    /// What was sent for a node. What is wrong with it is reported once the person may do it.
    fn input(&self, conn: &mut C, flow: &DynFlow<C>, at: flow_graph::NodeId, user: &dyn User, sent: Sent<'_>) -> Input {
        let name = flow.graph().node(at).map_or("", |node| node.name);
        let fields = flow.fields(name);
        if fields.iter().any(|field| self.choices.iter().any(|source| source.field() == field.name)) {
            let values = sent.values();
            let checked = values.and_then(|values| form::check_choices(fields, self.choices, conn, user, &values));
            if let Err(error) = checked {
                // With all that is wrong beside it.
                return flow.read(at, sent).and_refused(error);
            }
        }
        flow.read(at, sent)
    }
}
