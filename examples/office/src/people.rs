//! The people of the office: a table, with their roles and what their passwords hash to.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use diesel::prelude::*;
use flow_core::{Permission, User};
use flow_web::{People, WebUser};

use crate::db::Db;

diesel::table! {
    people (id) {
        id -> Text,
        name -> Text,
        roles -> Text,
        language -> Text,
        password -> Text,
    }
}

diesel::table! {
    deputies (person, stands_in_for) {
        person -> Text,
        stands_in_for -> Text,
    }
}

diesel::joinable!(deputies -> people (stands_in_for));
diesel::allow_tables_to_appear_in_same_query!(deputies, people);

/// A row of the people.
#[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, Clone, Debug)]
#[diesel(table_name = people)]
struct Row {
    id: String,
    name: String,
    /// Words with spaces between: what they do here.
    roles: String,
    language: String,
    password: String,
}

/// A person of the office, with those whom they stand in for.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    row: Row,
    others: Vec<Row>,
}

/// Who there is: id, name, roles, language.
pub(crate) const OFFICE: &[(&str, &str, &str, &str)] = &[
    ("anna", "Anna Berg", "employee clerk", "en"),
    ("ben", "Ben Okafor", "employee lead", "en"),
    ("clara", "Clara Ruiz", "employee lead manager", "en"),
    ("dora", "Dora Lind", "employee warehouse", "en"),
    ("emil", "Emil Vogt", "employee clerk warehouse", "de"),
    ("frida", "Frida Holm", "employee", "en"),
    ("guest", "A guest", "", "en"),
];

/// Who stands in for whom: they see and do the tasks of the other one too.
pub(crate) const DEPUTIES: &[(&str, &str)] = &[("frida", "ben")];

/// The password of all of them: this is an example.
pub(crate) const PASSWORD: &str = "office";

impl Row {
    fn is(&self, role: &str) -> bool {
        self.roles.split(' ').any(|word| word == role)
    }
}

impl Person {
    /// The person with this id.
    pub(crate) fn find(conn: &mut Db, id: &str) -> QueryResult<Option<Person>> {
        let Some(row) = people::table.find(id).select(Row::as_select()).first(conn).optional()? else {
            return Ok(None);
        };
        let others = deputies::table.inner_join(people::table).filter(deputies::person.eq(id));
        Ok(Some(Person { row, others: others.select(Row::as_select()).load(conn)? }))
    }

    /// The person, if the password is theirs. It takes as long for somebody who does not exist.
    pub(crate) fn with_password(conn: &mut Db, id: &str, password: &str) -> QueryResult<Option<Person>> {
        let person = Person::find(conn, id)?;
        let hash = match &person {
            Some(person) => person.row.password.clone(),
            None => people::table.select(people::password).first(conn)?,
        };
        let right = PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        Ok(person.filter(|_| right))
    }
}

impl User for Row {
    fn id(&self) -> &str {
        &self.id
    }

    fn may(&self, permission: &Permission) -> bool {
        self.is(permission.name())
    }

    fn manages(&self, _flow: &str) -> bool {
        self.is("manager")
    }
}

impl User for Person {
    fn id(&self) -> &str {
        self.row.id()
    }

    fn may(&self, permission: &Permission) -> bool {
        self.row.may(permission)
    }

    fn manages(&self, flow: &str) -> bool {
        self.row.manages(flow)
    }

    fn acts_for(&self) -> Vec<&dyn User> {
        self.others.iter().map(|other| other as &dyn User).collect()
    }
}

impl WebUser for Row {
    fn display_name(&self) -> &str {
        &self.name
    }

    fn language(&self) -> Option<&str> {
        Some(&self.language)
    }
}

impl WebUser for Person {
    fn display_name(&self) -> &str {
        self.row.display_name()
    }

    fn language(&self) -> Option<&str> {
        self.row.language()
    }
}

/// Whom the pages know by name.
pub(crate) struct Office;

impl People<Db> for Office {
    fn find(&self, conn: &mut Db, id: &str) -> flow_core::Result<Option<Arc<dyn WebUser>>> {
        Ok(Person::find(conn, id)?.map(|person| Arc::new(person) as Arc<dyn WebUser>))
    }

    fn find_all(&self, conn: &mut Db, ids: &[&str]) -> flow_core::Result<Vec<Arc<dyn WebUser>>> {
        let found: Vec<Row> = people::table.filter(people::id.eq_any(ids)).select(Row::as_select()).load(conn)?;
        Ok(found.into_iter().map(|person| Arc::new(person) as Arc<dyn WebUser>).collect())
    }

    fn search(&self, conn: &mut Db, text: &str) -> flow_core::Result<Vec<Arc<dyn WebUser>>> {
        let all: Vec<Row> = people::table.order(people::name.asc()).select(Row::as_select()).load(conn)?;
        let text = text.to_lowercase();
        let found = all.into_iter().filter(|person| person.name.to_lowercase().contains(&text) || person.id == text);
        Ok(found.take(50).map(|person| Arc::new(person) as Arc<dyn WebUser>).collect())
    }
}

/// Makes the tables and fills them, if they are not there.
pub(crate) fn create(conn: &mut Db) -> flow_core::Result<bool> {
    diesel::sql_query(
        "create table if not exists people (id text primary key, name text not null, roles text not null, \
         language text not null, password text not null)",
    )
    .execute(conn)?;
    diesel::sql_query(
        "create table if not exists deputies (person text not null, stands_in_for text not null, \
         primary key (person, stands_in_for))",
    )
    .execute(conn)?;
    if people::table.count().get_result::<i64>(conn)? > 0 {
        return Ok(false);
    }
    for (id, name, roles, language) in OFFICE {
        let hash = Argon2::default().hash_password(PASSWORD.as_bytes());
        let hash = hash.map_err(|error| diesel::result::Error::QueryBuilderError(error.to_string().into()))?;
        let person = Row {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
            roles: (*roles).to_owned(),
            language: (*language).to_owned(),
            password: hash.to_string(),
        };
        diesel::insert_into(people::table).values(person).execute(conn)?;
    }
    for (person, other) in DEPUTIES {
        let row = (deputies::person.eq(person), deputies::stands_in_for.eq(other));
        diesel::insert_into(deputies::table).values(row).execute(conn)?;
    }
    Ok(true)
}
