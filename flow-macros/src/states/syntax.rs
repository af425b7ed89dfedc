//! What was written: the impl block, its transitions, and all else in it.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;

use super::options;
use crate::errors::Errors;
use crate::names::{plain, snake_case};
use crate::proxy::default_key;
use crate::tokens::{is_crate, split_commas, string};

const ATTRIBUTE: &str = "`#[states(Stage, field = stage)]`; for a column of its own also `table = reviews`";

/// The methods of what `by` returns.
const TAKEN: [&str; 2] = ["because", "call"];

/// `#[states(Stage, field = stage)] impl Review { .. }`
pub(crate) struct Machine {
    /// Where flow-core is found, if not as `::flow_core`.
    pub(crate) root: Option<TokenStream>,
    /// The enum of the states.
    pub(crate) states: TokenStream,
    /// Where mistakes of the whole are reported.
    pub(crate) span: Span,
    /// The field that holds the state.
    pub(crate) field: Ident,
    /// The table whose column the field is, if it has one of its own.
    pub(crate) table: Option<TokenStream>,
    /// The primary key of the table.
    pub(crate) key: Ident,
    /// Its column that counts changes.
    pub(crate) version: Option<Ident>,
    /// The stored name: `review`.
    pub(crate) name: String,
    /// Whether old and new values of fields are logged.
    pub(crate) values: bool,
    /// The type.
    pub(crate) ty: TokenStream,
    /// Its name, from which others are made.
    pub(crate) ident: Ident,
    /// Attributes of the impl block.
    pub(crate) attributes: TokenStream,
    pub(crate) transitions: Vec<Transition>,
    /// Nothing in it was reported.
    pub(crate) sound: bool,
    /// What else is in the impl block.
    pub(crate) rest: TokenStream,
}

/// `#[transition(from(New), to = Approved)] pub fn approve(&mut self, note: String) -> Step { .. }`
pub(crate) struct Transition {
    pub(crate) docs: Vec<TokenStream>,
    /// Attributes that stay at the body.
    pub(crate) attributes: TokenStream,
    pub(crate) visibility: TokenStream,
    pub(crate) ident: Ident,
    /// The same as text.
    pub(crate) name: String,
    pub(crate) arguments: Vec<(Ident, TokenStream)>,
    /// What it returns inside a `Result`; `None`: nothing.
    pub(crate) output: Option<TokenStream>,
    /// The arguments in brackets, `-> ..` and the body, as they were written.
    pub(crate) body: TokenStream,
    pub(crate) options: options::Options,
}

pub(crate) fn parse(args: TokenStream, item: TokenStream, errors: &mut Errors) -> Option<Machine> {
    let tokens: Vec<TokenTree> = item.into_iter().collect();
    let at = tokens.iter().position(|token| matches!(token, TokenTree::Ident(word) if word == "impl"));
    let (Some(at), Some(TokenTree::Group(block))) = (at, tokens.last()) else {
        let span = tokens.first().map_or_else(Span::call_site, TokenTree::span);
        errors.push(span, "a state machine is written as an `impl` block", &["impl Review { .. }"]);
        return None;
    };
    let ty = &tokens[at + 1..tokens.len() - 1];
    let is_sign = |token: &TokenTree, sign| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let odd = ty.iter().find(|token| is_sign(token, '<') || matches!(token, TokenTree::Ident(word) if word == "for"));
    if let Some(odd) = odd {
        let help = "write it for a type without parameters, in an `impl` block of its own";
        errors.push(odd.span(), "a state machine is of a plain type", &[help]);
        return None;
    }
    let Some(TokenTree::Ident(ident)) = ty.last() else {
        errors.push(block.span_open(), "expected a type", &["impl Review { .. }"]);
        return None;
    };
    let mut machine = arguments(args, ident, errors)?;
    machine.attributes = tokens[..at].iter().cloned().collect();
    machine.ty = ty.iter().cloned().collect();
    items(block, &mut machine, errors);
    machine.sound = errors.is_empty();
    Some(machine)
}

