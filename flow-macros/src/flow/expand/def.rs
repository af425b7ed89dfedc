//! A node's `NodeDef`: its callbacks, its rule, its texts, as a constant.

use flow_graph::Kind;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::super::model::{Assign, Delay, FlowModel, Form, NodeModel, Permission};
use super::call::{self, Input};
use super::{Names, task_type, texts};

/// One node's callbacks on their way out.
pub(super) struct Emit<'a> {
    pub(super) flow: &'a FlowModel,
    pub(super) names: &'a Names,
    pub(super) id: usize,
    pub(super) node: &'a NodeModel,
    pub(super) functions: &'a mut TokenStream,
    /// The callbacks, as entries of the node's list.
    pub(super) callbacks: Vec<TokenStream>,
}

impl Emit<'_> {
    /// ```text
    /// NodeDef { callbacks: &[Callback { slot: Slot::Condition, call: __check_approve_3_if, .. }], ..NodeDef::NONE }
    /// ```
    pub(super) fn def(&mut self) -> TokenStream {
        let root = &self.flow.root;
        let node = self.node;
        let some = |value: &TokenStream| quote!(::core::option::Option::Some(#value));
        let mut set = Vec::new();
        let rule = self.rule();
        set.push(quote!(rule: #rule));
        if node.kind.begins()
            && let Some(initial) = self.initial()
        {
            let initial = some(&initial);
            set.push(quote!(initial: #initial));
        }
        if let Some(available) = self.available() {
            let available = some(&available);
            set.push(quote!(available: #available));
        }
        self.act();
        self.taking("undo", "Undo", node.undo.as_ref());
        self.taking("on_create", "Created", node.on_create.as_ref());
        if let Some(condition) = &node.condition {
            let body = call::look(self.flow, condition, &quote!(bool));
            self.callback("if", &quote!(Condition), &quote!(Holds), &body, condition.connection(Input::None));
        }
        self.due_time();
        self.continue_on();
        self.choice();
        self.assignee();
        self.described();
        self.child();
        self.items();
        self.children_done();
        self.edges();
        set.extend(self.event());
        if node.kind == Kind::Job
            && let Some(job) = self.job()
        {
            let job = some(&job);
            set.push(quote!(job: #job));
        }
        if !self.callbacks.is_empty() {
            let callbacks = &self.callbacks;
            set.push(quote!(callbacks: &[#(#callbacks),*]));
        }
        if let Some(Assign::OwnerOf(other)) = &node.assign {
            let other = some(&quote!(#other));
            set.push(quote!(owner_of: #other));
        }
        if !node.different_from.is_empty() {
            let others = &node.different_from;
            set.push(quote!(different_from: &[#(#others),*]));
        }
        if node.summary.is_some() || node.result.is_some() {
            let summary = texts::function(self.flow, node.summary.as_ref());
            let result = texts::function(self.flow, node.result.as_ref());
            set.push(quote!(texts: #root::__private::Texts { summary: #summary, result: #result }));
        }
        if node.form.is_some() && node.kind.is_human() {
            let (module, marker) = (&self.names.module, crate::names::unspanned(&node.ident));
            set.push(quote!(fields: <#module::#marker as #root::node::HumanNode>::FIELDS));
        }
        if let Some(sent) = self.sent() {
            let sent = some(&sent);
            set.push(quote!(sent: #sent));
        }
        if node.task.is_some() {
            let task = task_type(self.flow, self.names, node);
            let read = some(&quote!(#root::__private::read_task::<#task>));
            set.push(quote!(reads: #read));
        }
        if let Some(flow) = self.child_flow() {
            let flow = some(&flow);
            set.push(quote!(child_flow: #flow));
        }
        quote!(#root::__private::NodeDef { #(#set,)* ..#root::__private::NodeDef::NONE })
    }

    /// A callback of a slot: its body is an expression of type `Result<_, StepError>`, of what the reply holds.
    ///
    /// ```text
    /// fn __check_approve_3_if(cx: &mut Cx<'_, HelloWorldFlow>) -> Replied<HelloWorldFlow> {
    ///     cx.with::<Task, _>(|a, conn| Ok(call1::<_, bool>(&*a, |a| a.process.approved()))).map(Reply::Holds)
    /// }
    /// ```
    pub(super) fn callback(
        &mut self,
        key: &str,
        slot: &TokenStream,
        reply: &TokenStream,
        body: &TokenStream,
        connection: bool,
    ) {
        let (root, task) = (&self.flow.root, task_type(self.flow, self.names, self.node));
        let body = quote!(cx.with::<#task, _>(|a, conn| #body).map(#root::__private::Reply::#reply));
        self.function(key, slot, &body, true, connection);
    }

    /// A callback that acts, with what the caller handed over as `input`.
    fn acting(&mut self, key: &str, input: Option<&TokenStream>, body: &TokenStream, connection: bool) {
        let (root, task) = (&self.flow.root, task_type(self.flow, self.names, self.node));
        let input = input.map(|input| quote!(let input = cx.input::<#input>()?;));
        let body = quote!({ #input cx.with::<#task, _>(|a, conn| #body).map(|()| #root::__private::Reply::Done) });
        self.function(key, &quote!(Act), &body, true, connection);
    }

    pub(super) fn function(
        &mut self,
        key: &str,
        slot: &TokenStream,
        body: &TokenStream,
        activation: bool,
        connection: bool,
    ) {
        let (root, ident) = (&self.flow.root, &self.flow.ident);
        let function = self.names.function(self.id, self.node, key);
        self.functions.extend(quote! {
            fn #function(cx: &mut #root::__private::Cx<'_, #ident>) -> #root::__private::Replied<#ident> { #body }
        });
        self.callbacks.push(quote!(#root::__private::Callback {
            slot: #root::graph::Slot::#slot, call: #function, activation: #activation, connection: #connection,
        }));
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
                let function = self.names.function(self.id, self.node, "permission");
                let task = task_type(self.flow, self.names, self.node);
                let allows = call::rule(self.flow, dot, name, self.node.kind.begins());
                if self.node.kind.begins() {
                    self.functions.extend(quote! {
                        fn #function(user: &dyn #root::User) -> ::core::result::Result<bool, #root::StepError> {
                            #allows
                        }
                    });
                    return quote!(#rule::Start(#function));
                }
                self.functions.extend(quote! {
                    fn #function(
                        user: &dyn #root::User,
                        cx: &mut #root::__private::Cx<'_, #ident>,
                    ) -> ::core::result::Result<bool, #root::StepError> {
                        cx.with::<#task, _>(|a, _| #allows)
                    }
                });
                quote!(#rule::Task(#function))
            }
        }
    }

    /// What a new process is made from: the form, or what code hands over.
    fn initial(&mut self) -> Option<TokenStream> {
        let (root, ident, process) = (&self.flow.root, &self.flow.ident, super::process_type(self.flow));
        let function = self.names.function(self.id, self.node, "initial");
        let node = self.node;
        let body = match (node.kind, &node.form, &node.run, &node.input) {
            (Kind::Start, Some(Form::Fields { ident: form, .. }), ..) => {
                // Fields of its task are set when the task is there.
                let form = if node.asks_of_task() {
                    quote!(::core::clone::Clone::clone(#root::__private::input::<#form>(input)?))
                } else {
                    quote!(#root::__private::taken::<#form>(input)?)
                };
                quote!(#form.beginning__())
            }
            (Kind::Start, Some(Form::Type(form)), ..) => quote! {
                #root::proxy::DataOf::<#process>::beginning(
                    #root::node::StartData::<#ident>::data(#root::__private::input::<#form>(input)?)
                )
            },
            (Kind::Start | Kind::StartTimer, ..) => return None,
            (_, _, None, _) => quote!(#root::__private::start_data::<#process>(input)),
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
    fn act(&mut self) {
        let (root, ident) = (&self.flow.root, &self.flow.ident);
        let node = self.node;
        match (node.kind, &node.form, &node.run) {
            (Kind::Start, Some(Form::Fields { ident: form, .. }), _) if node.asks_of_task() => {
                self.acting("form", Some(&quote!(#form)), &quote!(input.save_in_task__(a)), false);
            }
            // The fields of a start made the process.
            (Kind::Start, Some(Form::Fields { .. }), _) => {}
            (kind, Some(form), _) if kind.is_human() => {
                let task = task_type(self.flow, self.names, node);
                let (form, own) = match form {
                    Form::Fields { ident, .. } => (quote!(#ident), false),
                    Form::Type(ty) => (ty.clone(), true),
                };
                let save = quote!(<#form as #root::node::Form<#ident, #task>>::save(input, a, conn));
                self.acting("form", Some(&form), &save, own);
            }
            (kind, _, Some(run)) if kind.is_function() => {
                let body = call::act(self.flow, run, Input::None);
                self.acting("run", None, &body, run.connection(Input::None));
            }
            (Kind::Handle | Kind::MessageCatch, _, Some(run)) => {
                let Some(input) = &node.input else { return };
                let body = call::act(self.flow, run, Input::Last);
                self.acting("run", Some(input), &body, run.connection(Input::Last));
            }
            _ => {}
        }
    }

    /// How what is sent for the node is read: by pages and tools, which know it by its name.
    fn sent(&self) -> Option<TokenStream> {
        let (root, node, process) = (&self.flow.root, self.node, super::process_type(self.flow));
        let (module, marker) = (&self.names.module, crate::names::unspanned(&node.ident));
        let own = |ty: &TokenStream, fields: &TokenStream, made: &TokenStream| {
            // What borrows cannot be read from a request, and rustc does not look at lifetimes when it finds the trait.
            if ty.to_string().contains(['&', '\'']) {
                return quote!(#root::__private::read_borrowed::<#ty>);
            }
            quote!(|sent| {
                #[allow(unused_imports)]
                use #root::__private::{ReadDeserialize as _, ReadInput as _, ReadNothing as _};
                let read: #ty = (&&&#root::__private::FormReader::<#ty>::new()).read_form(sent, #fields)?;
                ::core::result::Result::Ok(#root::__private::#made::<#module::#marker>(read))
            })
        };
        if node.kind.is_human() {
            Some(match &node.form {
                None => quote!(#root::__private::read_nothing),
                Some(Form::Fields { .. }) => quote!(#root::__private::read_form::<#module::#marker>),
                Some(Form::Type(ty)) => {
                    let fields = quote!(<#module::#marker as #root::node::HumanNode>::FIELDS);
                    own(ty, &fields, &quote!(own_form))
                }
            })
        } else if node.kind.takes_input() {
            Some(match &node.input {
                Some(ty) => own(ty, &quote!(&[]), &quote!(handle_input)),
                None if node.kind.begins() => quote!(#root::__private::read_data::<#process>),
                None => quote!(#root::__private::read_nothing),
            })
        } else {
            let item = node.item.as_ref()?;
            Some(quote!(#root::__private::read_item::<#item>))
        }
    }

    /// A callback that acts and is handed nothing: what takes back what the node did, what runs when a task is made.
    fn taking(&mut self, key: &str, slot: &str, callback: Option<&super::super::value::CallbackSyntax>) {
        let Some(callback) = callback else { return };
        let (root, task) = (&self.flow.root, task_type(self.flow, self.names, self.node));
        let slot = Ident::new(slot, Span::call_site());
        let body = call::act(self.flow, callback, Input::None);
        let body = quote!(cx.with::<#task, _>(|a, conn| #body).map(|()| #root::__private::Reply::Done));
        self.function(key, &quote!(#slot), &body, true, callback.connection(Input::None));
    }

    /// ```text
    /// fn __start_0_available(user: &dyn User) -> Result<bool, StepError> { .. }
    /// ```
    fn available(&mut self) -> Option<TokenStream> {
        let super::super::value::CallbackSyntax::Method { dot, name, .. } = self.node.available.as_ref()? else {
            return None;
        };
        let root = &self.flow.root;
        let function = self.names.function(self.id, self.node, "available");
        let allows = call::rule(self.flow, dot, name, true);
        self.functions.extend(quote! {
            fn #function(user: &dyn #root::User) -> ::core::result::Result<bool, #root::StepError> { #allows }
        });
        Some(quote!(#function))
    }

    /// ```text
    /// fn __decide_4_continue(cx: &mut Cx<'_, VoteFlow>) -> Replied<VoteFlow> {
    ///     let (arrived, open) = cx.input::<(Branches, Branches)>()?;
    ///     cx.with::<Task, _>(|a, conn| Ok(call3(&*a, &arrived, &open, |a, arrived, open| ..))).map(Reply::Holds)
    /// }
    /// ```
    fn continue_on(&mut self) {
        let Some(continue_on) = &self.node.continue_on else { return };
        let (root, task) = (&self.flow.root, task_type(self.flow, self.names, self.node));
        let body = call::continue_on(self.flow, continue_on);
        let body = quote!({
            let (arrived, open) = cx.input::<(#root::Branches, #root::Branches)>()?;
            cx.with::<#task, _>(|a, conn| #body).map(#root::__private::Reply::Holds)
        });
        self.function("continue", &quote!(Continue), &body, true, continue_on.connection(Input::Two));
    }

    /// When a timer is due.
    fn due_time(&mut self) {
        let root = &self.flow.root;
        let (slot, reply) = (quote!(DueTime), quote!(Due));
        match &self.node.delay {
            None => {}
            Some(Delay::Callback(callback)) => {
                let value = call::value(self.flow, callback);
                let body = quote!(#root::__private::delay(#value));
                self.callback("delay", &slot, &reply, &body, callback.connection(Input::None));
            }
            Some(Delay::At(callback)) => {
                let body = call::look(self.flow, callback, &quote!(#root::Timestamp));
                let when = quote!(#root::__private::When);
                let body = quote!({ let at: ::core::result::Result<_, #root::StepError> = #body; at.map(#when::At) });
                self.callback("at", &slot, &reply, &body, callback.connection(Input::None));
            }
            Some(Delay::Value(value)) => {
                let delay = call::spanned(root, &quote!(__private::delay), value, value);
                let body = quote!(#delay.map(#root::__private::Reply::Due));
                self.function("delay", &slot, &body, false, false);
            }
        }
    }
}
