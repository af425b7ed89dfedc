//! Two views of one table keep out of each other's way.

use flow_core::prelude::*;
use flow_core::{Error, ErrorKind};

use crate::users::{Client, Department, Employee, users as table};
use crate::{Db, create_client, create_employee, database, update_client};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn client(conn: &mut Db, id: i32) -> flow_core::Result<Client> {
    Ok(table::table.find(id).select(Client::as_select()).first(conn)?)
}

#[test]
fn a_form_makes_a_user_and_names_every_fault() -> Outcome {
    let conn = &mut database()?;
    let id = create_employee(conn, "eve", "hire_date=2026-02-01&salary=4200.50&department=DEV")?;
    let eve: Employee = table::table.find(id).select(Employee::as_select()).first(conn)?;
    assert_eq!((eve.salary().to_string().as_str(), eve.department()), ("4200.50", Department::Development));
    let wrong = create_employee(conn, "adam", "hire_date=soon&salary=-1&department=XYZ");
    let Err(Error::Invalid(faults)) = wrong else { return Err("it is not valid".into()) };
    assert_eq!(faults.iter().map(|fault| &*fault.field).collect::<Vec<_>>(), ["hire_date", "salary", "department"]);
    assert_eq!(table::table.count().get_result::<i64>(conn)?, 1);
    Ok(())
}

#[test]
fn what_another_view_keeps_in_the_row_survives_an_update() -> Outcome {
    let conn = &mut database()?;
    let id = create_employee(conn, "eve", "hire_date=2026-02-01&salary=1&department=MRK")?;
    let unreadable = table::table.select(Client::as_select()).load_each(conn)?;
    assert_eq!(unreadable[0].as_ref().map_err(Error::kind).err(), Some(ErrorKind::Data), "she is no client yet");
    // She buys something: the same row is a client's too.
    let document =
        r#"{"hire_date":"2026-02-01","salary":"1","department":"MRK","address":"Quay 2","zip_code":"24103"}"#;
    diesel::sql_query(format!("update users set data = '{document}' where id = {id}")).execute(conn)?;
    update_client(conn, id, "address=Quay+3&zip_code=24103&city=&vip=on")?;
    let eve: Employee = table::table.find(id).select(Employee::as_select()).first(conn)?;
    assert_eq!(eve.department(), Department::Marketing);
    assert_eq!((client(conn, id)?.address(), client(conn, id)?.vip()), ("Quay 3", true));
    Ok(())
}

#[test]
fn of_two_who_edit_one_client_the_slower_one_is_told() -> Outcome {
    let conn = &mut database()?;
    let id = create_client(conn, "carl", "address=Harbour+1&zip_code=24103&city=Kiel")?;
    let (mut one, mut other) = (client(conn, id)?, client(conn, id)?);
    one.set_vip(true);
    one.save(conn)?;
    other.set_city("Bonn");
    assert_eq!(other.save(conn).map_err(|error| error.kind()), Err(ErrorKind::Conflict));
    assert_eq!((client(conn, id)?.vip(), client(conn, id)?.city()), (true, "Kiel"));
    Ok(())
}

#[test]
fn the_vip_are_found_and_clients_without_the_key_are_none() -> Outcome {
    let conn = &mut database()?;
    create_client(conn, "carl", "address=Harbour+1&zip_code=24103&city=Kiel&vip=on")?;
    create_client(conn, "dora", "address=Harbour+2&zip_code=24103&city=")?;
    let names = |vip: bool| table::table.filter(Client::FIELDS.vip.eq(vip)).select(table::username);
    assert_eq!(names(true).load::<String>(conn)?, ["carl"]);
    assert_eq!(names(false).load::<String>(conn)?, ["dora"]);
    Ok(())
}
