-- Run in Flink: enriches a stream of orders with the customers that a StarRocks table holds when each order comes by.
SET 'execution.checkpointing.interval' = '1s';
SET 'table.dml-sync' = 'true';

CREATE TABLE IF NOT EXISTS customers (
    id      BIGINT,
    name    STRING,
    country STRING,
    since   DATE
) WITH (
    'connector' = 'starrocks',
    'scan-url' = '127.0.0.1:8030',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'database-name' = 'guide',
    'table-name' = 'customers',
    'username' = 'root',
    'password' = ''
);

CREATE TABLE named_orders (
    id      BIGINT,
    amount  DECIMAL(10, 2),
    name    STRING,
    country STRING,
    PRIMARY KEY (id) NOT ENFORCED
) WITH (
    'connector' = 'starrocks',
    'load-url' = '127.0.0.1:8030',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'database-name' = 'guide',
    'table-name' = 'named_orders',
    'username' = 'root',
    'password' = ''
);

CREATE TEMPORARY VIEW orders AS
SELECT id, customer, amount, PROCTIME() AS placed
FROM (VALUES (100, 2, 19.90), (101, 3, 5.00), (102, 9, 1.25), (103, 2, 7.50)) AS placed_orders (id, customer, amount);

INSERT INTO named_orders
SELECT o.id, o.amount, c.name, c.country
FROM orders AS o
LEFT JOIN customers FOR SYSTEM_TIME AS OF o.placed AS c ON o.customer = c.id;
