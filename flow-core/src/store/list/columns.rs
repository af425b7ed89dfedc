//! The columns and indexes that lists speak of.

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
        // The table itself, in the order of its key.
        ProcessKey = "flow_process_pkey",
        Starter = "flow_process_by_starter",
        Reference = "flow_process_by_reference",
        Candidate = "flow_candidate_by_id",
    }
}
