//! `#[derive(Choices)]`: an enum without fields, as it is kept and as people read it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::spanned::Spanned as _;

use super::expand::json_text;
use crate::errors::Errors;
use crate::names::{plain, snake_case, title_of};
use crate::tokens::{crate_path, split_commas, string, with_root};

const EXAMPLE: &str = "#[choice(value = \"in_transit\", label = \"On its way\")]";

/// A variant: its name, what is kept, and what people read.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) value: String,
    pub(crate) label: String,
}

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let item = syn::parse2::<syn::DeriveInput>(item).map_err(|error| errors.push_syn(&error)).ok();
    let root = item.as_ref().and_then(|item| crate_path(&item.attrs, "choice"));
    let code = item.and_then(|item| choices(&item, &mut errors)).unwrap_or_default();
    let code = root.iter().fold(code, with_root);
    let errors = errors.into_tokens();
    quote!(#code #errors)
}

fn choices(item: &syn::DeriveInput, errors: &mut Errors) -> Option<TokenStream> {
    let variants = variants(item, "choice", errors)?;
    Some(choices_of(&item.ident, &variants))
}

/// The variants, as the attribute of this name says.
pub(crate) fn variants(item: &syn::DeriveInput, word: &str, errors: &mut Errors) -> Option<Vec<Variant>> {
    let ident = &item.ident;
    let syn::Data::Enum(data) = &item.data else {
        let (text, help) = match word {
            "choice" => ("`Choices` can only be derived for an enum without fields", "pub enum Carrier { Post, Ship }"),
            _ => ("`States` can only be derived for an enum without fields", "pub enum Stage { New, Approved }"),
        };
        errors.push(ident.span(), text, &[help]);
        return None;
    };
    let mut variants: Vec<Variant> = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, syn::Fields::Unit) {
            let (text, help) = match word {
                "choice" => (
                    "a variant of `Choices` cannot have fields",
                    "for an enum with fields, derive `Serialize` and `Deserialize` and put `#[json(serde)]` on the field",
                ),
                _ => ("a variant of `States` cannot have fields", "put what belongs to a state into fields of the row"),
            };
            errors.push(variant.ident.span(), text, &[help]);
            return None;
        }
        let read = read(variant, word, errors);
        if let Some(other) = variants.iter().find(|other| other.value == read.value) {
            let text = format!("`{}` and `{}` are stored as the same string", other.ident, read.ident);
            errors.push(read.ident.span(), text, &[&example(word)]);
        }
        variants.push(read);
    }
    Some(variants)
}

/// ```text
/// impl Choices for Carrier { const ALL: &[Self] = &[Self::Post, ..]; fn value(self) -> &'static str { .. } .. }
/// impl JsonType for Carrier { type Sql = AsText<Self>; .. }
/// ```
pub(crate) fn choices_of(ident: &Ident, variants: &[Variant]) -> TokenStream {
    let idents: Vec<&Ident> = variants.iter().map(|variant| &variant.ident).collect();
    let values: Vec<&String> = variants.iter().map(|variant| &variant.value).collect();
    let labels: Vec<&String> = variants.iter().map(|variant| &variant.label).collect();
    let jsons = variants.iter().map(|variant| json_text(&variant.value));
    quote! {
        #[allow(clippy::all, clippy::pedantic, unused_qualifications)]
        const _: () = {
            use ::flow_core::__private::{serde, serde_json};

            impl ::flow_core::Choices for #ident {
                const ALL: &'static [Self] = &[#(Self::#idents),*];
                const CHOICES: &'static [::flow_core::Choice] = &[#(::flow_core::Choice::new(#values, #labels)),*];
                fn value(self) -> &'static str { match self { #(Self::#idents => #values,)* } }
                fn label(self) -> &'static str { match self { #(Self::#idents => #labels,)* } }
            }

            impl #ident {
                #[doc(hidden)]
                #[allow(missing_docs, dead_code, unreachable_pub)]
                pub const fn __json(self) -> &'static str { match self { #(Self::#idents => #jsons,)* } }
            }

            impl ::flow_core::JsonType for #ident {
                type Sql = ::flow_core::__private::AsText<Self>;
                type Maybe = ::flow_core::__private::AsText<Self>;
                const EXPECTED: &'static str = "one of the choices";
                const TYPE: ::flow_core::FieldType = ::flow_core::FieldType::Choice;
                const CHOICES: &'static [::flow_core::Choice] = <Self as ::flow_core::Choices>::CHOICES;

                fn to_json(&self) -> ::core::result::Result<serde_json::Value, ::std::string::String> {
                    ::core::result::Result::Ok(::core::convert::From::from(::flow_core::Choices::value(*self)))
                }

                fn from_json(json: &serde_json::Value) -> ::core::result::Result<Self, ::flow_core::proxy::Mismatch> {
                    ::flow_core::__private::choice(json)
                }
            }

            impl serde::Serialize for #ident {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                    serializer.serialize_str(::flow_core::Choices::value(*self))
                }
            }

            impl<'de> serde::Deserialize<'de> for #ident {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                    let text = <::std::string::String as serde::Deserialize>::deserialize(deserializer)?;
                    <Self as ::flow_core::Choices>::of_value(&text)
                        .ok_or_else(|| serde::de::Error::unknown_variant(&text, &[#(#values),*]))
                }
            }
        };
    }
}

/// How a variant's attribute is written.
fn example(word: &str) -> String {
    match word {
        "choice" => EXAMPLE.to_owned(),
        _ => "#[state(initial)], #[state(end)], #[state(value = \"in_review\", label = \"Being reviewed\")]".to_owned(),
    }
}

/// A variant: the text it is kept as, its own name if none is given; its label, the first line of its docs.
fn read(variant: &syn::Variant, word: &str, errors: &mut Errors) -> Variant {
    let name = plain(&variant.ident);
    let mut read = Variant { ident: variant.ident.clone(), value: snake_case(&name), label: String::new() };
    for attribute in &variant.attrs {
        if let syn::Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && read.label.is_empty()
        {
            let tokens: Vec<TokenTree> = quote::ToTokens::to_token_stream(&pair.value).into_iter().collect();
            read.label = string(&tokens).unwrap_or_default().trim().trim_end_matches('.').to_owned();
        }
    }
    if read.label.is_empty() {
        read.label = title_of(&snake_case(&name));
    }
    for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident(word)) {
        let syn::Meta::List(list) = &attribute.meta else {
            errors.push(attribute.span(), "expected `value` or `label`", &[&example(word)]);
            continue;
        };
        for part in split_commas(list.tokens.clone()) {
            let is_mark = |mark: &Ident| word == "state" && (mark == "initial" || mark == "end");
            if matches!(part.as_slice(), [TokenTree::Ident(mark)] if is_mark(mark)) {
                continue;
            }
            let given = match part.as_slice() {
                [TokenTree::Ident(key), TokenTree::Punct(sign), value @ ..] if sign.as_char() == '=' => {
                    string(value).map(|text| (plain(key), text))
                }
                _ => None,
            };
            match given {
                Some((key, text)) if key == "value" && !text.is_empty() && !text.contains('\0') => read.value = text,
                Some((key, text)) if key == "label" => read.label = text,
                _ => {
                    let span = part.first().map_or_else(|| list.span(), TokenTree::span);
                    let text = match word {
                        "choice" => "a choice takes `value` and `label`, both string literals",
                        _ => "a state takes `initial`, `end`, and `value` and `label`, both string literals",
                    };
                    errors.push(span, text, &[&example(word)]);
                }
            }
        }
    }
    read
}
