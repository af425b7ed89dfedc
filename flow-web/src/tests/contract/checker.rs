//! Compares responses with the document.

use std::cell::RefCell;
use std::collections::BTreeSet;

use axum::body::Body;
use serde_json::Value;

use super::flows::FLOWS;
use crate::tests::site::Answer;
use crate::tests::{Result, Site};

/// A tag that no task has.
pub(super) const OLD: &str = "\"0123456789abcdef\"";

/// The document, and what was seen of it.
pub(super) struct Contract {
    pub(super) site: Site,
    document: Value,
    /// Its components, in which no object has a property that is not described.
    closed: Value,
    pub(super) seen: RefCell<BTreeSet<(String, String)>>,
}

/// Closes each object that has properties.
fn close(schema: &mut Value) {
    if let Value::Object(object) = schema {
        if object.get("properties").is_some_and(Value::is_object) && object.get("type").is_some() {
            object.entry("additionalProperties").or_insert(false.into());
        }
        object.values_mut().for_each(close);
    } else if let Value::Array(items) = schema {
        items.iter_mut().for_each(close);
    }
}

/// What is wrong with a value, by a schema that refers to components.
fn faults(schema: &Value, components: &Value, value: &Value) -> Result<Vec<String>> {
    let mut root = schema.clone();
    root["components"] = components.clone();
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&root)
        .map_err(|error| format!("{schema}: {error}"))?;
    Ok(validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect())
}

impl Contract {
    pub(super) async fn new() -> Result<Self> {
        let site = Site::of(&FLOWS, |web| web).await?;
        let document = site.get("guest", "/api/openapi.json").await?.json();
        let mut closed = document["components"].clone();
        close(&mut closed["schemas"]);
        Ok(Contract { site, document, closed, seen: RefCell::default() })
    }

    /// A request of an operation, `POST /api/tasks/{task}/assign`, whose response must be described.
    pub(super) async fn send(
        &self,
        (user, line, id): (&str, &str, &str),
        headers: &[(&str, &str)],
        body: impl Into<Body>,
        status: u16,
    ) -> Result<Answer> {
        let (method, path) = line.split_once(' ').ok_or("method and path")?;
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let operation = &self.document["paths"][path][method.to_lowercase()];
        let name = operation["operationId"].as_str().ok_or(format!("{line} is not described"))?;
        let at = match (path.find('{'), path.find('}')) {
            (Some(from), Some(to)) => format!("{}{id}{}", &path[..from], &path[to + 1..]),
            _ => path.to_owned(),
        };
        let at = if query.is_empty() { at } else { format!("{at}?{query}") };
        let answer = self.site.send(user, &format!("{method} {at}"), headers, body).await?;
        let what = format!("{user}: {method} {at}: {} {}", answer.status, answer.body);
        assert_eq!(answer.status, status, "{what}");
        self.seen.borrow_mut().insert((name.to_owned(), status.to_string()));
        let mut response = &operation["responses"][status.to_string()];
        assert!(response.is_object(), "{status} is not described: {what}");
        if let Some(reference) = response["$ref"].as_str() {
            response = self.document.pointer(&reference[1..]).ok_or(format!("{reference} leads nowhere"))?;
        }
        self.check_headers(response, &answer, &what);
        match response["content"].as_object() {
            None => assert!(answer.body.is_empty() && answer.header("content-type").is_empty(), "{what}"),
            Some(content) => {
                let (ty, content) = content.iter().next().ok_or("no content")?;
                assert_eq!(answer.header("content-type"), ty, "{what}");
                if ty.ends_with("json") {
                    let value: Value = serde_json::from_str(&answer.body)?;
                    let mut schema = content["schema"].clone();
                    close(&mut schema);
                    let faults = faults(&schema, &self.closed, &value)?;
                    assert!(faults.is_empty(), "{what}: {faults:#?}");
                    assert!(status < 400 || value["status"] == status, "{what}");
                }
            }
        }
        Ok(answer)
    }

