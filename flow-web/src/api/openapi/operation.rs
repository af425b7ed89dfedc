//! An operation of the document: its parameters, its body, and all that it may respond.

use serde_json::{Map, Value, json};

use super::reference;

/// What a status means that says why something was not done.
const PROBLEMS: &[(&str, &str)] = &[
    ("400", "The body cannot be read"),
    ("401", "It is not known who sends it"),
    ("403", "The person may not do that, or it was sent from another site"),
    ("404", "It is not there, or the person does not see it"),
    ("409", "It is not possible in this state: `by` and `at` say who was quicker, if somebody was"),
    ("412", "It is not as `If-Match` says, or it has no tag that could be compared"),
    ("408", "The body did not come in time"),
    ("413", "The body is too large"),
    ("415", "The body is not application/json"),
    ("422", "It is not valid: `fields` says what, a parameter or a header among them"),
    ("500", "Something went wrong: `instance` is in the log"),
    ("503", "The database cannot be reached, or there are too many requests at once"),
    ("default", "What else the app responds to somebody whom it does not let in"),
];

/// Problems of every operation.
const OF_ALL: &[&str] = &["401", "403", "422", "500", "503", "default"];

/// Problems of every operation with a body.
const OF_BODIES: &[&str] = &["400", "408", "413", "415"];

/// The responses that operations refer to.
pub(super) fn problems() -> Value {
    let content = json!({ "application/problem+json": { "schema": reference("Problem") } });
    let retry = json!({ "Retry-After": { "$ref": "#/components/headers/Retry-After" } });
    json!({
        "Problem": { "description": "Why it was not done (RFC 9457)", "content": content },
        "Unavailable": { "description": "Why it cannot be done now (RFC 9457)", "content": content, "headers": retry },
    })
}

/// The headers that responses refer to.
pub(super) fn headers() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "ETag": { "description": "The tag of the task, for `If-Match`", "required": true, "schema": text },
        "Location": {
            "description": "The address of the process", "required": true,
            "schema": { "type": "string", "format": "uri-reference" },
        },
        "Retry-After": {
            "description": "Seconds until it may be tried again", "required": true, "schema": { "type": "integer" },
        },
    })
}

/// A parameter.
pub(super) fn parameter(place: &str, name: &str, schema: &Value) -> Value {
    json!({ "in": place, "name": name, "required": place == "path", "schema": schema })
}

/// The header by which a request has an effect once.
pub(super) fn idempotency_key() -> Value {
    let mut header =
        parameter("header", "Idempotency-Key", &json!({ "type": "string", "minLength": 1, "maxLength": 190 }));
    header["description"] =
        "A text of the sender's choice, by which the request is done once; another request with it \
                             is 422"
            .into();
    header
}

/// An operation.
pub(super) struct Operation {
    head: Map<String, Value>,
    responses: Map<String, Value>,
}

impl Operation {
    pub(super) fn new(tag: &str, id: &str, summary: &str) -> Self {
        let head = [("tags", json!([tag])), ("operationId", id.into()), ("summary", summary.into())];
        let head = head.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Operation { head, responses: Map::new() }.fails(OF_ALL)
    }

    pub(super) fn takes(mut self, parameters: impl IntoIterator<Item = Value>) -> Self {
        self.head.insert("parameters".to_owned(), parameters.into_iter().collect());
        self
    }

    /// It has a body, which must be there: what has none might be the form of another site.
    pub(super) fn body(mut self, schema: &Value) -> Self {
        let body = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        self.head.insert("requestBody".to_owned(), body);
        self.fails(OF_BODIES)
    }

    /// It responds with JSON.
    pub(super) fn gives(self, status: &str, description: &str, schema: &Value) -> Self {
        let content = json!({ "application/json": { "schema": schema } });
        self.responds(status, json!({ "description": description, "content": content }))
    }

    /// It responds with anything.
    pub(super) fn responds(mut self, status: &str, response: Value) -> Self {
        self.responses.insert(status.to_owned(), response);
        self
    }

    /// It responds without a body.
    pub(super) fn gives_nothing(self, description: &str) -> Self {
        self.responds("204", json!({ "description": description }))
    }

    /// It was done before by a request with its key, about something that the person sees no more.
    pub(super) fn or_unseen(self) -> Self {
        self.gives_nothing("It was done before, by a request with this key, and the person does not see it now")
    }

    /// A response has this header.
    pub(super) fn with_header(mut self, status: &str, name: &str) -> Self {
        if let Some(response) = self.responses.get_mut(status) {
            response["headers"] = json!({ name: { "$ref": format!("#/components/headers/{name}") } });
        }
        self
    }

    /// It may be refused with these statuses as well.
    pub(super) fn fails(mut self, statuses: &[&str]) -> Self {
        for (status, about) in PROBLEMS.iter().filter(|(status, _)| statuses.contains(status)) {
            let name = if *status == "503" { "Unavailable" } else { "Problem" };
            let response = json!({ "$ref": format!("#/components/responses/{name}"), "description": about });
            self.responses.insert((*status).to_owned(), response);
        }
        self
    }

    pub(super) fn done(mut self) -> Value {
        self.head.insert("responses".to_owned(), self.responses.into());
        self.head.into()
    }
}
