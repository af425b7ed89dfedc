//! The tables, for diesel. What each column is for: `docs/schema.md`.

#![allow(missing_docs, reason = "diesel's table! writes these items; docs/schema.md describes the columns")]

use crate::data::sql_types::{Json, Moment};

diesel::table! {
    use diesel::sql_types::*;
    use super::{Json, Moment};

    /// The processes of all flows.
    flow_process (id) {
        id -> BigInt,
        flow -> Text,
        status -> Text,
        version -> BigInt,
        task_count -> Integer,
        open_tokens -> Integer,
        created -> Moment,
        finished -> Nullable<Moment>,
        data -> Json,
        seed_type -> Nullable<Text>,
        seed_key -> Nullable<Text>,
        artifact_type -> Nullable<Text>,
        artifact_key -> Nullable<Text>,
        parent_process -> Nullable<BigInt>,
        parent_task -> Nullable<Integer>,
        start_key -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{Json, Moment};

    /// Their tasks.
    flow_task (process_id, number) {
        process_id -> BigInt,
        number -> Integer,
        flow -> Text,
        node -> Text,
        task_type -> Text,
        status -> Text,
        token -> Text,
        scope -> Nullable<Integer>,
        open_tokens -> Integer,
        previous -> Nullable<Integer>,
        joined -> Nullable<Integer>,
        owner -> Nullable<Text>,
        created -> Moment,
        assigned -> Nullable<Moment>,
        started -> Nullable<Moment>,
        finished -> Nullable<Moment>,
        due -> Nullable<Moment>,
        data -> Json,
        seed_type -> Nullable<Text>,
        seed_key -> Nullable<Text>,
        artifact_type -> Nullable<Text>,
        artifact_key -> Nullable<Text>,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Moment;

    /// What is to be done at a time: jobs and timers. A row is deleted when it is done.
    flow_due (process_id, task, kind) {
        process_id -> BigInt,
        task -> Integer,
        kind -> Text,
        flow -> Text,
        due -> Moment,
        attempt -> Integer,
        lease_token -> BigInt,
        leased_until -> Nullable<Moment>,
        last_error -> Nullable<Text>,
        message_key -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{Json, Moment};

    /// What happened, one row a transition. Append only.
    flow_audit (process_id, version) {
        process_id -> BigInt,
        version -> BigInt,
        at -> Moment,
        actor -> Text,
        action -> Text,
        task -> Nullable<Integer>,
        node -> Nullable<Text>,
        process_status -> Text,
        changes -> Json,
    }
}

diesel::joinable!(flow_task -> flow_process (process_id));
diesel::joinable!(flow_audit -> flow_process (process_id));
diesel::allow_tables_to_appear_in_same_query!(flow_process, flow_task, flow_due, flow_audit);
