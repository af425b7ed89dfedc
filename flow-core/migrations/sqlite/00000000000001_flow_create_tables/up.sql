-- What each table, column and index is for: docs/schema.md.

CREATE TABLE flow_process (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,  -- numbers are never given twice
    flow            TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    version         BIGINT  NOT NULL,
    task_count      INTEGER NOT NULL,
    open_tokens     INTEGER NOT NULL,
    created         TEXT    NOT NULL,
    finished        TEXT,
    data            TEXT    NOT NULL DEFAULT '{}',
    seed_type       TEXT,
    seed_key        TEXT,
    artifact_type   TEXT,
    artifact_key    TEXT,
    parent_process  BIGINT,
    parent_task     INTEGER,
    start_key       TEXT
);
CREATE INDEX flow_process_by_flow ON flow_process (flow, status, id);
CREATE INDEX flow_process_by_seed ON flow_process (seed_type, seed_key) WHERE seed_key IS NOT NULL;
CREATE INDEX flow_process_by_artifact ON flow_process (artifact_type, artifact_key) WHERE artifact_key IS NOT NULL;
CREATE UNIQUE INDEX flow_process_by_start_key ON flow_process (flow, start_key) WHERE start_key IS NOT NULL;
CREATE INDEX flow_process_by_parent ON flow_process (parent_process, parent_task) WHERE parent_process IS NOT NULL;

CREATE TABLE flow_task (
    process_id      BIGINT  NOT NULL REFERENCES flow_process (id),
    number          INTEGER NOT NULL,
    flow            TEXT    NOT NULL,
    node            TEXT    NOT NULL,
    task_type       TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    token           TEXT    NOT NULL,
    scope           INTEGER,
    open_tokens     INTEGER NOT NULL DEFAULT 0,
    previous        INTEGER,
    joined          INTEGER,
    owner           TEXT,
    created         TEXT    NOT NULL,
    assigned        TEXT,
    started         TEXT,
    finished        TEXT,
    due             TEXT,
    data            TEXT    NOT NULL DEFAULT '{}',
    seed_type       TEXT,
    seed_key        TEXT,
    artifact_type   TEXT,
    artifact_key    TEXT,
    error           TEXT,
    PRIMARY KEY (process_id, number)
) WITHOUT ROWID;
CREATE INDEX flow_task_open ON flow_task (flow, node, status, process_id, number) WHERE finished IS NULL;
CREATE INDEX flow_task_by_owner ON flow_task (owner, status, process_id, number) WHERE owner IS NOT NULL;
CREATE INDEX flow_task_joins ON flow_task (process_id, scope) WHERE task_type = 'JOIN' AND finished IS NULL;
CREATE INDEX flow_task_timers ON flow_task (process_id, previous) WHERE task_type = 'TIMER' AND finished IS NULL;
CREATE INDEX flow_task_done ON flow_task (process_id, node, number) WHERE finished IS NOT NULL AND owner IS NOT NULL;
CREATE INDEX flow_task_by_seed ON flow_task (seed_type, seed_key) WHERE seed_key IS NOT NULL;
CREATE INDEX flow_task_by_artifact ON flow_task (artifact_type, artifact_key) WHERE artifact_key IS NOT NULL;

CREATE TABLE flow_due (
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
CREATE INDEX flow_due_by_time ON flow_due (due, process_id, task);

CREATE TABLE flow_audit (
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
CREATE TRIGGER flow_audit_keeps_rows BEFORE UPDATE ON flow_audit
    BEGIN SELECT RAISE(ABORT, 'flow_audit is append-only'); END;
