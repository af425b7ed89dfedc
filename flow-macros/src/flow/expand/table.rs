//! `impl Flow`: the graph and the callbacks as constants, one small function per callback.

use flow_graph::{Finding, Kind, NodeId, Place, Role, Times};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::super::model::{Delay, FlowModel, Form, NodeModel, Permission};
use super::call::{self, Input};
use super::{Names, task_type, texts};

/// ```text
/// const _: () = {
///     fn __check_approve_3_if(cx: &mut Cx<'_, HelloWorldFlow>) -> Result<bool, StepError> { .. }
///     impl Flow for HelloWorldFlow { const GRAPH: .. = ..; const NODES: .. = &[..]; .. }
/// };
/// ```
pub(super) fn table(flow: &FlowModel, names: &Names, hints: &[Finding], complete: bool) -> TokenStream {
    let (root, ident, process, connection) = (&flow.root, &flow.ident, &flow.process, &flow.connection);
    let mut functions = TokenStream::new();
    let nodes: Vec<TokenStream> = flow
        .nodes
        .iter()
        .enumerate()
        .map(|(id, node)| {
            let mut emit = Emit { flow, names, id, node, functions: &mut functions };
            emit.def()
        })
        .collect();
    let graph: Vec<TokenStream> = flow.nodes.iter().map(|node| graph_node(flow, node, complete)).collect();
    let (name, title, description) = (&flow.name, &flow.title, &flow.description);
    let summary = texts::function(flow, flow.summary.as_ref());
    let result = texts::function(flow, flow.result.as_ref());
    let hints = self::hints(flow, hints);
    let (runs, run) = if complete { runs(flow) } else { Default::default() };
    quote! {
        #[allow(clippy::all, clippy::pedantic, unused_qualifications, unused_variables)]
        const _: () = {
            #functions
            impl #root::Flow for #ident {
                type Process = #process;
                type Connection = #connection;
                const GRAPH: &'static #root::graph::Graph<'static> = &#root::graph::Graph {
                    name: #name, title: #title, description: #description, nodes: &[#(#graph),*],
                };
                const NODES: &'static [#root::__private::NodeDef<Self>] = &[#(#nodes),*];
                const TEXTS: #root::__private::Texts<Self> =
                    #root::__private::Texts { summary: #summary, result: #result };
                #hints
                #runs
            }
            #run
        };
    }
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
        let child = node.child.as_ref()?;
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
    let Some(first) = flow.nodes.iter().find_map(|node| node.child.clone()?.into_iter().next()) else {
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
    quote! {
        #root::graph::Node {
            name: #name, was: &[#(#was),*], kind: #root::graph::Kind::#kind, title: #title,
            description: #description, edges: &[#(#edges),*], boundaries: &[#(#boundaries),*],
            interrupting: #interrupting, incomplete: #incomplete,
        }
    }
}

/// One node's callbacks on their way out.
pub(super) struct Emit<'a> {
    pub(super) flow: &'a FlowModel,
    names: &'a Names,
    id: usize,
    pub(super) node: &'a NodeModel,
    functions: &'a mut TokenStream,
}