/// `Stage, field = stage, table = reviews, name = "review", log = values`
fn arguments(args: TokenStream, ident: &Ident, errors: &mut Errors) -> Option<Machine> {
    let parts = split_commas(args);
    let mut parts = parts.iter();
    let states: Option<&Vec<TokenTree>> =
        parts.next().filter(|part| !part.iter().any(|token| token.to_string() == "="));
    let Some(states) = states else {
        errors.push(ident.span(), "the enum of the states is missing", &[ATTRIBUTE]);
        return None;
    };
    let span = states.last().map_or_else(|| ident.span(), TokenTree::span);
    let (mut field, mut table, mut key, mut version) = (None, None, None, None);
    let (mut name, mut log, mut root) = (None, None, None);
    for part in parts {
        let [TokenTree::Ident(word), TokenTree::Punct(sign), value @ ..] = part.as_slice() else {
            let span = part.first().map_or(span, TokenTree::span);
            errors.push(span, "expected an option", &[ATTRIBUTE]);
            continue;
        };
        if is_crate(part) {
            root = Some(value.iter().cloned().collect());
            continue;
        }
        let twice = match (plain(word).as_str(), sign.as_char(), value) {
            ("field", '=', [TokenTree::Ident(value)]) => field.replace(value.clone()).is_some(),
            ("key", '=', [TokenTree::Ident(value)]) => key.replace(value.clone()).is_some(),
            ("version", '=', [TokenTree::Ident(value)]) => version.replace(value.clone()).is_some(),
            ("table", '=', [_, ..]) => table.replace(value.iter().cloned().collect::<TokenStream>()).is_some(),
            ("name", '=', value) if string(value).is_some_and(|name| !name.is_empty()) => {
                std::mem::replace(&mut name, string(value)).is_some()
            }
            ("log", '=', [TokenTree::Ident(value)]) if value == "values" => log.replace(()).is_some(),
            _ => {
                let help = "the options are `field = stage`, `table = reviews`, `key = id`, `version = revision`, \
                            `name = \"review\"`, `log = values`";
                errors.push(
                    word.span(),
                    format!("`{word}` is not an option of a state machine, or written so"),
                    &[help],
                );
                false
            }
        };
        if twice {
            errors.push(word.span(), format!("`{word}` is written twice"), &["leave one of them out"]);
        }
    }
    let Some(field) = field else {
        errors.push(span, "the field that holds the state is missing", &[ATTRIBUTE]);
        return None;
    };
    if table.is_none() {
        for (word, option) in [("key", &key), ("version", &version)] {
            let Some(option) = option else { continue };
            let help = format!(
                "write `table = reviews` beside it; of a `JsonProxy` write it there: `#[proxy(.., {word} = {option})]`"
            );
            errors.push(option.span(), format!("`{word}` names a column of a table, which is missing"), &[&help]);
        }
    }
    let key = key.unwrap_or_else(|| default_key(table.as_ref()));
    Some(Machine {
        root,
        states: states.iter().cloned().collect(),
        span,
        field,
        table,
        key,
        version,
        name: name.unwrap_or_else(|| snake_case(&plain(ident))),
        values: log.is_some(),
        ty: TokenStream::new(),
        ident: ident.clone(),
        attributes: TokenStream::new(),
        transitions: Vec::new(),
        sound: true,
        rest: TokenStream::new(),
    })
}

/// Everything in the block: an item ends with its braces or its semicolon.
fn items(block: &Group, machine: &mut Machine, errors: &mut Errors) {
    let mut item: Vec<TokenTree> = Vec::new();
    for token in block.stream() {
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(sign) => sign.as_char() == ';',
            _ => false,
        };
        item.push(token);
        if ends {
            read_item(std::mem::take(&mut item), machine, errors);
        }
    }
    machine.rest.extend(item);
    for transition in &machine.transitions {
        let name = transition.name.as_str();
        if TAKEN.contains(&name) {
            let text = format!("a transition cannot be called `{name}`: `row.by(&user).{name}(..)` is another method");
            errors.push(transition.ident.span(), text, &["give it another name"]);
        }
    }
    let mut seen: Vec<&str> = Vec::new();
    let mut twice = Vec::new();
    for transition in &machine.transitions {
        if seen.contains(&transition.name.as_str()) {
            twice.push(transition.ident.clone());
        }
        seen.push(&transition.name);
    }
    for ident in twice {
        let help = "give one of them another name, or list all sources in one: `from(New, Draft)`";
        let text = format!("there are two transitions `{ident}` [transition_twice]");
        errors.push(ident.span(), text, &[&options::with_page(help, "transition_twice")]);
        // What is left is what the first one says.
        if let Some(at) = machine.transitions.iter().rposition(|transition| transition.name == plain(&ident)) {
            machine.transitions.remove(at);
        }
    }
}

fn read_item(item: Vec<TokenTree>, machine: &mut Machine, errors: &mut Errors) {
    let mut at = 0;
    let (mut docs, mut attributes, mut own) = (Vec::new(), TokenStream::new(), None);
    while let [TokenTree::Punct(hash), TokenTree::Group(group), ..] = &item[at..] {
        if hash.as_char() != '#' {
            break;
        }
        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
        let whole = || item[at..at + 2].iter().cloned().collect::<TokenStream>();
        match inner.as_slice() {
            [TokenTree::Ident(word), rest @ ..] if word == "transition" => own = Some((word.span(), rest.to_vec())),
            [TokenTree::Ident(word), ..] if word == "doc" => docs.push(whole()),
            _ => attributes.extend(whole()),
        }
        at += 2;
    }
    let Some((span, arguments)) = own else {
        machine.rest.extend(item);
        return;
    };
    let given = match arguments.as_slice() {
        [TokenTree::Group(group)] => group.stream(),
        _ => TokenStream::new(),
    };
    let options = options::read(span, given, errors);
    if let Some(transition) = signature(&item[at..], docs, attributes, options, errors) {
        machine.transitions.push(transition);
    } else {
        let without: TokenStream = item.into_iter().collect();
        machine.rest.extend(crate::tokens::without_attribute(without, "transition"));
    }
}

