//! `#[derive(ProcessProxy)]`: syntax, then checks, then the Rust.

mod choices;
mod expand;
mod joined;
mod options;
mod syntax;
mod types;

use proc_macro2::TokenStream;

pub(crate) use choices::expand as choices;

use crate::errors::Errors;

/// What the struct is a view of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Process,
    Task,
    /// An object inside a document.
    Model,
}

impl Of {
    /// The name of the field that holds the row.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Of::Process => "process",
            Of::Task => "task",
            Of::Model => "an object",
        }
    }

    /// The type of the row.
    pub(crate) fn row(self) -> &'static str {
        match self {
            Of::Process => "Process",
            Of::Task => "Task",
            Of::Model => "",
        }
    }
}

pub(crate) fn expand(item: TokenStream, of: Of) -> TokenStream {
    let mut errors = Errors::default();
    let mut code = match syntax::parse(item, of, &mut errors) {
        Some(proxy) => expand::proxy(&proxy),
        None => TokenStream::new(),
    };
    code.extend(errors.into_tokens());
    code
}

/// The hash of a field's name, FNV-1a: as `flow_core::proxy::index`.
pub(crate) const fn index(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash ^= bytes[at] as u64;
        hash = hash.wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(super::index(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(super::index("a"), 0xaf63_dc4c_8601_ec8c);
    }
}
