-- Run in Flink: many small loads that the server merges into one version of the table; StarRocks 3.4 and later.
SET 'execution.checkpointing.interval' = '1s';
SET 'table.dml-sync' = 'true';

CREATE TABLE measurements (
    sensor  INT,
    celsius DOUBLE
) WITH (
    'connector' = 'starrocks',
    'load-url' = '127.0.0.1:8030',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'database-name' = 'guide',
    'table-name' = 'measurements',
    'username' = 'root',
    'password' = '',
    'sink.properties.enable_merge_commit' = 'true',
    'sink.properties.merge_commit_interval_ms' = '100'
);

INSERT INTO measurements VALUES (1, 20.5), (2, -3.25);
