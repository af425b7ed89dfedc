//! Pages from templates, and what is responded instead of them.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use flow_core::ErrorKind;
use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::web::FLOW_PAGES;

/// What is wrong, by the name of the input.
pub(crate) type Faults = BTreeMap<String, String>;

/// The app's templates. What is shown is escaped, by the ending of their names.
#[derive(Clone)]
pub(crate) struct Templates(Arc<Environment<'static>>);

impl Templates {
    pub(crate) fn new() -> Result<Self, minijinja::Error> {
        let mut all = Environment::new();
        all.add_template("base.html", include_str!("../../templates/base.html"))?;
        all.add_template("input.html", include_str!("../../templates/input.html"))?;
        all.add_template("patient.html", include_str!("../../templates/patient.html"))?;
        all.add_template("sample.html", include_str!("../../templates/sample.html"))?;
        all.add_template("biochemical.html", include_str!("../../templates/biochemical.html"))?;
        all.add_global("pages", FLOW_PAGES);
        all.add_global("style", format!("{FLOW_PAGES}{}", flow_web::style_path()));
        Ok(Templates(Arc::new(all)))
    }

    /// A page: 422 if something is wrong with what was sent.
    pub(crate) fn page(&self, name: &str, content: impl Serialize, faults: &Faults) -> Result<Response, Refused> {
        let template = self.0.get_template(name).map_err(Refused::broken)?;
        let html = template.render(Serde(Page { content, faults })).map_err(Refused::broken)?;
        let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        Ok((status, Html(html)).into_response())
    }
}

/// What a template gets.
#[derive(Serialize)]
struct Page<'p, T> {
    #[serde(flatten)]
    content: T,
    faults: &'p Faults,
}

/// Why a request was not done.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The engine, or a query of the app, says no.
    Flow(flow_core::Error),
    /// What is not there, and what the person may not see.
    NotFound,
    /// Something else went wrong.
    Broken(String),
    /// What was sent can be corrected.
    Faults(Faults),
}

impl Refused {
    pub(crate) fn broken(error: impl Display) -> Self {
        Refused::Broken(error.to_string())
    }

    /// One thing is wrong.
    pub(crate) fn fault(input: &str, text: &str) -> Self {
        Refused::Faults(Faults::from([(input.to_owned(), text.to_owned())]))
    }
}

impl<E: Into<flow_core::Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Refused::Flow(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Refused::Flow(error) => match error.kind() {
                ErrorKind::NotFound => return Refused::NotFound.into_response(),
                ErrorKind::Denied => (StatusCode::FORBIDDEN, error.to_string()),
                ErrorKind::Conflict => (StatusCode::CONFLICT, error.to_string()),
                ErrorKind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
                _ => inside(&error),
            },
            Refused::NotFound => (StatusCode::NOT_FOUND, "There is nothing here".to_owned()),
            Refused::Broken(error) => inside(&error),
            Refused::Faults(faults) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{faults:?}")),
        };
        (status, text).into_response()
    }
}

/// What went wrong inside is for the log.
fn inside(error: &impl Display) -> (StatusCode, String) {
    eprintln!("a request failed: {error}");
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong".to_owned())
}