/// `pub fn approve(&mut self, note: String) -> Step { .. }`; nothing if it cannot be called as a transition.
fn signature(
    tokens: &[TokenTree],
    docs: Vec<TokenStream>,
    attributes: TokenStream,
    options: options::Options,
    errors: &mut Errors,
) -> Option<Transition> {
    const HELP: &str = "write it so: `fn approve(&mut self, note: String) -> Step { .. }`";
    let refuse = |span: Span, text: &str, errors: &mut Errors| {
        let text = format!("{text} [uncallable_transition]");
        errors.push(span, text, &[&options::with_page(HELP, "uncallable_transition")]);
    };
    let start = tokens.iter().position(|token| matches!(token, TokenTree::Ident(word) if word == "fn"));
    let Some((start, [TokenTree::Ident(ident), rest @ ..])) = start.map(|start| (start, &tokens[start + 1..])) else {
        let span = tokens.first().map_or_else(Span::call_site, TokenTree::span);
        refuse(span, "a transition is a method", errors);
        return None;
    };
    let before = &tokens[..start];
    for word in ["async", "const", "unsafe", "extern"] {
        if let Some(token) = before.iter().find(|token| matches!(token, TokenTree::Ident(found) if found == word)) {
            refuse(token.span(), &format!("a transition is not `{word}`: it is taken within one call"), errors);
            return None;
        }
    }
    let Some(TokenTree::Group(brackets)) = rest.first() else {
        let span = rest.first().map_or_else(|| ident.span(), TokenTree::span);
        refuse(span, "a transition has no type parameters", errors);
        return None;
    };
    let parts = split_commas(brackets.stream());
    let receiver = parts.first().map(|part| part.iter().map(ToString::to_string).collect::<Vec<_>>());
    if receiver.is_none_or(|words| words.join(" ") != "& mut self") {
        let span = parts.first().and_then(|part| part.first()).map_or_else(|| brackets.span(), TokenTree::span);
        refuse(span, "a transition takes `&mut self` first", errors);
        return None;
    }
    let mut arguments = Vec::new();
    for part in &parts[1..] {
        let named = match part.as_slice() {
            [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Punct(colon), ty @ ..]
                if word == "mut" && colon.as_char() == ':' =>
            {
                Some((name, ty))
            }
            [TokenTree::Ident(name), TokenTree::Punct(colon), ty @ ..] if colon.as_char() == ':' => Some((name, ty)),
            _ => None,
        };
        match named {
            Some((name, ty)) if name != "_" && !ty.is_empty() => {
                arguments.push((name.clone(), ty.iter().cloned().collect::<TokenStream>()));
            }
            _ => {
                let span = part.first().map_or_else(|| brackets.span(), TokenTree::span);
                refuse(span, "an argument of a transition has a name and a type", errors);
                return None;
            }
        }
    }
    let returned = &rest[1..rest.len() - 1];
    let output = match returned {
        [] => None,
        [TokenTree::Punct(_), TokenTree::Punct(_), ty @ ..] => match answer(ty) {
            Some(output) => Some(output),
            None => {
                let span = ty.first().map_or_else(|| ident.span(), TokenTree::span);
                refuse(span, "a transition returns nothing, `Step<T>` or a `Result`", errors);
                return None;
            }
        },
        other => {
            refuse(other.first().map_or_else(|| ident.span(), TokenTree::span), "expected `->` or the body", errors);
            return None;
        }
    };
    Some(Transition {
        docs,
        attributes,
        visibility: before.iter().cloned().collect(),
        ident: ident.clone(),
        name: plain(ident),
        arguments,
        output,
        body: rest.iter().cloned().collect(),
        options,
    })
}

/// The `T` of `Step<T>`, `Result<T, E>` or `QueryResult<T>`; `()` of a bare `Step`.
fn answer(ty: &[TokenTree]) -> Option<TokenStream> {
    let is_sign = |token: &TokenTree, sign| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let open = ty.iter().position(|token| is_sign(token, '<'));
    let TokenTree::Ident(word) = ty[..open.unwrap_or(ty.len())].last()? else { return None };
    let name = plain(word);
    if name != "Step" && !name.ends_with("Result") {
        return None;
    }
    let Some(open) = open else { return (name == "Step" || name == "Result").then(|| quote::quote!(())) };
    // The first argument: up to a comma outside all brackets, or to the last one.
    let (mut depth, mut first) = (0_i32, TokenStream::new());
    for token in &ty[open + 1..] {
        if depth == 0 && (is_sign(token, ',') || is_sign(token, '>')) {
            break;
        }
        depth += i32::from(is_sign(token, '<')) - i32::from(is_sign(token, '>'));
        first.extend(token.to_token_stream());
    }
    Some(first)
}
