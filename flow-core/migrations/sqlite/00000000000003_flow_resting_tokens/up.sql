-- Tasks in which a token rests, and joins in which arrivals do: each question has its index. What it is for:
-- docs/schema.md.

DROP INDEX flow_task_joins;
CREATE INDEX flow_task_joins ON flow_task (process_id, scope) WHERE task_type = 'JOIN' AND (finished IS NULL OR resting);
CREATE INDEX flow_task_resting ON flow_task (process_id, number) WHERE resting;
