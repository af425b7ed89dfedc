//! `#[derive(JsonModel)]`: an object inside a document.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::syntax::Proxy;
use super::data::{check, default_value, meta};
use super::ordinal;
use crate::names::plain;

/// ```text
/// impl JsonType for Address {
///     fn to_json(&self) -> Result<Value, String> { .. }
///     fn from_json(json: &Value) -> Result<Self, Mismatch> { .. }
/// }
/// ```
pub(super) fn model(proxy: &Proxy) -> TokenStream {
    let (ident, fields) = (&proxy.ident, &proxy.fields);
    let count = fields.len();
    let metas = fields.iter().map(|field| meta(field, None));
    let checks: TokenStream = fields.iter().map(check).collect();
    let keys = fields.iter().map(|field| {
        let (path, codec, ty) = (&field.path, field.codec.path(), &field.ty);
        quote! {
            __p::Key { path: &[#(#path),*], inside: <#codec as __p::Codec<#ty>>::KEYS },
        }
    });
    let reads = fields.iter().enumerate().map(|(at, field)| {
        let (name, at) = (&field.ident, ordinal(at));
        quote!(#name: __p::read_in(json, META, #at)?,)
    });
    let (reads, keys): (TokenStream, TokenStream) = (reads.collect(), keys.collect());
    let names = fields.iter().map(|field| &field.ident);
    let fields_again = names.clone();
    let type_name = plain(ident);
    let places = 0..count;
    // Where every field has a default, the object has one: `{}`.
    let values = fields.iter().map(default_value).collect::<Option<Vec<_>>>();
    let empty = values.map(|values| {
        let names = fields.iter().map(|field| &field.ident);
        quote! {
            impl ::core::default::Default for #ident {
                fn default() -> Self { Self { #(#names: #values,)* } }
            }
            impl ::flow_core::proxy::EmptyJson for #ident {
                const EMPTY: &'static str = "{}";
            }
        }
    });
    quote! {
        #[allow(clippy::all, clippy::pedantic, unused_qualifications)]
        const _: () = {
            use ::flow_core::__private as __p;

            #checks

            const META: &[__p::Meta; #count] = &[#(#metas),*];
            const FORM: &[::flow_core::FormField] = &[#(::flow_core::FormField::of(&META[#places])),*];

            impl ::flow_core::JsonType for #ident {
                type Sql = ::flow_core::data::sql_types::Json;
                type Maybe = __p::diesel::sql_types::Nullable<::flow_core::data::sql_types::Json>;
                const EXPECTED: &'static str = "an object";
                const KEYS: &'static [__p::Key] = &[#keys];
                const TYPE: ::flow_core::FieldType = ::flow_core::FieldType::Object(
                    __p::ObjectFields::new(
                        ::core::concat!(::core::module_path!(), "::", #type_name),
                        || FORM,
                    ),
                );

                fn to_json(
                    &self,
                ) -> ::core::result::Result<__p::serde_json::Value, ::std::string::String> {
                    __p::object(META, &[#(&self.#names),*])
                }

                fn from_json(
                    json: &__p::serde_json::Value,
                ) -> ::core::result::Result<Self, ::flow_core::proxy::Mismatch> {
                    ::core::result::Result::Ok(Self { #reads })
                }

                fn check(&self) -> ::std::vec::Vec<::flow_core::FieldError> {
                    __p::check_object(META, &[#(&self.#fields_again),*])
                }
            }

            #empty
        };
    }
}
