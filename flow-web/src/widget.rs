//! The fields of a form as inputs of a page.

use flow_core::{Choice, FieldError, FieldType, FormField};
use jiff::tz::TimeZone;
use minijinja::Environment;
use serde_json::{Value, json};

use crate::invalid::{Names, item_of, with_faults};
use crate::language::Language;
use crate::layout::{Layout, arranged};
use crate::number;
use crate::posted::Posted;
use crate::tree::{Tree, parts_of};
use crate::when;
use crate::words::Words;

/// Texts that may be longer than this get several lines.
const ONE_LINE: usize = 200;

/// More choices than this are searched.
const FEW: usize = 50;

/// Empty lines of a list, beside those that it has.
const BLANK: usize = 2;

/// Of what a form is made: in which language, in which zone, what was sent before and what is wrong with it.
pub(crate) struct Filling<'f> {
    pub(crate) language: Language,
    pub(crate) zone: &'f TimeZone,
    pub(crate) words: &'f Words,
    /// The templates, which may have an input for a field.
    pub(crate) templates: &'f Environment<'static>,
    /// The stored name of the flow.
    pub(crate) flow: &'f str,
    /// How the app arranges the form.
    pub(crate) layout: Option<&'f Layout>,
    pub(crate) posted: Option<&'f Posted>,
    pub(crate) faults: &'f [FieldError],
}

/// A field in its place.
struct Place<'p> {
    /// Its name in the form: `lines[2].amount`.
    name: String,
    /// What was sent for it, if the form was sent.
    sent: Option<&'p Tree>,
    /// A row may be left empty, so that nothing in it is required by the browser.
    in_row: bool,
}

