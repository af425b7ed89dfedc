//! `summary = "Send '{process.text}' to the world"`, as a function of the process.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::super::model::FlowModel;

/// A piece of a template.
enum Piece {
    Text(String),
    Field(String),
}

/// ```text
/// Some(|process: &HelloWorldProcess| { let mut text = String::new(); text.push_str("Send '"); .. text })
/// ```
pub(super) fn function(flow: &FlowModel, template: Option<&(String, Span)>) -> TokenStream {
    let Some((template, span)) = template else { return quote!(::core::option::Option::None) };
    let (root, process) = (&flow.root, super::process_type(flow));
    let pieces = match pieces(template) {
        Ok(pieces) => pieces,
        Err(message) => {
            let error = quote_spanned!(*span=> ::core::compile_error!(#message));
            return quote!(::core::option::Option::Some(|_: &#process| { #error }));
        }
    };
    let pushes = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => quote!(text.push_str(#text);),
        Piece::Field(name) => {
            let field = Ident::new(name, *span);
            let text = format!("`{name}` is a struct of table columns and cannot be shown as text");
            let is_field = quote_spanned!(*span=>
                const _: () = ::core::assert!(!#root::__private::is_joined::<#process>(INDEX), #text);
            );
            quote! {{
                const INDEX: u64 = <#process>::FIELDS.#field.index();
                #is_field
                text.push_str(&#root::__private::HasField::<{ INDEX }>::show(process));
            }}
        }
    });
    let pushes: TokenStream = pushes.collect();
    quote! {
        ::core::option::Option::Some(|process: &#process| {
            let mut text = ::std::string::String::new();
            #pushes
            let _ = process;
            text
        })
    }
}

/// The fields that a text shows; none of one that cannot be read.
pub(crate) fn fields(template: &str) -> Vec<String> {
    let field = |piece| match piece {
        Piece::Field(name) => Some(name),
        Piece::Text(_) => None,
    };
    pieces(template).unwrap_or_default().into_iter().filter_map(field).collect()
}

/// Text, and fields in `{process.x}`; `{{` and `}}` are braces.
fn pieces(template: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(after) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
            text.push_str(&tail[..1]);
            rest = after;
            continue;
        }
        let inside = tail.strip_prefix('{').and_then(|tail| tail.split_once('}'));
        let field = inside.and_then(|(inside, after)| Some((inside.trim().strip_prefix("process.")?, after)));
        match field {
            Some((name, after)) if syn::parse_str::<Ident>(name).is_ok() => {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                pieces.push(Piece::Field(name.to_owned()));
                rest = after;
            }
            _ => {
                return Err(format!(
                    "`{tail}` is not a field of the process\nhelp: write `{{process.text}}`; write a literal brace twice: `{{{{`"
                ));
            }
        }
    }
    text.push_str(rest);
    pieces.push(Piece::Text(text));
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_fields_or_doubled() {
        assert_eq!(pieces("Send '{process.text}' {{now}}").unwrap().len(), 3);
        assert_eq!(fields("Send '{process.text}' {{now}}"), ["text"]);
        assert!(pieces("{text}").is_err());
        assert!(pieces("{process.").is_err());
        assert!(pieces("}").is_err());
    }
}
