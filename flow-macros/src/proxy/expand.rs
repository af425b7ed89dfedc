//! The Rust that a process type becomes.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::Of;
use super::syntax::{Default, Field, Proxy};
use super::types::Codec;
use crate::names::plain;

pub(crate) fn proxy(proxy: &Proxy) -> TokenStream {
    let mut code = match proxy.of {
        Of::Process => fields(proxy),
        Of::Task => TokenStream::new(),
    };
    code.extend(accessors(proxy));
    code.extend(models(proxy));
    code.extend(data(proxy));
    code.extend(common(proxy));
    code.extend(match proxy.of {
        Of::Process => process(proxy),
        Of::Task => task(proxy),
    });
    code
}

/// ```ignore
/// pub struct HelloWorldProcessFields { pub text: Field<HelloWorldProcess, Text, 123>, .. }
/// impl HelloWorldProcess { pub const FIELDS: HelloWorldProcessFields = ..; }
/// ```
fn fields(proxy: &Proxy) -> TokenStream {
    let Proxy { visibility, ident, .. } = proxy;
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
        quote!(#field_ident: ::flow_core::__private::Field::new(&<#ident as ::flow_core::ProcessProxy>::META[#at]),)
    });
    let (each, values): (TokenStream, TokenStream) = (each.collect(), values.collect());
    let struct_doc = doc(&format!("The fields of [`{ident}`], for diesel's `filter` and `order`."));
    quote! {
        #struct_doc
        #[derive(Debug, Clone, Copy)]
        #[allow(unreachable_pub)]
        #visibility struct #name { #each }

        impl #ident {
            /// The fields, for diesel's `filter` and `order`.
            #visibility const FIELDS: #name = #name { #values };
        }
    }
}

