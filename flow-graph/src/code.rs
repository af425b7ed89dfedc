//! What the code of a flow does with its data, as far as the macro can see.

use crate::NodeId;

/// The code of a flow. Unknown code is assumed to read and write anything, so that no check reports it.
///
/// The macro reads the closures and forms that stand in the flow; the body of a method, and a form type of the
/// user's, it cannot see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// By the node's number.
    pub nodes: Vec<NodeCode>,
    /// The fields of the process that the flow's own texts show.
    pub shows: Vec<String>,
}

/// The code of one node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeCode {
    /// The fields of its form.
    pub form: Vec<String>,
    /// It sets fields that are not known: a form type of the user's, the data that a start's code makes.
    pub writes_anything: bool,
    /// The fields of the process that its texts show.
    pub shows: Vec<String>,
    /// Its callbacks.
    pub callbacks: Vec<Callback>,
    /// What takes back what the node did. It runs when a person undoes the task, so it says nothing of where a process
    /// goes.
    pub undo: Option<Callback>,
    /// The node whose owner has its tasks from the start.
    pub owner_of: Option<NodeId>,
    /// The nodes whose owners may not do it.
    pub different_from: Vec<NodeId>,
    /// Somebody is named who may do it, or who has it.
    pub has_people: bool,
    /// Code says who may do it, or who has it: it may know more than is known.
    pub asks_people: bool,
    /// Of a timer or a timeout: its seconds, where they are written as a number.
    pub delay: Option<u64>,
    /// Of a subprocess: it starts the flow that it is in.
    pub runs_itself: bool,
}

/// A callback of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// What is asked of it.
    pub asks: Asks,
    /// Its words, where it is a closure that looks at fields alone: the same words are the same question.
    pub text: Option<String>,
    /// It always answers this.
    pub always: Option<bool>,
    /// The fields that it is seen to read, in the order of its words.
    pub reads: Vec<Read>,
    /// It may read fields that are not known.
    pub reads_anything: bool,
    /// Its answer may come from elsewhere than from the fields that are known: from others, from the database, from a
    /// clock.
    pub elsewhere: bool,
    /// The fields of the process that it sets. None: it may set anything.
    pub writes: Option<Vec<String>>,
    /// Words in it that say something by themselves, in their order.
    pub words: Vec<Says>,
}

/// A field that code reads. The references of a row are fields here, by the names `seed` and `artifact`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// What it is a field of.
    pub of: Of,
    /// The field.
    pub field: String,
    /// It is only asked whether there is a value: `is_some()`, `is_none()`.
    pub presence: bool,
}

/// What a field is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Of {
    /// The process.
    Process,
    /// The task that the callback is called for.
    Task,
}

/// What a callback is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Asks {
    /// Where a process goes: the condition of an `If`, the value of a `Switch`.
    Way,
    /// Whether this edge of the node is taken.
    Edge(usize),
    /// What the task behind this edge is given: its fields.
    Data(usize),
    /// The same: its seed.
    Seed(usize),
    /// How long it takes.
    Time,
    /// Who has the task.
    Person,
    /// What another process is given.
    Child,
    /// To do what the node is there for, in the transaction.
    Act,
    /// Anything else.
    Other,
}

/// What a word in a callback says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Says {
    /// It asks a clock, chance or the surroundings: two looks can give two answers.
    Changes,
    /// It can panic.
    Panics,
    /// It waits: for the network, a file, another program.
    Blocks,
}

impl Asks {
    /// It decides where a process goes.
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(self, Asks::Way | Asks::Edge(_))
    }
}

impl Callback {
    /// A callback that nothing is known of: it may read, ask and set anything.
    #[must_use]
    pub const fn unseen(asks: Asks) -> Self {
        Callback {
            asks,
            text: None,
            always: None,
            reads: Vec::new(),
            reads_anything: true,
            elsewhere: true,
            writes: None,
            words: Vec::new(),
        }
    }

    /// All that its answer comes from, if that is known.
    #[must_use]
    pub fn comes_from(&self) -> Option<&[Read]> {
        (!self.elsewhere).then_some(&*self.reads)
    }
}

impl Read {
    /// A field of the process.
    #[must_use]
    pub fn of_process(field: &str) -> Self {
        Read { of: Of::Process, field: field.to_owned(), presence: false }
    }

    /// It is this field of the process.
    #[must_use]
    pub fn is(&self, field: &str) -> bool {
        self.of == Of::Process && self.field == field
    }
}
