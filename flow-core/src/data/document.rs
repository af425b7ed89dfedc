//! The JSON document of a row: read when it is asked for, written key by key.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::sql_types::Json;

/// The JSON document in the `data` column of a row.
///
/// It is parsed when it is first read, so that a malformed document stops neither a list nor the
/// cancelling of its process.
#[derive(Clone, Debug, Default, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = Json)]
pub struct Document {
    stored: String,
    parsed: OnceLock<Result<Map<String, Value>, String>>,
    /// The paths that were written since it was loaded.
    written: Vec<Vec<&'static str>>,
    /// The fields of the proxy that were set on purpose, by place: stored even if they equal their default.
    touched: Vec<u16>,
}

/// A change of a document: this JSON at this path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// The keys that lead there.
    pub(crate) path: Vec<&'static str>,
    /// The new value, as JSON text.
    pub(crate) json: String,
}

impl Document {
    fn parsed(&self) -> Result<&Map<String, Value>, &str> {
        let parsed = self.parsed.get_or_init(|| match serde_json::from_str(&self.stored) {
            Ok(Value::Object(map)) => Ok(map),
            Ok(_) => Err("a document that is no object".to_owned()),
            Err(_) if self.stored.is_empty() => Ok(Map::new()),
            Err(_) => Err("a document that is not valid JSON".to_owned()),
        });
        parsed.as_ref().map_err(String::as_str)
    }

    /// The value at a path; `None` if some key of the path is absent.
    ///
    /// # Errors
    /// What is found instead of an object, if the document or a step of the path is none.
    pub fn get(&self, path: &[&str]) -> Result<Option<&Value>, &str> {
        let mut map = self.parsed()?;
        let Some((last, parents)) = path.split_last() else { return Ok(None) };
        for key in parents {
            match map.get(*key) {
                None | Some(Value::Null) => return Ok(None),
                Some(Value::Object(inner)) => map = inner,
                Some(_) => return Err("a value where an object is expected"),
            }
        }
        Ok(map.get(*last))
    }

