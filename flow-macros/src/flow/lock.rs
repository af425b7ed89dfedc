//! `flow.lock`: the releases of the flow that is compiled.

use std::path::{Path, PathBuf};

use flow_graph::lock::{Lock, Release};
use flow_graph::{Finding, Graph, Severity};
use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::model::{FlowModel, NodeModel};
use crate::errors::Errors;

/// The releases of a flow.
pub(crate) struct Released {
    /// The oldest first.
    pub(crate) releases: Vec<Release>,
    /// The hash of the lock's text.
    pub(crate) hash: u64,
    /// Names the file, so that cargo compiles the flow anew when it changes.
    include: TokenStream,
}

/// Reads the lock of a flow, if there is one: `lock = ".."`, or `flow.lock` beside `Cargo.toml`.
pub(crate) fn read(flow: &FlowModel, errors: &mut Errors) -> Option<Released> {
    let found = match &flow.lock {
        Some((name, span)) => {
            let found = written(name, *span);
            if found.is_none() {
                let help = ["a test with `flow_core::lock::assert_current!` writes `flow.lock` beside `Cargo.toml`"];
                errors.push(*span, format!("there is no file `{name}`"), &help);
            }
            found?
        }
        None => beside_manifest("flow.lock")?,
    };
    let span = flow.lock.as_ref().map_or_else(|| flow.ident.span(), |(_, span)| *span);
    let text = match std::fs::read_to_string(&found.0) {
        Ok(text) => text,
        Err(error) => {
            errors.push(span, format!("the lock of this flow cannot be read: {error}"), &[]);
            return None;
        }
    };
    let name = found.0.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // What is wrong with releases of other flows is theirs to report.
    match flow.with_graph(|graph| Lock::parse_some(&text, |name| graph.is_named(name))) {
        Ok(lock) => {
            let releases = flow.with_graph(|graph| lock.releases_of(graph).into_iter().cloned().collect());
            Some(Released { releases, hash: flow_graph::name_hash(&text), include: found.1 })
        }
        Err(error) => {
            errors.push(span, format!("{name}, {error}"), &[]);
            None
        }
    }
}

/// A file, and the tokens that name it.
type Found = (PathBuf, TokenStream);

