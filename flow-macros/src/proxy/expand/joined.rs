//! Columns of a process's own, in a row of another table that is joined to it or in its own row: read in the same
//! query, written in the same transactions.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::super::index;
use super::super::syntax::{Joined, Place, Proxy, Texts};
use super::doc;
use crate::names::plain;

/// ```text
/// pub fn shipment(&self) -> &ShipmentColumns { &self.shipment }
/// pub fn shipment_mut(&mut self) -> &mut ShipmentColumns { self.process.touch(JOINED_PLACE); &mut self.shipment }
/// ```
pub(super) fn accessors(proxy: &Proxy, joined: &Joined) -> TokenStream {
    let Proxy { visibility, ident, .. } = proxy;
    let own_row = proxy.own_row();
    let Joined { docs, ident: name, ty, .. } = joined;
    let title = docs.is_empty().then(|| doc("Its table columns."));
    let change = format_ident!("{}_mut", plain(name), span = Span::call_site());
    let change_doc = doc(&format!(
        "Mutable access to `{}`. It is stored with the transition, or by `save`, whether something changed or not.",
        plain(name)
    ));
    quote! {
        #[allow(clippy::all, clippy::pedantic)]
        impl #ident {
            #(#docs)* #title
            #[must_use]
            #[allow(dead_code)]
            #visibility fn #name(&self) -> &#ty { &self.#name }

            #change_doc
            #[must_use]
            #[allow(dead_code)]
            #visibility fn #change(&mut self) -> &mut #ty {
                #own_row.touch(::flow_core::__private::JOINED_PLACE);
                &mut self.#name
            }
        }
    }
}

