//! What a list wants to see: conditions, order and page, as plain data. `statements/` writes the SQL.

#![allow(unreachable_pub, reason = "seen through a sealed trait")]

mod columns;
mod condition;

pub use columns::{ListIndex, NullColumn, NumberColumn, TextColumn, TimeColumn};
pub use condition::{Alternative, Filter, Where};

use crate::Timestamp;

impl ListIndex {
    /// The index that has the rows of the same part in this order.
    pub fn ordered(self, sort: Sort) -> Self {
        match (self, sort) {
            (ListIndex::Open, Sort::Due(_)) => ListIndex::Due,
            (ListIndex::Open, Sort::Priority(_)) => ListIndex::Priority,
            (index, _) => index,
        }
    }
}

/// The order of a list, and where its page begins: behind the row with this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// By number.
    Oldest,
    /// By number, backwards.
    Newest,
    /// By priority, the highest first; then by number.
    Priority(i32),
    /// By the time it is due, what is never due last; then by number.
    Due(Option<Timestamp>),
    /// By the value of a field, which the list has; then by number.
    Field,
}

/// By which expression a list is sorted, and in which direction.
#[derive(Clone, Debug)]
pub struct ByField {
    pub expression: Filter,
    pub descending: bool,
}

/// A place in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub sort: Sort,
    pub process: i64,
    /// Of a list of processes 0.
    pub number: i32,
}

/// Where the rows of a part come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The table of the list, by this index.
    Table(Option<ListIndex>),
    /// Of processes: those that have such a task, by this index of the tasks.
    Tasks(ListIndex),
    /// Tasks that are offered to one of these, or the processes of such tasks.
    Offered(Offer),
}

/// The people or the groups that tasks are offered to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// `person` or `group`.
    pub kind: &'static str,
    pub ids: Vec<String>,
}

impl Offer {
    /// A person, and those of their groups.
    pub fn each(person: &str, groups: &[String]) -> Vec<Self> {
        let mut offers = vec![Offer { kind: "person", ids: vec![person.to_owned()] }];
        if !groups.is_empty() {
            offers.push(Offer { kind: "group", ids: groups.to_vec() });
        }
        offers
    }
}

/// A part of a list, which one index has in order. Parts that come from the table of the list do not overlap.
#[derive(Clone, Debug)]
pub struct Part {
    pub source: Source,
    pub condition: Where,
}

impl Part {
    /// Rows of the list's table.
    pub fn of(index: Option<ListIndex>, condition: Where) -> Self {
        Part { source: Source::Table(index), condition }
    }
}

/// A page of a list of tasks or of processes.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// The rows are in one of these parts.
    pub parts: Vec<Part>,
    /// And meet this.
    pub condition: Where,
    /// The order; the key in it does not count.
    pub sort: Sort,
    /// Of [`Sort::Field`]: of which.
    pub by: Option<ByField>,
    pub after: Option<Place>,
    pub most: i64,
}

/// Most parts of one statement.
pub const MOST_PARTS: usize = 100;

impl ListQuery {
    /// With no more parts than a statement can have: several are looked at together, and by no index of their own.
    pub fn bounded(mut self) -> Self {
        if self.parts.len() > MOST_PARTS && !self.overlaps() {
            let size = self.parts.len().div_ceil(MOST_PARTS);
            self.parts = self
                .parts
                .chunks(size)
                .map(|some| Part::of(None, Where::Any(some.iter().map(|part| part.condition.clone()).collect())))
                .collect();
        }
        self
    }

    /// Whether a row may be in several parts.
    pub fn overlaps(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part.source, Source::Table(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(n: i32) -> Where {
        Where::AtLeast(NumberColumn::Priority, n)
    }

    #[test]
    fn a_list_of_many_parts_keeps_all_of_them() {
        let parts = (0..250).map(|n| Part::of(Some(ListIndex::Open), number(n))).collect();
        let query =
            ListQuery { parts, condition: Where::always(), sort: Sort::Oldest, by: None, after: None, most: 10 }
                .bounded();
        assert!(query.parts.len() <= MOST_PARTS);
        let conditions = query.parts.iter().map(|part| match &part.condition {
            Where::Any(any) => any.len(),
            _ => 1,
        });
        assert_eq!(conditions.sum::<usize>(), 250);
    }
}
