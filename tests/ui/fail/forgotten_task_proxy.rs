use flow_core::prelude::*;

/// Without its `#[derive(TaskProxy)]`.
pub struct PostTask {
    task: Task,
    post: String,
}

#[flow]
pub struct PostFlow {
    #[node(permission(anyone), next(this.fresh, task_data = |a| Default::default()))]
    pub start: Start,
    #[node(task = PostTask, if = |a| a.task.post().is_empty(), then = this.read, else = this.end)]
    pub fresh: If,
    #[node(task = PostTask, form = ReadForm, permission(this.may_read), next = this.end)]
    pub read: View,
    pub end: End,
}

impl PostFlow {
    fn may_read(user: &dyn User, a: &Activation<Self, PostTask>) -> bool {
        a.task.owner() == Some(user.id())
    }
}

pub struct ReadForm;

impl Form<PostFlow, PostTask> for ReadForm {
    fn save(self, a: &mut Activation<PostFlow, PostTask>, _conn: &mut diesel::SqliteConnection) -> Step {
        a.task.set_post("read");
        Ok(())
    }
}

fn main() {}
