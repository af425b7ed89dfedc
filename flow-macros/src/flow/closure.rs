//! What the words of a closure say about how it is called: its arguments, whether it can fail, whether it is async.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use super::value::CallbackSyntax;
use crate::tokens::split_commas;

/// A closure, if that is what the tokens are.
pub(crate) fn closure(tokens: &[TokenTree]) -> Option<CallbackSyntax> {
    let words = tokens.iter().take_while(|token| is_word(token, "move") || is_word(token, "async")).count();
    if !tokens.get(words).is_some_and(|token| is_sign(token, '|')) {
        return None;
    }
    let close = words + 1 + tokens[words + 1..].iter().position(|token| is_sign(token, '|'))?;
    let inside: TokenStream = tokens[words + 1..close].iter().cloned().collect();
    let body = &tokens[close + 1..];
    Some(CallbackSyntax::Closure {
        tokens: tokens.iter().cloned().collect(),
        arguments: split_commas(inside).len(),
        fallible: can_fail(body) || ends_in(body, is_result),
        calls: ends_in(body, is_call),
        is_async: is_word(&tokens[0], "async"),
        future: body.first().is_some_and(|token| is_word(token, "async")),
    })
}

impl CallbackSyntax {
    /// The word that makes a closure async.
    pub(crate) fn async_word(&self) -> Option<Span> {
        match self {
            CallbackSyntax::Closure { tokens, is_async, future, .. } if *is_async || *future => word(tokens, "async"),
            _ => None,
        }
    }

    /// The word by which a closure takes what is around it.
    pub(crate) fn move_word(&self) -> Option<Span> {
        match self {
            // Behind the bars it is a block's.
            CallbackSyntax::Closure { tokens, .. } => {
                let front = tokens.clone().into_iter().take_while(|token| !is_sign(token, '|'));
                word(&front.collect(), "move")
            }
            CallbackSyntax::Method { .. } => None,
        }
    }
}

/// Where the second argument of a closure stands.
pub(crate) fn second_argument(tokens: &TokenStream) -> Option<Span> {
    let inside = tokens.clone().into_iter().skip_while(|token| !is_sign(token, '|')).skip(1);
    let inside: TokenStream = inside.take_while(|token| !is_sign(token, '|')).collect();
    split_commas(inside).get(1)?.first().map(TokenTree::span)
}

fn word(tokens: &TokenStream, wanted: &str) -> Option<Span> {
    tokens.clone().into_iter().find(|token| is_word(token, wanted)).map(|token| token.span())
}

/// A `?`, or a `return` of an `Ok` or an `Err`, in the closure itself: what stands in a closure inside of it is that
/// one's.
fn can_fail(tokens: &[TokenTree]) -> bool {
    let own = without_closures(tokens);
    own.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Punct(sign) => sign.as_char() == '?',
        TokenTree::Group(group) => can_fail(&group.stream().into_iter().collect::<Vec<_>>()),
        TokenTree::Ident(word) if word == "return" => {
            let end = own[at..].iter().position(|token| is_sign(token, ';') || is_sign(token, ','));
            is_result(&own[at + 1..end.map_or(own.len(), |end| at + end)])
        }
        _ => false,
    })
}

/// The tokens without the closures in them: from the first bar to the end of the body.
fn without_closures(tokens: &[TokenTree]) -> Vec<TokenTree> {
    let mut own: Vec<TokenTree> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        // Where a value can begin, a bar begins a closure; elsewhere it is an operator.
        let begins = match own.last() {
            None => true,
            Some(TokenTree::Punct(sign)) => matches!(sign.as_char(), ',' | '=' | ';' | '>' | '('),
            Some(TokenTree::Ident(word)) => ["move", "return", "async", "else"].iter().any(|known| word == known),
            _ => false,
        };
        if !(begins && is_sign(token, '|')) {
            own.push(token.clone());
            at += 1;
            continue;
        }
        let Some(close) = tokens[at + 1..].iter().position(|token| is_sign(token, '|')) else { break };
        let body = at + close + 2;
        let block = matches!(tokens.get(body), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace);
        let ends = |token: &TokenTree| is_sign(token, ',') || is_sign(token, ';');
        let rest = tokens.get(body..).unwrap_or_default();
        at = body + if block { 1 } else { rest.iter().position(ends).unwrap_or(rest.len()) };
    }
    own
}

/// The last expression is such a one, or chooses between some.
fn ends_in(body: &[TokenTree], wanted: fn(&[TokenTree]) -> bool) -> bool {
    let last = body.iter().rposition(|token| is_sign(token, ';')).map_or(body, |at| &body[at + 1..]);
    if wanted(last) {
        return true;
    }
    match last {
        [TokenTree::Ident(word), rest @ ..] if word == "async" || word == "move" || word == "unsafe" => {
            ends_in(rest, wanted)
        }
        [TokenTree::Group(block)] if block.delimiter() == Delimiter::Brace => {
            ends_in(&block.stream().into_iter().collect::<Vec<_>>(), wanted)
        }
        [TokenTree::Ident(word), rest @ ..] if word == "if" => {
            let blocks = rest.iter().filter_map(|token| match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
                _ => None,
            });
            ends_in_block(rest)
                && blocks.into_iter().any(|block| ends_in(&block.into_iter().collect::<Vec<_>>(), wanted))
        }
        [TokenTree::Ident(word), .., TokenTree::Group(arms)] if word == "match" => arms_end_in(arms.stream(), wanted),
        // A statement with a block in front of the last expression has no semicolon.
        [.., TokenTree::Group(block), name, TokenTree::Group(_)]
            if block.delimiter() == Delimiter::Brace && (is_word(name, "Ok") || is_word(name, "Err")) =>
        {
            true
        }
        _ => false,
    }
}

