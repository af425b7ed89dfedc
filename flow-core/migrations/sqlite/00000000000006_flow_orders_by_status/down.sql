DROP INDEX flow_task_by_priority;
DROP INDEX flow_task_by_due;
CREATE INDEX flow_task_by_due ON flow_task (flow, node, due, process_id, number) WHERE finished IS NULL;
CREATE INDEX flow_task_by_priority ON flow_task (flow, node, priority DESC, process_id, number) WHERE finished IS NULL;
