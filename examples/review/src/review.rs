//! A review: its row, its stages, and the transitions between them.

use flow_core::prelude::*;

use crate::Db;
use crate::flow::{AnnounceFlow, AnnounceProcessData};

diesel::table! {
    /// The reviews.
    reviews (id) {
        /// Number.
        id -> Integer,
        /// Who wrote it.
        author -> Text,
        /// Where it stands.
        stage -> Text,
        /// What it says.
        text -> Text,
        /// What was done about it, last.
        comment -> Nullable<Text>,
        /// How often it was changed.
        revision -> Integer,
    }
}

/// The table in SQL.
pub const TABLE: &str =
    "create table reviews (id integer primary key, author text not null, stage text not null default 'new',
    text text not null, comment text, revision integer not null default 0)";

/// Where a review stands.
#[derive(States, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// New.
    New,
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
    /// Published.
    Published,
    /// Removed.
    #[state(end)]
    Removed,
}

/// A review.
#[derive(diesel::Queryable, diesel::Selectable, diesel::AsChangeset, serde::Serialize, Debug, Clone)]
#[diesel(table_name = reviews, treat_none_as_null = true)]
pub struct Review {
    /// Number
    pub id: i32,
    /// Who wrote it
    pub author: String,
    /// Where it stands
    pub stage: State<Stage>,
    /// What it says
    pub text: String,
    /// What was done about it, last
    pub comment: Option<String>,
    /// How often it was changed
    pub revision: i32,
}

/// Old and new values of the fields are in the log.
#[states(Stage, field = stage, table = reviews, version = revision, log = values)]
impl Review {
    /// Approve
    #[transition(from(New), to = Approved, permission("staff"), when(this.has_text, "the text is missing"))]
    pub fn approve(&mut self, comment: Option<String>) {
        self.comment = comment;
    }

    /// Reject
    #[transition(from(New), to = Rejected, permission("staff"))]
    pub fn reject(&mut self, why: String) -> Step {
        if why.is_empty() {
            return Err("a rejection says why".into());
        }
        self.comment = Some(why);
        Ok(())
    }

    /// Publish
    ///
    /// Starts a process that tells the readers, in the same transaction.
    #[transition(from(Approved), to = Published, permission(this.is_not_its_author))]
    pub fn publish(&mut self, conn: &mut Db) -> Step<i64> {
        let data = AnnounceProcessData { review: self.id.into() };
        Ok(AnnounceFlow.start.run(conn, &System("review"), data)?.id())
    }

    /// Remove
    #[transition(from(any), to = Removed, permission(this.is_its_author))]
    pub fn remove(&mut self) {}

    /// Delete for good
    #[transition(from(Removed), permission("staff"))]
    pub fn erase(&mut self) {}

    fn has_text(&self) -> bool {
        !self.text.is_empty()
    }

    fn is_its_author(&self, user: &dyn User) -> bool {
        user.id() == self.author
    }

    fn is_not_its_author(&self, user: &dyn User) -> bool {
        !self.is_its_author(user)
    }
}

/// The review with this number.
///
/// # Errors
/// There is none.
pub fn find(conn: &mut Db, id: i32) -> flow_core::Result<Review> {
    Ok(reviews::table.find(id).select(Review::as_select()).first(conn)?)
}
