//! Reads the text of a lock.

use std::cmp::Ordering;

use super::section::Section;
use super::words::{Word, Words};
use super::write::VERSION;
use super::{Lock, LockError, LockErrorKind};

/// What reading a line gives.
pub(super) type Read<T> = Result<T, LockErrorKind>;

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
                    let said = section.take_over(before, *said, self.line);
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

/// `<<<<<<< HEAD` and the like.
fn is_merge_marker(line: &str) -> bool {
    let first = line.as_bytes().first();
    matches!(first, Some(b'<' | b'=' | b'>' | b'|'))
        && ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker))
}
