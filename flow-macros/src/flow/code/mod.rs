//! What the flow's code does to its data, as far as its words show: closures and the fields of forms. The body of
//! a method, and a form type of the user's, may do anything.

mod closure;

use flow_graph::code::{self, Asks, Code, NodeCode};
use flow_graph::{Body, Kind};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

use closure::{ClosureFacts, is_sign, knows_absence};

use super::expand::texts;
use super::model::{Assign, Delay, FlowModel, Form, NodeModel, Permission, Retry};
use super::value::CallbackSyntax;
use crate::names::plain;

/// The places of what [`Code`] tells of, by node.
pub(crate) struct NodeSpans {
    pub(crate) form: Vec<Span>,
    pub(crate) callbacks: Vec<CallbackSpans>,
    pub(crate) delay: Option<Span>,
}

/// The place of a callback: of its first word behind the arguments, of the fields that it reads, and of words that
/// say something.
pub(crate) struct CallbackSpans {
    pub(crate) body: Span,
    pub(crate) reads: Vec<Span>,
    pub(crate) words: Vec<Span>,
}

/// Who a callback is called by: one that looks cannot write, one that acts can.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Looks,
    Acts,
    /// A job: it has a copy of the process.
    Works,
    /// It makes the process, and sees none.
    Makes,
}

pub(crate) fn code(flow: &FlowModel) -> (Code, Vec<NodeSpans>) {
    let (nodes, spans) = flow.nodes.iter().map(|model| node(flow, model)).unzip();
    let texts = [&flow.summary, &flow.result, &flow.reference].into_iter().flatten();
    (Code { nodes, shows: texts.flat_map(|(text, _)| texts::fields(text)).collect() }, spans)
}

fn node(flow: &FlowModel, node: &NodeModel) -> (NodeCode, NodeSpans) {
    let mut code = NodeCode::default();
    let mut spans = NodeSpans { form: Vec::new(), callbacks: Vec::new(), delay: None };
    match &node.form {
        Some(Form::Fields { fields, .. }) => {
            // A field of the task is not a field of the process, even where it has the same name.
            let of_process = || fields.iter().filter(|field| !field.of_task);
            code.form = of_process().map(|field| plain(&field.ident)).collect();
            spans.form = of_process().map(|field| field.ident.span()).collect();
        }
        Some(Form::Type(_)) => code.writes_anything = true,
        None => {}
    }
    // Code that starts a process hands over all that it is made of.
    code.writes_anything |= node.kind.body() == Body::Makes;
    let texts = [&node.summary, &node.result].into_iter().flatten();
    code.shows = texts.flat_map(|(text, _)| texts::fields(text)).collect();
    let mut add = |asks: Asks, part: Part, callback: Option<&CallbackSyntax>| {
        if let Some((callback, place)) = callback.map(|callback| self::callback(asks, part, callback)) {
            code.callbacks.push(callback);
            spans.callbacks.push(place);
        }
    };
    // What is waited for decides nothing: it is asked again when it has changed.
    let asks = if node.kind == Kind::ConditionalCatch { Asks::Other } else { Asks::Way };
    add(asks, Part::Looks, node.condition.as_ref());
    add(Asks::Way, Part::Looks, node.on.as_ref());
    add(Asks::Other, Part::Looks, node.continue_on.as_ref());
    for (at, edge) in node.edges.iter().enumerate() {
        add(Asks::Edge(at), Part::Looks, edge.when.as_ref());
        for (asks, given) in [
            (Asks::Data(at), &edge.data),
            (Asks::Data(at), &edge.data_source),
            (Asks::Seed(at), &edge.seed),
            (Asks::Seed(at), &edge.seed_source),
        ] {
            add(asks, Part::Looks, given.as_ref());
        }
    }
    add(Asks::Act, Part::Acts, node.on_create.as_ref());
    let (asks, run) = match node.kind.body() {
        Body::Background => (Asks::Other, Part::Works),
        Body::Makes => (Asks::Act, Part::Makes),
        Body::Transaction | Body::None => (Asks::Act, Part::Acts),
    };
    add(asks, run, node.run.as_ref());
    if let Some(Retry::Method(method)) = &node.retry {
        add(Asks::Other, Part::Works, Some(method));
    }
    add(Asks::Other, Part::Looks, node.key.as_ref());
    add(Asks::Other, Part::Looks, node.value.as_ref());
    add(Asks::Act, Part::Acts, node.on_done.as_ref());
    add(Asks::Other, Part::Looks, node.items.as_ref());
    add(Asks::Child, Part::Looks, node.process_data.as_ref());
    add(Asks::Child, Part::Looks, node.process_seed.as_ref());
    match &node.delay {
        Some(Delay::Callback(delay) | Delay::At(delay)) => add(Asks::Time, Part::Looks, Some(delay)),
        Some(Delay::Value(value)) => (code.delay, spans.delay) = seconds(value).unzip(),
        None => {}
    }
    if let Some(every) = &node.every {
        (code.delay, spans.delay) = seconds(every).unzip();
    }
    match &node.assign {
        Some(Assign::OwnerOf(owner)) => code.owner_of = Some(*owner),
        Some(Assign::Callback(callback)) => add(Asks::Person, Part::Looks, Some(callback)),
        None => {}
    }
    add(Asks::Person, Part::Looks, node.candidates.as_ref());
    for value in [&node.due, &node.urgency].into_iter().flatten() {
        if let Delay::Callback(callback) = value {
            add(Asks::Other, Part::Looks, Some(callback));
        }
    }
    code.undo = node.undo.as_ref().map(|undo| self::callback(Asks::Other, Part::Acts, undo).0);
    code.different_from.clone_from(&node.different_from);
    code.has_people =
        node.assign.is_some() || node.candidates.is_some() || !matches!(node.permission, Permission::Managers);
    code.asks_people =
        matches!(node.assign, Some(Assign::Callback(_))) || matches!(node.permission, Permission::Method(_));
    let child = node.child.as_ref().and_then(flow_of);
    code.runs_itself = child.is_some_and(|child| child == plain(&flow.ident));
    (code, spans)
}

