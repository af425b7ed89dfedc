//! Putting a task off: it is hidden from one's own lists until a time.

use axum::http::StatusCode;
use axum::response::Response;
use flow_core::{Error, FlowConnection, TaskId, Timestamp, Verb, clock};
use jiff::ToSpan as _;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::task::{allowed, available, see};
use crate::fault::Fault;
use crate::posted::Posted;
use crate::shared::Names;
use crate::show;
use crate::visit::Visit;
use crate::when;

/// The page that asks until when.
pub(crate) async fn ask<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit.work(|conn, visit| page(conn, visit, None)).await
}

fn page<C: FlowConnection + Send>(
    conn: &mut C,
    visit: &Visit<C>,
    wrong: Option<(&str, &'static str)>,
) -> Result<Response, Fault> {
    let id = visit.task()?;
    let view = see(visit, conn, id)?;
    let verbs = available(visit, conn, &view)?;
    if !allowed(&verbs, Verb::Assign) && !allowed(&verbs, Verb::Execute) {
        // What putting it off would be refused with.
        let refused = verbs.into_iter().find(|known| known.verb == Verb::Assign).and_then(|known| known.allowed.err());
        return Err(refused.map_or_else(Fault::not_found, Fault::from));
    }
    let mut names = Names::new(&visit.web);
    let content = json!({
        "task": show::task(visit, conn, &mut names, &view.task)?,
        "process": show::process_row(visit, conn, &mut names, &view.row)?,
        "times": times(&visit.web.zone, clock::now()),
        "until": wrong.map_or("", |(text, _)| text), "fault": wrong.map(|(_, key)| key),
    });
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.page_of(conn, &["snooze.html".to_owned()], status, content)
}

/// Times that people mean: tomorrow and next Monday, at eight in the morning.
fn times(zone: &TimeZone, now: Timestamp) -> Value {
    let Ok(now) = jiff::Timestamp::from_microsecond(now.as_micros()) else { return Value::Array(Vec::new()) };
    let today = now.to_zoned(zone.clone()).date();
    let days =
        [("snooze.tomorrow", today.checked_add(1.day())), ("snooze.monday", today.nth_weekday(1, Weekday::Monday))];
    let times = days.into_iter().filter_map(|(key, day)| {
        let at = day.ok()?.at(8, 0, 0, 0).to_zoned(zone.clone()).ok()?;
        Some(json!({ "text": key, "until": at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string() }))
    });
    times.collect()
}

/// Puts it off, or shows it again.
pub(crate) async fn snooze<C: FlowConnection + Send>(visit: Visit<C>, posted: Posted) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let id = visit.task()?;
            see(visit, conn, id)?;
            if posted.own("do") == Some("show") {
                put_off(conn, visit, id, clock::now())?;
                return visit.redirect(&format!("/tasks/{id}?done=unsnooze:{id}"));
            }
            // A button of the page, or else what was typed.
            let text = [posted.own("at"), posted.own("until")].into_iter().flatten().find(|text| !text.is_empty());
            let text = text.unwrap_or_default();
            let until: Result<Timestamp, _> = when::with_offset(&visit.web.zone, text).parse();
            match until {
                Ok(until) if until > clock::now() => {
                    put_off(conn, visit, id, until)?;
                    visit.redirect(&format!("/?done=snooze:{id}"))
                }
                Ok(_) => page(conn, visit, Some((text, "snooze.past"))),
                Err(_) => page(conn, visit, Some((text, "invalid.time"))),
            }
        })
        .await
}

/// Hides a task from the person's lists until a time.
pub(crate) fn put_off<C: FlowConnection + Send>(
    conn: &mut C,
    visit: &Visit<C>,
    id: TaskId,
    until: Timestamp,
) -> Result<(), Error> {
    visit.flows().snooze(conn, id, visit.user(), until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tomorrow_and_monday_are_days_of_the_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        // A Saturday, half past twelve at night in Berlin.
        let now: Timestamp = "2026-11-27T23:30:00Z".parse().unwrap();
        let times = times(&zone, now);
        assert_eq!(times[0]["until"], "2026-11-29T08:00:00+01:00");
        assert_eq!(times[1]["until"], "2026-11-30T08:00:00+01:00");
    }
}
