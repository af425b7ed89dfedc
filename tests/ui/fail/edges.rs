use flow_core::prelude::*;

diesel::table! { grains (id) { id -> Integer, } }
diesel::table! { sources (id) { id -> Integer, } }

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, FlowModel)]
pub struct Grain { id: i32 }
#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, FlowModel)]
pub struct Source { id: i32 }

#[derive(TaskProxy)]
#[proxy(seed = Grain)]
pub struct GrainTask { task: Task }
#[derive(TaskProxy)]
#[proxy(seed = Source)]
pub struct SourceTask { task: Task }
#[derive(TaskProxy)]
pub struct PostTask { task: Task, post: String }

/// Another flow, which begins with a `Grain`.
#[derive(ProcessProxy)]
#[proxy(seed = Grain)]
pub struct ChildProcess { process: Process }
#[flow(process = ChildProcess)]
pub struct ChildFlow {
    #[node(permission(anyone), next = this.end)]
    pub by_code: StartHandle,
    #[node(permission(anyone), next = this.end)]
    pub by_person: Start,
    #[node(input = String, run = |_text| ChildProcessData {}, permission(anyone), next = this.end)]
    pub by_text: StartHandle,
    pub end: End,
}

#[flow]
pub struct WrongFlow {
    #[node(task = SourceTask, permission(anyone), next(this.grain, task_seed = |a| a.task.seed_ref()))]
    pub start: Start,
    #[node(task = GrainTask, permission(anyone), next(this.post, task_data = |a| a.task.id().to_string()))]
    pub grain: View,
    #[node(task = PostTask, permission(anyone), next = this.person)]
    pub post: View,
    #[node(start = ChildFlow.by_person, next = this.text)]
    pub person: Subprocess,
    #[node(start = ChildFlow.by_text, next = this.source)]
    pub text: Subprocess,
    #[node(task = SourceTask, start = ChildFlow.by_code, process_seed = |a| a.task.seed_ref(), next = this.again)]
    pub source: Subprocess,
    #[node(task = PostTask, permission(anyone), next = this.end)]
    pub again: View,
    pub end: End,
}

fn main() {}
