//! The fields as a struct of their own, and what an absent one is.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::super::Of;
use super::super::options::{Bound, Rules};
use super::super::syntax::{Default, Field, Joined, Proxy};
use super::super::types::Codec;
use super::doc;
use crate::names::plain;

/// ```text
/// pub struct HelloWorldProcessData { pub text: String, pub approved: bool }
/// ```
pub(super) fn data(proxy: &Proxy) -> TokenStream {
    let Proxy { visibility, ident, .. } = proxy;
    let name = data_name(proxy);
    let each = proxy.given().map(|field| {
        let Field { docs, ident: name, ty, .. } = field;
        let title = docs.is_empty().then(|| doc(&format!("The field `{}`.", plain(name))));
        quote!(#(#docs)* #title pub #name: #ty,)
    });
    let joined = given(proxy).map(|Joined { docs, ident: name, new, .. }| {
        let title =
            docs.is_empty().then(|| doc(&format!("The value from which the row of `{}` is inserted.", plain(name))));
        quote!(#(#docs)* #title pub #name: #new,)
    });
    let each: TokenStream = each.collect();
    let struct_doc = doc(&format!("The fields of a [`{ident}`], from which a new one is made."));
    quote! {
        #struct_doc
        #[allow(unreachable_pub)]
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
    let values = proxy.fields.iter().map(|Field { ident, ty, codec, .. }| match codec {
        Codec::State => quote!(&<#ty as ::core::default::Default>::default()),
        _ => quote!(&self.#ident),
    });
    let all: Vec<TokenStream> = values.collect();
    // What a joined row is made from has no default.
    let values = proxy.given().map(default_value).collect::<Option<Vec<_>>>();
    let default = values.filter(|_| given(proxy).is_none()).map(|values| {
        let names = proxy.given().map(|field| &field.ident);
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
        Of::Row => super::row::of_data(proxy, &name),
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
    let indexes = proxy.given().map(|field| super::super::index(&plain(&field.ident)));
    let schema_name = name.to_string();
    quote! {
        #default

        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __p::debug_fields(f, #schema_name, <#ident as __p::JsonProxy>::META, &[#(#all),*])
            }
        }

        impl ::flow_core::proxy::ProcessData for #name {
            fn document(&self) -> ::flow_core::Result<::flow_core::data::Document> {
                __p::document(<#ident as __p::JsonProxy>::META, &[#(#all),*])
            }
        }

        #given_to

        ::flow_core::__json_schema!(document of #ident: #name, #schema_name, [#(#indexes)*]);
    }
}

/// The user's check of a field, if there is one.
///
/// ```text
/// .check(|value| check(value, |value: &i64| is_prime(value).map_err(|wrong| wrong.to_string())))
/// ```
fn check_of(field: &Field) -> Option<TokenStream> {
    let (validate, ty) = (field.rules.validate.as_ref()?, &field.ty);
    // A function for another type is told at its name.
    let place = Span::call_site().located_at(validate.span());
    let call = quote_spanned!(place=> #validate(__value));
    // What is not set is not asked about.
    let call = match &field.codec {
        Codec::Optional(_) => quote!(__value.as_ref().map_or(::core::result::Result::Ok(()), |__value| #call)),
        _ => call,
    };
    Some(quote! {
        .check(|__value| __p::check(__value, |__value: &#ty| {
            #call.map_err(|wrong| ::std::string::ToString::to_string(&wrong))
        }))
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

/// `of`: whose field it is; without, the codec is told here.
///
/// ```text
/// Meta::of::<Self, 123>("text", &["text"], "Text", "").rules(Rules { max_length: Some(50), ..Rules::NONE })
/// Meta::new::<Stored<Native, String>>("text", &["text"], 123, "Text", "")
/// ```
pub(super) fn meta(field: &Field, of: Option<&Ident>) -> TokenStream {
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
    let (check, choices) = (check_of(field), choices(field));
    let (label, help) = field.texts.or_docs(&field.docs, &field.ident);
    let new = match of {
        Some(of) => quote!(__p::Meta::of::<#of, #index>(#name, &[#(#path),*], #label, #help)),
        None => {
            let stored = stored(field);
            quote!(__p::Meta::new::<#stored>(#name, &[#(#path),*], #index, #label, #help))
        }
    };
    quote!(#new #default #alias #rules #check #choices)
}

/// The type of a field and its codec, told at the type: there it shows if the type cannot be kept.
///
/// ```text
/// Stored<Native, String>
/// ```
pub(super) fn stored(field: &Field) -> TokenStream {
    let (codec, ty) = (field.codec.path(), &field.ty);
    let place = Span::call_site().located_at(ty.span());
    let codec = respan(codec, place);
    quote_spanned!(place=> __p::Stored<#codec, #ty>)
}

/// The choices that the option names.
///
/// ```text
/// .choices({ const CHOICES: &[Choice] = &[Choice::new("red", "red"), ..]; CHOICES })
/// ```
fn choices(field: &Field) -> Option<TokenStream> {
    if field.rules.choices.is_empty() {
        return None;
    }
    let texts = field.rules.choices.iter().map(|literal| match literal {
        syn::Lit::Str(text) => text.value(),
        other => literal_json(other),
    });
    let choices = texts.map(|text| quote!(::flow_core::Choice::new(#text, #text)));
    // A constant, since a choice has a destructor.
    Some(quote! {
        .choices({
            const CHOICES: &[::flow_core::Choice] = &[#(#choices),*];
            CHOICES
        })
    })
}

/// The fields of `Rules` that are asked for.
fn rules(field: &Field) -> TokenStream {
    let Rules { max_length, range, choices, format, blank, pattern, decimal_places, .. } = &field.rules;
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
    out.extend(decimal_places.map(|(most, _)| some("decimal_places", quote!(#most))));
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
    let Rules { max_length, range, format, blank, choices, pattern, decimal_places, .. } = &field.rules;
    let pattern = pattern.as_ref().map(|(_, span)| *span);
    let textual = [max_length.map(|(_, span)| span), format.map(|(_, span)| span), *blank, pattern];
    let textual = textual.into_iter().flatten().map(|span| (span, quote!(textual)));
    let numeric = range.iter().map(|(_, _, span)| (*span, quote!(numeric)));
    let exact = decimal_places.iter().map(|(_, span)| (*span, quote!(exact)));
    let checks = textual.chain(numeric).chain(exact).map(|(span, name)| {
        let codec = respan(codec.clone(), span);
        quote_spanned!(span=> const _: () = __p::#name::<#codec, #ty>();)
    });
    let checks: TokenStream = checks.collect();
    let values = match &field.default {
        Default::Literal(literal) => Some(literal_value(literal, &field.codec)),
        Default::Path(_) => default_value(field),
        _ => None,
    };
    let values = values.into_iter().chain(choices.iter().map(|literal| literal_value(literal, &field.codec)));
    let values: TokenStream = values.map(|value| quote!(const _: fn() -> #ty = || #value;)).collect();
    quote!(#checks #values)
}

/// The same tokens at the user's option, where rustc is to point.
fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}
