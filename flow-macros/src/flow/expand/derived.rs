//! A type that has a derive of ours, as an associated type: where the derive is forgotten, that is one error.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

/// If the derive is forgotten, the constant is ill-typed, which rustc reports at the user's words; the associated type
/// is an unknown one then, and rustc reports nothing that depends on it. Needs `allow(unexpected_cfgs)` around it.
///
/// ```text
/// #[cfg(rust_analyzer)]
/// type Process = HelloWorldProcess;
/// #[cfg(not(rust_analyzer))]
/// type Process = <HelloWorldProcess as Derived<{ <HelloWorldProcess as ProcessProxy>::DERIVED }>>::Type;
/// ```
pub(super) fn associated(root: &TokenStream, name: &str, ty: &TokenStream, derive: &str) -> TokenStream {
    let (name, derive) = (Ident::new(name, Span::call_site()), Ident::new(derive, Span::call_site()));
    // What else is wrong with the type is reported at the user's words too, from the first to the last.
    let at = |token: Option<TokenTree>| {
        token.map_or_else(Span::call_site, |token| Span::call_site().located_at(token.span()))
    };
    let (first, last) = (at(ty.clone().into_iter().next()), at(ty.clone().into_iter().last()));
    let (open, end) = (quote_spanned!(first=> <), quote_spanned!(last=> Type));
    quote! {
        #[cfg(rust_analyzer)]
        type #name = #ty;
        #[cfg(not(rust_analyzer))]
        type #name = #open #ty as #root::__private::Derived<{ <#ty as #root::#derive>::DERIVED }>>::#end;
    }
}
