//! The forms that `form = ApproveForm { approved }` declares.

use flow_graph::Kind;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::super::model::{FlowModel, Form, FormField, NodeModel};
use super::super::syntax::FlowSyntax;
use super::{Names, fields};
use crate::names::plain;

pub(super) fn forms(written: &FlowSyntax, flow: &FlowModel, names: &Names) -> TokenStream {
    let mut code = TokenStream::new();
    for (id, node) in flow.nodes.iter().enumerate() {
        code.extend(gives(flow, names, node));
        code.extend(hands_over(flow, names, id, node));
    }
    for (_, node) in fields(flow) {
        if let Some(Form::Fields { ident, fields }) = &node.form {
            code.extend(form(written, flow, names, node, (ident, fields)));
            code.extend(readable(flow, ident, fields));
            code.extend(optional(flow, names, node, (ident, fields)));
        }
        if matches!(node.kind, Kind::Start | Kind::StartTimer) {
            code.extend(covers(flow, node));
        } else {
            code.extend(joins_nothing(flow, node));
        }
    }
    code
}

/// The constant that holds the place of a field: ill-typed, with rustc's own suggestion, if there is no such
/// field, and everything that depends on it is silent then.
fn constant(form: &Ident, field: &Ident) -> Ident {
    format_ident!("__{}_{}", form, plain(field), span = Span::call_site())
}

/// ```text
/// const __ApproveForm_approved: u64 = HelloWorldProcess::FIELDS.approved.index();
/// #[derive(Debug, Clone)]
/// pub struct ApproveForm { pub approved: <HelloWorldProcess as HasField<__ApproveForm_approved>>::Value }
/// impl FormInput for ApproveForm { const FIELDS: .. = &[..]; fn read(reader) -> Option<Self> { .. } }
/// impl Form<HelloWorldFlow, Task> for ApproveForm { fn save(self, a, _) { a.process.set(self.approved) } }
/// ```
///
/// A field of the task, `task.choice`, is the same of the node's task type: a `ValueOf<VoteTask, ..>`, which
/// `set_in_task` sets.
fn form(
    written: &FlowSyntax,
    flow: &FlowModel,
    names: &Names,
    node: &NodeModel,
    (form, fields): (&Ident, &[FormField]),
) -> TokenStream {
    let task = super::task_type(flow, names, node);
    let (root, process, ident) = (&flow.root, super::process_type(flow), &flow.ident);
    let visibility = &written.visibility;
    let made: Vec<Part> = fields.iter().map(|field| Part::new(root, &process, &task, form, field)).collect();
    let consts: TokenStream = made.iter().map(|part| part.index()).collect();
    let doc = format!("What a person fills in: a form of [`{}`].", plain(ident));
    let save: TokenStream = made.iter().map(Part::save).collect();
    let save_in_task: TokenStream = made.iter().filter(|part| part.field.of_task).map(Part::save).collect();
    let put: TokenStream = made.iter().filter(|part| !part.field.of_task).map(Part::put).collect();
    let members: TokenStream = made.iter().map(Part::member).collect();
    let metas: Vec<TokenStream> = made.iter().map(Part::meta).collect();
    let reads: Vec<TokenStream> = made.iter().map(Part::read).collect();
    let idents: Vec<&Ident> = fields.iter().map(|field| &field.ident).collect();
    // A field may be called `reader`.
    let values: Vec<Ident> = (0..fields.len()).map(|at| format_ident!("value_{at}")).collect();
    let schema_name = plain(form);
    // The process of a start is made of the form before its task is there.
    let in_task = (node.kind == Kind::Start && !save_in_task.is_empty()).then(|| {
        quote! {
            #[doc(hidden)]
            fn save_in_task__(self, a: &mut #root::Activation<#ident, #task>) -> #root::Step {
                #save_in_task
                ::core::result::Result::Ok(())
            }
        }
    });
    quote! {
        #consts
        #[doc = #doc]
        #[derive(Debug, Clone)]
        #visibility struct #form { #members }
        impl #root::FormInput for #form {
            const FIELDS: &'static [#root::FormField] = &[#(#metas),*];
            fn read(reader: &mut #root::__private::Reader) -> ::core::option::Option<Self> {
                #(let #values = #reads;)*
                let _ = reader;
                ::core::option::Option::Some(Self { #(#idents: #values?,)* })
            }
        }
        impl<'de> #root::__private::serde::Deserialize<'de> for #form {
            fn deserialize<D>(deserializer: D) -> ::core::result::Result<Self, D::Error>
            where
                D: #root::__private::serde::Deserializer<'de>,
            {
                #root::__private::deserialize_form(deserializer)
            }
        }
        #root::__json_schema!(form #form, #schema_name, <#form as #root::FormInput>::FIELDS);
        impl #root::node::Form<#ident, #task> for #form {
            const ASKS: &'static [#root::FormField] = <Self as #root::FormInput>::FIELDS;
            fn save(
                self,
                a: &mut #root::Activation<#ident, #task>,
                _conn: &mut <#ident as #root::Flow>::Connection,
            ) -> #root::Step {
                #save
                let _ = a;
                ::core::result::Result::Ok(())
            }
        }
        impl #form {
            #[doc(hidden)]
            #[allow(dead_code)]
            fn beginning__(self) -> #root::Result<#root::__private::Beginning<#process>> {
                #[allow(unused_mut)]
                let mut new = #root::__private::NewProcess::<#process>::new();
                #put
                new.finish()
            }
            #in_task
        }
    }
}

