//! Tasks that wait in nodes which are obsolete, and how they are moved on.

use std::fmt;

use flow_graph::{Kind, Node, NodeId};

use super::{DynFlow, Flows};
use crate::error::Reason;
use crate::store::{FlowConnection, Store as _};
use crate::transition::{Input, Verb};
use crate::{Error, ErrorKind, Refusal, Result, System, Task, TaskId, Timestamp, User};

/// How many tasks are read at once.
const PAGE: i64 = 500;

/// An obsolete node in which tasks are open: see [`Flows::retired`].
#[derive(Debug)]
#[non_exhaustive]
pub struct RetiredPlace {
    /// The stored name of the flow.
    pub flow: &'static str,
    /// The stored name of the node.
    pub node: &'static str,
    /// The stored name of the node that its tasks are moved to.
    pub to: &'static str,
    /// How many tasks would be moved now.
    pub tasks: usize,
    /// When the oldest open task was made, of those that stay too.
    pub oldest: Timestamp,
    /// The tasks that cannot be moved now.
    pub stays: Vec<Unmoved>,
}

/// A task that cannot be moved, and stays where it is.
#[derive(Debug)]
#[non_exhaustive]
pub struct Unmoved {
    /// The task.
    pub task: TaskId,
    /// Why: a `Conflict` where a body runs, a child process is open or the process is suspended; `Data` if the document
    /// of the process cannot be read; `Step` if a callback of what follows failed.
    pub error: Error,
}

/// What [`Flows::move_retired`] has done.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Moved {
    /// The tasks that were moved on.
    pub moved: Vec<TaskId>,
    /// The tasks that could not be moved, and stay.
    pub stays: Vec<Unmoved>,
}

impl fmt::Display for Unmoved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task {} stays: {}", self.task, self.error)
    }
}

impl fmt::Display for RetiredPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RetiredPlace { flow, node, to, tasks, oldest, stays } = self;
        write!(f, "{flow}: {tasks} tasks of `{node}` to `{to}`, the oldest since {oldest}; {} stay", stays.len())
    }
}

impl<C: FlowConnection> Flows<C> {
    /// What [`move_retired`](Flows::move_retired) would do now: for each [`Obsolete`](crate::node::Obsolete) node with
    /// open tasks where they go, how many, since when, and which stay. It writes nothing and calls no callback, so that a
    /// failure of a callback is not among the reasons. It looks at each task by itself.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// mod before {
    ///     use flow_core::prelude::*;
    ///     #[flow(name = "order")]
    ///     pub struct OrderFlow {
    ///         #[node(permission(anyone), next = this.label)] pub start: StartHandle,
    ///         #[node(permission(anyone), next = this.send)] label: View,
    ///         #[node(permission(anyone), next = this.end)] send: View,
    ///         end: End,
    ///     }
    /// }
    ///
    /// #[flow(name = "order")]
    /// pub struct OrderFlow {
    ///     #[node(permission(anyone), next = this.send)] start: StartHandle,
    ///     #[node(retired(to = this.send))] label: Obsolete,
    ///     #[node(permission(anyone), next = this.end)] send: View,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![OrderFlow];
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     FLOWS.migrate(&mut conn)?;
    ///     let process = before::OrderFlow.start.run(&mut conn, &System("shop"), Default::default())?;
    ///     let plan = FLOWS.retired(&mut conn)?;
    ///     assert_eq!((plan[0].node, plan[0].to, plan[0].tasks), ("label", "send", 1));
    ///     let done = FLOWS.move_retired(&mut conn, &System("deployment"))?;
    ///     assert_eq!((done.moved.len(), done.stays.len()), (1, 0));
    ///     assert_eq!(OrderFlow.send.tasks().of(process.id()).one(&mut conn)?.node(), "send");
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// `Database`.
    pub fn retired(&self, conn: &mut C) -> Result<Vec<RetiredPlace>> {
        let mut places = Vec::new();
        for obsolete in self.obsolete() {
            let Obsolete { flow, at, node } = obsolete;
            let to = node.edges.first().and_then(|edge| flow.graph().node(edge.to));
            let mut place: Option<RetiredPlace> = None;
            obsolete.each(conn, |conn, task| {
                let looked = flow.look_retired(conn, at, task.id(), &System("plan"));
                let place = place.get_or_insert_with(|| RetiredPlace {
                    flow: flow.graph().name,
                    node: node.name,
                    to: to.map_or("", |to| to.name),
                    tasks: 0,
                    oldest: task.created(),
                    stays: Vec::new(),
                });
                place.oldest = place.oldest.min(task.created());
                match looked {
                    Ok(()) => place.tasks += 1,
                    Err(error) => place.stays.extend(Unmoved::of(task.id(), error)?),
                }
                Ok(())
            })?;
            places.extend(place);
        }
        Ok(places)
    }

