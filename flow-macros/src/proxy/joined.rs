//! `#[proxy(joined, new = NewShipment)]`, as it was written.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;

use super::Of;
use super::syntax::Joined;
use crate::errors::Errors;
use crate::names::plain;
use crate::tokens::split_commas;

const EXAMPLE: &str = "#[proxy(joined, new = NewShipment)]";

/// The options of a field that is a row of another table. A mistake in them makes it no field at all.
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
    let (mut joined, mut new) = (None, None);
    for part in &parts {
        match part.as_slice() {
            [TokenTree::Ident(key)] if key == "joined" => joined = Some(key.span()),
            [TokenTree::Ident(key), TokenTree::Punct(sign), value @ ..]
                if key == "new" && sign.as_char() == '=' && !value.is_empty() =>
            {
                new = Some(value.iter().cloned().collect::<TokenStream>());
            }
            other => {
                let span = other.first().map_or_else(|| attribute.span(), TokenTree::span);
                errors.push(span, "this is not an option of a joined row", &[EXAMPLE]);
                return None;
            }
        }
    }
    let Some(span) = joined else {
        errors.push(attribute.span(), "a field's `proxy` says that it is a joined row", &[EXAMPLE]);
        return None;
    };
    if of == Of::Task {
        let help = "keep the fields of a task in its document, or refer to a row: `Ref<Model>`";
        errors.push(span, "a task has no row of another table joined to it, a process has", &[help]);
        return None;
    }
    if let Some(json) = field.attrs.iter().find(|attribute| attribute.path().is_ident("json")) {
        let text = format!("`{}` is a row of its own table, not a field of the document", plain(&ident));
        errors.push(json.span(), text, &["leave `#[json(..)]` out"]);
    }
    let Some(new) = new else {
        let text = format!("`{}` does not say what its row is made from when a process starts", plain(&ident));
        errors.push(span, text, &[EXAMPLE]);
        return None;
    };
    let docs = field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
    Some(Joined { docs: docs.map(|doc| doc.into_token_stream()).collect(), ident, ty: field.ty.to_token_stream(), new })
}
