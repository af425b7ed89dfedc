//! The items of an `NSubprocess` that are not started yet: in memory while their transition lasts, and then rows of
//! `flow_due` that are never due, so that the next one is found without reading the others.

use std::any::Any;
use std::collections::VecDeque;

use flow_graph::Kind;
use serde_json::Value;

use super::UnitOfWork;
use crate::data::Document;
use crate::store::{DueKind, DueRow, DueWrite, FlowConnection, NEVER, Store as _};
use crate::{Error, Result, TaskStatus};

/// Items that wait for their turn.
pub(crate) type Items = VecDeque<Value>;

impl UnitOfWork {
    /// The items of a task, in their order.
    pub(crate) fn give_items(&mut self, task: usize, items: Items) {
        self.items.insert(task, items);
    }

    /// The items of a task, to be put back if what follows fails.
    pub(crate) fn items(&self, task: usize) -> Option<Items> {
        self.items.get(&task).filter(|items| !items.is_empty()).cloned()
    }

    /// What was not started is as it was: what has been tried has failed.
    pub(crate) fn restore_items(&mut self, task: usize, items: Option<Items>) {
        match items {
            Some(items) => drop(self.items.insert(task, items)),
            None => drop(self.items.remove(&task)),
        }
    }

    /// An item that somebody adds, if the input is one.
    pub(crate) fn take_item(&mut self, task: usize, input: Option<Box<dyn Any>>) -> Result<Option<Box<dyn Any>>> {
        let Some(input) = input else { return Ok(None) };
        let item = input.downcast::<Value>().map_err(|_| Error::Internal("an item of another type".to_owned()))?;
        self.items.entry(task).or_default().push_back(*item);
        Ok(None)
    }

    /// The item whose turn it is, which is taken out. Its row is deleted behind the savepoint of the task, so that it is
    /// there again if the start of its child fails.
    pub(crate) fn next_item<C: FlowConnection>(&mut self, conn: &mut C, task: usize) -> Result<Value> {
        if let Some(item) = self.items.get_mut(&task).and_then(VecDeque::pop_front) {
            return Ok(item);
        }
        let missing = || Error::Internal("an item that is not there".to_owned());
        let row = conn.store().first_item(self.id, self.tasks[task].task.number)?.ok_or_else(missing)?;
        conn.store().delete_due(&row.primary_key())?;
        let stored = row.payload.as_ref().map(Document::to_json).unwrap_or_default();
        let mut stored: Value = serde_json::from_str(&stored).map_err(|_| missing())?;
        Ok(stored["item"].take())
    }

    /// Stores the items that wait for their turn, and deletes those of tasks that have ended.
    pub(super) fn keep_items<C: FlowConnection>(&mut self, conn: &mut C, version: i64) -> Result<()> {
        let many = |task: &crate::Task| task.kind == Kind::NSubprocess.name();
        // Of one that is done there are none left.
        let gone = |status| matches!(status, TaskStatus::Canceled | TaskStatus::Revived);
        let was_open = |before: Option<TaskStatus>| before.is_some_and(|before| !gone(before));
        let ended = self.tasks.iter().filter(|tracked| many(&tracked.task) && gone(tracked.task.status));
        let ended: Vec<i32> =
            ended.filter(|tracked| was_open(tracked.before)).map(|tracked| tracked.task.number).collect();
        for task in ended {
            for item in conn.store().items(self.id, task)? {
                self.also.push(DueWrite::Delete(item.primary_key()));
            }
        }
        for (at, items) in std::mem::take(&mut self.items) {
            let task = &self.tasks[at].task;
            if !matches!(task.status, TaskStatus::Started | TaskStatus::Error) {
                continue;
            }
            let rows = items.into_iter().enumerate().map(|(place, item)| {
                let payload = Some(Document::from(serde_json::json!({ "item": item }).to_string()));
                // What is added later has a higher version.
                let key = format!("{version:020}.{place:010}");
                DueRow { payload, key, ..DueRow::new(self.id, task.number, DueKind::Item, &task.flow, NEVER) }
            });
            self.also.extend(rows.map(DueWrite::Insert));
        }
        Ok(())
    }
}
