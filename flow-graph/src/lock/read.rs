//! Reads the text of a lock.

use std::borrow::Cow;
use std::cmp::Ordering;
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
        Lock::parse_some(text, |_| true)
    }

    /// Reads the releases of some flows alone, by their stored names: what is wrong inside the others is not seen, beside
    /// an unfinished merge.
    ///
    /// ```
    /// use flow_graph::lock::Lock;
    ///
    /// let text = "version = 1\n[leave 1]\nnode end End\n[order 1]\nnode end End\n";
    /// let lock = Lock::parse_some(text, |flow| flow == "order").unwrap();
    /// assert_eq!(lock.releases().len(), 1);
    /// ```
    ///
    /// # Errors
    /// As [`parse`](Lock::parse).
    pub fn parse_some(text: &str, wanted: impl Fn(&str) -> bool) -> Result<Lock, LockError> {
        let mut reader = Reader::default();
        for (at, line) in text.lines().enumerate() {
            reader.line(line, &wanted).map_err(|kind| LockError { line: at + 1, kind })?;
        }
        reader.finish()
    }
}

#[derive(Default)]
struct Reader<'t> {
    has_version: bool,
    sections: Vec<Section<'t>>,
    /// Each section that began, also of flows that are not wanted: flow, number and line.
    heads: Vec<(String, u32, usize)>,
    /// The section that lines belong to is of a flow that is not wanted.
    skips: bool,
    line: usize,
}

/// What a line of a release says: a place in its list.
#[derive(Clone, Copy)]
enum Said {
    Node(usize),
    Field(usize),
}

struct Section<'t> {
    flow: String,
    number: u32,
    nodes: Vec<Row<LockedNode>>,
    fields: Vec<Row<LockedField>>,
    /// The lines, and what each says: most lines of a release are those of the one before it, and are not read again.
    lines: Vec<(&'t str, Said)>,
    /// How far the section behind this one has looked in the lines.
    cursor: usize,
}

/// What a line says, and where it is.
struct Row<T> {
    of: T,
    line: usize,
    /// It was not taken over from the release before.
    fresh: bool,
}

type Read<T> = Result<T, LockErrorKind>;

impl<'t> Reader<'t> {
    fn line(&mut self, line: &'t str, wanted: impl Fn(&str) -> bool) -> Read<()> {
        self.line += 1;
        if is_merge_marker(line) {
            return Err(LockErrorKind::MergeConflict);
        }
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || self.skips && !line.starts_with('[') || self.knows(line) {
            return Ok(());
        }
        let mut words = Words::of(line)?;
        if !self.has_version {
            return self.version(&mut words);
        }
        match words.next() {
            Some(Word::Sign('[')) => self.section(&mut words, wanted),
            Some(Word::Text(key)) if ["field", "node", "task"].contains(&&*key) => {
                let number = self.line;
                let section = self.sections.last_mut().ok_or(LockErrorKind::NoRelease)?;
                let said = match &*key {
                    "node" => section.node(&mut words, number)?,
                    "task" => {
                        let task = words.text("the stored name of a node")?;
                        section.field(Some(task), &mut words, number)?
                    }
                    _ => section.field(None, &mut words, number)?,
                };
                section.lines.push((line, said));
                Ok(())
            }
            _ => Err(LockErrorKind::Expected("`[flow number]`, `node ..`, `field ..` or `task ..`")),
        }
    }

    /// Takes over what a line says from the release before, if it is one of its lines. Both are sorted as a rule.
    fn knows(&mut self, line: &'t str) -> bool {
        let [.., before, section] = self.sections.as_mut_slice() else { return false };
        if before.flow != section.flow {
            return false;
        }
        while let Some((known, said)) = before.lines.get(before.cursor) {
            match (*known).cmp(line) {
                Ordering::Less => before.cursor += 1,
                Ordering::Greater => return false,
                Ordering::Equal => {
                    before.cursor += 1;
                    let said = match *said {
                        Said::Node(at) => {
                            section.nodes.push(Row { of: before.nodes[at].of.clone(), line: self.line, fresh: false });
                            Said::Node(section.nodes.len() - 1)
                        }
                        Said::Field(at) => {
                            section.fields.push(Row {
                                of: before.fields[at].of.clone(),
                                line: self.line,
                                fresh: false,
                            });
                            Said::Field(section.fields.len() - 1)
                        }
                    };
                    section.lines.push((line, said));
                    return true;
                }
            }
        }
        false
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

    fn section(&mut self, words: &mut Words<'_>, wanted: impl Fn(&str) -> bool) -> Read<()> {
        let flow = words.text("the stored name of a flow")?;
        let number = words.text("the number of a release")?;
        let number = number.parse::<u32>().ok().filter(|number| *number > 0);
        let number = number.ok_or(LockErrorKind::Expected("the number of a release"))?;
        words.sign(']', "`]`")?;
        let of = |(name, known, _): &&(String, u32, usize)| *known == number && *name == flow;
        if let Some((_, _, first)) = self.heads.iter().find(of) {
            return Err(LockErrorKind::ReleaseTwice { flow, number, first: *first });
        }
        self.heads.push((flow.clone(), number, self.line));
        self.skips = !wanted(&flow);
        if !self.skips {
            let (nodes, fields, lines) = (Vec::new(), Vec::new(), Vec::new());
            self.sections.push(Section { flow, number, nodes, fields, lines, cursor: 0 });
        }
        words.end()
    }

    fn finish(self) -> Result<Lock, LockError> {
        if !self.has_version {
            return Err(LockError { line: self.line.max(1), kind: LockErrorKind::NoVersion });
        }
        let mut sections = self.sections;
        sections.iter_mut().try_for_each(Section::sort)?;
        for at in 0..sections.len() {
            let before = at.checked_sub(1).map(|before| &sections[before]);
            sections[at].names_what_is_there(before)?;
        }
        let mut lock = Lock::default();
        sections.into_iter().for_each(|section| lock.add(section.into_release()));
        Ok(lock)
    }
}

impl Section<'_> {
    fn node(&mut self, words: &mut Words<'_>, line: usize) -> Read<Said> {
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

    fn field(&mut self, task: Option<String>, words: &mut Words<'_>, line: usize) -> Read<Said> {
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

    /// Sorts what the lines say. No node and no field is there twice.
    fn sort(&mut self) -> Result<(), LockError> {
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
    fn names_what_is_there(&self, before: Option<&Section<'_>>) -> Result<(), LockError> {
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

    fn into_release(self) -> Release {
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

/// `<<<<<<< HEAD` and the like.
fn is_merge_marker(line: &str) -> bool {
    let first = line.as_bytes().first();
    matches!(first, Some(b'<' | b'=' | b'>' | b'|'))
        && ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker))
}

fn kind_of(word: &str) -> Option<Kind> {
    let boundaries = [Kind::TimerBoundary, Kind::ErrorBoundary, Kind::CompensationBoundary];
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
