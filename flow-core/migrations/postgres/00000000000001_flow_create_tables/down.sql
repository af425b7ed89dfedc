DROP TABLE flow_audit;
DROP FUNCTION flow_audit_keeps_rows;
DROP TABLE flow_due;
DROP TABLE flow_task;
DROP TABLE flow_process;
