-- What each table, column and index is for: docs/schema.md.
-- flow_process and flow_task only get columns, so that columns and triggers of the app's own stay.

ALTER TABLE flow_process ADD COLUMN release     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE flow_process ADD COLUMN reference   TEXT;
ALTER TABLE flow_process ADD COLUMN suspended   TEXT;
ALTER TABLE flow_process ADD COLUMN started_by  TEXT;
ALTER TABLE flow_process ADD COLUMN depth       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE flow_process ADD COLUMN audit_count BIGINT  NOT NULL DEFAULT 0;
UPDATE flow_process SET audit_count = version,
    started_by = (SELECT owner FROM flow_task WHERE process_id = flow_process.id AND number = 1);
WITH RECURSIVE nested (id, depth) AS (
    SELECT id, 0 FROM flow_process WHERE parent_process IS NULL
    UNION ALL
    SELECT child.id, nested.depth + 1 FROM nested JOIN flow_process child ON child.parent_process = nested.id
)
UPDATE flow_process SET depth = nested.depth FROM nested WHERE nested.id = flow_process.id AND nested.depth > 0;
CREATE INDEX flow_process_by_starter ON flow_process (started_by, id) WHERE started_by IS NOT NULL;
CREATE INDEX flow_process_by_reference ON flow_process (flow, reference) WHERE reference IS NOT NULL;

DROP INDEX flow_task_timers;
ALTER TABLE flow_task ADD COLUMN kind           TEXT    NOT NULL DEFAULT '';
ALTER TABLE flow_task ADD COLUMN host           INTEGER;
ALTER TABLE flow_task ADD COLUMN armed          INTEGER NOT NULL DEFAULT 0;
ALTER TABLE flow_task ADD COLUMN resting        BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE flow_task ADD COLUMN nominee        TEXT;
ALTER TABLE flow_task ADD COLUMN on_behalf_of   TEXT;
ALTER TABLE flow_task ADD COLUMN priority       INTEGER NOT NULL DEFAULT 0;
UPDATE flow_task SET
    kind = CASE task_type
        WHEN 'HUMAN_START' THEN 'Start'
        WHEN 'START' THEN 'StartHandle'
        WHEN 'HUMAN' THEN 'View'
        -- A Function never waits to be called; of one that is done nothing tells it from a Handle.
        WHEN 'FUNCTION' THEN CASE WHEN status = 'NEW' THEN 'Handle' ELSE '' END
        WHEN 'JOB' THEN 'Job'
        WHEN 'EXCLUSIVE_GATEWAY' THEN 'If'
        WHEN 'SWITCH' THEN 'Switch'
        WHEN 'PARALLEL_GATEWAY' THEN 'Split'
        WHEN 'JOIN' THEN 'Join'
        WHEN 'SUBPROCESS' THEN 'Subprocess'
        WHEN 'END' THEN 'End'
        WHEN 'TIMER' THEN CASE WHEN instr(node, '__timeout') > 0 THEN 'TimerBoundary' ELSE 'Timer' END
        ELSE '' END,
    host = CASE WHEN task_type = 'TIMER' AND instr(node, '__timeout') > 0 THEN previous END,
    -- Who has had a task since it was made was named by `assign`.
    nominee = CASE WHEN task_type = 'HUMAN' AND assigned = created THEN owner END;
UPDATE flow_task SET armed = with_timeouts.armed
    FROM (SELECT process_id, host, count(*) AS armed FROM flow_task WHERE host IS NOT NULL GROUP BY process_id, host)
        AS with_timeouts
    WHERE flow_task.process_id = with_timeouts.process_id AND flow_task.number = with_timeouts.host;
CREATE INDEX flow_task_boundaries ON flow_task (process_id, host) WHERE host IS NOT NULL AND finished IS NULL;
CREATE INDEX flow_task_by_previous ON flow_task (process_id, previous) WHERE previous IS NOT NULL;
CREATE INDEX flow_task_by_joined ON flow_task (process_id, joined) WHERE joined IS NOT NULL;

