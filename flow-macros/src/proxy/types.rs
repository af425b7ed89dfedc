//! How a type is kept, by the way it is written.

use proc_macro2::TokenStream;
use quote::quote;

pub(crate) enum Codec {
    /// bool, integers, floats: handed out by value.
    Copy,
    /// String.
    Text,
    Optional(Box<Codec>),
    List(Box<Codec>),
    /// Any other type: as serde writes it.
    Serde,
}

/// What the last word of a type says. A type alias is a type like any other: kept as serde writes it.
pub(crate) fn codec_of(ty: &syn::Type) -> Codec {
    let syn::Type::Path(path) = ty else { return Codec::Serde };
    let Some(last) = path.path.segments.last() else { return Codec::Serde };
    let inner = || argument(ty).map(|ty| Box::new(codec_of(ty)));
    match last.ident.to_string().as_str() {
        "bool" | "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "f32" | "f64" => Codec::Copy,
        "String" => Codec::Text,
        "Option" => inner().map_or(Codec::Serde, |inner| match *inner {
            // Two kinds of nothing cannot be told apart in JSON.
            Codec::Optional(_) => Codec::Serde,
            _ => Codec::Optional(inner),
        }),
        "Vec" => inner().map_or(Codec::Serde, Codec::List),
        _ => Codec::Serde,
    }
}

/// The `T` of `Vec<T>` or `Option<T>`.
pub(crate) fn argument(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = ty else { return None };
    match &path.path.segments.last()?.arguments {
        syn::PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}

impl Codec {
    /// The codec's type.
    pub(crate) fn path(&self) -> TokenStream {
        match self {
            Codec::Copy | Codec::Text => quote!(::flow_core::__private::Native),
            Codec::Optional(inner) => {
                let inner = inner.path();
                quote!(::flow_core::__private::Optional<#inner>)
            }
            Codec::List(inner) => {
                let inner = inner.path();
                quote!(::flow_core::__private::List<#inner>)
            }
            Codec::Serde => quote!(::flow_core::__private::Serde),
        }
    }
}
