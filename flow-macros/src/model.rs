//! `#[derive(FlowModel)]`: a stable name and a key as text, for a diesel model of the app.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::spanned::Spanned as _;

use crate::errors::Errors;
use crate::tokens::{crate_path, split_commas, string, with_root};

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let item = syn::parse2::<syn::DeriveInput>(item).map_err(|error| errors.push_syn(&error)).ok();
    let root = item.as_ref().and_then(|item| crate_path(&item.attrs, "flow_model"));
    let code = item.and_then(|item| model(&item, &mut errors)).unwrap_or_default();
    let code = root.iter().fold(code, with_root);
    let errors = errors.into_tokens();
    quote!(#code #errors)
}

/// ```text
/// impl FlowModel for Grain { const NAME: &'static str = "grains"; fn flow_key(&self) -> String { self.id.to_string() } }
/// impl<C> LoadModel<C> for Grain where .. { fn load_by_key(conn: &mut C, key: &str) -> QueryResult<Self> { .. } }
/// ```
fn model(item: &syn::DeriveInput, errors: &mut Errors) -> Option<TokenStream> {
    let ident = &item.ident;
    let diesel = |name: &str| {
        item.attrs.iter().filter(|attr| attr.path().is_ident("diesel")).find_map(|attr| option(attr, name))
    };
    // As diesel: the name of the struct with an `s`, if none is given.
    let table: TokenStream = match diesel("table_name") {
        Some(path) => path,
        None => {
            let name = Ident::new(&table_of(&ident.to_string()), ident.span());
            quote!(#name)
        }
    };
    let key: Ident = match diesel("primary_key") {
        Some(key) => syn::parse2(key.clone())
            .map_err(|_| errors.push(key.span(), "`FlowModel` needs a primary key of exactly one column", &[]))
            .ok()?,
        None => Ident::new("id", proc_macro2::Span::call_site()),
    };
    let syn::Data::Struct(data) = &item.data else {
        errors.push(ident.span(), "`FlowModel` can only be derived for a struct", &[]);
        return None;
    };
    let field = data.fields.iter().find(|field| field.ident.as_ref().is_some_and(|name| *name == key));
    let Some(ty) = field.map(|field| &field.ty) else {
        let help = "name it: `#[diesel(primary_key(..))]`";
        errors.push(ident.span(), format!("`{ident}` has no field `{key}` for its primary key"), &[help]);
        return None;
    };
    let stored =
        item.attrs.iter().filter(|attr| attr.path().is_ident("flow_model")).find_map(|attr| option(attr, "name"));
    let name = match stored {
        Some(tokens) => {
            let tokens: Vec<TokenTree> = tokens.into_iter().collect();
            string(&tokens).or_else(|| {
                errors.push(ident.span(), "`name` takes a string literal", &["#[flow_model(name = \"grain\")]"]);
                None
            })?
        }
        None => table.clone().into_iter().last().map(|token| token.to_string()).unwrap_or_default(),
    };
    Some(quote! {
        #[allow(clippy::all, clippy::pedantic)]
        const _: () = {
            use ::flow_core::__private::diesel;

            impl ::flow_core::FlowModel for #ident {
                const NAME: &'static str = #name;
                fn flow_key(&self) -> ::std::string::String {
                    ::std::string::ToString::to_string(&self.#key)
                }
            }

            impl<C> ::flow_core::LoadModel<C> for #ident
            where
                C: diesel::Connection,
                diesel::dsl::Select<
                    diesel::dsl::Find<#table::table, #ty>,
                    diesel::dsl::AsSelect<#ident, <C as diesel::Connection>::Backend>,
                >: for<'q> diesel::query_dsl::methods::LoadQuery<'q, C, #ident>,
                diesel::dsl::Select<
                    diesel::dsl::Filter<#table::table, diesel::dsl::EqAny<#table::#key, ::std::vec::Vec<#ty>>>,
                    diesel::dsl::AsSelect<#ident, <C as diesel::Connection>::Backend>,
                >: for<'q> diesel::query_dsl::methods::LoadQuery<'q, C, #ident>,
            {
                fn load_by_key(conn: &mut C, key: &str) -> diesel::QueryResult<Self> {
                    let key: #ty = key.parse().map_err(|_| diesel::result::Error::NotFound)?;
                    let query = diesel::query_dsl::methods::FindDsl::find(#table::table, key);
                    let query = diesel::query_dsl::methods::SelectDsl::select(
                        query,
                        <#ident as diesel::SelectableHelper<<C as diesel::Connection>::Backend>>::as_select(),
                    );
                    diesel::RunQueryDsl::get_result(query, conn)
                }

                fn load_by_keys(conn: &mut C, keys: &[&str]) -> diesel::QueryResult<::std::vec::Vec<Self>> {
                    let mut parsed: ::std::vec::Vec<#ty> = ::std::vec::Vec::new();
                    for key in keys {
                        parsed.push(key.parse().map_err(|_| diesel::result::Error::NotFound)?);
                    }
                    let query = diesel::query_dsl::methods::FilterDsl::filter(
                        #table::table,
                        diesel::ExpressionMethods::eq_any(#table::#key, parsed),
                    );
                    let query = diesel::query_dsl::methods::SelectDsl::select(
                        query,
                        <#ident as diesel::SelectableHelper<<C as diesel::Connection>::Backend>>::as_select(),
                    );
                    diesel::RunQueryDsl::load(query, conn)
                }
            }
        };
    })
}

/// The table that diesel takes for a struct of this name: each capital is a word, `HTTPLog` is `h_t_t_p_logs`.
fn table_of(name: &str) -> String {
    let mut table = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_uppercase() {
            table.push('_');
        }
        table.extend(letter.to_lowercase());
    }
    table + "s"
}

/// `name = value` or `name(value)` in an attribute.
fn option(attr: &syn::Attribute, name: &str) -> Option<TokenStream> {
    let syn::Meta::List(list) = &attr.meta else { return None };
    split_commas(list.tokens.clone()).into_iter().find_map(|part| match part.as_slice() {
        [TokenTree::Ident(key), TokenTree::Punct(_), value @ ..] if key == name => {
            Some(value.iter().cloned().collect())
        }
        [TokenTree::Ident(key), TokenTree::Group(value)] if key == name => Some(value.stream()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_table_is_called_as_diesel_calls_it() {
        assert_eq!(["User", "HTTPLog", "OrderV2"].map(super::table_of), ["users", "h_t_t_p_logs", "order_v2s"]);
    }
}
