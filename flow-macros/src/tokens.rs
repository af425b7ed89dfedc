//! Token streams, taken apart so that one bad piece spoils only itself.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

/// Splits at commas that stand at the top: not in brackets, not between the bars of a closure, not in `::<..>`.
pub(crate) fn split_commas(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    let mut scan = Scan::default();
    for token in tokens {
        if scan.is_separator(&token) {
            parts.push(Vec::new());
            scan = Scan::default();
        } else if let Some(part) = parts.last_mut() {
            part.push(token);
        }
    }
    if parts.last().is_some_and(Vec::is_empty) {
        parts.pop();
    }
    parts
}

#[derive(Default)]
struct Scan {
    /// Between the bars of a closure.
    bars: bool,
    /// Open angle brackets of a turbofish.
    angles: usize,
    before: [Option<char>; 2],
    /// A `|` here begins a closure.
    begins: bool,
    any: bool,
}

impl Scan {
    fn is_separator(&mut self, token: &TokenTree) -> bool {
        let at_start = !self.any || self.begins;
        self.any = true;
        self.begins = false;
        let mut sign = None;
        match token {
            TokenTree::Punct(punct) => {
                let c = punct.as_char();
                sign = Some(c);
                match c {
                    ',' if !self.bars && self.angles == 0 => return true,
                    '|' if self.bars => self.bars = false,
                    '|' if at_start => self.bars = true,
                    '<' if self.before == [Some(':'), Some(':')] || self.angles > 0 => self.angles += 1,
                    '>' if self.angles > 0 && !matches!(self.before[1], Some('-' | '=')) => self.angles -= 1,
                    '=' => self.begins = true,
                    _ => {}
                }
            }
            TokenTree::Ident(ident) => self.begins = at_start && (ident == "move" || ident == "async"),
            _ => {}
        }
        self.before = [self.before[1], sign];
        false
    }
}

/// First and last place of some tokens.
pub(crate) fn span_of(tokens: &[TokenTree]) -> Option<(Span, Span)> {
    Some((tokens.first()?.span(), tokens.last()?.span()))
}

/// A group whose closing bracket has the span of the opening one: rust-analyzer finds what is declared inside
/// only then (rename of a field fails otherwise).
pub(crate) fn regroup(original: &Group, stream: TokenStream) -> Group {
    let mut group = Group::new(original.delimiter(), stream);
    group.set_span(original.span_open());
    group
}

/// The tokens without `#[name ..]`, at any depth: what is left of an item that could not be read.
pub(crate) fn without_attribute(tokens: TokenStream, name: &str) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let hash = matches!(out.last(), Some(TokenTree::Punct(p)) if p.as_char() == '#');
                let named = matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(i)) if i == name);
                if hash && named && group.delimiter() == Delimiter::Bracket {
                    out.pop();
                    continue;
                }
                let inner = without_attribute(group.stream(), name);
                out.push(regroup(&group, inner).into());
            }
            other => out.push(other),
        }
    }
    out.into_iter().collect()
}

/// The text of a string literal.
pub(crate) fn string(tokens: &[TokenTree]) -> Option<String> {
    match tokens {
        [TokenTree::Literal(literal)] => {
            let tokens = TokenStream::from(TokenTree::Literal(literal.clone()));
            syn::parse2::<syn::LitStr>(tokens).ok().map(|text| text.value())
        }
        // What a `macro_rules!` wraps around a `$text:literal`.
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => {
            string(&group.stream().into_iter().collect::<Vec<_>>())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<String> {
        let tokens: TokenStream = text.parse().unwrap();
        split_commas(tokens).iter().map(|part| part.iter().map(ToString::to_string).collect::<String>()).collect()
    }

    #[test]
    fn commas_inside_closures_brackets_and_turbofish_do_not_split() {
        assert_eq!(parts("run = |a, conn| f(a, conn), next = this.b").len(), 2);
        assert_eq!(parts("if = |a| g::<A, B>(a) < 2, then = this.b").len(), 2);
        assert_eq!(parts("run = async |job| { x(1, 2) }, next = this.b,").len(), 2);
        assert_eq!(parts("run = || 1, next = this.b").len(), 2);
        assert_eq!(parts("if = |a| a.n > 1 || a.m < 2, then = this.x").len(), 2);
        assert_eq!(parts("").len(), 0);
    }
}
