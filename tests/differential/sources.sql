-- The rows, from files; more than one subtask writes, so that they cross a network and arrive in Flink's binary layout.
SET 'execution.checkpointing.interval' = '1s';
SET 'table.dml-sync' = 'true';
SET 'restart-strategy.type' = 'none';
SET 'table.local-time-zone' = 'Asia/Shanghai';
SET 'parallelism.default' = '1';

CREATE TABLE source_values (
    id INT, b BOOLEAN, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, n DECIMAL(20, 4), c CHAR(5), v STRING, dt DATE,
    ts TIMESTAMP(6)
) WITH ('connector' = 'filesystem', 'path' = 'DATA/values.json', 'format' = 'json');
CREATE TABLE source_texts (id INT, v STRING)
    WITH ('connector' = 'filesystem', 'path' = 'DATA/texts.json', 'format' = 'json');
CREATE TABLE source_nested (
    id INT, a ARRAY<INT>, s ARRAY<STRING>, m MAP<STRING, INT>, r ROW<x INT, y STRING>, o ARRAY<ROW<x INT, y STRING>>, j STRING
) WITH ('connector' = 'filesystem', 'path' = 'DATA/nested.json', 'format' = 'json');
CREATE TABLE source_changes (id INT, v STRING, n INT, PRIMARY KEY (id) NOT ENFORCED)
    WITH ('connector' = 'filesystem', 'path' = 'DATA/changes.json', 'format' = 'debezium-json');
CREATE TABLE source_zoned (id INT, ts TIMESTAMP_LTZ(3))
    WITH ('connector' = 'filesystem', 'path' = 'DATA/zoned.json', 'format' = 'json');
