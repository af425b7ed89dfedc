//! One release in the text of a lock.

use std::borrow::Cow;

use super::read::Read;
use super::words::{Word, Words};
use super::write::role;
use super::{LockError, LockErrorKind, LockedEdge, LockedField, LockedNode, Release};
use crate::{Kind, Times};

/// What a line of a release says: a place in its list.
#[derive(Clone, Copy)]
pub(super) enum Said {
    Node(usize),
    Field(usize),
}

pub(super) struct Section<'t> {
    pub(super) flow: String,
    pub(super) number: u32,
    pub(super) nodes: Vec<Row<LockedNode>>,
    pub(super) fields: Vec<Row<LockedField>>,
    /// The lines, and what each says: most lines of a release are those of the one before it, and are not read again.
    pub(super) lines: Vec<(&'t str, Said)>,
    /// How far the section behind this one has looked in the lines.
    pub(super) cursor: usize,
}

/// What a line says, and where it is.
pub(super) struct Row<T> {
    pub(super) of: T,
    pub(super) line: usize,
    /// It was not taken over from the release before.
    pub(super) fresh: bool,
}

impl Section<'_> {
    pub(super) fn node(&mut self, words: &mut Words<'_>, line: usize) -> Read<Said> {
        let name = words.text("the stored name of a node")?;
        let kind = words.text("the kind of the node")?;
        let kind = kind_of(&kind).ok_or(LockErrorKind::UnknownKind(kind))?;
        let mut node = LockedNode { name, kind, was: Vec::new(), host: None, interrupting: false, edges: Vec::new() };
        if kind.is_boundary() {
            node.interrupting = match words.text("`interrupts` or `reminds`")?.as_str() {
                "interrupts" => true,
                "reminds" => false,
                _ => return Err(LockErrorKind::Expected("`interrupts` or `reminds`")),
            };
            node.host = Some(words.text("the node of the timeout")?);
        }
        if words.peek() == Some(&Word::Text(Cow::Borrowed("was"))) {
            words.next();
            node.was.push(words.text("an older name")?);
            while words.peek() == Some(&Word::Sign(',')) {
                words.next();
                node.was.push(words.text("an older name")?);
            }
            node.was.sort();
        }
        if !words.is_empty() {
            words.sign('>', "`->`")?;
            loop {
                node.edges.push(edge(words)?);
                if words.is_empty() {
                    break;
                }
                words.sign(',', "`,` or the end of the line")?;
            }
        }
        if self.nodes.len() >= usize::from(u16::MAX) / 2 {
            return Err(LockErrorKind::TooManyNodes);
        }
        self.nodes.push(Row { of: node, line, fresh: true });
        Ok(Said::Node(self.nodes.len() - 1))
    }

    pub(super) fn field(&mut self, task: Option<String>, words: &mut Words<'_>, line: usize) -> Read<Said> {
        let mut path = vec![words.text("the path of a field")?];
        while words.peek() == Some(&Word::Sign('/')) {
            words.next();
            path.push(words.text("a part of the path")?);
        }
        let ty = words.text("the type of the field")?;
        let required = match words.next() {
            None => false,
            Some(Word::Text(word)) if word == "required" => true,
            Some(_) => return Err(LockErrorKind::Expected("`required` or the end of the line")),
        };
        words.end()?;
        self.fields.push(Row { of: LockedField { task, path, ty, required }, line, fresh: true });
        Ok(Said::Field(self.fields.len() - 1))
    }

    /// Takes over what a line of the section before says.
    pub(super) fn take_over(&mut self, before: &Section<'_>, said: Said, line: usize) -> Said {
        match said {
            Said::Node(at) => {
                self.nodes.push(Row { of: before.nodes[at].of.clone(), line, fresh: false });
                Said::Node(self.nodes.len() - 1)
            }
            Said::Field(at) => {
                self.fields.push(Row { of: before.fields[at].of.clone(), line, fresh: false });
                Said::Field(self.fields.len() - 1)
            }
        }
    }

    /// Sorts what the lines say. No node and no field is there twice.
    pub(super) fn sort(&mut self) -> Result<(), LockError> {
        self.nodes.sort_by(|a, b| a.of.name.cmp(&b.of.name).then(a.line.cmp(&b.line)));
        self.fields.sort_by(|a, b| a.of.cmp(&b.of).then(a.line.cmp(&b.line)));
        let twice = |line, what| Err(LockError { line, kind: LockErrorKind::Twice(what) });
        if let Some([_, second]) = pair(&self.nodes, |a, b| a.name == b.name) {
            return twice(second.line, format!("node `{}`", second.of.name));
        }
        if let Some([first, second]) = pair(&self.fields, |a, b| a.task == b.task && a.path == b.path) {
            return twice(first.line.max(second.line), format!("field `{}`", second.of.path.join("/")));
        }
        Ok(())
    }

    fn has(&self, name: &str) -> bool {
        self.nodes.binary_search_by(|row| row.of.name.as_str().cmp(name)).is_ok()
    }

    /// Every node that is named is there. What was there in the release before needs no look if nothing has gone.
    pub(super) fn names_what_is_there(&self, before: Option<&Section<'_>>) -> Result<(), LockError> {
        let before = before.filter(|before| before.flow == self.flow);
        let nothing_gone = before.is_some_and(|before| {
            let mut rows = self.nodes.iter();
            before.nodes.iter().all(|old| rows.any(|row| row.of.name == old.of.name))
        });
        let missing = |line, name: &str| Err(LockError { line, kind: LockErrorKind::UnknownNode(name.to_owned()) });
        for row in self.nodes.iter().filter(|row| row.fresh || !nothing_gone) {
            let mut named = row.of.edges.iter().map(|edge| &edge.to).chain(&row.of.host);
            if let Some(name) = named.find(|name| !self.has(name)) {
                return missing(row.line, name);
            }
        }
        for row in self.fields.iter().filter(|row| row.fresh || !nothing_gone) {
            if let Some(name) = row.of.task.as_ref().filter(|name| !self.has(name)) {
                return missing(row.line, name);
            }
        }
        Ok(())
    }

    pub(super) fn into_release(self) -> Release {
        let Section { flow, number, nodes, fields, .. } = self;
        let nodes = nodes.into_iter().map(|row| row.of).collect();
        Release { flow, number, nodes, fields: fields.into_iter().map(|row| row.of).collect() }
    }
}

/// The first two neighbours that are alike.
fn pair<T>(rows: &[Row<T>], alike: impl Fn(&T, &T) -> bool) -> Option<[&Row<T>; 2]> {
    rows.windows(2).find_map(|pair| match pair {
        [a, b] if alike(&a.of, &b.of) => Some([a, b]),
        _ => None,
    })
}

fn kind_of(word: &str) -> Option<Kind> {
    let boundaries = [Kind::TimerBoundary, Kind::ErrorBoundary, Kind::EscalationBoundary, Kind::CompensationBoundary];
    Kind::from_name(word).or_else(|| boundaries.into_iter().find(|kind| kind.name() == word))
}

fn edge(words: &mut Words<'_>) -> Read<LockedEdge> {
    const ROLES: &str = "`next`, `then`, `else`, `case` or `default`";
    let role = role(&words.text(ROLES)?).ok_or(LockErrorKind::Expected(ROLES))?;
    let times = match words.peek() {
        Some(Word::Sign('?')) => Times::Maybe,
        Some(Word::Sign('*')) => Times::Each,
        _ => Times::Once,
    };
    if times != Times::Once {
        words.next();
    }
    Ok(LockedEdge { role, to: words.text("the stored name of a node")?, times })
}
