//! Findings of the graph's checks, as the compiler's words.

use flow_graph::{Finding, Place, Severity};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::code::{self, NodeSpans};
use super::lock::Released;
use super::model::FlowModel;
use crate::errors::Errors;

/// What is said beside the errors.
pub(crate) struct Said {
    pub(crate) warnings: TokenStream,
    /// What the compiler keeps to itself, of a flow that is right.
    pub(crate) hints: Vec<Finding>,
}

/// Errors go into the list; what comes back is the rest.
pub(crate) fn findings(flow: &FlowModel, released: Option<&Released>, errors: &mut Errors) -> Said {
    let mut warnings = TokenStream::new();
    let (code, spans) = code::code(flow);
    let mut found = flow.with_graph(|graph| flow_graph::check_with(graph, &code));
    if let Some(released) = released.filter(|_| errors.is_empty()) {
        let more = flow.with_graph(|graph| released.findings(graph, &found));
        found.extend(more);
    }
    for finding in found {
        if finding.severity < Severity::Error && is_allowed(flow, &finding) {
            continue;
        }
        let span = span_of(flow, &spans, finding.place);
        match finding.severity {
            Severity::Off => {}
            Severity::Warning => {
                warnings.extend(warning(finding.check, &text(&finding), span));
                for (place, label) in &finding.also {
                    let label = format!("{label}\n(see the previous warning)");
                    warnings.extend(warning(finding.check, &label, span_of(flow, &spans, *place)));
                }
            }
            _ => {
                errors.push(span, text(&finding), &[]);
                for (place, label) in &finding.also {
                    errors.push_also(span_of(flow, &spans, *place), format!("{label} [{}]", finding.check));
                }
            }
        }
    }
    if errors.is_empty() {
        for node in &flow.nodes {
            for allow in node.allows.iter().filter(|allow| !allow.used.get()) {
                let text = format!("`{}` does not occur here, so this `allow` is not needed", allow.check);
                warnings.extend(warning("needless_allow", &text, allow.check.span()));
            }
        }
    }
    let no_errors = errors.is_empty();
    let hints = || flow.with_graph(|graph| flow_graph::hints_of_code(graph, &code));
    Said { warnings, hints: if no_errors { hints() } else { Vec::new() } }
}

fn is_allowed(flow: &FlowModel, finding: &Finding) -> bool {
    let Some(id) = finding.place.node() else { return false };
    // A timeout is written on its task, and so is what is allowed of it.
    let host = flow.nodes.iter().find(|node| node.boundaries.contains(&id));
    let Some(node) = host.or_else(|| flow.nodes.get(usize::from(id))) else { return false };
    let allow = node.allows.iter().find(|allow| allow.check == finding.check);
    if let Some(allow) = allow {
        allow.used.set(true);
    }
    allow.is_some()
}

fn span_of(flow: &FlowModel, spans: &[NodeSpans], place: Place) -> Span {
    let callback = |id, at: usize| spans.get(usize::from(id)).and_then(|node: &NodeSpans| node.callbacks.get(at));
    let node = |id| flow.nodes.get(usize::from(id));
    match place {
        Place::Node(id) => node(id).map(|node| node.ident.span()),
        Place::Edge(id, at) => node(id).and_then(|node| node.edges.get(at)).map(|edge| edge.span),
        Place::Callback(id, at) => callback(id, at).map(|callback| callback.body),
        Place::Read(id, at, read) => callback(id, at).and_then(|callback| callback.reads.get(read).copied()),
        Place::Word(id, at, word) => callback(id, at).and_then(|callback| callback.words.get(word).copied()),
        Place::Delay(id) => spans.get(usize::from(id)).and_then(|node| node.delay),
        Place::Form(id, at) => spans.get(usize::from(id)).and_then(|node| node.form.get(at)).copied(),
        _ => None,
    }
    .unwrap_or_else(|| flow.ident.span())
}

fn text(finding: &Finding) -> String {
    let mut text = format!("{} [{}]", finding.headline, finding.check);
    for note in &finding.notes {
        text.push_str("\nnote: ");
        text.push_str(note);
    }
    for help in &finding.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    text.push_str(&format!("\nsee {}", flow_graph::page(finding.check)));
    text
}

/// A warning on stable Rust: the use of a deprecated constant, at the user's token.
fn warning(check: &str, text: &str, span: Span) -> TokenStream {
    let name = Ident::new(check, Span::call_site());
    let used = Ident::new(check, span);
    let body = quote_spanned!(span=> let () = #used;);
    quote! {
        #[allow(non_upper_case_globals)]
        const _: () = {
            #[deprecated(note = #text)]
            const #name: () = ();
            #body
        };
    }
}