    /// Those that are described are there, and no other of those that a client might use.
    fn check_headers(&self, response: &Value, answer: &Answer, what: &str) {
        let described: Vec<&str> =
            response["headers"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        for name in ["ETag", "Location", "Retry-After"] {
            let is_there = answer.headers.contains_key(name.to_lowercase());
            assert_eq!(is_there, described.contains(&name), "{name}: {what}");
            if is_there {
                let known = &self.document["components"]["headers"][name];
                let text = answer.header(name);
                let is_of_type = match known["schema"]["type"].as_str() {
                    Some("integer") => text.parse::<u32>().is_ok(),
                    kind => kind == Some("string") && !text.is_empty(),
                };
                assert!(is_of_type && known["required"] == true, "{name}: {text} is not {known}");
            }
        }
    }

    /// A request with JSON.
    pub(super) async fn call(
        &self,
        at: (&str, &str, &str),
        headers: &[(&str, &str)],
        body: Value,
        status: u16,
    ) -> Result<Answer> {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        if status < 300 {
            self.check_request(at.1, headers, &body)?;
        }
        self.send(at, &all, body.to_string(), status).await
    }

    /// What is taken is described.
    fn check_request(&self, line: &str, headers: &[(&str, &str)], body: &Value) -> Result {
        let (method, path) = line.split_once(' ').ok_or("method and path")?;
        let operation = &self.document["paths"][path][method.to_lowercase()];
        for (name, _) in headers {
            let mut parameters = operation["parameters"].as_array().into_iter().flatten();
            let known = parameters.any(|known| {
                known["in"] == "header" && known["name"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(name))
            });
            assert!(known, "{line}: {name} is not described");
        }
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let faults = faults(schema, &self.document["components"], body)?;
        assert!(faults.is_empty(), "{line}: {body}: {faults:#?}");
        Ok(())
    }

    /// A verb of a task or process that has an effect: not with an old tag, once with a key, and once more by somebody
    /// who has lost all rights meanwhile.
    pub(super) async fn change(
        &self,
        (user, line, id): (&str, &str, &str),
        body: Value,
        status: u16,
    ) -> Result<Answer> {
        let is_of_task = line.contains("/api/tasks/");
        self.call((user, line, id), &[("if-match", OLD)], body.clone(), 412).await?;
        let key = format!("{user} {line} {id} {body}");
        let mut headers = vec![("idempotency-key", key.as_str())];
        let tag = if is_of_task {
            self.site.get(user, &format!("/api/tasks/{id}")).await?.header("etag").to_owned()
        } else {
            String::new()
        };
        if is_of_task {
            headers.push(("if-match", tag.as_str()));
        }
        let done = self.call((user, line, id), &headers, body.clone(), status).await?;
        let key = [("idempotency-key", key.as_str())];
        self.call((user, line, id), &key, body.clone(), status).await?;
        Ok(done)
    }

    /// A request that was done is sent again by somebody who sees nothing of it now.
    pub(super) async fn unseen(&self, (user, line, id): (&str, &str, &str), body: Value) -> Result {
        let key = format!("{user} {line} {id} {body}");
        let user = format!("was {user}");
        self.call((&user, line, id), &[("idempotency-key", key.as_str())], body, 204).await?;
        Ok(())
    }

    /// Every operation: method and address, its name, its statuses.
    pub(super) fn operations(&self) -> Vec<(String, String, Vec<String>)> {
        let mut all = Vec::new();
        for (path, item) in self.document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let statuses = operation["responses"].as_object().into_iter().flatten();
                let name = operation["operationId"].as_str().unwrap_or_default().to_owned();
                all.push((
                    format!("{} {path}", method.to_uppercase()),
                    name,
                    statuses.map(|(status, _)| status.clone()).collect(),
                ));
            }
        }
        all
    }
}
