//! Rows as what a template shows of them.

use std::borrow::Cow;
use std::collections::HashMap;

use flow_core::{
    AuditRow, Availability, DynFlow, Error, Explanation, FieldType, FlowConnection, FormField, Obstacle, Process,
    ProcessRow, Refusal, Task, TaskRow, WaitsFor, clock,
};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::shared::Names;
use crate::visit::Visit;
use crate::widget;
use crate::{looks, refusal};

/// A task in a list.
pub(crate) fn task_row<C: FlowConnection + Send>(
    visit: &Visit<C>,
    conn: &mut C,
    names: &mut Names<'_, C>,
    row: &TaskRow,
) -> Result<Value, Fault> {
    let mut shown = task(visit, conn, names, row.task())?;
    if let Some(shown) = shown.as_object_mut() {
        // Of a node without a text of its own the engine says its title and status, which the list has already.
        let own = row.brief() != format!("{} - {}", row.title(), row.task().status());
        shown.insert("brief".to_owned(), Some(row.brief()).filter(|_| own).into());
        shown.insert("process_brief".to_owned(), row.process_brief().into());
        shown.insert("problem".to_owned(), row.problem().into());
        shown.insert("reference".to_owned(), row.reference().into());
        shown.insert("flow_title".to_owned(), visit.flow_title(row.task().flow()).into());
        shown.insert("cells".to_owned(), looks::cells(&visit.web.looks.task_columns, row));
    }
    Ok(shown)
}

/// A task.
pub(crate) fn task<C: FlowConnection + Send>(
    visit: &Visit<C>,
    conn: &mut C,
    names: &mut Names<'_, C>,
    task: &Task,
) -> Result<Value, Fault> {
    let owner = task.owner().map(|owner| names.of(conn, owner)).transpose()?;
    let on_behalf_of = task.on_behalf_of().map(|person| names.of(conn, person)).transpose()?;
    let open = task.finished().is_none();
    Ok(json!({
        "id": task.id(), "process": task.id().process(), "number": task.id().number(),
        "title": visit.node_title(task.flow(), task.node()), "kind": task.kind(), "node": task.node(), "status": task.status(),
        "owner": owner, "mine": task.owner() == Some(visit.user().id()), "on_behalf_of": on_behalf_of,
        "priority": task.priority(), "created": task.created(), "assigned": task.assigned(), "started": task.started(),
        "finished": task.finished(), "due": task.due(),
        "overdue": open && task.due().is_some_and(|due| due < clock::now()),
        "error": task.error(), "resting": task.resting(), "is_boundary": task.host().is_some(),
    }))
}

/// A process in a list.
pub(crate) fn process_row<C: FlowConnection + Send>(
    visit: &Visit<C>,
    conn: &mut C,
    names: &mut Names<'_, C>,
    row: &ProcessRow,
) -> Result<Value, Fault> {
    let mut shown = process(conn, names, row.process())?;
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("title".to_owned(), visit.flow_title(row.process().flow()).into());
        shown.insert("brief".to_owned(), row.brief().into());
        shown.insert("problem".to_owned(), row.problem().into());
        shown.insert("cells".to_owned(), looks::cells(&visit.web.looks.process_columns, row));
    }
    Ok(shown)
}

/// A process without what is about it.
fn process<C: FlowConnection>(conn: &mut C, names: &mut Names<'_, C>, row: &Process) -> Result<Value, Fault> {
    let started_by = row.started_by().map(|person| names.of(conn, person)).transpose()?;
    Ok(json!({
        "id": row.id(), "flow": row.flow(), "status": row.status(), "reference": row.reference(),
        "created": row.created(), "finished": row.finished(), "suspended": row.suspended(), "started_by": started_by,
        "parent": row.parent(),
    }))
}

