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
#[diesel(sql_type = diesel::sql_types::Json)]
#[diesel(sql_type = diesel::sql_types::Jsonb)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Document {
    stored: String,
    parsed: OnceLock<Result<Map<String, Value>, String>>,
    /// The paths that were written since it was loaded.
    written: Vec<Path>,
    /// The fields of the proxy that were set on purpose, by place: stored even if they equal their default.
    touched: Vec<u16>,
    /// What was written inside a transaction that may have been rolled back since.
    unconfirmed: Option<Box<Unconfirmed>>,
}

/// The keys that lead to a value.
pub(crate) type Path = Vec<&'static str>;

/// A change of some values of a document, which the database makes: whatever else is stored there stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct Patch {
    /// The objects around the values, the outer ones first, and what each is where it is absent or null.
    pub(crate) parents: Vec<Change>,
    /// The values. None is inside another.
    pub(crate) values: Vec<Change>,
}

/// JSON text at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct Change {
    pub(crate) path: Path,
    pub(crate) json: String,
}

/// Writes of [`ProcessProxy::save`](crate::ProcessProxy::save) whose transaction is the caller's.
#[derive(Clone, Debug)]
struct Unconfirmed {
    /// The version that the row has since, if they were committed.
    version: i64,
    values: Vec<UnconfirmedValue>,
}

#[derive(Clone, Debug)]
struct UnconfirmedValue {
    path: Path,
    /// What was there before.
    before: Value,
    /// What was written.
    now: Value,
}

