//! The words of a line of a lock.

use std::borrow::Cow;

use super::LockErrorKind;
use super::read::Read;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word<'t> {
    Text(Cow<'t, str>),
    /// `->` is `>`.
    Sign(char),
}

/// The words of a line, the next one last.
pub(super) struct Words<'t>(Vec<Word<'t>>);

impl<'t> Words<'t> {
    pub(super) fn of(line: &'t str) -> Read<Self> {
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

    pub(super) fn next(&mut self) -> Option<Word<'t>> {
        self.0.pop()
    }

    pub(super) fn peek(&self) -> Option<&Word<'t>> {
        self.0.last()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn text(&mut self, what: &'static str) -> Read<String> {
        match self.next() {
            Some(Word::Text(text)) => Ok(text.into_owned()),
            _ => Err(LockErrorKind::Expected(what)),
        }
    }

    pub(super) fn sign(&mut self, sign: char, what: &'static str) -> Read<()> {
        if self.next() == Some(Word::Sign(sign)) { Ok(()) } else { Err(LockErrorKind::Expected(what)) }
    }

    pub(super) fn end(&mut self) -> Read<()> {
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
