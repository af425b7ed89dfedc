//! The people of this example. A real app has a table of them.

use axum::extract::FromRequestParts;
use axum::http::{StatusCode, request::Parts};
use flow_core::prelude::*;

use crate::http::Refusal;

/// Somebody who uses the app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    permissions: &'static [&'static str],
    is_manager: bool,
}

const PEOPLE: &[Person] = &[
    Person { name: "ada", permissions: &[], is_manager: false },
    Person { name: "ben", permissions: &["expense.review", "expense.book"], is_manager: false },
    Person { name: "cleo", permissions: &["expense.review", "expense.sign"], is_manager: false },
    Person { name: "dora", permissions: &["expense.sign", "expense.view"], is_manager: true },
];

impl Person {
    /// The person with this name.
    pub(crate) fn named(name: &str) -> Option<Person> {
        PEOPLE.iter().find(|person| person.name == name).copied()
    }
}

impl User for Person {
    fn id(&self) -> &str {
        self.name
    }

    fn may(&self, permission: &Permission) -> bool {
        self.permissions.contains(&permission.name())
    }

    fn manages(&self, _flow: &str) -> bool {
        self.is_manager
    }
}

/// NOT a way to sign in: it believes whatever the header `x-user` says.
impl<S: Sync> FromRequestParts<S> for Person {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let name = parts.headers.get("x-user").and_then(|name| name.to_str().ok());
        name.and_then(Person::named)
            .ok_or(Refusal::Request(StatusCode::UNAUTHORIZED, "`x-user` names nobody".to_owned()))
    }
}
