//! `--once`: one message from its start to its end, through a server of its own.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use flow_core::{ProcessStatus, TaskId};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::{App, FLOWS, serve};

pub(crate) async fn run() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("hello-axum-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = round(&folder.join("once.sqlite").to_string_lossy()).await;
    std::fs::remove_dir_all(&folder)?;
    outcome
}

async fn round(database: &str) -> Result<(), Box<dyn Error>> {
    let app = App::open(database).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let at = listener.local_addr()?;
    let serving = app.clone();
    tokio::spawn(async move { serve(serving, listener).await.map_err(|error| eprintln!("{error}")) });

    let process = call(at, "alice", "POST /flows/hello_world/start", json!({ "text": "hello" })).await?;
    let tasks = call(at, "bob", "GET /tasks", Value::Null).await?;
    let id: TaskId = tasks["queue"][0]["id"].as_str().ok_or("no task is open")?.parse()?;
    call(at, "bob", &format!("POST /tasks/{id}/assign"), Value::Null).await?;
    call(at, "bob", &format!("POST /tasks/{id}/execute"), json!({ "approved": true })).await?;

    // The job that sends the message is done in the background.
    let process = process["id"].as_i64().ok_or("no process")?;
    for _ in 0..100 {
        if app.db(move |conn| FLOWS.process(conn, process)).await?.status() == ProcessStatus::Done {
            println!("process {process} is done");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("the process did not end in ten seconds".into())
}

/// One request, as a client without a library would make it.
async fn call(at: SocketAddr, user: &str, line: &str, body: Value) -> Result<Value, Box<dyn Error>> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{line} HTTP/1.1\r\nhost: {at}\r\nx-user: {user}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(at).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    let (head, body) = response.split_once("\r\n\r\n").ok_or("no response")?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    println!("{user}: {line} -> {status} {body}");
    if status.starts_with('2') { Ok(serde_json::from_str(body)?) } else { Err(format!("{line}: {status}").into()) }
}
