//! Cancel multiple instance activity (WCP-26): an article is translated into several languages, each by itself. If
//! the article is withdrawn meanwhile, all translations that are not done are cancelled, and the process goes another
//! way.

use flow_core::prelude::*;

/// An article.
#[derive(ProcessProxy, Debug)]
pub struct ArticleProcess {
    process: Process,
    /// Languages
    languages: Vec<String>,
}

/// Article
#[flow(process = ArticleProcess)]
#[derive(Debug)]
pub struct ArticleFlow {
    #[node(form = ArticleForm { languages }, permission(anyone), next = this.race)]
    pub start: Start,

    #[node(next = this.translate, next = this.withdraw)]
    pub race: SplitFirst,

    #[node(start = TranslationFlow.start, item = String, items = |a| a.process.languages().to_vec(),
           process_data = |_a, language| TranslationProcessData { language }, next = this.published)]
    pub translate: NSubprocess,

    /// Withdraw the article
    #[node(assign = this.start.owner, next = this.withdrawn)]
    pub withdraw: View,

    pub published: End,
    pub withdrawn: End,
}

/// A translation.
#[derive(ProcessProxy, Debug)]
pub struct TranslationProcess {
    process: Process,
    /// Language
    language: String,
}

/// Translation
#[flow(process = TranslationProcess)]
#[derive(Debug)]
pub struct TranslationFlow {
    #[node(next = this.translate)]
    pub start: StartHandle,

    /// Translate it
    #[node(permission("translate"), next = this.end)]
    pub translate: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use flow_core::schema::flow_process;

    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ArticleFlow, TranslationFlow];

    fn start(conn: &mut Db) -> Result<i64> {
        let languages = vec!["de".to_owned(), "fr".to_owned(), "it".to_owned()];
        Ok(ArticleFlow.start.run(conn, &OFFICE, ArticleForm { languages })?.id())
    }

    /// The translation that was started first of those that are open is done.
    fn translate(conn: &mut Db) -> Result<()> {
        let mut tasks = TranslationFlow.translate.tasks().open().load(conn)?;
        tasks.sort_by_key(Task::id);
        complete(conn, TranslationFlow.translate, tasks[0].id().process(), &OFFICE, ())?;
        FLOWS.run_until_idle(conn)?;
        Ok(())
    }

    #[test]
    fn all_instances_are_cancelled_at_once() -> Result<()> {
        let mut conn = database();
        let id = start(&mut conn)?;
        translate(&mut conn)?;
        complete(&mut conn, ArticleFlow.withdraw, id, &OFFICE, ())?;
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, id).is(Done).tasks(&[
            "start:DONE",
            "race:DONE",
            "translate:CANCELED",
            "withdraw:DONE",
            "withdrawn:DONE",
        ]);
        let children = TranslationFlow.processes().order(flow_process::id).load(&mut conn)?;
        let statuses: Vec<_> = children.iter().map(|child| child.row().status()).collect();
        assert_eq!(statuses, [Done, Canceled, Canceled]);
        sound(&FLOWS, &mut conn)
    }

    #[test]
    fn when_all_are_done_it_is_published() -> Result<()> {
        let mut conn = database();
        let id = start(&mut conn)?;
        for _ in 0..3 {
            translate(&mut conn)?;
        }
        assert_eq!(ArticleFlow.withdraw.tasks().of(id).one(&mut conn)?.status(), TaskStatus::Canceled);
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
