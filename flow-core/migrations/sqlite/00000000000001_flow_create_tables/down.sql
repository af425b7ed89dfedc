DROP TABLE flow_audit;
DROP TABLE flow_due;
DROP TABLE flow_task;
DROP TABLE flow_process;
