//! The Rust that a process or task type becomes.

mod accessors;
mod data;
mod joined;
mod model;
mod row;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use accessors::{accessors, models};
pub(crate) use data::json_text;
use data::{check, data, data_name, meta, of_data, stored};

use super::Of;
use super::syntax::{Field, Proxy};
use crate::names::{plain, snake_case};

/// What a field adds is built anew with each change of the user's, so it is little: what is alike for all fields is
/// generic code of flow-core. `__p` is short for `flow_core::__private`.
pub(crate) fn proxy(proxy: &Proxy) -> TokenStream {
    if proxy.of == Of::Model {
        return model::model(proxy);
    }
    let mut code = fields(proxy);
    code.extend(accessors(proxy));
    code.extend(proxy.joined.as_ref().map(|joined| joined::accessors(proxy, joined)));
    code.extend(models(proxy));
    code.extend(data(proxy));
    code.extend(proxy.joined.as_ref().map(joined::check));
    let (of_data, common) = (of_data(proxy), common(proxy));
    let row = match proxy.of {
        Of::Process => process(proxy),
        Of::Row => row::row(proxy),
        Of::Task | Of::Model => task(proxy),
    };
    code.extend(quote! {
        #[allow(unreachable_code, clippy::all, clippy::pedantic, unused_qualifications)]
        const _: () = {
            use ::flow_core::__private as __p;
            use __p::diesel;

            #common
            #of_data
            #row
        };
    });
    code
}

/// ```text
/// pub struct HelloWorldProcessFields { pub text: FieldOf<HelloWorldProcess, 123>, .. }
/// impl HelloWorldProcess { pub const FIELDS: HelloWorldProcessFields = ..; }
/// ```
fn fields(proxy: &Proxy) -> TokenStream {
    let Proxy { visibility, ident, .. } = proxy;
    let name = fields_name(proxy);
    let each = proxy.fields.iter().map(|field| {
        let Field { docs, ident: field_ident, .. } = field;
        let index = super::index(&plain(field_ident));
        let title = docs.is_empty().then(|| doc(&format!("The field `{}`.", plain(field_ident))));
        quote!(#(#docs)* #title pub #field_ident: ::flow_core::__private::FieldOf<#ident, #index>,)
    });
    let names = proxy.fields.iter().map(|field| &field.ident);
    let joined = proxy.joined.as_ref().filter(|joined| joined.new.is_some()).map(|joined| {
        let (name, docs, index) = (&joined.ident, &joined.docs, super::index(&plain(&joined.ident)));
        let title = docs.is_empty().then(|| doc("Its table columns."));
        let field = quote!(#(#docs)* #title pub #name: ::flow_core::__private::JoinedField<#ident, #index>,);
        (field, quote!(#name: ::flow_core::__private::JoinedField::new(),))
    });
    let (joined_field, joined_value) = joined.unzip();
    let each: TokenStream = each.collect();
    let struct_doc = doc(&format!("The fields of [`{ident}`], for diesel's `filter` and `order`."));
    quote! {
        #struct_doc
        #[allow(unreachable_pub, dead_code)]
        #visibility struct #name { #joined_field #each }

        impl #ident {
            /// The fields, for diesel's `filter` and `order`.
            #[allow(dead_code)]
            #visibility const FIELDS: #name = #name {
                #joined_value #(#names: ::flow_core::__private::Field::new(),)*
            };
        }
    }
}

/// `HelloWorldProcessFields`
fn fields_name(proxy: &Proxy) -> Ident {
    format_ident!("{}Fields", proxy.ident, span = Span::call_site())
}

/// A field's place, by which a row notes that it was set.
fn ordinal(at: usize) -> Literal {
    Literal::u16_unsuffixed(u16::try_from(at).unwrap_or(u16::MAX))
}

/// What a process and a task have alike: it reads as the row, and its fields are told.
///
/// ```text
/// impl JsonProxy for HelloWorldProcess { const META: &[Meta] = &[Meta::of::<Self, 123>("text", &["text"], "Text", "")]; .. }
/// impl StoredField<123> for HelloWorldProcess { type As = Stored<Native, String>; }
/// ```
fn common(proxy: &Proxy) -> TokenStream {
    let ident = &proxy.ident;
    let own_row = proxy.own_row();
    let checks: TokenStream = proxy.fields.iter().map(check).collect();
    let fields_name = fields_name(proxy);
    let row_type = match (&proxy.of, &proxy.table.row) {
        (Of::Row, Some(row)) => row.clone(),
        _ => {
            let row = format_ident!("{}", proxy.of.row());
            quote!(::flow_core::#row)
        }
    };
    let column = match proxy.of {
        Of::Process => quote!(__p::flow_process::data),
        Of::Row => row::column(proxy),
        Of::Task | Of::Model => quote!(__p::flow_task::data),
    };
    let indexes: Vec<u64> = proxy.fields.iter().map(|field| super::index(&plain(&field.ident))).collect();
    let metas = proxy.fields.iter().map(|field| meta(field, Some(ident)));
    let stored = proxy.fields.iter().map(stored);
    let (names, ordinals) = places(proxy);
    quote! {
        #checks

        impl ::core::ops::Deref for #ident {
            type Target = #row_type;
            fn deref(&self) -> &#row_type { &#own_row }
        }

        impl ::core::clone::Clone for #fields_name {
            fn clone(&self) -> Self { *self }
        }

        impl ::core::marker::Copy for #fields_name {}

        impl ::core::fmt::Debug for #fields_name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_list().entries(<#ident as __p::JsonProxy>::META.iter().map(|field| field.name)).finish()
            }
        }

        impl __p::JsonProxy for #ident {
            type Column = #column;
            const COLUMN: &'static Self::Column = &#column;
            const META: &'static [__p::Meta] = &[#(#metas),*];
            fn field(&self, place: u16) -> ::core::option::Option<&dyn ::core::any::Any> {
                ::core::option::Option::Some(match place {
                    #(#ordinals => &self.#names,)*
                    _ => return ::core::option::Option::None,
                })
            }
            fn field_mut(&mut self, place: u16) -> ::core::option::Option<&mut dyn ::core::any::Any> {
                ::core::option::Option::Some(match place {
                    #(#ordinals => &mut self.#names,)*
                    _ => return ::core::option::Option::None,
                })
            }
        }

        #(impl __p::StoredField<#indexes> for #ident { type As = #stored; })*
    }
}

