-- Run in Flink: keeps a primary key table equal to an aggregation. Its rows change while the query runs, and each change is an upsert.
SET 'execution.checkpointing.interval' = '1s';
SET 'table.dml-sync' = 'true';

CREATE TABLE balances (
    account BIGINT,
    balance DECIMAL(12, 2),
    changes BIGINT,
    PRIMARY KEY (account) NOT ENFORCED
) WITH (
    'connector' = 'starrocks',
    'load-url' = '127.0.0.1:8030',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'database-name' = 'guide',
    'table-name' = 'balances',
    'username' = 'root',
    'password' = '',
    'sink.semantic' = 'exactly-once',
    'sink.label-prefix' = 'balances'
);

INSERT INTO balances
SELECT account, CAST(SUM(amount) AS DECIMAL(12, 2)), COUNT(*)
FROM (VALUES (1, 10.00), (2, 5.50), (1, -2.25), (3, 1.00), (1, 0.25)) AS transfers (account, amount)
GROUP BY account;
