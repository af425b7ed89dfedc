//! `#[derive(ProcessProxy)]`, `TaskProxy`, `JsonProxy`, `JsonModel`: syntax, then checks, then the Rust.

mod choices;
mod expand;
mod joined;
mod options;
mod row;
mod syntax;
mod types;

use proc_macro2::TokenStream;

pub(crate) use choices::{Variant, choices_of, expand as choices, variants};
pub(crate) use expand::json_text;
pub(crate) use row::default_key;

use crate::errors::Errors;
use crate::tokens::with_root;

/// What the struct is a view of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Process,
    Task,
    /// A row of a table of the app's.
    Row,
    /// An object inside a document.
    Model,
}

impl Of {
    /// The name of the field that holds the row.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Of::Process => "process",
            Of::Task => "task",
            Of::Row => "a row",
            Of::Model => "an object",
        }
    }

    /// The type of the row.
    pub(crate) fn row(self) -> &'static str {
        match self {
            Of::Process => "Process",
            Of::Task => "Task",
            Of::Row | Of::Model => "",
        }
    }
}

pub(crate) fn expand(item: TokenStream, of: Of) -> TokenStream {
    let mut errors = Errors::default();
    let mut code = match syntax::parse(item, of, &mut errors) {
        Some(proxy) => {
            let code = expand::proxy(&proxy);
            proxy.root.iter().fold(code, with_root)
        }
        None => TokenStream::new(),
    };
    code.extend(errors.into_tokens());
    code
}

/// The hash of a field's name: as `flow_core::proxy::index`.
pub(crate) const fn index(name: &str) -> u64 {
    flow_graph::name_hash(name)
}