/// `days(3)`, and where it stands.
fn seconds(delay: &TokenStream) -> Option<(u64, Span)> {
    let tokens: Vec<TokenTree> = delay.clone().into_iter().collect();
    let [.., TokenTree::Ident(unit), TokenTree::Group(group)] = tokens.as_slice() else { return None };
    let factor = match unit.to_string().as_str() {
        "seconds" => 1,
        "minutes" => 60,
        "hours" => 3_600,
        "days" => 86_400,
        _ => return None,
    };
    let number: u64 = group.stream().to_string().replace('_', "").parse().ok()?;
    Some((number.saturating_mul(factor), unit.span()))
}

/// `PublishFlow` of `PublishFlow.as_subprocess`.
fn flow_of(child: &TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = child.clone().into_iter().collect();
    match tokens.as_slice() {
        [.., TokenTree::Ident(flow), dot, TokenTree::Ident(_)] if is_sign(dot, '.') => Some(plain(flow)),
        _ => None,
    }
}

fn callback(asks: Asks, part: Part, callback: &CallbackSyntax) -> (code::Callback, CallbackSpans) {
    let unseen = if part == Part::Acts { None } else { Some(Vec::new()) };
    // What makes a process reads none.
    let unseen = code::Callback { writes: unseen, reads_anything: part != Part::Makes, ..code::Callback::unseen(asks) };
    let place = |body| CallbackSpans { body, reads: Vec::new(), words: Vec::new() };
    match callback {
        CallbackSyntax::Method { name, .. } => (unseen, place(name.span())),
        CallbackSyntax::Closure { tokens, arguments, .. } => {
            let Some((argument, body)) = parts(tokens) else {
                let span = tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
                return (unseen, place(span));
            };
            let mut seen = ClosureFacts::new(argument);
            seen.look(&body);
            if knows_absence(&body) {
                seen.reads.iter_mut().for_each(|(read, _)| read.presence = true);
            }
            // With the connection it can ask the database, and with an input it sees that.
            let elsewhere = seen.elsewhere || *arguments > 1 || matches!(part, Part::Works | Part::Makes);
            let (reads, reads_spans) = seen.reads.into_iter().unzip();
            let (words, words_spans) = seen.words.into_iter().unzip();
            let spans = CallbackSpans {
                body: body.first().map_or_else(Span::call_site, TokenTree::span),
                reads: reads_spans,
                words: words_spans,
            };
            let callback = code::Callback {
                asks,
                text: (!elsewhere).then(|| self::words(tokens)),
                always: always(&body),
                reads,
                reads_anything: part != Part::Makes && (seen.hands_over || *arguments > 1),
                elsewhere,
                writes: match part {
                    Part::Acts if seen.hands_over => None,
                    Part::Acts => Some(seen.writes),
                    Part::Looks | Part::Works | Part::Makes => Some(Vec::new()),
                },
                words,
            };
            (callback, spans)
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

#[cfg(test)]
mod tests {
    use flow_graph::code::{Of, Read, Says};

    use super::*;

    fn seen(text: &str, part: Part) -> code::Callback {
        let tokens: Vec<TokenTree> = text.parse::<TokenStream>().unwrap().into_iter().collect();
        let closure = super::super::closure::closure(&tokens).unwrap();
        callback(Asks::Way, part, &closure).0
    }

    fn reads(text: &str) -> Option<Vec<String>> {
        let seen = seen(text, Part::Looks);
        Some(seen.comes_from()?.iter().map(|read| read.field.clone()).collect())
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
    fn what_says_what_happens_without_a_value_asks_for_its_presence() {
        let presence = |text| seen(text, Part::Looks).reads.iter().all(|read| read.presence);
        for text in [
            "|a| a.process.opt().is_some_and(|n| n > 1)",
            "|a| a.process.opt().unwrap_or(true)",
            "|a| a.process.opt() == Some(true)",
            "|a| a.process.opt() != None",
            "|a| matches!(a.process.opt(), Some(n) if n > 1)",
            "|a| if let Some(n) = a.process.opt() { n > 1 } else { false }",
            "|a| match a.process.opt() { None => false, Some(n) => n }",
            "|a| !a.process.list().is_empty()",
        ] {
            assert!(presence(text), "{text}");
        }
        for text in ["|a| a.process.ok()", "|a| a.process.opt().unwrap()", "|a| Some(a.process.clerk().to_owned())"] {
            assert!(!presence(text), "{text}");
        }
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
    fn tasks_and_references_are_seen() {
        let of = |text| {
            let read = |read: Read| (read.of, read.field, read.presence);
            seen(text, Part::Looks).reads.into_iter().map(read).collect::<Vec<_>>()
        };
        assert_eq!(of("|a| a.task.fresh()"), [(Of::Task, "fresh".to_owned(), false)]);
        assert_eq!(of("|a, conn| Ok(a.task.seed(conn)?.fresh)"), [(Of::Task, "seed".to_owned(), false)]);
        assert_eq!(of("|a| a.process.artifact_ref().is_some()"), [(Of::Process, "artifact".to_owned(), true)]);
        assert_eq!(of("|a| a.task.owner().is_some()"), []);
        assert_eq!(reads("|a| a.process.artifact_ref().is_some()"), None);
        assert_eq!(seen("|a| a.process.set_artifact(&x)", Part::Acts).writes, Some(vec!["artifact".to_owned()]));
        assert!(!seen("|a| a.task.fresh()", Part::Looks).reads_anything);
        assert!(seen("|a| check(&a.task)", Part::Looks).reads_anything);
        assert!(!seen("|order| make(order)", Part::Makes).reads_anything);
    }

    #[test]
    fn words_say_something_by_what_stands_around_them() {
        let says = |text| seen(text, Part::Looks).words;
        assert_eq!(says("|a| a.process.until() < Utc::now()"), [Says::Changes]);
        assert_eq!(says("|a| a.process.now() && env::var(\"X\").is_ok()"), [Says::Changes]);
        assert_eq!(says("|a| a.process.size().unwrap() > 1"), [Says::Panics]);
        assert_eq!(says("|a| { let todo = a.process.todo(); todo != 1 }"), []);
        assert_eq!(says("|a| if a.process.ok() { true } else { unreachable!() }"), [Says::Panics]);
        assert_eq!(says("|a| { std::thread::sleep(wait); std::fs::read(path) }"), [Says::Blocks, Says::Blocks]);
        assert_eq!(says("|a| a.process.unwrap()"), []);
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
