//! How much is open, at which node and with whom: for those who manage flows.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Flows;
use crate::list::tasks::query::of_open_node;
use crate::store::list::{ListIndex, NullColumn, Part, TextColumn, Where};
use crate::store::{FlowConnection, OpenCount, OpenNode, Store as _};
use crate::{Result, TaskStatus, Timestamp, User, clock};

/// Most open tasks that are counted of one node in one status, and of one person in one status.
const MOST_OF_NODE: i64 = 1_000;
const MOST_OF_PERSON: i64 = 100;

/// Tasks that are counted for one list of nodes, where it has many nodes.
const MOST_IN_ALL: i64 = 10_000;

/// People on one page.
const PEOPLE: usize = 25;

/// People and statuses that are looked at for one page: of those who have nothing open too.
const LOOKED_AT: i64 = 200;

/// Open tasks of one node that are in the same status.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenTasks {
    /// The stored name of the flow, as it is now.
    pub flow: &'static str,
    /// The stored name of the node, as it is now; as it is stored if the code has no such node.
    pub node: String,
    /// Their status.
    pub status: TaskStatus,
    /// How many there are; with [`more`](OpenTasks::more) at least.
    pub count: i64,
    /// When the oldest of those that were counted was made.
    pub oldest: Timestamp,
    /// How many of those that were counted were due before now.
    pub overdue: i64,
    /// Not all of them were counted: those of the oldest processes.
    pub more: bool,
}

/// A person and their open tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PersonTasks {
    /// The id of the person.
    pub person: String,
    /// What is assigned to them, by node and status.
    pub tasks: Vec<OpenTasks>,
}

/// A page of people and their open tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PeopleTasks {
    /// Up to 25 people by their ids; those who have nothing open are left out, so that there may be fewer, or none, and
    /// still a next page.
    pub rows: Vec<PersonTasks>,
    /// Behind whom the next page begins; `None`: this was the last one.
    pub next: Option<String>,
}

/// The nodes at which tasks are open, and in which statuses, as [`Flows::open_places`] has found them: a page that asks
/// several times where something is open reads them once.
///
/// ```
/// # use flow_core::prelude::*;
/// # #[flow]
/// # pub struct LeaveFlow {
/// #     #[node(permission(anyone), next = this.approve)] start: Start,
/// #     #[node(permission(anyone), next = this.end)] approve: View,
/// #     end: End,
/// # }
/// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
///
/// # fn main() -> flow_core::Result<()> {
/// # let mut conn = flow_core::sqlite::open(":memory:")?;
/// # FLOWS.migrate(&mut conn)?;
/// # let anna = System("anna");
/// # LeaveFlow.start.run(&mut conn, &anna, ())?;
/// let places = FLOWS.open_places(&mut conn)?;
/// assert_eq!(FLOWS.workload_at(&mut conn, &anna, &places)?[0].count, 1);
/// assert_eq!(FLOWS.find_tasks().open().at(&places).load(&mut conn)?.rows.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct OpenPlaces(Arc<[OpenNode]>);

impl OpenPlaces {
    pub(crate) fn nodes(&self) -> &[OpenNode] {
        &self.0
    }
}

impl<C: FlowConnection> Flows<C> {
    /// The nodes at which tasks are open, of all flows: one statement, for [`workload_at`](Flows::workload_at) and
    /// [`FindTasks::at`](crate::FindTasks::at).
    ///
    /// # Errors
    /// `Database`.
    pub fn open_places(&self, conn: &mut C) -> Result<OpenPlaces> {
        Ok(OpenPlaces(conn.store().open_nodes()?.into()))
    }

