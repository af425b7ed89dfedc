-- Indexes for lists of open tasks by due time and by priority, and for claiming due work. docs/schema.md describes them.

CREATE INDEX flow_task_by_due ON flow_task (flow, node, due, process_id, number) WHERE finished IS NULL;
CREATE INDEX flow_task_by_priority ON flow_task (flow, node, priority DESC, process_id, number) WHERE finished IS NULL;
CREATE INDEX flow_due_by_priority ON flow_due (priority, due, process_id, task);
CREATE INDEX flow_process_suspended ON flow_process (id) WHERE suspended IS NOT NULL;

-- The candidates of a task are only read while it is open: those of finished tasks are deleted.
DELETE FROM flow_candidate c USING flow_task t
    WHERE t.process_id = c.process_id AND t.number = c.task AND t.finished IS NOT NULL;
