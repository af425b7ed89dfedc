//! A start form whose choice becomes the seed of the process: the row it is about.

use flow_core::prelude::*;

use crate::app::{Db, Failure, Source, USER};
use crate::schema::sources;

/// A process about a source. It has no fields: all it needs to know is in the row it refers to.
#[derive(ProcessProxy, Debug)]
#[proxy(seed = Source)] // seed(conn)?, seed_ref(), set_seed(&source): of this type, and no other
pub struct SampleProcess {
    process: Process,
}

/// What the person chooses: a form of our own.
#[derive(Debug)]
pub struct SelectSource {
    /// The number of the source
    pub source: i32,
}

/// The process is made from this. There is nothing to give here: it has no fields.
impl StartData<SampleFlow> for SelectSource {
    fn data(&self) -> SampleProcessData {
        SampleProcessData {}
    }
}

/// Then this runs, in the same transaction: if there is no such source, no process has been started.
impl Form<SampleFlow> for SelectSource {
    fn save(self, a: &mut Activation<SampleFlow>, conn: &mut Db) -> Step {
        let source = sources::table.find(self.source).select(Source::as_select()).first(conn)?;
        a.process.set_seed(&source);
        Ok(())
    }
}

/// Sample
#[flow(process = SampleProcess, connection = Db)]
#[derive(Debug)]
pub struct SampleFlow {
    /// Choose a source
    #[node(form = SelectSource, permission(anyone), next = this.end)]
    pub start: Start,
    pub end: End,
}

/// Once through it.
pub fn run(conn: &mut Db) -> Result<String, Failure> {
    let process = SampleFlow.start.run(conn, &USER, SelectSource { source: 7 })?;
    Ok(format!("process {} is about \"{}\"", process.id(), process.seed(conn)?.title))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::database;

    #[test]
    fn the_choice_is_the_seed() {
        let mut conn = database().unwrap();
        let process = SampleFlow.start.run(&mut conn, &USER, SelectSource { source: 7 }).unwrap();
        let process = SampleFlow.processes().find(process.id()).first(&mut conn).unwrap();
        assert_eq!(process.seed_ref().unwrap().key(), "7");
        assert_eq!(process.seed(&mut conn).unwrap().title, "The almanac");
    }

    #[test]
    fn a_choice_that_does_not_exist_starts_nothing() {
        let mut conn = database().unwrap();
        let error = SampleFlow.start.run(&mut conn, &USER, SelectSource { source: 8 }).unwrap_err();
        assert_eq!(error.to_string(), "`start` failed: Record not found");
        assert_eq!(SampleFlow.processes().load(&mut conn).unwrap().len(), 0);
    }
}
