//! `#[proxy(table = users, column = data)]` and `#[proxy(row)]`, as they were written.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;

use super::syntax::Proxy;
use crate::errors::Errors;
use crate::names::plain;
use crate::tokens::{located, split_commas};

pub(super) const EXAMPLE: &str = "`#[proxy(table = users, column = data)]`; where it is so, also \
    `key = name` and `version = version`";

/// The table that the rows are of, and its columns.
#[derive(Default)]
pub(crate) struct Table {
    /// The module of the table: `users`, `crate::schema::users`.
    pub(crate) path: Option<TokenStream>,
    /// The JSON column.
    pub(crate) column: Option<Ident>,
    /// The primary key; `id` if none is named.
    pub(crate) key: Option<Ident>,
    /// The column that counts changes.
    pub(crate) version: Option<Ident>,
    /// The type of the row.
    pub(crate) row: Option<TokenStream>,
}

impl Table {
    /// The primary key.
    pub(crate) fn key(&self) -> Ident {
        self.key.clone().unwrap_or_else(|| default_key(self.path.as_ref()))
    }

    /// The name of the table, as errors have it.
    pub(crate) fn name(&self) -> String {
        let last = self.path.clone().into_iter().flatten().last();
        last.map(|token| token.to_string()).unwrap_or_default()
    }
}

/// `id`. Where the table has no such column rustc says so at the name of the table.
pub(crate) fn default_key(table: Option<&TokenStream>) -> Ident {
    let last = table.and_then(|table| table.clone().into_iter().last());
    Ident::new("id", last.map_or_else(Span::call_site, |token| located(token.span())))
}

/// Whether a field is marked as the row.
pub(super) fn is_row(field: &syn::Field) -> bool {
    field.attrs.iter().filter(|attribute| attribute.path().is_ident("proxy")).any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => {
            let parts = split_commas(list.tokens.clone());
            matches!(parts.as_slice(), [part] if matches!(part.as_slice(), [TokenTree::Ident(word)] if word == "row"))
        }
        _ => false,
    })
}

/// `table = users` and the like; false if the key is none of these.
pub(super) fn option(key: &Ident, value: &[TokenTree], table: &mut Table, errors: &mut Errors) -> bool {
    let name = plain(key);
    let twice = match name.as_str() {
        "table" => table.path.replace(value.iter().cloned().collect()).is_some(),
        "column" | "key" | "version" => {
            let [TokenTree::Ident(column)] = value else {
                errors.push(key.span(), format!("`{name}` takes the name of a column"), &[EXAMPLE]);
                return true;
            };
            let place = match name.as_str() {
                "column" => &mut table.column,
                "key" => &mut table.key,
                _ => &mut table.version,
            };
            place.replace(column.clone()).is_some()
        }
        _ => return false,
    };
    if twice {
        errors.push(key.span(), format!("`{name}` is written twice"), &["remove one of them"]);
    }
    true
}

/// What must be there for anything to be written.
pub(super) fn is_complete(proxy: &Proxy, errors: &mut Errors) -> bool {
    let before = errors.len();
    if proxy.row.is_none() {
        let help = "mark the field that holds it: `#[proxy(row)] user: User`";
        errors.push(proxy.ident.span(), "the field for the row is missing", &[help]);
    }
    if proxy.table.path.is_none() || proxy.table.column.is_none() {
        errors.push(proxy.ident.span(), "the table and its JSON column are missing", &[EXAMPLE]);
    }
    errors.len() == before
}

/// The row's field and type; the field again if there is a row already.
pub(super) fn take(
    field: &syn::Field,
    ident: Ident,
    row: &mut Option<Ident>,
    table: &mut Table,
    errors: &mut Errors,
) -> Option<Ident> {
    if row.is_some() {
        errors.push(ident.span(), "a proxy has one row", &["remove `#[proxy(row)]` from one of them"]);
        return Some(ident);
    }
    table.row = Some(field.ty.to_token_stream());
    *row = Some(ident);
    None
}
