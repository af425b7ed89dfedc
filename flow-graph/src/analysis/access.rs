//! Who sets which field and who asks for it: read off the code once, for all checks on data.

use super::Analysis;
use crate::code::{Asks, Callback, NodeCode, Of};
use crate::{NodeId, Place};

/// The number of a field: fields are distinguished by their numbers, which is quicker than by their names.
pub(crate) type Field = usize;

/// The references of a row to others: they have no default.
pub(crate) const REFERENCES: &[&str] = &["seed", "artifact"];

/// A callback, and where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) node: NodeId,
    /// Its place in the node's code.
    pub(crate) at: usize,
    pub(crate) callback: &'a Callback,
}

/// A node that sets a field, as it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) node: NodeId,
    pub(crate) field: &'a str,
    pub(crate) number: Field,
    pub(crate) place: Place,
    /// By its form: whatever was there before is lost.
    pub(crate) by_form: bool,
}

/// A field that is read to go on: to decide where a process goes, how long a node waits, whom it is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decision<'a> {
    pub(crate) node: NodeId,
    pub(crate) callback: usize,
    pub(crate) read: usize,
    pub(crate) field: &'a str,
    pub(crate) number: Field,
    /// Only whether there is a value is asked.
    pub(crate) presence: bool,
    pub(crate) asks: Asks,
}

/// What the code of all nodes does to the fields of the process.
#[derive(Debug, Default)]
pub(crate) struct Access<'a> {
    /// By name.
    fields: Vec<(&'a str, Field)>,
    /// In the order of the nodes.
    pub(crate) calls: Vec<Call<'a>>,
    /// The nodes that set fields by forms and closures. One that reads the field it sets adds to it, and is none.
    pub(crate) writers: Vec<Writer<'a>>,
    /// By field: its writers, by their places in the list.
    of_field: Vec<Vec<usize>>,
    /// What is asked, each field once a callback.
    pub(crate) questions: Vec<Decision<'a>>,
    /// The fields of which it matters that they are set where they are read.
    pub(crate) asked: Vec<Field>,
    /// Every field that a node is seen to set.
    pub(crate) sets: Vec<(NodeId, Field)>,
}

impl<'a> Access<'a> {
    pub(crate) fn of(analysis: &Analysis<'a>) -> Self {
        let mut uses = Access::default();
        for (node, code) in analysis.graph.ids().zip(analysis.codes()) {
            uses.add(node, code);
        }
        uses
    }

    fn add(&mut self, node: NodeId, code: &'a NodeCode) {
        for (at, field) in code.form.iter().enumerate() {
            let number = self.number_of(field);
            self.sets.push((node, number));
            self.add_writer(Writer { node, field, number, place: Place::Form(node, at), by_form: true });
        }
        for (at, callback) in code.callbacks.iter().enumerate() {
            self.calls.push(Call { node, at, callback });
            for field in callback.writes.iter().flatten() {
                let number = self.number_of(field);
                self.sets.push((node, number));
                let adds = callback.elsewhere || callback.reads.iter().any(|read| read.is(field));
                if !adds {
                    self.add_writer(Writer { node, field, number, place: Place::Callback(node, at), by_form: false });
                }
            }
            self.ask(node, at, callback);
        }
    }

    fn add_writer(&mut self, writer: Writer<'a>) {
        self.of_field[writer.number].push(self.writers.len());
        self.writers.push(writer);
    }

    fn ask(&mut self, node: NodeId, at: usize, callback: &'a Callback) {
        // What decides together with something that is not known is another question.
        let known = !callback.asks.decides() || callback.comes_from().is_some();
        let goes_on = known && asks_fields(callback.asks);
        for (place, read) in callback.reads.iter().enumerate() {
            let reference = REFERENCES.contains(&&*read.field);
            if read.of != Of::Process || !(goes_on || reference) {
                continue;
            }
            let (field, number) = (&*read.field, self.number_of(&read.field));
            self.asked.push(number);
            if goes_on && !reference && callback.reads[..place].iter().all(|before| !before.is(field)) {
                let (presence, asks) = (read.presence, callback.asks);
                self.questions.push(Decision { node, callback: at, read: place, field, number, presence, asks });
            }
        }
    }

    /// The number of a field, a new one if it has none yet.
    fn number_of(&mut self, field: &'a str) -> Field {
        match self.fields.binary_search_by(|(known, _)| (*known).cmp(field)) {
            Ok(at) => self.fields[at].1,
            Err(at) => {
                let number = self.fields.len();
                self.fields.insert(at, (field, number));
                self.of_field.push(Vec::new());
                number
            }
        }
    }

    /// The number of a field that some node sets or asks for.
    pub(crate) fn number(&self, field: &str) -> Option<Field> {
        self.fields.binary_search_by(|(known, _)| (*known).cmp(field)).ok().map(|at| self.fields[at].1)
    }

    /// How many fields there are.
    pub(crate) fn count(&self) -> usize {
        self.fields.len()
    }

    /// The writers of a field, by their places in the list of all, in order.
    pub(crate) fn writers_of(&self, field: Field) -> &[usize] {
        self.of_field.get(field).map_or(&[], Vec::as_slice)
    }

    /// The first of these writers, if any, that can run while a process is at another node.
    pub(crate) fn beside(&self, analysis: &Analysis<'_>, writers: &[usize], node: NodeId) -> Option<&Writer<'a>> {
        for at in writers {
            let writer = &self.writers[*at];
            if writer.node != node && analysis.side_by_side(writer.node, node) {
                return Some(writer);
            }
        }
        None
    }

    /// The questions by which a process goes one way or another.
    pub(crate) fn decisions(&self) -> impl Iterator<Item = &Decision<'a>> {
        self.questions.iter().filter(|question| question.asks.decides())
    }
}

/// A field is asked for to go on at once: where to, until when, by whom.
pub(crate) fn asks_fields(asks: Asks) -> bool {
    asks.decides() || matches!(asks, Asks::Time | Asks::Person)
}