impl Filling<'_> {
    /// The inputs of a form.
    fn inputs(&self, fields: &[FormField]) -> Value {
        let trees = self.posted.map(|posted| posted.trees(fields));
        let none = Tree::default();
        let inputs = fields.iter().map(|field| {
            let sent = trees.as_ref().map(|trees| trees.get(field.name).unwrap_or(&none));
            self.input(field, &Place { name: field.name.to_owned(), sent, in_row: false })
        });
        inputs.collect()
    }

    /// The form, for a template: its inputs, the same in their places, those with something wrong in them, also inside of
    /// others, and what is wrong beside them. `depend`: whether choices may depend on what was filled in.
    pub(crate) fn form(&self, fields: &[FormField], depend: bool) -> Value {
        let inputs = self.inputs(fields);
        let arranged = arranged(self.layout, &inputs, &|title| self.text(title).to_owned());
        let (mut wrong, mut names) = (Vec::new(), Names::default());
        with_faults(&inputs, &mut wrong, &mut names);
        json!({
            "inputs": inputs, "arranged": arranged, "wrong": wrong, "others": self.others(&names), "invalid": !self.faults.is_empty(),
            "choices_depend": depend,
        })
    }

    /// The parts of a field, or of a row of it, with the value that is stored of it.
    fn parts(&self, parts: &[FormField], value: Option<&Value>, place: &Place<'_>) -> Value {
        let none = Tree::default();
        let inputs = parts.iter().map(|part| {
            let mut part = part.clone();
            if let Some(Value::Object(object)) = value {
                part.value = object.get(part.name).cloned();
            }
            let sent = place.sent.map(|sent| sent.part(part.name).unwrap_or(&none));
            let name = format!("{}.{}", place.name, part.name);
            self.input(&part, &Place { name, sent, in_row: place.in_row })
        });
        inputs.collect()
    }

    /// The rows of a field, with an empty one at the end.
    fn rows(&self, field: &FormField, parts: &[FormField], place: &Place<'_>) -> Value {
        let stored = match (&field.value, field.default) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => serde_json::from_str(default).unwrap_or_default(),
            (None, None) => Value::Null,
        };
        let stored = stored.as_array().map(Vec::as_slice).unwrap_or_default();
        let blank = Tree::default();
        let mut rows: Vec<(Option<&Value>, Option<&Tree>)> = match place.sent {
            Some(sent) => sent.rows().map(|row| (None, Some(row))).collect(),
            None => stored.iter().map(|item| (Some(item), None)).collect(),
        };
        if rows.last().is_none_or(|(_, sent)| sent.is_none_or(|sent| !sent.is_blank())) {
            rows.push((None, Some(&blank)));
        }
        let rows = rows.into_iter().enumerate().map(|(at, (value, sent))| {
            let place = Place { name: format!("{}[{at}]", place.name), sent, in_row: true };
            json!({ "number": at + 1, "at": at, "parts": self.parts(parts, value, &place) })
        });
        rows.collect()
    }

    fn input(&self, field: &FormField, place: &Place<'_>) -> Value {
        let many = matches!(field.ty, FieldType::List(_)) && parts_of(field).is_none();
        let faults =
            self.faults.iter().filter(|fault| fault.field == place.name || many && item_of(fault) == Some(&place.name));
        let faults: Vec<String> = faults.map(|fault| self.message(Some(field), fault)).collect();
        if let Some((parts, many)) = parts_of(field) {
            let (kind, parts, rows) = match many {
                true => ("rows", Value::Null, self.rows(field, parts, place)),
                false => ("group", self.parts(parts, field.value.as_ref(), place), Value::Null),
            };
            return json!({
                "name": place.name, "label": self.words.field(self.language, self.flow, field), "help": self.words.help(self.language, self.flow, field),
                "kind": kind, "parts": parts, "rows": rows, "faults": faults, "widget": self.widget(field),
                "required": false, "optional": field.optional, "hint": null, "texts": [], "top": !place.in_row,
            });
        }
        let (many, item) = match field.ty {
            FieldType::List(item) => (true, *item),
            ty => (false, ty),
        };
        // A value that is secret is neither shown nor sent back.
        let texts: Vec<String> = match place.sent {
            _ if field.secret => Vec::new(),
            Some(sent) => sent.texts.clone(),
            None => field.texts().iter().map(|text| self.stored(item, text)).collect(),
        };
        let kind = self.kind(field, many, item);
        let is_selected = |value: &str| texts.iter().any(|text| text == value);
        let mut choices: Vec<(&str, &str)> =
            field.choices.iter().map(|choice| (&*choice.value, self.choice(field, choice))).collect();
        if kind == "select" && choices.is_empty() {
            choices = vec![("true", self.text("form.yes")), ("false", self.text("form.no"))];
        }
        // Too many to look through: those that a search finds, and what is chosen.
        let many_choices = kind == "select" && choices.len() > FEW;
        let search = self.posted.and_then(|posted| posted.own(&format!("search.{}", place.name))).unwrap_or_default();
        if many_choices {
            let wanted = search.to_lowercase();
            choices.retain(|(value, label)| is_selected(value) || label.to_lowercase().contains(&wanted));
            choices.sort_by_key(|(value, _)| !is_selected(value));
            choices.truncate(FEW);
        }
        let choices: Vec<Value> = choices
            .iter()
            .map(|(value, label)| json!({ "value": value, "label": label, "selected": is_selected(value) }))
            .collect();
        let mut lines = texts.clone();
        if kind == "lines" {
            let blank = lines.iter().filter(|line| line.trim().is_empty()).count();
            lines.retain(|line| !line.trim().is_empty());
            let more = self.posted.is_some_and(|posted| posted.adds_to(&place.name));
            lines.extend(std::iter::repeat_n(String::new(), if more { blank + BLANK } else { BLANK }));
        }
        let is_number = matches!(item, FieldType::Integer | FieldType::Number);
        json!({
            "name": place.name,
            "label": self.words.field(self.language, self.flow, field),
            "help": self.words.help(self.language, self.flow, field),
            "kind": kind,
            "widget": self.widget(field),
            "was": if item == FieldType::DateTime && !field.secret { self.was(field, place) } else { Vec::new() },
            "type": match item {
                _ if field.secret => "password",
                FieldType::DateTime => "datetime-local",
                ty => ty.input(),
            },
            "required": field.required && !many && !place.in_row,
            "optional": field.optional || place.in_row,
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
            "hint": self.hint(item).or((kind == "lines").then(|| self.text("hint.lines"))),
            "top": !place.in_row,
            "choices": choices,
            "search": many_choices.then_some(search),
            "texts": lines,
            "checked": texts.last().is_some_and(|text| matches!(text.as_str(), "on" | "true" | "yes" | "1")),
            "faults": faults,
        })
    }

    /// The moments that an input has been filled with: those stored, as they are.
    fn was(&self, field: &FormField, place: &Place<'_>) -> Vec<String> {
        match (place.sent, self.posted) {
            (None, _) => field.texts(),
            // The form goes round with what it was first filled with.
            (Some(sent), Some(posted)) => {
                let shown = |was: &&str| when::local(self.zone, was).is_some_and(|local| sent.texts.contains(&local));
                posted.each("was").filter(shown).map(str::to_owned).collect()
            }
            (Some(_), None) => Vec::new(),
        }
    }

    pub(crate) fn text<'w>(&'w self, key: &'w str) -> &'w str {
        self.words.text(self.language, key)
    }

    /// The template of the app's for this field, or for its type.
    fn widget(&self, field: &FormField) -> Option<String> {
        let names = [format!("widgets/{}.{}.html", self.flow, field.name), format!("widgets/{}.html", word(field.ty))];
        names.into_iter().find(|name| self.templates.get_template(name).is_ok())
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
    fn hint(&self, item: FieldType) -> Option<&str> {
        let key = match item {
            FieldType::Duration => "hint.duration",
            FieldType::Object(_) | FieldType::Json => "hint.json",
            FieldType::Bytes => "hint.bytes",
            FieldType::Reference(_) => "hint.reference",
            _ => return None,
        };
        Some(self.text(key))
    }

    /// A stored text as an input takes it.
    fn stored(&self, item: FieldType, text: &str) -> String {
        match item {
            FieldType::DateTime => when::local(self.zone, text).unwrap_or_else(|| text.to_owned()),
            FieldType::Decimal => number::shown(self.language, text),
            _ => text.to_owned(),
        }
    }

    fn choice<'l>(&'l self, field: &FormField, choice: &'l Choice) -> &'l str {
        self.words.choice(self.language, self.flow, field, (&choice.value, &choice.label))
    }
}

