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
    attributes: &[&syn::Attribute],
    field: &syn::Field,
    ident: Ident,
    of: Of,
    errors: &mut Errors,
) -> Option<Joined> {
    let whole = attributes.first().map_or_else(|| field.span(), |attribute| attribute.span());
    let parts: Vec<Vec<TokenTree>> = attributes
        .iter()
        .flat_map(|attribute| match &attribute.meta {
            syn::Meta::List(list) => split_commas(list.tokens.clone()),
            _ => Vec::new(),
        })
        .collect();
    let (mut place, mut new) = (None, None);
    for part in &parts {
        let first = part.first().map_or(whole, TokenTree::span);
        let again = match part.as_slice() {
            [TokenTree::Ident(key)] if key == "joined" => place.replace((Place::Table, first)).is_some(),
            [TokenTree::Ident(key)] if key == "columns" => place.replace((Place::Row, first)).is_some(),
            [TokenTree::Ident(key), TokenTree::Punct(sign), value @ ..]
                if key == "new" && sign.as_char() == '=' && !value.is_empty() =>
            {
                new.replace(value.iter().cloned().collect::<TokenStream>()).is_some()
            }
            _ => {
                errors.push(
                    first,
                    "unknown option of `#[proxy(joined, ..)]` or `#[proxy(columns, ..)]`",
                    &[EXAMPLE, COLUMNS],
                );
                return None;
            }
        };
        if again {
            errors.push(first, "duplicate or conflicting option", &["remove one of them"]);
            return None;
        }
    }
    let Some((place, span)) = place else {
        let text = "`#[proxy(..)]` on a field needs `joined` or `columns`";
        errors.push(whole, text, &[EXAMPLE, COLUMNS]);
        return None;
    };
    if of != Of::Process {
        let help = match (of, &place) {
            (Of::Task, Place::Row) => {
                "remove the field, and select the columns where you need them: \
                 `.select((Task::as_select(), PostColumns::as_select()))`"
            }
            (Of::Task, Place::Table) => {
                "store the fields of a task in its JSON document, or refer to a row: `Ref<Model>`"
            }
            _ => "move the field to the process type",
        };
        let text = match place {
            Place::Table => "only a process can have a joined row of another table",
            Place::Row => "only a process can have columns of its own",
        };
        errors.push(span, text, &[help]);
        return None;
    }
    if let Some(json) = field.attrs.iter().find(|attribute| attribute.path().is_ident("json")) {
        let text = format!(
            "`{}` is stored in table columns, so options of the JSON document cannot be used on it",
            plain(&ident)
        );
        errors.push(json.span(), text, &["remove `#[json(..)]`"]);
    }
    if new.is_none() && place == Place::Table {
        let text = format!(
            "`{}` has no `new = ..`: the type that its row is inserted from when a process starts",
            plain(&ident)
        );
        errors.push(span, text, &[EXAMPLE]);
        return None;
    }
    let docs = field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let docs = docs.map(|doc| doc.into_token_stream()).collect();
    Some(Joined { place, docs, ident, ty: field.ty.to_token_stream(), new })
}
