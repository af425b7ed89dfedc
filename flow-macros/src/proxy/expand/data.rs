//! The fields as a struct of their own, and what an absent one is.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::super::Of;
use super::super::options::{Bound, Rules};
use super::super::syntax::{Default, Field, Joined, Proxy};
use super::super::types::Codec;
use super::{doc, ordinal};
use crate::names::plain;

/// ```text
/// pub struct HelloWorldProcessData { pub text: String, pub approved: bool }
/// ```
pub(super) fn data(proxy: &Proxy) -> TokenStream {
    let Proxy { visibility, ident, .. } = proxy;
    let name = data_name(proxy);
    let each = proxy.fields.iter().map(|field| {
        let Field { docs, ident: name, ty, .. } = field;
        let title = docs.is_empty().then(|| doc(&format!("The field `{}`.", plain(name))));
        quote!(#(#docs)* #title pub #name: #ty,)
    });
    let joined = given(proxy).map(|Joined { docs, ident: name, new, .. }| {
        let title = docs.is_empty().then(|| doc(&format!("What `{}` is made from.", plain(name))));
        quote!(#(#docs)* #title pub #name: #new,)
    });
    let each: TokenStream = each.collect();
    let struct_doc = doc(&format!("The fields of a [`{ident}`], from which a new one is made."));
    quote! {
        #struct_doc
        #[allow(missing_debug_implementations, unreachable_pub)]
        #[derive(Clone)]
        #visibility struct #name { #joined #each }
    }
}

/// `HelloWorldProcessData`
pub(super) fn data_name(proxy: &Proxy) -> Ident {
    format_ident!("{}Data", proxy.ident, span = Span::call_site())
}

/// Its own columns, if a start gives them.
fn given(proxy: &Proxy) -> Option<&Joined> {
    proxy.joined.as_ref().filter(|joined| joined.new.is_some())
}

/// ```text
/// impl ProcessData for HelloWorldProcessData { .. }
/// impl DataOf<HelloWorldProcess> for HelloWorldProcessData { .. }
/// ```
pub(super) fn of_data(proxy: &Proxy) -> TokenStream {
    let (ident, name) = (&proxy.ident, data_name(proxy));
    let puts = proxy.fields.iter().enumerate().map(|(at, field)| {
        let name = &field.ident;
        put(&quote!(document), field, at, &quote!(&self.#name))
    });
    let puts: TokenStream = puts.collect();
    // What a joined row is made from has no default.
    let values = proxy.fields.iter().map(default_value).collect::<Option<Vec<_>>>();
    let default = values.filter(|_| given(proxy).is_none()).map(|values| {
        let names = proxy.fields.iter().map(|field| &field.ident);
        quote! {
            impl ::core::default::Default for #name {
                fn default() -> Self { Self { #(#names: #values,)* } }
            }
        }
    });
    let given_to = match proxy.of {
        Of::Process => {
            let new = given(proxy).map_or_else(|| quote!(()), |Joined { ident, .. }| quote!(self.#ident));
            quote! {
                impl ::flow_core::proxy::DataOf<#ident> for #name {
                    fn beginning(self) -> ::flow_core::Result<__p::Beginning<#ident>> {
                        let document = ::flow_core::proxy::ProcessData::document(&self)?;
                        ::core::result::Result::Ok((document, ::core::option::Option::Some(#new)))
                    }
                }
            }
        }
        Of::Task | Of::Model => quote! {
            impl ::flow_core::TaskData<#name> for #name {
                fn task_document(
                    self,
                ) -> ::core::result::Result<::flow_core::data::Document, ::flow_core::StepError> {
                    ::core::result::Result::Ok(::flow_core::proxy::ProcessData::document(&self)?)
                }
            }
        },
    };
    let indexes = proxy.fields.iter().map(|field| super::super::index(&plain(&field.ident)));
    let schema_name = name.to_string();
    quote! {
        #default

        impl ::flow_core::proxy::ProcessData for #name {
            fn document(&self) -> ::flow_core::Result<::flow_core::data::Document> {
                #[allow(unused_mut)]
                let mut document = __p::NewDocument::new(<#ident as __p::Kept>::META);
                #puts
                document.finish()
            }
        }

        #given_to

        ::flow_core::__json_schema!(document of #ident: #name, #schema_name, [#(#indexes)*]);
    }
}

/// `writer.field::<Native, _>(0, &self.text);`, with the user's check if there is one.
pub(super) fn put(writer: &TokenStream, field: &Field, at: usize, value: &TokenStream) -> TokenStream {
    let (at, codec) = (ordinal(at), field.codec.path());
    let Some(check) = check_call(field) else {
        return quote!(#writer.field::<#codec, _>(#at, #value););
    };
    let ty = &field.ty;
    quote! {
        #writer.checked_field::<#codec, _>(#at, #value, |value: &#ty| {
            #check.map_err(|wrong| ::std::string::ToString::to_string(&wrong))
        });
    }
}

/// The user's check of a `value`, if there is one.
pub(super) fn check_call(field: &Field) -> Option<TokenStream> {
    let validate = field.rules.validate.as_ref()?;
    // What is not set is not asked about.
    // A function for another type is told at its name.
    let place = Span::call_site().located_at(validate.span());
    let call = quote_spanned!(place=> #validate(value));
    Some(match &field.codec {
        Codec::Optional(_) => {
            quote!(value.as_ref().map_or(::core::result::Result::Ok(()), |value| #call))
        }
        _ => call,
    })
}

/// What an absent field is in Rust; `None` if it must be there.
pub(super) fn default_value(field: &Field) -> Option<TokenStream> {
    match (&field.default, &field.codec) {
        (Default::None, Codec::Optional(_)) => Some(quote!(::core::option::Option::None)),
        (Default::None, _) => None,
        (Default::Empty(_), _) => Some(quote!(::core::default::Default::default())),
        (Default::Literal(literal), codec) => Some(literal_value(literal, codec)),
        (Default::Path(path), Codec::Optional(_)) => Some(quote!(::core::option::Option::Some(#path))),
        (Default::Path(path), _) => Some(path.clone()),
    }
}

pub(super) fn literal_value(literal: &syn::Lit, codec: &Codec) -> TokenStream {
    match codec {
        Codec::Text => quote!(::core::convert::From::from(#literal)),
        Codec::Optional(inner) => {
            let inner = literal_value(literal, inner);
            quote!(::core::option::Option::Some(#inner))
        }
        _ => quote!(#literal),
    }
}

/// The default as JSON: an expression of type `&'static str`.
fn default_json(field: &Field) -> TokenStream {
    let json = |json: String| quote!(#json);
    match (&field.default, &field.codec) {
        (Default::None, _) => json("null".to_owned()),
        (Default::Empty(span), codec) => {
            let (codec, ty) = (respan(codec.path(), *span), &field.ty);
            quote_spanned!(*span=> <#codec as __p::Empty<#ty>>::JSON)
        }
        (Default::Literal(literal), _) => json(literal_json(literal)),
        (Default::Path(path), _) => quote!(#path.__json()),
    }
}

/// A text as a JSON string.
pub(crate) fn json_text(text: &str) -> String {
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

/// `Meta::new("text", &["text"], 123, "Text", "").rules(Rules { max_length: Some(50), ..Rules::NONE })`
pub(super) fn meta(field: &Field) -> TokenStream {
    let name = plain(&field.ident);
    let (path, index) = (&field.path, super::super::index(&name));
    let default = match (&field.default, &field.codec) {
        (Default::None, codec) if !matches!(codec, Codec::Optional(_)) => TokenStream::new(),
        _ => {
            let json = default_json(field);
            quote!(.default(#json))
        }
    };
    let alias = field.alias.iter().map(|(path, _)| quote!(&[#(#path),*]));
    let alias = (!field.alias.is_empty()).then(|| quote!(.alias(&[#(#alias),*])));
    let rules = rules(field);
    let rules = (!rules.is_empty()).then(|| quote!(.rules(__p::Rules { #rules ..__p::Rules::NONE })));
    let (label, help) = field.texts.or_docs(&field.docs, &field.ident);
    quote!(__p::Meta::new(#name, &[#(#path),*], #index, #label, #help) #default #alias #rules)
}

/// The choices that the option names.
///
/// ```text
/// &[Choice::new("red", "red"), ..]
/// ```
pub(super) fn choices(field: &Field) -> Option<TokenStream> {
    if field.rules.choices.is_empty() {
        return None;
    }
    let texts = field.rules.choices.iter().map(|literal| match literal {
        syn::Lit::Str(text) => text.value(),
        other => literal_json(other),
    });
    let choices = texts.map(|text| quote!(::flow_core::Choice::new(#text, #text)));
    Some(quote!(&[#(#choices),*]))
}

/// The fields of `Rules` that are asked for.
fn rules(field: &Field) -> TokenStream {
    let Rules { max_length, range, choices, format, blank, pattern, .. } = &field.rules;
    let some = |name: &str, value: TokenStream| {
        let name = format_ident!("{name}");
        quote!(#name: ::core::option::Option::Some(#value),)
    };
    let bound = |bound: &Bound| match bound {
        Bound::Int(end) => quote!(__p::Bound::Int(#end)),
        Bound::Float(end) => quote!(__p::Bound::Float(#end)),
    };
    let mut out = TokenStream::new();
    out.extend(max_length.map(|(most, _)| some("max_length", quote!(#most))));
    if let Some((least, most, _)) = range {
        out.extend(least.as_ref().map(|end| some("least", bound(end))));
        out.extend(most.as_ref().map(|end| some("most", bound(end))));
    }
    if !choices.is_empty() {
        let each = choices.iter().map(literal_json);
        out.extend(quote!(choices: &[#(#each),*],));
    }
    out.extend(format.map(|(name, _)| {
        let name = format_ident!("{name}");
        some("format", quote!(__p::Format::#name))
    }));
    out.extend(pattern.as_ref().map(|(text, _)| {
        let kept = quote! {
            || {
                static KEPT: __p::Compiled = __p::Compiled::new();
                &KEPT
            }
        };
        some("pattern", quote!(__p::Pattern::new(#text, #kept)))
    }));
    // As Django has it: a text that must be there must say something.
    if blank.is_none() && matches!((&field.default, &field.codec), (Default::None, Codec::Text)) {
        out.extend(quote!(filled: true,));
    }
    out
}

fn literal_json(literal: &syn::Lit) -> String {
    match literal {
        syn::Lit::Str(text) => json_text(&text.value()),
        syn::Lit::Bool(holds) => holds.value.to_string(),
        syn::Lit::Int(number) => number.base10_digits().to_owned(),
        syn::Lit::Float(number) => number.base10_digits().to_owned(),
        _ => "null".to_owned(),
    }
}

/// What only types can tell: a length is of a text, a range of a number, a default fits its field.
pub(super) fn check(field: &Field) -> TokenStream {
    let (codec, ty) = (field.codec.path(), &field.ty);
    let Rules { max_length, range, format, blank, choices, pattern, .. } = &field.rules;
    let pattern = pattern.as_ref().map(|(_, span)| *span);
    let textual = [max_length.map(|(_, span)| span), format.map(|(_, span)| span), *blank, pattern];
    let textual = textual.into_iter().flatten().map(|span| (span, quote!(textual)));
    let numeric = range.iter().map(|(_, _, span)| (*span, quote!(numeric)));
    let checks = textual.chain(numeric).map(|(span, name)| {
        let codec = respan(codec.clone(), span);
        quote_spanned!(span=> const _: () = __p::#name::<#codec, #ty>();)
    });
    let checks: TokenStream = checks.collect();
    // First, so that a type which cannot be kept is told at its own words.
    let kept = field.codec.may_not_be_kept().then(|| {
        let place = Span::call_site().located_at(field.ty.span());
        let codec = respan(codec.clone(), place);
        quote_spanned!(place=> const _: () = __p::kept::<#codec, #ty>();)
    });
    let values = match &field.default {
        Default::Literal(literal) => Some(literal_value(literal, &field.codec)),
        Default::Path(_) => default_value(field),
        _ => None,
    };
    let values = values.into_iter().chain(choices.iter().map(|literal| literal_value(literal, &field.codec)));
    let values: TokenStream = values.map(|value| quote!(const _: fn() -> #ty = || #value;)).collect();
    quote!(#kept #checks #values)
}

/// The same tokens at the user's option, where rustc is to point.
fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}
