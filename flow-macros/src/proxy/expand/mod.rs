//! The Rust that a process or task type becomes.

mod accessors;
mod data;
mod joined;
mod model;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use accessors::{accessors, models};
pub(crate) use data::json_text;
use data::{accept, check, data, form_field, meta, put};

use super::Of;
use super::syntax::{Field, Proxy};
use crate::names::{plain, snake_case};

pub(crate) fn proxy(proxy: &Proxy) -> TokenStream {
    if proxy.of == Of::Model {
        return model::model(proxy);
    }
    let mut code = fields(proxy);
    code.extend(accessors(proxy));
    code.extend(proxy.joined.as_ref().map(|joined| joined::accessors(proxy, joined)));
    code.extend(models(proxy));
    code.extend(data(proxy));
    code.extend(common(proxy));
    code.extend(match proxy.of {
        Of::Process => process(proxy),
        Of::Task | Of::Model => task(proxy),
    });
    code
}

/// ```text
/// pub struct HelloWorldProcessFields { pub text: Field<HelloWorldProcess, Text, 123>, .. }
/// impl HelloWorldProcess { pub const FIELDS: HelloWorldProcessFields = ..; }
/// ```
fn fields(proxy: &Proxy) -> TokenStream {
    let Proxy { visibility, ident, .. } = proxy;
    let proxy_trait = proxy_trait(proxy.of);
    let table = match proxy.of {
        Of::Process => quote!(flow_process),
        Of::Task | Of::Model => quote!(flow_task),
    };
    let name = format_ident!("{}Fields", ident, span = Span::call_site());
    let each = proxy.fields.iter().map(|field| {
        let Field { docs, ident: field_ident, ty, codec, .. } = field;
        let index = super::index(&plain(field_ident));
        let codec = codec.path();
        let title = docs.is_empty().then(|| doc(&format!("The field `{}`.", plain(field_ident))));
        quote! {
            #(#docs)* #title
            pub #field_ident: ::flow_core::__private::Field<
                #ident, <#codec as ::flow_core::__private::Codec<#ty>>::Sql, #index
            >,
        }
    });
    let values = proxy.fields.iter().enumerate().map(|(at, field)| {
        let field_ident = &field.ident;
        quote!(#field_ident: ::flow_core::__private::Field::new(&<#ident as #proxy_trait>::META[#at]),)
    });
    let joined = proxy.joined.as_ref().filter(|joined| joined.new.is_some()).map(|joined| {
        let (name, docs, index) = (&joined.ident, &joined.docs, super::index(&plain(&joined.ident)));
        let title = docs.is_empty().then(|| doc("Its own columns."));
        let field = quote!(#(#docs)* #title pub #name: ::flow_core::__private::JoinedField<#ident, #index>,);
        (field, quote!(#name: ::flow_core::__private::JoinedField::new(),))
    });
    let (joined_field, joined_value) = joined.unzip();
    let (each, values): (TokenStream, TokenStream) = (each.collect(), values.collect());
    let struct_doc = doc(&format!("The fields of [`{ident}`], for diesel's `filter` and `order`."));
    quote! {
        #struct_doc
        #[derive(Debug, Clone, Copy)]
        #[allow(unreachable_pub, dead_code)]
        #visibility struct #name { #joined_field #each }

        impl #ident {
            /// The fields, for diesel's `filter` and `order`.
            #[allow(dead_code)]
            #visibility const FIELDS: #name = #name { #joined_value #values };
        }

        impl ::flow_core::__private::Kept for #ident {
            type Column = ::flow_core::__private::#table::data;
            const COLUMN: &'static Self::Column = &::flow_core::__private::#table::data;
        }
    }
}

/// The trait that the struct implements.
fn proxy_trait(of: Of) -> TokenStream {
    match of {
        Of::Process => quote!(::flow_core::ProcessProxy),
        Of::Task | Of::Model => quote!(::flow_core::TaskProxy),
    }
}

/// Of a field, what each trait needs.
struct Parts<'a> {
    names: Vec<&'a Ident>,
    types: Vec<&'a syn::Type>,
    codecs: Vec<TokenStream>,
    places: Vec<usize>,
    ordinals: Vec<Literal>,
    metas: Vec<TokenStream>,
    /// Each field, written into the row.
    puts: TokenStream,
}

impl<'a> Parts<'a> {
    fn of(proxy: &'a Proxy) -> Self {
        let fields = &proxy.fields;
        let puts = fields.iter().enumerate().map(|(at, field)| {
            let (name, ordinal) = (&field.ident, ordinal(at));
            put(&quote!(writer), field, &quote!(#ordinal, &Self::META[#at], &self.#name))
        });
        Parts {
            names: fields.iter().map(|field| &field.ident).collect(),
            types: fields.iter().map(|field| &field.ty).collect(),
            codecs: fields.iter().map(|field| field.codec.path()).collect(),
            places: (0..fields.len()).collect(),
            ordinals: (0..fields.len()).map(ordinal).collect(),
            metas: fields.iter().map(meta).collect(),
            puts: puts.collect(),
        }
    }
}

/// A field's place, by which a row notes that it was set.
fn ordinal(at: usize) -> Literal {
    Literal::u16_suffixed(u16::try_from(at).unwrap_or(u16::MAX))
}

/// What a process and a task have alike: it reads as the row, and its types are checked.
fn common(proxy: &Proxy) -> TokenStream {
    let Proxy { ident, row, .. } = proxy;
    let row_type = format_ident!("{}", proxy.of.row());
    let checks: TokenStream = proxy.fields.iter().map(check).collect();
    quote! {
        #[allow(clippy::all, clippy::pedantic, unused_qualifications)]
        const _: () = {
            #checks

            impl ::core::ops::Deref for #ident {
                type Target = ::flow_core::#row_type;
                fn deref(&self) -> &::flow_core::#row_type { &self.#row }
            }
        };
    }
}

/// The traits of a process: reading, writing, looking up by name, loading by diesel.
fn process(proxy: &Proxy) -> TokenStream {
    let Proxy { ident, row, .. } = proxy;
    let data = format_ident!("{}Data", ident, span = Span::call_site());
    let Parts { names, types, codecs, places, ordinals, metas, puts } = Parts::of(proxy);
    let indexes: Vec<u64> = names.iter().map(|name| super::index(&plain(name))).collect();
    let seed = proxy.seed.clone().unwrap_or_else(|| quote!(::flow_core::AnyModel));
    let (own, holes, of_indexes) = (Own::of(proxy), holes(proxy), self::indexes(proxy));
    let places_of = || (0..proxy.fields.len()).map(|at| quote!(&<Self as ::flow_core::ProcessProxy>::META[#at]));
    let form_fields = proxy.fields.iter().zip(places_of()).map(|(field, meta)| form_field(field, &meta));
    let accepts = proxy.fields.iter().zip(places_of()).map(|(field, meta)| accept(field, &meta));
    let gives = proxy.fields.iter().map(|field| put(&quote!(new.document()), field, &quote!(meta, &value)));
    let Own { joined, new, source, make_source, name, argument, value, rest, checks } = &own;
    quote! {
        #checks
        #[allow(clippy::all, clippy::pedantic, unused_qualifications)]
        const _: () = {
            use ::flow_core::__private::diesel;

            impl ::flow_core::ProcessProxy for #ident {
                type Data = #data;
                type Seed = #seed;
                type Joined = #joined;
                type NewJoined = #new;
                type Source = #source;
                const META: &'static [::flow_core::__private::Meta] = &[#(#metas),*];
                #name

                fn source() -> Self::Source { #make_source }

                fn from_parts(
                    row: ::flow_core::Process,
                    #argument: Self::Joined,
                ) -> ::core::result::Result<Self, ::flow_core::DataError> {
                    #(let #names = ::flow_core::__private::read::<#codecs, #types>(&row, &Self::META[#places])?;)*
                    ::core::result::Result::Ok(Self { #row: row, #value #(#names,)* #holes })
                }

                fn row(&self) -> &::flow_core::Process { &self.#row }

                #of_indexes

                fn row_mut(&mut self) -> &mut ::flow_core::Process { &mut self.#row }

                fn store(&mut self) -> ::core::result::Result<(), ::std::vec::Vec<::flow_core::FieldError>> {
                    #[allow(unused_mut)]
                    let mut writer = ::flow_core::__private::Writer::new(&mut self.#row);
                    #puts
                    writer.finish()
                }
            }

            #(
                impl ::flow_core::__private::HasField<#indexes> for #ident {
                    type Value = #types;
                    fn set(&mut self, value: #types) {
                        self.#names = value;
                        self.#row.touch(#ordinals);
                    }
                    fn give(value: #types, new: &mut ::flow_core::__private::NewProcess<Self>) {
                        let meta = &<Self as ::flow_core::ProcessProxy>::META[#places];
                        #gives
                    }
                    fn show(&self) -> ::std::string::String {
                        ::flow_core::__private::show::<#codecs, #types>(&self.#names)
                    }
                    const FIELD: ::flow_core::FormField = #form_fields;
                    fn accept(
                        json: &::flow_core::__private::serde_json::Value,
                    ) -> ::core::result::Result<#types, ::flow_core::FieldError> {
                        #accepts
                    }
                }
            )*

            #rest
        };
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
    checks: TokenStream,
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
                checks: TokenStream::new(),
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
            checks: joined::check(joined),
        }
    }
}

/// A row, by a query.
fn loaded(proxy: &Proxy) -> TokenStream {
    let ident = &proxy.ident;
    quote! {
        impl<DB: diesel::backend::Backend> diesel::Selectable<DB> for #ident
        where
            ::flow_core::Process: diesel::Selectable<DB>,
        {
            type SelectExpression = <::flow_core::Process as diesel::Selectable<DB>>::SelectExpression;
            fn construct_selection() -> Self::SelectExpression {
                <::flow_core::Process as diesel::Selectable<DB>>::construct_selection()
            }
        }

        impl<ST, DB: diesel::backend::Backend> diesel::Queryable<ST, DB> for #ident
        where
            ::flow_core::Process: diesel::Queryable<ST, DB>,
        {
            type Row = <::flow_core::Process as diesel::Queryable<ST, DB>>::Row;
            fn build(row: Self::Row) -> diesel::deserialize::Result<Self> {
                let row = <::flow_core::Process as diesel::Queryable<ST, DB>>::build(row)?;
                ::core::result::Result::Ok(<Self as ::flow_core::ProcessProxy>::from_parts(row, ())?)
            }
        }
    }
}

/// The trait of a task.
fn task(proxy: &Proxy) -> TokenStream {
    let Proxy { ident, row, .. } = proxy;
    let data = format_ident!("{}Data", ident, span = Span::call_site());
    let Parts { names, types, codecs, places, metas, puts, .. } = Parts::of(proxy);
    let (holes, of_indexes) = (holes(proxy), indexes(proxy));
    let seed = proxy.seed.clone().unwrap_or_else(|| quote!(::flow_core::AnyModel));
    quote! {
        #[allow(clippy::all, clippy::pedantic, unused_qualifications)]
        const _: () = {
            impl ::flow_core::TaskProxy for #ident {
                type Seed = #seed;
                type Data = #data;
                const META: &'static [::flow_core::__private::Meta] = &[#(#metas),*];

                #of_indexes

                fn lend(row: &mut ::flow_core::Task) -> ::core::result::Result<Self, ::flow_core::DataError> {
                    let row = row.clone();
                    #(let #names = ::flow_core::__private::read::<#codecs, #types>(&row, &Self::META[#places])?;)*
                    ::core::result::Result::Ok(Self { #row: row, #(#names,)* #holes })
                }

                #[allow(unused_mut)]
                fn give_back(
                    mut self,
                    row: &mut ::flow_core::Task,
                ) -> ::core::result::Result<(), ::std::vec::Vec<::flow_core::FieldError>> {
                    let mut writer = ::flow_core::__private::Writer::new(&mut self.#row);
                    #puts
                    writer.finish()?;
                    *row = self.#row;
                    ::core::result::Result::Ok(())
                }
            }
        };
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
        fn indexes() -> ::std::vec::Vec<::flow_core::__private::Index> {
            ::std::vec![#(::flow_core::__private::Index::new(#owner, #names, #ident::FIELDS.#fields)),*]
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