    /// How many tasks are open in the flows that this person manages, by node and status. At most 1,000 tasks of each
    /// are counted, and some 10,000 in all where there are many nodes: what it costs does not depend on how many tasks
    /// there are. Two statements.
    ///
    /// ```
    /// # use flow_core::prelude::*;
    /// # #[flow]
    /// # pub struct LeaveFlow {
    /// #     #[node(permission(anyone), next = this.approve)] start: Start,
    /// #     #[node(permission(anyone), next = this.end)] approve: View,
    /// #     end: End,
    /// # }
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// # fn main() -> flow_core::Result<()> {
    /// # let mut conn = flow_core::sqlite::open(":memory:")?;
    /// # FLOWS.migrate(&mut conn)?;
    /// # let anna = System("anna");
    /// for _ in 0..3 {
    ///     LeaveFlow.start.run(&mut conn, &anna, ())?;
    /// }
    /// let open = FLOWS.workload(&mut conn, &anna)?;
    /// assert_eq!((open.len(), open[0].node.as_str(), open[0].count, open[0].more), (1, "approve", 3, false));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Database`.
    pub fn workload(&self, conn: &mut C, user: &dyn User) -> Result<Vec<OpenTasks>> {
        if self.managed_names(user).is_empty() {
            return Ok(Vec::new());
        }
        let places = self.open_places(conn)?;
        self.workload_at(conn, user, &places)
    }

    /// As [`workload`](Flows::workload), at the nodes that were found already: one statement.
    ///
    /// # Errors
    /// `Database`.
    pub fn workload_at(&self, conn: &mut C, user: &dyn User, places: &OpenPlaces) -> Result<Vec<OpenTasks>> {
        let managed = self.managed_names(user);
        let nodes: Vec<OpenNode> =
            places.nodes().iter().filter(|open| managed.contains(&&*open.flow)).cloned().collect();
        if nodes.is_empty() {
            return Ok(Vec::new());
        }
        let share = MOST_IN_ALL / i64::try_from(nodes.len().max(1)).unwrap_or(MOST_IN_ALL);
        let most = share.clamp(MOST_OF_PERSON, MOST_OF_NODE);
        let statuses: Vec<TaskStatus> = nodes.iter().map(|open| TaskStatus::from_word(&open.status)).collect();
        let parts: Vec<Part> =
            nodes.into_iter().map(|OpenNode { flow, node, status }| of_open_node(flow, node, status)).collect();
        let found = conn.store().count_open(&parts, clock::now(), most + 1)?;
        let counts = found.iter().map(|count| (count, statuses[count.part], count.count > most));
        let mut counted = self.open_tasks(counts);
        for group in counted.iter_mut().filter(|group| group.more) {
            // One was looked at to know that there are more.
            group.count = group.count.min(most);
            group.overdue = group.overdue.min(most);
        }
        Ok(counted)
    }

