//! What the flow's code does to its data, as far as its words show: closures and the fields of forms. The body of
//! a method, and a form type of the user's, may do anything.

use std::collections::BTreeSet;

use flow_graph::Kind;
use flow_graph::code::{self, Asks, Code, NodeCode, Read};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

use super::model::{Assign, Delay, FlowModel, Form, NodeModel, Permission};
use super::value::Callback;
use crate::names::plain;

/// The places of what [`Code`] tells of, by node.
pub(crate) struct NodeSpans {
    pub(crate) form: Vec<Span>,
    pub(crate) callbacks: Vec<CallbackSpans>,
}

/// The place of a callback: of its first word behind the arguments, and of the fields that it reads.
pub(crate) struct CallbackSpans {
    pub(crate) body: Span,
    pub(crate) reads: Vec<Span>,
}

/// Who a callback is called by: one that looks cannot write, one that acts can.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Looks,
    Acts,
    /// A job: it has a copy of the process.
    Works,
}

pub(crate) fn code(flow: &FlowModel) -> (Code, Vec<NodeSpans>) {
    let (nodes, spans) = flow.nodes.iter().map(node).unzip();
    (Code { nodes }, spans)
}

fn node(node: &NodeModel) -> (NodeCode, NodeSpans) {
    let mut code = NodeCode::default();
    let mut spans = NodeSpans { form: Vec::new(), callbacks: Vec::new() };
    match &node.form {
        Some(Form::Fields { fields, .. }) => {
            code.form = fields.iter().map(plain).collect();
            spans.form = fields.iter().map(Ident::span).collect();
        }
        Some(Form::Type(_)) => code.writes_anything = true,
        None => {}
    }
    // Code that starts a process hands over all that it is made of.
    code.writes_anything |= node.kind == Kind::StartHandle;
    let mut add = |asks: Asks, part: Part, callback: Option<&Callback>| {
        if let Some((callback, place)) = callback.map(|callback| self::callback(asks, part, callback)) {
            code.callbacks.push(callback);
            spans.callbacks.push(place);
        }
    };
    let run = match node.kind {
        Kind::Job => Part::Works,
        // It makes the process, and sees none.
        Kind::StartHandle => Part::Looks,
        _ => Part::Acts,
    };
    add(Asks::Way, Part::Looks, node.condition.as_ref());
    add(Asks::Way, Part::Looks, node.on.as_ref());
    for (at, edge) in node.edges.iter().enumerate() {
        add(Asks::Edge(at), Part::Looks, edge.when.as_ref());
        for given in [&edge.data, &edge.seed, &edge.data_source, &edge.seed_source] {
            add(Asks::Other, Part::Looks, given.as_ref());
        }
    }
    add(Asks::Other, run, node.run.as_ref());
    add(Asks::Other, Part::Acts, node.on_done.as_ref());
    add(Asks::Other, Part::Looks, node.process_data.as_ref());
    add(Asks::Other, Part::Looks, node.process_seed.as_ref());
    if let Some(Delay::Callback(delay) | Delay::At(delay)) = &node.delay {
        add(Asks::Other, Part::Looks, Some(delay));
    }
    match &node.assign {
        Some(Assign::OwnerOf(owner)) => code.owner_of = Some(*owner),
        Some(Assign::Callback(callback)) => add(Asks::Other, Part::Looks, Some(callback)),
        None => {}
    }
    code.different_from.clone_from(&node.different_from);
    code.has_people = node.assign.is_some() || !matches!(node.permission, Permission::Managers);
    (code, spans)
}

