//! What decides where a process goes and what the next task is given: switches, the edges of splits, subprocesses.

use flow_graph::{Kind, Role};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::super::model::{Assign, EdgeAsks, EdgeModel};
use super::call::{self, Input};
use super::def::Emit;
use super::task_type;

impl Emit<'_> {
    /// ```text
    /// fn __route_2_choice(cx: &mut Cx<'_, OrderFlow>) -> Result<usize, StepError> {
    ///     cx.with::<Task, _>(|a, conn| { if look::<_, bool>(&*a, |a| ..) { return Ok(0); } .. Ok(2) })
    /// }
    /// ```
    pub(super) fn choice(&mut self) -> Option<TokenStream> {
        let root = &self.flow.root;
        let node = self.node;
        if node.kind != Kind::Switch {
            return None;
        }
        let default = node.edges.iter().position(|edge| edge.role == Role::Default);
        let cases = || node.edges.iter().enumerate().filter(|(_, edge)| edge.role == Role::Case);
        let mut connection = false;
        let body = if let Some(on) = &node.on {
            connection |= on.connection(Input::None);
            let value = call::value(self.flow, on);
            let arms = cases().filter_map(|(at, edge)| edge.pattern.as_ref().map(|pattern| quote!(#pattern => #at,)));
            let arms: TokenStream = arms.collect();
            let rest = default.map(|at| quote!(_ => #at,));
            quote!({
                #[allow(unreachable_patterns)]
                let at: usize = match #value { #arms #rest };
                ::core::result::Result::Ok(at)
            })
        } else {
            let tests = cases().filter_map(|(at, edge)| {
                let when = edge.when.as_ref()?;
                connection |= when.connection(Input::None);
                let holds = call::look(self.flow, when, &quote!(bool));
                Some(quote! {
                    let holds: ::core::result::Result<bool, #root::StepError> = #holds;
                    if holds? { return ::core::result::Result::Ok(#at); }
                })
            });
            let tests: TokenStream = tests.collect();
            let rest = match default {
                Some(at) => quote!(::core::result::Result::Ok(#at)),
                None => {
                    quote!(::core::result::Result::Err(#root::StepError::from("no case holds, and there is no default")))
                }
            };
            quote!({ #tests #rest })
        };
        Some(self.callback("choice", &quote!(usize), &body, connection))
    }

    pub(super) fn owner(&mut self) -> Option<TokenStream> {
        let root = &self.flow.root;
        match self.node.assign.as_ref()? {
            Assign::OwnerOf(node) => Some(quote!(#root::__private::Assign::OwnerOf(#node))),
            Assign::Callback(callback) => {
                let value = call::value(self.flow, callback);
                let body = quote!(::core::result::Result::Ok(#root::__private::Assignee::assignee(#value)));
                let answer = quote!(::core::option::Option<::std::string::String>);
                let connection = callback.connection(Input::None);
                let callback = self.callback("assign", &answer, &body, connection);
                Some(quote!(#root::__private::Assign::Callback(#callback)))
            }
        }
    }

    /// ```text
    /// fn __publish_3_child(cx: &mut Cx<'_, OrderFlow>) -> Result<bool, StepError> {
    ///     cx.with::<Task, _>(|a, conn| child(&PublishFlow.as_subprocess).data(&..)?.seed(..)?.start(a.task.id(), conn))
    /// }
    /// ```
    pub(super) fn child(&mut self) -> Option<TokenStream> {
        let root = &self.flow.root;
        let node = self.node;
        let start = node.child.as_ref()?;
        let data = match &node.process_data {
            Some(data) => call::value(self.flow, data),
            None => {
                let span = start.clone().into_iter().last().map_or_else(|| node.ident.span(), |token| token.span());
                quote_spanned!(span=> ::core::default::Default::default())
            }
        };
        let first = start.clone().into_iter().next().map_or_else(|| node.ident.span(), |token| token.span());
        let and = quote_spanned!(first=> &);
        let begin = call::spanned(root, &quote!(node::child), &quote!(#and #start), start);
        let seed = node.process_seed.as_ref().map(|seed| {
            let seed = call::value(self.flow, seed);
            quote!(let child = child.seed(#seed)?;)
        });
        let body = quote!({
            let parent = a.task.id();
            let child = #begin;
            let child = child.data(#data)?;
            #seed
            child.start(parent, conn)
        });
        Some(self.callback("child", &quote!(bool), &body, true))
    }

    /// The callbacks of the edges, by their place; nothing if none has any.
    pub(super) fn edges(&mut self) -> Option<TokenStream> {
        let root = &self.flow.root;
        let node = self.node;
        let asks = |edge: &EdgeModel| edge.code(node.kind.exits()).asks;
        if node.edges.iter().all(|edge| asks(edge) == EdgeAsks::Nothing) {
            return None;
        }
        let mut defs = Vec::new();
        for (at, edge) in node.edges.iter().enumerate() {
            let all = [&edge.when, &edge.data, &edge.seed, &edge.data_source, &edge.seed_source];
            let connection = all.into_iter().flatten().any(|callback| callback.connection(Input::None));
            let gift = self.gift(edge);
            defs.push(if asks(edge) == EdgeAsks::Branch {
                let when = edge.when.as_ref().map(|when| {
                    let holds = call::look(self.flow, when, &quote!(bool));
                    quote! {
                        let holds: ::core::result::Result<bool, #root::StepError> = #holds;
                        if !holds? { return ::core::result::Result::Ok(::std::vec::Vec::new()); }
                    }
                });
                let list = match (&edge.data_source, &edge.seed_source) {
                    (Some(source), _) => call::given(self.flow, source, "each_data"),
                    (None, Some(source)) => call::given(self.flow, source, "each_seed"),
                    (None, None) => quote!(::core::result::Result::Ok(::std::vec![gift.done()])),
                };
                let body = quote!({ #when #gift #list });
                let answer = quote!(::std::vec::Vec<#root::__private::Gift>);
                let times = self.callback(&format!("times_{at}"), &answer, &body, connection);
                quote!(#root::__private::EdgeDef { times: ::core::option::Option::Some(#times), carry: ::core::option::Option::None })
            } else if asks(edge) == EdgeAsks::Carry {
                let body = quote!({ #gift ::core::result::Result::Ok(gift.done()) });
                let carry = self.callback(&format!("carry_{at}"), &quote!(#root::__private::Gift), &body, connection);
                quote!(#root::__private::EdgeDef { times: ::core::option::Option::None, carry: ::core::option::Option::Some(#carry) })
            } else {
                quote!(#root::__private::EdgeDef::NONE)
            });
        }
        Some(quote!(&[#(#defs),*]))
    }

    /// `let gift = to::<GrainTask>().data(..)?.seed(..)?;`
    fn gift(&self, edge: &EdgeModel) -> TokenStream {
        let root = &self.flow.root;
        let Some(target) = self.flow.nodes.get(usize::from(edge.to)) else { return TokenStream::new() };
        let task = task_type(self.flow, target);
        let data = edge.data.as_ref().map(|data| {
            let given = call::given(self.flow, data, "data");
            quote!(let gift = #given?;)
        });
        let seed = edge.seed.as_ref().map(|seed| {
            let given = call::given(self.flow, seed, "seed");
            quote!(let gift = #given?;)
        });
        quote!(let gift = #root::__private::to::<#task>(); #data #seed)
    }
}
