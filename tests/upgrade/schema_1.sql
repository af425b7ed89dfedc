-- What the code of the first schema wrote: one process for each state. tests/src/upgrade.rs has the flows.
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (1, 'order', 'NEW', 2, 6, 1, '2026-01-01T00:00:00.000000Z', '{"note":"","way":"approve"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (1, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (1, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, data)
    VALUES (1, 3, 'order', 'approve', 'HUMAN', 'NEW', 'start', 0, 2, '2026-01-01T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, due, data)
    VALUES (1, 4, 'order', 'approve__timeout', 'TIMER', 'DONE', 'start', 0, 3, '2026-01-01T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, due, data)
    VALUES (1, 5, 'order', 'approve__timeout_2', 'TIMER', 'SCHEDULED', 'start', 0, 3, '2026-01-01T00:00:00.000000Z', '2026-01-04T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (1, 6, 'order', 'remind', 'END', 'DONE', 'start', 0, 4, '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token)
    VALUES (1, 5, 'TIMER', 'order', '2026-01-04T00:00:00.000000Z', 0, 0);
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (1, 1, '2026-01-01T00:00:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"NEW","4":"SCHEDULED","5":"SCHEDULED"}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (1, 2, '2026-01-02T00:00:00.000000Z', 'flow', 'timeout', 4, 'approve__timeout', 'NEW', '{"4":"DONE","6":"DONE"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (2, 'order', 'NEW', 2, 4, 1, '2026-01-01T00:00:00.000000Z', '{"note":"broken","way":"cool_off"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (2, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (2, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, due, data)
    VALUES (2, 3, 'order', 'cool_off', 'TIMER', 'DONE', 'start', 0, 2, '2026-01-01T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, data, error)
    VALUES (2, 4, 'order', 'note_it', 'FUNCTION', 'ERROR', 'start', 0, 3, '2026-01-02T00:00:00.000000Z', '{}', 'nobody can read this');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (2, 1, '2026-01-01T00:00:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"SCHEDULED"}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (2, 2, '2026-01-02T00:00:00.000000Z', 'flow', 'timeout', 3, 'cool_off', 'NEW', '{"3":"DONE","4":"ERROR"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (3, 'order', 'NEW', 1, 5, 1, '2026-01-02T00:00:00.000000Z', '{"note":"","way":"approve"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (3, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (3, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, data)
    VALUES (3, 3, 'order', 'approve', 'HUMAN', 'NEW', 'start', 0, 2, '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, due, data)
    VALUES (3, 4, 'order', 'approve__timeout', 'TIMER', 'SCHEDULED', 'start', 0, 3, '2026-01-02T00:00:00.000000Z', '2026-01-03T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, due, data)
    VALUES (3, 5, 'order', 'approve__timeout_2', 'TIMER', 'SCHEDULED', 'start', 0, 3, '2026-01-02T00:00:00.000000Z', '2026-01-05T00:00:00.000000Z', '{}');
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token)
    VALUES (3, 4, 'TIMER', 'order', '2026-01-03T00:00:00.000000Z', 0, 0);
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token)
    VALUES (3, 5, 'TIMER', 'order', '2026-01-05T00:00:00.000000Z', 0, 0);
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (3, 1, '2026-01-02T00:00:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"NEW","4":"SCHEDULED","5":"SCHEDULED"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (4, 'order', 'NEW', 2, 5, 1, '2026-01-02T00:00:00.000000Z', '{"note":"","way":"approve"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (4, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (4, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, owner, created, assigned, data)
    VALUES (4, 3, 'order', 'approve', 'HUMAN', 'ASSIGNED', 'start', 0, 2, 'bob', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, due, data)
    VALUES (4, 4, 'order', 'approve__timeout', 'TIMER', 'SCHEDULED', 'start', 0, 3, '2026-01-02T00:00:00.000000Z', '2026-01-03T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, due, data)
    VALUES (4, 5, 'order', 'approve__timeout_2', 'TIMER', 'SCHEDULED', 'start', 0, 3, '2026-01-02T00:00:00.000000Z', '2026-01-05T00:00:00.000000Z', '{}');
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token)
    VALUES (4, 4, 'TIMER', 'order', '2026-01-03T00:00:00.000000Z', 0, 0);
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token)
    VALUES (4, 5, 'TIMER', 'order', '2026-01-05T00:00:00.000000Z', 0, 0);
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (4, 1, '2026-01-02T00:00:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"NEW","4":"SCHEDULED","5":"SCHEDULED"}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (4, 2, '2026-01-02T00:01:00.000000Z', 'bob', 'assign', 3, 'approve', 'NEW', '{"3":"ASSIGNED"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (5, 'order', 'NEW', 1, 3, 1, '2026-01-02T00:00:00.000000Z', '{"note":"","way":"named"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (5, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (5, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, owner, created, assigned, data)
    VALUES (5, 3, 'order', 'named', 'HUMAN', 'ASSIGNED', 'start', 0, 2, 'anna', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (5, 1, '2026-01-02T00:00:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"ASSIGNED"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (6, 'order', 'NEW', 1, 4, 1, '2026-01-02T00:00:00.000000Z', '{"note":"","way":"paid"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (6, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (6, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, data)
    VALUES (6, 3, 'order', 'paid', 'FUNCTION', 'NEW', 'start', 0, 2, '2026-01-02T00:00:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, due, data)
    VALUES (6, 4, 'order', 'paid__timeout', 'TIMER', 'SCHEDULED', 'start', 0, 3, '2026-01-02T00:00:00.000000Z', '2026-01-04T00:00:00.000000Z', '{}');
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token)
    VALUES (6, 4, 'TIMER', 'order', '2026-01-04T00:00:00.000000Z', 0, 0);
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (6, 1, '2026-01-02T00:00:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"NEW","4":"SCHEDULED"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (7, 'order', 'NEW', 2, 4, 1, '2026-01-02T00:01:00.000000Z', '{"note":"leased","way":"send"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (7, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (7, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, data)
    VALUES (7, 3, 'order', 'send', 'JOB', 'STARTED', 'start', 0, 2, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, due, data)
    VALUES (7, 4, 'order', 'send__timeout', 'TIMER', 'SCHEDULED', 'start', 0, 3, '2026-01-02T00:01:00.000000Z', '2026-01-04T00:01:00.000000Z', '{}');
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token, leased_until)
    VALUES (7, 3, 'JOB', 'order', '2026-01-02T00:01:00.000000Z', 1, 1, '2026-01-02T00:06:00.000000Z');
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token)
    VALUES (7, 4, 'TIMER', 'order', '2026-01-04T00:01:00.000000Z', 0, 0);
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (7, 1, '2026-01-02T00:01:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"SCHEDULED","4":"SCHEDULED"}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (7, 2, '2026-01-02T00:01:00.000000Z', 'flow', 'claim', 3, 'send', 'NEW', '{"3":"STARTED"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (8, 'order', 'NEW', 3, 4, 1, '2026-01-02T00:01:00.000000Z', '{"note":"broken","way":"send"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (8, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (8, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, data, error)
    VALUES (8, 3, 'order', 'send', 'JOB', 'ERROR', 'start', 0, 2, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}', 'the carrier is gone');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, due, data)
    VALUES (8, 4, 'order', 'send__timeout', 'TIMER', 'SCHEDULED', 'start', 0, 3, '2026-01-02T00:01:00.000000Z', '2026-01-04T00:01:00.000000Z', '{}');
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token)
    VALUES (8, 4, 'TIMER', 'order', '2026-01-04T00:01:00.000000Z', 0, 0);
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (8, 1, '2026-01-02T00:01:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"SCHEDULED","4":"SCHEDULED"}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (8, 2, '2026-01-02T00:01:00.000000Z', 'flow', 'claim', 3, 'send', 'NEW', '{"3":"STARTED"}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (8, 3, '2026-01-02T00:01:00.000000Z', 'flow', 'fail', 3, 'send', 'NEW', '{"3":"ERROR"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (9, 'order', 'NEW', 1, 4, 1, '2026-01-02T00:01:00.000000Z', '{"note":"","way":"send"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (9, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (9, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, data)
    VALUES (9, 3, 'order', 'send', 'JOB', 'SCHEDULED', 'start', 0, 2, '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, due, data)
    VALUES (9, 4, 'order', 'send__timeout', 'TIMER', 'SCHEDULED', 'start', 0, 3, '2026-01-02T00:01:00.000000Z', '2026-01-04T00:01:00.000000Z', '{}');
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token)
    VALUES (9, 3, 'JOB', 'order', '2026-01-02T00:01:00.000000Z', 0, 0);
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token)
    VALUES (9, 4, 'TIMER', 'order', '2026-01-04T00:01:00.000000Z', 0, 0);
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (9, 1, '2026-01-02T00:01:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"SCHEDULED","4":"SCHEDULED"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (10, 'order', 'NEW', 1, 3, 1, '2026-01-02T00:01:00.000000Z', '{"note":"","way":"cool_off"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (10, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (10, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, due, data)
    VALUES (10, 3, 'order', 'cool_off', 'TIMER', 'SCHEDULED', 'start', 0, 2, '2026-01-02T00:01:00.000000Z', '2026-01-03T00:01:00.000000Z', '{}');
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token)
    VALUES (10, 3, 'TIMER', 'order', '2026-01-03T00:01:00.000000Z', 0, 0);
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (10, 1, '2026-01-02T00:01:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"SCHEDULED"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (11, 'order', 'NEW', 1, 3, 1, '2026-01-02T00:01:00.000000Z', '{"note":"","way":"ship"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (11, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (11, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, data)
    VALUES (11, 3, 'order', 'ship', 'SUBPROCESS', 'STARTED', 'start', 0, 2, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (11, 1, '2026-01-02T00:01:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"STARTED"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data, parent_process, parent_task)
    VALUES (12, 'ship', 'NEW', 1, 2, 1, '2026-01-02T00:01:00.000000Z', '{}', 11, 3);
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, created, started, finished, data)
    VALUES (12, 1, 'ship', 'start', 'START', 'DONE', 'start', 0, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, data)
    VALUES (12, 2, 'ship', 'deliver', 'FUNCTION', 'NEW', 'start', 0, 1, '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (12, 1, '2026-01-02T00:01:00.000000Z', 'flow', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"NEW"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (13, 'order', 'NEW', 1, 3, 1, '2026-01-02T00:01:00.000000Z', '{"note":"","way":"ship"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (13, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (13, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, data)
    VALUES (13, 3, 'order', 'ship', 'SUBPROCESS', 'STARTED', 'start', 0, 2, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (13, 1, '2026-01-02T00:01:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"STARTED"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, finished, data, parent_process, parent_task)
    VALUES (14, 'ship', 'DONE', 2, 3, 0, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}', 13, 3);
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, created, started, finished, data)
    VALUES (14, 1, 'ship', 'start', 'START', 'DONE', 'start', 0, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (14, 2, 'ship', 'deliver', 'FUNCTION', 'DONE', 'start', 0, 1, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (14, 3, 'ship', 'end', 'END', 'DONE', 'start', 0, 2, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_due (process_id, task, kind, flow, due, attempt, lease_token)
    VALUES (14, 0, 'RESUME', 'order', '2026-01-02T00:01:00.000000Z', 0, 0);
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (14, 1, '2026-01-02T00:01:00.000000Z', 'flow', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"NEW"}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (14, 2, '2026-01-02T00:01:00.000000Z', 'import', 'run', 2, 'deliver', 'DONE', '{"2":"DONE","3":"DONE"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (15, 'order', 'NEW', 1, 5, 1, '2026-01-02T00:01:00.000000Z', '{"note":"","way":"split"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (15, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (15, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (15, 3, 'order', 'split', 'PARALLEL_GATEWAY', 'DONE', 'start', 2, 2, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, scope, open_tokens, previous, created, data)
    VALUES (15, 4, 'order', 'left', 'FUNCTION', 'NEW', 'start/3_1', 3, 0, 3, '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, scope, open_tokens, previous, created, data)
    VALUES (15, 5, 'order', 'right', 'HUMAN', 'NEW', 'start/3_2', 3, 0, 3, '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (15, 1, '2026-01-02T00:01:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"DONE","4":"NEW","5":"NEW"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, data)
    VALUES (16, 'order', 'NEW', 2, 6, 1, '2026-01-02T00:01:00.000000Z', '{"note":"","way":"split"}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (16, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (16, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (16, 3, 'order', 'split', 'PARALLEL_GATEWAY', 'DONE', 'start', 2, 2, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, scope, open_tokens, previous, joined, created, started, finished, data)
    VALUES (16, 4, 'order', 'left', 'FUNCTION', 'DONE', 'start/3_1', 3, 0, 3, 6, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, scope, open_tokens, previous, created, data)
    VALUES (16, 5, 'order', 'right', 'HUMAN', 'NEW', 'start/3_2', 3, 0, 3, '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, scope, open_tokens, created, started, data)
    VALUES (16, 6, 'order', 'join', 'JOIN', 'STARTED', 'start', 3, 1, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (16, 1, '2026-01-02T00:01:00.000000Z', 'import', 'start', 1, 'start', 'NEW', '{"1":"DONE","2":"DONE","3":"DONE","4":"NEW","5":"NEW"}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (16, 2, '2026-01-02T00:01:00.000000Z', 'import', 'run', 4, 'left', 'NEW', '{"4":"DONE","6":"STARTED"}');
INSERT INTO flow_process (id, flow, status, version, task_count, open_tokens, created, finished, data, start_key)
    VALUES (17, 'order', 'DONE', 1, 3, 0, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{"note":"it''s done","way":"end"}', 'order 17');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, owner, created, started, finished, data)
    VALUES (17, 1, 'order', 'start', 'START', 'DONE', 'start', 0, 'import', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (17, 2, 'order', 'route', 'SWITCH', 'DONE', 'start', 0, 1, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_task (process_id, number, flow, node, task_type, status, token, open_tokens, previous, created, started, finished, data)
    VALUES (17, 3, 'order', 'end', 'END', 'DONE', 'start', 0, 2, '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '2026-01-02T00:01:00.000000Z', '{}');
INSERT INTO flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
    VALUES (17, 1, '2026-01-02T00:01:00.000000Z', 'import', 'start', 1, 'start', 'DONE', '{"1":"DONE","2":"DONE","3":"DONE"}');
