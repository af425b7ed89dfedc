//! What an app adds to the pages: columns of lists, panels of a process, entries of the menu, the layout of
//! forms, pages of its own.

use std::sync::Arc;

use flow_core::{FlowConnection, Process, ProcessRow, Result, TaskRow};
use serde_json::{Value, json};

use crate::layout::Layout;
use crate::own_page::OwnPage;
use crate::user::WebUser;
use crate::visit::Visit;

/// A column of a list: its title, and its text for each row.
pub(crate) struct Column<R> {
    pub(crate) title: String,
    pub(crate) text: Box<dyn Fn(&R) -> String + Send + Sync>,
}

/// What a panel says of a process: lines with a label and a text. Of a process that it says nothing of it is not shown.
type Lines<C> = Box<dyn Fn(&mut C, &dyn WebUser, &Process) -> Result<Vec<(String, String)>> + Send + Sync>;

/// A panel on the page of a process and of its tasks.
pub(crate) struct Panel<C> {
    pub(crate) title: String,
    pub(crate) lines: Lines<C>,
}

/// Whom an entry of the menu is shown to.
type Shown = Box<dyn Fn(&dyn WebUser) -> bool + Send + Sync>;

/// An entry of the menu.
pub(crate) struct Action {
    pub(crate) title: String,
    pub(crate) path: String,
    pub(crate) shown: Shown,
}

/// All that an app adds.
pub(crate) struct Looks<C> {
    pub(crate) task_columns: Vec<Column<TaskRow>>,
    pub(crate) process_columns: Vec<Column<ProcessRow>>,
    pub(crate) panels: Vec<Panel<C>>,
    pub(crate) actions: Vec<Action>,
    pub(crate) layouts: Vec<Layout>,
    pub(crate) own_pages: Vec<OwnPage>,
    pub(crate) style_sheets: Vec<String>,
}

impl<C> Default for Looks<C> {
    fn default() -> Self {
        Looks {
            task_columns: Vec::new(),
            process_columns: Vec::new(),
            panels: Vec::new(),
            actions: Vec::new(),
            layouts: Vec::new(),
            own_pages: Vec::new(),
            style_sheets: Vec::new(),
        }
    }
}

impl<C> Looks<C> {
    /// The titles of what is added: keys of texts.
    pub(crate) fn titles(&self) -> Vec<&str> {
        let columns = self.task_columns.iter().map(|column| &column.title);
        let columns = columns.chain(self.process_columns.iter().map(|column| &column.title));
        let others = self.panels.iter().map(|panel| &panel.title);
        let others = others.chain(self.actions.iter().map(|action| &action.title));
        let groups = self.layouts.iter().flat_map(Layout::titles);
        columns.chain(others).map(String::as_str).chain(groups).collect()
    }

    /// How the form of a node is arranged.
    pub(crate) fn layout(&self, flow: &str, node: &str) -> Option<&Layout> {
        self.layouts.iter().find(|layout| layout.flow == flow && layout.node == node)
    }

    /// The page of the app in place of that of a node.
    pub(crate) fn own_page(&self, flow: &str, node: &str) -> Option<&OwnPage> {
        self.own_pages.iter().find(|page| page.flow == flow && page.node == node)
    }
}

/// The titles of the columns that are added to a list.
pub(crate) fn titles<C: FlowConnection + Send, R>(visit: &Visit<C>, columns: &[Column<R>]) -> Value {
    columns.iter().map(|column| Value::from(visit.text(&column.title))).collect()
}

/// The texts of the columns that are added to a list, of one row.
pub(crate) fn cells<R>(columns: &[Column<R>], row: &R) -> Value {
    columns.iter().map(|column| Value::from((column.text)(row))).collect()
}

/// The panels of a process. One that fails says so, and is logged: the rest of the page is there.
pub(crate) fn panels<C: FlowConnection + Send>(visit: &Visit<C>, conn: &mut C, process: &Process) -> Value {
    let web = Arc::clone(&visit.web);
    let mut shown = Vec::new();
    for panel in &web.looks.panels {
        let title = visit.text(&panel.title);
        match (panel.lines)(conn, &*visit.caller.user, process) {
            Ok(lines) if lines.is_empty() => {}
            Ok(lines) => {
                let lines = lines.iter().map(|(label, text)| json!({ "label": label, "text": text }));
                shown.push(json!({ "title": title, "lines": lines.collect::<Value>(), "failed": false }));
            }
            Err(error) => {
                tracing::error!(panel = panel.title, process = process.id(), %error, "a panel failed");
                shown.push(json!({ "title": title, "lines": [], "failed": true }));
            }
        }
    }
    shown.into()
}
