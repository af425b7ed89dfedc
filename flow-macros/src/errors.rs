//! All mistakes of one macro call, each on the user's token.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// The mistakes found so far. Whatever finds one goes on with a hole.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    list: Vec<Fault>,
}

#[derive(Debug)]
struct Fault {
    first: Span,
    last: Span,
    message: String,
    /// Stands right behind the one before it: another place that has to do with that.
    follows: bool,
}

impl Errors {
    /// States a fact about one token, and what to do about it.
    pub(crate) fn push(&mut self, span: Span, headline: impl Into<String>, help: &[&str]) {
        self.push_range(span, span, headline, help);
    }

    /// The same about a range of tokens.
    pub(crate) fn push_range(&mut self, first: Span, last: Span, headline: impl Into<String>, help: &[&str]) {
        let mut message = headline.into();
        for line in help {
            message.push_str("\nhelp: ");
            message.push_str(line);
        }
        self.list.push(Fault { first, last, message, follows: false });
    }

    /// Another place that has to do with the mistake before.
    pub(crate) fn push_also(&mut self, span: Span, label: String) {
        self.list.push(Fault { first: span, last: span, message: label, follows: true });
    }

    /// A mistake that another parser found.
    pub(crate) fn push_syn(&mut self, error: &syn::Error) {
        for error in error {
            self.push(error.span(), error.to_string(), &[]);
        }
    }

    /// The mistakes of a part that was looked at by itself.
    pub(crate) fn append(&mut self, mut part: Errors) {
        self.list.append(&mut part.list);
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// `compile_error!` for each, in the order of the source. They come last in an expansion: in front of
    /// other code they take completion away.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let mut mistakes: Vec<Vec<Fault>> = Vec::new();
        for fault in self.list {
            match mistakes.last_mut() {
                Some(mistake) if fault.follows => mistake.push(fault),
                _ => mistakes.push(vec![fault]),
            }
        }
        mistakes.sort_by_key(|mistake| {
            mistake.first().map(|fault| fault.first.start()).map_or((0, 0), |at| (at.line, at.column))
        });
        let each = mistakes.into_iter().flatten().map(|Fault { first, last, message, .. }| {
            let mut body = proc_macro2::Group::new(proc_macro2::Delimiter::Brace, quote_spanned!(last=> #message));
            body.set_span(last);
            quote_spanned!(first=> ::core::compile_error! #body)
        });
        each.collect()
    }
}
