//! The templates: ours, and those of the app, which come first.

use std::sync::Arc;

use flow_core::Timestamp;
use jiff::tz::TimeZone;
use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, State, UndefinedBehavior};

use crate::language::Language;
use crate::when;
use crate::words::Words;

macro_rules! ours {
    ($($name:literal),* $(,)?) => {
        /// Our templates, by name.
        pub(crate) const OURS: &[(&str, &str)] = &[$(($name, include_str!(concat!("../templates/", $name)))),*];
    };
}

ours! {
    "archive.html",
    "base.html",
    "bulk.html",
    "confirm.html",
    "confirm_bulk.html",
    "confirm_retry.html",
    "errors.html",
    "fault.html",
    "flow.html",
    "inbox.html",
    "overview.html",
    "parts/managers.html",
    "parts/data.html",
    "parts/field.html",
    "parts/fields.html",
    "parts/filter.html",
    "parts/history.html",
    "parts/layout.html",
    "parts/more.html",
    "parts/panels.html",
    "parts/processes.html",
    "parts/tasks.html",
    "parts/verbs.html",
    "process.html",
    "processes.html",
    "queue.html",
    "reassign.html",
    "requests.html",
    "snooze.html",
    "start.html",
    "start_form.html",
    "task.html",
    "tasks.html",
    "work.html",
    "workload.html",
}

/// All templates. What is undefined is an error: nothing is silently empty.
pub(crate) fn environment(
    own: Vec<(String, String)>,
    zone: &TimeZone,
    words: &Arc<Words>,
) -> Result<Environment<'static>, Error> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in OURS {
        templates.add_template(name, source)?;
    }
    for (name, source) in own {
        templates.add_template_owned(name, source)?;
    }
    let words = Arc::clone(words);
    let t = move |state: &State<'_, '_>, key: &str, values: Kwargs| translated(state, &words, key, &values);
    templates.add_function("t", t);
    // A value in the query of an address.
    templates
        .add_filter("urlencode", |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>());
    let moments = zone.clone();
    templates.add_filter("when", move |state: &State<'_, '_>, at: &str| moment(state, &moments, at));
    Ok(templates)
}

fn language(state: &State<'_, '_>) -> Language {
    let code = state.lookup("lang");
    code.as_ref().and_then(Value::as_str).and_then(Language::of_tag).unwrap_or_default()
}

/// `t("inbox.title")`, `t("page.overdue", days = 3)`: a text of ours, with `{days}` replaced.
fn translated(state: &State<'_, '_>, words: &Words, key: &str, values: &Kwargs) -> Result<String, Error> {
    let Some(mut text) = words.find(language(state), key).map(str::to_owned) else {
        return Err(Error::new(minijinja::ErrorKind::InvalidOperation, format!("there is no text `{key}`")));
    };
    for name in values.args() {
        let value: Value = values.get(name)?;
        text = text.replace(&format!("{{{name}}}"), &value.to_string());
    }
    values.assert_all_used()?;
    Ok(text)
}

/// `{{ task.created | when }}`: a moment as people read it, in an element that has it for machines.
fn moment(state: &State<'_, '_>, zone: &TimeZone, at: &str) -> Result<Value, Error> {
    let at: Timestamp = at.parse().map_err(|error: flow_core::ParseTimestampError| {
        Error::new(minijinja::ErrorKind::InvalidOperation, error.to_string())
    })?;
    let text = when::moment(language(state), zone, at);
    Ok(Value::from_safe_string(format!("<time datetime=\"{at}\">{text}</time>")))
}
