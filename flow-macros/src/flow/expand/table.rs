//! `impl Flow`: the graph and the callbacks as constants, one small function per callback.

use flow_graph::{Body, Early, Finding, Kind, NodeId, Place, Role, Times};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::super::lock::{self, Released};
use super::super::model::{FlowModel, Hook, NodeModel, Permission};
use super::super::value::CallbackSyntax;
use super::call;
use super::def::Emit;
use super::{Names, derived, texts};

/// ```text
/// const _: () = {
///     fn __check_approve_3_if(cx: &mut Cx<'_, HelloWorldFlow>) -> Result<bool, StepError> { .. }
///     impl Flow for HelloWorldFlow { const GRAPH: .. = ..; const NODES: .. = &[..]; .. }
/// };
/// ```
pub(super) fn table(
    flow: &FlowModel,
    names: &Names,
    hints: &[Finding],
    released: Option<&Released>,
    complete: bool,
) -> TokenStream {
    let (root, ident, process, connection) = (
        &flow.root,
        &flow.ident,
        derived::associated(&flow.root, "Process", &flow.process, "ProcessProxy"),
        &flow.connection,
    );
    let mut functions = TokenStream::new();
    let nodes: Vec<TokenStream> = flow
        .nodes
        .iter()
        .enumerate()
        .map(|(id, node)| {
            let mut emit = Emit { flow, names, id, node, functions: &mut functions, callbacks: Vec::new() };
            emit.def()
        })
        .collect();
    let graph: Vec<TokenStream> = flow.nodes.iter().map(|node| graph_node(flow, node, complete)).collect();
    let (name, was, title, description) = (&flow.name, &flow.was, &flow.title, &flow.description);
    let summary = texts::function(flow, flow.summary.as_ref());
    let result = texts::function(flow, flow.result.as_ref());
    let (view, reference) = (view(flow, &mut functions), reference(flow));
    let calendar = (!flow.calendar.is_empty()).then(|| {
        let calendar = &flow.calendar;
        quote!(const CALENDAR: ::core::option::Option<&'static dyn #root::Calendar> = ::core::option::Option::Some(&#calendar);)
    });
    let hints = self::hints(flow, hints);
    let irreversible = irreversible(flow);
    let (observe, notify) = hooks(flow);
    let cancel = cancel(flow);
    let audit = flow.audit_values.then(|| {
        quote!(
            const AUDIT_VALUES: bool = true;
        )
    });
    let locked = lock::locked(flow, released, |node| super::task_type(flow, names, node));
    let readable = released.map(|released| lock::assertions(flow, released));
    let (runs, run) = if complete { runs(flow) } else { Default::default() };
    let codes = complete.then(|| codes(flow));
    quote! {
        #[allow(clippy::all, clippy::pedantic, unused_qualifications, unused_variables, unexpected_cfgs)]
        const _: () = {
            #functions
            impl #root::Flow for #ident {
                #process
                type Connection = #connection;
                const NAMES: &'static [&'static str] = &[#name, #(#was),*];
                const GRAPH: &'static #root::graph::Graph<'static> = &#root::graph::Graph {
                    name: #name, was: &[#(#was),*], title: #title, description: #description, nodes: &[#(#graph),*],
                };
                const NODES: &'static [#root::__private::NodeDef<Self>] = &[#(#nodes),*];
                const TEXTS: #root::__private::Texts<Self> =
                    #root::__private::Texts { summary: #summary, result: #result };
                #view
                #reference
                #calendar
                #irreversible
                #observe
                #notify
                #cancel
                #audit
                #hints
                #locked
                #runs
            }
            #run
            #codes
            #readable
        };
    }
}

