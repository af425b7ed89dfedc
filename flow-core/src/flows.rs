//! What acts on any flow: the list of an app's flows.

use flow_graph::Graph;

use crate::flow::node;
use crate::store::{AuditRow, DueRow, FlowConnection, Store as _};
use crate::transition::due::{self, Outcome};
use crate::{Error, Flow, FormField, Permission, Process, Result, Task, User, clock, permissions};

/// Longest list that [`Flows::inbox`] and [`Flows::queue`] give.
const LIST: i64 = 200;

/// How many due rows are read at once.
const BATCH: i64 = 100;

/// The flows of an app, on one type of connection: `static FLOWS: Flows<Db> = flows![HelloWorldFlow];`
#[derive(Clone, Copy, Debug)]
pub struct Flows<C: 'static> {
    flows: &'static [FlowEntry<C>],
}

/// One flow in [`Flows`], as functions. `flows![]` makes it.
#[doc(hidden)]
pub struct FlowEntry<C> {
    graph: &'static Graph<'static>,
    run_due: fn(&mut C, &DueRow) -> Result<Outcome>,
    queue: fn(&mut C, &dyn User, i64) -> Result<Vec<Task>>,
    fields: fn(&str) -> &'static [FormField],
    permissions: fn() -> Vec<Permission>,
}

impl<C> std::fmt::Debug for FlowEntry<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.graph.name)
    }
}

impl<C: FlowConnection> FlowEntry<C> {
    pub(crate) fn permissions(&self) -> Vec<Permission> {
        (self.permissions)()
    }

    #[must_use]
    pub const fn of<F: Flow<Connection = C>>() -> Self {
        FlowEntry {
            graph: F::GRAPH,
            run_due: due::run::<F>,
            queue: queue::<F>,
            fields: fields::<F>,
            permissions: permissions::of_flow::<F>,
        }
    }
}

/// The list of an app's flows: a constant.
///
/// Two flows of one name do not compile.
///
/// ```
/// use flow_core::prelude::*;
///
/// #[flow]
/// pub struct LeaveFlow {
///     #[node(permission(anyone), next = this.end)] start: Start,
///     end: End,
/// }
///
/// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
///
/// fn main() {
///     assert_eq!(FLOWS.graphs().count(), 1);
/// }
/// ```
#[macro_export]
macro_rules! flows {
    ($($flow:ty),* $(,)?) => {
        $crate::Flows::new(const { &[$($crate::__private::FlowEntry::of::<$flow>()),*] })
    };
}

impl<C: FlowConnection> Flows<C> {
    // The error of two flows of one name is the caller's, and shows neither this function nor std's `panic!`.
    #[track_caller]
    #[doc(hidden)]
    #[must_use]
    pub const fn new(flows: &'static [FlowEntry<C>]) -> Self {
        let mut a = 0;
        while a < flows.len() {
            let mut b = a + 1;
            while b < flows.len() {
                assert!(
                    !same(flows[a].graph.name, flows[b].graph.name),
                    "two flows have the same stored name; give one of them another: #[flow(name = \"..\")]"
                );
                b += 1;
            }
            a += 1;
        }
        Flows { flows }
    }