    /// Writes a value at a path; objects on the way are made.
    pub(crate) fn set(&mut self, path: &[&'static str], value: Value) -> Result<(), String> {
        self.parsed().map_err(str::to_owned)?;
        let Some(Ok(mut map)) = self.parsed.get_mut().map(|parsed| parsed.as_mut()) else {
            return Ok(());
        };
        let Some((last, parents)) = path.split_last() else { return Ok(()) };
        for key in parents {
            let inner = map.entry(*key).or_insert(Value::Null);
            if inner.is_null() {
                *inner = Value::Object(Map::new());
            }
            let Value::Object(inner) = inner else {
                return Err("a value where an object is expected".to_owned());
            };
            map = inner;
        }
        map.insert((*last).to_owned(), value);
        if !self.written.iter().any(|written| written == path) {
            self.written.push(path.to_vec());
        }
        Ok(())
    }

    pub(crate) fn touch(&mut self, field: u16) {
        if !self.touched.contains(&field) {
            self.touched.push(field);
        }
    }

    pub(crate) fn untouch(&mut self, field: u16) {
        self.touched.retain(|touched| *touched != field);
    }

    pub(crate) fn is_touched(&self, field: u16) -> bool {
        self.touched.contains(&field)
    }

    /// What was written since it was loaded. A path whose parent was absent is sent as the whole parent:
    /// no database makes the objects on the way.
    pub(crate) fn patches(&self) -> Vec<Patch> {
        let before: Map<String, Value> = serde_json::from_str(&self.stored).unwrap_or_default();
        let Ok(now) = self.parsed() else { return Vec::new() };
        let mut patches: Vec<Patch> = Vec::new();
        for path in &self.written {
            let (mut old, mut new) = (Some(&before), now);
            for (depth, key) in path.iter().enumerate() {
                let Some(value) = new.get(*key) else { break };
                let known = old.and_then(|map| map.get(*key)).and_then(Value::as_object);
                match (known, value) {
                    (Some(map), Value::Object(inner)) if depth + 1 < path.len() => {
                        old = Some(map);
                        new = inner;
                    }
                    _ => {
                        let patch = Patch { path: path[..=depth].to_vec(), json: value.to_string() };
                        if !patches.contains(&patch) {
                            patches.push(patch);
                        }
                        break;
                    }
                }
            }
        }
        patches
    }

    /// A document of the keys that were written since it was loaded, each with all that is in it now; `None` if
    /// nothing was. Only for a row that nobody else can have changed meanwhile.
    pub(crate) fn changed_keys(&self) -> Option<Document> {
        let Ok(now) = self.parsed() else { return None };
        let keys = self.written.iter().filter_map(|path| path.first());
        let map: Map<String, Value> =
            keys.filter_map(|key| Some(((*key).to_owned(), now.get(*key)?.clone()))).collect();
        (!map.is_empty()).then(|| Document::from(Value::Object(map).to_string()))
    }

    /// The document as it is now, as JSON text.
    pub(crate) fn to_json(&self) -> String {
        match self.parsed.get() {
            Some(Ok(map)) if !self.written.is_empty() => {
                serde_json::to_string(map).unwrap_or_else(|_| self.stored.clone())
            }
            _ if self.stored.is_empty() => "{}".to_owned(),
            _ => self.stored.clone(),
        }
    }

    /// Its size as JSON if something was written, else 0.
    pub(crate) fn size_if_changed(&self) -> usize {
        if self.written.is_empty() { 0 } else { self.to_json().len() }
    }

    /// After it was written: what it holds now is what is stored.
    pub(crate) fn settle(&mut self) {
        self.stored = self.to_json();
        self.written.clear();
    }
}

impl From<String> for Document {
    fn from(stored: String) -> Self {
        Document { stored, ..Document::default() }
    }
}

/// A text as an SQL literal.
pub(crate) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A path as PostgreSQL writes it: `array['address','city']`.
pub(crate) fn keys_array(keys: &[&str]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| quote(key)).collect();
    format!("array[{}]", keys.join(","))
}

/// A path as SQLite writes it. Keys are literals of the proxy, checked when it is derived.
pub(crate) fn json_path(keys: &[&str]) -> String {
    let mut path = String::from("$");
    for key in keys {
        path.push_str(".\"");
        path.push_str(key);
        path.push('"');
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_is_sent_and_unknown_keys_survive() {
        let mut doc = Document::from(r#"{"a":1,"address":{"city":"Bonn"},"x":true}"#.to_owned());
        doc.set(&["a"], 2.into()).unwrap();
        doc.set(&["address", "city"], "Kiel".into()).unwrap();
        doc.set(&["new", "inner"], 3.into()).unwrap();
        doc.set(&["new", "other"], 4.into()).unwrap();
        let sent: Vec<_> = doc.patches().into_iter().map(|patch| (patch.path.join("."), patch.json)).collect();
        let expect = [("a", "2"), ("address.city", "\"Kiel\""), ("new", r#"{"inner":3,"other":4}"#)];
        assert_eq!(sent, expect.map(|(path, json)| (path.to_owned(), json.to_owned())));
        doc.settle();
        assert!(doc.patches().is_empty());
        assert_eq!(doc.get(&["x"]).unwrap(), Some(&Value::Bool(true)));
    }

    #[test]
    fn a_malformed_document_is_an_error_when_it_is_read_and_not_before() {
        let mut doc = Document::from("{\"a\":".to_owned());
        assert_eq!(doc.to_json(), "{\"a\":", "passed on as it is");
        assert!(doc.get(&["a"]).is_err());
        assert!(doc.set(&["a"], 1.into()).is_err());
        assert!(Document::from("[1]".to_owned()).get(&["a"]).is_err());
        assert!(Document::from("{\"a\":1}".to_owned()).get(&["a", "b"]).is_err());
    }
}