    /// Who has how many open tasks in the flows that this person manages, by node and status: a page of people behind
    /// an id, by their ids. Some 100 tasks of each person and status are counted. Two statements.
    ///
    /// ```
    /// # use flow_core::prelude::*;
    /// # #[flow]
    /// # pub struct LeaveFlow {
    /// #     #[node(permission(anyone), next = this.approve)] start: Start,
    /// #     #[node(permission(anyone), next = this.end)] approve: View,
    /// #     end: End,
    /// # }
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// # fn main() -> flow_core::Result<()> {
    /// # let mut conn = flow_core::sqlite::open(":memory:")?;
    /// # FLOWS.migrate(&mut conn)?;
    /// # let anna = System("anna");
    /// LeaveFlow.start.run(&mut conn, &anna, ())?;
    /// FLOWS.find_tasks().queue_of(&anna).assign(&mut conn, &anna, 10)?;
    /// let page = FLOWS.workload_of_people(&mut conn, &System("boss"), None)?;
    /// assert_eq!((page.rows[0].person.as_str(), page.rows[0].tasks[0].count, page.next), ("anna", 1, None));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Database`.
    pub fn workload_of_people(&self, conn: &mut C, user: &dyn User, after: Option<&str>) -> Result<PeopleTasks> {
        let managed = self.managed_names(user);
        if managed.is_empty() {
            return Ok(PeopleTasks { rows: Vec::new(), next: None });
        }
        let looked_at = conn.store().owners(after.unwrap_or_default(), LOOKED_AT)?;
        // The last one is perhaps not there with all their statuses: the next page begins with them.
        let is_all = i64::try_from(looked_at.len()).is_ok_and(|rows| rows < LOOKED_AT);
        let last = if is_all { None } else { looked_at.last().map(|(owner, _)| owner.clone()) };
        let mut next = None;
        let mut people: Vec<(String, Vec<String>)> = Vec::new();
        for (owner, status) in looked_at.into_iter().take_while(|(owner, _)| Some(owner) != last.as_ref()) {
            if last.is_some() {
                next = Some(owner.clone());
            }
            if TaskStatus::from_word(&status).is_final() {
                continue;
            }
            match people.last_mut() {
                Some((known, statuses)) if *known == owner => statuses.push(status),
                _ => people.push((owner, vec![status])),
            }
        }
        if people.len() > PEOPLE {
            people.truncate(PEOPLE);
            next = people.last().map(|(last, _)| last.clone());
        }
        let flows: Vec<String> = managed.iter().map(|name| (*name).to_owned()).collect();
        let mut parts = Vec::new();
        let mut of_parts = Vec::new();
        for (person, statuses) in people {
            for status in statuses {
                let condition = Where::OneOf(TextColumn::Owner, vec![person.clone()])
                    .and(Where::IsNull(NullColumn::Owner).negated())
                    .and(Where::OneOf(TextColumn::TaskStatus, vec![status.clone()]))
                    .and(Where::IsNull(NullColumn::TaskFinished))
                    .and(Where::OneOf(TextColumn::TaskFlow, flows.clone()));
                parts.push(Part::of(Some(ListIndex::Owner), condition));
                of_parts.push((person.clone(), TaskStatus::from_word(&status)));
            }
        }
        let found = conn.store().count_open(&parts, clock::now(), MOST_OF_PERSON + 1)?;
        let mut totals = vec![0; parts.len()];
        let mut by_person: BTreeMap<&str, Vec<&OpenCount>> = BTreeMap::new();
        for count in &found {
            totals[count.part] += count.count;
            by_person.entry(&of_parts[count.part].0).or_default().push(count);
        }
        let rows = by_person.into_iter().map(|(person, counts)| {
            // Those that were not counted may be of any of the nodes.
            let more = |count: &OpenCount| totals[count.part] > MOST_OF_PERSON;
            let groups = counts.into_iter().map(|count| (count, of_parts[count.part].1, more(count)));
            PersonTasks { person: person.to_owned(), tasks: self.open_tasks(groups) }
        });
        Ok(PeopleTasks { rows: rows.collect(), next })
    }

    /// The stored names of the flows that somebody manages.
    fn managed_names(&self, user: &dyn User) -> Vec<&'static str> {
        let managed = self.all().iter().filter(|flow| user.is_system() || user.manages(flow.graph().name));
        managed.flat_map(|flow| flow.graph().flow_names()).collect()
    }

    /// Counts by what flow and node are called now: they may have had other names. Each with its status, and whether
    /// there are more than were counted.
    fn open_tasks<'o>(&self, counts: impl Iterator<Item = (&'o OpenCount, TaskStatus, bool)>) -> Vec<OpenTasks> {
        let mut groups: BTreeMap<(&'static str, String, &'static str), OpenTasks> = BTreeMap::new();
        for (row, status, more) in counts {
            let Some(graph) = self.find(&row.flow).map(|flow| flow.graph()) else { continue };
            let known = graph.find(&row.node).and_then(|id| graph.node(id));
            let node = known.map_or_else(|| row.node.clone(), |node| node.name.to_owned());
            let Some(oldest) = row.oldest else { continue };
            let key = (graph.name, node.clone(), status.as_str());
            let group = groups.entry(key).or_insert(OpenTasks {
                flow: graph.name,
                node,
                status,
                count: 0,
                oldest,
                overdue: 0,
                more: false,
            });
            group.count += row.count;
            group.overdue += row.overdue;
            group.oldest = group.oldest.min(oldest);
            group.more |= more;
        }
        groups.into_values().collect()
    }
}
