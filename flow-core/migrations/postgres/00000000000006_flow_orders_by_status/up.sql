-- The orders of lists name the status: the most urgent tasks are often those that somebody has assigned already.

DROP INDEX flow_task_by_due;
DROP INDEX flow_task_by_priority;
CREATE INDEX flow_task_by_due ON flow_task (flow, node, status, due, process_id, number) WHERE finished IS NULL;
CREATE INDEX flow_task_by_priority ON flow_task (flow, node, status, priority DESC, process_id, number)
    WHERE finished IS NULL;