/// The fields of the process in a flow's forms, each once, with the node of the first form that has it; nothing of a
/// secret.
pub(crate) fn shown_fields<C: FlowConnection>(flow: &DynFlow<C>) -> Vec<(&'static str, &'static FormField)> {
    let mut shown: Vec<(&str, &FormField)> = Vec::new();
    for node in flow.graph().nodes {
        for field in flow.fields(node.name).iter().filter(|field| !field.secret && !field.is_of_task()) {
            if !shown.iter().any(|(_, known)| known.name == field.name) {
                shown.push((node.name, field));
            }
        }
    }
    shown
}

/// The fields of a task's own that its node's form has; nothing of a secret.
pub(crate) fn own_fields<C: FlowConnection>(flow: &DynFlow<C>, task: &Task) -> impl Iterator<Item = FormField> {
    let fields = flow.fields(task.node()).iter().filter(|field| !field.secret && field.is_of_task());
    fields.map(|field| field.clone().with_value_of_task(task))
}

/// What the form of a task's node has of the task itself; nothing that is not there.
pub(crate) fn own_data<C: FlowConnection + Send>(visit: &Visit<C>, task: &Task) -> Value {
    let Some(flow) = visit.flows().find(task.flow()) else { return Value::Array(Vec::new()) };
    own_fields(flow, task).filter_map(|field| shown_value(visit, task.flow(), &field)).collect()
}

/// A field with its value, where there is one.
fn shown_value<C: FlowConnection + Send>(visit: &Visit<C>, flow: &str, field: &FormField) -> Option<Value> {
    field.value.as_ref()?;
    let text = widget::value(field, flow, visit.caller.language, &visit.web.zone, &visit.web.words);
    Some(json!({ "label": visit.label(flow, field), "text": text }))
}

/// The fields of a flow's forms that lists can be sorted by.
pub(crate) fn sortable<C: FlowConnection>(flow: &DynFlow<C>) -> impl Iterator<Item = &'static FormField> {
    let has_order = |ty: FieldType| !matches!(ty, FieldType::List(_) | FieldType::Object(_) | FieldType::Json);
    shown_fields(flow).into_iter().map(|(_, field)| field).filter(move |field| has_order(field.ty))
}

/// What the forms of a flow have of a process; nothing of a secret, and nothing that is not there.
pub(crate) fn data<C: FlowConnection + Send>(visit: &Visit<C>, row: &Process) -> Value {
    let Some(flow) = visit.flows().find(row.flow()) else { return Value::Array(Vec::new()) };
    let fields = shown_fields(flow).into_iter().map(|(_, field)| field.clone().with_value_of(row));
    fields.filter_map(|field| shown_value(visit, row.flow(), &field)).collect()
}

/// The people of a task and of its process.
pub(crate) fn people_of_task(task: &Task) -> impl Iterator<Item = &str> {
    [task.owner(), task.on_behalf_of()].into_iter().flatten()
}

/// The people of a history.
pub(crate) fn people_of_history(rows: &[AuditRow]) -> impl Iterator<Item = Cow<'_, str>> {
    rows.iter().flat_map(|row| {
        let actor = Some(row.actor()).filter(|actor| *actor != ENGINE);
        let named = [actor, row.on_behalf_of()].map(|person| person.map(Cow::Borrowed));
        named.into_iter().chain([row.assigned_to().map(Cow::Owned)]).flatten()
    })
}

/// The people whom a process waits for.
pub(crate) fn people_of_places(explanation: &Explanation) -> impl Iterator<Item = &str> {
    explanation.places.iter().take(PLACES).filter_map(|place| match &place.waits_for {
        WaitsFor::Person(person) => Some(person.as_str()),
        _ => None,
    })
}

/// Who acts in the history where no person does.
const ENGINE: &str = "flow";

/// Most entries of a history on a page, if not all are asked for.
pub(crate) const HISTORY: usize = 100;

