DROP INDEX flow_task_resting;
DROP INDEX flow_task_joins;
CREATE INDEX flow_task_joins ON flow_task (process_id, scope) WHERE task_type = 'JOIN' AND finished IS NULL;
