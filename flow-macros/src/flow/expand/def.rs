//! A node's `NodeDef`: its callbacks, its rule, its texts, as a constant.

use flow_graph::Kind;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::super::model::{Delay, FlowModel, Form, NodeModel, Permission};
use super::call::{self, Input};
use super::{Names, task_type, texts};

/// One node's callbacks on their way out.
pub(super) struct Emit<'a> {
    pub(super) flow: &'a FlowModel,
    pub(super) names: &'a Names,
    pub(super) id: usize,
    pub(super) node: &'a NodeModel,
    pub(super) functions: &'a mut TokenStream,
}

impl Emit<'_> {
    /// ```text
    /// NodeDef { condition: Some(Callback { call: __check_approve_3_if, .. }), ..NodeDef::NONE }
    /// ```
    pub(super) fn def(&mut self) -> TokenStream {
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
                let super::super::value::CallbackSyntax::Method { dot, name, .. } = callback else {
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
    ///     job_call::<_, Task, _>(call, |job| HelloWorldFlow::send_hello(job), |a, conn, input| Ok(()))
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
                #root::__private::job_call::<#ident, #task, _>(call, |job| #run, |a, conn, input| #done)
            }
            fn #lease_function() -> ::core::time::Duration { #lease }
        });
        Some(quote! {
            #root::__private::JobDef { call: #function, done: #has_done, connection: #connection, lease: #lease_function }
        })
    }
}
