-- Run in Flink: writes nested values, which CSV cannot carry, and a JSON column as the text that it is.
SET 'execution.checkpointing.interval' = '1s';
SET 'table.dml-sync' = 'true';

CREATE TABLE events (
    id      BIGINT,
    tags    ARRAY<STRING>,
    numbers MAP<STRING, INT>,
    place   ROW<city STRING, zip INT>,
    payload STRING
) WITH (
    'connector' = 'starrocks',
    'load-url' = '127.0.0.1:8030',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'database-name' = 'guide',
    'table-name' = 'events',
    'username' = 'root',
    'password' = '',
    'sink.properties.format' = 'json'
);

INSERT INTO events VALUES
    (1, ARRAY['x', 'y'], MAP['one', 1], ROW('Kraków', 30001), '{"deep": [1, 2, {"a": null}]}');
