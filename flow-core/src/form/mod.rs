//! Forms: rendering them, and reading what was submitted.
//!
//! [`fields`](crate::node::View::fields) of a node lists the fields of its form, to render a page;
//! [`fields_of`](crate::node::View::fields_of) includes the current values; [`FormInput`] parses the submitted input,
//! JSON or an HTML form, and reports all errors. Generic pages that do not know the type of a form read it with
//! [`Sent`], get its initial values with [`values`], and the choices of references with [`ChoicesOf`].

mod by_name;
mod choices;
mod field;
mod input;
mod reader;
#[cfg(feature = "schemars")]
mod schema;
mod schema_macro;
mod sent;
mod serialize;
mod text;
mod texts_de;
mod unique;
mod value;

#[doc(hidden)]
pub use by_name::{
    ReadSent, SentData, handle_input, own_form, read_borrowed, read_data, read_form, read_item, read_nothing,
};
pub use choices::{ChoicesAsked, ChoicesOf, ChoicesQuery, check_choices, with_choices};
pub use field::{FieldType, FormField, ObjectFields};
pub use input::FormInput;
pub(crate) use input::deserialize;
pub use reader::Reader;
#[cfg(feature = "schemars")]
#[doc(hidden)]
pub use schema::{document_schema, form_schema};
pub use sent::Sent;
#[doc(hidden)]
pub use sent::{FormReader, ReadDeserialize, ReadInput, ReadNothing};
pub use unique::has_name_twice;
pub use value::{values, values_of_task};
