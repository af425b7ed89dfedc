//! What a form of a page sends.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use flow_core::{FieldType, FormField};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::fault::Fault;
use crate::language::Language;
use crate::number;
use crate::tree::{Tree, parts_of};
use crate::when;

/// Names of ours begin with this: no field of a Rust struct has a dot.
const OURS: &str = "flow.";

/// Most fields in a form.
const MOST: usize = 2_000;

/// What a form of a page sends: the fields of the app's form, and ours.
#[derive(Clone, Debug, Default)]
pub(crate) struct Posted {
    pairs: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let ty = request.headers().get(header::CONTENT_TYPE).and_then(|ty| ty.to_str().ok()).unwrap_or_default();
        if ty.split(';').next().unwrap_or_default().trim() != "application/x-www-form-urlencoded" {
            return Err(Fault::Request(StatusCode::UNSUPPORTED_MEDIA_TYPE, "fault.media_type"));
        }
        let bytes = body(request, state).await?;
        // A browser sends UTF-8; what is none would be stored as something else.
        if percent_encoding::percent_decode(&bytes).decode_utf8().is_err() {
            return Err(Fault::Request(StatusCode::BAD_REQUEST, "fault.body"));
        }
        let pairs: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().take(MOST + 1).collect();
        if pairs.len() > MOST {
            return Err(Fault::Request(StatusCode::PAYLOAD_TOO_LARGE, "fault.too_large"));
        }
        Ok(Posted { pairs })
    }
}

/// The body of a request, if it is not too large.
pub(crate) async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Fault> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Fault::Request(StatusCode::PAYLOAD_TOO_LARGE, "fault.too_large"),
        _ => Fault::Request(StatusCode::BAD_REQUEST, "fault.body"),
    })
}

impl Posted {
    /// The last value of one of ours: `own("note")` of `flow.note`.
    pub(crate) fn own(&self, name: &str) -> Option<&str> {
        let mut named = self.pairs.iter().rev().filter(|(known, _)| known.strip_prefix(OURS) == Some(name));
        named.next().map(|(_, value)| value.trim())
    }

    /// All values of one of ours.
    pub(crate) fn each<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        let named = self.pairs.iter().filter(move |(known, _)| known.strip_prefix(OURS) == Some(name));
        named.map(|(_, value)| value.trim())
    }

    /// What a person gives as a reason, in one line or more.
    pub(crate) fn note(&self) -> Option<String> {
        self.own("note").filter(|note| !note.is_empty()).map(str::to_owned)
    }

    /// The moment that an input was filled with, if it says the same still: it shows neither the offset nor parts of a
    /// second, so that what nobody has changed would be another moment otherwise.
    fn unchanged(&self, ty: FieldType, text: &str, zone: &TimeZone) -> Option<String> {
        let mut known =
            self.each("was").filter(|was| ty == FieldType::DateTime && when::local(zone, was).as_deref() == Some(text));
        let was = known.next()?;
        // Of two that look alike it is not known which one is meant.
        known.all(|other| other == was).then(|| was.to_owned())
    }

    /// The texts of a field of the app's form.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        self.pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
    }

    /// What was sent for a field that is made of others; `None` where it was sent as one text, or not at all.
    fn tree(&self, field: &FormField) -> Option<Tree> {
        parts_of(field)?;
        let mut tree = Tree::default();
        for (name, value) in &self.pairs {
            if let Some(rest) = name.strip_prefix(field.name).filter(|rest| rest.starts_with(['.', '['])) {
                tree.add(field, rest, value.clone());
            }
        }
        tree.compact();
        Some(tree)
    }

    /// What was sent for each field, with one row more or less where a button for that was pressed.
    pub(crate) fn trees(&self, fields: &[FormField]) -> BTreeMap<&'static str, Tree> {
        let mut trees: BTreeMap<&str, Tree> = BTreeMap::new();
        for field in fields {
            let mut tree = self.tree(field).unwrap_or_default();
            tree.texts = self.texts(field.name);
            match self.own("do").and_then(|word| word.split_once(':')) {
                Some(("add", name)) if name == field.name => tree.add_row(),
                Some(("remove", place)) => {
                    let place = place.strip_prefix(field.name).and_then(|rest| rest.parse().ok());
                    if let Some(place) = place {
                        tree.remove_row(place);
                    }
                }
                _ => {}
            }
            trees.insert(field.name, tree);
        }
        trees
    }

    /// Whether the button for another row of this field was pressed.
    pub(crate) fn adds_to(&self, name: &str) -> bool {
        self.own("do").and_then(|word| word.strip_prefix("add:")) == Some(name)
    }

    /// Whether a button was pressed that changes the form itself, and sends nothing: another row, other choices.
    pub(crate) fn is_about_the_form(&self) -> bool {
        self.own("do").is_some_and(|word| word == "choices" || word.starts_with("add:") || word.starts_with("remove:"))
    }

    /// The app's form as the engine reads it: what browsers send of moments gets its offset, a decimal comma becomes a
    /// point where the language has one, and fields inside of a field become its JSON.
    pub(crate) fn form(&self, fields: &[FormField], language: Language, zone: &TimeZone) -> String {
        let said = |ty: FieldType, text: &str| {
            self.unchanged(ty, text, zone).unwrap_or_else(|| said(ty, text, language, zone))
        };
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.pairs.iter().filter(|(name, _)| !name.starts_with(OURS)) {
            let field = fields.iter().find(|field| field.name == name);
            let ty = match field.map(|field| field.ty) {
                // An empty line of a list is none.
                Some(FieldType::List(_)) if value.trim().is_empty() => continue,
                Some(FieldType::List(item)) => Some(*item),
                ty => ty,
            };
            let is_part = |field: &FormField| {
                let rest = name.strip_prefix(field.name).filter(|rest| rest.starts_with(['.', '[']));
                rest.is_some_and(|rest| Tree::default().add(field, rest, String::new()))
            };
            match ty {
                // Of a password each letter counts.
                Some(_) if field.is_some_and(|field| field.secret) => form.append_pair(name, value),
                Some(ty) => form.append_pair(name, &said(ty, value)),
                // As a whole and in parts: which one is meant nobody knows, and the parts are refused.
                None if fields.iter().any(|field| is_part(field) && self.texts(field.name).is_empty()) => continue,
                None => form.append_pair(name, value),
            };
        }
        for field in fields {
            let Some(tree) = self.tree(field).filter(|_| self.texts(field.name).is_empty()) else { continue };
            match tree.json(field, &said) {
                Some(Value::Array(rows)) => {
                    for row in rows {
                        form.append_pair(field.name, &row.to_string());
                    }
                }
                Some(Value::Null) | None => {}
                Some(value) => {
                    form.append_pair(field.name, &value.to_string());
                }
            }
        }
        form.finish()
    }
}