/// What a form has for one of its fields.
struct Part<'f> {
    root: &'f TokenStream,
    /// What has the field: the type of the process or of the task.
    of: &'f TokenStream,
    index: Ident,
    field: &'f FormField,
}

impl<'f> Part<'f> {
    fn new(
        root: &'f TokenStream,
        process: &'f TokenStream,
        task: &'f TokenStream,
        form: &Ident,
        field: &'f FormField,
    ) -> Self {
        Part { root, of: if field.of_task { task } else { process }, index: constant(form, &field.ident), field }
    }

    fn index(&self) -> TokenStream {
        let Part { of, index, field, .. } = self;
        let (field, hash) = (&field.ident, hash(&plain(&field.ident)));
        quote! {
            #[doc(hidden)]
            #[allow(non_upper_case_globals, unexpected_cfgs)]
            const #index: u64 = {
                #[cfg(rust_analyzer)]
                let index = #hash;
                #[cfg(not(rust_analyzer))]
                let index = <#of>::FIELDS.#field.index();
                index
            };
        }
    }

    /// The type of the value that is kept.
    fn kept(&self) -> TokenStream {
        let Part { root, of, index, field } = self;
        // Without braces: rust-analyzer reads a name here and evaluates it, a block it leaves unknown.
        match field.of_task {
            true => quote!(#root::__private::ValueOf<#of, #index>),
            false => quote!(<#of as #root::__private::HasField<#index>>::Value),
        }
    }

    /// The type of the value where the form requires it.
    fn present(&self) -> TokenStream {
        let Part { root, of, index, field } = self;
        match field.of_task {
            true => quote!(#root::__private::PresentOf<#of, #index>),
            false => quote!(<#of as #root::__private::HasField<#index>>::Present),
        }
    }

    fn member(&self) -> TokenStream {
        let field = self.field;
        let name = &field.ident;
        let of = if field.of_task { "task" } else { "process" };
        let doc = format!("See the field `{}` of the {of}.", plain(name));
        let ty = if field.required { self.present() } else { self.kept() };
        quote!(#[doc = #doc] pub #name: #ty,)
    }

    /// `approved: required`: the form has the value, the process an `Option` of it.
    fn given(&self) -> TokenStream {
        let Part { root, of, index, field } = self;
        let name = &field.ident;
        match (field.required, field.of_task) {
            (true, true) => quote!(#root::__private::of_present::<#of, { #index }>(self.#name)),
            (true, false) => quote!(<#of as #root::__private::HasField<{ #index }>>::of_present(self.#name)),
            (false, _) => quote!(self.#name),
        }
    }

    fn save(&self) -> TokenStream {
        let (Part { root, of, index, field }, value) = (self, self.given());
        match field.of_task {
            true => quote!(#root::__private::set_in_task::<#of, { #index }>(&mut a.task, #value);),
            false => quote!(#root::__private::HasField::<{ #index }>::set(&mut a.process, #value);),
        }
    }

    fn put(&self) -> TokenStream {
        let (Part { index, .. }, value) = (self, self.given());
        quote!(new.give::<{ #index }>(#value);)
    }

    /// What a form knows of the field.
    fn field_of(&self) -> TokenStream {
        let Part { root, of, index, field } = self;
        match field.of_task {
            true => quote!(#root::__private::form_field::<#of, { #index }>()),
            false => quote!(<#of as #root::__private::HasField<{ #index }>>::FIELD),
        }
    }

    /// Whether it may be missing.
    fn optional(&self) -> TokenStream {
        let Part { root, of, index, field } = self;
        match field.of_task {
            true => quote!(#root::__private::is_optional::<#of, { #index }>()),
            false => quote!(<#of as #root::__private::HasField<{ #index }>>::OPTIONAL),
        }
    }

    fn meta(&self) -> TokenStream {
        let of = self.field_of();
        let of_task = self.field.of_task.then(|| quote!(.of_task()));
        let asked = self.field.required.then(|| quote!(.required()));
        quote!(#of #of_task #asked)
    }

    fn read(&self) -> TokenStream {
        let Part { of, index, field, .. } = self;
        match (field.of_task, field.required) {
            (true, true) => quote!(reader.stored_required::<#of, { #index }>()),
            (true, false) => quote!(reader.stored::<#of, { #index }>()),
            (false, true) => quote!(reader.required::<#of, { #index }>()),
            (false, false) => quote!(reader.field::<#of, { #index }>()),
        }
    }
}

/// The fields that are kept with the process.
fn of_process(fields: &[FormField]) -> impl Iterator<Item = &Ident> {
    fields.iter().filter(|field| !field.of_task).map(|field| &field.ident)
}

/// A start writes every field that has no default, or no process of this type could be read.
///
/// ```text
/// const _: () = if let Some(_) = missing_field(HelloWorldProcess::META, &[__StartForm_text]) { panic!(..) };
/// ```
fn covers(flow: &FlowModel, node: &NodeModel) -> TokenStream {
    let (root, process) = (&flow.root, super::process_type(flow));
    let (consts, span): (Vec<Ident>, Span) = match &node.form {
        Some(Form::Fields { ident, fields }) => {
            (of_process(fields).map(|field| constant(ident, field)).collect(), ident.span())
        }
        // What a form type of the user's writes cannot be seen here.
        Some(Form::Type(_)) => return TokenStream::new(),
        None => (Vec::new(), node.ident.span()),
    };
    let before = format!("`{}` does not write `", plain(&node.ident));
    let found = quote!(#root::__private::missing_in::<#process>(&[#(#consts),*]));
    missing(root, &found, &before, &quote!(#root::__private::how_to_give::<#process>(NAME)), span)
}

/// What is made of a form that was sent: a joined row too must be readable.
///
/// ```text
/// const _: () = assert!(<ShipmentProcess as HasField<__StartForm_shipment>>::READABLE, "..");
/// ```
fn readable(flow: &FlowModel, form: &Ident, fields: &[FormField]) -> TokenStream {
    let (root, process) = (&flow.root, super::process_type(flow));
    let checks = of_process(fields).map(|field| {
        let (index, name) = (constant(form, field), plain(field));
        let text = format!(
            "the type that creates `{name}` cannot be read from a form\n help: add `#[derive(serde::Deserialize)]` to it"
        );
        quote_spanned!(field.span()=>
            const _: () = ::core::assert!(<#process as #root::__private::HasField<{ #index }>>::READABLE, #text);
        )
    });
    checks.collect()
}

/// Only of an `Option` a form can ask more than the process does.
///
/// ```text
/// const _: () = assert!(<HelloWorldProcess as HasField<__ApproveForm_approved>>::OPTIONAL, "..");
/// ```
fn optional(flow: &FlowModel, names: &Names, node: &NodeModel, (form, fields): (&Ident, &[FormField])) -> TokenStream {
    let (root, process, task) = (&flow.root, super::process_type(flow), super::task_type(flow, names, node));
    let checks = fields.iter().filter(|field| field.required).map(|field| {
        let optional = Part::new(root, &process, &task, form, field).optional();
        let text = format!(
            "`{}` is not an `Option`, so the form requires it already\n help: remove `: required`",
            plain(&field.ident)
        );
        quote_spanned!(field.ident.span()=> const _: () = ::core::assert!(#optional, #text);)
    });
    checks.collect()
}

/// A task's form does not name the joined row: that is there since the start.
///
/// ```text
/// const _: () = assert!(!is_joined::<ShipmentProcess>(__CarrierForm_shipment), "..");
/// ```
fn joins_nothing(flow: &FlowModel, node: &NodeModel) -> TokenStream {
    let (root, process) = (&flow.root, super::process_type(flow));
    let Some(Form::Fields { ident, fields }) = &node.form else { return TokenStream::new() };
    let checks = of_process(fields).map(|field| {
        let (index, name) = (constant(ident, field), plain(field));
        let text = format!(
            "only the form of a start can name `{name}`: the row is inserted when the process starts\n\
             help: to change it later, use a form type of your own, `form = MyForm`, and `a.process.{name}_mut()`"
        );
        quote_spanned!(field.span()=>
            const _: () = ::core::assert!(!#root::__private::is_joined::<#process>(#index), #text);
        )
    });
    checks.collect()
}

/// An edge gives every field of the next task that has no default.
fn gives(flow: &FlowModel, names: &Names, node: &NodeModel) -> TokenStream {
    let root = &flow.root;
    let is_handed_over = node.kind == Kind::CompensationBoundary;
    let edges = node.edges.iter().filter(|edge| !is_handed_over && edge.data.is_none() && edge.data_source.is_none());
    let checks = edges.filter_map(|edge| {
        let target = flow.nodes.get(usize::from(edge.to))?;
        target.task.as_ref()?;
        let task = super::task_type(flow, names, target);
        let before = format!("`{}` gets no value for `", target.name);
        let after = "`, which has no default [read_before_write]\nhelp: add `task_data = |a| ..`, or give it a default: `#[json(default)]`";
        let found = quote!(#root::__private::missing_field(<#task as #root::__private::JsonProxy>::META, &[]));
        Some(missing(root, &found, &before, &quote!(#after), edge.span))
    });
    checks.collect()
}

/// The task of a compensation handler has the data of the task that it takes back: of the same type, or all its fields
/// have a default.
fn hands_over(flow: &FlowModel, names: &Names, id: usize, node: &NodeModel) -> Option<TokenStream> {
    if node.kind != Kind::CompensationBoundary {
        return None;
    }
    let root = &flow.root;
    let edge = node.edges.first()?;
    let host = flow.nodes.iter().find(|host| host.boundaries.iter().any(|boundary| usize::from(*boundary) == id))?;
    let handler = flow.nodes.get(usize::from(edge.to))?;
    let text = |task: &Option<TokenStream>| task.as_ref().map(ToString::to_string);
    if handler.task.is_none() || text(&handler.task) == text(&host.task) {
        return None;
    }
    let task = super::task_type(flow, names, handler);
    let before = format!("the task of `{}` has no `", host.name);
    let after = format!(
        "`, which the task of `{}` needs [read_before_write]\nhelp: give both the same `task`, or give the field a default: `#[json(default)]`",
        handler.name
    );
    let found = quote!(#root::__private::missing_field(<#task as #root::__private::JsonProxy>::META, &[]));
    Some(missing(root, &found, &before, &quote!(#after), edge.span))
}

/// A constant that cannot be evaluated if a field was found that is not written. `after` may say `NAME`.
fn missing(root: &TokenStream, found: &TokenStream, before: &str, after: &TokenStream, span: Span) -> TokenStream {
    let see = format!("\nsee {}", flow_graph::page("read_before_write"));
    let panic = quote_spanned!(span=> ::core::panic!("{}", TEXT));
    quote! {
        const _: () = {
            const MISSING: ::core::option::Option<&str> = #found;
            const NAME: &str = match MISSING { ::core::option::Option::Some(name) => name, _ => "" };
            const AFTER: &str = #after;
            const TEXT: &str = {
                const BYTES: [u8; { #before.len() + NAME.len() + AFTER.len() + #see.len() }] =
                    #root::__private::concat(&[#before, NAME, AFTER, #see]);
                match ::core::str::from_utf8(&BYTES) { ::core::result::Result::Ok(text) => text, _ => NAME }
            };
            if MISSING.is_some() { #panic }
        };
    }
}

/// The hash of a field's name, as `flow_core::proxy::index` makes it.
fn hash(name: &str) -> u64 {
    crate::proxy::index(name)
}
