//! A condition on the rows of a list.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use diesel::backend::Backend;
use diesel::query_builder::QueryFragment;

use super::{ListIndex, NullColumn, NumberColumn, TextColumn, TimeColumn};
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
