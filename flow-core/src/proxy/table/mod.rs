//! Rows of the app's own tables with typed fields: `#[derive(JsonProxy)]`.

mod key;
mod proxy;
mod save;

pub use key::RowKey;
pub use proxy::{RowProxy, RowTable, WrittenOn};
