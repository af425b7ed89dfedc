//! A form as a page, made of what its node says it asks for: no page is written twice when a field is added.

use std::fmt::Write as _;

use flow_core::{FieldType, FormField};

/// The page of a form that is sent to `action`.
pub(crate) fn form(title: &str, action: &str, fields: &[FormField]) -> String {
    let mut page = format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>{0}</title>\n<h1>{0}</h1>\n<form method=\"post\" action=\"{1}\">\n",
        escape(title),
        escape(action)
    );
    for field in fields {
        let (label, help) = (escape(field.label), escape(field.help));
        let _ = writeln!(page, "<p><label>{label} {}</label> <small>{help}</small></p>", control(field));
    }
    page.push_str("<button>Send</button>\n</form>\n");
    page
}

/// What is filled in: a list to choose from, or an input of the field's type.
fn control(field: &FormField) -> String {
    let name = escape(field.name);
    let required = if field.required { " required" } else { "" };
    let texts = field.texts();
    if !field.choices.is_empty() {
        let many = if matches!(field.ty, FieldType::List(_)) { " multiple" } else { "" };
        let empty = if field.optional { "<option></option>" } else { "" };
        let options = field.choices.iter().map(|choice| {
            let selected = if texts.iter().any(|text| *text == choice.value) { " selected" } else { "" };
            format!("<option value=\"{}\"{selected}>{}</option>", escape(&choice.value), escape(&choice.label))
        });
        return format!("<select name=\"{name}\"{required}{many}>{empty}{}</select>", options.collect::<String>());
    }
    let ty = if field.secret { "password" } else { field.ty.input() };
    let mut input = format!("<input type=\"{ty}\" name=\"{name}\"{required}");
    match texts.first() {
        Some(_) if ty == "checkbox" => input.push_str(" checked"),
        Some(text) => {
            let _ = write!(input, " value=\"{}\"", escape(text));
        }
        None => {}
    }
    if let Some(most) = field.max_length {
        let _ = write!(input, " maxlength=\"{most}\"");
    }
    if let Some(pattern) = field.pattern {
        let _ = write!(input, " pattern=\"{}\"", escape(pattern));
    }
    for (key, end) in [("min", field.least), ("max", field.most)] {
        if let Some(end) = end {
            let _ = write!(input, " {key}=\"{end}\"");
        }
    }
    if field.ty == FieldType::Number {
        input.push_str(" step=\"any\"");
    }
    input + ">"
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
