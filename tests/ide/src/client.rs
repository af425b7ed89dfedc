//! A language server on its standard input and output: requests, and what the server says by itself.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Result, context};

/// The server changed its mind while it worked on an answer: the request is to be sent again.
const CONTENT_MODIFIED: i64 = -32801;
/// The server dropped the request by itself: the same.
const SERVER_CANCELLED: i64 = -32802;
/// How long one answer may take. A machine that is busy is slow, not wrong.
const ANSWER: Duration = Duration::from_secs(120);

/// A running language server.
#[derive(Debug)]
pub struct Client {
    child: Child,
    stdin: ChildStdin,
    incoming: Receiver<Value>,
    last_id: i64,
    /// The last parameters of each notification.
    heard: HashMap<String, Value>,
}

impl Client {
    /// Starts the server. `FLOW_IDE_LOG` shows what it writes to its standard error.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(binary: &Path, directory: &Path) -> Result<Self> {
        let log = if std::env::var_os("FLOW_IDE_LOG").is_some() { Stdio::inherit() } else { Stdio::null() };
        let child = Command::new(binary)
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn();
        let mut child = context(&format!("cannot start {}", binary.display()), child)?;
        let stdin = child.stdin.take().ok_or("no standard input")?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let (sender, incoming) = channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            // The channel closes when the server does, which whoever waits for an answer then sees.
            while let Some(message) = read(&mut reader) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Ok(Client { child, stdin, incoming, last_id: 0, heard: HashMap::new() })
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// The server answers with an error, not in time, or not at all.
    pub fn request(&mut self, method: &str, params: &Value) -> Result<Value> {
        let end = Instant::now() + ANSWER;
        loop {
            self.last_id += 1;
            let id = self.last_id;
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
            let answer = loop {
                let message = self.receive(end).map_err(|error| format!("{method}: {error}"))?;
                if message.get("method").is_none() && message["id"] == id {
                    break message;
                }
            };
            match answer.get("error") {
                None => return Ok(answer["result"].clone()),
                Some(error) if matches!(error["code"].as_i64(), Some(CONTENT_MODIFIED | SERVER_CANCELLED)) => {}
                Some(error) => return Err(format!("{method}: {}", error["message"])),
            }
        }
    }

    /// Tells the server something.
    ///
    /// # Errors
    /// The server is gone.
    pub fn notify(&mut self, method: &str, params: &Value) -> Result<()> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// Waits until the server says something that is looked for.
    ///
    /// # Errors
    /// It does not in time; the error has what it said last.
    pub fn wait_for(&mut self, method: &str, within: Duration, found: impl Fn(&Value) -> bool) -> Result<()> {
        let end = Instant::now() + within;
        while !self.heard.get(method).is_some_and(&found) {
            let received = self.receive(end);
            received.map_err(|error| format!("{method}: {error}; the last was {:?}", self.heard.get(method)))?;
        }
        Ok(())
    }

    fn send(&mut self, message: &Value) -> Result<()> {
        let text = message.to_string();
        let sent = write!(self.stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).and_then(|()| self.stdin.flush());
        context("the server does not listen", sent)
    }

    /// The next message. What the server asks is answered with nothing: it asks for settings it has already.
    fn receive(&mut self, end: Instant) -> Result<Value> {
        let left = end.saturating_duration_since(Instant::now());
        let message = context("no answer", self.incoming.recv_timeout(left))?;
        match (message["method"].as_str(), message.get("id")) {
            (Some("workspace/configuration"), Some(id)) => {
                let items = message["params"]["items"].as_array().map_or(0, Vec::len);
                self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": vec![Value::Null; items] }))?;
            }
            (Some(_), Some(id)) => self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }))?,
            (Some(method), None) => {
                self.heard.insert(method.to_owned(), message["params"].clone());
            }
            (None, _) => {}
        }
        Ok(message)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Politely first: it takes its own children, the macro server among them, along.
        let _ = self.request("shutdown", &Value::Null);
        let _ = self.notify("exit", &Value::Null);
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One message: headers, an empty line, and as much JSON as they say. `None` at the end.
fn read(reader: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(number) = line.strip_prefix("Content-Length: ") {
            length = number.parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
