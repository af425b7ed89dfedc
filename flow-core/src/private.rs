//! What the macros expand to. Not for direct use: it changes without notice.

pub use diesel;
pub use serde;

pub use crate::callback::{
    Assignee, Callback, Cx, MethodAnswer, act, act_with, act_with_input, look, look_with, try_act, try_act_with,
    try_act_with_input, try_look, try_look_with,
};
pub use crate::flow::{Assign, EdgeDef, JobDef, NodeDef, Rule, Texts, When};
pub use crate::flows::FlowEntry;
pub use crate::gift::{Gift, Giving, to};
pub use crate::job::{
    JobAnswer, JobCall, async_job, call as job_call, future_job, job, plain, try_async_job, try_future_job, try_job,
};
pub use crate::proxy::{
    Codec, Empty, Field, HasField, List, Meta, Native, NewDocument, Optional, Serde, Writer, index, missing_field,
    read, show, textual,
};
pub use crate::query::{flow_tasks, processes};

use crate::{Error, Flow, Result, StepError};

/// The form or input that a start was called with.
pub fn input<I: 'static>(input: &dyn std::any::Any) -> Result<&I> {
    input.downcast_ref().ok_or_else(|| Error::Internal("a start was handed another type".to_owned()))
}

/// The back end of a flow's connection.
pub type Backend<F> = <<F as Flow>::Connection as diesel::Connection>::Backend;

/// The connection of a flow that names none.
#[cfg(feature = "sqlite")]
pub type DefaultConnection = diesel::SqliteConnection;

/// What a flow without `connection = ..` gets where no back end is turned on: it is no `FlowConnection`.
#[cfg(not(feature = "sqlite"))]
#[derive(Debug)]
pub struct NoBackEnd;

#[cfg(not(feature = "sqlite"))]
pub type DefaultConnection = NoBackEnd;

/// An error of a start's code, with the node it is of.
pub fn step<T>(node: &'static str, answer: Result<T, StepError>) -> Result<T> {
    answer.map_err(|source| Error::Step { node, source })
}

/// Texts joined at compile time, for a message that names a field.
#[must_use]
pub const fn concat<const N: usize>(parts: &[&str]) -> [u8; N] {
    let mut out = [b' '; N];
    let (mut at, mut part) = (0, 0);
    while part < parts.len() {
        let bytes = parts[part].as_bytes();
        let mut b = 0;
        while b < bytes.len() && at < N {
            out[at] = bytes[b];
            at += 1;
            b += 1;
        }
        part += 1;
    }
    out
}
