//! Reads the text of a lock.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::write::{VERSION, role};
use super::{Lock, LockedEdge, LockedField, LockedNode, Release};
use crate::{Kind, Times};

/// Why a text is no lock, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub kind: LockErrorKind,
}

/// What is wrong with a line of a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockErrorKind {
    /// `<<<<<<<` or the like: a merge was not finished.
    MergeConflict,
    /// The first line that says something must be `version = 1`.
    NoVersion,
    /// A version that this one does not know.
    UnknownVersion(String),
    /// A field or a node stands before the first `[flow 1]`.
    NoRelease,
    /// Two sections of one flow and number.
    ReleaseTwice {
        /// The stored name of the flow.
        flow: String,
        /// The number.
        number: u32,
        /// The line of the first.
        first: usize,
    },
    /// A second line of one node or field.
    Twice(String),
    /// A node of a kind that this version does not know.
    UnknownKind(String),
    /// An edge or a timeout names a node that the release does not list.
    UnknownNode(String),
    /// This was expected.
    Expected(&'static str),
    /// More nodes than a graph can have.
    TooManyNodes,
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.kind {
            LockErrorKind::MergeConflict => {
                write!(f, "a merge conflict; keep the lines of both sides, and give each release a number of its own")
            }
            LockErrorKind::NoVersion => write!(f, "expected `version = {VERSION}` in front of the first release"),
            LockErrorKind::UnknownVersion(found) => {
                write!(f, "version {found} is not known; this flow-core reads version {VERSION}")
            }
            LockErrorKind::NoRelease => write!(f, "expected a release such as `[leave 1]` in front of this line"),
            LockErrorKind::ReleaseTwice { flow, number, first } => write!(
                f,
                "release {number} of `{flow}` is in line {first} already; if both were deployed, give the later one the \
                 next number"
            ),
            LockErrorKind::Twice(what) => write!(f, "a second line of {what}"),
            LockErrorKind::UnknownKind(kind) => write!(f, "`{kind}` is not a kind of node that this flow-core knows"),
            LockErrorKind::UnknownNode(name) => write!(f, "the release does not list a node `{name}`"),
            LockErrorKind::Expected(what) => write!(f, "expected {what}"),
            LockErrorKind::TooManyNodes => write!(f, "too many nodes"),
        }
    }
}

impl std::error::Error for LockError {}

impl Lock {
    /// Reads a lock from its text.
    ///
    /// # Errors
    /// The first line that is not right: a merge conflict, an unknown version, a hand-made mistake.
    pub fn parse(text: &str) -> Result<Lock, LockError> {
        let mut reader = Reader::default();
        for (at, line) in text.lines().enumerate() {
            reader.line(line).map_err(|kind| LockError { line: at + 1, kind })?;
        }
        reader.finish()
    }
}

#[derive(Default)]
struct Reader {
    has_version: bool,
    sections: Vec<Section>,
    line: usize,
}

struct Section {
    line: usize,
    release: Release,
    /// By node, its line.
    nodes: BTreeMap<String, usize>,
    fields: BTreeSet<(Option<String>, Vec<String>)>,
    /// By field of a task, its line.
    tasks: Vec<(String, usize)>,
}

type Read<T> = Result<T, LockErrorKind>;

impl Reader {
    fn line(&mut self, line: &str) -> Read<()> {
        self.line += 1;
        if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker)) {
            return Err(LockErrorKind::MergeConflict);
        }
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let mut words = Words::of(line)?;
        if !self.has_version {
            return self.version(&mut words);
        }
        match words.next() {
            Some(Word::Sign('[')) => self.section(&mut words),
            Some(Word::Text(key)) if ["field", "node", "task"].contains(&&*key) => {
                let line = self.line;
                let section = self.sections.last_mut().ok_or(LockErrorKind::NoRelease)?;
                match &*key {
                    "node" => section.node(&mut words, line),
                    "task" => {
                        let task = words.text("the stored name of a node")?;
                        section.tasks.push((task.clone(), line));
                        section.field(Some(task), &mut words)
                    }
                    _ => section.field(None, &mut words),
                }
            }
            _ => Err(LockErrorKind::Expected("`[flow number]`, `node ..`, `field ..` or `task ..`")),
        }
    }

    fn version(&mut self, words: &mut Words<'_>) -> Read<()> {
        let is_key = matches!(words.next(), Some(Word::Text(key)) if key == "version");
        if !is_key || words.next() != Some(Word::Sign('=')) {
            return Err(LockErrorKind::NoVersion);
        }
        let Some(Word::Text(number)) = words.next() else { return Err(LockErrorKind::NoVersion) };
        if number.parse() != Ok(VERSION) {
            return Err(LockErrorKind::UnknownVersion(number.into_owned()));
        }
        self.has_version = true;
        words.end()
    }

    fn section(&mut self, words: &mut Words<'_>) -> Read<()> {
        let flow = words.text("the stored name of a flow")?;
        let number = words.text("the number of a release")?;
        let number = number.parse::<u32>().ok().filter(|number| *number > 0);
        let number = number.ok_or(LockErrorKind::Expected("the number of a release"))?;
        words.sign(']', "`]`")?;
        let of = |section: &&Section| section.release.flow == flow && section.release.number == number;
        if let Some(first) = self.sections.iter().find(of).map(|section| section.line) {
            return Err(LockErrorKind::ReleaseTwice { flow, number, first });
        }
        let release = Release { flow, number, nodes: Vec::new(), fields: Vec::new() };
        let (nodes, fields, tasks) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
        self.sections.push(Section { line: self.line, release, nodes, fields, tasks });
        words.end()
    }

    fn finish(self) -> Result<Lock, LockError> {
        if !self.has_version {
            return Err(LockError { line: self.line.max(1), kind: LockErrorKind::NoVersion });
        }
        let mut lock = Lock::default();
        for section in self.sections {
            lock.add(section.finish()?);
        }
        Ok(lock)
    }
}

