//! What was written: the struct, its row, and its fields.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::Of;
use super::options::Rules;
use super::row::Table;
use super::types::{Codec, argument, codec_of};
use crate::errors::Errors;
use crate::names::{plain, title_and_rest, title_of};
use crate::rows;
use crate::tokens::{crate_path, is_crate, split_commas, string};

pub(crate) struct Proxy {
    pub(crate) of: Of,
    /// Where flow-core is found, if not as `::flow_core`: `#[proxy(crate = path)]`, or `json` of an object.
    pub(crate) root: Option<TokenStream>,
    /// The models of its seed and its artifact: `#[proxy(seed = Source, artifact = Report)]`.
    pub(crate) seed: Option<TokenStream>,
    pub(crate) artifact: Option<TokenStream>,
    /// The fields that have an index: `#[proxy(index(approved))]`.
    pub(crate) index: Vec<Ident>,
    pub(crate) visibility: TokenStream,
    pub(crate) ident: Ident,
    /// The field that holds the row. Where it is missing, that was reported, and the rest is written all the same: what
    /// reads the fields is right.
    pub(crate) row: Option<Ident>,
    /// Of a row of the app's: its table.
    pub(crate) table: Table,
    pub(crate) fields: Vec<Field>,
    /// The field that holds the columns of its own, in a row of another table or in the process's.
    pub(crate) joined: Option<Joined>,
    /// Fields that were reported: they are there, and nothing is done with them.
    pub(crate) holes: Vec<Ident>,
}

/// `#[proxy(joined, new = NewShipment)] shipment: ShipmentColumns`
pub(crate) struct Joined {
    pub(crate) place: Place,
    pub(crate) docs: Vec<TokenStream>,
    pub(crate) ident: Ident,
    pub(crate) ty: TokenStream,
    /// What they are made from when a process starts; a row of another table always says it.
    pub(crate) new: Option<TokenStream>,
}

/// Where columns of a process's own are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// `joined`: in a row of another table.
    Table,
    /// `columns`: in the row of the process.
    Row,
}

pub(crate) struct Field {
    pub(crate) docs: Vec<TokenStream>,
    pub(crate) ident: Ident,
    pub(crate) ty: syn::Type,
    pub(crate) codec: Codec,
    /// Where it is kept in the document.
    pub(crate) path: Vec<String>,
    /// Where it was kept before, each with the place of its option.
    pub(crate) alias: Vec<(Vec<String>, Span)>,
    pub(crate) default: Default,
    pub(crate) rules: Rules,
    pub(crate) texts: Texts,
}

/// What people read of a field: its options, or its doc comment.
#[derive(std::default::Default)]
pub(crate) struct Texts {
    pub(crate) label: Option<String>,
    pub(crate) help: Option<String>,
}

impl Texts {
    /// What the options do not say, from a doc comment.
    pub(crate) fn or_docs(&self, docs: &[TokenStream], ident: &Ident) -> (String, String) {
        let lines: Vec<String> = docs.iter().filter_map(doc_text).collect();
        let (title, rest) = title_and_rest(&lines);
        let label = self.label.clone().or(title).unwrap_or_else(|| title_of(&plain(ident)));
        (label, self.help.clone().unwrap_or(rest))
    }
}

/// The text of `#[doc = ".."]`.
fn doc_text(attribute: &TokenStream) -> Option<String> {
    let inner = attribute.clone().into_iter().find_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream().into_iter().collect::<Vec<_>>()),
        _ => None,
    })?;
    match inner.as_slice() {
        [TokenTree::Ident(_), TokenTree::Punct(_), value @ ..] => string(value),
        _ => None,
    }
}

pub(crate) enum Default {
    /// It must be there.
    None,
    /// `default`: the type's empty value.
    Empty(Span),
    /// `default = 5`
    Literal(syn::Lit),
    /// `default = Colour::Red`
    Path(TokenStream),
}