/// ```ignore
/// /// Message
/// pub fn text(&self) -> &str { &self.text }
/// /// Sets `text`.
/// pub fn set_text(&mut self, value: impl Into<String>) { .. }
/// ```
fn accessors(proxy: &Proxy) -> TokenStream {
    let Proxy { visibility, ident, row, .. } = proxy;
    let each = proxy.fields.iter().enumerate().map(|(at, field)| {
        let Field { docs, ident: name, ty, codec, .. } = field;
        let at = Literal::u16_suffixed(u16::try_from(at).unwrap_or(u16::MAX));
        let title = docs.is_empty().then(|| doc(&format!("The field `{}`.", plain(name))));
        let (out, get) = match codec {
            Codec::Copy => (quote!(#ty), quote!(self.#name)),
            Codec::Text => (quote!(&str), quote!(&self.#name)),
            Codec::List(_) => {
                let item = super::types::argument(ty);
                (quote!(&[#item]), quote!(&self.#name))
            }
            Codec::Optional(inner) if matches!(**inner, Codec::Copy) => (quote!(#ty), quote!(self.#name)),
            Codec::Optional(inner) if matches!(**inner, Codec::Text) => {
                (quote!(::core::option::Option<&str>), quote!(self.#name.as_deref()))
            }
            Codec::Optional(_) => {
                let inner = super::types::argument(ty);
                (quote!(::core::option::Option<&#inner>), quote!(self.#name.as_ref()))
            }
            Codec::Serde => (quote!(&#ty), quote!(&self.#name)),
        };
        let set = format_ident!("set_{}", plain(name), span = Span::call_site());
        let (input, value) = match codec {
            Codec::Text => (quote!(impl ::core::convert::Into<#ty>), quote!(value.into())),
            _ => (quote!(#ty), quote!(value)),
        };
        let set_doc = doc(&format!("Sets `{}`. It is written with the transition, or by `save`.", plain(name)));
        quote! {
            #(#docs)* #title
            #[must_use]
            #[allow(dead_code)]
            #visibility fn #name(&self) -> #out { #get }

            #set_doc
            #[allow(dead_code)]
            #visibility fn #set(&mut self, value: #input) {
                self.#name = #value;
                self.#row.touch(#at);
            }
        }
    });
    let each: TokenStream = each.collect();
    quote!(#[allow(clippy::all, clippy::pedantic)] impl #ident { #each })
}

/// ```ignore
/// pub struct HelloWorldProcessData { pub text: String, pub approved: bool }
/// impl ProcessData for HelloWorldProcessData { .. }
/// ```
fn data(proxy: &Proxy) -> TokenStream {
    let Proxy { visibility, ident, .. } = proxy;
    let proxy_trait = proxy_trait(proxy.of);
    let name = format_ident!("{}Data", ident, span = Span::call_site());
    let each = proxy.fields.iter().map(|field| {
        let Field { docs, ident: name, ty, .. } = field;
        let title = docs.is_empty().then(|| doc(&format!("The field `{}`.", plain(name))));
        quote!(#(#docs)* #title pub #name: #ty,)
    });
    let puts = proxy.fields.iter().enumerate().map(|(at, field)| {
        let (name, ty, codec) = (&field.ident, &field.ty, field.codec.path());
        quote!(document.field::<#codec, #ty>(&<#ident as #proxy_trait>::META[#at], &self.#name);)
    });
    let (each, puts): (TokenStream, TokenStream) = (each.collect(), puts.collect());
    let struct_doc = doc(&format!("The fields of a [`{ident}`], from which a new one is made."));
    let default = proxy.fields.iter().map(default_value).collect::<Option<Vec<_>>>().map(|values| {
        let names = proxy.fields.iter().map(|field| &field.ident);
        quote! {
            impl ::core::default::Default for #name {
                fn default() -> Self { Self { #(#names: #values,)* } }
            }
        }
    });
    let given_to = match proxy.of {
        Of::Process => quote!(impl ::flow_core::proxy::DataOf<#ident> for #name {}),
        Of::Task => quote! {
            impl ::flow_core::TaskData<#name> for #name {
                fn task_document(
                    self,
                ) -> ::core::result::Result<::flow_core::data::Document, ::flow_core::StepError> {
                    ::core::result::Result::Ok(::flow_core::proxy::ProcessData::document(&self)?)
                }
            }
        },
    };
    quote! {
        #struct_doc
        #[allow(missing_debug_implementations, unreachable_pub)]
        #visibility struct #name { #each }

        #default

        impl ::flow_core::proxy::ProcessData for #name {
            fn document(&self) -> ::flow_core::Result<::flow_core::data::Document> {
                #[allow(unused_mut)]
                let mut document = ::flow_core::__private::NewDocument::new();
                #puts
                document.finish()
            }
        }

        #given_to
    }
}

/// What an absent field is in Rust; `None` if it must be there.
fn default_value(field: &Field) -> Option<TokenStream> {
    match (&field.default, &field.codec) {
        (Default::None, Codec::Optional(_)) => Some(quote!(::core::option::Option::None)),
        (Default::None, _) => None,
        (Default::Empty(_), _) => Some(quote!(::core::default::Default::default())),
        (Default::Literal(literal), codec) => Some(literal_value(literal, codec)),
    }
}

fn literal_value(literal: &syn::Lit, codec: &Codec) -> TokenStream {
    match codec {
        Codec::Text => quote!(::core::convert::From::from(#literal)),
        Codec::Optional(inner) => {
            let inner = literal_value(literal, inner);
            quote!(::core::option::Option::Some(#inner))
        }
        _ => quote!(#literal),
    }
}

/// The default as JSON: an expression of type `Option<&'static str>`.
fn default_json(field: &Field) -> TokenStream {
    let some = |json: String| quote!(::core::option::Option::Some(#json));
    match (&field.default, &field.codec) {
        (Default::None, Codec::Optional(_)) => some("null".to_owned()),
        (Default::None, _) => quote!(::core::option::Option::None),
        (Default::Empty(span), codec) => {
            let (codec, ty) = (respan(codec.path(), *span), &field.ty);
            let json = quote_spanned!(*span=> <#codec as ::flow_core::__private::Empty<#ty>>::JSON);
            quote!(::core::option::Option::Some(#json))
        }
        (Default::Literal(literal), _) => some(match literal {
            syn::Lit::Str(text) => json_text(&text.value()),
            syn::Lit::Bool(holds) => holds.value.to_string(),
            syn::Lit::Int(number) => number.base10_digits().to_owned(),
            syn::Lit::Float(number) => number.base10_digits().to_owned(),
            _ => "null".to_owned(),
        }),
    }
}

/// A text as a JSON string.
fn json_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The trait that the struct implements.
fn proxy_trait(of: Of) -> TokenStream {
    match of {
        Of::Process => quote!(::flow_core::ProcessProxy),
        Of::Task => quote!(::flow_core::TaskProxy),
    }
}

/// ```ignore
/// pub fn seed_ref(&self) -> Option<Ref<Source>> { .. }
/// pub fn seed<C>(&self, conn: &mut C) -> QueryResult<Source> { .. }
/// pub fn set_seed(&mut self, seed: &Source) { .. }
/// ```
fn models(proxy: &Proxy) -> TokenStream {
    let Proxy { visibility, ident, row, .. } = proxy;
    let each = [("seed", "began with", &proxy.seed), ("artifact", "came to", &proxy.artifact)];
    let methods = each.into_iter().filter_map(|(word, what, model)| {
        let model = model.as_ref()?;
        let name = |before: &str, after: &str| format_ident!("{before}{word}{after}", span = Span::call_site());
        let (get, reference, of) = (name("", ""), name("", "_ref"), name("", "_of"));
        let (set, set_ref, put) = (name("set_", ""), name("set_", "_ref"), name("put_", ""));
        let doc_ref = doc(&format!("A reference to what it {what}."));
        let doc_get = doc(&format!("What it {what}.\n\n# Errors\n`NotFound` if there is none, or if the row is gone."));
        let doc_set = doc(&format!("Sets what it {what}."));
        Some(quote! {
            #doc_ref
            #[must_use]
            #[allow(dead_code)]
            #visibility fn #reference(&self) -> ::core::option::Option<::flow_core::Ref<#model>> {
                self.#row.#of()
            }

            #doc_get
            #[allow(dead_code)]
            #visibility fn #get<C>(&self, conn: &mut C) -> ::flow_core::__private::diesel::QueryResult<#model>
            where
                #model: ::flow_core::LoadModel<C>,
            {
                match self.#reference() {
                    ::core::option::Option::Some(found) => found.load(conn),
                    ::core::option::Option::None => {
                        ::core::result::Result::Err(::flow_core::__private::diesel::result::Error::NotFound)
                    }
                }
            }

            #doc_set
            #[allow(dead_code)]
            #visibility fn #set(&mut self, row: &#model) {
                self.#row.#put(::core::option::Option::Some(::flow_core::Ref::to(row)));
            }

            #doc_set
            #[allow(dead_code)]
            #visibility fn #set_ref(&mut self, reference: ::core::option::Option<::flow_core::Ref<#model>>) {
                self.#row.#put(reference);
            }
        })
    });
    let methods: TokenStream = methods.collect();
    if methods.is_empty() {
        return methods;
    }
    quote!(#[allow(clippy::all, clippy::pedantic)] impl #ident { #methods })
}

/// Of a field, what each trait needs.
struct Parts<'a> {
    names: Vec<&'a Ident>,
    types: Vec<&'a syn::Type>,
    codecs: Vec<TokenStream>,
    places: Vec<usize>,
    ordinals: Vec<Literal>,
    metas: Vec<TokenStream>,
}

impl<'a> Parts<'a> {
    fn of(proxy: &'a Proxy) -> Self {
        let fields = &proxy.fields;
        let metas = fields.iter().map(|field| {
            let (name, path, default) = (plain(&field.ident), &field.path, default_json(field));
            let index = super::index(&name);
            let max = match field.max_length {
                Some((most, _)) => quote!(::core::option::Option::Some(#most)),
                None => quote!(::core::option::Option::None),
            };
            quote! {
                ::flow_core::__private::Meta {
                    name: #name, path: &[#(#path),*], default: #default, max_length: #max, index: #index,
                }
            }
        });
        Parts {
            names: fields.iter().map(|field| &field.ident).collect(),
            types: fields.iter().map(|field| &field.ty).collect(),
            codecs: fields.iter().map(|field| field.codec.path()).collect(),
            places: (0..fields.len()).collect(),
            ordinals: (0..fields.len())
                .map(|at| Literal::u16_suffixed(u16::try_from(at).unwrap_or(u16::MAX)))
                .collect(),
            metas: metas.collect(),
        }
    }
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
    let Parts { names, types, codecs, places, ordinals, metas } = Parts::of(proxy);
    let indexes: Vec<u64> = names.iter().map(|name| super::index(&plain(name))).collect();
    let seed = proxy.seed.clone().unwrap_or_else(|| quote!(::flow_core::AnyModel));
    quote! {
        #[allow(clippy::all, clippy::pedantic, unused_qualifications)]
        const _: () = {
            use ::flow_core::__private::diesel;

            impl ::flow_core::ProcessProxy for #ident {
                type Data = #data;
                type Seed = #seed;
                const META: &'static [::flow_core::__private::Meta] = &[#(#metas),*];

                fn from_row(row: ::flow_core::Process) -> ::core::result::Result<Self, ::flow_core::DataError> {
                    #(let #names = ::flow_core::__private::read::<#codecs, #types>(&row, &Self::META[#places])?;)*
                    ::core::result::Result::Ok(Self { #row: row, #(#names),* })
                }

                fn row(&self) -> &::flow_core::Process { &self.#row }

                fn row_mut(&mut self) -> &mut ::flow_core::Process { &mut self.#row }

                fn store(&mut self) -> ::core::result::Result<(), ::std::vec::Vec<::flow_core::FieldError>> {
                    #[allow(unused_mut)]
                    let mut writer = ::flow_core::__private::Writer::new(&mut self.#row);
                    #(writer.field::<#codecs, #types>(#ordinals, &Self::META[#places], &self.#names);)*
                    writer.finish()
                }
            }

            #(
                impl ::flow_core::__private::HasField<#indexes> for #ident {
                    type Value = #types;
                    type Codec = #codecs;
                    const META: &'static ::flow_core::__private::Meta =
                        &<Self as ::flow_core::ProcessProxy>::META[#places];
                    fn get(&self) -> &#types { &self.#names }
                    fn set(&mut self, value: #types) {
                        self.#names = value;
                        self.#row.touch(#ordinals);
                    }
                }
            )*

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
                    ::core::result::Result::Ok(<Self as ::flow_core::ProcessProxy>::from_row(row)?)
                }
            }
        };
    }
}

/// The trait of a task.
fn task(proxy: &Proxy) -> TokenStream {
    let Proxy { ident, row, .. } = proxy;
    let data = format_ident!("{}Data", ident, span = Span::call_site());
    let Parts { names, types, codecs, places, ordinals, metas } = Parts::of(proxy);
    let seed = proxy.seed.clone().unwrap_or_else(|| quote!(::flow_core::AnyModel));
    quote! {
        #[allow(clippy::all, clippy::pedantic, unused_qualifications)]
        const _: () = {
            impl ::flow_core::TaskProxy for #ident {
                type Seed = #seed;
                type Data = #data;
                const META: &'static [::flow_core::__private::Meta] = &[#(#metas),*];

                fn lend(row: &mut ::flow_core::Task) -> ::core::result::Result<Self, ::flow_core::DataError> {
                    let row = row.clone();
                    #(let #names = ::flow_core::__private::read::<#codecs, #types>(&row, &Self::META[#places])?;)*
                    ::core::result::Result::Ok(Self { #row: row, #(#names),* })
                }

                #[allow(unused_mut)]
                fn give_back(
                    mut self,
                    row: &mut ::flow_core::Task,
                ) -> ::core::result::Result<(), ::std::vec::Vec<::flow_core::FieldError>> {
                    let mut writer = ::flow_core::__private::Writer::new(&mut self.#row);
                    #(writer.field::<#codecs, #types>(#ordinals, &Self::META[#places], &self.#names);)*
                    writer.finish()?;
                    *row = self.#row;
                    ::core::result::Result::Ok(())
                }
            }
        };
    }
}

/// What only types can tell: a length is of a text, a default fits its field.
fn check(field: &Field) -> TokenStream {
    let (codec, ty) = (field.codec.path(), &field.ty);
    let length = field.max_length.map(|(_, span)| {
        let codec = respan(codec.clone(), span);
        quote_spanned!(span=> const _: () = ::flow_core::__private::textual::<#codec, #ty>();)
    });
    let default = match &field.default {
        Default::Literal(literal) => {
            let value = literal_value(literal, &field.codec);
            Some(quote!(const _: fn() -> #ty = || #value;))
        }
        _ => None,
    };
    quote!(#length #default)
}

/// The same tokens at the user's option, where rustc is to point.
fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}

fn doc(text: &str) -> TokenStream {
    quote!(#[doc = #text])
}
