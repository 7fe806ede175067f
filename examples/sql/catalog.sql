-- Run in Flink: creates a table in StarRocks through the catalog, alters it and fills it; nothing is declared twice.
SET 'execution.checkpointing.interval' = '1s';
SET 'table.dml-sync' = 'true';

CREATE CATALOG starrocks WITH (
    'type' = 'starrocks',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'http-url' = '127.0.0.1:8030',
    'username' = 'root',
    'password' = '',
    'default-database' = 'guide',
    'table.properties.replication_num' = '1'
);

CREATE TABLE starrocks.guide.visits (
    page STRING COMMENT 'path of the page',
    `day` DATE NOT NULL,
    id BIGINT NOT NULL,
    PRIMARY KEY (id, `day`) NOT ENFORCED
) COMMENT 'one row per visit' WITH (
    'table.num-buckets' = '4',
    'table.distribution-columns' = 'id',
    'table.partition-by' = 'date_trunc(''month'', `day`)'
);

ALTER TABLE starrocks.guide.visits ADD (tags ARRAY<STRING>, seconds INT COMMENT 'how long it was read');

INSERT INTO starrocks.guide.visits (id, `day`, page, seconds)
VALUES (1, DATE '2024-02-29', '/', 12), (2, DATE '2024-03-01', '/docs', 340);
