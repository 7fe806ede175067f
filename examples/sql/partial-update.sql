-- Run in Flink: the table in StarRocks has a column more, name, which keeps its values: a Flink table with fewer columns is a
-- partial update.
SET 'execution.checkpointing.interval' = '1s';
SET 'table.dml-sync' = 'true';

CREATE TABLE score_changes (
    player INT,
    score  INT,
    PRIMARY KEY (player) NOT ENFORCED
) WITH (
    'connector' = 'starrocks',
    'load-url' = '127.0.0.1:8030',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'database-name' = 'guide',
    'table-name' = 'scores',
    'username' = 'root',
    'password' = ''
);

INSERT INTO score_changes VALUES (1, 11), (2, 21);
