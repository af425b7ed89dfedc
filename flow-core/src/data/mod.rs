//! Column types: a timestamp, a JSON document, and the statuses.

mod document;
mod moment;
mod typed;
mod word;

pub use document::Document;
pub(crate) use document::{Patch, Path, json_path};

/// The SQL types of our columns, and of fields in filters.
pub mod sql_types {
    pub use super::typed::{AsText, Exact, Instant, KeyOf, Length};

    /// A [`Timestamp`](crate::Timestamp): `timestamptz` on PostgreSQL, fixed-width text on SQLite.
    #[derive(Clone, Copy, Debug, Default, diesel::sql_types::SqlType, diesel::query_builder::QueryId)]
    pub struct Moment;

    // `min` and `max`: as text of a fixed width they are in order too.
    impl diesel::sql_types::SqlOrd for Moment {}

    /// A [`Document`](super::Document): `jsonb` on PostgreSQL, JSON text on SQLite.
    #[derive(Clone, Copy, Debug, Default, diesel::sql_types::SqlType, diesel::query_builder::QueryId)]
    pub struct Json;
}
