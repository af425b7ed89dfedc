//! What a list wants to see: conditions, order and page, as plain data. `statements/` writes the SQL.

#![allow(unreachable_pub, reason = "seen through a sealed trait")]

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use diesel::backend::Backend;
use diesel::query_builder::QueryFragment;

use crate::{TaskId, TaskStatus, Timestamp};

/// A condition on a row of `flow_task` or `flow_process`, which have their own names in the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// All of them hold; true if there are none.
    All(Vec<Where>),
    /// One of them holds; false if there are none.
    Any(Vec<Where>),
    Not(Box<Where>),
    /// A column of text is one of these.
    OneOf(TextColumn, Vec<String>),
    IsNull(NullColumn),
    TaskStatus(TaskStatus),
    /// The process and the number are one of these.
    Tasks(Vec<TaskId>),
    /// The number of the process is one of these.
    Processes(Vec<i64>),
    /// The same of the process of a task.
    TasksOf(Vec<i64>),
    AtLeast(NumberColumn, i32),
    Before(TimeColumn, Timestamp),
    /// At this time, or after it.
    From(TimeColumn, Timestamp),
    /// The task is offered to this person, or to one of these groups.
    Candidate {
        person: String,
        groups: Vec<String>,
    },
    /// One of these people did a task of these nodes in the process, or somebody did it for them.
    Did {
        nodes: Vec<String>,
        people: Vec<String>,
    },
    /// This person does not want to see the task before then.
    Snoozed {
        person: String,
        now: Timestamp,
    },
    /// The process has a task that meets a condition; among these processes alone, if they are known.
    HasTask {
        task: Box<Where>,
        index: Option<ListIndex>,
        processes: Option<Vec<i64>>,
    },
    /// The reference contains this text, or the process has this number.
    Text {
        reference: crate::store::json::TextOperand,
        process: Option<i64>,
    },
    /// An expression of diesel's.
    Filter(Filter),
}

/// An expression of diesel's on the columns of a task and of its process, for one back end.
#[derive(Clone)]
pub struct Filter(Arc<dyn Any + Send + Sync>);

/// What is in it.
type Fragment<DB> = Box<dyn QueryFragment<DB> + Send + Sync>;

impl Filter {
    pub fn new<DB: Backend + 'static>(expression: impl QueryFragment<DB> + Send + Sync + 'static) -> Self {
        let fragment: Fragment<DB> = Box::new(expression);
        Filter(Arc::new(fragment))
    }

    /// The expression; `None` if it is one of another back end, which the types of the lists exclude.
    pub fn of<DB: Backend + 'static>(&self) -> Option<&(dyn QueryFragment<DB> + Send + Sync)> {
        self.0.downcast_ref::<Fragment<DB>>().map(|fragment| &**fragment)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an expression of diesel's")
    }
}

/// The same one: what is in it cannot be compared.
impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Filter {}

impl Where {
    /// Meets every row.
    pub fn always() -> Self {
        Where::All(Vec::new())
    }

    /// Meets no row.
    pub fn never() -> Self {
        Where::Any(Vec::new())
    }

    pub fn is_never(&self) -> bool {
        matches!(self, Where::Any(any) if any.is_empty())
    }

    pub fn is_always(&self) -> bool {
        matches!(self, Where::All(all) if all.is_empty())
    }

    /// Both hold.
    pub fn and(self, other: Where) -> Self {
        match (self, other) {
            (this, other) if this.is_never() || other.is_always() => this,
            (this, other) if other.is_never() || this.is_always() => other,
            (Where::All(mut all), other) => {
                all.push(other);
                Where::All(all)
            }
            (this, other) => Where::All(vec![this, other]),
        }
    }

    /// One of them holds.
    pub fn or(self, other: Where) -> Self {
        match (self, other) {
            (this, other) if this.is_always() || other.is_never() => this,
            (this, other) if other.is_always() || this.is_never() => other,
            (Where::Any(mut any), other) => {
                any.push(other);
                Where::Any(any)
            }
            (this, other) => Where::Any(vec![this, other]),
        }
    }

    /// It does not hold.
    pub fn negated(self) -> Self {
        Where::Not(Box::new(self))
    }

    /// Whether it looks at the row of the process, which a list of tasks must join then.
    pub fn needs_process(&self) -> bool {
        match self {
            Where::All(these) | Where::Any(these) => these.iter().any(Where::needs_process),
            Where::Not(this) => this.needs_process(),
            Where::OneOf(column, _) => column.name().starts_with("flow_process."),
            Where::IsNull(column) => column.name().starts_with("flow_process."),
            Where::Before(column, _) | Where::From(column, _) => column.name().starts_with("flow_process."),
            // Of an expression it is not known; the page joins the process anyway.
            Where::HasTask { .. } | Where::Text { .. } | Where::Processes(_) | Where::Filter(_) => true,
            Where::TaskStatus(_)
            | Where::Tasks(_)
            | Where::TasksOf(_)
            | Where::AtLeast(..)
            | Where::Candidate { .. }
            | Where::Did { .. }
            | Where::Snoozed { .. } => false,
        }
    }
}

macro_rules! columns {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $column:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($variant,)+
        }

        impl $name {
            pub const fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $column,)+
                }
            }
        }
    };
}

