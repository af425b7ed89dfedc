//! A state in a column of its own.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::states::syntax::Machine;
use crate::tokens::located;

/// A state in a column of its own.
///
/// ```text
/// impl StateRow for Review { type Table = reviews::table; .. }
/// ```
pub(super) fn column(machine: &Machine) -> Option<TokenStream> {
    let Machine { ty, field, key, .. } = machine;
    let table = machine.table.as_ref()?;
    let name = table.clone().into_iter().last().map(|token| token.to_string()).unwrap_or_default();
    let version_name = match &machine.version {
        Some(version) => quote!(::core::option::Option::Some(<#table::#version as __p::diesel::Column>::NAME)),
        None => quote!(::core::option::Option::None),
    };
    let version = machine.version.as_ref().map(|version| {
        let place = located(version.span());
        let number = quote_spanned!(place=> <i64 as ::core::convert::From<_>>::from(self.#version));
        let (raise, lower) = (quote_spanned!(place=> self.#version += 1), quote_spanned!(place=> self.#version -= 1));
        quote! {
            fn version(&self) -> ::core::option::Option<i64> { ::core::option::Option::Some(#number) }
            fn raise_version(&mut self) { #raise; }
            fn lower_version(&mut self) { #lower; }
        }
    });
    Some(quote! {
        impl ::flow_core::StateRow for #ty {
            type Table = #table::table;
            const TABLE: __p::StateTable = __p::StateTable {
                name: #name,
                key: <#table::#key as __p::diesel::Column>::NAME,
                state: <#table::#field as __p::diesel::Column>::NAME,
                version: #version_name,
            };
            fn table() -> Self::Table { #table::table }
            fn key(&self) -> ::flow_core::RowKey {
                ::core::convert::From::from(::core::clone::Clone::clone(&self.#key))
            }

            #version
        }
    })
}
