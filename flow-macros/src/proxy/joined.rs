//! `#[proxy(joined, new = NewShipment)]` and `#[proxy(columns)]`, as they were written.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;

use super::Of;
use super::syntax::{Joined, Place};
use crate::errors::Errors;
use crate::names::plain;
use crate::tokens::split_commas;

const EXAMPLE: &str = "#[proxy(joined, new = NewShipment)]";
const COLUMNS: &str = "#[proxy(columns)], or #[proxy(columns, new = NewOrder)]";

/// The options of a field that is a row of another table, or columns of its own in the process's row. A mistake in
/// them makes it no field at all.
pub(super) fn read(
    attribute: &syn::Attribute,
    field: &syn::Field,
    ident: Ident,
    of: Of,
    errors: &mut Errors,
) -> Option<Joined> {
    let parts = match &attribute.meta {
        syn::Meta::List(list) => split_commas(list.tokens.clone()),
        _ => Vec::new(),
    };
    let (mut place, mut new) = (None, None);
    for part in &parts {
        match part.as_slice() {
            [TokenTree::Ident(key)] if key == "joined" => place = Some((Place::Table, key.span())),
            [TokenTree::Ident(key)] if key == "columns" => place = Some((Place::Row, key.span())),
            [TokenTree::Ident(key), TokenTree::Punct(sign), value @ ..]
                if key == "new" && sign.as_char() == '=' && !value.is_empty() =>
            {
                new = Some(value.iter().cloned().collect::<TokenStream>());
            }
            other => {
                let span = other.first().map_or_else(|| attribute.span(), TokenTree::span);
                errors.push(span, "this is not an option of a joined row or of columns", &[EXAMPLE, COLUMNS]);
                return None;
            }
        }
    }
    let Some((place, span)) = place else {
        let text = "a field's `proxy` says that it is a joined row, or columns of the app's";
        errors.push(attribute.span(), text, &[EXAMPLE, COLUMNS]);
        return None;
    };
    if of != Of::Process {
        let help = match (of, &place) {
            (Of::Task, Place::Row) => {
                "leave the field out, and read them where you need them: \
                 `.select((Task::as_select(), PostColumns::as_select()))`"
            }
            (Of::Task, Place::Table) => "keep the fields of a task in its document, or refer to a row: `Ref<Model>`",
            _ => "keep it at the type of the process",
        };
        let text = match place {
            Place::Table => "only a process has a row of another table joined to it",
            Place::Row => "only a process is read with columns of its own",
        };
        errors.push(span, text, &[help]);
        return None;
    }
    if let Some(json) = field.attrs.iter().find(|attribute| attribute.path().is_ident("json")) {
        let text = format!("`{}` is a row of its own table, not a field of the document", plain(&ident));
        errors.push(json.span(), text, &["leave `#[json(..)]` out"]);
    }
    if new.is_none() && place == Place::Table {
        let text = format!("`{}` does not say what its row is made from when a process starts", plain(&ident));
        errors.push(span, text, &[EXAMPLE]);
        return None;
    }
    let docs = field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let docs = docs.map(|doc| doc.into_token_stream()).collect();
    Some(Joined { place, docs, ident, ty: field.ty.to_token_stream(), new })
}
