//! Who uses the pages. The browser asks for the name and the password, and sends them with each request (Basic
//! authentication): enough for an example. A real app has sessions, and passwords that are hashed: see `office`.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flow_core::{Permission, User};
use flow_web::WebUser;

/// Everybody's.
pub(crate) const PASSWORD: &str = "blood";

/// Names, and what they may.
const PEOPLE: &[Person] = &[
    Person { name: "rita", may: &["reception"] },
    Person { name: "lars", may: &["laboratory"] },
    // Knows the password, and has no business here.
    Person { name: "eve", may: &[] },
];

/// Somebody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    name: &'static str,
    may: &'static [&'static str],
}

impl User for Person {
    fn id(&self) -> &str {
        self.name
    }

    fn may(&self, permission: &Permission) -> bool {
        self.may.contains(&permission.name())
    }
}

impl WebUser for Person {}

/// What asks a browser for name and password.
type Unknown = (StatusCode, [(HeaderName, &'static str); 1]);

/// Who sends a request: for the pages of `flow-web` and for the app's own.
pub(crate) fn sign_in(headers: &HeaderMap) -> Result<Person, Unknown> {
    known(headers).ok_or((StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"Laboratory\"")]))
}

fn known(headers: &HeaderMap) -> Option<Person> {
    let sent = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let sent = String::from_utf8(STANDARD.decode(sent).ok()?).ok()?;
    let (name, password) = sent.split_once(':')?;
    PEOPLE.iter().copied().find(|person| person.name == name && password == PASSWORD)
}

/// An argument of the app's own handlers.
impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        sign_in(&parts.headers).map_err(IntoResponse::into_response)
    }
}

/// All names, to print.
pub(crate) fn names() -> String {
    let names: Vec<&str> = PEOPLE.iter().map(|person| person.name).collect();
    names.join(", ")
}
