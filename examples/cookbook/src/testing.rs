//! What the tests of the patterns share.

use diesel::sqlite::Sqlite;
use flow_core::node::{HumanNode, InputNode, ProcessOf};
use flow_core::prelude::*;
use flow_core::query::NodeTasks;
use flow_core::schema::{flow_process, flow_task};

pub(crate) use flow_core::ProcessStatus::{Canceled, Done, New};
pub(crate) use flow_core::test_util::{TestClock, database};
pub(crate) use flow_core::{ErrorKind, Result, TaskStatus};

use crate::Db;

/// Code, which may do everything.
pub(crate) const OFFICE: System = System("office");

/// A manager of all flows.
pub(crate) const MONA: Person = Person { manages: true, ..Person::new("mona") };

/// A person with an id.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    pub(crate) id: &'static str,
    pub(crate) permissions: &'static [&'static str],
    pub(crate) groups: &'static [&'static str],
    pub(crate) manages: bool,
    pub(crate) acts_for: Option<&'static Person>,
}

impl Person {
    pub(crate) const fn new(id: &'static str) -> Person {
        Person { id, permissions: &[], groups: &[], manages: false, acts_for: None }
    }

    pub(crate) const fn may(self, permissions: &'static [&'static str]) -> Person {
        Person { permissions, ..self }
    }
}

impl User for Person {
    fn id(&self) -> &str {
        self.id
    }

    fn may(&self, permission: &Permission) -> bool {
        self.permissions.contains(&permission.name())
    }

    fn manages(&self, _flow: &str) -> bool {
        self.manages
    }

    fn groups(&self) -> Vec<&str> {
        self.groups.to_vec()
    }

    fn acts_for(&self) -> Vec<&dyn User> {
        self.acts_for.iter().map(|person| *person as &dyn User).collect()
    }
}

/// The oldest open task of a node.
pub(crate) fn open(conn: &mut Db, tasks: NodeTasks<Sqlite>, process: i64) -> Result<Task> {
    Ok(tasks.open().of(process).order(flow_task::number.asc()).first(conn)?)
}

/// Claims the oldest open task of a node, unless the person has it, and completes it.
pub(crate) fn complete<N>(
    conn: &mut Db,
    node: View<N>,
    process: i64,
    user: &dyn User,
    form: N::Form,
) -> Result<ProcessOf<N>>
where
    N: HumanNode<Flow: flow_core::Flow<Connection = Db>>,
{
    let task = open(conn, node.tasks(), process)?;
    if task.owner() != Some(user.id()) {
        node.assign(conn, task.id(), user)?;
    }
    node.execute(conn, task.id(), user, form)
}

/// Calls the oldest open task of a node.
pub(crate) fn call<N>(conn: &mut Db, node: Handle<N>, process: i64, input: N::Input) -> Result<ProcessOf<N>>
where
    N: InputNode<Flow: flow_core::Flow<Connection = Db>>,
{
    let task = open(conn, node.tasks(), process)?.id();
    node.run(conn, task, &OFFICE, input)
}

/// Asserts that all processes are sound and stay so whatever a manager does to them now, and that each can be explained
/// and drawn.
#[track_caller]
pub(crate) fn sound(flows: &Flows<Db>, conn: &mut Db) -> Result<()> {
    for id in flow_process::table.select(flow_process::id).load::<i64>(conn)? {
        let text = flows.explain(conn, id)?.to_string();
        assert!(text.starts_with(&format!("Process {id} ")), "{text}");
        assert!(flows.svg_of(conn, id)?.starts_with("<svg"));
    }
    flows.assert_sound(conn)
}
