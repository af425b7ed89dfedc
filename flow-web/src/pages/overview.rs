//! For managers: how much is open in each flow, at which step, and with whom.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::Response;
use flow_core::{FlowConnection, OpenTasks, PersonTasks, TaskStatus, Timestamp};
use serde_json::{Value, json};

use super::admin::managers_alone;
use super::lists::tasks_of;
use crate::fault::Fault;
use crate::shared::Names;
use crate::visit::Visit;

/// Tasks in a column of a flow's page.
const CARDS: usize = 5;

/// Open tasks of a flow that its page reads for its columns.
const READ: usize = 200;

/// What is counted together.
#[derive(Default)]
struct Sum {
    open: i64,
    overdue: i64,
    errors: i64,
    free: i64,
    oldest: Option<Timestamp>,
    /// There are more than these.
    more: bool,
}

impl Sum {
    fn of<'o>(groups: impl IntoIterator<Item = &'o OpenTasks>) -> Self {
        let mut sum = Sum::default();
        for group in groups {
            sum.open += group.count;
            sum.overdue += group.overdue;
            match group.status {
                TaskStatus::Error => sum.errors += group.count,
                TaskStatus::New => sum.free += group.count,
                _ => {}
            }
            sum.more |= group.more;
            sum.oldest = Some(sum.oldest.map_or(group.oldest, |oldest| oldest.min(group.oldest)));
        }
        sum
    }

    fn shown(&self) -> Value {
        json!({
            "open": self.open, "overdue": self.overdue, "errors": self.errors, "free": self.free,
            "oldest": self.oldest, "more": if self.more { "+" } else { "" },
        })
    }
}

/// The flows that the person manages.
pub(crate) async fn flows<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            managers_alone(visit)?;
            let places = visit.open_places(conn)?;
            let groups = visit.flows().workload_at(conn, visit.user(), places)?;
            let managed = visit.flows().all().iter().filter(|flow| visit.user().manages(flow.graph().name));
            let rows = managed.map(|flow| {
                let name = flow.graph().name;
                let sum = Sum::of(groups.iter().filter(|group| group.flow == name));
                json!({ "name": name, "title": visit.flow_title(name), "sum": sum.shown() })
            });
            let rows: Value = rows.collect();
            visit.page(conn, "overview", json!({ "rows": rows }))
        })
        .await
}

/// A flow: a column for each step at which something waits, in the order of the flow.
pub(crate) async fn flow<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let name = visit.param("flow")?;
            let flow = visit.flows().find(name).filter(|flow| flow.graph().name == name);
            let flow = flow.filter(|_| visit.user().manages(name)).ok_or_else(Fault::not_found)?;
            let places = visit.open_places(conn)?;
            let groups = visit.flows().workload_at(conn, visit.user(), places)?;
            let of_flow: Vec<&OpenTasks> = groups.iter().filter(|group| group.flow == name).collect();
            let open = visit.web.flows.find_tasks().managed_by(visit.user()).flow(name).open().at(places).page_size(READ);
            let open = open.load(conn)?;
            let cards = tasks_of(visit, conn, &open)?;
            // Of a step that the code does not know, behind all others.
            let mut nodes: Vec<(&str, &str)> = flow.graph().nodes.iter().map(|node| (node.name, visit.node_title(name, node.name))).collect();
            for group in &of_flow {
                if !nodes.iter().any(|(name, _)| *name == group.node) {
                    nodes.push((&group.node, &group.node));
                }
            }
            let columns = nodes.iter().filter_map(|(node, title)| {
                let sum = Sum::of(of_flow.iter().copied().filter(|group| group.node == *node));
                let is_here = |card: &&Value| {
                    let stored = card["node"].as_str().unwrap_or_default();
                    let found = flow.graph().find(stored).and_then(|id| flow.graph().node(id));
                    found.map_or(stored, |node| node.name) == *node
                };
                let cards: Vec<&Value> = cards.iter().filter(is_here).take(CARDS).collect();
                (sum.open > 0).then(|| json!({ "node": node, "title": title, "sum": sum.shown(), "cards": cards }))
            });
            let columns: Value = columns.collect();
            let sum = Sum::of(of_flow.iter().copied());
            let content = json!({
                "name": name, "title": visit.flow_title(name), "description": visit.about(flow.graph()), "columns": columns,
                "sum": sum.shown(),
            });
            let templates = [format!("{name}/flow.html"), "flow.html".to_owned()];
            visit.page_of(conn, &templates, StatusCode::OK, content)
        })
        .await
}

/// Who has how much: a row for each person and step, those with most tasks first, page by page of people.
pub(crate) async fn workload<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            managers_alone(visit)?;
            let page = visit.flows().workload_of_people(conn, visit.user(), visit.asked("after"))?;
            let total = |person: &PersonTasks| Sum::of(&person.tasks).open;
            let mut people: Vec<&PersonTasks> = page.rows.iter().collect();
            people.sort_by_key(|person| std::cmp::Reverse(total(person)));
            let mut names = Names::new(&visit.web);
            names.learn(conn, people.iter().map(|person| &*person.person))?;
            let mut rows = Vec::new();
            for person in people {
                let name = names.of(conn, &person.person)?;
                let mut steps: BTreeMap<(&str, &str), Vec<&OpenTasks>> = BTreeMap::new();
                for group in &person.tasks {
                    steps.entry((group.flow, &group.node)).or_default().push(group);
                }
                let all = Sum::of(&person.tasks).shown();
                for (at, ((flow, node), groups)) in steps.iter().enumerate() {
                    rows.push(json!({
                        "person": person.person, "name": name, "first": at == 0, "span": steps.len(), "all": all,
                        "flow": flow, "flow_title": visit.flow_title(flow), "node": node,
                        "node_title": visit.node_title(flow, node),
                        "sum": Sum::of(groups.iter().copied()).shown(),
                    }));
                }
            }
            let next = page.next.map(|next| {
                let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
                format!("?after={next}")
            });
            let later = visit.asked("after").is_some();
            visit.page(
                conn,
                "workload",
                json!({ "rows": rows, "more": next, "later": later, "filters": "", "problems": 0 }),
            )
        })
        .await
}
