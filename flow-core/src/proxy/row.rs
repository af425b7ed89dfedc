//! What a process and a task have alike: a row with a JSON document.

use crate::data::Document;
use crate::{Process, Task, TaskId};

/// A row with a JSON document: of a process, or of a task.
#[doc(hidden)]
pub trait Row {
    fn process_id(&self) -> i64;
    /// If it is a task's.
    fn task_id(&self) -> Option<TaskId>;
    fn document(&self) -> &Document;
    fn document_mut(&mut self) -> &mut Document;
}

impl Row for Process {
    fn process_id(&self) -> i64 {
        self.id
    }

    fn task_id(&self) -> Option<TaskId> {
        None
    }

    fn document(&self) -> &Document {
        &self.data
    }

    fn document_mut(&mut self) -> &mut Document {
        &mut self.data
    }
}

impl Row for Task {
    fn process_id(&self) -> i64 {
        self.process_id
    }

    fn task_id(&self) -> Option<TaskId> {
        Some(self.id())
    }

    fn document(&self) -> &Document {
        &self.data
    }

    fn document_mut(&mut self) -> &mut Document {
        &mut self.data
    }
}