    /// Moves the open tasks of all [`Obsolete`](crate::node::Obsolete) nodes on, to where their `retired(to = ..)` leads:
    /// each in a transition of its own, which ends the task and its timeouts, makes the next task with its own timeouts,
    /// and writes `move_retired` into the history. What cannot be moved stays and is listed: a task whose body runs,
    /// one whose child process is open, one of a suspended process or of one that cannot be read, and one whose next
    /// step fails.
    ///
    /// It can be called at any time and again, also while workers of an older release run and make new such tasks.
    /// [`retired`](Flows::retired) says what it would do.
    ///
    /// # Errors
    /// `Denied` if the user does not manage a flow that has an obsolete node; `Database`: what was moved until then stays
    /// moved.
    pub fn move_retired(&self, conn: &mut C, user: &dyn User) -> Result<Moved> {
        let mut done = Moved::default();
        for obsolete in self.obsolete() {
            let name = obsolete.flow.graph().name;
            if !user.manages(name) {
                let reason = Reason::new(Refusal::NotManager, format!("only managers of `{name}` may"));
                return Err(Error::denied(user, format!("move retired tasks of `{name}`"), reason));
            }
        }
        for obsolete in self.obsolete() {
            let Obsolete { flow, at, .. } = obsolete;
            obsolete.each(conn, |conn, task| {
                match flow.request(conn, self.asked(Verb::MoveRetired, at, task.id(), user), Input::none()) {
                    Ok(_) => done.moved.push(task.id()),
                    Err(error) => done.stays.extend(Unmoved::of(task.id(), error)?),
                }
                Ok(())
            })?;
        }
        Ok(done)
    }

    /// The obsolete nodes of all flows.
    fn obsolete(&self) -> Vec<Obsolete<C>> {
        let of_flow = |flow: &'static DynFlow<C>| {
            let graph = flow.graph();
            let nodes = graph.ids().filter_map(move |at| Some((at, graph.node(at)?)));
            nodes.filter(|(_, node)| node.kind == Kind::Obsolete).map(move |(at, node)| Obsolete { flow, at, node })
        };
        self.all().iter().flat_map(of_flow).collect()
    }
}

/// An obsolete node.
struct Obsolete<C: 'static> {
    flow: &'static DynFlow<C>,
    at: NodeId,
    node: &'static Node<'static>,
}

impl<C: FlowConnection> Obsolete<C> {
    /// Does something with each of its open tasks, by process and number.
    fn each(&self, conn: &mut C, mut f: impl FnMut(&mut C, &Task) -> Result<()>) -> Result<()> {
        let graph = self.flow.graph();
        let flows: Vec<&str> = graph.flow_names().collect();
        let nodes: Vec<&str> = graph.names(self.at).collect();
        let mut after = (0, 0);
        loop {
            let page = conn.store().open_tasks_of(&flows, &nodes, after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = (last.process_id, last.number);
            page.iter().try_for_each(|task| f(conn, task))?;
        }
    }
}

impl Unmoved {
    /// Why a task stays; `None` of one that somebody has done, cancelled or moved meanwhile.
    ///
    /// # Errors
    /// The database cannot be asked, so that nothing more can be done.
    fn of(task: TaskId, error: Error) -> Result<Option<Self>> {
        match error {
            Error::Conflict(conflict) if conflict.status.is_final() => Ok(None),
            error if error.kind() == ErrorKind::Database && !error.is_retryable() => Err(error),
            error => Ok(Some(Unmoved { task, error })),
        }
    }
}
