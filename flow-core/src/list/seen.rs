//! Who may see a process, as a condition in SQL, and what a flow's own rules say of the rows of a page.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::rows::{self, Listed, ProcessRow};
use super::who::{self, OfNode};
use crate::flow::ViewRule;
use crate::sabotage::is_out;
use crate::store::Store as _;
use crate::store::list::{ListIndex, ListQuery, NullColumn, Part, Sort, TextColumn, Where};
use crate::transition::permit::Represented;
use crate::{Error, Flow, Permission, Process, Result, TaskStatus, User};

/// The processes of a flow that somebody may see.
pub(crate) struct Seen {
    /// For sure: started, owned, or with a task that they may take.
    certain: Where,
    /// Besides, where a method of the flow says yes.
    asked: Where,
}

impl Seen {
    /// Those that can be seen, or may turn out so.
    pub(crate) fn condition(&self) -> Where {
        self.certain.clone().or(self.asked.clone())
    }
}

/// What somebody may see of a flow; of these processes alone, if they are known.
pub(crate) fn of_flow<F: Flow>(user: &dyn User, processes: Option<&[i64]>) -> Seen {
    let graph = F::GRAPH;
    let everything = user.is_system()
        || user.manages(graph.name)
        || match F::VIEW {
            ViewRule::Anyone => true,
            ViewRule::Auto => user.may(&Permission::auto(graph.name, "view")),
            ViewRule::Named(name) => user.may(&Permission::new(name, graph.name, "view")),
            ViewRule::Nobody | ViewRule::Process(_) => false,
        };
    if everything {
        return Seen { certain: Where::always(), asked: Where::never() };
    }
    let has = |index, task| Where::HasTask {
        task: Box::new(task),
        index: Some(index),
        processes: processes.map(<[i64]>::to_vec),
    };
    let owner =
        |people: Vec<String>| Where::OneOf(TextColumn::Owner, people).and(Where::IsNull(NullColumn::Owner).negated());
    let me = match user.represents() {
        Some((person, _)) => vec![user.id().to_owned(), person.id().to_owned()],
        None => vec![user.id().to_owned()],
    };
    let mine = if is_out("seen_owner") { Where::never() } else { owner(me.clone()) };
    let started = Where::OneOf(TextColumn::StartedBy, me).and(Where::IsNull(NullColumn::StartedBy).negated());
    // Spelled out, so that the index goes on to the process.
    let statuses = TaskStatus::KNOWN.iter().map(|status| status.as_str().to_owned()).collect();
    let in_any = Where::OneOf(TextColumn::TaskStatus, statuses);
    let mut certain = started.or(has(ListIndex::Owner, mine.and(in_any)));
    let others: Vec<String> =
        user.acts_for().into_iter().map(|other| other.id().to_owned()).filter(|id| id != user.id()).collect();
    if !others.is_empty() && !is_out("seen_stand_in") {
        certain = certain.or(has(ListIndex::Owner, owner(others).and(Where::TaskStatus(TaskStatus::Assigned))));
    }
    let mut asked = Where::never();
    for node in who::of_flow::<F>(&who::rights(user)) {
        for (flow, name) in graph.flow_names().flat_map(|flow| node.names.iter().map(move |name| (flow, *name))) {
            let free = Where::OneOf(TextColumn::TaskFlow, vec![flow.to_owned()])
                .and(Where::OneOf(TextColumn::Node, vec![name.to_owned()]))
                .and(Where::TaskStatus(TaskStatus::New))
                .and(Where::IsNull(NullColumn::TaskFinished));
            let sure = node.certain();
            if !sure.is_never() {
                certain = certain.or(has(ListIndex::Open, free.clone().and(sure)));
            }
            if node.asks() {
                asked = asked.or(has(ListIndex::Open, free.and(node.condition())));
            }
        }
    }
    if matches!(F::VIEW, ViewRule::Process(_)) {
        asked = Where::always();
    }
    Seen { certain, asked }
}

