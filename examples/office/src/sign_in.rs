//! Signing in: a name, a password, and a cookie that is signed.
//!
//! The key of the cookies is made anew when the program starts, so everybody signs in again then. A real app keeps its
//! key, sends its cookies over TLS alone (`Secure`, `__Host-`), and limits attempts.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, Key, SameSite, SignedCookieJar};
use flow_core::clock;
use serde::Deserialize;

use crate::app::App;
use crate::people::Person;

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
        Err(Redirect::to("/sign-in").into_response())
    } else {
        Err(StatusCode::UNAUTHORIZED.into_response())
    }
}

/// What the page of signing in says.
#[derive(Deserialize)]
pub(crate) struct Asked {
    wrong: Option<String>,
}

pub(crate) async fn page(Query(asked): Query<Asked>) -> Html<String> {
    let wrong = match asked.wrong {
        Some(_) => "<p class=\"notice warning\" role=\"alert\">That name and password do not fit together.</p>",
        None => "",
    };
    Html(format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · Office</title><link rel="stylesheet" href="{style}"></head>
<body><main><h1>Office</h1><p class="about">Sign in to see your tasks.</p>{wrong}
<form class="form" method="post" action="/sign-in">
<div class="field"><label for="name">Name</label><input id="name" name="name" required autocomplete="username"></div>
<div class="field"><label for="password">Password</label><input id="password" name="password" type="password" required autocomplete="current-password"></div>
<p class="actions"><button class="primary">Sign in</button></p>
</form></main></body></html>"#,
        style = flow_web::style_path()
    ))
}

/// What the form of that page sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
}

pub(crate) async fn sign_in(
    State(app): State<App>,
    jar: SignedCookieJar,
    Form(sent): Form<Credentials>,
) -> Result<Response, StatusCode> {
    let Credentials { name, password } = sent;
    let found = app.db(move |conn| Ok(Person::with_password(conn, name.trim(), &password)?)).await;
    match found.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)? {
        Some(person) => {
            let until = now() + LENGTH;
            let value = format!("{}|{until}", flow_core::User::id(&person));
            // `Lax`: another site can lead here, but not send a form in somebody's name.
            let cookie = Cookie::build((COOKIE, value)).path("/").http_only(true).same_site(SameSite::Lax);
            Ok((jar.add(cookie), Redirect::to("/")).into_response())
        }
        None => Ok(Redirect::to("/sign-in?wrong=1").into_response()),
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
