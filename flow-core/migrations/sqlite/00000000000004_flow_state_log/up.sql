CREATE TABLE flow_state_log (
    id              INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    machine         TEXT    NOT NULL,
    row_key         TEXT    NOT NULL,
    transition      TEXT    NOT NULL,
    source          TEXT    NOT NULL,
    target          TEXT    NOT NULL,
    at              TEXT    NOT NULL,
    actor           TEXT    NOT NULL,
    note            TEXT,
    fields          TEXT    NOT NULL
);

CREATE INDEX flow_state_log_by_row ON flow_state_log (machine, row_key, id);
