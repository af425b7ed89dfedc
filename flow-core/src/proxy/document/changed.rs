//! Which fields differ between a document as it was and as it is: what the audit says of a change.

use serde_json::{Map, Value, json};

use super::Meta;
use crate::FieldType;
use crate::data::{Document, Path};

/// The fields at these paths that differ, by name: with `[old, new]` where values are asked for, else with null. A field
/// that has a secret in it is only named. None: nothing differs.
pub(crate) fn changed_fields(
    fields: &[Meta],
    written: &[Path],
    before: &Document,
    now: &Document,
    values: bool,
) -> Option<Document> {
    let mut changed = Map::new();
    for meta in fields.iter().filter(|meta| written.iter().any(|path| touches(path, meta.path))) {
        let find =
            |document: &Document| meta.find(|path| document.get(path)).ok().flatten().cloned().unwrap_or_default();
        let (old, new) = (find(before), find(now));
        if old != new {
            let shown = values && !meta.codec.secret && !has_secret(meta.codec.ty);
            changed.insert(meta.name.to_owned(), if shown { json!([old, new]) } else { Value::Null });
        }
    }
    (!changed.is_empty()).then(|| Document::from(Value::Object(changed).to_string()))
}

/// What was written is the field, inside it, or around it.
fn touches(written: &[&str], field: &[&str]) -> bool {
    written.starts_with(field) || field.starts_with(written)
}

/// Whether some value inside is a secret. A struct may have a list of itself, so that levels are counted: deeper than
/// a document can be there is nothing.
fn has_secret(ty: FieldType) -> bool {
    fn within(ty: FieldType, level: usize) -> bool {
        match ty {
            FieldType::List(item) => within(*item, level),
            FieldType::Object(object) if level < 8 => {
                object.list().iter().any(|field| field.secret || within(field.ty, level + 1))
            }
            // Too deep to look at: it is not shown.
            FieldType::Object(_) => true,
            _ => false,
        }
    }
    within(ty, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::{Native, Stored};

    const FIELDS: &[Meta] = &[
        Meta::new::<Stored<Native, i64>>("n", &["n"], 1, "N", ""),
        Meta::new::<Stored<Native, String>>("city", &["to", "city"], 2, "City", ""),
    ];

    fn changed(before: &str, now: &str, written: &[&[&'static str]], values: bool) -> Option<String> {
        let document = |text: &str| Document::from(text.to_owned());
        let written: Vec<Path> = written.iter().map(|path| path.to_vec()).collect();
        Some(changed_fields(FIELDS, &written, &document(before), &document(now), values)?.to_json())
    }

    #[test]
    fn what_was_written_and_differs_is_named() {
        let both: &[&[&str]] = &[&["n"], &["to", "city"]];
        let now = r#"{"n":2,"to":{"city":"Bonn"}}"#;
        assert_eq!(changed(r#"{"n":1}"#, now, both, false).unwrap(), r#"{"city":null,"n":null}"#);
        assert_eq!(changed(r#"{"n":1}"#, now, both, true).unwrap(), r#"{"city":[null,"Bonn"],"n":[1,2]}"#);
        assert_eq!(changed(r#"{"n":2}"#, now, &[&["n"]], true), None, "written as it was, or rolled back");
        assert_eq!(changed(r#"{"n":1}"#, now, &[&["to"]], false).unwrap(), r#"{"city":null}"#, "around it");
    }
}