impl Section {
    fn node(&mut self, words: &mut Words<'_>, line: usize) -> Read<()> {
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
        if self.nodes.insert(node.name.clone(), line).is_some() {
            return Err(LockErrorKind::Twice(format!("node `{}`", node.name)));
        }
        if self.nodes.len() >= usize::from(u16::MAX) / 2 {
            return Err(LockErrorKind::TooManyNodes);
        }
        self.release.nodes.push(node);
        Ok(())
    }

    fn field(&mut self, task: Option<String>, words: &mut Words<'_>) -> Read<()> {
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
        if !self.fields.insert((task.clone(), path.clone())) {
            return Err(LockErrorKind::Twice(format!("field `{}`", path.join("/"))));
        }
        self.release.fields.push(LockedField { task, path, ty, required });
        Ok(())
    }

    /// Every node that is named is there.
    fn finish(mut self) -> Result<Release, LockError> {
        for node in &self.release.nodes {
            let named = node.edges.iter().map(|edge| &edge.to).chain(&node.host);
            if let Some(missing) = named.into_iter().find(|name| !self.nodes.contains_key(*name)) {
                let line = self.nodes.get(&node.name).copied().unwrap_or(self.line);
                return Err(LockError { line, kind: LockErrorKind::UnknownNode(missing.clone()) });
            }
        }
        if let Some((missing, line)) = self.tasks.iter().find(|(name, _)| !self.nodes.contains_key(name)) {
            return Err(LockError { line: *line, kind: LockErrorKind::UnknownNode(missing.clone()) });
        }
        self.release.nodes.sort_by(|a, b| a.name.cmp(&b.name));
        self.release.fields.sort();
        Ok(self.release)
    }
}

fn kind_of(word: &str) -> Option<Kind> {
    let boundaries = [Kind::TimerBoundary, Kind::ErrorBoundary];
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

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word<'t> {
    Text(Cow<'t, str>),
    /// `->` is `>`.
    Sign(char),
}

/// The words of a line, the next one last.
struct Words<'t>(Vec<Word<'t>>);

impl<'t> Words<'t> {
    fn of(line: &'t str) -> Read<Self> {
        let mut words = Vec::with_capacity(8);
        let mut rest = line;
        loop {
            rest = rest.trim_start();
            let Some(c) = rest.chars().next() else { break };
            let plain = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            if plain > 0 {
                let (word, behind) = rest.split_at(plain);
                words.push(Word::Text(Cow::Borrowed(word)));
                rest = behind;
                continue;
            }
            rest = &rest[c.len_utf8()..];
            words.push(match c {
                '[' | ']' | '=' | ',' | '/' | '?' | '*' => Word::Sign(c),
                '-' if rest.starts_with('>') => {
                    rest = &rest[1..];
                    Word::Sign('>')
                }
                '"' => {
                    let mut chars = rest.chars();
                    let text = quoted(&mut chars).ok_or(LockErrorKind::Expected("the end of a text in quotes"))?;
                    rest = chars.as_str();
                    Word::Text(Cow::Owned(text))
                }
                _ => return Err(LockErrorKind::Expected("a word of letters, digits and `_`, or a text in quotes")),
            });
        }
        words.reverse();
        Ok(Words(words))
    }

    fn next(&mut self) -> Option<Word<'t>> {
        self.0.pop()
    }

    fn peek(&self) -> Option<&Word<'t>> {
        self.0.last()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn text(&mut self, what: &'static str) -> Read<String> {
        match self.next() {
            Some(Word::Text(text)) => Ok(text.into_owned()),
            _ => Err(LockErrorKind::Expected(what)),
        }
    }

    fn sign(&mut self, sign: char, what: &'static str) -> Read<()> {
        if self.next() == Some(Word::Sign(sign)) { Ok(()) } else { Err(LockErrorKind::Expected(what)) }
    }

    fn end(&mut self) -> Read<()> {
        if self.is_empty() { Ok(()) } else { Err(LockErrorKind::Expected("the end of the line")) }
    }
}

/// What stands in quotes, the first of which was read; with the escapes of `char::escape_default`.
fn quoted(rest: &mut impl Iterator<Item = char>) -> Option<String> {
    let mut text = String::new();
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => text.push(match rest.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => escaped(rest)?,
                c @ ('\\' | '"' | '\'') => c,
                _ => return None,
            }),
            c => text.push(c),
        }
    }
}

/// `{1f600}`
fn escaped(rest: &mut impl Iterator<Item = char>) -> Option<char> {
    if rest.next()? != '{' {
        return None;
    }
    let mut code = 0_u32;
    loop {
        match rest.next()? {
            '}' => return char::from_u32(code),
            digit => code = code.checked_mul(16)?.checked_add(digit.to_digit(16)?)?,
        }
    }
}
