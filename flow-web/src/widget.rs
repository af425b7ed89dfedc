//! The fields of a form as inputs of a page.

use flow_core::{FieldError, FieldErrorKind, FieldType, FormField};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::language::Language;
use crate::posted::Posted;
use crate::{texts, when};

/// Texts that may be longer than this get several lines.
const ONE_LINE: usize = 200;

/// Empty lines of a list, beside those that it has.
const BLANK: usize = 2;

/// Of what a form is made: in which language, in which zone, what was sent before and what is wrong with it.
pub(crate) struct Filling<'f> {
    pub(crate) language: Language,
    pub(crate) zone: &'f TimeZone,
    pub(crate) posted: Option<&'f Posted>,
    pub(crate) faults: &'f [FieldError],
}

impl Filling<'_> {
    /// The inputs of a form.
    pub(crate) fn inputs(&self, fields: &[FormField]) -> Value {
        fields.iter().map(|field| self.input(field)).collect()
    }

    /// What is wrong with the form as a whole, or with what is no field of it.
    pub(crate) fn others(&self, fields: &[FormField]) -> Vec<String> {
        let known = |fault: &&FieldError| fields.iter().any(|field| field.name == fault.field);
        let others = self.faults.iter().filter(|fault| !known(fault));
        others
            .map(|fault| {
                let message = self.message(None, fault);
                if fault.field.is_empty() { message } else { format!("{}: {message}", fault.field) }
            })
            .collect()
    }

    fn input(&self, field: &FormField) -> Value {
        let (many, item) = match field.ty {
            FieldType::List(item) => (true, *item),
            ty => (false, ty),
        };
        // A value that is secret is neither shown nor sent back.
        let texts = match self.posted {
            _ if field.secret => Vec::new(),
            Some(posted) => posted.texts(field.name),
            None => field.texts().iter().map(|text| self.stored(item, text)).collect(),
        };
        let kind = self.kind(field, many, item);
        let mut choices: Vec<Value> = field
            .choices
            .iter()
            .map(|choice| {
                let selected = texts.iter().any(|text| *text == choice.value);
                json!({ "value": choice.value, "label": self.choice(field, &choice.label), "selected": selected })
            })
            .collect();
        if kind == "select" && choices.is_empty() {
            let yes_or_no = [("true", "form.yes"), ("false", "form.no")];
            choices = yes_or_no
                .map(|(value, key)| {
                    let selected = texts.iter().any(|text| text == value);
                    json!({ "value": value, "label": texts::text(self.language, key), "selected": selected })
                })
                .to_vec();
        }
        let mut lines = texts.clone();
        if kind == "lines" {
            lines.retain(|line| !line.is_empty());
            lines.extend(std::iter::repeat_n(String::new(), BLANK));
        }
        let faults = self.faults.iter().filter(|fault| fault.field == field.name);
        let faults: Vec<String> = faults.map(|fault| self.message(Some(field), fault)).collect();
        let is_number = matches!(item, FieldType::Integer | FieldType::Number);
        json!({
            "name": field.name,
            "label": field.label,
            "help": field.help,
            "kind": kind,
            "type": match item {
                _ if field.secret => "password",
                FieldType::DateTime => "datetime-local",
                ty => ty.input(),
            },
            "required": field.required && !many,
            "optional": field.optional,
            "max_length": field.max_length.filter(|_| !many || kind == "lines"),
            "pattern": field.pattern,
            "min": field.least.filter(|_| is_number).map(|bound| bound.to_string()),
            "max": field.most.filter(|_| is_number).map(|bound| bound.to_string()),
            "step": match item {
                FieldType::Integer => Some("1"),
                FieldType::Number => Some("any"),
                FieldType::Time | FieldType::DateTime => Some("1"),
                _ => None,
            },
            "mode": if item == FieldType::Decimal { Some("decimal") } else { None },
            "hint": self.hint(item),
            "choices": choices,
            "texts": lines,
            "checked": texts.last().is_some_and(|text| matches!(text.as_str(), "on" | "true" | "yes" | "1")),
            "faults": faults,
        })
    }

    fn kind(&self, field: &FormField, many: bool, item: FieldType) -> &'static str {
        match item {
            _ if field.secret => "input",
            _ if many && !field.choices.is_empty() => "checks",
            _ if many => "lines",
            _ if !field.choices.is_empty() => "select",
            FieldType::Reference(_) => "input",
            FieldType::Boolean if field.optional => "select",
            FieldType::Boolean => "checkbox",
            FieldType::Object(_) | FieldType::Json => "area",
            FieldType::Text if field.pattern.is_none() && field.max_length.is_none_or(|most| most > ONE_LINE) => "area",
            _ => "input",
        }
    }

    /// What a person has to know to fill it in.
    fn hint(&self, item: FieldType) -> Option<&'static str> {
        let key = match item {
            FieldType::Duration => "hint.duration",
            FieldType::Object(_) | FieldType::Json => "hint.json",
            FieldType::Bytes => "hint.bytes",
            FieldType::Reference(_) => "hint.reference",
            _ => return None,
        };
        Some(texts::text(self.language, key))
    }

    /// A stored text as an input takes it.
    fn stored(&self, item: FieldType, text: &str) -> String {
        match item {
            FieldType::DateTime => when::local(self.zone, text).unwrap_or_else(|| text.to_owned()),
            _ => text.to_owned(),
        }
    }

    /// The engine's own choices of yes and no, in the language of the person; all others are the app's.
    fn choice<'l>(&self, field: &FormField, label: &'l str) -> &'l str {
        match (field.ty, label) {
            (FieldType::Boolean, "Yes") => texts::text(self.language, "form.yes"),
            (FieldType::Boolean, "No") => texts::text(self.language, "form.no"),
            _ => label,
        }
    }

    /// What is wrong with a field, in the language of the person and without patterns, which are for programs. What an
    /// app says is its own.
    fn message(&self, field: Option<&FormField>, fault: &FieldError) -> String {
        let german = self.language == Language::German;
        let ends = |field: &FormField| Some((field.least?.to_string(), field.most?.to_string()));
        let text = |key: &'static str| texts::text(self.language, key).to_owned();
        // Inside of a list or an object the limits are those of a part.
        let field = field.filter(|field| field.name == fault.field);
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
            (FieldErrorKind::OutOfRange, Some(field)) if german => match ends(field) {
                Some((least, most)) => text("invalid.range").replace("{least}", &least).replace("{most}", &most),
                None => fault.message.clone(),
            },
            (FieldErrorKind::Type, Some(field)) if german => match field.ty {
                FieldType::Integer | FieldType::Number | FieldType::Decimal => text("invalid.number"),
                FieldType::Date | FieldType::Time | FieldType::DateTime => text("invalid.time"),
                _ => text("invalid.type"),
            },
            _ => fault.message.clone(),
        }
    }
}

/// The value of a field to read: nothing of a secret.
pub(crate) fn value(field: &FormField, language: Language, zone: &TimeZone) -> Option<String> {
    if field.secret {
        return None;
    }
    let item = match field.ty {
        FieldType::List(item) => *item,
        ty => ty,
    };
    // A checkbox that is off has no text.
    if field.ty == FieldType::Boolean && field.texts().is_empty() && !field.optional {
        return Some(texts::text(language, "form.no").to_owned());
    }
    let shown = field.texts().into_iter().map(|text| {
        if let Some(choice) = field.choices.iter().find(|choice| choice.value == text) {
            return choice.label.to_string();
        }
        match item {
            FieldType::Boolean => texts::text(language, if text == "true" { "form.yes" } else { "form.no" }).to_owned(),
            FieldType::Date => when::day_text(language, &text).unwrap_or(text),
            FieldType::DateTime => when::moment_text(language, zone, &text).unwrap_or(text),
            FieldType::Decimal if language == Language::German => text.replace('.', ","),
            _ => text,
        }
    });
    let shown: Vec<String> = shown.collect();
    Some(shown.join(", ")).filter(|text| !text.is_empty())
}
