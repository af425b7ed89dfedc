//! The rows of a list of tasks: a page, how many there are, and which.

use super::super::page::Page;
use super::super::rows::{Listed, TaskRow};
use super::super::{Cursor, who};
use super::{FindTasks, Of};
use crate::store::list::{ListQuery, Place, Sort};
use crate::store::{FlowConnection, Store as _};
use crate::{Error, Flows, Process, Result, Task};

impl<C: FlowConnection> FindTasks<'_, C> {
    /// Reads the page.
    ///
    /// A row whose document cannot be read, and one of a node that the code does not know, is there with its
    /// [`problem`](TaskRow::problem); one whose rule fails or panics is missing, and among
    /// [`problems`](Page::problems).
    ///
    /// # Errors
    /// `NotFound` if the list of flows has no such flow; `Invalid` for a person whose id cannot be stored; `Database`.
    pub fn load(self, conn: &mut C) -> Result<Page<TaskRow>> {
        let Some(mut query) = self.query(conn)? else { return Ok(Page::empty()) };
        query.most = self.size + 1;
        let mut found = conn.store().list_tasks(&query)?;
        let more = i64::try_from(found.len()).is_ok_and(|count| count > self.size);
        found.truncate(usize::try_from(self.size).unwrap_or(usize::MAX));
        let next = found.last().filter(|_| more).map(|(task, _)| Cursor(place(query.sort, task)));
        let rights = match self.of {
            Of::Queue(user) => Some(who::rights(user)),
            _ => None,
        };
        let mut page = Page { next, ..Page::empty() };
        for row in rows(self.flows, conn, found, rights.as_deref())? {
            match row {
                Ok(row) => page.rows.extend(row),
                Err(problem) => page.problems.push(problem),
            }
        }
        Ok(page)
    }

    /// How many rows the list has, on all pages, but no more than `cap`: at `cap` there may be more. A method of a flow
    /// that would be asked about each row is not, so that a queue may turn out to have fewer.
    ///
    /// # Errors
    /// As [`load`](FindTasks::load).
    pub fn count(self, conn: &mut C, cap: usize) -> Result<usize> {
        Ok(Self::count_each(conn, [self], cap)?.into_iter().next().unwrap_or_default())
    }

    /// How many rows each of these lists has, as [`count`](FindTasks::count), in one statement: for the numbers in a
    /// menu.
    ///
    /// # Errors
    /// As [`load`](FindTasks::load).
    pub fn count_each(conn: &mut C, lists: impl IntoIterator<Item = Self>, cap: usize) -> Result<Vec<usize>> {
        let mut counts = Vec::new();
        let mut queries = Vec::new();
        for (place, list) in lists.into_iter().enumerate() {
            counts.push(0);
            if let Some(query) = list.query(conn)? {
                let most = i64::try_from(cap).unwrap_or(i64::MAX);
                queries.push((place, ListQuery { after: None, most, ..query }));
            }
        }
        let (places, queries): (Vec<usize>, Vec<ListQuery>) = queries.into_iter().unzip();
        for (place, count) in places.into_iter().zip(conn.store().count_tasks(&queries)?) {
            counts[place] = usize::try_from(count).unwrap_or_default();
        }
        Ok(counts)
    }

    /// The ids of the tasks, but no more than `cap`: for the verbs that take many, as
    /// [`cancel_each`](Flows::cancel_each). A method of a flow that would be asked about each row is not: the verb asks
    /// again.
    ///
    /// # Errors
    /// As [`load`](FindTasks::load).
    pub fn ids(self, conn: &mut C, cap: usize) -> Result<Vec<crate::TaskId>> {
        let Some(mut query) = self.query(conn)? else { return Ok(Vec::new()) };
        query.most = i64::try_from(cap).unwrap_or(i64::MAX);
        Ok(conn.store().list_tasks(&query)?.iter().map(|(task, _)| task.id()).collect())
    }
}

fn place(sort: Sort, task: &Task) -> Place {
    let sort = match sort {
        Sort::Oldest | Sort::Newest | Sort::Field => sort,
        Sort::Priority(_) => Sort::Priority(task.priority),
        Sort::Due(_) => Sort::Due(task.due),
    };
    Place { sort, process: task.process_id, number: task.number }
}

/// The rows of a page, in their order: each flow is asked once for all of its own.
fn rows<C: FlowConnection>(
    flows: &Flows<C>,
    conn: &mut C,
    found: Vec<(Task, Process)>,
    rights: Option<&[who::Acting<'_>]>,
) -> Result<Vec<Listed<TaskRow>>> {
    let mut rows: Vec<Option<Listed<TaskRow>>> = found.iter().map(|_| None).collect();
    let mut found: Vec<Option<(Task, Process)>> = found.into_iter().map(Some).collect();
    while let Some(first) = found.iter().position(Option::is_some) {
        let name = found[first].as_ref().map(|(task, _)| task.flow.clone()).unwrap_or_default();
        let flow = flows.find(&name);
        let of_flow = |(task, _): &(Task, Process)| match flow {
            Some(flow) => flow.graph().is_named(&task.flow),
            None => task.flow == name,
        };
        let mut places = Vec::new();
        let mut these = Vec::new();
        for (at, row) in found.iter_mut().enumerate() {
            if let Some(row) = row.take_if(|row| of_flow(row)) {
                places.push(at);
                these.push(row);
            }
        }
        let outcomes = match flow {
            Some(flow) => flow.task_rows(conn, these, rights)?,
            None => these.into_iter().map(|(task, process)| Ok(Some(TaskRow::unknown(task, process)))).collect(),
        };
        for (at, outcome) in places.into_iter().zip(outcomes) {
            rows[at] = Some(outcome);
        }
    }
    Ok(rows.into_iter().flatten().collect())
}

impl<C: FlowConnection> Flows<C> {
    /// A task of one of these flows for a page of its own: as a row of a list, with title and text.
    ///
    /// # Errors
    /// `NotFound` if there is no such task.
    pub fn task_row(&self, conn: &mut C, id: crate::TaskId) -> Result<TaskRow> {
        let task = self.task(conn, id)?;
        let process = self.process(conn, task.process_id)?;
        let row = rows(self, conn, vec![(task, process)], None)?.pop().and_then(|row| row.ok().flatten());
        row.ok_or_else(|| Error::NotFound { what: format!("task {id}") })
    }
}
