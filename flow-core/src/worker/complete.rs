//! The thread that completes jobs: all whose bodies have been run meanwhile, in one commit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::claimed::{Claimed, Ready};
use super::connections::Connection;
use super::execute::{LONGEST_WAIT, by_itself};
use super::shared::Shared;
use super::signal::{For, Phase};
use crate::store::FlowConnection;
use crate::transition::batch::{self, Member};

/// Most jobs of one commit.
const MOST: usize = 256;

/// Completes jobs until the worker stops and none is left.
pub(super) fn run<C: FlowConnection>(shared: &Shared<C>, conn: &mut Connection<C>) {
    loop {
        let next = shared.signal.wait(For::Finished, LONGEST_WAIT, |state| {
            let is_running = shared.signal.phase() == Phase::Running;
            if !state.finished.is_empty() {
                let most = state.finished.len().min(MOST);
                return Some(Some(Ok(state.finished.drain(..most).collect::<Vec<_>>())));
            }
            if is_running {
                return None;
            }
            // The other threads may have come to their end.
            match state.ready.iter().position(|ready| matches!(ready, Ready::Done(_))) {
                Some(at) => state.ready.remove(at).map(|done| Some(Err(done))),
                None => (state.busy == 0 || state.ended).then_some(None),
            }
        });
        let _clock = shared.follow_clock();
        match next {
            None => {}
            Some(None) => return,
            Some(Some(Ok(finished))) => together(shared, conn, finished),
            Some(Some(Err(Ready::Done(claimed)))) => by_itself(shared, conn, claimed),
            Some(Some(Err(_))) => {}
        }
    }
}

/// Completes these jobs in one commit. What is left out of it is completed by itself.
fn together<C: FlowConnection>(shared: &Shared<C>, conn: &mut Connection<C>, finished: Vec<Claimed<C>>) {
    let alone = shared.signal.lock().alone.clone();
    let fits = |claimed: &Claimed<C>| claimed.body.is_planned_with_others() && !alone.contains(&claimed.body.node());
    let (mut batch, mut left): (Vec<Claimed<C>>, Vec<Claimed<C>>) = finished.into_iter().partition(fits);
    let mut later = Vec::new();
    let mut done = Vec::new();
    if !batch.is_empty() {
        // A panic outside of the guarded callbacks is that of one job: by itself it harms no other.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let mut bodies: Vec<_> = batch.iter_mut().map(|claimed| &mut claimed.body).collect();
            conn.with(|conn| shared.in_turn(conn, |conn| batch::complete(conn, &mut bodies)))
        }));
        match outcome {
            Ok(Ok(members)) => {
                for (claimed, member) in batch.into_iter().zip(members) {
                    match member {
                        Member::Written => done.push(claimed),
                        Member::Later => later.push(claimed),
                        Member::Alone => left.push(claimed),
                        Member::NeverTogether => {
                            shared.signal.lock().alone.insert(claimed.body.node());
                            left.push(claimed);
                        }
                    }
                }
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "jobs could not be completed together, and are completed one by one");
                if !crate::sabotage::is_out("batch_alone") {
                    left.append(&mut batch);
                }
            }
            Err(_) => left.append(&mut batch),
        }
    }
    for claimed in &done {
        shared.leases.remove(claimed.lease);
    }
    shared.signal.change(|state| {
        state.busy -= done.len();
        state.report.done += done.len();
        // What follows may be due already.
        state.hinted |= !done.is_empty();
        state.finished.splice(..0, later);
        for claimed in left {
            state.ready.push_front(Ready::Done(claimed));
        }
    });
}
