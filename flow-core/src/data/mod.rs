//! Our own column types: a moment, a JSON document, and the words of the statuses.

mod document;
mod moment;
#[cfg(feature = "sqlite")]
mod sqlite;
mod word;

pub use document::Document;
pub(crate) use document::{Patch, json_path};

/// The SQL types of our columns.
pub mod sql_types {
    /// A [`Timestamp`](crate::Timestamp): fixed-width text on SQLite.
    #[derive(Clone, Copy, Debug, Default, diesel::sql_types::SqlType, diesel::query_builder::QueryId)]
    #[diesel(sqlite_type(name = "Text"))]
    pub struct Moment;

    /// A [`Document`](super::Document): JSON text on SQLite.
    #[derive(Clone, Copy, Debug, Default, diesel::sql_types::SqlType, diesel::query_builder::QueryId)]
    #[diesel(sqlite_type(name = "Text"))]
    pub struct Json;
}
