//! Places in texts: offsets here, lines and columns in the protocol.

use std::ops::Range;

use serde_json::{Value, json};

use crate::{File, Sources};

/// A place that rust-analyzer names: the word there, and its line, so that a test reads like the source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `flow.rs`; a path for a file of another crate.
    pub file: String,
    /// The words.
    pub word: String,
    /// The line they stand in, without its indent.
    pub line: String,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: `{}` in `{}`", self.file, self.word, self.line)
    }
}

/// The place of a range in one of our files.
pub(crate) fn place(sources: &Sources, file: File, range: Range<usize>) -> Place {
    let text = sources.text(file);
    let begin = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.start..].find('\n').map_or(text.len(), |at| range.start + at);
    Place { file: file.name().to_owned(), word: text[range].to_owned(), line: text[begin..end].trim().to_owned() }
}

/// An offset as the protocol has it: columns count bytes, as was agreed with the server.
pub(crate) fn position(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let line = before.matches('\n').count();
    let column = offset - before.rfind('\n').map_or(0, |at| at + 1);
    json!({ "line": line, "character": column })
}

/// A range of the protocol as offsets.
pub(crate) fn range(text: &str, range: &Value) -> Range<usize> {
    offset(text, &range["start"])..offset(text, &range["end"])
}

fn offset(text: &str, position: &Value) -> usize {
    let number = |name| position[name].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let lines = text.split_inclusive('\n').take(number("line"));
    let offset = lines.map(str::len).sum::<usize>() + number("character");
    offset.min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_lines_and_columns_and_back() {
        let text = "a\nbcd\n\nef";
        for at in 0..=text.len() {
            assert_eq!(offset(text, &position(text, at)), at);
        }
        assert_eq!(position(text, 4), json!({ "line": 1, "character": 2 }));
    }
}
