//! What was sent for fields inside of fields: `address.street`, `lines[2].amount`.

use std::collections::BTreeMap;

use flow_core::{FieldType, FormField};
use serde_json::{Map, Value};

/// The fields of which a field is made, and whether it is a list of such: where a page has an input for each of them.
pub(crate) fn parts_of(field: &FormField) -> Option<(&'static [FormField], bool)> {
    let (object, many) = match field.ty {
        FieldType::Object(object) => (object, false),
        FieldType::List(FieldType::Object(object)) => (*object, true),
        _ => return None,
    };
    let parts = object.list();
    (!field.secret && !parts.is_empty()).then_some((parts, many))
}

/// What was sent for a field: its texts, those of its parts, those of its rows by their numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    pub(crate) texts: Vec<String>,
    parts: BTreeMap<String, Tree>,
    rows: BTreeMap<usize, Tree>,
}

impl Tree {
    /// Adds what was sent under a name inside of this field, such as `[2].amount`. False if it is none of its parts.
    pub(crate) fn add(&mut self, field: &FormField, name: &str, text: String) -> bool {
        if name.is_empty() {
            self.texts.push(text);
            return true;
        }
        match parts_of(field) {
            Some((parts, true)) => {
                let found = name.strip_prefix('[').and_then(|rest| rest.split_once(']'));
                let Some((row, rest)) = found.and_then(|(row, rest)| Some((row.parse().ok()?, rest))) else {
                    return false;
                };
                self.rows.entry(row).or_default().add_part(parts, rest, text)
            }
            Some((parts, false)) => self.add_part(parts, name, text),
            None => false,
        }
    }

    fn add_part(&mut self, parts: &[FormField], name: &str, text: String) -> bool {
        let Some(name) = name.strip_prefix('.') else { return false };
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (part, rest) = name.split_at(end);
        match parts.iter().find(|known| known.name == part) {
            Some(known) => self.parts.entry(part.to_owned()).or_default().add(known, rest, text),
            None => false,
        }
    }

    /// One of its parts.
    pub(crate) fn part(&self, name: &str) -> Option<&Tree> {
        self.parts.get(name)
    }

    /// Its rows, in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Tree> {
        self.rows.values()
    }

    /// Adds an empty row at the end.
    pub(crate) fn add_row(&mut self) {
        let next = self.rows.keys().next_back().map_or(0, |last| last.saturating_add(1));
        self.rows.insert(next, Tree::default());
    }

    /// Takes a row out, by its place.
    pub(crate) fn remove_row(&mut self, place: usize) {
        if let Some(row) = self.rows.keys().nth(place).copied() {
            self.rows.remove(&row);
        }
    }

    /// Whether nothing was said.
    pub(crate) fn is_blank(&self) -> bool {
        self.texts.iter().all(|text| text.trim().is_empty())
            && self.parts.values().all(Tree::is_blank)
            && self.rows.values().all(Tree::is_blank)
    }

    /// Rows in which nothing was said are none: they come last, so that the others have the numbers that errors name.
    pub(crate) fn compact(&mut self) {
        let (blank, said): (Vec<Tree>, Vec<Tree>) =
            std::mem::take(&mut self.rows).into_values().partition(Tree::is_blank);
        self.rows = said.into_iter().chain(blank).enumerate().collect();
        for tree in self.rows.values_mut().chain(self.parts.values_mut()) {
            tree.compact();
        }
    }

    /// What was said, as the JSON of the field; `None` if nothing was. `said` makes of what a browser sends what the
    /// engine reads.
    pub(crate) fn json(&self, field: &FormField, said: &impl Fn(FieldType, &str) -> String) -> Option<Value> {
        match parts_of(field) {
            Some((parts, true)) => {
                let rows = self.rows.values().filter(|row| !row.is_blank());
                Some(rows.map(|row| row.object(parts, said)).collect())
            }
            Some(_) if field.optional && self.is_blank() => Some(Value::Null),
            Some((parts, false)) => Some(self.object(parts, said)),
            None => {
                let (many, item) = match field.ty {
                    FieldType::List(item) => (true, *item),
                    ty => (false, ty),
                };
                let texts = self.texts.iter().filter(|text| !many || !text.trim().is_empty());
                field.value_of_texts(&texts.map(|text| said(item, text)).collect::<Vec<_>>())
            }
        }
    }

    fn object(&self, parts: &[FormField], said: &impl Fn(FieldType, &str) -> String) -> Value {
        let mut object = Map::new();
        for part in parts {
            let value = match self.parts.get(part.name) {
                Some(tree) => tree.json(part, said),
                None => Tree::default().json(part, said),
            };
            if let Some(value) = value {
                object.insert(part.name.to_owned(), value);
            }
        }
        object.into()
    }
}
