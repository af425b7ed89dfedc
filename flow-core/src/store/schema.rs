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
        release -> Integer,
        reference -> Nullable<Text>,
        suspended -> Nullable<Moment>,
        started_by -> Nullable<Text>,
        depth -> Integer,
        audit_count -> BigInt,
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
        kind -> Text,
        host -> Nullable<Integer>,
        armed -> Integer,
        resting -> Bool,
        nominee -> Nullable<Text>,
        on_behalf_of -> Nullable<Text>,
        priority -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{Json, Moment};

    /// What is to be done at a time: jobs and timers. A row is deleted when it is done.
    flow_due (process_id, task, kind, key) {
        process_id -> BigInt,
        task -> Integer,
        kind -> Text,
        key -> Text,
        flow -> Text,
        due -> Moment,
        attempt -> Integer,
        lease_token -> BigInt,
        leased_until -> Nullable<Moment>,
        last_error -> Nullable<Text>,
        postponed -> Integer,
        holder -> Nullable<Text>,
        queue -> Text,
        priority -> Integer,
        concurrency -> Nullable<Text>,
        failed_release -> Nullable<Integer>,
        payload -> Nullable<Json>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{Json, Moment};

    /// What happened. Append only.
    flow_audit (process_id, number) {
        process_id -> BigInt,
        number -> BigInt,
        version -> BigInt,
        at -> Moment,
        actor -> Text,
        action -> Text,
        task -> Nullable<Integer>,
        node -> Nullable<Text>,
        process_status -> Text,
        changes -> Json,
        note -> Nullable<Text>,
        on_behalf_of -> Nullable<Text>,
        fields -> Nullable<Json>,
    }
}

diesel::table! {
    /// The people and groups that a task is offered to.
    flow_candidate (process_id, task, kind, id) {
        process_id -> BigInt,
        task -> Integer,
        kind -> Text,
        id -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Moment;

    /// The attempts at a job.
    flow_attempt (process_id, task, number) {
        process_id -> BigInt,
        task -> Integer,
        number -> Integer,
        started -> Moment,
        ended -> Nullable<Moment>,
        error -> Nullable<Text>,
        holder -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Moment;

    /// Tasks that a person does not want to see for some time.
    flow_snooze (process_id, task, person) {
        process_id -> BigInt,
        task -> Integer,
        person -> Text,
        until -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{Json, Moment};

    /// What a person has entered into the form of a task and not sent.
    flow_draft (process_id, task, person) {
        process_id -> BigInt,
        task -> Integer,
        person -> Text,
        data -> Json,
        saved -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Moment;

    /// Messages that were sent with an id, which is delivered once.
    flow_message (name, id) {
        name -> Text,
        id -> Text,
        key -> Nullable<Text>,
        delivered -> Moment,
        process_id -> Nullable<BigInt>,
        task -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Moment;

    /// Queues of jobs that somebody has paused.
    flow_queue (name) {
        name -> Text,
        paused -> Nullable<Moment>,
        paused_by -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{Json, Moment};

    /// The transitions of rows of the app's own that have a state machine. Append only.
    flow_state_log (id) {
        id -> BigInt,
        machine -> Text,
        row_key -> Text,
        transition -> Text,
        source -> Text,
        target -> Text,
        at -> Moment,
        actor -> Text,
        note -> Nullable<Text>,
        fields -> Json,
    }
}

diesel::joinable!(flow_task -> flow_process (process_id));
diesel::allow_columns_to_appear_in_same_group_by_clause!(flow_process::flow, flow_process::release, flow_task::node);
diesel::joinable!(flow_audit -> flow_process (process_id));
diesel::allow_tables_to_appear_in_same_query!(
    flow_process,
    flow_task,
    flow_due,
    flow_audit,
    flow_candidate,
    flow_attempt,
    flow_snooze,
    flow_draft,
    flow_message,
    flow_queue,
    flow_state_log,
);
