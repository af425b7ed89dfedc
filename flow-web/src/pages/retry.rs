//! All failed tasks that a filter matches, or that failed with one text, retried at once.

use axum::response::Response;
use flow_core::{FindTasks, FlowConnection, Verb};
use serde_json::json;

use super::admin::managers_alone;
use super::bulk;
use crate::fault::Fault;
use crate::filters::{self, Reading, Whose};
use crate::posted::Posted;
use crate::visit::Visit;

/// Most tasks at once.
const MOST: usize = 1_000;

/// The tasks that are meant: by the filters of the address, and by the text that was sent.
fn meant<'v, C: FlowConnection + Send>(visit: &'v Visit<C>, posted: &Posted) -> Result<FindTasks<'v, C>, Fault> {
    let list = filters::tasks(visit, Whose::Errors, Reading::Rest)?;
    Ok(match posted.own("error") {
        Some(text) => list.error(text),
        None => list,
    })
}

/// Asks first, and says how many they are.
pub(crate) async fn perform<C: FlowConnection + Send>(visit: Visit<C>, posted: Posted) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            managers_alone(visit)?;
            if posted.own("sure") != Some("yes") {
                let count = meant(visit, &posted)?.count(conn, MOST + 1)?;
                let content = json!({
                    "count": count.min(MOST), "more": count > MOST, "error": posted.own("error"),
                    "filters": visit.filters(),
                });
                return visit.page(conn, "confirm_retry", content);
            }
            let note = posted.note();
            let mut done = 0;
            let mut failed = Vec::new();
            for id in meant(visit, &posted)?.ids(conn, MOST)? {
                let row = bulk::one(conn, visit, Verb::Retry, &id.to_string(), note.as_deref())?;
                if row["ok"] == true { done += 1 } else { failed.push(row) }
            }
            // Rows that went well are gone from the list: it is enough to say how many.
            let content = json!({
                "verb": Verb::Retry.as_str(), "failed": failed.len(), "all": done + failed.len(), "rows": failed,
                "of_processes": false,
            });
            visit.page(conn, "bulk", content)
        })
        .await
}
