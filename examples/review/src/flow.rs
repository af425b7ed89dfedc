//! Flows beside the reviews: one whose function approves a review, and one that a transition starts.

use flow_core::prelude::*;

use crate::Db;
use crate::review::find;

/// A review that a machine has looked at.
#[derive(ProcessProxy, Debug, Clone)]
pub struct ScreenProcess {
    process: Process,
    /// The number of the review
    review: i64,
    /// Whether it may be shown
    #[json(default)]
    harmless: bool,
}

/// Screening
#[flow(process = ScreenProcess, connection = Db)]
#[derive(Debug)]
pub struct ScreenFlow {
    /// A review has come in
    #[node(permission(anyone), next = this.screen)]
    pub start: StartHandle,

    /// What the machine says
    #[node(permission(anyone), input = bool, run = |a, harmless| a.process.set_harmless(harmless), next = this.decide)]
    pub screen: Handle,

    /// Harmless?
    #[node(if = |a| a.process.harmless(), then = this.approve, else = this.end)]
    pub decide: If,

    /// Approve the review
    #[node(run = this.approve_review(conn), next = this.end)]
    pub approve: Function,

    /// Done
    pub end: End,
}

impl ScreenFlow {
    /// The transition is taken, saved and logged in the transaction of the step.
    fn approve_review(a: &mut Activation<Self>, conn: &mut Db) -> Step {
        let mut review = find(conn, a.process.review().try_into()?)?;
        review.by(&System("screening")).because("harmless").approve(None)?;
        review.save(conn)?;
        Ok(())
    }
}

/// Notifies the readers of a review.
#[derive(ProcessProxy, Debug, Clone)]
pub struct AnnounceProcess {
    process: Process,
    /// The number of the review
    review: i64,
}

/// Announcement
#[flow(process = AnnounceProcess, connection = Db)]
#[derive(Debug)]
pub struct AnnounceFlow {
    /// A review is published
    #[node(permission(anyone), next = this.tell)]
    pub start: StartHandle,

    /// Tell the readers
    #[node(run = |job| println!("review {} is published", job.process.review()), next = this.end)]
    pub tell: Job,

    /// Done
    pub end: End,
}
