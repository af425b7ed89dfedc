//! A callback's failure when nobody is there to be told: the task is in error, the rest goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use flow_graph::NodeId;

use super::Book;
use super::host::Host;
use crate::engine::{Answer, Ask};
use crate::store::FlowConnection;
use crate::{Error, FieldError, Result, StepError};

/// Asks a callback; what it did before it failed is undone.
pub(super) fn answer<C: FlowConnection>(
    conn: &mut C,
    host: &mut dyn Host<C>,
    ask: Ask,
    node: NodeId,
    book: &mut Book,
    at: usize,
) -> Result<Answer> {
    host.store().map_err(Error::Invalid)?;
    let before = host.row_mut().clone();
    let row = book.task(at).clone();
    let connection = host.needs(ask, node).connection;
    let outcome = attempt(|| {
        if !connection {
            return ask_once(conn, host, ask, node, book, at);
        }
        // A savepoint: what the callback wrote before it failed is undone with it.
        conn.atomically(|conn| ask_once(conn, host, ask, node, book, at).map_err(Failure)).map_err(|Failure(text)| text)
    });
    match outcome {
        Ok(answer) => Ok(answer),
        Err(text) => {
            host.reset(before).map_err(Box::new)?;
            *book.task(at) = row;
            tracing::warn!(node = book.node_name(at), error = %text, "failed in the background");
            book.touch(at).error = Some(text);
            Ok(Answer::Failed)
        }
    }
}

fn ask_once<C>(
    conn: &mut C,
    host: &mut dyn Host<C>,
    ask: Ask,
    node: NodeId,
    book: &mut Book,
    at: usize,
) -> Result<Answer, String> {
    let answer = host.answer(ask, node, book.task(at), conn).map_err(|error| describe(&error))?;
    host.store().map_err(|errors| list(&errors))?;
    Ok(answer)
}

/// Runs code of the user's: a panic is a failure like another, of which only the word is kept. Its text may
/// be a secret, and the panic hook has printed it.
pub(super) fn attempt<T>(f: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    if cfg!(flow_sabotage = "no_net") {
        return f();
    }
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|_| Err("panicked".to_owned()))
}

/// What is kept of an error: its Display text.
pub(super) fn describe(error: &StepError) -> String {
    error.to_string()
}

fn list(errors: &[FieldError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

struct Failure(String);

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Failure(error.to_string())
    }
}
