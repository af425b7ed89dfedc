//! References to rows of your own tables: seeds, artifacts, fields.

use std::fmt;
use std::marker::PhantomData;

use diesel::QueryResult;

/// A type's stable name and a key, as they are stored.
pub(crate) type Key = (String, String);

/// A row of your own table that processes and tasks can refer to. `#[derive(FlowModel)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be referenced from a process: `#[derive(FlowModel)]` is missing",
    note = "add `#[derive(FlowModel)]` next to `Identifiable`"
)]
pub trait FlowModel: Sized + 'static {
    /// The stable name of the type, stored next to the key.
    const NAME: &'static str;

    /// For the derives, which check that a model is one.
    #[doc(hidden)]
    const DERIVED: bool = true;

    /// The primary key of this row as text.
    fn flow_key(&self) -> String;
}

/// A model that can be loaded on the connection `C`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be loaded on this connection",
    note = "it needs `#[derive(Queryable, Selectable)]`, and a key that can be parsed from text"
)]
pub trait LoadModel<C>: Sized + 'static {
    /// The row with this key.
    ///
    /// # Errors
    /// `NotFound` if there is no such row, or if the key has the wrong type.
    fn load_by_key(conn: &mut C, key: &str) -> QueryResult<Self>;

    /// The rows with these keys, in any order, in one query.
    ///
    /// # Errors
    /// `NotFound` if a key has the wrong type.
    fn load_by_keys(conn: &mut C, keys: &[&str]) -> QueryResult<Vec<Self>>;
}

/// A reference to a row of the model `M`: its key, as text.
pub struct Ref<M> {
    key: String,
    model: PhantomData<fn() -> M>,
}

impl<M: FlowModel> Ref<M> {
    /// A reference to this row.
    #[must_use]
    pub fn to(row: &M) -> Self {
        Ref { key: row.flow_key(), model: PhantomData }
    }

    pub(crate) fn from_key(key: &str) -> Self {
        Ref { key: key.to_owned(), model: PhantomData }
    }
}

impl<M> Ref<M> {
    /// The key as text.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The row.
    ///
    /// # Errors
    /// `NotFound` if the row was deleted.
    pub fn load<C>(&self, conn: &mut C) -> QueryResult<M>
    where
        M: LoadModel<C>,
    {
        M::load_by_key(conn, &self.key)
    }
}

impl<M> Clone for Ref<M> {
    fn clone(&self) -> Self {
        Ref { key: self.key.clone(), model: PhantomData }
    }
}

impl<M> PartialEq for Ref<M> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<M> Eq for Ref<M> {}

impl<M: FlowModel> fmt::Debug for Ref<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", M::NAME, self.key)
    }
}

impl<M> serde::Serialize for Ref<M> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // As Viewflow stores a foreign key: an integer as a number, anything else as text.
        match self.key.parse::<i64>() {
            Ok(number) if number.to_string() == self.key => serializer.serialize_i64(number),
            _ => serializer.serialize_str(&self.key),
        }
    }
}

impl<'de, M> serde::Deserialize<'de> for Ref<M> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl serde::de::Visitor<'_> for KeyVisitor {
            type Value = String;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key: a number or a string")
            }
            fn visit_i64<E>(self, key: i64) -> Result<String, E> {
                Ok(key.to_string())
            }
            fn visit_u64<E>(self, key: u64) -> Result<String, E> {
                Ok(key.to_string())
            }
            fn visit_str<E>(self, key: &str) -> Result<String, E> {
                Ok(key.to_owned())
            }
        }
        Ok(Ref { key: deserializer.deserialize_any(KeyVisitor)?, model: PhantomData })
    }
}

/// Stands for no model of its own: the seed of a process or task that declares none may be of any model.
#[derive(Clone, Copy, Debug)]
pub struct AnyModel;

/// What can be given as a seed of model `M`.
#[diagnostic::on_unimplemented(
    message = "this seed refers to a different model",
    label = "this returns `{Self}`, but the next task or process expects a `Ref<{M}>`",
    note = "the seed type is set on the task or process type: `#[proxy(seed = ..)]`"
)]
pub trait IntoRef<M> {
    /// What is stored.
    fn key(self) -> Option<(String, String)>;
}

impl<M: FlowModel> IntoRef<M> for Ref<M> {
    fn key(self) -> Option<Key> {
        Some((M::NAME.to_owned(), self.key))
    }
}

impl<M: FlowModel> IntoRef<M> for Option<Ref<M>> {
    fn key(self) -> Option<Key> {
        self.and_then(IntoRef::<M>::key)
    }
}

impl<M: FlowModel> IntoRef<AnyModel> for Ref<M> {
    fn key(self) -> Option<Key> {
        IntoRef::<M>::key(self)
    }
}

impl<M: FlowModel> IntoRef<AnyModel> for Option<Ref<M>> {
    fn key(self) -> Option<Key> {
        IntoRef::<M>::key(self)
    }
}

/// What a row says of its seed and its artifact: of a process and of a task alike.
macro_rules! references {
    ($row:ty) => {
        impl $row {
            /// Its seed: the type and the key of the row it was started from.
            #[must_use]
            pub fn seed_key(&self) -> Option<(&str, &str)> {
                self.seed_type.as_deref().zip(self.seed_key.as_deref())
            }

            /// Its artifact: the type and the key of the row it has produced.
            #[must_use]
            pub fn artifact_key(&self) -> Option<(&str, &str)> {
                self.artifact_type.as_deref().zip(self.artifact_key.as_deref())
            }

            /// For the derive: a reference to what it began with.
            #[doc(hidden)]
            #[must_use]
            pub fn seed_of<M: FlowModel>(&self) -> Option<Ref<M>> {
                self.seed_key().filter(|(name, _)| *name == M::NAME).map(|(_, key)| Ref::from_key(key))
            }

            /// For the derive: a reference to what it came to.
            #[doc(hidden)]
            #[must_use]
            pub fn artifact_of<M: FlowModel>(&self) -> Option<Ref<M>> {
                self.artifact_key().filter(|(name, _)| *name == M::NAME).map(|(_, key)| Ref::from_key(key))
            }

            /// For the derive: what it began with.
            #[doc(hidden)]
            pub fn put_seed<M: FlowModel>(&mut self, seed: Option<Ref<M>>) {
                (self.seed_type, self.seed_key) = seed.and_then(IntoRef::<M>::key).unzip();
            }

            /// For the derive: what it came to.
            #[doc(hidden)]
            pub fn put_artifact<M: FlowModel>(&mut self, artifact: Option<Ref<M>>) {
                (self.artifact_type, self.artifact_key) = artifact.and_then(IntoRef::<M>::key).unzip();
            }
        }
    };
}

references!(crate::Process);
references!(crate::Task);
