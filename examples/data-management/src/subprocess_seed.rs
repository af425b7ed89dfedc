//! What one process came to is what another one begins with.

use flow_core::prelude::*;

use crate::app::{Article, Db, Failure, USER};
use crate::schema::articles;

/// An article is written.
#[derive(ProcessProxy, Debug)]
#[proxy(artifact = Article)]
pub struct WriteProcess {
    process: Process,
    /// Title
    title: String,
}

/// An article is published: the seed of this one is the artifact of the other.
#[derive(ProcessProxy, Debug)]
#[proxy(seed = Article)]
pub struct PublishProcess {
    process: Process,
}

/// Write an article
#[flow(process = WriteProcess, connection = Db)]
#[derive(Debug)]
pub struct WriteFlow {
    #[node(permission(anyone), next = this.write)]
    pub start: StartHandle,

    #[node(run = this.write_article(conn), next = this.publish)]
    pub write: Function,

    // A start that takes an input, and a seed of another model, do not compile here.
    #[node(start = PublishFlow.as_subprocess, process_seed = |a| a.process.artifact_ref(), next = this.end)]
    pub publish: Subprocess,

    pub end: End,
}

impl WriteFlow {
    fn write_article(a: &mut Activation<Self>, conn: &mut Db) -> Step {
        let title = a.process.title().to_owned();
        let article = Article { slug: title.to_lowercase().replace(' ', "-"), title };
        diesel::insert_into(articles::table).values(&article).execute(conn)?;
        a.process.set_artifact(&article);
        Ok(())
    }
}

/// Publish an article
#[flow(process = PublishProcess, connection = Db)]
#[derive(Debug)]
pub struct PublishFlow {
    #[node(next = this.sign)]
    pub as_subprocess: StartHandle,

    /// Sign it
    #[node(permission(anyone), next = this.end)]
    pub sign: View,

    pub end: End,
}

/// Once through both.
pub fn run(conn: &mut Db) -> Result<String, Failure> {
    let parent = WriteFlow.start.run(conn, &USER, WriteProcessData { title: "On seeds".to_owned() })?.id();
    let sign = PublishFlow.sign.tasks().open().one(conn)?.id();
    PublishFlow.sign.assign(conn, sign, &USER)?;
    let child = PublishFlow.sign.execute(conn, sign, &USER, ())?;
    crate::FLOWS.run_due(conn)?; // the parent goes on
    let parent = WriteFlow.processes().find(parent).first(conn)?;
    Ok(format!("\"{}\" was written and published: {}", child.seed(conn)?.title, parent.status()))
}

#[cfg(test)]
mod tests {
    use flow_core::ProcessStatus::Done;

    use super::*;
    use crate::app::database;

    #[test]
    fn the_artifact_of_the_parent_is_the_seed_of_the_child() {
        let mut conn = database().unwrap();
        run(&mut conn).unwrap();
        let child = PublishFlow.processes().first(&mut conn).unwrap();
        assert_eq!(child.seed_ref().unwrap().key(), "on-seeds");
        let parent = child.parent().unwrap().process();
        let tasks = ["start:DONE", "write:DONE", "publish:DONE", "end:DONE"];
        crate::FLOWS.expect(&mut conn, parent).is(Done).tasks(&tasks);
        crate::FLOWS.assert_sound(&mut conn).unwrap();
    }
}
