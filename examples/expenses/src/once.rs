//! `--once`: one report from its start to its payment.

use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{App, http, mail, work};

pub(crate) async fn run() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("expenses-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = round(&folder.join("once.sqlite").to_string_lossy()).await;
    std::fs::remove_dir_all(&folder)?;
    if mail::folder().exists() {
        println!("mails: {}", std::fs::read_dir(mail::folder())?.count());
        std::fs::remove_dir_all(mail::folder())?;
    }
    outcome
}

async fn round(database: &str) -> Result<(), Box<dyn Error>> {
    let service = http::router(App::open(database).await?);
    let worker = work(database)?;
    let receipts = json!([{ "what": "Train", "amount": "180.40", "day": "2026-11-02" }]);
    let form = json!({ "purpose": "Fair in Bern", "cost_center": "sales", "account": "CH93", "receipts": receipts });
    call(&service, "ada", "POST /reports", form).await?;
    let tasks = call(&service, "ben", "GET /tasks", Value::Null).await?;
    let id = tasks["queue"][0]["id"].as_str().ok_or("nothing is to be reviewed")?.to_owned();
    call(&service, "ben", &format!("POST /tasks/{id}/assign"), Value::Null).await?;
    call(&service, "ben", &format!("POST /tasks/{id}/execute"), json!({ "verdict": "approve" })).await?;

    // The payment is done in the background: the bank does not answer the first request.
    for _ in 0..200 {
        let (_, report) = send(&service, "ada", "GET /reports/1", Value::Null).await?;
        if report["status"] == "DONE" {
            println!("{}: {}", report["brief"], report["transfer"]);
            worker.stop();
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("the report was not paid in 20 seconds".into())
}

/// One request that must succeed.
async fn call(service: &Router, user: &str, line: &str, body: Value) -> Result<Value, Box<dyn Error>> {
    let (status, answer) = send(service, user, line, body).await?;
    println!("{user}: {line} -> {status} {answer}");
    if status < 300 { Ok(answer) } else { Err(format!("{line}: {status}").into()) }
}

/// One request: its status, and the JSON that comes back.
pub(crate) async fn send(
    service: &Router,
    user: &str,
    line: &str,
    body: Value,
) -> Result<(u16, Value), Box<dyn Error>> {
    let (method, path) = line.split_once(' ').ok_or("method and path")?;
    let request = Request::builder().method(method).uri(path).header("x-user", user);
    let request = if body.is_null() {
        request.body(Body::empty())?
    } else {
        request.header("content-type", "application/json").body(Body::from(body.to_string()))?
    };
    let response = service.clone().oneshot(request).await?;
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 1_000_000).await?;
    Ok((status, serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into())))
}