/// What happened to a process, the newest first.
pub(crate) fn history<C: FlowConnection + Send>(
    visit: &Visit<C>,
    conn: &mut C,
    names: &mut Names<'_, C>,
    flow: &str,
    rows: &[AuditRow],
) -> Result<Value, Fault> {
    let (name, flow) = (flow, visit.flows().find(flow));
    let nodes = flow.map_or(&[][..], |flow| flow.graph().nodes);
    let fields = nodes.iter().filter_map(|node| Some(flow?.fields(node.name))).flatten();
    let of_process = fields.filter(|field| !field.is_of_task());
    let labels: HashMap<&str, &str> = of_process.map(|field| (field.name, visit.label(name, field))).collect();
    let mut shown = Vec::new();
    for row in rows.iter().rev() {
        let changed = row.fields();
        let is_engine = row.actor() == ENGINE;
        let actor = if is_engine { None } else { Some(names.of(conn, row.actor())?) };
        let on_behalf_of = row.on_behalf_of().map(|person| names.of(conn, person)).transpose()?;
        let assigned_to = row.assigned_to().map(|person| names.of(conn, &person)).transpose()?;
        let title = row.node().map(|node| visit.node_title(name, node));
        let key = format!("action.{}", row.action());
        let changed: Vec<&str> =
            changed.iter().map(|field| labels.get(&*field.name).copied().unwrap_or(&field.name)).collect();
        shown.push(json!({
            "at": row.at(), "actor": actor, "on_behalf_of": on_behalf_of, "assigned_to": assigned_to,
            "task": row.task(), "title": title,
            "action": visit.web.words.find(visit.caller.language, &key).unwrap_or(row.action()),
            "note": row.note(), "changed": changed.join(", "), "denied": row.action() == "denied",
        }));
    }
    Ok(shown.into())
}

/// Most places of a process on its page.
pub(crate) const PLACES: usize = 50;

/// Where a process stands: what it waits for, in words; the first places of many.
pub(crate) fn places<C: FlowConnection + Send>(
    visit: &Visit<C>,
    flow: &str,
    conn: &mut C,
    names: &mut Names<'_, C>,
    explanation: &Explanation,
) -> Result<Value, Fault> {
    let mut shown = Vec::new();
    for place in explanation.places.iter().take(PLACES) {
        let (key, value) = match &place.waits_for {
            WaitsFor::Anybody => ("waits.anybody", Value::Null),
            WaitsFor::Person(person) => ("waits.person", names.of(conn, person)?.into()),
            WaitsFor::Code => ("waits.code", Value::Null),
            WaitsFor::Message(name, _) => ("waits.message", name.as_str().into()),
            WaitsFor::Signal(name) => ("waits.signal", name.as_str().into()),
            WaitsFor::Condition => ("waits.condition", Value::Null),
            WaitsFor::MoveOn => ("waits.move_on", Value::Null),
            WaitsFor::Worker => ("waits.worker", Value::Null),
            WaitsFor::RunningUntil(_) => ("waits.running", Value::Null),
            WaitsFor::Time(at) => ("waits.time", json!(at)),
            WaitsFor::Branches { arrived, open } => ("waits.branches", format!("{arrived} / {open}").into()),
            WaitsFor::Child(child) => ("waits.child", json!(child)),
            WaitsFor::Compensation { open } => ("waits.compensation", (*open).into()),
            WaitsFor::Turn => ("waits.turn", Value::Null),
            WaitsFor::Children(open) => ("waits.children", json!(open)),
            WaitsFor::Retry => ("waits.retry", Value::Null),
            WaitsFor::Revive => ("waits.revive", Value::Null),
            WaitsFor::Resume => ("waits.resume", Value::Null),
            WaitsFor::OtherRelease => ("waits.release", Value::Null),
            // A later version of the engine: its own words.
            other => ("waits.other", other.to_string().into()),
        };
        // The engine says titles, as the code has them.
        let graph = visit.flows().find(flow).map(DynFlow::graph);
        let named = |title: &String| {
            let node = graph.and_then(|graph| graph.nodes.iter().find(|node| node.title == title));
            node.map_or_else(|| title.clone(), |node| visit.node_title(flow, node.name).to_owned())
        };
        let then: Vec<String> = place.then.iter().map(named).collect();
        shown.push(json!({
            "task": place.task, "title": visit.node_title(flow, &place.node), "status": place.status, "since": place.since, "waits": key,
            "value": value, "attempts": place.attempts, "next_try": place.next_try, "last_error": place.last_error,
            "then": then,
        }));
    }
    Ok(shown.into())
}

