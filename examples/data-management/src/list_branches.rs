//! A task for each item of a list, each with its own item; and a way on when the list is empty.

use flow_core::prelude::*;

use crate::app::{Db, Failure, USER};

/// A post, kept inside the document.
#[derive(JsonModel, Clone, Debug, PartialEq)]
pub struct Post {
    /// Title
    pub title: String,
    /// How many words it has
    pub words: u32,
}

/// Posts to be read.
#[derive(ProcessProxy, Debug)]
pub struct PostsProcess {
    process: Process,
    /// The posts
    #[json(default)]
    posts: Vec<Post>,
}

/// A task about one of them.
#[derive(TaskProxy, Debug)]
pub struct PostTask {
    task: Task,
    post: Post,
}

/// Posts
#[flow(process = PostsProcess, connection = Db)]
#[derive(Debug)]
pub struct PostsFlow {
    #[node(permission(anyone), next = this.split)]
    pub start: StartHandle,

    // The edge to the join is taken in any case, so that an empty list is no error.
    #[node(next(this.process_post,
                task_data_source = |a| a.process.posts().iter().cloned().map(|post| PostTaskData { post })),
           next = this.join)]
    pub split: Split,

    /// Read a post
    #[node(task = PostTask, permission(anyone), next = this.join)]
    pub process_post: Handle,

    #[node(next = this.end)]
    pub join: Join,

    pub end: End,
}

/// Once through it.
pub fn run(conn: &mut Db) -> Result<String, Failure> {
    let posts =
        vec![Post { title: "On splits".to_owned(), words: 300 }, Post { title: "On joins".to_owned(), words: 200 }];
    let process = PostsFlow.start.run(conn, &USER, PostsProcessData { posts })?;
    let tasks = PostsFlow.process_post.tasks().open().of(process.id()).load::<Task>(conn)?;
    for task in &tasks {
        PostsFlow.process_post.run(conn, task.id(), &USER, ())?;
    }
    let process = PostsFlow.processes().find(process.id()).first(conn)?;
    Ok(format!("{} posts, a task for each: {}", tasks.len(), process.status()))
}

#[cfg(test)]
mod tests {
    use flow_core::ProcessStatus::Done;

    use super::*;
    use crate::app::database;

    #[test]
    fn each_post_has_a_task_with_itself() {
        let mut conn = database().unwrap();
        run(&mut conn).unwrap();
        let tasks = PostsFlow.process_post.tasks().load::<Task>(&mut conn).unwrap();
        let title = |task: &Task| task.data().get(&["post"]).unwrap().unwrap()["title"].clone();
        assert_eq!(tasks.iter().map(title).collect::<Vec<_>>(), ["On splits", "On joins"]);
        crate::FLOWS.expect(&mut conn, tasks[0].id().process()).is(Done);
        crate::FLOWS.assert_sound(&mut conn).unwrap();
    }

    #[test]
    fn no_posts_are_no_error() {
        let mut conn = database().unwrap();
        let process = PostsFlow.start.run(&mut conn, &USER, PostsProcessData { posts: Vec::new() }).unwrap().id();
        let tasks = ["start:DONE", "split:DONE", "join:DONE", "end:DONE"];
        crate::FLOWS.expect(&mut conn, process).is(Done).tasks(&tasks);
        crate::FLOWS.assert_sound(&mut conn).unwrap();
    }
}
