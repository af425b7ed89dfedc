DROP TABLE flow_state_log;
