-- Orders that lists and workers ask for, and no row without a question. What each index is for: docs/schema.md.

CREATE INDEX flow_task_by_due ON flow_task (flow, node, due, process_id, number) WHERE finished IS NULL;
CREATE INDEX flow_task_by_priority ON flow_task (flow, node, priority DESC, process_id, number) WHERE finished IS NULL;
CREATE INDEX flow_due_by_priority ON flow_due (priority, due, process_id, task);
CREATE INDEX flow_process_suspended ON flow_process (id) WHERE suspended IS NOT NULL;

-- Whom a task is offered to is asked of open tasks alone.
DELETE FROM flow_candidate c USING flow_task t
    WHERE t.process_id = c.process_id AND t.number = c.task AND t.finished IS NOT NULL;
