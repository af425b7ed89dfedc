//! Typed fields over a JSON column: employees and clients are two views of one table of users.
//!
//! `cargo run -p json101` makes two users, on a database in memory.

pub mod users;

use diesel::connection::SimpleConnection as _;
use flow_core::data::Document;
use flow_core::prelude::*;

use crate::users::{Client, ClientData, Employee, EmployeeData, users as table};

/// The app's connection.
pub type Db = diesel::SqliteConnection;

/// A database in memory with the app's table.
pub(crate) fn database() -> Result<Db, Box<dyn std::error::Error>> {
    let mut conn = flow_core::sqlite::open(":memory:")?;
    conn.batch_execute(users::TABLE)?;
    conn.batch_execute(&Client::index_sql::<Db>())?;
    Ok(conn)
}

/// A new user; `document` is what a form's data makes.
pub(crate) fn create(conn: &mut Db, username: &str, document: Document) -> diesel::QueryResult<i32> {
    let new = (table::username.eq(username), table::data.eq(document));
    diesel::insert_into(table::table).values(new).returning(table::id).get_result(conn)
}

/// An employee, as the page of a form sends them.
pub(crate) fn create_employee(conn: &mut Db, username: &str, body: &str) -> flow_core::Result<i32> {
    let data = EmployeeData::from_urlencoded(body)?;
    Ok(create(conn, username, data.document()?)?)
}

/// A client, likewise.
pub(crate) fn create_client(conn: &mut Db, username: &str, body: &str) -> flow_core::Result<i32> {
    let data = ClientData::from_urlencoded(body)?;
    Ok(create(conn, username, data.document()?)?)
}

/// The form of a client is sent with its fields as they should be.
pub(crate) fn update_client(conn: &mut Db, id: i32, body: &str) -> flow_core::Result<()> {
    let mut client: Client = table::table.find(id).select(Client::as_select()).first(conn)?;
    client.fill(ClientData::from_urlencoded(body)?);
    client.save(conn)
}

#[cfg(test)]
mod tests;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let conn = &mut database()?;
    create_employee(conn, "eve", "hire_date=2026-02-01&salary=4200.50&department=DEV")?;
    let carl = create_client(conn, "carl", "address=Harbour+1&zip_code=24103&city=Kiel")?;
    update_client(conn, carl, "address=Harbour+1&zip_code=24103&city=Kiel&vip=on")?;

    let vip = table::table.filter(Client::FIELDS.vip.eq(true)).select(Client::as_select());
    for client in vip.load_each(conn)? {
        let client = client?;
        println!("{} of {} is served first", client.username, client.city());
    }
    let developers = table::table.filter(Employee::FIELDS.department.eq(users::Department::Development));
    for employee in developers.select(Employee::as_select()).load::<Employee>(conn)? {
        println!("{} earns {} in {}", employee.username, employee.salary(), employee.department_display());
    }
    Ok(())
}