/// The fields, each with its place.
fn places(proxy: &Proxy) -> (Vec<&Ident>, Vec<Literal>) {
    proxy.fields.iter().enumerate().map(|(at, field)| (&field.ident, ordinal(at))).unzip()
}

/// The traits of a process: reading, writing, loading by diesel.
fn process(proxy: &Proxy) -> TokenStream {
    let Proxy { ident, row, .. } = proxy;
    let (own_row, row) = (proxy.own_row(), row.iter());
    let data = data_name(proxy);
    let (names, ordinals) = places(proxy);
    let seed = proxy.seed.clone().unwrap_or_else(|| quote!(::flow_core::AnyModel));
    let (own, holes, of_indexes) = (Own::of(proxy), holes(proxy), indexes(proxy));
    let Own { joined, new, source, make_source, name, argument, value, rest } = &own;
    quote! {
        impl ::flow_core::ProcessProxy for #ident {
            type Data = #data;
            type Seed = #seed;
            type Joined = #joined;
            type NewJoined = #new;
            type Source = #source;
            #name

            fn source() -> Self::Source { #make_source }

            fn from_parts(
                __row: ::flow_core::Process,
                #argument: Self::Joined,
            ) -> ::core::result::Result<Self, ::flow_core::DataError> {
                #[allow(unused_variables)]
                let __read = __p::DocumentReader::new(&__row, <Self as __p::JsonProxy>::META);
                #(let #names = __read.field(#ordinals)?;)*
                ::core::result::Result::Ok(Self { #(#row: __row,)* #value #(#names,)* #holes })
            }

            fn row(&self) -> &::flow_core::Process { &#own_row }

            #of_indexes

            fn row_mut(&mut self) -> &mut ::flow_core::Process { &mut #own_row }
        }

        #rest
    }
}

/// What differs between a process type with a joined row and one without.
struct Own {
    joined: TokenStream,
    new: TokenStream,
    source: TokenStream,
    make_source: TokenStream,
    name: TokenStream,
    argument: TokenStream,
    value: TokenStream,
    rest: TokenStream,
}

impl Own {
    fn of(proxy: &Proxy) -> Self {
        let Some(joined) = &proxy.joined else {
            let (source, make_source) = joined::plain_source();
            return Own {
                joined: quote!(()),
                new: quote!(()),
                source,
                make_source,
                name: TokenStream::new(),
                argument: quote!(()),
                value: TokenStream::new(),
                rest: loaded(proxy),
            };
        };
        let (field, ty, name) = (&joined.ident, &joined.ty, plain(&joined.ident));
        let (source, make_source) = joined::source(joined);
        let parts = [joined::field(proxy, joined).unwrap_or_default(), joined::stored(proxy, joined)];
        let given = joined.new.is_some();
        let name = quote! {
            const JOINED: ::core::option::Option<&'static str> = ::core::option::Option::Some(#name);
            const JOINED_IS_GIVEN: bool = #given;
        };
        Own {
            joined: quote!(#ty),
            new: joined.new.clone().unwrap_or_else(|| quote!(())),
            source,
            make_source,
            name,
            argument: quote!(#field),
            value: quote!(#field,),
            rest: parts.into_iter().chain([joined::loaded(proxy, joined)]).collect(),
        }
    }
}

/// A row, by a query. Names of our own begin with `__` where types of the user's stand among them.
fn loaded(proxy: &Proxy) -> TokenStream {
    let ident = &proxy.ident;
    quote! {
        impl<__DB: diesel::backend::Backend> diesel::Selectable<__DB> for #ident
        where
            ::flow_core::Process: diesel::Selectable<__DB>,
        {
            type SelectExpression = <::flow_core::Process as diesel::Selectable<__DB>>::SelectExpression;
            fn construct_selection() -> Self::SelectExpression {
                <::flow_core::Process as diesel::Selectable<__DB>>::construct_selection()
            }
        }

        impl<__ST, __DB: diesel::backend::Backend> diesel::Queryable<__ST, __DB> for #ident
        where
            ::flow_core::Process: diesel::Queryable<__ST, __DB>,
        {
            type Row = <::flow_core::Process as diesel::Queryable<__ST, __DB>>::Row;
            fn build(row: Self::Row) -> diesel::deserialize::Result<Self> {
                let row = <::flow_core::Process as diesel::Queryable<__ST, __DB>>::build(row)?;
                ::core::result::Result::Ok(<Self as ::flow_core::ProcessProxy>::from_parts(row, ())?)
            }
        }
    }
}

/// The trait of a task.
fn task(proxy: &Proxy) -> TokenStream {
    let Proxy { ident, row, .. } = proxy;
    let own_row = proxy.own_row();
    // A row that is missing cannot be handed over, only copied.
    let copied = row.is_none().then(|| quote!(.clone()));
    let row = row.iter();
    let data = data_name(proxy);
    let (names, ordinals) = places(proxy);
    let (holes, of_indexes) = (holes(proxy), indexes(proxy));
    let seed = proxy.seed.clone().unwrap_or_else(|| quote!(::flow_core::AnyModel));
    quote! {
        impl ::flow_core::TaskProxy for #ident {
            type Seed = #seed;
            type Data = #data;

            #of_indexes

            fn lend(row: &mut ::flow_core::Task) -> ::core::result::Result<Self, ::flow_core::DataError> {
                let __row = row.clone();
                #[allow(unused_variables)]
                let __read = __p::DocumentReader::new(&__row, <Self as __p::JsonProxy>::META);
                #(let #names = __read.field(#ordinals)?;)*
                ::core::result::Result::Ok(Self { #(#row: __row,)* #(#names,)* #holes })
            }

            fn row_mut(&mut self) -> &mut ::flow_core::Task { &mut #own_row }

            fn into_row(self) -> ::flow_core::Task { #own_row #copied }
        }
    }
}

/// ```text
/// fn indexes() -> Vec<Index> { vec![Index::new("leave_process", "days", LeaveProcess::FIELDS.days)] }
/// ```
fn indexes(proxy: &Proxy) -> TokenStream {
    if proxy.index.is_empty() {
        return TokenStream::new();
    }
    let (ident, fields) = (&proxy.ident, &proxy.index);
    let (owner, names) = (snake_case(&plain(ident)), fields.iter().map(plain));
    quote! {
        fn indexes() -> ::std::vec::Vec<__p::Index> {
            ::std::vec![#(__p::Index::new(#owner, #names, #ident::FIELDS.#fields)),*]
        }
    }
}

/// Fields that were reported, in a literal of the struct that will never be run.
fn holes(proxy: &Proxy) -> TokenStream {
    let each = proxy.holes.iter().map(|hole| quote!(#hole: { fn hole<T>() -> T { ::core::panic!() } hole() },));
    each.collect()
}

fn doc(text: &str) -> TokenStream {
    quote!(#[doc = #text])
}