impl Emit<'_> {
    /// ```text
    /// NodeDef { condition: Some(Callback { call: __check_approve_3_if, .. }), ..NodeDef::NONE }
    /// ```
    fn def(&mut self) -> TokenStream {
        let root = &self.flow.root;
        let node = self.node;
        let mut set = Vec::new();
        let rule = self.rule();
        set.push(quote!(rule: #rule));
        if node.kind.begins()
            && let Some(initial) = self.initial()
        {
            set.push(quote!(initial: ::core::option::Option::Some(#initial)));
        }
        if let Some(act) = self.act_of_node() {
            set.push(quote!(act: ::core::option::Option::Some(#act)));
        }
        if let Some(condition) = &node.condition {
            let answer = quote!(bool);
            let body = call::look(self.flow, condition, &answer);
            let callback = self.callback("if", &answer, &body, condition.connection(Input::None));
            set.push(quote!(condition: ::core::option::Option::Some(#callback)));
        }
        if let Some(delay) = self.delay() {
            set.push(quote!(delay: ::core::option::Option::Some(#delay)));
        }
        if let Some(choice) = self.choice() {
            set.push(quote!(choice: ::core::option::Option::Some(#choice)));
        }
        if let Some(owner) = self.owner() {
            set.push(quote!(owner: ::core::option::Option::Some(#owner)));
        }
        if !node.different_from.is_empty() {
            let others = &node.different_from;
            set.push(quote!(different_from: &[#(#others),*]));
        }
        if let Some(child) = self.child() {
            set.push(quote!(child: ::core::option::Option::Some(#child)));
        }
        if let Some(edges) = self.edges() {
            set.push(quote!(edges: #edges));
        }
        if node.kind == Kind::Job
            && let Some(job) = self.job()
        {
            set.push(quote!(job: ::core::option::Option::Some(#job)));
        }
        if node.summary.is_some() || node.result.is_some() {
            let summary = texts::function(self.flow, node.summary.as_ref());
            let result = texts::function(self.flow, node.result.as_ref());
            set.push(quote!(texts: #root::__private::Texts { summary: #summary, result: #result }));
        }
        if node.form.is_some() && matches!(node.kind, Kind::Start | Kind::View) {
            let (module, marker) = (&self.names.module, crate::names::unspanned(&node.ident));
            set.push(quote!(fields: <#module::#marker as #root::node::HumanNode>::FIELDS));
        }
        quote!(#root::__private::NodeDef { #(#set,)* ..#root::__private::NodeDef::NONE })
    }

    /// ```text
    /// fn __check_approve_3_if(cx: &mut Cx<'_, HelloWorldFlow>) -> Result<bool, StepError> {
    ///     cx.with::<Task, _>(|a, conn| Ok(look::<_, bool>(&*a, |a| a.process.approved())))
    /// }
    /// ```
    pub(super) fn callback(
        &mut self,
        key: &str,
        answer: &TokenStream,
        body: &TokenStream,
        connection: bool,
    ) -> TokenStream {
        let (root, ident) = (&self.flow.root, &self.flow.ident);
        let task = task_type(self.flow, self.node);
        let function = self.names.function(self.id, self.node, key);
        self.functions.extend(quote! {
            fn #function(
                cx: &mut #root::__private::Cx<'_, #ident>,
            ) -> ::core::result::Result<#answer, #root::StepError> {
                cx.with::<#task, _>(|a, conn| #body)
            }
        });
        quote!(#root::__private::Callback { call: #function, activation: true, connection: #connection })
    }

    fn rule(&mut self) -> TokenStream {
        let (root, ident) = (&self.flow.root, &self.flow.ident);
        let rule = quote!(#root::__private::Rule);
        match &self.node.permission {
            Permission::Managers => quote!(#rule::Managers),
            Permission::Anyone => quote!(#rule::Anyone),
            Permission::Auto => quote!(#rule::Auto),
            Permission::Named(name) => quote!(#rule::Named(#name)),
            Permission::Method(callback) => {
                let super::super::value::Callback::Method { dot, name, .. } = callback else {
                    return quote!(#rule::Managers);
                };
                let path = quote_spanned!(dot.span()=> ::);
                let function = self.names.function(self.id, self.node, "permission");
                let task = task_type(self.flow, self.node);
                if self.node.kind.begins() {
                    self.functions.extend(quote! {
                        fn #function(user: &dyn #root::User) -> bool { #ident #path #name(user) }
                    });
                    return quote!(#rule::Start(#function));
                }
                self.functions.extend(quote! {
                    fn #function(
                        user: &dyn #root::User,
                        cx: &mut #root::__private::Cx<'_, #ident>,
                    ) -> ::core::result::Result<bool, #root::StepError> {
                        cx.with::<#task, _>(|a, _| {
                            #root::__private::MethodAnswer::<bool>::answer(#ident #path #name(user, &*a))
                        })
                    }
                });
                quote!(#rule::Task(#function))
            }
        }
    }

    /// What a new process is made from: the form, or what code hands over.
    fn initial(&mut self) -> Option<TokenStream> {
        let (root, ident, process) = (&self.flow.root, &self.flow.ident, &self.flow.process);
        let function = self.names.function(self.id, self.node, "initial");
        let node = self.node;
        let body = match (node.kind, &node.form, &node.run, &node.input) {
            (Kind::Start, Some(Form::Fields { ident: form, .. }), ..) => {
                quote!(#root::__private::taken::<#form>(input)?.beginning__())
            }
            (Kind::Start, Some(Form::Type(form)), ..) => quote! {
                #root::proxy::DataOf::<#process>::beginning(
                    #root::node::StartData::<#ident>::data(#root::__private::input::<#form>(input)?)
                )
            },
            (Kind::Start, ..) => return None,
            (_, _, None, _) => quote! {
                #root::proxy::DataOf::<#process>::beginning(
                    #root::__private::taken::<<#process as #root::ProcessProxy>::Data>(input)?
                )
            },
            (_, _, Some(run), Some(ty)) => {
                let data = quote!(<#process as #root::ProcessProxy>::Data);
                let call = call::make(self.flow, run, ty, &data);
                let name = &node.name;
                quote! {{
                    let value = #root::__private::step(#name, #root::__private::take_input::<#ty>(input))?;
                    let data: ::core::result::Result<#data, #root::StepError> = #call;
                    let data = #root::__private::step(#name, data)?;
                    #root::proxy::DataOf::<#process>::beginning(data)
                }}
            }
            _ => return None,
        };
        self.functions.extend(quote! {
            fn #function(
                input: &mut ::core::option::Option<::std::boxed::Box<dyn ::core::any::Any>>,
                conn: &mut <#ident as #root::Flow>::Connection,
            ) -> #root::Result<#root::__private::Beginning<#process>> { #body }
        });
        let connection = node.run.as_ref().is_some_and(|run| run.connection(Input::None));
        Some(quote!(#root::__private::Initial { call: #function, connection: #connection }))
    }

    /// What runs when a task is done: the form of a view, a form type of a start, a function, a handle's code.
    fn act_of_node(&mut self) -> Option<TokenStream> {
        let (root, ident) = (&self.flow.root, &self.flow.ident);
        let node = self.node;
        let task = task_type(self.flow, node);
        let unit = quote!(());
        match node.kind {
            Kind::View | Kind::Start => {
                let (form, own) = match node.form.as_ref()? {
                    // A start's fields made the process.
                    Form::Fields { .. } if node.kind == Kind::Start => return None,
                    Form::Fields { ident, .. } => (quote!(#ident), false),
                    Form::Type(ty) => (ty.clone(), true),
                };
                let function = self.names.function(self.id, node, "form");
                self.functions.extend(quote! {
                    fn #function(
                        cx: &mut #root::__private::Cx<'_, #ident>,
                    ) -> ::core::result::Result<(), #root::StepError> {
                        let form = cx.input::<#form>()?;
                        cx.with::<#task, _>(|a, conn| <#form as #root::node::Form<#ident, #task>>::save(form, a, conn))
                    }
                });
                Some(quote!(#root::__private::Callback { call: #function, activation: true, connection: #own }))
            }
            Kind::Function => {
                let run = node.run.as_ref()?;
                let body = call::act(self.flow, run, Input::None);
                Some(self.callback("run", &unit, &body, run.connection(Input::None)))
            }
            Kind::Handle => {
                let (run, ty) = node.run.as_ref().zip(node.input.as_ref())?;
                let body = call::act(self.flow, run, Input::Last);
                let connection = run.connection(Input::Last);
                let function = self.names.function(self.id, node, "run");
                self.functions.extend(quote! {
                    fn #function(
                        cx: &mut #root::__private::Cx<'_, #ident>,
                    ) -> ::core::result::Result<(), #root::StepError> {
                        let input = cx.input::<#ty>()?;
                        cx.with::<#task, _>(|a, conn| #body)
                    }
                });
                Some(quote!(#root::__private::Callback { call: #function, activation: true, connection: #connection }))
            }
            _ => None,
        }
    }

    fn delay(&mut self) -> Option<TokenStream> {
        let (root, ident) = (&self.flow.root, &self.flow.ident);
        let when = quote!(#root::__private::When);
        match self.node.delay.as_ref()? {
            Delay::Callback(callback) => {
                let body = call::look(self.flow, callback, &quote!(::core::time::Duration));
                let body = quote!({ let length: ::core::result::Result<_, #root::StepError> = #body; length.map(#when::After) });
                Some(self.callback("delay", &when, &body, callback.connection(Input::None)))
            }
            Delay::At(callback) => {
                let body = call::look(self.flow, callback, &quote!(#root::Timestamp));
                let body = quote!({ let at: ::core::result::Result<_, #root::StepError> = #body; at.map(#when::At) });
                Some(self.callback("at", &when, &body, callback.connection(Input::None)))
            }
            Delay::Value(value) => {
                let function = self.names.function(self.id, self.node, "delay");
                self.functions.extend(quote! {
                    fn #function(
                        _: &mut #root::__private::Cx<'_, #ident>,
                    ) -> ::core::result::Result<#when, #root::StepError> {
                        let length: ::core::time::Duration = #value;
                        ::core::result::Result::Ok(#when::After(length))
                    }
                });
                Some(quote!(#root::__private::Callback { call: #function, activation: false, connection: false }))
            }
        }
    }

    /// ```text
    /// fn __send_4_job(call: JobCall<'_, HelloWorldFlow>) -> Result<Box<dyn Any>, StepError> {
    ///     job_call::<_, Task, _, _>(call, |job| HelloWorldFlow::send_hello(job), |a, conn, input| Ok(()))
    /// }
    /// ```
    fn job(&mut self) -> Option<TokenStream> {
        let (root, ident) = (&self.flow.root, &self.flow.ident);
        let node = self.node;
        let task = task_type(self.flow, node);
        let run = call::job(self.flow, node.run.as_ref()?);
        let (done, connection) = match &node.on_done {
            Some(done) => (call::act(self.flow, done, Input::Last), done.connection(Input::Last)),
            None => (quote!(::core::result::Result::Ok(())), false),
        };
        let has_done = node.on_done.is_some();
        let function = self.names.function(self.id, node, "job");
        let lease = node.lease.clone().unwrap_or_else(|| quote!(#root::minutes(10)));
        let lease_function = self.names.function(self.id, node, "lease");
        self.functions.extend(quote! {
            fn #function(
                call: #root::__private::JobCall<'_, #ident>,
            ) -> ::core::result::Result<::std::boxed::Box<dyn ::core::any::Any>, #root::StepError> {
                #root::__private::job_call::<#ident, #task, _, _>(call, |job| #run, |a, conn, input| #done)
            }
            fn #lease_function() -> ::core::time::Duration { #lease }
        });
        Some(quote! {
            #root::__private::JobDef { call: #function, done: #has_done, connection: #connection, lease: #lease_function }
        })
    }
}
