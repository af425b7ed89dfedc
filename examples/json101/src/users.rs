//! The table of users, and two views of it: employees and clients.

use flow_core::data::{Document, sql_types::Json};
use flow_core::prelude::*;

diesel::table! {
    use diesel::sql_types::*;
    use super::Json;

    /// Everybody the company knows.
    users (id) {
        /// Number.
        id -> Integer,
        /// What they sign in with.
        username -> Text,
        /// What only some of them have.
        data -> Json,
    }
}

/// The table in SQL.
pub const TABLE: &str =
    "create table users (id integer primary key, username text not null unique, data text not null)";

/// A user, whatever else they are.
#[derive(diesel::Queryable, diesel::Selectable, Debug, Clone)]
#[diesel(table_name = users)]
pub struct User {
    /// Number
    pub id: i32,
    /// What they sign in with
    pub username: String,
    /// The document
    pub data: Document,
}

/// Where somebody works.
#[derive(Choices, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Department {
    /// Marketing.
    #[choice(value = "MRK")]
    Marketing,
    /// Development.
    #[choice(value = "DEV")]
    Development,
}

/// A user who works here.
#[derive(JsonProxy, Debug, Clone)]
#[proxy(table = users, column = data)]
pub struct Employee {
    #[proxy(row)]
    user: User,
    /// Hired on
    hire_date: chrono::NaiveDate,
    /// Salary
    #[json(range = 0.., decimal_places = 2)]
    salary: rust_decimal::Decimal,
    /// Department
    #[json(choices)]
    department: Department,
}

/// A user who buys here.
#[derive(JsonProxy, Debug, Clone)]
#[proxy(table = users, column = data, index(vip))]
pub struct Client {
    #[proxy(row)]
    user: User,
    /// Address
    #[json(max_length = 250)]
    address: String,
    /// Zip code
    #[json(max_length = 10)]
    zip_code: String,
    /// City
    #[json(default)]
    city: String,
    /// Served first
    #[json(default)]
    vip: bool,
}
