CREATE TABLE flow_state_log (
    id              BIGINT      NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    machine         TEXT        NOT NULL,
    row_key         TEXT        NOT NULL,
    transition      TEXT        NOT NULL,
    source          TEXT        NOT NULL,
    target          TEXT        NOT NULL,
    at              TIMESTAMPTZ NOT NULL,
    actor           TEXT        NOT NULL,
    note            TEXT,
    fields          JSONB       NOT NULL
);

CREATE INDEX flow_state_log_by_row ON flow_state_log (machine, row_key, id);
