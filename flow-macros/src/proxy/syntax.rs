//! What was written: the struct, its row, and its fields.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;

use super::Of;
use super::types::{Codec, codec_of};
use crate::errors::Errors;
use crate::names::plain;
use crate::tokens::{split_commas, string};

pub(crate) struct Proxy {
    pub(crate) of: Of,
    /// The models of its seed and its artifact: `#[proxy(seed = Source, artifact = Report)]`.
    pub(crate) seed: Option<TokenStream>,
    pub(crate) artifact: Option<TokenStream>,
    pub(crate) visibility: TokenStream,
    pub(crate) ident: Ident,
    /// The field that holds the row.
    pub(crate) row: Ident,
    pub(crate) fields: Vec<Field>,
    /// The field that holds the row of another table.
    pub(crate) joined: Option<Joined>,
    /// Fields that were reported: they are there, and nothing is done with them.
    pub(crate) holes: Vec<Ident>,
}

/// `#[proxy(joined, new = NewShipment)] shipment: ShipmentColumns`
pub(crate) struct Joined {
    pub(crate) docs: Vec<TokenStream>,
    pub(crate) ident: Ident,
    pub(crate) ty: TokenStream,
    /// What the row is made from.
    pub(crate) new: TokenStream,
}

pub(crate) struct Field {
    pub(crate) docs: Vec<TokenStream>,
    pub(crate) ident: Ident,
    pub(crate) ty: syn::Type,
    pub(crate) codec: Codec,
    /// Where it is kept in the document.
    pub(crate) path: Vec<String>,
    pub(crate) default: Default,
    pub(crate) max_length: Option<(usize, Span)>,
}

pub(crate) enum Default {
    /// It must be there.
    None,
    /// `default`: the type's empty value.
    Empty(Span),
    /// `default = 5`
    Literal(syn::Lit),
}

/// Methods of the row, which a field of the same name would hide.
const ROW: &[&str] =
    &["id", "flow", "status", "version", "created", "finished", "data", "row", "save", "parent", "seed", "artifact"];

const KEYS: &str = "the options are `default`, `key` and `max_length`";

pub(crate) fn parse(item: TokenStream, of: Of, errors: &mut Errors) -> Option<Proxy> {
    let item: syn::DeriveInput = syn::parse2(item).map_err(|error| errors.push_syn(&error)).ok()?;
    if !item.generics.params.is_empty() {
        errors.push(item.generics.span(), format!("a type of {} has no type parameters", of.field()), &[]);
        return None;
    }
    let syn::Data::Struct(syn::DataStruct { fields: syn::Fields::Named(named), .. }) = item.data else {
        errors.push(item.ident.span(), format!("a type of {} is a struct with named fields", of.field()), &[]);
        return None;
    };
    let mut row = None;
    let mut fields: Vec<Field> = Vec::new();
    let mut joined = None;
    let mut holes = Vec::new();
    for field in named.named {
        let Some(ident) = field.ident.clone() else { continue };
        if ident == of.field() {
            row = Some(ident);
            continue;
        }
        if ROW.contains(&plain(&ident).as_str()) {
            let help = format!("call it `{}_` and keep the key: `#[json(key = \"{0}\")]`", plain(&ident));
            errors.push(ident.span(), format!("`{ident}` would hide what the row itself has"), &[&help]);
        }
        if let Some(attribute) = field.attrs.iter().find(|attribute| attribute.path().is_ident("proxy")) {
            let found = super::joined::read(attribute, &field, ident.clone(), of, errors);
            if found.is_some() && joined.is_some() {
                let help = "keep what belongs together in one table, or refer to the other row: `Ref<Model>`";
                errors.push(ident.span(), "only one row is joined to a process", &[help]);
            }
            match found {
                Some(found) if joined.is_none() => joined = Some(found),
                _ => holes.push(ident),
            }
            continue;
        }
        let read = self::field(field, ident, errors);
        if let Some(other) = fields.iter().find(|other| overlap(&other.path, &read.path)) {
            let text = format!("`{}` and `{}` are kept in the same place", other.ident, read.ident);
            errors.push(read.ident.span(), text, &["give one of them another `#[json(key = \"..\")]`"]);
        }
        fields.push(read);
    }
    let Some(row) = row else {
        let help = format!("add a field `{}: {}`", of.field(), of.row());
        errors.push(item.ident.span(), "the row is missing", &[&help]);
        return None;
    };
    let mut proxy = Proxy {
        of,
        seed: None,
        artifact: None,
        visibility: item.vis.into_token_stream(),
        ident: item.ident,
        row,
        fields,
        joined,
        holes,
    };
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("proxy")) {
        models(attribute, &mut proxy, errors);
    }
    Some(proxy)
}

