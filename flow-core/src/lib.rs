#![doc = include_str!("../docs/overview.md")]

mod activation;
mod branches;
mod calendar;
#[doc(hidden)]
mod callback;
mod candidate;
mod change;
#[cfg(feature = "cli")]
pub mod cli;
pub mod clock;
mod columns;
pub mod data;
pub mod engine;
mod error;
#[cfg(feature = "macros")]
pub mod errors;
mod event;
mod flow;
mod flows;
pub mod form;
mod in_step;
mod job;
mod job_control;
mod join;
mod list;
pub mod lock;
mod model;
pub mod node;
mod payload;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod prelude;
mod process;
mod process_id;
pub mod proxy;
pub mod query;
mod retry;
mod row_json;
mod sabotage;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod states;
mod status;
#[cfg_attr(
    not(any(feature = "postgres", feature = "sqlite")),
    allow(dead_code, reason = "what is written for back ends alone is read by none here")
)]
mod store;
mod task;
mod task_id;
mod task_tag;
#[cfg(feature = "test-util")]
pub mod test_util;
mod timestamp;
mod transition;
mod user;
mod verbs;
mod worker;

#[doc(hidden)]
#[path = "private.rs"]
#[allow(missing_docs, reason = "not for direct use")]
pub mod __private;

pub use activation::Activation;
pub use branches::Branches;
pub use calendar::{Calendar, Day, Weekday, WorkingDays, working_days};
pub use candidate::{Candidate, group, person};
pub use change::{Change, ChangedTask, Notification};
pub use columns::{ProcessColumns, TaskColumns};
pub use engine::Obstacle;
pub use error::{
    Conflict, DataError, Error, ErrorKind, FieldError, FieldErrorKind, Refusal, Result, RowConflict, Step, StepError,
};
pub use event::MessageKey;
pub use flow::Flow;
pub use flow_graph as graph;
pub(crate) use flows::TaskFailure;
pub use flows::{
    Delivery, DueProblem, DueProblemKind, DueReport, DueWork, DynFlow, Explanation, Flows, Held, ListHint,
    ListHintKind, Message, Moved, Once, OpenPlace, OpenPlaces, OpenTasks, PausedQueue, PeopleTasks, PersonTasks, Place,
    Problem, ProblemKind, RetiredPlace, TaskExplanation, UnknownPermission, Unmoved, WaitsFor, WorkerInfo,
};
pub use form::{FieldType, FormField, FormInput};
pub use job::JobContext;
pub use job_control::Canceled;
pub use list::{
    Cursor, FindProcesses, FindTasks, FlowLists, Page, ParseCursorError, ProcessRow, ProcessView, RowProblem,
    TaskOrder, TaskRow, TaskView,
};
pub use model::{AnyModel, FlowModel, IntoRef, LoadModel, Ref};
pub use payload::{AnyData, TaskData};
pub use process::Process;
pub use process_id::{ParseProcessIdError, ProcessId};
pub use proxy::{Bytes, Choice, Choices, JsonType, Persist, ProcessProxy, Refs, RowKey, RowProxy, Secret, TaskProxy};
pub use retry::{JobFailure, Retry};
pub use row_json::WithDocument;
pub use states::{State, StateMachine, StateRow, States};
pub use status::{ProcessStatus, TaskStatus};
pub use store::schema;
pub use store::{Attempt, AuditRow, ChangedField, FlowConnection, StateLogRow};
pub use task::Task;
pub use task_id::{ParseTaskIdError, TaskId};
pub use task_tag::{ParseTaskTagError, TaskTag};
pub use timestamp::{ParseTimestampError, Timestamp, days, hours, minutes, seconds};
pub use transition::{Availability, Verb};
pub use user::{Acting, ActingUser, Permission, System, User};
pub use verbs::FlowVerbs;
pub use worker::{Connections, Opened, Pooled, RunningWorker, Worker, WorkerHandle};

#[cfg(feature = "macros")]
#[doc = include_str!("../docs/choices.md")]
pub use flow_macros::Choices;
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/flow_model.md")]
pub use flow_macros::FlowModel;
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/json_model.md")]
pub use flow_macros::JsonModel;
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/json_proxy.md")]
pub use flow_macros::JsonProxy;
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/process_proxy.md")]
pub use flow_macros::ProcessProxy;
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/states_derive.md")]
pub use flow_macros::States;
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/task_proxy.md")]
pub use flow_macros::TaskProxy;
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/flow.md")]
pub use flow_macros::flow;
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/states.md")]
pub use flow_macros::states;
