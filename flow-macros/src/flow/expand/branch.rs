//! The callbacks that decide where a process goes and what the next task is given: switches, edges.

use flow_graph::{Exits, Role};
use proc_macro2::TokenStream;
use quote::quote;

use super::super::model::{Assign, Delay, EdgeAsks, EdgeModel};
use super::call::{self, Input};
use super::def::Emit;
use super::task_type;

impl Emit<'_> {
    /// ```text
    /// fn __route_2_choice(cx: &mut Cx<'_, OrderFlow>) -> Replied<OrderFlow> {
    ///     cx.with::<Task, _>(|a, conn| { if call1::<_, bool>(&*a, |a| ..) { return Ok(0); } .. Ok(2) }).map(Reply::Edge)
    /// }
    /// ```
    pub(super) fn choice(&mut self) {
        let root = &self.flow.root;
        let node = self.node;
        if node.kind.exits() != Exits::Cases {
            return;
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
                    quote!(::core::result::Result::Err(#root::StepError::from("no case matches, and there is no default")))
                }
            };
            quote!({ #tests #rest })
        };
        self.callback("choice", &quote!(Choice), &quote!(Edge), &body, connection);
    }

    pub(super) fn assignee(&mut self) {
        let root = &self.flow.root;
        if let Some(Assign::Callback(callback)) = &self.node.assign {
            let value = call::value(self.flow, callback);
            let body = quote!(#root::__private::Assignee::assignee(#value));
            let connection = callback.connection(Input::None);
            self.callback("assign", &quote!(Assignee), &quote!(Assignee), &body, connection);
        }
    }

    /// Whom a task is offered to, how urgent it is, and when it is due.
    pub(super) fn described(&mut self) {
        let root = &self.flow.root;
        let node = self.node;
        if let Some(callback) = &node.candidates {
            let value = call::value(self.flow, callback);
            let body = quote!(#root::__private::CandidateList::candidates(#value));
            let connection = callback.connection(Input::None);
            self.callback("candidates", &quote!(Candidates), &quote!(Candidates), &body, connection);
        }
        match &node.urgency {
            Some(Delay::Callback(callback)) => {
                let body = call::look(self.flow, callback, &quote!(i32));
                let connection = callback.connection(Input::None);
                self.callback("priority", &quote!(Priority), &quote!(Priority), &body, connection);
            }
            Some(Delay::Value(value)) => {
                let body = quote!({
                    let priority: ::core::primitive::i32 = #value;
                    ::core::result::Result::Ok(#root::__private::Reply::Priority(priority))
                });
                self.function("priority", &quote!(Priority), &body, false, false);
            }
            Some(Delay::At(_)) | None => {}
        }
        match &node.due {
            Some(Delay::Callback(callback)) => {
                let value = call::value(self.flow, callback);
                let body = quote!(#root::__private::IntoWhen::when(#value));
                let connection = callback.connection(Input::None);
                self.callback("due", &quote!(DueTime), &quote!(Due), &body, connection);
            }
            Some(Delay::Value(value)) => {
                let when = call::spanned(root, &quote!(__private::IntoWhen::when), value, value);
                let body = quote!(#when.map(#root::__private::Reply::Due));
                self.function("due", &quote!(DueTime), &body, false, false);
            }
            Some(Delay::At(_)) | None => {}
        }
    }

    /// The callbacks of the edges.
    pub(super) fn edges(&mut self) {
        let root = &self.flow.root;
        let node = self.node;
        for (at, edge) in node.edges.iter().enumerate() {
            let all = [&edge.when, &edge.data, &edge.seed, &edge.data_source, &edge.seed_source];
            let connection = all.into_iter().flatten().any(|callback| callback.connection(Input::None));
            let payload = self.payload(edge);
            match edge.code(node.kind.exits()).asks {
                EdgeAsks::Nothing => {}
                EdgeAsks::Branch => {
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
                        (None, None) => quote!(::core::result::Result::Ok(::std::vec![payload.done()])),
                    };
                    let body = quote!({ #when #payload #list });
                    let slot = quote!(Branches(#at));
                    self.callback(&format!("branches_{at}"), &slot, &quote!(Branches), &body, connection);
                }
                EdgeAsks::Carry => {
                    let body = quote!({ #payload ::core::result::Result::Ok(payload.done()) });
                    let slot = quote!(Payload(#at));
                    self.callback(&format!("payload_{at}"), &slot, &quote!(Payload), &body, connection);
                }
            }
        }
    }

    /// `let payload = to::<GrainTask>().data(..)?.seed(..)?;`
    fn payload(&self, edge: &EdgeModel) -> TokenStream {
        let root = &self.flow.root;
        let Some(target) = self.flow.nodes.get(usize::from(edge.to)) else { return TokenStream::new() };
        let task = task_type(self.flow, self.names, target);
        let data = edge.data.as_ref().map(|data| {
            let given = call::given(self.flow, data, "data");
            quote!(let payload = #given?;)
        });
        let seed = edge.seed.as_ref().map(|seed| {
            let given = call::given(self.flow, seed, "seed");
            quote!(let payload = #given?;)
        });
        quote!(let payload = #root::__private::to::<#task>(); #data #seed)
    }
}
