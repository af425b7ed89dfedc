//! The schema, and the releases in flow.lock.

use std::path::Path;

use serde_json::json;

use super::output::{Failure, Output};
use crate::Flows;
use crate::lock::{self, CurrentError};
use crate::store::FlowConnection;

/// The migrations as SQL.
pub(super) fn migrations<C: FlowConnection>() -> Output {
    let all = C::MIGRATIONS;
    let text: Vec<String> = all.iter().map(|(name, sql)| format!("-- {name}\n{}", sql.trim_end())).collect();
    let json = all.iter().map(|(name, sql)| json!({ "name": name, "sql": sql }));
    Output::new(text.join("\n\n"), json!(json.collect::<Vec<_>>()))
}

pub(super) fn migrate<C: FlowConnection>(flows: &Flows<C>, conn: &mut C) -> Result<Output, Failure> {
    flows.migrate(conn)?;
    Ok(Output::new("the tables are of this version", json!({ "migrated": true })))
}

/// What a release would change; `None` if there is nothing.
fn review<C: FlowConnection>(flows: &Flows<C>, package: &Path) -> Result<Option<String>, Failure> {
    match lock::check_current(flows, package, false) {
        // The comparison is with the flows of this program; that it was compiled with an older lock does not matter here.
        Ok(()) | Err(CurrentError::OtherCompiled { .. }) => Ok(None),
        Err(CurrentError::Stale { review }) => Ok(Some(review)),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn release<C: FlowConnection>(flows: &Flows<C>, package: &Path) -> Result<Output, Failure> {
    let Some(review) = review(flows, package)? else {
        return Ok(Output::new("flow.lock is current", json!({ "written": false, "review": "" })));
    };
    lock::check_current(flows, package, true)?;
    let text = format!("{review}\nwritten to flow.lock: review it, compile anew, and commit it");
    Ok(Output::new(text, json!({ "written": true, "review": review })))
}

pub(super) fn diff<C: FlowConnection>(flows: &Flows<C>, package: &Path) -> Result<Output, Failure> {
    let review = review(flows, package)?;
    let json = json!({ "current": review.is_none(), "review": review.as_deref().unwrap_or_default() });
    let found = review.is_some();
    let text = review.map_or_else(|| "flow.lock is current".to_owned(), |review| review.trim_end().to_owned());
    Ok(Output::new(text, json).found(found))
}

/// The same, with the places of processes in flight.
pub(super) fn diff_and_open<C: FlowConnection>(
    flows: &Flows<C>,
    conn: &mut C,
    package: &Path,
) -> Result<Output, Failure> {
    let open = flows.releases(conn)?;
    let line = |place: &crate::OpenPlace| {
        format!("{} tasks open in `{}.{}` of release {}", place.tasks, place.flow, place.node, place.release)
    };
    let lines: Vec<String> = open.iter().map(line).collect();
    let json = open
        .iter()
        .map(|place| json!({ "flow": place.flow, "release": place.release, "node": place.node, "tasks": place.tasks }));
    let json = json!(json.collect::<Vec<_>>());
    Ok(diff(flows, package)?.and(&format!("\n\n{}", lines.join("\n"))).with("open", json))
}

pub(super) fn prune<C: FlowConnection>(
    flows: &Flows<C>,
    conn: &mut C,
    package: &Path,
    flow: &str,
    number: u32,
) -> Result<Output, Failure> {
    lock::prune(flows, conn, package, flow, number)?;
    let text = format!("release {number} of `{flow}` is removed from flow.lock");
    Ok(Output::new(text, json!({ "flow": flow, "release": number, "removed": true })))
}
