-- What the first schema cannot hold is gone: audit rows that are no transitions, and work without a process.

DROP TABLE flow_queue;
DROP TABLE flow_message;
DROP TABLE flow_draft;
DROP TABLE flow_snooze;
DROP TABLE flow_attempt;
DROP TABLE flow_candidate;

CREATE TABLE flow_audit_1 (
    process_id      BIGINT  NOT NULL,
    version         BIGINT  NOT NULL,
    at              TEXT    NOT NULL,
    actor           TEXT    NOT NULL,
    action          TEXT    NOT NULL,
    task            INTEGER,
    node            TEXT,
    process_status  TEXT    NOT NULL,
    changes         TEXT    NOT NULL,
    PRIMARY KEY (process_id, version)
) WITHOUT ROWID;
INSERT OR IGNORE INTO flow_audit_1
    SELECT process_id, version, at, actor, action, task, node, process_status, changes FROM flow_audit ORDER BY number;
DROP TABLE flow_audit;
ALTER TABLE flow_audit_1 RENAME TO flow_audit;
CREATE TRIGGER flow_audit_keeps_rows BEFORE UPDATE ON flow_audit
    BEGIN SELECT RAISE(ABORT, 'flow_audit is append-only'); END;

CREATE TABLE flow_due_1 (
    process_id      BIGINT  NOT NULL,
    task            INTEGER NOT NULL,
    kind            TEXT    NOT NULL,
    flow            TEXT    NOT NULL,
    due             TEXT    NOT NULL,
    attempt         INTEGER NOT NULL DEFAULT 0,
    lease_token     BIGINT  NOT NULL DEFAULT 0,
    leased_until    TEXT,
    last_error      TEXT,
    message_key     TEXT,
    PRIMARY KEY (process_id, task, kind)
) WITHOUT ROWID;
INSERT INTO flow_due_1 (process_id, task, kind, flow, due, attempt, lease_token, leased_until, last_error)
    SELECT process_id, task, kind, flow, due, attempt, lease_token, leased_until, last_error FROM flow_due
    WHERE key = '';
DROP TABLE flow_due;
ALTER TABLE flow_due_1 RENAME TO flow_due;
CREATE INDEX flow_due_by_time ON flow_due (due, process_id, task);

DROP INDEX flow_task_by_joined;
DROP INDEX flow_task_by_previous;
DROP INDEX flow_task_boundaries;
ALTER TABLE flow_task DROP COLUMN kind;
ALTER TABLE flow_task DROP COLUMN host;
ALTER TABLE flow_task DROP COLUMN armed;
ALTER TABLE flow_task DROP COLUMN resting;
ALTER TABLE flow_task DROP COLUMN nominee;
ALTER TABLE flow_task DROP COLUMN on_behalf_of;
ALTER TABLE flow_task DROP COLUMN priority;
CREATE INDEX flow_task_timers ON flow_task (process_id, previous) WHERE task_type = 'TIMER' AND finished IS NULL;

DROP INDEX flow_process_by_reference;
DROP INDEX flow_process_by_starter;
ALTER TABLE flow_process DROP COLUMN release;
ALTER TABLE flow_process DROP COLUMN reference;
ALTER TABLE flow_process DROP COLUMN suspended;
ALTER TABLE flow_process DROP COLUMN started_by;
ALTER TABLE flow_process DROP COLUMN depth;
ALTER TABLE flow_process DROP COLUMN audit_count;
