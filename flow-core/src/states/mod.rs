//! State machines of rows of the app's own: `#[states]`.
//!
//! | file | |
//! |---|---|
//! | `state` | the field that holds a state: [`State`] |
//! | `column` | a state in a column of its own |
//! | `machine` | a state machine as constants, and what is asked of it: [`StateMachine`] |
//! | `take` | taking a transition |
//! | `by_name` | taking one by its name, with arguments from JSON |
//! | `snapshot` | which fields a transition changed |
//! | `log` | `flow_state_log`: written, and read |
//! | `row` | saving rows whose state has a column: [`StateRow`] |

mod by_name;
mod column;
mod log;
mod machine;
mod row;
mod snapshot;
mod state;
mod take;

pub use by_name::{Argument, FromJson, Given, NotFromJson, find_transition};
pub(crate) use log::{conflict, write_log};
pub use machine::{
    Available, Condition, Held, Holds, Machine, Permit, Refusal, StateMachine, Transition, TransitionOf, look,
};
pub use row::{SavedOn, StateRow, StateTable};
pub use snapshot::{ByFields, ByNothing, BySerde, Looked, Snapshot};
pub use state::{State, States, Tracked};
pub use take::{By, IntoStep, take};
