-- Run in Flink: appends rows as CSV, exactly once. Texts may hold whatever they like.
SET 'execution.checkpointing.interval' = '1s';
SET 'table.dml-sync' = 'true';

CREATE TABLE page_views (
    viewed TIMESTAMP(0),
    page   STRING,
    reader STRING,
    millis INT
) WITH (
    'connector' = 'starrocks',
    'load-url' = '127.0.0.1:8030',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'database-name' = 'guide',
    'table-name' = 'page_views',
    'username' = 'root',
    'password' = '',
    'sink.semantic' = 'exactly-once',
    'sink.label-prefix' = 'page-views',
    'sink.properties.compression' = 'lz4_frame'
);

INSERT INTO page_views VALUES
    (TIMESTAMP '2024-02-29 12:00:00', '/a', 'Zoë, "the reader"', 120),
    (TIMESTAMP '2024-02-29 12:00:01', CONCAT('/a', CHR(9), 'with a tab'), CAST(NULL AS STRING), 80);
