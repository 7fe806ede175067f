-- Run in Flink: reads a table and writes what it finds into another. StarRocks evaluates the condition and sends the two columns that are used.
SET 'execution.runtime-mode' = 'batch';
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

CREATE TABLE countries (
    country   STRING,
    customers BIGINT,
    latest    DATE,
    PRIMARY KEY (country) NOT ENFORCED
) WITH (
    'connector' = 'starrocks',
    'load-url' = '127.0.0.1:8030',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'database-name' = 'guide',
    'table-name' = 'countries',
    'username' = 'root',
    'password' = ''
);

INSERT INTO countries
SELECT country, COUNT(*), MAX(since) FROM customers WHERE since >= DATE '2020-01-01' GROUP BY country;