/// The value of a field to read: nothing of a secret.
pub(crate) fn value(
    field: &FormField,
    flow: &str,
    language: Language,
    zone: &TimeZone,
    words: &Words,
) -> Option<String> {
    if field.secret {
        return None;
    }
    let item = match field.ty {
        FieldType::List(item) => *item,
        ty => ty,
    };
    if let Some((parts, _)) = parts_of(field) {
        let rows = match field.value.as_ref()? {
            Value::Array(rows) => rows.as_slice(),
            row => std::slice::from_ref(row),
        };
        let rows = rows.iter().map(|row| {
            let parts = parts.iter().filter_map(|part| {
                let mut part = part.clone();
                part.value = Some(row.get(part.name)?.clone());
                let text = value(&part, flow, language, zone, words)?;
                Some(format!("{}: {text}", words.field(language, flow, &part)))
            });
            parts.collect::<Vec<_>>().join(", ")
        });
        return Some(rows.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty());
    }
    // A checkbox that is off has no text, as one that nobody has seen yet.
    if field.ty == FieldType::Boolean && field.value == Some(Value::Bool(false)) {
        return Some(words.text(language, "form.no").to_owned());
    }
    let shown = field.texts().into_iter().map(|text| {
        if let Some(choice) = field.choices.iter().find(|choice| choice.value == text) {
            return words.choice(language, flow, field, (&choice.value, &choice.label)).to_owned();
        }
        match item {
            FieldType::Boolean => words.text(language, if text == "true" { "form.yes" } else { "form.no" }).to_owned(),
            FieldType::Date => when::day_text(language, &text).unwrap_or(text),
            FieldType::DateTime => when::moment_text(language, zone, &text).unwrap_or(text),
            FieldType::Decimal | FieldType::Number => number::shown(language, &text),
            _ => text,
        }
    });
    let shown: Vec<String> = shown.collect();
    Some(shown.join(", ")).filter(|text| !text.is_empty())
}

/// The word of a type, for the name of its template.
const fn word(ty: FieldType) -> &'static str {
    match ty {
        FieldType::Text => "text",
        FieldType::Email => "email",
        FieldType::Url => "url",
        FieldType::Slug => "slug",
        FieldType::FilePath => "file_path",
        FieldType::Integer => "integer",
        FieldType::Number => "number",
        FieldType::Decimal => "decimal",
        FieldType::Boolean => "boolean",
        FieldType::Date => "date",
        FieldType::Time => "time",
        FieldType::DateTime => "date_time",
        FieldType::Duration => "duration",
        FieldType::Uuid => "uuid",
        FieldType::Ip => "ip",
        FieldType::Bytes => "bytes",
        FieldType::Choice => "choice",
        FieldType::Reference(_) => "reference",
        FieldType::List(_) => "list",
        FieldType::Object(_) => "object",
        FieldType::Json => "json",
        _ => "other",
    }
}