    pub(crate) fn entries(&self) -> &'static [FlowEntry<C>] {
        self.flows
    }

    /// The graphs of the flows, in the order of the list.
    pub fn graphs(&self) -> impl Iterator<Item = &'static Graph<'static>> + use<C> {
        self.flows.iter().map(|flow| flow.graph)
    }

    /// What the form of a node asks for, by the stored names of its flow and itself: of any task,
    /// `FLOWS.fields(task.flow(), task.node())`. Empty if there is no such node or form.
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
        let found = self.flows.iter().find(|entry| entry.graph.name == flow);
        found.map_or(&[], |entry| (entry.fields)(node))
    }

    /// What the form of a node asks for, each field with its value in this process: as
    /// [`fields_of`](crate::node::View::fields_of) of the node.
    #[must_use]
    pub fn fields_of(&self, process: &Process, node: &str) -> Vec<FormField> {
        let fields = self.fields(process.flow(), node);
        fields.iter().map(|field| field.clone().with_value_of(process)).collect()
    }

    /// Makes the tables, or brings them to this version. Safe from several processes at once.
    ///
    /// # Errors
    /// `Database` if the database refuses.
    pub fn migrate(&self, conn: &mut C) -> Result<()> {
        conn.migrate()
    }

    /// Does what is due now: jobs, and timers whose time has come. What becomes due meanwhile is done by the
    /// next call.
    ///
    /// Call it again and again, from as many processes as you like: each row is done by one of them. What
    /// fails leaves its task in error, and the others go on. It must not be called inside a transaction: a
    /// job is claimed, run and completed in three steps. Jobs run one after another on the caller's thread: give
    /// long ones a thread, or a process, of their own.
    ///
    /// # Errors
    /// `Database` if the database cannot be reached or is busy; what was not done is still due.
    pub fn run_due(&self, conn: &mut C) -> Result<DueReport> {
        if conn.depth()? > 0 {
            return Err(Error::invalid("connection", "is in a transaction; jobs run outside of any"));
        }
        let names: Vec<&str> = self.flows.iter().map(|flow| flow.graph.name).collect();
        let now = clock::now();
        let mut report = DueReport::default();
        let mut last: Option<DueRow> = None;
        loop {
            let rows = conn.due(&names, now, last.as_ref(), BATCH)?;
            let Some(newest) = rows.last().cloned() else { return Ok(report) };
            let more = i64::try_from(rows.len()).is_ok_and(|count| count == BATCH);
            for row in rows {
                let Some(flow) = self.flows.iter().find(|flow| flow.graph.name == row.flow) else { continue };
                match (flow.run_due)(conn, &row)? {
                    Outcome::Done => report.done += 1,
                    Outcome::Failed => report.failed += 1,
                    Outcome::Passed => report.passed += 1,
                }
            }
            if !more {
                return Ok(report);
            }
            last = Some(newest);
        }
    }

    /// The tasks that this person has taken, the oldest first, at most 200.
    ///
    /// # Errors
    /// `Database`.
    pub fn inbox(&self, conn: &mut C, user: &dyn User) -> Result<Vec<Task>> {
        let names: Vec<&str> = self.flows.iter().map(|flow| flow.graph.name).collect();
        Ok(conn.inbox(&names, user.id(), LIST)?)
    }

    /// The tasks that nobody has taken and this person may take, the oldest first, at most 200.
    ///
    /// # Errors
    /// `Database`.
    pub fn queue(&self, conn: &mut C, user: &dyn User) -> Result<Vec<Task>> {
        let mut tasks = Vec::new();
        for flow in self.flows {
            tasks.extend((flow.queue)(conn, user, LIST)?);
        }
        tasks.sort_unstable_by_key(Task::id);
        tasks.truncate(usize::try_from(LIST).unwrap_or(usize::MAX));
        Ok(tasks)
    }

    /// The row of a process of one of these flows.
    ///
    /// # Errors
    /// `NotFound` if there is none.
    pub fn process(&self, conn: &mut C, id: i64) -> Result<Process> {
        let row = conn.process(id)?.filter(|row| self.flows.iter().any(|flow| flow.graph.name == row.flow));
        row.ok_or_else(|| Error::NotFound { what: format!("process {id}") })
    }

    /// The tasks of a process, by number.
    ///
    /// # Errors
    /// `NotFound` if there is no such process.
    pub fn tasks(&self, conn: &mut C, process: i64) -> Result<Vec<Task>> {
        self.process(conn, process)?;
        Ok(conn.tasks(process)?)
    }

    /// What happened to a process, in order.
    ///
    /// # Errors
    /// `NotFound` if there is no such process.
    pub fn history(&self, conn: &mut C, process: i64) -> Result<Vec<AuditRow>> {
        self.process(conn, process)?;
        Ok(conn.history(process)?)
    }
}

/// What [`Flows::run_due`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DueReport {
    /// Jobs completed, timers fired.
    pub done: usize,
    /// What left its task in error.
    pub failed: usize,
    /// What another worker had, or what was not to be done any more.
    pub passed: usize,
}

impl DueReport {
    /// Whether anything was due.
    #[must_use]
    pub fn any(&self) -> bool {
        self.done + self.failed + self.passed > 0
    }
}

/// What a node's form asks for.
fn fields<F: Flow>(name: &str) -> &'static [FormField] {
    let found = F::GRAPH.find(name).and_then(|id| node::<F>(id).ok());
    found.map_or(&[], |(_, def)| def.fields)
}

/// The tasks of one flow that this person may take.
fn queue<F: Flow>(conn: &mut F::Connection, user: &dyn User, most: i64) -> Result<Vec<Task>> {
    use crate::transition::{allowed_by_name, may_take_task};
    let (mut certain, mut asked) = (Vec::new(), Vec::new());
    for id in F::GRAPH.ids() {
        let (node, def) = node::<F>(id)?;
        if !node.kind.is_human() || node.kind.begins() {
            continue;
        }
        match allowed_by_name(&def.rule, user, F::GRAPH.name, node.name) {
            Some(true) if def.different_from.is_empty() => certain.push(node.name),
            Some(true) => asked.push((id, node.name)),
            Some(false) => {}
            None => asked.push((id, node.name)),
        }
    }
    let mut tasks = if certain.is_empty() { Vec::new() } else { conn.queue(F::GRAPH.name, &certain, most)? };
    for (id, name) in asked {
        for task in conn.queue(F::GRAPH.name, &[name], most)? {
            if may_take_task::<F>(conn, user, id, &task)? {
                tasks.push(task);
            }
        }
    }
    Ok(tasks)
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}