/// Who may see the processes.
///
/// ```text
/// const VIEW: ViewRule<Self> = ViewRule::Process(__view);
/// ```
fn view(flow: &FlowModel, functions: &mut TokenStream) -> Option<TokenStream> {
    let (root, process) = (&flow.root, &flow.process);
    let rule = quote!(#root::__private::ViewRule);
    let rule = match &flow.view {
        Permission::Managers => return None,
        Permission::Anyone => quote!(#rule::Anyone),
        Permission::Auto => quote!(#rule::Auto),
        Permission::Named(name) => quote!(#rule::Named(#name)),
        Permission::Method(callback) => {
            let CallbackSyntax::Method { dot, name, .. } = callback else { return None };
            let allows = call::view(flow, dot, name);
            functions.extend(quote! {
                fn __view(
                    user: &dyn #root::User,
                    process: &#process,
                ) -> ::core::result::Result<bool, #root::StepError> {
                    #allows
                }
            });
            quote!(#rule::Process(__view))
        }
    };
    Some(quote!(const VIEW: #root::__private::ViewRule<Self> = #rule;))
}

/// ```text
/// const REFERENCE: Option<fn(&OrderProcess) -> String> = Some(|process| ..);
/// ```
fn reference(flow: &FlowModel) -> Option<TokenStream> {
    let process = &flow.process;
    let text = texts::function(flow, Some(flow.reference.as_ref()?));
    Some(quote! {
        const REFERENCE: ::core::option::Option<fn(&#process) -> ::std::string::String> = #text;
    })
}

/// The nodes that run code of the flow and have no `undo`: a process does not go back over them.
///
/// ```text
/// const IRREVERSIBLE: &'static [NodeId] = &[3];
/// ```
fn irreversible(flow: &FlowModel) -> Option<TokenStream> {
    let root = &flow.root;
    let runs_code = |node: &NodeModel| {
        let runs = matches!(node.kind.body(), Body::Transaction | Body::Background) && !node.kind.takes_input();
        // What was thrown may have been caught.
        runs || matches!(node.kind, Kind::MessageThrow | Kind::SignalThrow | Kind::EscalationThrow)
    };
    let nodes = flow.nodes.iter().enumerate().filter(|(_, node)| runs_code(node) && node.undo.is_none());
    let ids: Vec<NodeId> = nodes.filter_map(|(id, _)| NodeId::try_from(id).ok()).collect();
    (!ids.is_empty()).then(|| quote!(const IRREVERSIBLE: &'static [#root::graph::NodeId] = &[#(#ids),*];))
}

/// ```text
/// const OBSERVE: Option<fn(..) -> ..> = Some(|change, conn| HelloWorldFlow::watch(change));
/// const NOTIFY: Option<fn(..) -> ..> = Some(|note, conn| HelloWorldFlow::mail(note, conn));
/// ```
fn hooks(flow: &FlowModel) -> (Option<TokenStream>, Option<TokenStream>) {
    let (root, connection) = (&flow.root, &flow.connection);
    let call = |hook: &Hook, first: &str, connection: bool| {
        let first = Ident::new(first, proc_macro2::Span::call_site());
        let called = match hook {
            Hook::Method(CallbackSyntax::Method { dot, name, connection: conn }) => {
                let span = dot.span();
                let mut ident = flow.ident.clone();
                ident.set_span(ident.span().located_at(span));
                let path = quote_spanned!(span=> ::);
                let conn = conn.as_ref().map(|_| quote_spanned!(span=> , conn));
                let arguments = quote_spanned!(span=> (#first #conn));
                quote!(#ident #path #name #arguments)
            }
            Hook::Method(CallbackSyntax::Closure { tokens, .. }) | Hook::Path(tokens) => {
                let conn = connection.then(|| quote!(, conn));
                quote!((#tokens)(#first #conn))
            }
        };
        quote!(#root::__private::MethodAnswer::<()>::answer(#called))
    };
    let result = quote!(::core::result::Result<(), #root::StepError>);
    let observe = flow.observe.as_ref().map(|hook| {
        let call = call(hook, "change", true);
        quote! {
            const OBSERVE: ::core::option::Option<fn(&#root::Change<'_>, &mut #connection) -> #result> =
                ::core::option::Option::Some(|change, conn| #call);
        }
    });
    let notify = flow.notify.as_ref().map(|hook| {
        let call = call(hook, "note", false);
        quote! {
            const NOTIFY: ::core::option::Option<fn(&#root::Notification, &mut #connection) -> #result> =
                ::core::option::Option::Some(|note, conn| #call);
        }
    });
    (observe, notify)
}

/// ```text
/// const CANCEL: Option<fn(..) -> ..> = Some(|user, process, open| HelloWorldFlow::may_withdraw(user, process, open));
/// ```
fn cancel(flow: &FlowModel) -> Option<TokenStream> {
    let (root, ident) = (&flow.root, &flow.ident);
    let CallbackSyntax::Method { dot, name, .. } = flow.cancel.as_ref()? else { return None };
    let span = dot.span();
    let path = quote_spanned!(span=> ::);
    let mut there = ident.clone();
    there.set_span(ident.span().located_at(span));
    let arguments = quote_spanned!(span=> (user, process, open));
    Some(quote! {
        const CANCEL: ::core::option::Option<
            fn(&dyn #root::User, &Self::Process, &[#root::Task]) -> ::core::result::Result<bool, #root::StepError>,
        > = ::core::option::Option::Some(|user, process, open| {
            #root::__private::MethodAnswer::<bool>::answer(#there #path #name #arguments)
        });
    })
}

/// ```text
/// const HINTS: &'static [Hint] = &[Hint { check: "never_read", place: Place::Form(0, 1), .. }];
/// ```
fn hints(flow: &FlowModel, hints: &[Finding]) -> Option<TokenStream> {
    let root = &flow.root;
    let each = hints.iter().map(|hint| {
        let place = match hint.place {
            Place::Flow => quote!(Flow),
            Place::Node(id) => quote!(Node(#id)),
            Place::Edge(id, at) => quote!(Edge(#id, #at)),
            Place::Callback(id, at) => quote!(Callback(#id, #at)),
            Place::Read(id, at, read) => quote!(Read(#id, #at, #read)),
            Place::Word(id, at, word) => quote!(Word(#id, #at, #word)),
            Place::Form(id, at) => quote!(Form(#id, #at)),
            Place::Delay(id) => quote!(Delay(#id)),
            _ => return TokenStream::new(),
        };
        let (check, headline, help) = (hint.check, &hint.headline, &hint.help);
        quote!(#root::graph::Hint {
            check: #check, place: #root::graph::Place::#place, headline: #headline, help: &[#(#help),*],
        },)
    });
    let each: TokenStream = each.collect();
    (!hints.is_empty()).then(|| quote!(const HINTS: &'static [#root::graph::Hint] = &[#each];))
}

/// The flows that each process of this one runs before it can end. If one of them runs this one again, rustc says that
/// there is a cycle, wherever they are.
///
/// ```text
/// const subprocess_recursion: () = { runs(&PublishFlow.as_subprocess); };
/// const _: () = <OrderFlow as Flow>::subprocess_recursion;
/// ```
fn runs(flow: &FlowModel) -> (TokenStream, TokenStream) {
    let (root, ident) = (&flow.root, &flow.ident);
    let children = flow.nodes.iter().enumerate().filter_map(|(id, node)| {
        // Of items there may be none.
        let child = node.child.as_ref().filter(|_| node.kind == Kind::Subprocess)?;
        let id = NodeId::try_from(id).ok()?;
        if !flow.with_graph(|graph| flow_graph::always_passes(graph, id)) {
            return None;
        }
        let first = child.clone().into_iter().next().map_or_else(|| node.ident.span(), |token| token.span());
        let and = quote_spanned!(first=> &);
        let runs = call::spanned(root, &quote!(node::runs), &quote!(#and #child), child);
        Some(quote!(#runs;))
    });
    let children: TokenStream = children.collect();
    let Some(first) = flow
        .nodes
        .iter()
        .find_map(|node| node.child.clone().filter(|_| node.kind == Kind::Subprocess)?.into_iter().next())
    else {
        return Default::default();
    };
    if children.is_empty() {
        return Default::default();
    }
    // The cycle is shown where these constants are: at the user's word.
    let name = Ident::new("subprocess_recursion", proc_macro2::Span::call_site());
    let runs = quote_spanned!(first.span()=> #[allow(non_upper_case_globals)] const #name: () = { #children };);
    let run = quote_spanned!(first.span()=> const _: () = <#ident as #root::Flow>::#name;);
    (runs, run)
}

/// The codes that an `on_error` of a subprocess names are codes that its child can end with, and those of an
/// `on_escalation` codes that it throws.
///
/// ```text
/// const _: () = assert!(ends_with(&PublishFlow.as_subprocess, "no-stock"), "..");
/// ```
fn codes(flow: &FlowModel) -> TokenStream {
    let root = &flow.root;
    let mut assertions = TokenStream::new();
    for node in &flow.nodes {
        let Some(start) = &node.child else { continue };
        let boundaries = node.boundaries.iter().filter_map(|id| flow.nodes.get(usize::from(*id)));
        for boundary in boundaries {
            let escalates = boundary.kind == Kind::EscalationBoundary;
            let shown = start.to_string().replace(' ', "");
            let (text, known, span) = match &boundary.code {
                // Every child can be cancelled.
                Some((code, _)) if code == "canceled" && !escalates => continue,
                Some((code, span)) if escalates => {
                    let text = format!("the flow of `{shown}` has no `EscalationThrow` with the code `{code}`");
                    (text, quote!(throws), span)
                }
                Some((code, span)) => {
                    let text = format!("the flow of `{shown}` has no `ErrorEnd` with the code `{code}`");
                    (text, quote!(ends_with), span)
                }
                None => continue,
            };
            let code = boundary.code.as_ref().map(|(code, _)| code);
            let first = start.clone().into_iter().next().map_or(*span, |token| token.span());
            let and = quote_spanned!(first=> &);
            assertions.extend(quote_spanned! {*span=>
                const _: () = ::core::assert!(#root::node::#known(#and #start, #code), #text);
            });
        }
    }
    assertions
}

fn graph_node(flow: &FlowModel, node: &NodeModel, complete: bool) -> TokenStream {
    let root = &flow.root;
    let kind = Ident::new(node.kind.name(), proc_macro2::Span::call_site());
    let (name, was, title, description) = (&node.name, &node.was, &node.title, &node.description);
    let (boundaries, interrupting) = (&node.boundaries, node.interrupting);
    let edges = node.edges.iter().map(|edge| {
        let flow_graph::Edge { role, to, asks, carries, times, .. } = edge.graph_edge(node.kind);
        let role = Ident::new(
            match role {
                Role::Then => "Then",
                Role::Else => "Else",
                Role::Case => "Case",
                Role::Default => "Default",
                _ => "Next",
            },
            proc_macro2::Span::call_site(),
        );
        let times = Ident::new(
            match times {
                Times::Maybe => "Maybe",
                Times::Each => "Each",
                _ => "Once",
            },
            proc_macro2::Span::call_site(),
        );
        quote! {
            #root::graph::Edge {
                role: #root::graph::Role::#role, to: #to, asks: #asks, carries: #carries,
                times: #root::graph::Times::#times,
            }
        }
    });
    let edges: Vec<TokenStream> = edges.collect();
    let incomplete = node.incomplete || !complete;
    let code = node.code.as_ref().map(|(code, _)| quote!(code: ::core::option::Option::Some(#code),));
    let sequential = matches!(node.sequential, Some((true, _))).then(|| quote!(sequential: true,));
    let keyed = node.concurrency_key.is_some().then(|| quote!(keyed: true,));
    let early = match node.early() {
        Early::Never => None,
        Early::Cancels => Some(quote!(early: #root::graph::Early::Cancels,)),
        Early::Keeps => Some(quote!(early: #root::graph::Early::Keeps,)),
    };
    quote! {
        #root::graph::Node {
            name: #name, was: &[#(#was),*], kind: #root::graph::Kind::#kind, title: #title,
            description: #description, edges: &[#(#edges),*], boundaries: &[#(#boundaries),*],
            interrupting: #interrupting, incomplete: #incomplete, #code #early #sequential #keyed
            ..#root::graph::Node::new(#name, #root::graph::Kind::#kind)
        }
    }
}