/// Verbs as buttons: those that can be used, and with `all` those that something is in the way of. What the state of the
/// task or the process rules out is left out.
pub(crate) fn verbs<C: FlowConnection + Send>(visit: &Visit<C>, verbs: &[Availability], all: bool) -> Value {
    let shown = verbs.iter().filter_map(|known| {
        let reason = match &known.allowed {
            Ok(()) => None,
            Err(_) if !all => return None,
            Err(Error::Conflict(conflict)) => Some(visit.text(obstacle(conflict.obstacle?)).to_owned()),
            Err(Error::Denied { reason, refusal, .. }) => Some(refused(visit, refusal, reason)),
            Err(error) => Some(error.to_string()),
        };
        let key = format!("verb.{}", known.verb);
        let text = visit.web.words.find(visit.caller.language, &key)?;
        Some(json!({ "verb": known.verb.as_str(), "text": text, "allowed": known.is_allowed(), "reason": reason }))
    });
    shown.collect()
}

/// Why somebody may not do something.
pub(crate) fn refused<C: FlowConnection + Send>(visit: &Visit<C>, refusal: &Refusal, reason: &str) -> String {
    refusal::sentence(&visit.web.words, visit.caller.language, refusal, reason)
}

/// The key of the text for what stands in the way of a verb.
pub(crate) fn obstacle(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Followed => "obstacle.followed",
        Obstacle::Running => "obstacle.running",
        Obstacle::OpenChild => "obstacle.open_child",
        Obstacle::NoUndo => "obstacle.no_undo",
        Obstacle::FinishedChild => "obstacle.finished_child",
        Obstacle::LastBranch => "obstacle.last_branch",
        Obstacle::WaitingJoin => "obstacle.waiting_join",
        Obstacle::BranchEnded => "obstacle.branch_ended",
        Obstacle::Suspended => "obstacle.suspended",
        Obstacle::NotSuspended => "obstacle.not_suspended",
        Obstacle::ParentWasTold => "obstacle.parent_was_told",
        Obstacle::Compensated => "obstacle.compensated",
        Obstacle::Handler => "obstacle.handler",
        Obstacle::Changed => "fault.changed",
        _ => "obstacle.other",
    }
}

/// The picture of a process, in words: each node where something is or was.
pub(crate) fn nodes(graph: &flow_core::graph::Graph<'_>, state: &flow_core::graph::diagram::State) -> Value {
    let nodes = graph.ids().zip(graph.nodes).map(|(id, node)| {
        let tasks = state.node(id);
        json!({
            "title": node.title, "kind": node.kind.name(), "open": tasks.open, "done": tasks.done,
            "error": tasks.error, "canceled": tasks.canceled, "word": tasks.word(),
        })
    });
    nodes.collect()
}

/// The result of one row of a bulk action.
pub(crate) fn outcome<C: FlowConnection + Send>(
    visit: &Visit<C>,
    id: &str,
    title: &str,
    fault: Option<&Fault>,
) -> Value {
    let text = fault.map(|fault| match fault {
        Fault::Flow(Error::Denied { reason, refusal, .. }) => refused(visit, refusal, reason),
        Fault::Flow(Error::Conflict(conflict)) => {
            visit.text(conflict.obstacle.map_or("fault.not_now", obstacle)).to_owned()
        }
        fault => fault.detail().unwrap_or_else(|| visit.text(fault.title()).to_owned()),
    });
    json!({ "id": id, "title": title, "ok": fault.is_none(), "text": text })
}