impl Patch {
    /// These values; `parent` says what an object around them is where the row has none.
    pub(crate) fn new(values: impl IntoIterator<Item = (Path, String)>, parent: impl Fn(&[&str]) -> String) -> Self {
        let mut patch = Patch::default();
        for (path, json) in values {
            // If a path is given twice, the later value wins.
            patch.values.retain(|earlier| earlier.path != path);
            patch.values.push(Change { path, json });
        }
        let mut parents: Vec<Path> = patch
            .values
            .iter()
            .flat_map(|value| (1..value.path.len()).map(|length| value.path[..length].to_vec()))
            .collect();
        parents.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        parents.dedup();
        patch.parents = parents.into_iter().map(|path| Change { json: parent(&path), path }).collect();
        patch
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl Document {
    fn parsed(&self) -> Result<&Map<String, Value>, &str> {
        let parsed = self.parsed.get_or_init(|| parse(&self.stored));
        parsed.as_ref().map_err(String::as_str)
    }

    /// The object that it is.
    pub(crate) fn object(&self) -> Result<&Map<String, Value>, &str> {
        self.parsed()
    }

    /// The value at a path; `None` if some key of the path is absent.
    ///
    /// # Errors
    /// What is found instead of an object, if the document or a step of the path is none.
    pub fn get(&self, path: &[&str]) -> Result<Option<&Value>, &str> {
        get(self.parsed()?, path)
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
        self.mark_written(path);
        Ok(())
    }

    /// Notes a path as written. What is inside it is written with it.
    fn mark_written(&mut self, path: &[&'static str]) {
        if self.written.iter().any(|written| path.starts_with(written)) {
            return;
        }
        self.written.retain(|written| !written.starts_with(path));
        self.written.push(path.to_vec());
    }

    /// For the derive: the field at this place was set on purpose.
    #[doc(hidden)]
    pub fn touch(&mut self, field: u16) {
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

    /// The paths that were written since it was loaded.
    pub(crate) fn written(&self) -> &[Path] {
        &self.written
    }

    pub(crate) fn is_written(&self) -> bool {
        !self.written.is_empty()
    }

    /// What was written since it was loaded. An object around it that the row does not have is made as it is here:
    /// what somebody else has set to null meanwhile comes back whole, not as the one value that was changed in it.
    pub(crate) fn patch(&self) -> Patch {
        let Ok(now) = self.parsed() else { return Patch::default() };
        let json = |path: &[&str]| get(now, path).ok().flatten().map_or_else(|| "null".to_owned(), Value::to_string);
        Patch::new(self.written.iter().map(|path| (path.clone(), json(path))), json)
    }

    /// The same document, for another row.
    pub(crate) fn copy(&self) -> Document {
        Document::from(self.to_json())
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

    /// As it was when it was read, in the words of the database.
    pub(crate) fn as_read(&self) -> &str {
        if self.stored.is_empty() { "{}" } else { &self.stored }
    }

    /// Whether it is the empty object that a row has from the beginning.
    pub(crate) fn is_blank(&self) -> bool {
        self.written.is_empty() && (self.stored.is_empty() || self.stored == "{}")
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

    /// [`settle`](Document::settle) inside a transaction of the caller's, which has raised the row to this version:
    /// [`recheck`](Document::recheck) finds out whether that was committed.
    pub(crate) fn settle_unconfirmed(&mut self, version: i64) {
        let before = parse(&self.stored).unwrap_or_default();
        let found =
            |map: &Map<String, Value>, path: &[&str]| get(map, path).ok().flatten().cloned().unwrap_or_default();
        let now = self.parsed().cloned().unwrap_or_default();
        let mut values = self.unconfirmed.take().map(|earlier| earlier.values).unwrap_or_default();
        for path in &self.written {
            let earlier = values.iter_mut().find(|value: &&mut UnconfirmedValue| value.path == *path);
            match earlier {
                Some(value) => value.now = found(&now, path),
                None => values.push(UnconfirmedValue {
                    path: path.clone(),
                    before: found(&before, path),
                    now: found(&now, path),
                }),
            }
        }
        self.unconfirmed = Some(Box::new(Unconfirmed { version, values }));
        self.settle();
    }

    pub(crate) fn is_unconfirmed(&self) -> bool {
        self.unconfirmed.is_some()
    }

    /// Compares what was written inside a transaction of the caller's with the row as it is stored: if that was
    /// rolled back, it is to be written again. True if it was.
    ///
    /// Versions are given again after a rollback. So a row of a lower version has lost the write, and of one that is
    /// as it was left all values are still there; where others have changed it since, a value that is as before the
    /// write says that it was lost, and one that is as written that it was not.
    pub(crate) fn recheck(&mut self, stored: &Document, version: i64) -> bool {
        let Some(unconfirmed) = self.unconfirmed.take() else { return false };
        let is = |path: &[&str], json: &Value| {
            let found = stored.get(path).ok().flatten().unwrap_or(&Value::Null);
            found == json
        };
        let lost = match version.cmp(&unconfirmed.version) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Equal => unconfirmed.values.iter().any(|value| !is(&value.path, &value.now)),
            std::cmp::Ordering::Greater => {
                let values = || unconfirmed.values.iter().filter(|value| value.before != value.now);
                values().any(|value| is(&value.path, &value.before))
                    || (values().next().is_some() && !values().any(|value| is(&value.path, &value.now)))
            }
        };
        if lost {
            for value in &unconfirmed.values {
                self.mark_written(&value.path);
            }
        } else {
            self.unconfirmed = Some(unconfirmed);
        }
        lost
    }

    /// What was written inside a transaction of the caller's is committed.
    pub(crate) fn confirm(&mut self) {
        self.unconfirmed = None;
    }
}

fn parse(stored: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_str(stored) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err("a document that is not a JSON object".to_owned()),
        Err(_) if stored.is_empty() => Ok(Map::new()),
        Err(_) => Err("a document that is not valid JSON".to_owned()),
    }
}

fn get<'m>(mut map: &'m Map<String, Value>, path: &[&str]) -> Result<Option<&'m Value>, &'static str> {
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

impl From<String> for Document {
    fn from(stored: String) -> Self {
        Document { stored, ..Document::default() }
    }
}

/// A path as people and SQLite write it. Keys are literals of the proxy, checked when it is derived.
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
        let list = |changes: &[Change]| -> Vec<String> {
            changes.iter().map(|change| format!("{} = {}", change.path.join("."), change.json)).collect()
        };
        let patch = doc.patch();
        assert_eq!(list(&patch.values), ["a = 2", "address.city = \"Kiel\"", "new.inner = 3", "new.other = 4"]);
        assert_eq!(list(&patch.parents), [r#"address = {"city":"Kiel"}"#, r#"new = {"inner":3,"other":4}"#]);
        doc.settle();
        assert!(doc.patch().is_empty());
        assert_eq!(doc.get(&["x"]).unwrap(), Some(&Value::Bool(true)));
    }

    #[test]
    fn what_is_inside_a_written_value_is_written_with_it() {
        let mut doc = Document::from("{}".to_owned());
        doc.set(&["a", "b"], 1.into()).unwrap();
        doc.set(&["a"], serde_json::json!({"b": 2})).unwrap();
        doc.set(&["a", "c"], 3.into()).unwrap();
        let patch = doc.patch();
        assert_eq!((patch.parents.len(), patch.values.len()), (0, 1));
        assert_eq!((patch.values[0].path.as_slice(), patch.values[0].json.as_str()), (&["a"][..], r#"{"b":2,"c":3}"#));
    }

    /// Whether a write of `n` from 1 to 2 in version 5, seen again as this, counts as lost.
    fn is_lost(stored: &str, version: i64) -> bool {
        let mut doc = Document::from(r#"{"n":1,"m":1}"#.to_owned());
        doc.set(&["n"], 2.into()).unwrap();
        doc.settle_unconfirmed(5);
        let lost = doc.recheck(&Document::from(stored.to_owned()), version);
        assert_eq!(lost, doc.patch().values.iter().any(|value| value.json == "2"));
        lost
    }

    #[test]
    fn a_write_that_was_rolled_back_is_written_again_and_no_other() {
        assert!(is_lost(r#"{"n":1,"m":1}"#, 4), "rolled back");
        assert!(!is_lost(r#"{"n":2,"m":1}"#, 5), "committed");
        assert!(is_lost(r#"{"n":1,"m":2}"#, 5), "rolled back, and somebody else has written");
        assert!(!is_lost(r#"{"n":2,"m":2}"#, 6), "committed, and somebody else has written another field");
        assert!(is_lost(r#"{"n":1,"m":3}"#, 7), "rolled back, and others have written other fields");
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
