//! Signing in: a name, a password, and a cookie that is signed.
//!
//! The key of the cookies is made anew when the program starts, so everybody signs in again then. A real app keeps its
//! key, sends its cookies over TLS alone (`Secure`, `__Host-`), and limits attempts.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, Key, SameSite, SignedCookieJar};
use flow_core::clock;
use serde::Deserialize;

use crate::app::App;
use crate::people::Person;
use crate::sign_in_page::{self, Language};

const COOKIE: &str = "office";

/// How long somebody stays signed in, in seconds.
const LENGTH: i64 = 12 * 3600;

/// Who sends a request: what the cookie says, if it is ours and not too old. Else: to the page where people sign in,
/// and 401 for a program.
pub(crate) async fn who(app: App, request: Parts) -> Result<Person, Response> {
    let jar = SignedCookieJar::from_headers(&request.headers, app.key.clone());
    let id = jar.get(COOKIE).and_then(|cookie| {
        let (id, until) = cookie.value().rsplit_once('|')?;
        (until.parse::<i64>().ok()? > now()).then(|| id.to_owned())
    });
    if let Some(id) = id {
        let found = app.db(move |conn| Ok(Person::find(conn, &id)?)).await;
        match found {
            Ok(Some(person)) => return Ok(person),
            Ok(None) => {}
            Err(error) => return Err((StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response()),
        }
    }
    let wants_page = request.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    if wants_page.is_some_and(|accept| accept.contains("text/html")) {
        // What was sent is gone, so that a form is not asked for again.
        let wanted = request.uri.path_and_query().filter(|_| request.method == Method::GET);
        Err(Redirect::to(&address(false, wanted.map(|wanted| wanted.as_str()))).into_response())
    } else {
        Err(StatusCode::UNAUTHORIZED.into_response())
    }
}

/// The address of the page, which leads to `next` afterwards.
fn address(wrong: bool, next: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if wrong {
        query.append_pair("wrong", "1");
    }
    if let Some(next) = next.filter(|next| *next != "/" && is_ours(next)) {
        query.append_pair("next", next);
    }
    let query = query.finish();
    if query.is_empty() { "/sign-in".to_owned() } else { format!("/sign-in?{query}") }
}

/// Whether it is a path of this site. Browsers read `//host` and `/\\host` as another site, and leave out tabs and
/// ends of lines before they look.
fn is_ours(next: &str) -> bool {
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    is_plain && next.starts_with('/') && !next.starts_with("//")
}

/// What the page of signing in says, and where it leads.
#[derive(Deserialize)]
pub(crate) struct Asked {
    wrong: Option<String>,
    next: Option<String>,
}

pub(crate) async fn page(Query(asked): Query<Asked>, headers: HeaderMap) -> Html<String> {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|accepted| accepted.to_str().ok());
    let language = Language::accepted(accepted.unwrap_or_default());
    let next = asked.next.filter(|next| is_ours(next));
    Html(sign_in_page::html(language, asked.wrong.is_some(), next.as_deref()))
}

/// What the form of that page sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
    next: Option<String>,
}

pub(crate) async fn sign_in(
    State(app): State<App>,
    jar: SignedCookieJar,
    Form(sent): Form<Credentials>,
) -> Result<Response, StatusCode> {
    let Credentials { name, password, next } = sent;
    let found = app.db(move |conn| Ok(Person::with_password(conn, name.trim(), &password)?)).await;
    match found.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)? {
        Some(person) => {
            let until = now() + LENGTH;
            let value = format!("{}|{until}", flow_core::User::id(&person));
            // `Lax`: another site can lead here, but not send a form in somebody's name.
            let cookie = Cookie::build((COOKIE, value)).path("/").http_only(true).same_site(SameSite::Lax);
            let next = next.filter(|next| is_ours(next));
            Ok((jar.add(cookie), Redirect::to(next.as_deref().unwrap_or("/"))).into_response())
        }
        None => Ok(Redirect::to(&address(true, next.as_deref())).into_response()),
    }
}

pub(crate) async fn sign_out(jar: SignedCookieJar) -> Response {
    (jar.remove(Cookie::build(COOKIE).path("/")), Redirect::to("/sign-in")).into_response()
}

fn now() -> i64 {
    clock::now().as_micros() / 1_000_000
}

impl axum::extract::FromRef<App> for Key {
    fn from_ref(app: &App) -> Key {
        app.key.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_this_site_is_led_to() {
        for ours in ["/", "/queue?flow=leave&text=5", "/tasks/1.2", "/processes/1?done=start:1"] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in
            ["", "queue", "https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "/a b", "/ä"]
        {
            assert!(!is_ours(other), "{other}");
        }
        assert_eq!(address(false, Some("//evil.example")), "/sign-in");
        assert_eq!(address(true, Some("/queue?a=1&b=2")), "/sign-in?wrong=1&next=%2Fqueue%3Fa%3D1%26b%3D2");
    }
}
