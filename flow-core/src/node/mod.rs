//! The node kinds, as the types of a flow's fields: `pub approve: View`.
//!
//! `#[flow]` gives each field's type a marker, `View<hello_world_flow::approve>`, by which
//! `HelloWorldFlow.approve.execute(..)` knows its form.

mod handle;
mod human;
pub mod keys;
mod many;
mod subprocess;
mod verbs;

#[doc(hidden)]
pub use subprocess::{Child, child, children, ends_with, flow_of, newest, runs, throws};

use std::marker::PhantomData;

use flow_graph::{Kind, NodeId};

use crate::store::FlowConnection;
#[doc(hidden)]
pub use crate::transition::Again;
use crate::transition::available::{self, Availability};
use crate::transition::verb::Verb;
use crate::{Activation, Flow, FormField, Result, Step, Task, TaskId, TaskProxy, User};

/// The flow's connection type.
pub type ConnectionOf<N> = <<N as Node>::Flow as Flow>::Connection;

/// The flow's process type.
pub type ProcessOf<N> = <<N as Node>::Flow as Flow>::Process;

/// A node of a flow: the marker that `#[flow]` makes for a field.
pub trait Node: 'static {
    /// The flow it belongs to.
    type Flow: Flow;
    /// The type of its tasks: what `task = ..` names, or the plain row.
    type Task: TaskProxy;
    /// Its place in the flow's graph.
    const ID: NodeId;
    /// Its stored name, followed by the old names that rows may still have.
    const NAMES: &'static [&'static str];
}

/// A node that a person does by a form.
#[diagnostic::on_unimplemented(message = "this node has no form", note = "add one with `form = ..`")]
pub trait HumanNode: Node {
    /// Its form.
    type Form: Send + 'static;
    /// What that asks for.
    const FIELDS: &'static [FormField] = &[];
    /// How a form is made a second time, where its type can be cloned.
    #[doc(hidden)]
    const AGAIN: Again<Self::Form>;
}

/// A node that code calls with an input.
pub trait InputNode: Node {
    /// What it is called with.
    type Input: 'static;
    /// How an input is made a second time, where its type can be cloned.
    #[doc(hidden)]
    const AGAIN: Again<Self::Input>;
}

/// A node that runs a child process for each item of a list.
pub trait ItemNode: Node {
    /// An item.
    type Item: serde::Serialize + serde::de::DeserializeOwned + 'static;
}

/// A form that a user fills in. `form = ApproveForm { approved }` generates a type that implements it.
pub trait Form<F: Flow, T = Task>: Send + Sized + 'static {
    /// The fields of the form, to render a page. A form type of your own has none unless you implement this:
    ///
    /// ```
    /// use flow_core::prelude::*;
    /// use flow_core::{FieldType, FormField};
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct NoteProcess { process: Process, /** What to do. */ text: Option<String> }
    ///
    /// #[derive(Clone)]
    /// pub struct NoteForm { text: String, again: bool }
    ///
    /// impl Form<NoteFlow> for NoteForm {
    ///     const ASKS: &'static [FormField] =
    ///         &[NoteProcess::FIELDS.text.form_field(), FormField::new("again", FieldType::Boolean).label("Once more")];
    ///
    ///     fn save(self, a: &mut Activation<NoteFlow>, _conn: &mut diesel::SqliteConnection) -> Step {
    ///         a.process.set_text(Some(if self.again { self.text.repeat(2) } else { self.text }));
    ///         Ok(())
    ///     }
    /// }
    ///
    /// #[flow(process = NoteProcess)]
    /// pub struct NoteFlow {
    ///     #[node(permission(anyone), next = this.note)] start: Start,
    ///     #[node(form = NoteForm, permission(anyone), next = this.end)] note: View,
    ///     end: End,
    /// }
    ///
    /// fn main() {
    ///     let labels: Vec<&str> = NoteFlow.note.fields().iter().map(|field| field.label).collect();
    ///     assert_eq!(labels, ["What to do", "Once more"]);
    /// }
    /// ```
    const ASKS: &'static [FormField] = &[];

    /// Stores the input in the process, within the transition.
    ///
    /// # Errors
    /// Any error rolls back the transition.
    fn save(self, a: &mut Activation<F, T>, conn: &mut F::Connection) -> Step;
}

/// Implement this for a form type of your own at a start: it returns the required fields of the new process, before
/// [`Form::save`] is called.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `StartData<{F}>`, so no process can be started from it",
    note = "a form type of your own at a `Start` must implement `StartData<{F}>` as well as `Form`: `fn data(&self) -> ..Data`"
)]
pub trait StartData<F: Flow> {
    /// The fields of the new process.
    fn data(&self) -> <F::Process as crate::ProcessProxy>::Data;
}

/// A node of a flow, as its field's type: `VoteFlow.vote`.
pub trait NodeField {
    /// Its marker.
    type Node: Node;
}

/// The owner of a node's last task: what `assign = this.start.owner` refers to.
#[derive(Clone, Copy, Debug)]
pub struct Owner(());