fn ends_in_block(tokens: &[TokenTree]) -> bool {
    matches!(tokens.last(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace)
}

fn arms_end_in(arms: TokenStream, wanted: fn(&[TokenTree]) -> bool) -> bool {
    let arms: Vec<TokenTree> = arms.into_iter().collect();
    let arrows = arms.windows(2).enumerate().filter(|(_, pair)| is_sign(&pair[0], '=') && is_sign(&pair[1], '>'));
    arrows.into_iter().any(|(at, _)| {
        let value = &arms[at + 2..];
        match value.first() {
            Some(TokenTree::Group(block)) if block.delimiter() == Delimiter::Brace => {
                ends_in(&block.stream().into_iter().collect::<Vec<_>>(), wanted)
            }
            _ => {
                let end = value.iter().position(|token| is_sign(token, ',')).unwrap_or(value.len());
                ends_in(&value[..end], wanted)
            }
        }
    })
}

/// `Ok(..)`, `Err(..)`, or the same behind a path.
fn is_result(tokens: &[TokenTree]) -> bool {
    let [path @ .., name, TokenTree::Group(value)] = tokens else { return false };
    let of_path = |token: &TokenTree| matches!(token, TokenTree::Ident(_)) || is_sign(token, ':');
    (is_word(name, "Ok") || is_word(name, "Err"))
        && value.delimiter() == Delimiter::Parenthesis
        && path.iter().all(of_path)
}

/// A call of a function or method, or what is awaited: its value may be a `Result` although no word says so. What never
/// returns has no type to ask about.
fn is_call(tokens: &[TokenTree]) -> bool {
    const NEVER: [&str; 6] = ["abort", "break", "exit", "panic_any", "resume_unwind", "return"];
    match tokens {
        [.., TokenTree::Ident(name), TokenTree::Group(arguments)] => {
            arguments.delimiter() == Delimiter::Parenthesis && NEVER.iter().all(|word| name != word)
        }
        [.., end, TokenTree::Group(arguments)] => arguments.delimiter() == Delimiter::Parenthesis && is_sign(end, '>'),
        [.., dot, last] => is_sign(dot, '.') && is_word(last, "await"),
        _ => false,
    }
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fallible(text: &str) -> bool {
        let tokens: Vec<TokenTree> = text.parse::<TokenStream>().unwrap().into_iter().collect();
        match closure(&tokens) {
            Some(CallbackSyntax::Closure { fallible, .. }) => fallible,
            _ => panic!("{text} is a closure"),
        }
    }

    #[test]
    fn a_closure_ends_in_a_call_or_in_what_has_a_type_of_its_own() {
        let calls = |text: &str| {
            let tokens: Vec<TokenTree> = text.parse::<TokenStream>().unwrap().into_iter().collect();
            matches!(closure(&tokens), Some(CallbackSyntax::Closure { calls: true, .. }))
        };
        for text in [
            "|job| pay(job)",
            "|job| { log(); Bank::pay::<i64>(job) }",
            "async |job| pay(job).await",
            "|job| async move { pay(job).await }",
            "|job| if job.process.ok() { pay(job) } else { todo!() }",
            "|job| match job.process.n() { 0 => pay(job), _ => panic!() }",
        ] {
            assert!(calls(text), "{text}");
        }
        for text in
            ["|_| panic!(\"no\")", "|_| todo!()", "|_| std::process::abort()", "|_| 3", "|_| { pay(); }", "|_| (1, 2)"]
        {
            assert!(!calls(text), "{text}");
        }
    }

    #[test]
    fn a_closure_can_fail_by_a_question_mark_a_return_or_its_last_expression() {
        for text in [
            "|a, conn| Ok(a.task.seed(conn)?.fresh)",
            "|a| { if a.process.n() < 0 { return Err(\"negative\".into()); } a.process.set_n(1); Ok(()) }",
            "|a| { if a.process.n() < 0 { return Err(\"negative\".into()) } Ok(()) }",
            "|_| Ok(())",
            "|_| Err(\"no\".into())",
            "|_| Result::Ok(true)",
            "|_| std::result::Result::Ok(true)",
            "|a| { a.process.set_n(1); Ok(()) }",
            "|a| if a.process.ok() { Ok(1) } else { Err(\"no\".into()) }",
            "|a| match a.process.n() { 0 => Err(\"none\".into()), n => { log(n); Ok(n) } }",
            "|a| { for n in a.process.list() { log(n); } Ok(()) }",
            "async |job| { send().await; Ok(()) }",
            "|job| async move { send().await; Ok(1) }",
        ] {
            assert!(fallible(text), "{text}");
        }
        for text in [
            "|a| a.process.ok()",
            "|a| { a.process.set_n(1); }",
            "|a| a.process.check() == Ok(1)",
            "|a| Ok(1).is_ok()",
            "|a| matches!(a.process.check(), Ok(1))",
            "|a| a.process.list().iter().any(|n| { let Ok(n) = n.parse() else { return false }; n > 1 })",
            "|a| a.process.list().iter().filter_map(|n| { let n = n.parse().ok()?; Some(n) }).count()",
            "|a| a.process.list().iter().filter_map(|n| n.parse().ok()?).count() > 2",
            "|a| a.process.list().iter().map(|n| if n > 1 { return Ok(n) } else { Err(n) }).count()",
            "|a| a.process.n() | 1",
        ] {
            assert!(!fallible(text), "{text}");
        }
    }
}
