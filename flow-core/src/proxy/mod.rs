//! A typed view of a row: the fields of a struct, kept in the row's JSON document.
//!
//! | folder | |
//! |---|---|
//! | `codec` | how a Rust type is kept as JSON: the types of fields, enums, structs |
//! | `document` | what the derive knows of a field; how fields are read, checked and written |
//! | `filter` | a field as a diesel expression, an index over it, a bulk update |
//! | `columns` | a process's own columns, in a joined row or in its own |
//! | `table` | rows of the app's own tables |

mod codec;
mod columns;
mod document;
mod filter;
mod load_each;
mod process;
mod row;
mod table;
mod task;

use std::any::Any;

pub use codec::{
    Bytes, Choice, Choices, Codec, Empty, EmptyJson, ErasedCodec, ExactNumber, JsonType, Key, List, Mismatch, Native,
    Numeric, Optional, Refs, Secret, Serde, Stored, StoredAs, Textual, Typed, check_object, choice, exact, numeric,
    object, read_in, textual,
};
pub use columns::{
    InsertRow, JOINED_PLACE, JoinedColumns, JoinedField, JoinedQuery, NewJoined, OwnColumns, Persist, ReadColumns,
    SetColumns, is_joined,
};
pub(crate) use columns::{joined_changed, load, load_all, settle_joined, write_joined};
pub use document::{
    Beginning, Bound, Check, DocumentReader, Format, Meta, NewDocument, NewProcess, Rules, check, debug_fields,
    document, how_to_give, missing_field, missing_in,
};
#[cfg(feature = "pattern")]
pub use document::{Compiled, Pattern};
pub(crate) use document::{LARGEST as LARGEST_DOCUMENT, changed_fields, read_value};
pub use filter::{
    Change, Changes, Contains, Distinct, Field, FieldOf, HasField, Index, ItemSql, JsonSql, ListField, Matches, OneOf,
    Operand, PresentOf, Sorted, StoredField, TextSql, TypedSql, TypedValue, ValueOf, form_field, index, is_optional,
    of_present, set_in_task,
};
pub(crate) use filter::{NamedField, Update, accept_stored, into_present, update_error};
pub use load_each::Each;
pub use process::{DataOf, NoData, ProcessData, ProcessProxy};
pub use row::{Row, TableRow};
pub use table::{RowKey, RowProxy, RowTable, WrittenOn};
pub use task::TaskProxy;

/// Typed fields over a JSON column: what the derives tell of a type.
pub trait JsonProxy: 'static {
    /// The column that the fields are kept in.
    type Column: 'static;
    /// It.
    const COLUMN: &'static Self::Column;
    /// The fields, in the order of declaration.
    const META: &'static [Meta];
    /// The field at a place of [`META`](JsonProxy::META).
    fn field(&self, place: u16) -> Option<&dyn Any>;
    /// The field at a place of [`META`](JsonProxy::META), to be set.
    fn field_mut(&mut self, place: u16) -> Option<&mut dyn Any>;
}
