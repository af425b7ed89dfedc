//! The net under the macros: a panic becomes an error that asks for a report, and the item is still there.

use proc_macro2::TokenStream;
use quote::quote;

pub(crate) fn run(item: TokenStream, expand: impl FnOnce() -> TokenStream) -> TokenStream {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(expand)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string).or_else(|| panic.downcast_ref().cloned());
        let text = text.unwrap_or_default();
        let message = format!("bug in this macro: {text}\nhelp: please report it, together with this struct");
        let plain = crate::tokens::without_attribute(item, "node");
        quote!(#plain ::core::compile_error! { #message })
    })
}
