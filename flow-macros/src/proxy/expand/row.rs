//! A row of a table of the app's: how it is read by diesel, and saved.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::super::index;
use super::super::syntax::{Field, Proxy};
use super::{holes, indexes, ordinal, places};
use crate::names::plain;
use crate::tokens::located;

/// The JSON column: `users::data`.
pub(super) fn column(proxy: &Proxy) -> TokenStream {
    let (table, column) = (&proxy.table.path, &proxy.table.column);
    quote!(#table::#column)
}

/// ```text
/// impl RowProxy for Employee { type Row = User; type Table = users::table; .. }
/// impl<DB> Selectable<DB> for Employee where User: Selectable<DB> { .. }
/// impl<ST, DB> Queryable<ST, DB> for Employee where User: Queryable<ST, DB> { .. }
/// ```
pub(super) fn row(proxy: &Proxy) -> TokenStream {
    let (ident, own_row, row) = (&proxy.ident, proxy.own_row(), &proxy.row);
    let (table, column, key, ty) = (&proxy.table.path, &proxy.table.column, proxy.table.key(), &proxy.table.row);
    let (name, constant) = (proxy.table.name(), self::column(proxy));
    let (names, ordinals) = places(proxy);
    let (holes, of_indexes) = (holes(proxy), indexes(proxy));
    let version_name = match &proxy.table.version {
        Some(version) => quote!(::core::option::Option::Some(<#table::#version as diesel::Column>::NAME)),
        None => quote!(::core::option::Option::None),
    };
    let version = proxy.table.version.as_ref().map(|version| {
        let place = located(version.span());
        let number = quote_spanned!(place=> <i64 as ::core::convert::From<_>>::from(#own_row.#version));
        let raise = quote_spanned!(place=> #own_row.#version += 1);
        quote! {
            fn version(&self) -> ::core::option::Option<i64> { ::core::option::Option::Some(#number) }
            fn raise_version(&mut self) { #raise; }
        }
    });
    // A column of another type is reported at its name.
    let place = column.as_ref().map_or_else(Span::call_site, |column| located(column.span()));
    let document = quote_spanned!(place=> &#own_row.#column);
    let document_mut = quote_spanned!(place=> &mut #own_row.#column);
    let document_of_row = quote_spanned!(place=> &__row.#column);
    let states = states(proxy);
    quote! {
        impl ::flow_core::RowProxy for #ident {
            type Row = #ty;
            type Table = #table::table;
            const TABLE: __p::RowTable = __p::RowTable {
                name: #name,
                column: <#constant as diesel::Column>::NAME,
                key: <#table::#key as diesel::Column>::NAME,
                version: #version_name,
            };

            fn table() -> Self::Table { #table::table }

            fn from_row(__row: #ty) -> ::flow_core::Result<Self> { ::core::result::Result::Ok(read(__row).map_err(::std::boxed::Box::new)?) }

            fn row(&self) -> &#ty { &#own_row }

            fn key(&self) -> ::flow_core::RowKey { ::core::convert::From::from(::core::clone::Clone::clone(&#own_row.#key)) }

            fn document(&self) -> &::flow_core::data::Document { #document }

            fn document_mut(&mut self) -> &mut ::flow_core::data::Document { #document_mut }

            #version

            #states

            #of_indexes
        }

        fn read(__row: #ty) -> ::core::result::Result<#ident, ::flow_core::DataError> {
            let __key = || ::std::string::ToString::to_string(&__row.#key);
            let __of = __p::TableRow::new(#name, &__key, #document_of_row);
            #[allow(unused_variables)]
            let __read = __p::DocumentReader::new(&__of, <#ident as __p::JsonProxy>::META);
            #(let #names = __read.field(#ordinals)?;)*
            ::core::result::Result::Ok(#ident { #row: __row, #(#names,)* #holes })
        }

        impl<__DB: diesel::backend::Backend> diesel::Selectable<__DB> for #ident
        where
            #ty: diesel::Selectable<__DB>,
        {
            type SelectExpression = <#ty as diesel::Selectable<__DB>>::SelectExpression;
            fn construct_selection() -> Self::SelectExpression {
                <#ty as diesel::Selectable<__DB>>::construct_selection()
            }
        }

        impl<__ST, __DB: diesel::backend::Backend> diesel::Queryable<__ST, __DB> for #ident
        where
            #ty: diesel::Queryable<__ST, __DB>,
        {
            type Row = <#ty as diesel::Queryable<__ST, __DB>>::Row;
            fn build(row: Self::Row) -> diesel::deserialize::Result<Self> {
                let row = <#ty as diesel::Queryable<__ST, __DB>>::build(row)?;
                ::core::result::Result::Ok(read(row)?)
            }
        }
    }
}

/// The fields that are the state of a state machine.
fn states(proxy: &Proxy) -> TokenStream {
    let states = || proxy.fields.iter().enumerate().filter(|(_, field)| field.codec.is_state());
    if states().next().is_none() {
        return TokenStream::new();
    }
    let names: Vec<&Ident> = states().map(|(_, field)| &field.ident).collect();
    let ordinals = states().map(|(at, _)| ordinal(at));
    quote! {
        fn states(&self) -> ::std::vec::Vec<(u16, &dyn __p::Tracked)> { ::std::vec![#((#ordinals, &self.#names)),*] }
        fn states_mut(&mut self) -> ::std::vec::Vec<&mut dyn __p::Tracked> { ::std::vec![#(&mut self.#names),*] }
    }
}

/// What is done with the fields of a new row, or of a form.
///
/// ```text
/// impl EmployeeData { pub fn document(&self) -> Result<Document> { .. } }
/// impl Employee { pub fn fill(&mut self, data: EmployeeData) { .. }  pub fn data(&self) -> EmployeeData { .. } }
/// impl FormInput for EmployeeData { .. }
/// ```
pub(super) fn of_data(proxy: &Proxy, data: &Ident) -> TokenStream {
    let (ident, visibility) = (&proxy.ident, &proxy.visibility);
    let fields: Vec<(usize, &Field)> =
        proxy.fields.iter().enumerate().filter(|(_, field)| !field.codec.is_state()).collect();
    let names: Vec<&Ident> = fields.iter().map(|(_, field)| &field.ident).collect();
    let indexes: Vec<u64> = names.iter().map(|name| index(&plain(name))).collect();
    // A field may be called `reader`.
    let values: Vec<Ident> = (0..fields.len()).map(|at| quote::format_ident!("value_{at}")).collect();
    let touches = fields.iter().map(|(at, _)| {
        let at = ordinal(*at);
        proxy.touch(&quote!(#at))
    });
    quote! {
        #[allow(dead_code, unreachable_pub)]
        impl #data {
            /// The document of a new row with these fields.
            ///
            /// # Errors
            /// `Error::Invalid` with every field that is not valid.
            #visibility fn document(&self) -> ::flow_core::Result<::flow_core::data::Document> {
                ::flow_core::proxy::ProcessData::document(self)
            }
        }

        #[allow(dead_code, unreachable_pub)]
        impl #ident {
            /// Sets all fields, as a form gives them. They are written by `save`.
            #visibility fn fill(&mut self, data: #data) {
                #(self.#names = data.#names; #touches;)*
            }

            /// The fields as they are now, as a form is filled with them.
            #[must_use]
            #visibility fn data(&self) -> #data {
                #data { #(#names: ::core::clone::Clone::clone(&self.#names),)* }
            }
        }

        impl ::flow_core::FormInput for #data {
            const FIELDS: &'static [::flow_core::FormField] = &[#(__p::form_field::<#ident, #indexes>()),*];

            fn read(reader: &mut __p::Reader) -> ::core::option::Option<Self> {
                #(let #values = reader.stored::<#ident, #indexes>();)*
                ::core::option::Option::Some(Self { #(#names: #values?,)* })
            }
        }
    }
}
