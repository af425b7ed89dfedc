//! `--once`: each page once, as somebody who signs in.

use std::error::Error;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt as _;

use crate::app::App;
use crate::people::PASSWORD;

/// The pages of a manager, and of somebody who starts and takes.
const PAGES: &[&str] = &[
    "/",
    "/queue",
    "/archive",
    "/requests",
    "/start",
    "/start/expenses/start",
    "/start/leave/start",
    "/processes",
    "/processes?status=open&flow=leave",
    "/processes/1",
    "/processes/1/cancel",
    "/processes/1/diagram.svg",
    "/tasks/1.1",
    "/tasks/1.3",
    "/errors",
    "/work",
    "/flows",
    "/flows/expenses",
    "/workload",
    "/tasks?flow=expenses&node=approve",
    "/processes.csv?flow=shipment",
    "/api/queue",
    "/api/processes",
    "/api/openapi.json",
];

pub(crate) async fn run() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("office-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = walk(&folder.join("office.sqlite").to_string_lossy()).await;
    std::fs::remove_dir_all(&folder)?;
    outcome
}

async fn walk(path: &str) -> Result<(), Box<dyn Error>> {
    let app = App::open(path).await?;
    let router = app.router()?;
    let sent = send(&router, "POST", "/sign-in", "", &format!("name=clara&password={PASSWORD}")).await?;
    let cookie = sent.1.ok_or("nobody was signed in")?;
    for page in PAGES {
        let (status, _, body) = send(&router, "GET", page, &cookie, "").await?;
        println!("{} {page}: {} bytes", status.as_u16(), body.len());
        if status != StatusCode::OK {
            return Err(format!("{page}: {status}: {body}").into());
        }
    }
    Ok(())
}

type Answer = (StatusCode, Option<String>, String);

async fn send(router: &Router, method: &str, page: &str, cookie: &str, form: &str) -> Result<Answer, Box<dyn Error>> {
    let request = Request::builder().method(method).uri(page).header(header::COOKIE, cookie);
    let request = request.header(header::ACCEPT, "text/html").header("sec-fetch-site", "same-origin");
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let response = router.clone().oneshot(request.body(Body::from(form.to_owned()))?).await?;
    let status = response.status();
    let cookie = response.headers().get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
    let cookie = cookie.and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
    let body = to_bytes(response.into_body(), 1_000_000).await?;
    Ok((status, cookie, String::from_utf8_lossy(&body).into_owned()))
}
