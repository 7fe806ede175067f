-- Run in Flink: a row is replaced only by one whose score is not lower.
SET 'execution.checkpointing.interval' = '1s';
SET 'table.dml-sync' = 'true';

CREATE TABLE best_scores (
    player INT,
    name   STRING,
    score  INT,
    PRIMARY KEY (player) NOT ENFORCED
) WITH (
    'connector' = 'starrocks',
    'load-url' = '127.0.0.1:8030',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'database-name' = 'guide',
    'table-name' = 'scores',
    'username' = 'root',
    'password' = '',
    'sink.properties.merge_condition' = 'score'
);

INSERT INTO best_scores VALUES (2, 'Grace H.', 50), (3, 'Edsger D.', 29);