impl Proxy {
    /// Notes that the field at a place was set.
    pub(crate) fn touch(&self, at: &TokenStream) -> TokenStream {
        let row = self.own_row();
        match (&self.of, &self.table.column) {
            (Of::Row, Some(column)) => {
                let place = crate::tokens::located(column.span());
                quote_spanned!(place=> #row.#column.touch(#at))
            }
            _ => quote!(#row.touch(#at)),
        }
    }

    /// The fields that a new row is made from: all but states, which begin as they must.
    pub(crate) fn given(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.codec.is_state())
    }

    /// The row of `self`.
    pub(crate) fn own_row(&self) -> TokenStream {
        match &self.row {
            Some(row) => quote!(self.#row),
            None => {
                let row = Ident::new(self.of.row(), Span::call_site());
                quote!((*::flow_core::__private::missing_row::<::flow_core::#row>()))
            }
        }
    }
}

pub(crate) fn parse(item: TokenStream, of: Of, errors: &mut Errors) -> Option<Proxy> {
    let item: syn::DeriveInput = syn::parse2(item).map_err(|error| errors.push_syn(&error)).ok()?;
    if !item.generics.params.is_empty() {
        errors.push(item.generics.span(), format!("a {} type cannot have type parameters", of.field()), &[]);
        return None;
    }
    let syn::Data::Struct(syn::DataStruct { fields: syn::Fields::Named(named), .. }) = item.data else {
        errors.push(item.ident.span(), format!("a {} type must be a struct with named fields", of.field()), &[]);
        return None;
    };
    let mut row = None;
    let mut table = Table::default();
    let mut fields: Vec<Field> = Vec::new();
    let mut joined = None;
    let mut holes = Vec::new();
    for field in named.named {
        let Some(ident) = field.ident.clone() else { continue };
        if matches!(of, Of::Process | Of::Task) && ident == of.field() {
            row = Some(ident);
            continue;
        }
        if of == Of::Row && super::row::is_row(&field) {
            holes.extend(super::row::take(&field, ident, &mut row, &mut table, errors));
            continue;
        }
        let hidden = match of {
            Of::Process => rows::PROCESS,
            Of::Task => rows::TASK,
            Of::Row => rows::ROW,
            Of::Model => &[],
        };
        if hidden.contains(&plain(&ident).as_str()) {
            let help = format!("rename it to `{}_` and set the stored key: `#[json(key = \"{0}\")]`", plain(&ident));
            errors.push(ident.span(), format!("`{ident}` conflicts with a method of the row"), &[&help]);
        }
        let own: Vec<&syn::Attribute> =
            field.attrs.iter().filter(|attribute| attribute.path().is_ident("proxy")).collect();
        if !own.is_empty() {
            let found = super::joined::read(&own, &field, ident.clone(), of, errors);
            if found.is_some() && joined.is_some() {
                let help = "put the columns in one struct, or refer to the other row: `Ref<Model>`";
                errors.push(ident.span(), "only one field of a process can hold table columns", &[help]);
            }
            match found {
                Some(found) if joined.is_none() => joined = Some(found),
                _ => holes.push(ident),
            }
            continue;
        }
        if let Some((ty, (name, why, instead))) = not_kept(&field.ty) {
            errors.push(ty.span(), format!("`{name}` {why}"), &[&format!("take `{instead}`")]);
            holes.push(ident);
            continue;
        }
        let mut read = self::field(field, ident, errors);
        if read.codec.is_state() {
            if of != Of::Row {
                let help = "keep it in a row of your own: with `#[derive(JsonProxy)]`, or in a column";
                errors.push(read.ty.span(), "the state of a state machine is in a row of the app's", &[help]);
                holes.push(read.ident);
                continue;
            }
            if let Default::Literal(_) | Default::Path(_) = read.default {
                let help = "say it at the enum: `#[state(initial)]`";
                errors.push(read.ident.span(), "where a state begins is said by its enum", &[help]);
            }
            read.default = Default::Empty(read.ty.span());
        }
        if let (Default::Empty(span), Codec::Optional(_)) = (&read.default, &read.codec) {
            errors.push(*span, "an `Option` takes no `default`: without a value it is `None`", &["remove `default`"]);
            read.default = Default::None;
        }
        if let Some(other) = fields.iter().find(|other| overlap(&other.path, &read.path)) {
            let text = format!("`{}` and `{}` are stored under the same key", other.ident, read.ident);
            errors.push(read.ident.span(), text, &["give one of them a different `#[json(key = \"..\")]`"]);
        }
        fields.push(read);
    }
    for (at, field) in fields.iter().enumerate() {
        for (alias, span) in &field.alias {
            let taken = |(other, read): (usize, &Field)| {
                let twice = read.alias.iter().any(|(path, _)| path == alias);
                overlap(&read.path, alias) || other < at && twice
            };
            if let Some((_, other)) = fields.iter().enumerate().find(|each| taken(*each)) {
                errors.push(
                    *span,
                    format!("this is the stored key of `{}`", other.ident),
                    &["an alias must be an old key that no other field uses"],
                );
            }
        }
    }
    if row.is_none() && matches!(of, Of::Process | Of::Task) {
        let help = format!("add a field `{}: {}`", of.field(), of.row());
        errors.push(item.ident.span(), "the field for the row is missing", &[&help]);
    }
    let mut proxy = Proxy {
        of,
        root: crate_path(&item.attrs, if of == Of::Model { "json" } else { "proxy" }),
        seed: None,
        artifact: None,
        index: Vec::new(),
        visibility: item.vis.into_token_stream(),
        ident: item.ident,
        row,
        table,
        fields,
        joined,
        holes,
    };
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("proxy")) {
        options(attribute, &mut proxy, errors);
    }
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("json")) {
        let known = of == Of::Model && crate_path(std::slice::from_ref(attribute), "json").is_some();
        if !known {
            let text = "`#[json(..)]` belongs on a field; on a struct it only takes `crate = path`";
            errors.push(attribute.span(), text, &["move it to the field it is meant for"]);
        }
    }
    if of == Of::Row && !super::row::is_complete(&proxy, errors) {
        return None;
    }
    Some(proxy)
}

/// `#[proxy(seed = Source, artifact = Report, index(approved))]`
fn options(attribute: &syn::Attribute, proxy: &mut Proxy, errors: &mut Errors) {
    let keys = match proxy.of {
        Of::Row => super::row::EXAMPLE,
        _ => "`#[proxy(seed = Source, artifact = Report, index(approved))]`",
    };
    let syn::Meta::List(list) = &attribute.meta else {
        errors.push(attribute.span(), "expected options in parentheses", &[keys]);
        return;
    };
    for part in split_commas(list.tokens.clone()).into_iter().filter(|part| !is_crate(part)) {
        let (key, value) = match part.as_slice() {
            [TokenTree::Ident(key), TokenTree::Group(fields)] if key == "index" => {
                indexes(key, fields.stream(), proxy, errors);
                continue;
            }
            [TokenTree::Ident(key), TokenTree::Punct(sign), value @ ..]
                if key != "index" && sign.as_char() == '=' && !value.is_empty() =>
            {
                if proxy.of == Of::Row {
                    if !super::row::option(key, value, &mut proxy.table, errors) {
                        errors.push(key.span(), format!("unknown option `{key}`"), &[keys]);
                    }
                    continue;
                }
                (key, value.iter().cloned().collect())
            }
            other => {
                let span = other.first().map_or_else(|| list.span(), TokenTree::span);
                let text = match proxy.of {
                    Of::Row => "expected the table, a column, or the fields of an index",
                    _ => "expected a model, or the fields of an index",
                };
                errors.push(span, text, &[keys]);
                continue;
            }
        };
        let place = match plain(key).as_str() {
            "seed" => &mut proxy.seed,
            "artifact" => &mut proxy.artifact,
            other => {
                errors.push(key.span(), format!("unknown option `{other}`"), &[keys]);
                continue;
            }
        };
        if place.is_some() {
            errors.push(key.span(), format!("`{key}` is written twice"), &["remove one of them"]);
        }
        *place = Some(value);
    }
}

/// `index(approved, text)`: an index for each. What is no field, rustc says.
fn indexes(key: &Ident, fields: TokenStream, proxy: &mut Proxy, errors: &mut Errors) {
    const EXAMPLE: &str = "`#[proxy(index(approved, text))]` creates one index for each field";
    if proxy.of == Of::Model {
        errors.push(
            key.span(),
            "`index` can only be used on a process or a task",
            &["move it to the process or task type"],
        );
        return;
    }
    let parts = split_commas(fields);
    if parts.is_empty() {
        errors.push(key.span(), "expected the names of fields", &[EXAMPLE]);
    }
    for part in parts {
        match part.as_slice() {
            [TokenTree::Ident(field)] if proxy.index.contains(field) => {
                errors.push(field.span(), format!("`{field}` is written twice"), &["remove one of them"]);
            }
            [TokenTree::Ident(field)] => proxy.index.push(field.clone()),
            other => {
                let span = other.first().map_or_else(|| key.span(), TokenTree::span);
                errors.push(span, "expected the name of a field", &[EXAMPLE]);
            }
        }
    }
}

/// One path is the other, or lies inside it.
fn overlap(a: &[String], b: &[String]) -> bool {
    let common = a.len().min(b.len());
    a[..common] == b[..common]
}

/// A number, why it is not kept, and what to take instead.
type NotKept = (&'static str, &'static str, &'static str);

/// Numbers that are not kept, also in an `Option` or a list; why not, and what to take instead.
fn not_kept(ty: &syn::Type) -> Option<(&syn::Type, NotKept)> {
    const MACHINE: &str = "has a different size on other platforms";
    const LARGE: &str = "is larger than the databases can compare";
    const NONE: &[NotKept] =
        &[("usize", MACHINE, "u64"), ("isize", MACHINE, "i64"), ("u128", LARGE, "u64"), ("i128", LARGE, "i64")];
    let syn::Type::Path(path) = ty else { return None };
    let found = NONE.iter().find(|(name, ..)| path.path.is_ident(name)).copied();
    found.map(|found| (ty, found)).or_else(|| match codec_of(ty) {
        Codec::Optional(_) | Codec::List(_) => not_kept(argument(ty)?),
        _ => None,
    })
}

fn field(field: syn::Field, ident: Ident, errors: &mut Errors) -> Field {
    let mut read = Field {
        docs: Vec::new(),
        path: vec![plain(&ident)],
        ident,
        codec: codec_of(&field.ty),
        ty: field.ty,
        alias: Vec::new(),
        default: Default::None,
        rules: Rules::default(),
        texts: Texts::default(),
    };
    for attribute in &field.attrs {
        if attribute.path().is_ident("doc") {
            read.docs.push(attribute.into_token_stream());
        } else if attribute.path().is_ident("json") {
            match &attribute.meta {
                syn::Meta::List(list) => super::options::read(list.tokens.clone(), &mut read, errors),
                other => super::options::expected(other, errors),
            }
        }
    }
    read
}
