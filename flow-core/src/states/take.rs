//! Taking a transition.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::machine::{arc, leaves, permits, unmet};
use super::snapshot::differences;
use super::state::Taken;
use super::{StateMachine, Transition, TransitionOf};
use crate::proxy::Choices as _;
use crate::{Error, Result, Step, StepError, User};

/// Who takes a transition, and why.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "holds a user")]
pub struct By<'u> {
    user: &'u dyn User,
    note: Option<String>,
}

impl<'u> By<'u> {
    #[must_use]
    pub fn new(user: &'u dyn User) -> Self {
        By { user, note: None }
    }

    #[must_use]
    pub fn because(self, note: String) -> Self {
        By { note: Some(note), ..self }
    }

    pub(super) fn user(&self) -> &'u dyn User {
        self.user
    }
}

/// What a transition's body can return: nothing, or a `Result` with any error.
#[doc(hidden)]
pub trait IntoStep<T> {
    fn into_step(self) -> Step<T>;
}

impl<T, E: Into<StepError>> IntoStep<T> for Result<T, E> {
    fn into_step(self) -> Step<T> {
        self.map_err(Into::into)
    }
}

impl IntoStep<()> for () {
    fn into_step(self) -> Step {
        Ok(())
    }
}

/// Somebody may not take a transition.
pub(super) fn denied<M: StateMachine>(user: &dyn User, machine: &str, transition: &Transition<M>) -> Error {
    Error::denied(user, format!("{} `{machine}`", transition.name), transition.permit.reason().to_owned())
}

/// Takes a transition: asks the permission, the state and the conditions, sets the state, and runs the body, in which
/// other transitions can be taken. If that fails or panics the state is as it was before.
#[doc(hidden)]
pub fn take<M: StateMachine, T, R: IntoStep<T>>(
    row: &mut M,
    transition: TransitionOf<M>,
    by: By<'_>,
    body: impl FnOnce(&mut M) -> R,
) -> Result<T> {
    let machine = M::MACHINE.graph.name;
    let found = transition.get().and_then(|transition| Some((transition, arc(transition)?)));
    let (transition, arc) = found.ok_or_else(|| Error::Internal(format!("`{machine}` has no such transition")))?;
    let By { user, note } = by;
    if !permits(row, transition, user) {
        return Err(denied(user, machine, transition));
    }
    let refused = |reason| Err(Error::NotAllowed { transition: transition.name, reason });
    if !leaves(row, transition) {
        return refused(format!("`{machine}` is `{}`", row.state().value()));
    }
    if let Some(reason) = unmet(row, transition) {
        return refused(reason);
    }
    let source = row.state().get();
    let target = arc.to.and_then(|to| M::States::ALL.get(usize::from(to)).copied()).unwrap_or(source);
    let before = row.snapshot();
    let state = row.state_mut();
    let at = state.taken.len();
    state.value = target;
    state.taken.push(Taken {
        machine,
        transition: transition.name,
        source: source.value(),
        target: target.value(),
        actor: user.id().to_owned(),
        note,
        at: crate::clock::now(),
        fields: serde_json::Map::new(),
    });
    let outcome = catch_unwind(AssertUnwindSafe(|| body(row).into_step()));
    if !matches!(outcome, Ok(Ok(_))) {
        let state = row.state_mut();
        state.value = source;
        state.taken.truncate(at);
    }
    match outcome {
        Ok(Ok(value)) => {
            let fields = differences(before, row.snapshot(), M::MACHINE.field, M::MACHINE.values);
            if let Some(taken) = row.state_mut().taken.get_mut(at) {
                taken.fields = fields;
            }
            Ok(value)
        }
        Ok(Err(error)) => Err(Error::of_step(transition.name, error)),
        Err(panic) => resume_unwind(panic),
    }
}
