//! The picture of a flow in its documentation. It is drawn where rustdoc runs and nowhere else: a build only carries
//! the text that the flow was written as.

use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::quote;

use super::model::FlowModel;
use super::{lower, syntax};
use crate::errors::Errors;

/// A flow of more nodes has no picture in its documentation: it would be too small to read.
const MOST: usize = 150;

/// What a flow was written as.
pub(crate) struct Source {
    args: String,
    item: String,
}

impl Source {
    pub(crate) fn new(args: &TokenStream, item: &TokenStream) -> Self {
        Source { args: args.to_string(), item: item.to_string() }
    }

    /// ```text
    /// #[cfg_attr(doc, doc = flow_core::__private::flow_picture!("process = ..", "pub struct HelloWorldFlow { .. }"))]
    /// ```
    pub(super) fn doc(&self, flow: &FlowModel) -> Option<TokenStream> {
        let (root, Source { args, item }) = (&flow.root, self);
        let few = flow.nodes.len() <= MOST;
        few.then(|| quote!(#[cfg_attr(doc, doc = #root::__private::flow_picture!(#args, #item))]))
    }
}

/// The picture as Markdown, in a literal.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let texts: Vec<String> = input.into_iter().filter_map(text).collect();
    let markdown = match texts.as_slice() {
        [args, item] => markdown(args, item).unwrap_or_default(),
        _ => String::new(),
    };
    TokenTree::from(Literal::string(&markdown)).into()
}

fn text(token: TokenTree) -> Option<String> {
    let literal = syn::parse2::<syn::LitStr>(token.into()).ok()?;
    Some(literal.value())
}

fn markdown(args: &str, item: &str) -> Option<String> {
    let mut errors = Errors::default();
    let written = syntax::parse(args.parse().ok()?, item.parse().ok()?, &mut errors)?;
    let flow = lower::flow(&written, &mut errors);
    let title: String = flow.title.chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
    let svg = flow.with_graph(flow_graph::diagram::svg);
    // As an image its style sheet is its own.
    Some(format!("![The diagram of {title}](data:image/svg+xml,{})", encode(&svg)))
}

/// As in an address, and so that Markdown sees nothing in it.
fn encode(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len() * 3 / 2);
    for byte in svg.bytes() {
        match byte {
            b'\n' => {}
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b':' | b';' | b'=' | b',' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_is_drawn_from_its_text() {
        let item = quote! {
            /// A <b>bold</b> [flow](x)
            pub struct AskFlow { #[node(next = this.end)] start: Start, end: End }
        };
        let picture = expand(quote!("", "fn x() {}"));
        assert_eq!(picture.to_string(), "\"\"", "what is no flow has no picture");
        let (args, item) = (String::new(), item.to_string());
        let picture = text(expand(quote!(#args, #item)).into_iter().next().unwrap()).unwrap();
        assert!(picture.starts_with("![The diagram of A bboldb flowx](data:image/svg+xml,%3Csvg"), "{picture}");
        assert!(!picture.contains('<') && !picture.contains('&') && picture.matches('(').count() == 1);
    }
}
