DROP INDEX flow_process_suspended;
DROP INDEX flow_due_by_priority;
DROP INDEX flow_task_by_priority;
DROP INDEX flow_task_by_due;