/// The rows of one flow's processes, in their order. With `user` those alone that they may see.
pub(crate) fn of_processes<F: Flow>(
    conn: &mut F::Connection,
    found: Vec<Process>,
    user: Option<&dyn User>,
) -> Result<Vec<Listed<ProcessRow>>> {
    let loaded = rows::load::<F>(conn, found.clone())?;
    let verdicts = match user {
        Some(user) => seen::<F>(conn, &found, &loaded, user)?,
        None => found.iter().map(|_| Ok(true)).collect(),
    };
    let found = found.into_iter().zip(loaded).zip(verdicts);
    Ok(found
        .map(|((process, loaded), verdict)| match verdict {
            Ok(true) => Ok(Some(rows::process_row::<F>(process, &loaded))),
            Ok(false) => Ok(None),
            Err(reason) => Err(rows::problem(process.id, None, reason)),
        })
        .collect())
}

/// Whether each process may be seen: by SQL, by the flow's `view`, or because of a task whose own rule says so.
fn seen<F: Flow>(
    conn: &mut F::Connection,
    found: &[Process],
    loaded: &[Result<F::Process>],
    user: &dyn User,
) -> Result<Vec<std::result::Result<bool, String>>> {
    let ids: Vec<i64> = found.iter().map(Process::id).collect();
    let Seen { certain, asked } = of_flow::<F>(user, Some(&ids));
    if asked.is_never() || certain.is_always() {
        return Ok(found.iter().map(|_| Ok(true)).collect());
    }
    let sure: BTreeSet<i64> = conn.store().list_processes(&among(&ids, certain))?.iter().map(Process::id).collect();
    let mut verdicts: Vec<_> = found
        .iter()
        .zip(loaded)
        .map(|(process, loaded)| if sure.contains(&process.id) { Ok(true) } else { view::<F>(user, loaded) })
        .collect();
    let open: Vec<i64> = found
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| !matches!(verdict, Ok(true)))
        .map(|(row, _)| row.id)
        .collect();
    for id in with_tasks::<F>(conn, &open, user)? {
        if let Some(at) = ids.iter().position(|other| *other == id) {
            verdicts[at] = Ok(true);
        }
    }
    Ok(verdicts)
}

/// Those of some processes that have a task which somebody may take because the node's own rule says so.
fn with_tasks<F: Flow>(conn: &mut F::Connection, ids: &[i64], user: &dyn User) -> Result<BTreeSet<i64>> {
    let rights = who::rights(user);
    let nodes: Vec<OfNode> = who::of_flow::<F>(&rights).into_iter().filter(OfNode::asks).collect();
    if ids.is_empty() || nodes.is_empty() {
        return Ok(BTreeSet::new());
    }
    let of_nodes = nodes.iter().fold(Where::never(), |some, node| {
        let names = node.names.iter().map(|name| (*name).to_owned()).collect();
        some.or(Where::OneOf(TextColumn::Node, names).and(node.condition()))
    });
    let mut query = among(ids, of_nodes);
    let free = Where::TaskStatus(TaskStatus::New).and(Where::IsNull(NullColumn::TaskFinished));
    query.parts = vec![Part::of(None, Where::TasksOf(ids.to_vec()).and(free))];
    query.most = i64::try_from(MOST_TASKS).unwrap_or(i64::MAX);
    let tasks = conn.store().list_tasks(&query)?;
    let rows = rows::of_tasks::<F>(conn, tasks, Some(&rights))?;
    Ok(rows.into_iter().filter_map(|row| Some(row.ok()??.process().id())).collect())
}

/// Most tasks that the rules of a page of processes are asked about.
const MOST_TASKS: usize = 1_000;

fn among(ids: &[i64], condition: Where) -> ListQuery {
    ListQuery {
        parts: vec![Part::of(None, Where::Processes(ids.to_vec()))],
        condition,
        sort: Sort::Oldest,
        by: None,
        after: None,
        most: i64::try_from(ids.len()).unwrap_or(i64::MAX),
    }
}

/// What the flow's own `view` says.
fn view<F: Flow>(user: &dyn User, loaded: &Result<F::Process>) -> std::result::Result<bool, String> {
    let ViewRule::Process(allows) = F::VIEW else { return Ok(false) };
    let process = loaded.as_ref().map_err(Error::to_string)?;
    let represented = user.represents().map(|(person, _)| Represented(person));
    let rights: &dyn User = represented.as_ref().map_or(user, |person| person);
    match catch_unwind(AssertUnwindSafe(|| allows(rights, process))) {
        Ok(answer) => answer.map_err(|error| format!("`view` of `{}` failed: {error}", F::GRAPH.name)),
        Err(_) => Err(format!("`view` of `{}` panicked", F::GRAPH.name)),
    }
}
