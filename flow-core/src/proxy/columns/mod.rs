//! A process's own columns: in the row of another table that is joined to it, or in its own row.

mod is_one_of;
mod joined;
mod persist;
mod rows;

pub use joined::{JoinedColumns, JoinedField, JoinedQuery, NewJoined, OwnColumns, is_joined};
pub use persist::{JOINED_PLACE, Persist};
pub(crate) use persist::{joined_changed, load, load_all, recheck_joined, settle_joined, write_joined};
pub use rows::{InsertRow, ReadColumns, SetColumns};
