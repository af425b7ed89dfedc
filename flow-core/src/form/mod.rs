//! Forms: what they ask for, and what comes back from them.
//!
//! [`fields`](crate::node::View::fields) of a node says what its form asks for, so that a page can be made of it,
//! [`fields_of`](crate::node::View::fields_of) also what it is filled with; [`FormInput`] reads what was sent, JSON or an
//! HTML form, and names everything that is wrong with it. A page that does not know the type of a form reads it by
//! [`Sent`], fills it by [`values`], and gets the choices of references from [`ChoicesOf`].

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
mod value;

#[doc(hidden)]
pub use by_name::{ReadSent, SentData, handle_input, own_form, read_borrowed, read_data, read_form, read_nothing};
pub use choices::{ChoicesAsked, ChoicesOf, ChoicesQuery, check_choices, with_choices};
pub use field::{FieldType, FormField, ObjectFields};
pub use input::FormInput;
pub(crate) use input::deserialize;
pub use reader::{OptionalValue, Reader, optional};
#[cfg(feature = "schemars")]
#[doc(hidden)]
pub use schema::{document_schema, form_schema};
pub use sent::Sent;
#[doc(hidden)]
pub use sent::{FormReader, ReadDeserialize, ReadInput, ReadNothing};
pub use value::values;
