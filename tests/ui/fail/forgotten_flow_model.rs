use diesel::prelude::*;
use flow_core::prelude::*;

diesel::table! {
    sources (id) {
        id -> BigInt,
        name -> Text,
    }
}

/// Without its `#[derive(FlowModel)]`.
#[derive(Queryable, Selectable, Identifiable, Debug, Clone)]
pub struct Source {
    id: i64,
    name: String,
}

#[derive(ProcessProxy)]
#[proxy(seed = Source, artifact = Source)]
pub struct SampleProcess {
    process: Process,
}

#[derive(ProcessProxy)]
pub struct FieldProcess {
    process: Process,
    source: Ref<Source>,
    more: Vec<Ref<Source>>,
    maybe: Option<Ref<Source>>,
}

fn main() {}
