//! What is wrong with a form, as people say it, and beside which input it stands.

use flow_core::{FieldError, FieldErrorKind, FieldType, FormField};
use serde_json::{Value, json};

use crate::language::Language;
use crate::widget::Filling;

impl Filling<'_> {
    /// What is wrong with the form as a whole, or with what has no input of these names.
    pub(crate) fn others(&self, names: &Names<'_>) -> Vec<String> {
        let has_input = |fault: &FieldError| {
            names.all.contains(&&*fault.field) || item_of(fault).is_some_and(|list| names.lists.contains(&list))
        };
        let others = self.faults.iter().filter(|fault| !has_input(fault));
        others
            .map(|fault| {
                let message = self.message(None, fault);
                if fault.field.is_empty() { message } else { format!("{}: {message}", fault.field) }
            })
            .collect()
    }

    /// What is wrong with a field, in the language of the person and without patterns, which are for programs. What an
    /// app says is its own.
    pub(crate) fn message(&self, field: Option<&FormField>, fault: &FieldError) -> String {
        let german = self.language == Language::German;
        let ends = |field: &FormField| Some((field.least?.to_string(), field.most?.to_string()));
        let text = |key: &str| self.text(key).to_owned();
        // Inside of a list or an object the limits are those of a part.
        let of = item_of(fault).unwrap_or(&fault.field);
        let field = field.filter(|field| of == field.name || of.ends_with(&format!(".{}", field.name)));
        let item = field.map(|field| match field.ty {
            FieldType::List(item) => *item,
            ty => ty,
        });
        match (fault.kind, field) {
            (FieldErrorKind::Missing, _) => text("invalid.missing"),
            (FieldErrorKind::Unknown, _) => text("invalid.unknown"),
            (FieldErrorKind::Twice, _) => text("invalid.twice"),
            (FieldErrorKind::Empty, _) => text("invalid.empty"),
            (FieldErrorKind::NotAChoice, _) => text("invalid.choice"),
            (FieldErrorKind::Format, Some(field)) if field.pattern.is_some() => text("invalid.pattern"),
            (FieldErrorKind::TooLong, Some(FormField { max_length: Some(most), .. })) if german => {
                text("invalid.too_long").replace("{most}", &most.to_string())
            }
            (FieldErrorKind::OutOfRange, Some(FormField { decimal_places: Some(most), .. }))
                if german && fault.message.contains("decimal places") =>
            {
                text("invalid.places").replace("{most}", &most.to_string())
            }
            (FieldErrorKind::OutOfRange, Some(field)) if german => match ends(field) {
                Some((least, most)) => text("invalid.range").replace("{least}", &least).replace("{most}", &most),
                None => fault.message.clone(),
            },
            (FieldErrorKind::Type, Some(_)) => match item.and_then(no_value_of) {
                Some(key) => text(key),
                None if german => text("invalid.type"),
                None => fault.message.clone(),
            },
            (FieldErrorKind::Format, Some(_)) if german => text(match item {
                Some(FieldType::Email) => "invalid.email",
                Some(FieldType::Url) => "invalid.url",
                Some(FieldType::Slug) => "invalid.slug",
                Some(FieldType::FilePath) => "invalid.file_path",
                _ => "invalid.type",
            }),
            _ => fault.message.clone(),
        }
    }
}

/// The list of which a fault names an item: `numbers` of `numbers[2]`.
pub(crate) fn item_of(fault: &FieldError) -> Option<&str> {
    fault.field.strip_suffix(']')?.rsplit_once('[').map(|(list, _)| list)
}

/// The key of the text for what is no value of a type, as people know it.
const fn no_value_of(ty: FieldType) -> Option<&'static str> {
    Some(match ty {
        FieldType::Integer => "invalid.integer",
        FieldType::Number => "invalid.number",
        FieldType::Decimal => "invalid.decimal",
        FieldType::Date | FieldType::Time | FieldType::DateTime => "invalid.time",
        FieldType::Duration => "invalid.duration",
        FieldType::Url => "invalid.url",
        FieldType::Uuid => "invalid.uuid",
        FieldType::Ip => "invalid.ip",
        FieldType::Bytes => "invalid.bytes",
        _ => return None,
    })
}

/// The names of inputs.
#[derive(Default)]
pub(crate) struct Names<'i> {
    all: Vec<&'i str>,
    /// Those with several values, of which a fault may name one.
    lists: Vec<&'i str>,
}

/// The inputs with faults, in the order of the page, and the names of all.
pub(crate) fn with_faults<'i>(inputs: &'i Value, wrong: &mut Vec<Value>, names: &mut Names<'i>) {
    for input in inputs.as_array().into_iter().flatten() {
        names.all.extend(input["name"].as_str());
        if input["kind"] == "lines" || input["kind"] == "checks" {
            names.lists.extend(input["name"].as_str());
        }
        if input["faults"].as_array().is_some_and(|faults| !faults.is_empty()) {
            wrong.push(json!({ "name": input["name"], "label": input["label"], "faults": input["faults"] }));
        }
        with_faults(&input["parts"], wrong, names);
        for row in input["rows"].as_array().into_iter().flatten() {
            with_faults(&row["parts"], wrong, names);
        }
    }
}
