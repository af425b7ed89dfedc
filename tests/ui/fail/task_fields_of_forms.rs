//! What is wrong with fields of tasks in forms.
use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct VoteProcess {
    process: Process,
    choice: Option<String>,
}

#[derive(TaskProxy)]
pub struct VoteTask {
    task: Task,
    choice: Option<String>,
    #[json(default)]
    weight: i64,
}

// The derive is forgotten: one error.
pub struct PostTask {
    task: Task,
    post: String,
}

#[flow(process = VoteProcess)]
pub struct VoteFlow {
    #[node(form = StartForm { choice, task.choice }, permission(anyone), next = this.vote)]
    pub start: Start,
    #[node(task = VoteTask, form = VoteForm { task.chioce, task.weight }, permission(anyone),
           next = this.twice)]
    pub vote: View,
    #[node(task = VoteTask, form = TwiceForm { task.choice, choice, task.weight, task.weight }, permission(anyone),
           next = this.half)]
    pub twice: View,
    #[node(task = VoteTask, form = HalfForm { task., task.choice.len, 7 }, permission(anyone), next = this.plain)]
    pub half: View,
    #[node(form = PlainForm { task.choice }, permission(anyone), next = this.post)]
    pub plain: View,
    #[node(task = PostTask, form = PostForm { task.post }, permission(anyone), next = this.end)]
    pub post: View,
    pub end: End,
}

fn main() {}
