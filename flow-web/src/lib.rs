#![doc = include_str!("../docs/overview.md")]

mod api;
mod assets;
mod csv;
mod database;
mod fault;
mod filters;
mod guard;
mod invalid;
mod language;
pub mod layout;
mod lines;
mod looks;
mod names;
mod number;
mod once;
mod own_page;
mod pages;
mod posted;
mod refusal;
mod routes;
mod shared;
mod show;
mod templates;
#[cfg(test)]
mod tests;
mod texts;
mod tree;
mod user;
mod visit;
mod web;
mod when;
mod widget;
mod words;

/// The guide's page compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/web.md")]
pub struct Guide;

pub use assets::style_path;
pub use database::{Blocking, Database, DatabaseError, Running, Work};
pub use guard::same_origin;
pub use language::Language;
pub use lines::lines;
pub use user::{People, WebUser};
pub use web::{FlowWeb, WebError};
