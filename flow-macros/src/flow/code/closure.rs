//! What the words of a closure show.

use std::collections::BTreeSet;

use flow_graph::code::{Of, Read, Says};
use proc_macro2::{Delimiter, Ident, Span, TokenTree};

use crate::names::plain;
use crate::rows;

/// What the words of a closure show.
pub(super) struct ClosureFacts {
    argument: Option<String>,
    /// Names that are made inside.
    own: BTreeSet<String>,
    pub(super) reads: Vec<(Read, Span)>,
    pub(super) writes: Vec<String>,
    /// It may ask something else than the process's fields.
    pub(super) elsewhere: bool,
    /// It hands the process or the task on, or changes it in a way that is not read here.
    pub(super) hands_over: bool,
    /// Words that say something by themselves.
    pub(super) words: Vec<(Says, Span)>,
}

/// Words of the language that say nothing of where an answer comes from.
const WORDS: &[&str] =
    &["true", "false", "if", "else", "match", "let", "mut", "ref", "as", "move", "return", "matches"];

/// What a row refers to, by the methods that ask for it.
const REFERENCES: &[(&str, &str)] =
    &[("seed", "seed"), ("seed_ref", "seed"), ("artifact", "artifact"), ("artifact_ref", "artifact")];

/// Functions whose answer another look may not give.
const CHANGES: &[&str] = &["now", "elapsed", "today", "random", "thread_rng", "random_range", "gen_range"];

/// Methods and macros that panic.
const PANICS: &[&str] = &["unwrap", "expect", "unwrap_err", "expect_err"];
const PANIC_MACROS: &[&str] = &["panic", "todo", "unreachable", "unimplemented", "assert", "assert_eq", "assert_ne"];

/// Methods that say what happens if a value is absent, or a list empty.
const ABSENCE: &[&str] = &[
    "is_some",
    "is_none",
    "is_some_and",
    "is_none_or",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "map_or",
    "map_or_default",
    "map_or_else",
    "ok_or",
    "ok_or_else",
    "is_empty",
    "iter",
    "len",
    "contains",
];

/// Functions that wait, and modules and types whose functions do.
const BLOCKS: &[&str] = &["sleep", "block_on"];
const BLOCKING_PATHS: &[&str] = &["reqwest", "ureq", "TcpStream", "Command", "fs", "File"];

impl ClosureFacts {
    pub(super) fn new(argument: Option<Ident>) -> Self {
        ClosureFacts {
            argument: argument.map(|name| plain(&name)).filter(|name| name != "_"),
            own: BTreeSet::new(),
            reads: Vec::new(),
            writes: Vec::new(),
            elsewhere: false,
            hands_over: false,
            words: Vec::new(),
        }
    }

