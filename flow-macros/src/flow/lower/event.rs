//! What stands behind the keys of timers that start processes, of messages and of signals.

use flow_graph::Cron;
use proc_macro2::Span;

use super::super::model::NodeModel;
use super::super::syntax::KeyValue;
use super::super::value::text;
use crate::errors::Errors;

/// The longest name of a message or a signal, in bytes.
const LONGEST_NAME: usize = 100;

/// `cron = "0 7 * * MON-FRI"`
pub(super) fn cron(entry: &KeyValue, errors: &mut Errors) -> Option<(String, Span)> {
    let (expression, span) = text(entry, errors)?;
    if let Err(error) = Cron::parse(&expression) {
        let fields = "the fields are minute, hour, day of the month, month and day of the week: \"0 7 * * MON-FRI\"";
        errors.push(span, format!("this cron expression {error}"), &[fields]);
    }
    Some((expression, span))
}

/// `message = "payment"`, `signal = "prices_changed"`
pub(super) fn name(entry: &KeyValue, errors: &mut Errors) -> Option<String> {
    let (name, span) = text(entry, errors)?;
    if name.trim().is_empty() || name.len() > LONGEST_NAME || name.contains(char::is_control) {
        let text = format!("the name of a {} must have 1 to {LONGEST_NAME} bytes and no control characters", entry.key);
        errors.push(span, text, &[]);
    }
    Some(name)
}

/// What two keys say together.
pub(super) fn together(model: &NodeModel, errors: &mut Errors) {
    if let (Some(_), Some((_, span))) = (&model.every, &model.cron) {
        errors.push(*span, "a timer has either `every` or `cron`", &["remove one of them"]);
    }
    if let (None, Some((_, span))) = (&model.cron, &model.zone) {
        errors.push(*span, "`zone` says what the hours of `cron` are, and there is no `cron`", &["remove `zone`"]);
    }
}
