//! What a command found or did, as text or JSON, and the exit code.

use std::fmt::Display;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::lock::CurrentError;
use crate::{Error, ErrorKind};

/// What came of a command.
#[derive(Debug)]
pub(super) struct Output {
    text: String,
    json: Value,
    /// Something is to be seen to.
    found: bool,
}

impl Output {
    pub(super) fn new(text: impl Into<String>, json: Value) -> Self {
        Output { text: text.into(), json, found: false }
    }

    /// One line for each row, or a line that says that there is none.
    pub(super) fn lines<T>(rows: &[T], line: impl Fn(&T) -> String, none: &str, json: Value) -> Self {
        let lines: Vec<String> = rows.iter().map(line).collect();
        Output::new(if lines.is_empty() { none.to_owned() } else { lines.join("\n") }, json)
    }

    /// With more text behind it.
    pub(super) fn and(self, text: &str) -> Self {
        Output { text: self.text + text, ..self }
    }

    /// With one member more in its JSON object.
    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        if let Value::Object(members) = &mut self.json {
            members.insert(name.to_owned(), value);
        }
        self
    }

    /// With exit code 1 if something is to be seen to.
    pub(super) fn found(self, found: bool) -> Self {
        Output { found: self.found || found, ..self }
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Flow(#[from] Error),
    #[error(transparent)]
    Lock(#[from] CurrentError),
    #[error("no connection to the database: {0}")]
    Connection(Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The words of kinds of errors, and whether that was a refusal.
const fn kind(kind: ErrorKind) -> (&'static str, bool) {
    match kind {
        ErrorKind::Denied => ("denied", true),
        ErrorKind::NotFound => ("not_found", true),
        ErrorKind::Conflict => ("conflict", true),
        ErrorKind::Invalid => ("invalid", true),
        ErrorKind::Data => ("data", false),
        ErrorKind::Step => ("step", false),
        ErrorKind::Misuse => ("misuse", false),
        ErrorKind::Database => ("database", false),
        ErrorKind::Internal => ("internal", false),
    }
}

/// An error as JSON.
pub(super) fn error(error: &Error) -> Value {
    json!({ "kind": kind(error.kind()).0, "message": error.to_string() })
}

impl Failure {
    fn kind(&self) -> (&'static str, bool) {
        match self {
            Failure::Flow(error) | Failure::Lock(CurrentError::Database(error)) => kind(error.kind()),
            Failure::Lock(CurrentError::Open { .. }) => ("open", true),
            Failure::Lock(CurrentError::NoRelease { .. }) => ("not_found", true),
            Failure::Lock(_) => ("lock", false),
            Failure::Connection(_) => ("database", false),
            Failure::Io(_) => ("io", false),
        }
    }
}

/// Prints it, and says how the program ends.
pub(super) fn print(outcome: Result<Output, Failure>, as_json: bool) -> ExitCode {
    match outcome {
        Ok(Output { text, json, found }) => {
            // A closed pipe (`| head`) is not an error.
            let _ = if as_json { line(std::io::stdout(), &json) } else { line(std::io::stdout(), &text) };
            ExitCode::from(u8::from(found))
        }
        Err(failure) => {
            let (kind, refused) = failure.kind();
            let message = failure.to_string();
            let json = json!({ "error": { "kind": kind, "message": message } });
            let _ = if as_json {
                line(std::io::stderr(), &json)
            } else {
                line(std::io::stderr(), &format!("error: {message}"))
            };
            ExitCode::from(if refused { 3 } else { 4 })
        }
    }
}

fn line(mut to: impl std::io::Write, text: &impl Display) -> std::io::Result<()> {
    writeln!(to, "{text}")
}
