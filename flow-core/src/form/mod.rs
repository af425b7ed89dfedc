//! Forms as data: what a page needs to show one, and reading what came back, with an error for each field.

mod field;
mod field_type;
mod input;
mod read;
mod schema;
mod urlencoded;

pub use field::FormField;
pub use field_type::FieldType;
pub use input::{FormInput, deserialize};
pub use read::{Coded, FormReader, Plain, Read};
pub(crate) use schema::{object, of_fields};
