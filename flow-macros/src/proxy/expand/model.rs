//! `#[derive(JsonModel)]`: an object inside a document.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::syntax::Proxy;
use super::data::{check, default_value, form_field, meta, put};
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
            ::flow_core::__private::Key {
                path: &[#(#path),*], inside: <#codec as ::flow_core::__private::Codec<#ty>>::KEYS,
            },
        }
    });
    let puts = fields.iter().enumerate().map(|(at, field)| {
        let name = &field.ident;
        put(&quote!(object), field, &quote!(&META[#at], &self.#name))
    });
    let reads = fields.iter().enumerate().map(|(at, field)| {
        let (name, ty, codec) = (&field.ident, &field.ty, field.codec.path());
        quote!(#name: ::flow_core::__private::read_in::<#codec, #ty>(json, &META[#at])?,)
    });
    let (puts, reads, keys): (TokenStream, TokenStream, TokenStream) =
        (puts.collect(), reads.collect(), keys.collect());
    let type_name = plain(ident);
    let form_fields = fields.iter().enumerate().map(|(at, field)| form_field(field, &quote!(&META[#at])));
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
            #checks

            const META: &[::flow_core::__private::Meta; #count] = &[#(#metas),*];
            const FORM: &[::flow_core::FormField] = &[#(#form_fields),*];

            impl ::flow_core::JsonType for #ident {
                type Sql = ::flow_core::data::sql_types::Json;
                type Maybe = ::flow_core::__private::diesel::sql_types::Nullable<::flow_core::data::sql_types::Json>;
                const EXPECTED: &'static str = "an object";
                const KEYS: &'static [::flow_core::__private::Key] = &[#keys];
                const TYPE: ::flow_core::FieldType = ::flow_core::FieldType::Object(
                    ::flow_core::__private::ObjectFields::new(
                        ::core::concat!(::core::module_path!(), "::", #type_name),
                        || FORM,
                    ),
                );

                fn to_json(
                    &self,
                ) -> ::core::result::Result<::flow_core::__private::serde_json::Value, ::std::string::String> {
                    #[allow(unused_mut)]
                    let mut object = ::flow_core::__private::NewObject::new();
                    #puts
                    object.finish()
                }

                fn from_json(
                    json: &::flow_core::__private::serde_json::Value,
                ) -> ::core::result::Result<Self, ::flow_core::proxy::Mismatch> {
                    ::core::result::Result::Ok(Self { #reads })
                }
            }

            #empty
        };
    }
}