fn callback(asks: Asks, part: Part, callback: &Callback) -> (code::Callback, CallbackSpans) {
    let unseen = if part == Part::Acts { None } else { Some(Vec::new()) };
    match callback {
        Callback::Method { name, .. } => (
            code::Callback { asks, text: None, always: None, reads: None, writes: unseen },
            CallbackSpans { body: name.span(), reads: Vec::new() },
        ),
        Callback::Closure { tokens, arguments, .. } => {
            let Some((argument, body)) = parts(tokens) else {
                let span = tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
                let callback = code::Callback { asks, text: None, always: None, reads: None, writes: unseen };
                return (callback, CallbackSpans { body: span, reads: Vec::new() });
            };
            let mut seen = Seen::new(argument);
            seen.look(&body);
            // With the connection it can ask the database, and with an input it sees that.
            let asks_elsewhere = seen.elsewhere || *arguments > 1 || part == Part::Works;
            let reads: Vec<Read> = seen.reads.iter().map(|(read, _)| read.clone()).collect();
            let writes = match part {
                Part::Acts if seen.hands_over => None,
                Part::Acts => Some(seen.writes),
                Part::Looks | Part::Works => Some(Vec::new()),
            };
            let text = (!asks_elsewhere).then(|| words(tokens));
            let place = body.first().map_or_else(Span::call_site, TokenTree::span);
            let reads_spans = seen.reads.iter().map(|(_, span)| *span).collect();
            let reads = (!asks_elsewhere).then_some(reads);
            (
                code::Callback { asks, text, always: always(&body), reads, writes },
                CallbackSpans { body: place, reads: reads_spans },
            )
        }
    }
}

/// The name of a closure's first argument, and its body.
fn parts(tokens: &TokenStream) -> Option<(Option<Ident>, Vec<TokenTree>)> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let bar = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == '|');
    let open = tokens.iter().position(bar)?;
    let close = open + 1 + tokens[open + 1..].iter().position(bar)?;
    let argument = tokens[open + 1..close].iter().find_map(|token| match token {
        TokenTree::Ident(word) if word != "mut" => Some(word.clone()),
        _ => None,
    });
    Some((argument, tokens[close + 1..].to_vec()))
}

/// `true`, `{ true }`, `Ok(true)`.
fn always(body: &[TokenTree]) -> Option<bool> {
    match body {
        [TokenTree::Ident(word)] if word == "true" => Some(true),
        [TokenTree::Ident(word)] if word == "false" => Some(false),
        [TokenTree::Group(inner)] if inner.delimiter() != Delimiter::Bracket => {
            always(&inner.stream().into_iter().collect::<Vec<_>>())
        }
        [TokenTree::Ident(ok), TokenTree::Group(inner)] if ok == "Ok" => {
            always(&inner.stream().into_iter().collect::<Vec<_>>())
        }
        _ => None,
    }
}

/// The words one by one, however they are spaced.
fn words(tokens: &TokenStream) -> String {
    let each = tokens.clone().into_iter().map(|token| match token {
        TokenTree::Group(group) => format!("{:?}({})", group.delimiter(), words(&group.stream())),
        other => other.to_string(),
    });
    each.collect::<Vec<_>>().join(" ")
}

/// What the words of a closure show.
struct Seen {
    argument: Option<String>,
    /// Names that are made inside.
    own: BTreeSet<String>,
    reads: Vec<(Read, Span)>,
    writes: Vec<String>,
    /// It may ask something else than the process's fields.
    elsewhere: bool,
    /// It hands the process on, or changes it in a way that is not read here.
    hands_over: bool,
}

/// Words of the language that say nothing of where an answer comes from.
const WORDS: &[&str] =
    &["true", "false", "if", "else", "match", "let", "mut", "ref", "as", "move", "return", "matches"];

/// What is asked of the row, and not of a field: others may change it.
const ROW: &[&str] = &[
    "id",
    "flow",
    "status",
    "version",
    "created",
    "finished",
    "data",
    "row",
    "parent",
    "seed",
    "seed_ref",
    "artifact",
    "artifact_ref",
];

impl Seen {
    fn new(argument: Option<Ident>) -> Self {
        Seen {
            argument: argument.map(|name| plain(&name)).filter(|name| name != "_"),
            own: BTreeSet::new(),
            reads: Vec::new(),
            writes: Vec::new(),
            elsewhere: false,
            hands_over: false,
        }
    }

