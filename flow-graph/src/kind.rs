//! The kinds of node, and the facts about each that everything else asks for.

/// What a node is. The words are Viewflow's; what each does is in `flow_core::node`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A person starts a process, by a form.
    Start,
    /// Code starts a process.
    StartHandle,
    /// A person does a task, by a form.
    View,
    /// Code runs at once, in the transaction.
    Function,
    /// Waits until code elsewhere calls it.
    Handle,
    /// Code runs in the background, outside any transaction.
    Job,
    /// Chooses one of two ways.
    If,
    /// Chooses one of several ways.
    Switch,
    /// Starts several branches.
    Split,
    /// Waits for the branches of a split.
    Join,
    /// Waits for a time.
    Timer,
    /// Runs another flow, and waits for its end.
    Subprocess,
    /// Ends a branch; the process ends with its last branch.
    End,
    /// The timeout of a waiting task: made by `on_timeout`, never written as a field.
    TimerBoundary,
}

/// The edges that lead out of a kind of node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exits {
    /// None: the branch ends here.
    None,
    /// One: `next`.
    Next,
    /// Two: `then` and `else`.
    ThenElse,
    /// One of several: `case` and `default`.
    Cases,
    /// Several at once: `next`, more than once.
    Branches,
}

impl Kind {
    /// Every kind that can be written as a field's type.
    pub const FIELDS: &'static [Kind] = &[
        Kind::Start,
        Kind::StartHandle,
        Kind::View,
        Kind::Function,
        Kind::Handle,
        Kind::Job,
        Kind::If,
        Kind::Switch,
        Kind::Split,
        Kind::Join,
        Kind::Timer,
        Kind::Subprocess,
        Kind::End,
    ];

    /// The type a field of this kind has: `View`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Start => "Start",
            Kind::StartHandle => "StartHandle",
            Kind::View => "View",
            Kind::Function => "Function",
            Kind::Handle => "Handle",
            Kind::Job => "Job",
            Kind::If => "If",
            Kind::Switch => "Switch",
            Kind::Split => "Split",
            Kind::Join => "Join",
            Kind::Timer => "Timer",
            Kind::Subprocess => "Subprocess",
            Kind::End => "End",
            Kind::TimerBoundary => "TimerBoundary",
        }
    }

    /// The word stored in `flow_task.task_type`: Viewflow's.
    #[must_use]
    pub const fn task_type(self) -> &'static str {
        match self {
            Kind::Start => "HUMAN_START",
            Kind::StartHandle => "START",
            Kind::View => "HUMAN",
            Kind::Function | Kind::Handle => "FUNCTION",
            Kind::Job => "JOB",
            Kind::If => "EXCLUSIVE_GATEWAY",
            Kind::Switch => "SWITCH",
            Kind::Split => "PARALLEL_GATEWAY",
            Kind::Join => "JOIN",
            Kind::Subprocess => "SUBPROCESS",
            Kind::End => "END",
            Kind::Timer | Kind::TimerBoundary => "TIMER",
        }
    }

    /// The kind whose type is called `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::FIELDS.iter().copied().find(|kind| kind.name() == name)
    }

    /// A process begins here.
    #[must_use]
    pub const fn begins(self) -> bool {
        matches!(self, Kind::Start | Kind::StartHandle)
    }

    /// A branch ends here.
    #[must_use]
    pub const fn ends(self) -> bool {
        matches!(self.exits(), Exits::None)
    }

    /// A process rests here until somebody or something goes on with it.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Kind::View | Kind::Handle | Kind::Job | Kind::Timer | Kind::Subprocess | Kind::TimerBoundary)
    }

    /// A person does it.
    #[must_use]
    pub const fn is_human(self) -> bool {
        matches!(self, Kind::Start | Kind::View)
    }

    /// It belongs to another task and ends with it.
    #[must_use]
    pub const fn is_boundary(self) -> bool {
        matches!(self, Kind::TimerBoundary)
    }

    /// The edges that lead out of it.
    #[must_use]
    pub const fn exits(self) -> Exits {
        match self {
            Kind::End => Exits::None,
            Kind::If => Exits::ThenElse,
            Kind::Switch => Exits::Cases,
            Kind::Split => Exits::Branches,
            _ => Exits::Next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_kind_is_found_by_its_name() {
        for kind in Kind::FIELDS {
            assert_eq!(Kind::from_name(kind.name()), Some(*kind));
        }
        assert_eq!(Kind::from_name("TimerBoundary"), None, "made by on_timeout, never a field");
    }
}
