//! Transitions by their names, with arguments from JSON: for pages and APIs.

use std::any::{Any, type_name};
use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::machine::permits;
use super::{By, StateMachine, TransitionOf, take::denied};
use crate::{Error, FieldError, Result};

/// The arguments of a call.
#[doc(hidden)]
#[derive(Debug)]
pub struct Given {
    transition: &'static str,
    values: BTreeMap<String, Value>,
}

/// The transition of this name, and what it is given. Permission is checked first, so that an unauthorized caller learns nothing about the arguments.
#[doc(hidden)]
pub fn find_transition<M: StateMachine>(row: &M, by: &By<'_>, name: &str, arguments: &Value) -> Result<(u16, Given)> {
    let machine = M::MACHINE.graph.name;
    let Some(at) = M::transition(name) else {
        return Err(Error::NotFound { what: format!("transition `{name}` of `{machine}`") });
    };
    let transition = at.name();
    if let Some(found) = at.get().filter(|found| !permits(row, found, by.user())) {
        return Err(denied(by.user(), machine, found));
    }
    let values = match arguments {
        Value::Null => BTreeMap::new(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        _ => return Err(Error::invalid("arguments", "the arguments of a transition are a JSON object")),
    };
    Ok((at.place(), Given { transition, values }))
}

impl Given {
    /// Refuses what the transition has no argument for.
    pub fn only(&self, names: &[&'static str]) -> Result<()> {
        let odd = self.values.keys().filter(|key| !names.contains(&key.as_str()));
        let known: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let text = match known.as_slice() {
            [] => format!("is not an argument of transition `{}`, which has none", self.transition),
            known => format!("is not an argument of transition `{}`: it has {}", self.transition, known.join(", ")),
        };
        let errors: Vec<FieldError> = odd.map(|key| FieldError::new(key.clone(), text.clone())).collect();
        if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
    }

    /// The connection, for a transition that takes one.
    pub fn connection<'c, C: Any>(&self, conn: &'c mut dyn Any, given: &'static str) -> Result<&'c mut C> {
        let text = || {
            let (name, wanted) = (self.transition, type_name::<C>());
            format!("transition `{name}` takes a `{wanted}`, and `call` was given a `{given}`")
        };
        conn.downcast_mut().ok_or_else(|| Error::misuse(text()))
    }

    /// For a transition with an argument that JSON cannot hold.
    pub fn refuse<T>(&self, argument: &'static str) -> Result<T> {
        let name = self.transition;
        Err(Error::misuse(format!(
            "transition `{name}` cannot be called by its name: its argument `{argument}` cannot be read from JSON. Call \
             `row.by(&user).{name}(..)`"
        )))
    }
}

/// An argument of a transition, read by what its type can do.
///
/// rustc finds the first of the two traits that fits: `(&&Argument::<T>::NEW).read(&given, "why")`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Argument<T>(PhantomData<fn() -> T>);

impl<T> Argument<T> {
    pub const NEW: Self = Argument(PhantomData);
}

#[doc(hidden)]
pub trait FromJson<T> {
    fn read(&self, given: &Given, name: &'static str) -> Result<T>;
}

impl<T: DeserializeOwned> FromJson<T> for &Argument<T> {
    fn read(&self, given: &Given, name: &'static str) -> Result<T> {
        match given.values.get(name) {
            Some(value) => T::deserialize(value).map_err(|error| Error::invalid(name, error.to_string())),
            // An `Option` may be left out.
            None => T::deserialize(Value::Null).map_err(|_| Error::invalid(name, "is missing")),
        }
    }
}

#[doc(hidden)]
pub trait NotFromJson<T> {
    fn read(&self, given: &Given, name: &'static str) -> Result<T>;
}

impl<T> NotFromJson<T> for Argument<T> {
    fn read(&self, given: &Given, name: &'static str) -> Result<T> {
        given.refuse(name)
    }
}

impl<M: StateMachine> TransitionOf<M> {
    /// The transition of this name.
    pub(super) fn by_name(name: &str) -> Option<Self> {
        let at = M::MACHINE.transitions.iter().position(|transition| transition.name == name)?;
        u16::try_from(at).ok().map(TransitionOf::new)
    }
}
