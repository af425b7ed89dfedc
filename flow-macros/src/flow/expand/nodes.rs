//! The markers of the nodes, and what each is.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::super::model::{FlowModel, Form};
use super::super::picture::Source;
use super::super::syntax::FlowSyntax;
use super::{Names, derived, fields};
use crate::names::unspanned;

/// ```text
/// #[doc(hidden)] pub mod hello_world_flow { pub struct start; pub struct approve; .. }
/// ```
pub(super) fn markers(written: &FlowSyntax, flow: &FlowModel, names: &Names) -> TokenStream {
    let (visibility, module) = (&written.visibility, &names.module);
    let inside = from_inside(visibility);
    let markers = fields(flow).map(|(_, node)| {
        let marker = unspanned(&node.ident);
        quote!(#inside struct #marker;)
    });
    let markers: TokenStream = markers.collect();
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, missing_docs, missing_debug_implementations, unreachable_pub, dead_code)]
        #visibility mod #module { #markers }
    }
}

/// The same visibility, said one module further in: a marker is as visible as its flow.
fn from_inside(visibility: &TokenStream) -> TokenStream {
    let words: Vec<String> = visibility.clone().into_iter().map(|token| token.to_string()).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => quote!(pub(super)),
        ["pub", scope] => match scope.trim_start_matches('(').trim_end_matches(')').trim() {
            "self" => quote!(pub(super)),
            "super" => quote!(pub(in super::super)),
            _ => visibility.clone(),
        },
        _ => visibility.clone(),
    }
}