    fn look(&mut self, tokens: &[TokenTree]) {
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

    /// `a.process.approved()` and `a.process.set_approved(..)`; how many tokens that is.
    fn access(&mut self, tokens: &[TokenTree]) -> usize {
        let dot = |token: &TokenTree| is_sign(token, '.');
        match tokens {
            [_, d1, TokenTree::Ident(process), d2, TokenTree::Ident(name), TokenTree::Group(arguments), rest @ ..]
                if process == "process" && dot(d1) && dot(d2) && arguments.delimiter() == Delimiter::Parenthesis =>
            {
                let inner: Vec<TokenTree> = arguments.stream().into_iter().collect();
                let text = plain(name);
                match text.strip_prefix("set_").filter(|_| !inner.is_empty()) {
                    // A reference to a row is no field.
                    Some("seed" | "artifact") => self.elsewhere = true,
                    Some(field) => self.writes.push(field.to_owned()),
                    None if inner.is_empty() && !ROW.contains(&text.as_str()) => {
                        let read = Read { field: text, presence: asks_presence(rest) };
                        self.reads.push((read, name.span()));
                    }
                    None => {
                        self.elsewhere = true;
                        self.hands_over = true;
                    }
                }
                self.look(&inner);
                6
            }
            [_, d1, TokenTree::Ident(task), d2, ..] if task == "task" && dot(d1) && dot(d2) => {
                self.elsewhere = true;
                3
            }
            _ => {
                self.elsewhere = true;
                self.hands_over = true;
                1
            }
        }
    }

    /// Names behind `let`, and between the bars of closures.
    fn own_names(&mut self, tokens: &[TokenTree]) {
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

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// `.is_some()` or `.is_none()` follows.
fn asks_presence(rest: &[TokenTree]) -> bool {
    match rest {
        [dot, TokenTree::Ident(word), ..] => is_sign(dot, '.') && (word == "is_some" || word == "is_none"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str, part: Part) -> code::Callback {
        let tokens: Vec<TokenTree> = text.parse::<TokenStream>().unwrap().into_iter().collect();
        let closure = super::super::value::closure(&tokens).unwrap();
        callback(Asks::Way, part, &closure).0
    }

    fn reads(text: &str) -> Option<Vec<String>> {
        Some(seen(text, Part::Looks).reads?.into_iter().map(|read| read.field).collect())
    }

    #[test]
    fn fields_are_seen_and_what_is_asked_elsewhere_is_not_claimed() {
        let fields = |names: &[&str]| Some(names.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(reads("|a| a.process.approved()"), fields(&["approved"]));
        assert_eq!(reads("|a| a.process.n() < 3 && !a.process.ok()"), fields(&["n", "ok"]));
        assert_eq!(reads("|a| a.process.size().is_some_and(|found| found < 12.0)"), fields(&["size"]));
        assert_eq!(reads("|a| matches!(a.process.size(), Some(Size::Large))"), fields(&["size"]));
        assert_eq!(reads("|a| { let n = a.process.n(); n > 1 }"), fields(&["n"]));
        assert_eq!(reads("|a| a.process.until() < now()"), None);
        assert_eq!(reads("|a| a.process.until() < Utc::now()"), None);
        assert_eq!(reads("|a| check(a)"), None);
        assert_eq!(reads("|a| a.task.id() > a.process.n()"), None);
        assert_eq!(reads("|a, conn| a.process.n() > 1"), None);
        assert_eq!(reads("|a| a.process.status() == x"), None);
    }

    #[test]
    fn setters_are_seen_and_a_process_that_is_handed_on_may_be_set_anywhere() {
        let writes = |text| seen(text, Part::Acts).writes;
        assert_eq!(writes("|a| a.process.set_approved(true)"), Some(vec!["approved".to_owned()]));
        assert_eq!(writes("|a| a.process.set_n(a.process.n() + 1)"), Some(vec!["n".to_owned()]));
        assert_eq!(writes("|a| fill(&mut a.process)"), None);
        assert_eq!(writes("|a| a.process.n = 3"), None);
        assert_eq!(writes("|_| ()"), Some(vec![]));
    }

    #[test]
    fn constants_are_seen() {
        for (text, answer) in [("|_| true", Some(true)), ("|_a| { false }", Some(false)), ("|a| Ok(true)", Some(true))]
        {
            assert_eq!(seen(text, Part::Looks).always, answer);
        }
        assert_eq!(seen("|a| a.process.ok()", Part::Looks).always, None);
    }
}