fn written(name: &str, span: Span) -> Option<Found> {
    let beside = span.local_file().and_then(|file| Some(file.parent()?.join(name))).filter(|path| path.is_file());
    if let Some(path) = beside {
        let mut literal = Literal::string(name);
        literal.set_span(span);
        return Some((path, quote!(::core::include_bytes!(#literal))));
    }
    beside_manifest(name)
}

fn beside_manifest(name: &str) -> Option<Found> {
    let path = Path::new(&manifest()?).join(name);
    let rest = format!("/{name}");
    let include = quote!(::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #rest)));
    path.is_file().then_some((path, include))
}

#[cfg(not(test))]
fn manifest() -> Option<String> {
    std::env::var("CARGO_MANIFEST_DIR").ok()
}

/// The samples of the pages are written for `flow-core`.
#[cfg(test)]
fn manifest() -> Option<String> {
    Some(concat!(env!("CARGO_MANIFEST_DIR"), "/../flow-core").to_owned())
}

impl Released {
    /// What stands in the way of processes of these releases. What is wrong with the flow itself comes first.
    pub(crate) fn findings(&self, graph: &Graph<'_>, found: &[Finding]) -> Vec<Finding> {
        if found.iter().any(|finding| finding.severity == Severity::Error) {
            return Vec::new();
        }
        flow_graph::lock::check_releases(graph, &self.releases.iter().collect::<Vec<_>>())
    }
}

/// ```text
/// const LOCKED: Locked = Locked { hash: 0, release: 0, known: &[], source: file!(), fields: .., tasks: &[] };
/// ```
///
/// `task_type` is how the generated code names the task type of a node.
pub(crate) fn locked(
    flow: &FlowModel,
    released: Option<&Released>,
    task_type: impl Fn(&NodeModel) -> TokenStream,
) -> TokenStream {
    let root = &flow.root;
    let hash = released.map_or(0, |released| released.hash);
    let tasks = flow.nodes.iter().filter_map(|node| {
        node.task.as_ref()?;
        let (name, task) = (&node.name, task_type(node));
        Some(quote!((#name, <#task as #root::__private::JsonProxy>::META)))
    });
    let tasks: Vec<TokenStream> = tasks.collect();
    let known = released.into_iter().flat_map(|released| &released.releases).map(|release| release.number);
    let release = match released.and_then(|released| released.releases.last()) {
        None if released.is_none() => quote!(0),
        None => quote!(1),
        Some(last) => {
            let (number, next) = (last.number, last.number.saturating_add(1));
            let same = flow.with_graph(|graph| Release::of(graph, 0).has_same_nodes(last));
            let conditions = same_fields(flow, last);
            if same { quote!(if #conditions { #number } else { #next }) } else { quote!(#next) }
        }
    };
    quote! {
        const LOCKED: #root::lock::Locked = #root::lock::Locked {
            hash: #hash, release: #release, known: &[#(#known),*], source: ::core::file!(),
            fields: <Self::Process as #root::__private::JsonProxy>::META, tasks: &[#(#tasks),*],
        };
    }
}

/// The fields of process and tasks are those of the last release.
fn same_fields(flow: &FlowModel, last: &Release) -> TokenStream {
    let root = &flow.root;
    let of_process = known_fields(root, last, None);
    let mut conditions = quote! {
        #root::lock::same_fields(<Self::Process as #root::__private::JsonProxy>::META, &[#of_process])
    };
    for node in &flow.nodes {
        let fields = known_fields(root, last, Some(&node.name));
        if let Some(task) = &node.task {
            conditions.extend(quote! {
                && #root::lock::same_fields(<#task as #root::__private::JsonProxy>::META, &[#fields])
            });
        } else if !fields.is_empty() {
            conditions.extend(quote!(&&false));
        }
    }
    conditions
}

fn known_fields(root: &TokenStream, release: &Release, task: Option<&str>) -> TokenStream {
    let of = release.fields.iter().filter(|field| field.task.as_deref() == task);
    let each = of.map(|field| {
        let (path, ty, required) = (&field.path, &field.ty, field.required);
        quote!(#root::lock::KnownField { path: &[#(#path),*], ty: #ty, required: #required },)
    });
    each.collect()
}

/// Every open process and task of a release can be read. The derives know the current fields, so rustc compares.
///
/// ```text
/// const _: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/flow.lock"));
/// const _: () = { const FOUND: Misfit = misfit(HelloWorldProcess::META, "processes", &[..]); .. panic!(..) };
/// ```
pub(crate) fn assertions(flow: &FlowModel, released: &Released) -> TokenStream {
    let include = &released.include;
    let mut code = quote!(const _: &[::core::primitive::u8] = #include;);
    let rests = |release: &&Release| release.nodes.iter().any(|node| node.kind.waits());
    let releases: Vec<&Release> = released.releases.iter().filter(rests).collect();
    if releases.is_empty() {
        return code;
    }
    // By the flow: where its own derive was forgotten, that alone is reported.
    let (root, ident) = (&flow.root, &flow.ident);
    let process = quote!(<#ident as #root::Flow>::Process);
    code.extend(readable(flow, &process, "processes", None, &releases, first(&flow.process, flow.ident.span())));
    for node in flow.nodes.iter().filter(|node| node.kind.waits()) {
        let Some(task) = &node.task else { continue };
        let names = || std::iter::once(&node.name).chain(&node.was);
        for name in names() {
            let had = |release: &&Release| release.node(name).is_some_and(|old| node.kind.keeps(old.kind));
            let releases: Vec<&Release> = releases.iter().copied().filter(had).collect();
            let of = format!("tasks of `{name}`");
            code.extend(readable(flow, task, &of, Some(name), &releases, first(task, node.ident.span())));
        }
    }
    code
}

/// The first token of a type: of the default, which has no place in the source, another one.
fn first(ty: &TokenStream, other: Span) -> Span {
    let span = ty.clone().into_iter().last().map_or(other, |token| token.span());
    if span.source_text().is_some_and(|text| ty.to_string().ends_with(&text)) { span } else { other }
}

fn readable(
    flow: &FlowModel,
    ty: &TokenStream,
    of: &str,
    task: Option<&str>,
    releases: &[&Release],
    span: Span,
) -> TokenStream {
    if releases.is_empty() {
        return TokenStream::new();
    }
    let root = &flow.root;
    let each = releases.iter().map(|release| {
        let (number, fields) = (release.number.to_string(), known_fields(root, release, task));
        quote!(#root::lock::KnownRelease { number: #number, fields: &[#fields] },)
    });
    let each: TokenStream = each.collect();
    let after = format!(
        " [field_lost]\n\
         help: give it a default, `#[json(default)]`, or name the older one, `#[json(alias = \"..\")]`; for another type \
         take another key, `#[json(key = \"..\")]`\nsee {}",
        flow_graph::page("field_lost")
    );
    let panic = quote_spanned!(span=> ::core::panic!("{}", TEXT));
    quote! {
        const _: () = {
            const FOUND: #root::lock::Misfit =
                #root::lock::misfit(<#ty as #root::__private::JsonProxy>::META, #of, &[#each]);
            const TEXT: &::core::primitive::str = {
                const P: [&::core::primitive::str; 7] = FOUND.parts;
                const BYTES: [::core::primitive::u8; { FOUND.len() + #after.len() }] =
                    #root::__private::concat(&[P[0], P[1], P[2], P[3], P[4], P[5], P[6], #after]);
                match ::core::str::from_utf8(&BYTES) { ::core::result::Result::Ok(text) => text, _ => "" }
            };
            if !FOUND.is_empty() { #panic }
        };
    }
}