macro_rules! node_types {
    (fields {$(
        $(#[$doc:meta])* $name:ident ($($owner:ident)?) { $($facts:tt)* } {
            $($(#[doc = $key_doc:literal])* $key:ident: $takes:expr, $need:expr, $example:literal;)*
        }
    )*} boundaries { $($boundaries:tt)* }) => {$(
        $(#[$doc])*
        ///
        /// # Keys
        $(#[doc = concat!("- `", stringify!($key), "`:", $($key_doc,)* "\n")])*
        pub struct $name<N = ()> {
            $(
                /// Who did it last.
                pub $owner: Owner,
            )?
            node: PhantomData<fn() -> N>,
        }

        impl<N> $name<N> {
            #[doc(hidden)]
            #[allow(clippy::new_without_default, reason = "made by the macro alone")]
            #[must_use]
            pub const fn new() -> Self {
                $name { $($owner: Owner(()),)? node: PhantomData }
            }
        }

        impl<N: Node> $name<N> {
            /// The tasks of this node: a diesel query, with the methods of [`TaskQuery`](crate::query::TaskQuery).
            #[must_use]
            pub fn tasks(&self) -> <ConnectionOf<N> as FlowConnection>::NodeTasks {
                <ConnectionOf<N> as FlowConnection>::node_tasks(N::Flow::NAMES, N::NAMES)
            }
        }

        impl<N: Node> $name<N> {
            /// Cancels a task: its token rests in it, and its timeouts and children end. The process stays open, and
            /// joins wait, until the task is [revived](Self::revive), the branch is [ended](Self::end_branch), what led
            /// to it is undone, or the process is cancelled. What a running job returns changes nothing any more. Of a
            /// timeout nothing rests. For managers. Returns the task as it is then.
            ///
            /// # Errors
            /// `Denied` if the person may not; `Conflict` if it has ended, is a waiting join, or its process is
            /// suspended; `NotFound` if it is not a task of this node.
            pub fn cancel(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User) -> Result<Task> {
                verbs::task::<N>(conn, Verb::CancelTask, task, user)
            }

            /// Ends the branch of a task that is open, failed, or in which a token rests, as an `End` would: joins go on
            /// without it. For managers. Returns the task as it is then.
            ///
            /// # Errors
            /// `Denied` if the person may not; `Conflict` if it is the last branch of its process, has ended, is a
            /// waiting join, or its process is suspended; `NotFound` if it is not a task of this node; `Step` if a
            /// callback behind a join fails.
            pub fn end_branch(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User) -> Result<Task> {
                verbs::task::<N>(conn, Verb::EndBranch, task, user)
            }

            /// Undoes a task that was done: the node's `undo` runs, and the token rests in the task, which can be
            /// [revived](Self::revive). What followed must be cancelled or undone first. Undoing a start cancels the
            /// process; undoing the end of a process that was done opens it again. For managers. Returns the task as it
            /// is then.
            ///
            /// # Errors
            /// `Denied` if the person may not; `Conflict`, which names the task, if something that followed stands;
            /// `NotFound` if it is not a task of this node; `Step` if the `undo` fails.
            pub fn undo(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User) -> Result<Task> {
                verbs::task::<N>(conn, Verb::Undo, task, user)
            }

            /// Replaces a task that failed, or in which a token rests, by a new one, with the same seed and data.
            /// Assignment, due time and timeouts are made anew. For managers. Returns the new task.
            ///
            /// # Errors
            /// `Denied` if the person may not; `Conflict` if no token rests in it; `NotFound` if it is not a task of this
            /// node; `Step` if a callback fails.
            pub fn revive(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User) -> Result<Task> {
                verbs::task::<N>(conn, Verb::Revive, task, user)
            }

            /// Does a task that failed once more: a job gets a new series of attempts, of anything else the code that
            /// failed runs again, now. For managers. Returns the task as it is then.
            ///
            /// # Errors
            /// `Denied` if the person may not; `Conflict` if it has not failed; `NotFound` if it is not a task of this
            /// node; `Step` if the code fails again: nothing was changed then.
            pub fn retry(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User) -> Result<Task> {
                verbs::task::<N>(conn, Verb::Retry, task, user)
            }

            /// Goes back to a task that was done: what followed is cancelled and undone, newest first, with the `undo` of
            /// each node; then the task is undone and revived. All in one transition. For managers. Returns the new task.
            ///
            /// # Errors
            /// `Denied` if the person may not; `Conflict`, which names the task, if one that followed cannot be taken
            /// back: its body is running, its node runs code without `undo`, or it is a finished subprocess; `NotFound`
            /// if it is not a task of this node; `Step` if an `undo` fails.
            pub fn go_back(&self, conn: &mut ConnectionOf<N>, task: TaskId, user: &dyn User) -> Result<Task> {
                verbs::task::<N>(conn, Verb::GoBack, task, user)
            }

            /// What this person may do to a task, and why not the rest.
            ///
            /// # Errors
            /// `NotFound` if there is no such task; what a rule of the flow fails with.
            pub fn available(
                &self,
                conn: &mut ConnectionOf<N>,
                task: TaskId,
                user: &dyn User,
            ) -> Result<Vec<Availability>> {
                available::of_task::<N::Flow>(conn, task, user)
            }
        }

        impl<N> Clone for $name<N> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<N> Copy for $name<N> {}

        impl<N: Node> NodeField for $name<N> {
            type Node = N;
        }

        impl<N: Node> subprocess::InFlow for $name<N> {
            const FLOW: &'static str = N::Flow::GRAPH.name;
            const GRAPH: &'static flow_graph::Graph<'static> = N::Flow::GRAPH;
        }

        impl<N> std::fmt::Debug for $name<N> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        impl NodeType for $name {
            const KIND: Kind = Kind::$name;
        }
    )*};
}

/// A type that a field of a flow can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a kind of node",
    note = "the kinds of node are the types in `flow_core::node`"
)]
pub trait NodeType {
    /// Its type.
    const KIND: Kind;
}

flow_graph::__node_kinds!(node_types);
