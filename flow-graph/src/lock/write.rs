//! The text of a lock: one line for each node and each field, sorted, so that two branches of a repository merge.

use std::fmt::{self, Display, Formatter, Write as _};

use super::{Lock, LockedEdge, LockedField, LockedNode, Release};
use crate::{Role, Times};

/// The version of the format that is written, and the newest that is read.
pub(super) const VERSION: u32 = 1;

/// The first lines.
const HEAD: &str = "\
# The releases of this package's flows. Written by a test that calls `flow_core::lock::assert_current!`:
# review what it changes, commit it, and do not edit it by hand.
";

impl Display for Lock {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}version = {VERSION}")?;
        self.releases.iter().try_for_each(|release| write!(f, "\n{release}"))
    }
}

impl Display for Release {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "[{} {}]", word(&self.flow), self.number)?;
        self.lines().iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl Release {
    /// Its lines, sorted.
    pub(super) fn lines(&self) -> Vec<String> {
        let nodes = self.nodes.iter().map(LockedNode::line);
        let mut lines: Vec<String> = self.fields.iter().map(LockedField::line).chain(nodes).collect();
        lines.sort();
        lines
    }
}

impl LockedNode {
    fn line(&self) -> String {
        let mut line = format!("node {} {}", word(&self.name), self.kind.name());
        if let Some(host) = &self.host {
            let fires = if self.interrupting { "interrupts" } else { "reminds" };
            let _ = write!(line, " {fires} {}", word(host));
        }
        for (at, name) in self.was.iter().enumerate() {
            let _ = write!(line, "{} {}", if at == 0 { " was" } else { "," }, word(name));
        }
        for (at, edge) in self.edges.iter().enumerate() {
            let _ = write!(line, "{} {}", if at == 0 { " ->" } else { "," }, edge.text());
        }
        line
    }
}

impl LockedEdge {
    fn text(&self) -> String {
        let times = match self.times {
            Times::Once => "",
            Times::Maybe => "?",
            Times::Each => "*",
        };
        format!("{}{times} {}", self.role.key(), word(&self.to))
    }
}

impl LockedField {
    fn line(&self) -> String {
        let path: Vec<String> = self.path.iter().map(|part| word(part)).collect();
        let of = self.task.as_ref().map_or_else(|| "field".to_owned(), |node| format!("task {}", word(node)));
        let required = if self.required { " required" } else { "" };
        format!("{of} {} {}{required}", path.join("/"), word(&self.ty))
    }
}

/// A word of letters, digits and `_` as it is, anything else in quotes.
pub(super) fn word(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain { text.to_owned() } else { format!("\"{}\"", text.escape_default()) }
}

/// The role that a word names.
pub(super) fn role(word: &str) -> Option<Role> {
    [Role::Next, Role::Then, Role::Else, Role::Case, Role::Default].into_iter().find(|role| role.key() == word)
}
