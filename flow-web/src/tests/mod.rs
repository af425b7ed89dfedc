//! The pages and the REST interface, asked without a network.

mod api;
mod bad_inputs;
mod contract;
mod forms;
mod looks;
mod nested;
mod office;
mod once;
mod own_page;
mod pages;
mod security;
mod site;
mod statements;
mod who;

pub(crate) use site::{Answer, Site};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