/// `#[proxy(seed = Source, artifact = Report)]`
fn models(attribute: &syn::Attribute, proxy: &mut Proxy, errors: &mut Errors) {
    const KEYS: &str = "`#[proxy(seed = Source, artifact = Report)]`";
    let syn::Meta::List(list) = &attribute.meta else {
        errors.push(attribute.span(), "expected the models of the seed and the artifact", &[KEYS]);
        return;
    };
    for part in split_commas(list.tokens.clone()) {
        let (key, value) = match part.as_slice() {
            [TokenTree::Ident(key), TokenTree::Punct(sign), value @ ..]
                if sign.as_char() == '=' && !value.is_empty() =>
            {
                (key, value.iter().cloned().collect())
            }
            other => {
                let span = other.first().map_or_else(|| list.span(), TokenTree::span);
                errors.push(span, "expected a model", &[KEYS]);
                continue;
            }
        };
        let place = match plain(key).as_str() {
            "seed" => &mut proxy.seed,
            "artifact" => &mut proxy.artifact,
            other => {
                errors.push(key.span(), format!("`{other}` is not an option here"), &[KEYS]);
                continue;
            }
        };
        if place.is_some() {
            errors.push(key.span(), format!("`{key}` is written twice"), &["leave one of them out"]);
        }
        *place = Some(value);
    }
}

/// One path is the other, or lies inside it.
fn overlap(a: &[String], b: &[String]) -> bool {
    let common = a.len().min(b.len());
    a[..common] == b[..common]
}

fn field(field: syn::Field, ident: Ident, errors: &mut Errors) -> Field {
    let mut read = Field {
        docs: Vec::new(),
        path: vec![plain(&ident)],
        ident,
        codec: codec_of(&field.ty),
        ty: field.ty,
        default: Default::None,
        max_length: None,
    };
    for attribute in &field.attrs {
        if attribute.path().is_ident("doc") {
            read.docs.push(attribute.into_token_stream());
        } else if attribute.path().is_ident("json") {
            match &attribute.meta {
                syn::Meta::List(list) => options(list.tokens.clone(), &mut read, errors),
                other => errors.push(other.span(), "expected `#[json(default)]`", &[KEYS]),
            }
        }
    }
    read
}

