//! Everything a file with a flow needs: `use flow_core::prelude::*;`

pub use diesel::prelude::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, RunQueryDsl as _, SelectableHelper as _, TextExpressionMethods as _,
};

pub use crate::form::FormInput;
pub use crate::list::FlowLists as _;
pub use crate::node::{Form, StartData};
pub use crate::proxy::{Choices as _, Refs as _, RowProxy as _};
pub use crate::query::{ProcessQuery as _, TaskQuery as _};
pub use crate::states::{State, StateMachine as _, StateRow as _};
pub use crate::user::ActingUser as _;
pub use crate::verbs::FlowVerbs as _;
pub use crate::{
    Activation, Branches, Flow as _, Flows, JobContext, JobFailure, Permission, Process, ProcessId, Ref, Retry, Step,
    StepError, System, Task, TaskId, Timestamp, User, days, flows, group, hours, minutes, person, seconds,
    working_days,
};

#[cfg(feature = "macros")]
pub use crate::{Choices, FlowModel, JsonModel, JsonProxy, ProcessProxy, States, TaskProxy, flow, states};
#[cfg(not(feature = "macros"))]
pub use crate::{FlowModel, ProcessProxy, States, TaskProxy};

macro_rules! node_types {
    (fields {$(
        $(#[$doc:meta])* $kind:ident ($($owner:ident)?) { $($facts:tt)* } { $($keys:tt)* }
    )*} boundaries { $($boundaries:tt)* }) => {
        pub use crate::node::{$($kind),*};
    };
}

flow_graph::__node_kinds!(node_types);
