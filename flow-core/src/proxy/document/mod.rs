//! What the derive knows of a field, and how fields are read from a document, checked, and written into it.

mod changed;
mod meta;
mod new;
#[cfg(feature = "pattern")]
mod pattern;
mod rules;
mod write;

pub(crate) use changed::changed_fields;
pub use meta::{Check, DocumentReader, Meta, check, how_to_give, missing_field, missing_in};
pub(super) use meta::{meta, place};
pub use new::{Beginning, NewProcess};
#[cfg(feature = "pattern")]
pub use pattern::{Compiled, Pattern};
pub use rules::{Bound, Format, Rules};
pub(crate) use write::{LARGEST, read as read_value};
pub use write::{NewDocument, debug_fields, document};
pub(super) use write::{accept, check_fields, encode_fields, store};