CREATE TABLE flow_due_2 (
    process_id      BIGINT  NOT NULL,
    task            INTEGER NOT NULL,
    kind            TEXT    NOT NULL,
    key             TEXT    NOT NULL DEFAULT '',
    flow            TEXT    NOT NULL,
    due             TEXT    NOT NULL,
    attempt         INTEGER NOT NULL DEFAULT 0,
    lease_token     BIGINT  NOT NULL DEFAULT 0,
    leased_until    TEXT,
    last_error      TEXT,
    postponed       INTEGER NOT NULL DEFAULT 0,
    holder          TEXT,
    queue           TEXT    NOT NULL DEFAULT '',
    priority        INTEGER NOT NULL DEFAULT 0,
    concurrency     TEXT,
    failed_release  INTEGER,
    payload         TEXT,
    PRIMARY KEY (process_id, task, kind, key)
) WITHOUT ROWID;
INSERT INTO flow_due_2 (process_id, task, kind, flow, due, attempt, lease_token, leased_until, last_error)
    SELECT process_id, task, kind, flow, due, attempt, lease_token, leased_until, last_error FROM flow_due;
DROP TABLE flow_due;
ALTER TABLE flow_due_2 RENAME TO flow_due;
CREATE INDEX flow_due_by_time ON flow_due (due, process_id, task);
CREATE INDEX flow_due_by_queue ON flow_due (queue, priority, due);

CREATE TABLE flow_audit_2 (
    process_id      BIGINT  NOT NULL,
    number          BIGINT  NOT NULL,
    version         BIGINT  NOT NULL,
    at              TEXT    NOT NULL,
    actor           TEXT    NOT NULL,
    action          TEXT    NOT NULL,
    task            INTEGER,
    node            TEXT,
    process_status  TEXT    NOT NULL,
    changes         TEXT    NOT NULL,
    note            TEXT,
    on_behalf_of    TEXT,
    fields          TEXT,
    PRIMARY KEY (process_id, number)
) WITHOUT ROWID;
INSERT INTO flow_audit_2 (process_id, number, version, at, actor, action, task, node, process_status, changes)
    SELECT process_id, version, version, at, actor, action, task, node, process_status, changes FROM flow_audit;
DROP TABLE flow_audit;
ALTER TABLE flow_audit_2 RENAME TO flow_audit;
CREATE TRIGGER flow_audit_keeps_rows BEFORE UPDATE ON flow_audit
    BEGIN SELECT RAISE(ABORT, 'flow_audit is append-only'); END;

CREATE TABLE flow_candidate (
    process_id      BIGINT  NOT NULL,
    task            INTEGER NOT NULL,
    kind            TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    PRIMARY KEY (process_id, task, kind, id),
    FOREIGN KEY (process_id, task) REFERENCES flow_task (process_id, number) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX flow_candidate_by_id ON flow_candidate (kind, id, process_id, task);

CREATE TABLE flow_attempt (
    process_id      BIGINT  NOT NULL,
    task            INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    started         TEXT    NOT NULL,
    ended           TEXT,
    error           TEXT,
    holder          TEXT,
    PRIMARY KEY (process_id, task, number),
    FOREIGN KEY (process_id, task) REFERENCES flow_task (process_id, number) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE flow_snooze (
    process_id      BIGINT  NOT NULL,
    task            INTEGER NOT NULL,
    person          TEXT    NOT NULL,
    until           TEXT    NOT NULL,
    PRIMARY KEY (process_id, task, person),
    FOREIGN KEY (process_id, task) REFERENCES flow_task (process_id, number) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE flow_draft (
    process_id      BIGINT  NOT NULL,
    task            INTEGER NOT NULL,
    person          TEXT    NOT NULL,
    data            TEXT    NOT NULL,
    saved           TEXT    NOT NULL,
    PRIMARY KEY (process_id, task, person),
    FOREIGN KEY (process_id, task) REFERENCES flow_task (process_id, number) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE flow_message (
    name            TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    key             TEXT,
    delivered       TEXT    NOT NULL,
    process_id      BIGINT,
    task            INTEGER,
    PRIMARY KEY (name, id)
) WITHOUT ROWID;

CREATE TABLE flow_queue (
    name            TEXT    NOT NULL PRIMARY KEY,
    paused          TEXT,
    paused_by       TEXT
) WITHOUT ROWID;
