-- What each table, column and index is for: docs/schema.md.
-- Values that depend on their own row alone are filled by ALTER .. USING: one rewrite of the table, and no trigger.

ALTER TABLE flow_process
    ADD COLUMN release      INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN reference    TEXT,
    ADD COLUMN suspended    TIMESTAMPTZ,
    ADD COLUMN started_by   TEXT,
    ADD COLUMN depth        INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN audit_count  BIGINT  NOT NULL DEFAULT 0;
UPDATE flow_process p SET audit_count = p.version, started_by = t.owner
    FROM flow_task t WHERE t.process_id = p.id AND t.number = 1;
UPDATE flow_process SET audit_count = version WHERE audit_count <> version;
WITH RECURSIVE nested (id, depth) AS (
    SELECT id, 0 FROM flow_process WHERE parent_process IS NULL
    UNION ALL
    SELECT child.id, nested.depth + 1 FROM nested JOIN flow_process child ON child.parent_process = nested.id
)
UPDATE flow_process p SET depth = nested.depth FROM nested WHERE nested.id = p.id AND nested.depth > 0;
CREATE INDEX flow_process_by_starter ON flow_process (started_by, id) WHERE started_by IS NOT NULL;
CREATE INDEX flow_process_by_reference ON flow_process (flow, reference) WHERE reference IS NOT NULL;

DROP INDEX flow_task_timers;
ALTER TABLE flow_task
    ADD COLUMN kind         TEXT    NOT NULL DEFAULT '',
    ADD COLUMN host         INTEGER,
    ADD COLUMN armed        INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN resting      BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN nominee      TEXT,
    ADD COLUMN on_behalf_of TEXT,
    ADD COLUMN priority     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE flow_task
    ALTER COLUMN kind TYPE TEXT USING CASE task_type
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
        WHEN 'TIMER' THEN CASE WHEN position('__timeout' IN node) > 0 THEN 'TimerBoundary' ELSE 'Timer' END
        ELSE '' END,
    ALTER COLUMN host TYPE INTEGER USING
        CASE WHEN task_type = 'TIMER' AND position('__timeout' IN node) > 0 THEN previous END,
    -- Who has had a task since it was made was named by `assign`.
    ALTER COLUMN nominee TYPE TEXT USING CASE WHEN task_type = 'HUMAN' AND assigned = created THEN owner END;
UPDATE flow_task t SET armed = with_timeouts.armed
    FROM (SELECT process_id, host, count(*) AS armed FROM flow_task WHERE host IS NOT NULL GROUP BY process_id, host)
        with_timeouts
    WHERE t.process_id = with_timeouts.process_id AND t.number = with_timeouts.host;
CREATE INDEX flow_task_boundaries ON flow_task (process_id, host) WHERE host IS NOT NULL AND finished IS NULL;
CREATE INDEX flow_task_by_previous ON flow_task (process_id, previous) WHERE previous IS NOT NULL;
CREATE INDEX flow_task_by_joined ON flow_task (process_id, joined) WHERE joined IS NOT NULL;

ALTER TABLE flow_due
    DROP COLUMN message_key,
    ADD COLUMN key          TEXT    NOT NULL DEFAULT '',
    ADD COLUMN postponed    INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN holder       TEXT,
    ADD COLUMN queue        TEXT    NOT NULL DEFAULT '',
    ADD COLUMN priority     INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN concurrency  TEXT,
    ADD COLUMN failed_release INTEGER,
    ADD COLUMN payload      JSONB,
    DROP CONSTRAINT flow_due_pkey,
    ADD PRIMARY KEY (process_id, task, kind, key);
CREATE INDEX flow_due_by_queue ON flow_due (queue, priority, due);

ALTER TABLE flow_audit
    ADD COLUMN number       BIGINT,
    ADD COLUMN note         TEXT,
    ADD COLUMN on_behalf_of TEXT,
    ADD COLUMN fields       JSONB,
    DROP CONSTRAINT flow_audit_pkey;
ALTER TABLE flow_audit ALTER COLUMN number TYPE BIGINT USING version, ADD PRIMARY KEY (process_id, number);

CREATE TABLE flow_candidate (
    process_id      BIGINT  NOT NULL,
    task            INTEGER NOT NULL,
    kind            TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    PRIMARY KEY (process_id, task, kind, id),
    FOREIGN KEY (process_id, task) REFERENCES flow_task (process_id, number) ON DELETE CASCADE
);
CREATE INDEX flow_candidate_by_id ON flow_candidate (kind, id, process_id, task);

CREATE TABLE flow_attempt (
    process_id      BIGINT  NOT NULL,
    task            INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    started         TIMESTAMPTZ NOT NULL,
    ended           TIMESTAMPTZ,
    error           TEXT,
    holder          TEXT,
    PRIMARY KEY (process_id, task, number),
    FOREIGN KEY (process_id, task) REFERENCES flow_task (process_id, number) ON DELETE CASCADE
);

CREATE TABLE flow_snooze (
    process_id      BIGINT  NOT NULL,
    task            INTEGER NOT NULL,
    person          TEXT    NOT NULL,
    until           TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (process_id, task, person),
    FOREIGN KEY (process_id, task) REFERENCES flow_task (process_id, number) ON DELETE CASCADE
);

CREATE TABLE flow_draft (
    process_id      BIGINT  NOT NULL,
    task            INTEGER NOT NULL,
    person          TEXT    NOT NULL,
    data            JSONB   NOT NULL,
    saved           TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (process_id, task, person),
    FOREIGN KEY (process_id, task) REFERENCES flow_task (process_id, number) ON DELETE CASCADE
);

CREATE TABLE flow_message (
    name            TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    key             TEXT,
    delivered       TIMESTAMPTZ NOT NULL,
    process_id      BIGINT,
    task            INTEGER,
    PRIMARY KEY (name, id)
);

CREATE TABLE flow_queue (
    name            TEXT    PRIMARY KEY,
    paused          TIMESTAMPTZ,
    paused_by       TEXT
);