columns! {
    /// A column of text.
    TextColumn {
        TaskFlow = "flow_task.flow",
        Node = "flow_task.node",
        Kind = "flow_task.kind",
        TaskStatus = "flow_task.status",
        Owner = "flow_task.owner",
        OnBehalfOf = "flow_task.on_behalf_of",
        Nominee = "flow_task.nominee",
        Error = "flow_task.error",
        Flow = "flow_process.flow",
        ProcessStatus = "flow_process.status",
        StartedBy = "flow_process.started_by",
        Reference = "flow_process.reference",
    }
}

columns! {
    /// A column that may be empty.
    NullColumn {
        TaskFinished = "flow_task.finished",
        Owner = "flow_task.owner",
        Nominee = "flow_task.nominee",
        Suspended = "flow_process.suspended",
        StartedBy = "flow_process.started_by",
        Reference = "flow_process.reference",
    }
}

columns! {
    /// A column of numbers.
    NumberColumn {
        Priority = "flow_task.priority",
    }
}

columns! {
    /// A column of time.
    TimeColumn {
        TaskCreated = "flow_task.created",
        Due = "flow_task.due",
        Created = "flow_process.created",
    }
}

columns! {
    /// An index that a part of a list goes by. Its conditions stand in that part literally.
    ListIndex {
        Open = "flow_task_open",
        Due = "flow_task_by_due",
        Priority = "flow_task_by_priority",
        Owner = "flow_task_by_owner",
        Flow = "flow_process_by_flow",
        Starter = "flow_process_by_starter",
        Reference = "flow_process_by_reference",
        Candidate = "flow_candidate_by_id",
    }
}

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

/// What a condition says without its candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// It holds for tasks that are offered to this person or one of these groups alone.
    pub candidate: Option<(String, Vec<String>)>,
    pub condition: Where,
}

impl Where {
    /// The condition as alternatives, in which candidates stand apart: tasks that are offered to somebody have an index
    /// of their own. One alternative without, if that cannot be told.
    pub fn alternatives(self) -> Vec<Alternative> {
        match self {
            Where::Candidate { person, groups } => {
                vec![Alternative { candidate: Some((person, groups)), condition: Where::always() }]
            }
            Where::Any(these) if these.iter().any(Where::has_candidate) => {
                let (offered, others): (Vec<_>, Vec<_>) = these.into_iter().partition(Where::has_candidate);
                let mut found: Vec<Alternative> = offered.into_iter().flat_map(Where::alternatives).collect();
                let others = others.into_iter().fold(Where::never(), Where::or);
                if !others.is_never() {
                    found.push(Alternative { candidate: None, condition: others });
                }
                found
            }
            Where::All(these) if these.iter().filter(|this| this.has_candidate()).count() == 1 => {
                let (offered, others): (Vec<_>, Vec<_>) = these.into_iter().partition(Where::has_candidate);
                let rest = others.into_iter().fold(Where::always(), Where::and);
                let found = offered.into_iter().flat_map(Where::alternatives);
                found.map(|other| Alternative { condition: other.condition.and(rest.clone()), ..other }).collect()
            }
            condition => vec![Alternative { candidate: None, condition }],
        }
    }

    fn has_candidate(&self) -> bool {
        match self {
            Where::Candidate { .. } => true,
            Where::All(these) | Where::Any(these) => these.iter().any(Where::has_candidate),
            _ => false,
        }
    }

    /// Whether it picks a few processes by an index of theirs, which a list of tasks had better begin with.
    pub fn picks_processes(&self) -> bool {
        match self {
            Where::OneOf(TextColumn::Reference | TextColumn::StartedBy, _) | Where::Processes(_) => true,
            Where::All(these) => these.iter().any(Where::picks_processes),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(n: i32) -> Where {
        Where::AtLeast(NumberColumn::Priority, n)
    }

    #[test]
    fn what_always_or_never_holds_is_folded() {
        assert_eq!(Where::always().and(number(1)), number(1));
        assert_eq!(number(1).and(Where::always()), number(1));
        assert!(number(1).and(Where::never()).is_never());
        assert!(number(1).or(Where::always()).is_always());
        assert_eq!(Where::never().or(number(1)), number(1));
        assert_eq!(number(1).and(number(2)).and(number(3)), Where::All(vec![number(1), number(2), number(3)]));
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

    #[test]
    fn candidates_stand_apart_and_the_rest_stays_with_each() {
        let offered = || Where::Candidate { person: "anna".to_owned(), groups: vec!["board".to_owned()] };
        let candidate = Some(("anna".to_owned(), vec!["board".to_owned()]));
        let own = |condition| Alternative { candidate: candidate.clone(), condition };
        let other = |condition| Alternative { candidate: None, condition };
        assert_eq!(number(1).alternatives(), [other(number(1))]);
        assert_eq!(offered().alternatives(), [own(Where::always())]);
        assert_eq!(offered().and(number(1)).alternatives(), [own(number(1))]);
        let either = number(3).or(offered()).and(number(1)).and(number(2));
        let rest = || number(1).and(number(2));
        assert_eq!(either.alternatives(), [own(rest()), other(number(3).and(rest()))]);
        // What cannot be told stays as it is.
        for whole in [offered().negated(), Where::All(vec![offered(), offered()])] {
            assert_eq!(whole.clone().alternatives(), [other(whole)]);
        }
    }
}