    pub(super) fn look(&mut self, tokens: &[TokenTree]) {
        self.own_names(tokens);
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Ident(word) if self.is_argument(word) => at += self.access(&tokens[at..]),
                TokenTree::Ident(word) => {
                    let after = |sign: char| at > 0 && is_sign(&tokens[at - 1], sign);
                    let text = plain(word);
                    let is_type = text.starts_with(char::is_uppercase) && !after(':');
                    let known = after('.') || is_type || WORDS.contains(&text.as_str()) || self.own.contains(&text);
                    // `Size::Large` is a value, `Utc::now` is a call.
                    let variant = after(':') && text.starts_with(char::is_uppercase);
                    self.elsewhere |= !known && !variant;
                    let says = says(&text, after('.'), &tokens[at + 1..]);
                    self.words.extend(says.map(|says| (says, word.span())));
                    self.elsewhere |= says == Some(Says::Changes);
                    at += 1;
                }
                TokenTree::Group(group) => {
                    self.look(&group.stream().into_iter().collect::<Vec<_>>());
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    fn is_argument(&self, word: &Ident) -> bool {
        self.argument.as_ref().is_some_and(|argument| word == argument)
    }

    /// `a.process.approved()` and `a.process.set_approved(..)`, or of the task; how many tokens that is.
    fn access(&mut self, tokens: &[TokenTree]) -> usize {
        let dot = |token: &TokenTree| is_sign(token, '.');
        match tokens {
            [_, d1, TokenTree::Ident(row), d2, TokenTree::Ident(name), TokenTree::Group(arguments), rest @ ..]
                if dot(d1) && dot(d2) && arguments.delimiter() == Delimiter::Parenthesis =>
            {
                let inner: Vec<TokenTree> = arguments.stream().into_iter().collect();
                let (text, presence) = (plain(name), asks_presence(rest));
                let read = |of, field: &str| (Read { of, field: field.to_owned(), presence }, name.span());
                let reference = REFERENCES.iter().find(|(method, _)| *method == text).map(|(_, field)| *field);
                let setter = text.strip_prefix("set_").filter(|_| !inner.is_empty());
                match (plain(row).as_str(), reference, setter) {
                    ("process", Some(field), _) => {
                        self.reads.push(read(Of::Process, field));
                        self.elsewhere = true;
                    }
                    ("process", None, Some(field)) => self.writes.push(field.to_owned()),
                    ("process", None, None) if inner.is_empty() && !rows::PROCESS.contains(&text.as_str()) => {
                        self.reads.push(read(Of::Process, &text));
                    }
                    ("task", Some(field), _) => {
                        self.reads.push(read(Of::Task, field));
                        self.elsewhere = true;
                    }
                    ("task", None, Some(_)) => {}
                    ("task", None, None) if rows::TASK.contains(&text.as_str()) => self.elsewhere = true,
                    ("task", None, None) if inner.is_empty() => self.reads.push(read(Of::Task, &text)),
                    _ => {
                        self.elsewhere = true;
                        self.hands_over = true;
                    }
                }
                self.look(&inner);
                6
            }
            _ => {
                self.elsewhere = true;
                self.hands_over = true;
                1
            }
        }
    }

    /// Names behind `let`, and between the bars of closures.
    pub(super) fn own_names(&mut self, tokens: &[TokenTree]) {
        let mut bars = false;
        let mut pattern = false;
        for token in tokens {
            match token {
                TokenTree::Punct(sign) if sign.as_char() == '|' => bars = !bars,
                TokenTree::Punct(sign) if sign.as_char() == '=' || sign.as_char() == ';' => pattern = false,
                TokenTree::Ident(word) if word == "let" => pattern = true,
                TokenTree::Ident(word) if bars || pattern => {
                    self.own.insert(plain(word));
                }
                TokenTree::Group(group) if bars || pattern => {
                    for token in group.stream() {
                        if let TokenTree::Ident(word) = token {
                            self.own.insert(plain(&word));
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

pub(super) fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// What a word says by itself, by what stands around it.
fn says(word: &str, is_method: bool, rest: &[TokenTree]) -> Option<Says> {
    let call = matches!(rest.first(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
    let path = matches!(rest, [first, second, ..] if is_sign(first, ':') && is_sign(second, ':'));
    let bang = matches!(rest, [sign, TokenTree::Group(_), ..] if is_sign(sign, '!'));
    if call && CHANGES.contains(&word) || path && (word == "env" || word == "rand") {
        Some(Says::Changes)
    } else if call && is_method && PANICS.contains(&word) || bang && PANIC_MACROS.contains(&word) {
        Some(Says::Panics)
    } else if call && BLOCKS.contains(&word) || path && BLOCKING_PATHS.contains(&word) {
        Some(Says::Blocks)
    } else {
        None
    }
}

/// What follows says what happens if there is nothing.
fn asks_presence(rest: &[TokenTree]) -> bool {
    match rest {
        [dot, TokenTree::Ident(word), ..] => is_sign(dot, '.') && ABSENCE.contains(&plain(word).as_str()),
        _ => false,
    }
}

/// `Some` or `None` is compared with or matched: what stands there knows that there may be nothing.
pub(super) fn knows_absence(tokens: &[TokenTree]) -> bool {
    let mut before: Option<&TokenTree> = None;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "Some" || word == "None" => {
                let compared = before.is_some_and(|token| {
                    ['=', '<', '>'].iter().any(|sign| is_sign(token, *sign))
                        || matches!(token, TokenTree::Ident(word) if word == "let")
                });
                let rest = match &tokens[at + 1..] {
                    [TokenTree::Group(_), rest @ ..] | rest => rest,
                };
                let arm = match rest {
                    [TokenTree::Ident(word), ..] => word == "if",
                    [first, second, ..] => is_sign(first, '=') && is_sign(second, '>'),
                    _ => false,
                };
                if compared || arm {
                    return true;
                }
            }
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let matched = at > 1 && matches!(&tokens[at - 2], TokenTree::Ident(word) if word == "matches");
                let names =
                    |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "Some" || word == "None");
                if matched && inner.iter().any(names) || knows_absence(&inner) {
                    return true;
                }
            }
            _ => {}
        }
        before = Some(token);
    }
    false
}
