//! The methods that rows have: a field of the same name would hide them, and what they answer is no field.

/// Of the row of a process.
pub(crate) const PROCESS: &[&str] = &[
    "id",
    "flow",
    "status",
    "version",
    "created",
    "finished",
    "data",
    "row",
    "save",
    "parent",
    "seed",
    "artifact",
    "start_key",
];

/// Of the row of a task.
pub(crate) const TASK: &[&str] = &[
    "id",
    "flow",
    "node",
    "task_type",
    "status",
    "token",
    "previous",
    "owner",
    "created",
    "assigned",
    "started",
    "finished",
    "due",
    "error",
    "data",
    "joined",
    "seed",
    "artifact",
];
