//! Why a request was not done: the one place that says which error is which status.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use flow_core::{Conflict, Error, ErrorKind, FieldError, FieldErrorKind, Obstacle};

use crate::database::DatabaseError;
use crate::refusal::person_of;
use crate::user::WebUser;

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// What the engine says.
    #[error(transparent)]
    Flow(#[from] Error),
    /// Somebody else has taken a task, which the person sees no more.
    #[error(transparent)]
    Taken(Box<Conflict>),
    /// The request is not one that can be understood: the key of the text for it.
    #[error("{1}")]
    Request(StatusCode, &'static str),
    /// As many requests are served as can be.
    #[error("too many requests at once")]
    Busy,
    /// The state of what the request is about is another one than the sender knew (`If-Match`).
    #[error("it was changed meanwhile")]
    Changed,
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("template: {0:#}")]
    Template(#[from] minijinja::Error),
}

impl Fault {
    /// What is not there, and what the person may not see: one and the same.
    pub(crate) fn not_found() -> Self {
        Fault::Request(StatusCode::NOT_FOUND, "fault.not_found")
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Fault::Request(status, _) => *status,
            Fault::Taken(_) => StatusCode::CONFLICT,
            Fault::Changed => StatusCode::PRECONDITION_FAILED,
            Fault::Busy | Fault::Database(DatabaseError::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Fault::Database(_) | Fault::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Fault::Flow(Error::Conflict(conflict)) if conflict.obstacle == Some(Obstacle::Changed) => {
                StatusCode::PRECONDITION_FAILED
            }
            Fault::Flow(error) => match error.kind() {
                ErrorKind::Denied => StatusCode::FORBIDDEN,
                ErrorKind::NotFound => StatusCode::NOT_FOUND,
                ErrorKind::Conflict => StatusCode::CONFLICT,
                ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
                ErrorKind::Database => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    /// The key of the text that says what kind of error it is.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Fault::Request(_, key) => key,
            Fault::Taken(_) => "fault.conflict",
            Fault::Changed => "fault.changed",
            Fault::Busy => "fault.busy",
            Fault::Database(DatabaseError::Unavailable(_)) => "fault.unavailable",
            Fault::Database(_) | Fault::Template(_) => "fault.internal",
            Fault::Flow(Error::Conflict(conflict)) if conflict.obstacle == Some(Obstacle::Changed) => "fault.changed",
            Fault::Flow(error) => match error.kind() {
                ErrorKind::Denied => "fault.denied",
                ErrorKind::NotFound => "fault.not_found",
                ErrorKind::Conflict => "fault.conflict",
                ErrorKind::Invalid => "fault.invalid",
                ErrorKind::Database => "fault.unavailable",
                _ => "fault.internal",
            },
        }
    }

    /// What may be said of it to the person: nothing of what went wrong inside, and of what is not there no more than
    /// of what may not be seen.
    pub(crate) fn detail(&self) -> Option<String> {
        match self {
            Fault::Flow(error) => match error.kind() {
                ErrorKind::Denied | ErrorKind::Conflict | ErrorKind::Invalid => Some(error.to_string()),
                _ => None,
            },
            Fault::Taken(conflict) => Some(conflict.to_string()),
            _ => None,
        }
    }

    /// The same, to put a name into it.
    fn conflict_mut(&mut self) -> Option<&mut Conflict> {
        match self {
            Fault::Flow(Error::Conflict(conflict)) | Fault::Taken(conflict) => Some(conflict),
            _ => None,
        }
    }

    /// The key of what is above it for this person. Nobody was quicker where something else is in the way, or one's own
    /// earlier request.
    pub(crate) fn heading(&self, me: Option<&dyn WebUser>) -> &'static str {
        let is_mine = |by: &str| me.is_some_and(|me| by == me.id() || by == me.display_name());
        match self.conflict() {
            Some(conflict) if self.status() == StatusCode::CONFLICT => {
                let is_of_others = conflict.obstacle.is_none() && !conflict.by.as_deref().is_some_and(is_mine);
                if is_of_others { self.title() } else { "fault.not_now" }
            }
            _ => self.title(),
        }
    }

    /// The person whom it names, to put their name there.
    pub(crate) fn person_mut(&mut self) -> Option<&mut String> {
        match self {
            Fault::Flow(Error::Denied { refusal, .. }) => person_of(refusal),
            fault => fault.conflict_mut()?.by.as_mut(),
        }
    }

    /// Who was quicker, if somebody was.
    pub(crate) fn conflict(&self) -> Option<&Conflict> {
        match self {
            Fault::Flow(Error::Conflict(conflict)) | Fault::Taken(conflict) => Some(conflict),
            _ => None,
        }
    }
}

/// What is wrong with one value of a request.
pub(crate) fn wrong(kind: FieldErrorKind, name: &str, message: impl Into<String>) -> Fault {
    Fault::Flow(Error::Invalid(vec![FieldError::of(kind, name.to_owned(), message)]))
}

/// A fault on its way to the guard, which makes a page or a problem of it.
#[derive(Clone)]
pub(crate) struct Carried(pub(crate) Arc<Fault>);

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Carried(Arc::new(self)));
        response
    }
}
