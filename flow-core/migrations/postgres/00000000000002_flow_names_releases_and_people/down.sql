-- What the first schema cannot hold is gone: audit rows that are no transitions, and work without a process.

DROP TABLE flow_queue;
DROP TABLE flow_message;
DROP TABLE flow_draft;
DROP TABLE flow_snooze;
DROP TABLE flow_attempt;
DROP TABLE flow_candidate;

DELETE FROM flow_audit a USING flow_audit newer
    WHERE newer.process_id = a.process_id AND newer.version = a.version AND newer.number < a.number;
ALTER TABLE flow_audit
    DROP CONSTRAINT flow_audit_pkey,
    DROP COLUMN number,
    DROP COLUMN note,
    DROP COLUMN on_behalf_of,
    DROP COLUMN fields,
    ADD PRIMARY KEY (process_id, version);

DELETE FROM flow_due WHERE key <> '';
DROP INDEX flow_due_by_queue;
ALTER TABLE flow_due
    DROP CONSTRAINT flow_due_pkey,
    DROP COLUMN key,
    DROP COLUMN postponed,
    DROP COLUMN holder,
    DROP COLUMN queue,
    DROP COLUMN priority,
    DROP COLUMN concurrency,
    DROP COLUMN failed_release,
    DROP COLUMN payload,
    ADD COLUMN message_key TEXT,
    ADD PRIMARY KEY (process_id, task, kind);

DROP INDEX flow_task_by_joined;
DROP INDEX flow_task_by_previous;
DROP INDEX flow_task_boundaries;
ALTER TABLE flow_task
    DROP COLUMN kind,
    DROP COLUMN host,
    DROP COLUMN armed,
    DROP COLUMN resting,
    DROP COLUMN nominee,
    DROP COLUMN on_behalf_of,
    DROP COLUMN priority;
CREATE INDEX flow_task_timers ON flow_task (process_id, previous) WHERE task_type = 'TIMER' AND finished IS NULL;

DROP INDEX flow_process_by_reference;
DROP INDEX flow_process_by_starter;
ALTER TABLE flow_process
    DROP COLUMN release,
    DROP COLUMN reference,
    DROP COLUMN suspended,
    DROP COLUMN started_by,
    DROP COLUMN depth,
    DROP COLUMN audit_count;