/// What can be joined, said on the user's own type.
pub(super) fn check(joined: &Joined) -> TokenStream {
    let ty = &joined.ty;
    let bound = quote_spanned!(ty.span()=> joined::<#ty>());
    let new = joined.new.as_ref().filter(|_| joined.place == Place::Table).map(|new| {
        let bound = quote_spanned!(new.span()=> new::<#new>());
        quote! {
            const fn new<T: ::flow_core::__private::NewJoined<#ty>>() {}
            #bound;
        }
    });
    let of_the_row = match joined.place {
        Place::Table => quote!(::flow_core::__private::JoinedColumns),
        Place::Row => quote!(::flow_core::__private::OwnColumns<Table: ::flow_core::ProcessColumns>),
    };
    quote! {
        const _: () = {
            const fn joined<T: #of_the_row>() {}
            #bound;
            #new
        };
    }
}

/// What a start's form knows of the row, and how it is read: as serde does, if its type can.
///
/// ```text
/// const FIELD: FormField = FormField::joined("shipment", "Shipment", "");
/// fn accept(json: &Value) -> Result<NewShipment, Vec<FieldError>> { .. }
/// ```
fn form(joined: &Joined, new: &TokenStream) -> TokenStream {
    let name = plain(&joined.ident);
    let (label, help) = Texts::default().or_docs(&joined.docs, &joined.ident);
    quote! {
        const FIELD: ::flow_core::FormField = ::flow_core::FormField::joined(#name, #label, #help);
        const READABLE: bool = {
            #[allow(unused_imports)]
            use __p::NotReadable as _;
            <__p::Readable<#new>>::READ.is_some()
        };
        fn accept(
            json: &__p::serde_json::Value,
        ) -> ::core::result::Result<#new, ::std::vec::Vec<::flow_core::FieldError>> {
            #[allow(unused_imports)]
            use __p::NotReadable as _;
            match <__p::Readable<#new>>::READ {
                ::core::option::Option::Some(read) => read(#name, json),
                ::core::option::Option::None => __p::unreadable(#name),
            }
        }
    }
}

/// What a start's form can name.
///
/// ```text
/// impl HasField<123> for ShipmentProcess { type Value = NewShipment; .. }
/// ```
pub(super) fn field(proxy: &Proxy, joined: &Joined) -> Option<TokenStream> {
    let new = joined.new.as_ref()?;
    let (ident, index, form) = (&proxy.ident, index(&plain(&joined.ident)), form(joined, new));
    Some(quote! {
        impl __p::HasField<#index> for #ident {
            type Value = #new;
            type Present = #new;
            const OPTIONAL: bool = false;
            fn of_present(value: #new) -> #new { value }
            fn into_present(value: #new) -> ::core::option::Option<#new> { ::core::option::Option::Some(value) }
            // Only a start's form names it, and that makes the row.
            fn set(&mut self, _: #new) {}
            fn give(value: #new, new: &mut __p::NewProcess<Self>) { new.join(value); }
            fn show(&self) -> ::std::string::String { ::std::string::String::new() }
            #form
        }
    })
}

/// What its rows are read from: a type, and an expression for it.
///
/// ```text
/// JoinedQuery<ShipmentColumns>
/// ```
pub(super) fn source(joined: &Joined) -> (TokenStream, TokenStream) {
    let ty = &joined.ty;
    match joined.place {
        Place::Row => plain_source(),
        Place::Table => {
            let query = quote! {
                let table = <#ty as diesel::associations::HasTable>::table();
                let key = diesel::Table::primary_key(&table);
                let on = diesel::ExpressionMethods::eq(key, __p::flow_process::id);
                let table = diesel::JoinOnDsl::on(table, on);
                diesel::QueryDsl::inner_join(__p::flow_process::table, table)
            };
            (quote!(__p::JoinedQuery<#ty>), query)
        }
    }
}

/// The table of all processes.
pub(super) fn plain_source() -> (TokenStream, TokenStream) {
    let table = quote!(__p::flow_process::table);
    (table.clone(), table)
}

/// The process type is persisted on every connection that can read and write the table.
///
/// ```text
/// impl<C> Persist<C> for ShipmentProcess where .. {
///     fn insert_joined(new: NewShipment, process: i64, conn: &mut C) -> QueryResult<()> { .. }
///     fn load_joined(process: i64, conn: &mut C) -> QueryResult<Option<ShipmentColumns>> { .. }
///     fn load_all_joined(processes: &[i64], conn: &mut C) -> QueryResult<Vec<(i64, ShipmentColumns)>> { .. }
///     fn update_joined(&self, conn: &mut C) -> QueryResult<usize> { .. }
/// }
/// ```
pub(super) fn stored(proxy: &Proxy, joined: &Joined) -> TokenStream {
    let ident = &proxy.ident;
    let Joined { ident: name, ty, .. } = joined;
    let Insert { new, bound, body, beside } = insert(joined);
    quote! {
        #beside

        impl<__C> ::flow_core::Persist<__C> for #ident
        where
            __C: diesel::Connection,
            #ty: __p::ReadColumns<__C>,
            #bound
        {
            fn insert_joined(new: #new, process: i64, conn: &mut __C) -> diesel::QueryResult<()> { #body }

            fn load_joined(
                process: i64,
                conn: &mut __C,
            ) -> diesel::QueryResult<::core::option::Option<#ty>> {
                <#ty as __p::ReadColumns<__C>>::read(process, conn)
            }

            fn load_all_joined(
                processes: &[i64],
                conn: &mut __C,
            ) -> diesel::QueryResult<::std::vec::Vec<(i64, #ty)>> {
                <#ty as __p::ReadColumns<__C>>::read_all(processes, conn)
            }

            fn update_joined(&self, conn: &mut __C) -> diesel::QueryResult<usize> {
                let process = ::flow_core::ProcessProxy::row(self).id();
                <#ty as __p::ReadColumns<__C>>::write(&self.#name, process, conn)
            }
        }
    }
}

/// How the columns of a new process are written.
struct Insert {
    new: TokenStream,
    bound: TokenStream,
    body: TokenStream,
    beside: TokenStream,
}

/// A row of its own is inserted; in the process's, which is there by then, the columns are set.
fn insert(joined: &Joined) -> Insert {
    let ty = &joined.ty;
    match (joined.place, &joined.new) {
        (_, None) => Insert {
            new: quote!(()),
            bound: TokenStream::new(),
            body: quote! {
                let ((), _, _) = (new, process, conn);
                ::core::result::Result::Ok(())
            },
            beside: TokenStream::new(),
        },
        (Place::Table, Some(new)) => Insert {
            new: new.clone(),
            bound: quote!(__Row: __p::InsertRow<__C, __Own>,),
            body: quote! {
                let table = <#ty as diesel::associations::HasTable>::table();
                let key = diesel::ExpressionMethods::eq(diesel::Table::primary_key(&table), process);
                <__Row as __p::InsertRow<__C, __Own>>::insert((key, new), table, conn)
            },
            beside: quote! {
                type __Own = <#ty as diesel::associations::HasTable>::Table;
                type __Key = <__Own as diesel::Table>::PrimaryKey;
                type __Row = (diesel::dsl::Eq<__Key, i64>, #new);

                // Every table of the app's that stands in a query beside ours says that it is another.
                impl diesel::query_source::TableNotEqual<__p::flow_process::table> for __Own {}
                impl diesel::query_source::TableNotEqual<__Own> for __p::flow_process::table {}
            },
        },
        (Place::Row, Some(new)) => Insert {
            new: new.clone(),
            bound: quote!(#new: __p::SetColumns<__C, #ty>,),
            body: quote!(<#new as __p::SetColumns<__C, #ty>>::set(new, process, conn)),
            beside: TokenStream::new(),
        },
    }
}

/// A row and its joined one, by one query.
///
/// ```text
/// impl<DB> Selectable<DB> for ShipmentProcess where .. { type SelectExpression = (.., ..); .. }
/// impl<DB, A, B> Queryable<(A, B), DB> for ShipmentProcess where .. { .. }
/// ```
pub(super) fn loaded(proxy: &Proxy, joined: &Joined) -> TokenStream {
    let (ident, ty) = (&proxy.ident, &joined.ty);
    quote! {
        impl<__DB: diesel::backend::Backend> diesel::Selectable<__DB> for #ident
        where
            ::flow_core::Process: diesel::Selectable<__DB>,
            #ty: diesel::Selectable<__DB>,
        {
            type SelectExpression = (
                <::flow_core::Process as diesel::Selectable<__DB>>::SelectExpression,
                <#ty as diesel::Selectable<__DB>>::SelectExpression,
            );
            fn construct_selection() -> Self::SelectExpression {
                (
                    <::flow_core::Process as diesel::Selectable<__DB>>::construct_selection(),
                    <#ty as diesel::Selectable<__DB>>::construct_selection(),
                )
            }
        }

        impl<__A, __B, __DB: diesel::backend::Backend> diesel::Queryable<(__A, __B), __DB> for #ident
        where
            (::flow_core::Process, #ty): diesel::deserialize::FromStaticSqlRow<(__A, __B), __DB>,
        {
            type Row = (::flow_core::Process, #ty);
            fn build((row, joined): Self::Row) -> diesel::deserialize::Result<Self> {
                ::core::result::Result::Ok(<Self as ::flow_core::ProcessProxy>::from_parts(row, joined)?)
            }
        }
    }
}