fn options(tokens: TokenStream, field: &mut Field, errors: &mut Errors) {
    let mut seen: Vec<String> = Vec::new();
    for part in split_commas(tokens) {
        let Some(TokenTree::Ident(key)) = part.first() else {
            let span = part.first().map_or_else(|| field.ident.span(), TokenTree::span);
            errors.push(span, "expected an option", &[KEYS]);
            continue;
        };
        let name = plain(key);
        if seen.contains(&name) {
            errors.push(key.span(), format!("`{name}` is written twice"), &["leave one of them out"]);
            continue;
        }
        let value = match &part[1..] {
            [] => None,
            [TokenTree::Punct(sign), value @ ..] if sign.as_char() == '=' => Some(value),
            [TokenTree::Group(group)] => {
                if name == "key" {
                    path(group, field, errors);
                } else {
                    errors.push(group.span(), format!("expected `{name} = ..`"), &[KEYS]);
                }
                seen.push(name);
                continue;
            }
            other => {
                let span = other.first().map_or_else(|| key.span(), TokenTree::span);
                errors.push(span, "expected `=` or a comma", &[KEYS]);
                continue;
            }
        };
        let tokens: TokenStream = value.into_iter().flatten().cloned().collect();
        match (name.as_str(), value) {
            ("default", None) => field.default = Default::Empty(key.span()),
            ("default", Some(_)) => match syn::parse2::<syn::Lit>(strip_sign(&tokens).0) {
                Ok(literal) => {
                    field.default = Default::Literal(literal);
                    if strip_sign(&tokens).1 {
                        field.default = negative(&tokens, errors);
                    }
                }
                Err(_) => {
                    errors.push(key.span(), "a default is a literal", &["default = 5, default = \"x\", default = true"])
                }
            },
            ("key", Some(value)) => match string(value) {
                Some(text) if valid_key(&text) => field.path = vec![text],
                _ => errors.push(
                    key.span(),
                    "`key` takes a text of letters, digits, `_` and `-`",
                    &["key = \"text\", key(\"address\", \"city\")"],
                ),
            },
            ("max_length", Some(_)) => {
                match syn::parse2::<syn::LitInt>(tokens).ok().and_then(|n| n.base10_parse().ok()) {
                    Some(most) => field.max_length = Some((most, key.span())),
                    None => errors.push(key.span(), "`max_length` takes a number of characters", &["max_length = 50"]),
                }
            }
            ("key" | "max_length", None) => errors.push(key.span(), format!("`{name}` has no value"), &[KEYS]),
            _ => errors.push(key.span(), format!("`{name}` is not an option of a field"), &[KEYS]),
        }
        seen.push(name);
    }
}

/// The tokens without a minus in front, and whether there was one.
fn strip_sign(tokens: &TokenStream) -> (TokenStream, bool) {
    let mut rest = tokens.clone().into_iter();
    match rest.next() {
        Some(TokenTree::Punct(sign)) if sign.as_char() == '-' => (rest.collect(), true),
        _ => (tokens.clone(), false),
    }
}

fn negative(tokens: &TokenStream, errors: &mut Errors) -> Default {
    let span = tokens.span();
    let text = tokens.to_string().replace(' ', "");
    let literal = syn::parse_str::<syn::Lit>(text.trim_start_matches('-')).ok();
    match literal {
        Some(syn::Lit::Int(n)) => {
            let mut literal = proc_macro2::Literal::i64_unsuffixed(
                text.parse().unwrap_or_else(|_| -n.base10_parse::<i64>().unwrap_or(0)),
            );
            literal.set_span(span);
            Default::Literal(syn::Lit::new(literal))
        }
        Some(syn::Lit::Float(n)) => {
            let mut literal = proc_macro2::Literal::f64_unsuffixed(-n.base10_parse::<f64>().unwrap_or(0.0));
            literal.set_span(span);
            Default::Literal(syn::Lit::new(literal))
        }
        _ => {
            errors.push(span, "a default is a literal", &["default = -5"]);
            Default::None
        }
    }
}

/// `key("address", "city")`
fn path(group: &proc_macro2::Group, field: &mut Field, errors: &mut Errors) {
    let parts: Vec<Option<String>> = split_commas(group.stream()).iter().map(|part| string(part)).collect();
    let keys: Vec<String> = parts.iter().flatten().filter(|key| valid_key(key)).cloned().collect();
    if keys.len() == parts.len() && !keys.is_empty() {
        field.path = keys;
    } else {
        errors.push(group.span(), "`key` takes texts of letters, digits, `_` and `-`", &["key(\"address\", \"city\")"]);
    }
}

/// What can stand in a path of any database without being escaped.
fn valid_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}
