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

/// The tokens with another path in place of `::flow_core`: what `crate = path` asks for.
pub(crate) fn with_root(tokens: TokenStream, root: &TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), with_root(group.stream(), root));
                inner.set_span(group.span());
                out.push(inner.into());
            }
            TokenTree::Ident(ident) if ident == "flow_core" => {
                let before = out.len().checked_sub(2);
                match before.filter(|at| is_colon(out.get(*at)) && is_colon(out.get(at + 1))) {
                    Some(at) => {
                        out.truncate(at);
                        out.extend(root.clone());
                    }
                    None => out.push(ident.into()),
                }
            }
            other => out.push(other),
        }
    }
    out.into_iter().collect()
}

/// The path of `#[name(crate = path)]` on an item: where its macros find flow-core.
pub(crate) fn crate_path(attributes: &[syn::Attribute], name: &str) -> Option<TokenStream> {
    let options = attributes.iter().filter(|attribute| attribute.path().is_ident(name));
    let mut parts = options.flat_map(|attribute| match &attribute.meta {
        syn::Meta::List(list) => split_commas(list.tokens.clone()),
        _ => Vec::new(),
    });
    parts.find_map(|part| is_crate(&part).then(|| part.into_iter().skip(2).collect()))
}

/// Whether an option is `crate = path`.
pub(crate) fn is_crate(part: &[TokenTree]) -> bool {
    matches!(part, [TokenTree::Ident(key), TokenTree::Punct(sign), _, ..] if key == "crate" && sign.as_char() == '=')
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

/// What is generated, at a place in the source: rustc reports it there.
pub(crate) fn located(span: Span) -> Span {
    Span::call_site().located_at(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_path_takes_the_place_of_the_crate_alone() {
        let code: TokenStream =
            "impl ::flow_core::A<::flow_core::B> for C { x::flow_core_y!(flow_core); }".parse().unwrap();
        let root: TokenStream = "crate::flows".parse().unwrap();
        let expect: TokenStream =
            "impl crate::flows::A<crate::flows::B> for C { x::flow_core_y!(flow_core); }".parse().unwrap();
        let text = |tokens: TokenStream| tokens.to_string().replace(' ', "");
        assert_eq!(text(with_root(code, &root)), text(expect));
    }

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
