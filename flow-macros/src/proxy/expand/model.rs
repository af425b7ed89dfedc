//! `#[derive(JsonModel)]`: an object inside a document.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::syntax::Proxy;
use super::data::{check, choices, default_value, meta, put};
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
    let metas = fields.iter().map(meta);
    let checks: TokenStream = fields.iter().map(check).collect();
    let keys = fields.iter().map(|field| {
        let (path, codec, ty) = (&field.path, field.codec.path(), &field.ty);
        quote! {
            __p::Key { path: &[#(#path),*], inside: <#codec as __p::Codec<#ty>>::KEYS },
        }
    });
    let puts = fields.iter().enumerate().map(|(at, field)| {
        let name = &field.ident;
        put(&quote!(object), field, at, &quote!(&self.#name))
    });
    let reads = fields.iter().enumerate().map(|(at, field)| {
        let (name, at, codec) = (&field.ident, ordinal(at), field.codec.path());
        quote!(#name: __p::read_in::<#codec, _>(json, META, #at)?,)
    });
    let (puts, reads, keys): (TokenStream, TokenStream, TokenStream) =
        (puts.collect(), reads.collect(), keys.collect());
    let type_name = plain(ident);
    let form_fields = fields.iter().enumerate().map(|(at, field)| {
        let (ty, codec, choices) = (&field.ty, field.codec.path(), choices(field).unwrap_or_else(|| quote!(&[])));
        quote!(::flow_core::FormField::of::<#codec, #ty>(&META[#at], #choices))
    });
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
            const FORM: &[::flow_core::FormField] = &[#(#form_fields),*];

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
                    #[allow(unused_mut)]
                    let mut object = __p::NewObject::new(META);
                    #puts
                    object.finish()
                }

                fn from_json(
                    json: &__p::serde_json::Value,
                ) -> ::core::result::Result<Self, ::flow_core::proxy::Mismatch> {
                    ::core::result::Result::Ok(Self { #reads })
                }
            }

            #empty
        };
    }
}