/// What the engine reads of what a browser sends.
fn said(ty: FieldType, text: &str, language: Language, zone: &TimeZone) -> String {
    match ty {
        FieldType::DateTime => when::with_offset(zone, text),
        FieldType::Decimal => number::read(language, text),
        // Browsers end lines by two characters, which nobody has typed. Spaces around a text say nothing.
        FieldType::Text => text.trim().replace("\r\n", "\n"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_the_app_are_told_from_ours() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let posted = Posted {
            pairs: vec![
                pair("flow.do", "draft"),
                pair("amount", "12,50"),
                pair("at", "2026-07-01T08:30"),
                pair("flow.task", "1.2"),
                pair("flow.task", "1.3"),
                pair("text", " a&b=c\r\nd  "),
            ],
        };
        assert_eq!((posted.own("do"), posted.own("note")), (Some("draft"), None));
        assert_eq!(posted.each("task").collect::<Vec<_>>(), ["1.2", "1.3"]);
        let fields = [
            FormField::new("amount", FieldType::Decimal),
            FormField::new("at", FieldType::DateTime),
            FormField::new("text", FieldType::Text),
        ];
        assert_eq!(
            posted.form(&fields, Language::German, &TimeZone::UTC),
            "amount=12.50&at=2026-07-01T08%3A30%3A00%2B00%3A00&text=a%26b%3Dc%0Ad"
        );
    }

    #[test]
    fn a_moment_that_nobody_has_changed_is_the_one_that_was_stored() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let fields = [FormField::new("at", FieldType::DateTime)];
        let form = |was: &[&str], sent: &str| {
            let was = was.iter().map(|was| ("flow.was".to_owned(), (*was).to_owned()));
            let pairs = was.chain([("at".to_owned(), sent.to_owned())]).collect();
            Posted { pairs }.form(&fields, Language::English, &berlin).replace("%3A", ":").replace("%2B", "+")
        };
        // The hour that there is twice, and parts of a second.
        for (was, sent) in [
            ("2026-10-25T00:30:00Z", "2026-10-25T02:30:00"),
            ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00"),
            ("2026-12-01T08:00:00.123456Z", "2026-12-01T09:00:00"),
        ] {
            assert_eq!(form(&[was], sent), format!("at={was}"));
        }
        assert_eq!(form(&["2026-10-25T01:30:00Z"], "2026-10-25T02:31:00"), "at=2026-10-25T02:31:00+02:00");
        let both = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"];
        assert_eq!(form(&both, "2026-10-25T02:30:00"), "at=2026-10-25T02:30:00+02:00", "which one is not known");
        assert_eq!(form(&["nonsense"], "2026-12-01T09:00:00"), "at=2026-12-01T09:00:00+01:00");
    }
}
