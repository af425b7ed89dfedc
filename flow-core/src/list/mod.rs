//! Lists of tasks and processes for people: what they wait for, page by page, and who may see what.
//!
//! | file | |
//! |---|---|
//! | `tasks` | [`FindTasks`]: tasks of all flows, by person, node, age, .. |
//! | `processes` | [`FindProcesses`]: processes of all flows, by who may see them, status, reference, .. |
//! | `who` | who may take a task of each node, as a condition in SQL |
//! | `seen` | who may see a process, as a condition in SQL |
//! | `rows` | the rows of a page: titles, texts, and the flow's own rules |
//! | `view` | one process as somebody may see it |
//! | `conditions` | what lists of tasks and of processes share |
//! | `filter` | filters that are expressions of diesel's, lists that begin at a flow |
//! | `bulk` | one verb on all rows of a list |
//! | `page`, `cursor` | a page, and where the next one begins |

mod bulk;
mod conditions;
mod cursor;
mod filter;
mod page;
mod processes;
pub(crate) mod rows;
pub(crate) mod seen;
pub(crate) mod tasks;
mod view;
pub(crate) mod who;

pub use cursor::{Cursor, ParseCursorError};
pub use filter::FlowLists;
pub use page::{Page, RowProblem};
pub use processes::FindProcesses;
pub use rows::{ProcessRow, TaskRow};
pub use tasks::{FindTasks, TaskOrder};
pub use view::{ProcessView, TaskView};