/// ```text
/// impl Node for hello_world_flow::approve { type Flow = HelloWorldFlow; const ID: u16 = 1; .. }
/// impl HumanNode for hello_world_flow::approve { type Form = ApproveForm; }
/// impl HelloWorldFlow { pub fn processes(&self) -> Processes<..> { .. } .. }
/// ```
pub(super) fn impls(written: &FlowSyntax, flow: &FlowModel, source: &Source, names: &Names) -> TokenStream {
    let (root, ident, module) = (&flow.root, &flow.ident, &names.module);
    let visibility = &written.visibility;
    let each = fields(flow).map(|(id, node)| {
        let marker = unspanned(&node.ident);
        let id = u16::try_from(id).unwrap_or(u16::MAX);
        let stored = std::iter::once(&node.name).chain(&node.was);
        let task = match &node.task {
            Some(task) => derived::associated(root, "Task", task, "TaskProxy"),
            None => quote!(type Task = #root::Task;),
        };
        let mut code = quote! {
            #[allow(unexpected_cfgs)]
            impl #root::node::Node for #module::#marker {
                type Flow = #ident;
                #task
                const ID: u16 = #id;
                const NAMES: &'static [&'static str] = &[#(#stored),*];
            }
        };
        if node.kind.is_human() {
            let form = match &node.form {
                Some(Form::Fields { ident, .. }) => quote!(#ident),
                Some(Form::Type(ty)) => ty.clone(),
                None => quote!(()),
            };
            let again = again(root, &quote!(Self::Form), &form);
            let asks = node.form.as_ref().map(|_| {
                let task = super::task_type(flow, names, node);
                quote! {
                    const FIELDS: &'static [#root::FormField] = <#form as #root::node::Form<#ident, #task>>::ASKS;
                }
            });
            code.extend(quote! {
                impl #root::node::HumanNode for #module::#marker { type Form = #form; #asks #again }
            });
        } else if node.kind.takes_input() {
            let process = super::process_type(flow);
            let input = match &node.input {
                Some(input) => input.clone(),
                None if node.kind.begins() => quote!(<#process as #root::ProcessProxy>::Data),
                None => quote!(()),
            };
            let again = again(root, &quote!(Self::Input), &input);
            code.extend(quote! {
                impl #root::node::InputNode for #module::#marker { type Input = #input; #again }
            });
        }
        if let Some(item) = &node.item {
            code.extend(quote!(impl #root::node::ItemNode for #module::#marker { type Item = #item; }));
        }
        code
    });
    let each: TokenStream = each.collect();
    // The kind is read from the type's last word; that the type is really ours, the compiler says.
    let kinds = written.fields.iter().filter_map(|field| {
        let last = field.ty.last()?;
        let ty: TokenStream = field.ty.iter().cloned().collect();
        let word = quote::format_ident!("{}", field.kind?.name());
        Some(quote_spanned!(last.span()=>
            const _: () = ::core::assert!(
                ::core::matches!(<#ty as #root::node::NodeType>::KIND, #root::graph::Kind::#word),
                "this type has the same name as a node kind, but is a different type"
            );
        ))
    });
    let kinds: TokenStream = kinds.collect();
    let (process, processes) = (&flow.process, super::process_type(flow));
    // Not on the struct: what stands in front of a word must be the same with it and without it.
    let picture = source.doc(flow);
    quote! {
        #each
        #kinds
        #picture
        impl #ident {
            /// The processes of this flow: a diesel query, for `filter`, `order` and `load`.
            #[must_use]
            #visibility fn processes(
                &self,
            ) -> #root::query::ProcessesOf<#ident> {
                #root::__private::processes::<#processes, _>(<#ident as #root::Flow>::NAMES)
            }

            /// The tasks of this flow: a diesel query, for `filter`, `order` and `load`.
            #[must_use]
            #visibility fn tasks(&self) -> #root::query::FlowTasks<#root::__private::Backend<#ident>> {
                #root::__private::flow_tasks(<#ident as #root::Flow>::NAMES)
            }

            /// The graph of this flow: its nodes, and where each leads.
            #[must_use]
            #visibility fn graph(&self) -> &'static #root::graph::Graph<'static> {
                <#ident as #root::Flow>::GRAPH
            }

            /// The diagram of this flow as SVG: a file, or a part of a page.
            #[must_use]
            #visibility fn svg(&self) -> ::std::string::String {
                #root::graph::diagram::svg(<#ident as #root::Flow>::GRAPH)
            }

            /// The diagram of a process as SVG: where it is, what it has done and how often, which edges it took.
            ///
            /// # Errors
            /// `NotFound` if this flow has no such process.
            #visibility fn svg_of(
                &self,
                conn: &mut <#ident as #root::Flow>::Connection,
                process: impl ::core::convert::Into<#root::ProcessId>,
            ) -> #root::Result<::std::string::String> {
                #root::__private::svg_of::<#ident>(conn, process.into())
            }

            /// What a process has done: the tasks of each node by where they stand, and the edges that were taken.
            ///
            /// # Errors
            /// `NotFound` if this flow has no such process.
            #visibility fn state_of(
                &self,
                conn: &mut <#ident as #root::Flow>::Connection,
                process: impl ::core::convert::Into<#root::ProcessId>,
            ) -> #root::Result<#root::graph::diagram::State> {
                #root::__private::state_of::<#ident>(conn, process.into())
            }

            /// This flow as Mermaid text, which GitHub, GitLab and mdBook draw.
            #[must_use]
            #visibility fn mermaid(&self) -> ::std::string::String {
                #root::graph::diagram::mermaid(<#ident as #root::Flow>::GRAPH)
            }

            /// This flow as an XML document of BPMN 2.0, with its layout.
            #[must_use]
            #visibility fn bpmn(&self) -> ::std::string::String {
                #root::graph::diagram::bpmn(<#ident as #root::Flow>::GRAPH)
            }

            /// Advisory lints: findings that the compiler does not report.
            #[must_use]
            #visibility fn hints(&self) -> ::std::vec::Vec<#root::graph::Finding> {
                #root::__private::hints::<#ident>()
            }

            /// What a process is about, in one line.
            #[must_use]
            #visibility fn brief(&self, process: &#process) -> ::std::string::String {
                <#ident as #root::Flow>::brief(process)
            }

            /// What a task is about, in one line.
            #[must_use]
            #visibility fn task_brief(&self, process: &#process, task: &#root::Task) -> ::std::string::String {
                <#ident as #root::Flow>::task_brief(process, task)
            }
        }
    }
}

/// How a form is made a second time: which of the two constants is meant, the type decides.
fn again(root: &TokenStream, name: &TokenStream, ty: &TokenStream) -> TokenStream {
    quote! {
        const AGAIN: #root::node::Again<#name> = {
            #[allow(unused_imports)]
            use #root::__private::Never as _;
            <#root::__private::Again<#ty>>::AGAIN
        };
    }
}
