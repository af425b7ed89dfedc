//! Reads the input for a node whose type is not known statically.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{FormInput, Sent};
use crate::data::Document;
use crate::node::{HumanNode, InputNode};
use crate::proxy::JsonProxy;
use crate::transition::Input;
use crate::{FieldError, ProcessProxy, Result};

/// For the macro: how what is sent for a node is read.
#[doc(hidden)]
pub type ReadSent = fn(Sent<'_>) -> Result<Input>;

/// For the macro: a node that takes nothing.
#[doc(hidden)]
pub fn read_nothing(sent: Sent<'_>) -> Result<Input> {
    sent.reader()?.document(&[])?;
    Ok(Input::new((), Some(Clone::clone)))
}

/// For the macro: a node that takes something which borrows.
#[doc(hidden)]
pub fn read_borrowed<T>(_: Sent<'_>) -> Result<Input> {
    let text = format!("`{}` borrows data, so it can only be created in code", std::any::type_name::<T>());
    Err(crate::Error::Invalid(vec![FieldError::new("", text)]))
}

/// For the macro: a node with a form that `#[flow]` declares.
#[doc(hidden)]
pub fn read_form<N: HumanNode<Form: FormInput>>(sent: Sent<'_>) -> Result<Input> {
    Ok(Input::new(sent.read::<N::Form>()?, N::AGAIN))
}

/// For the macro: what was read as a form type of the user's.
#[doc(hidden)]
#[must_use]
pub fn own_form<N: HumanNode>(form: N::Form) -> Input {
    Input::new(form, N::AGAIN)
}

/// For the macro: what was read as the input of a handle.
#[doc(hidden)]
#[must_use]
pub fn handle_input<N: InputNode>(input: N::Input) -> Input {
    Input::new(input, N::AGAIN)
}

/// For the macro: an item of an `NSubprocess`, as it is stored.
#[doc(hidden)]
pub fn read_item<T: Serialize + DeserializeOwned>(sent: Sent<'_>) -> Result<Input> {
    let item: T = sent.deserialize(&[])?;
    let stored = serde_json::to_value(item).map_err(|error| crate::Error::invalid("item", error.to_string()))?;
    Ok(Input::new(stored, Some(Clone::clone)))
}

/// The document of a new process, as it was sent.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct SentData(pub(crate) Document);

/// For the macro: the fields of a process that code starts.
#[doc(hidden)]
pub fn read_data<P: ProcessProxy>(sent: Sent<'_>) -> Result<Input> {
    if let Some(name) = P::JOINED.filter(|_| P::JOINED_IS_GIVEN) {
        let text = "is a joined row without `Deserialize`; start the process in code, by its type";
        return Err(crate::Error::Invalid(vec![FieldError::new(name, text)]));
    }
    let document = sent.reader()?.document(<P as JsonProxy>::META)?;
    Ok(Input::new(SentData(document), Some(Clone::clone)))
}

impl Sent<'_> {
    /// The submitted values by field name: strings if the input was an HTML form, a list of strings where a name was
    /// sent more than once.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) if it is not a JSON object.
    pub fn values(self) -> Result<Map<String, Value>> {
        Ok(self.reader()?.into_values())
    }
}
