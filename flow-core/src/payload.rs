//! The data and the seed that an edge passes to the next task.

#![allow(missing_docs, reason = "most of it is for the macro alone")]

use serde::Serialize;

use crate::data::Document;
use crate::model::{IntoRef, Key};
use crate::proxy::TaskProxy;
use crate::{Error, StepError};

/// What a task is given.
#[derive(Clone, Debug, Default)]
pub struct Payload {
    pub(crate) data: Option<Document>,
    pub(crate) seed: Option<Key>,
}

impl Payload {
    /// Nothing.
    #[must_use]
    pub const fn none() -> Self {
        Payload { data: None, seed: None }
    }
}

/// A payload for a task of type `T`, in the making.
#[derive(Debug)]
pub struct PayloadBuilder<T> {
    payload: Payload,
    to: std::marker::PhantomData<fn() -> T>,
}

/// Begins a payload for a task of type `T`.
#[must_use]
pub fn to<T: TaskProxy>() -> PayloadBuilder<T> {
    PayloadBuilder { payload: Payload::none(), to: std::marker::PhantomData }
}

impl<T: TaskProxy> PayloadBuilder<T> {
    /// With this data.
    pub fn data<D: TaskData<T::Data>>(mut self, data: D) -> Result<Self, StepError> {
        self.payload.data = Some(data.task_document()?);
        Ok(self)
    }

    /// With this seed.
    pub fn seed<S: IntoRef<T::Seed>>(mut self, seed: S) -> Result<Self, StepError> {
        self.payload.seed = seed.key();
        Ok(self)
    }

    /// [`data`](PayloadBuilder::data), as a method answers it.
    pub fn data_of_method<M, A: DataAnswer<T::Data, M>>(self, answer: A) -> Result<Self, StepError> {
        self.data(answer.answer()?)
    }

    /// [`seed`](PayloadBuilder::seed), as a method answers it.
    pub fn seed_of_method<M, A: SeedAnswer<T::Seed, M>>(self, answer: A) -> Result<Self, StepError> {
        self.seed(answer.answer()?)
    }

    /// [`each_data`](PayloadBuilder::each_data), as a method answers it.
    pub fn each_data_of_method<M, A: DataListAnswer<T::Data, M>>(self, answer: A) -> Result<Vec<Payload>, StepError> {
        self.each_data(answer.answer()?)
    }

    /// [`each_seed`](PayloadBuilder::each_seed), as a method answers it.
    pub fn each_seed_of_method<M, A: SeedListAnswer<T::Seed, M>>(self, answer: A) -> Result<Vec<Payload>, StepError> {
        self.each_seed(answer.answer()?)
    }

    /// A payload for each of these items of data.
    pub fn each_data<I: IntoIterator<Item: TaskData<T::Data>>>(self, items: I) -> Result<Vec<Payload>, StepError> {
        items
            .into_iter()
            .map(|item| Ok(Payload { data: Some(item.task_document()?), ..self.payload.clone() }))
            .collect()
    }

    /// A payload for each of these seeds.
    pub fn each_seed<I: IntoIterator<Item: IntoRef<T::Seed>>>(self, items: I) -> Result<Vec<Payload>, StepError> {
        Ok(items.into_iter().map(|item| Payload { seed: item.key(), ..self.payload.clone() }).collect())
    }

    /// The payload.
    #[must_use]
    pub fn done(self) -> Payload {
        self.payload
    }
}

/// The data of a task without `task = ..`: any type that implements `Serialize`.
#[derive(Clone, Copy, Debug)]
pub struct AnyData;

/// A type that an edge can pass to a task as its data.
#[diagnostic::on_unimplemented(
    message = "wrong type of task data for this edge",
    label = "this returns `{Self}`, but the next task expects `{D}`",
    note = "a task without `task = ..` takes any type that implements `Serialize`; a task of type `PostTask` takes `PostTaskData`"
)]
pub trait TaskData<D> {
    /// The document.
    ///
    /// # Errors
    /// The fields that are not valid.
    fn task_document(self) -> Result<Document, StepError>;
}

impl<T: Serialize> TaskData<AnyData> for T {
    fn task_document(self) -> Result<Document, StepError> {
        let json = serde_json::to_string(&self)?;
        if json.len() > crate::proxy::LARGEST_DOCUMENT {
            let text = format!("has {} bytes, at most {} are allowed", json.len(), crate::proxy::LARGEST_DOCUMENT);
            return Err(Error::invalid("task_data", text).into());
        }
        Ok(Document::from(json))
    }
}

/// A method answers the value itself, or a `Result` of it with any error. Which of the two, the marker says, and
/// the compiler finds it.
macro_rules! answers {
    ($($name:ident { $($bound:tt)+ })+) => {$(
        pub trait $name<W, M> {
            type Value: $($bound)+;
            fn answer(self) -> Result<Self::Value, StepError>;
        }

        impl<W, T: $($bound)+> $name<W, crate::job::Plain> for T {
            type Value = T;
            fn answer(self) -> Result<T, StepError> {
                Ok(self)
            }
        }

        impl<W, T: $($bound)+, E: Into<StepError>> $name<W, crate::job::Fallible> for Result<T, E> {
            type Value = T;
            fn answer(self) -> Result<T, StepError> {
                self.map_err(Into::into)
            }
        }
    )+};
}

answers! {
    DataAnswer { TaskData<W> }
    SeedAnswer { IntoRef<W> }
    DataListAnswer { IntoIterator<Item: TaskData<W>> }
    SeedListAnswer { IntoIterator<Item: IntoRef<W>> }
}
