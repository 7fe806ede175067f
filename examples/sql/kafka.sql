-- Run in Flink: keeps two primary key tables of StarRocks equal to what two Kafka topics say. See create-orders.sql for the tables.
-- It needs flink-connector-kafka with kafka-clients, or flink-sql-connector-kafka, beside the StarRocks connector.
SET 'execution.checkpointing.interval' = '1s';
SET 'table.dml-sync' = 'true';

-- Changes of a database, as Debezium writes them: inserts, updates and deletes.
CREATE TABLE order_changes (
    order_id BIGINT,
    customer STRING,
    amount   DECIMAL(10, 2),
    status   STRING,
    placed   TIMESTAMP(0),
    PRIMARY KEY (order_id) NOT ENFORCED
) WITH (
    'connector' = 'kafka',
    'topic' = 'orders',
    'properties.bootstrap.servers' = '127.0.0.1:9092',
    'properties.group.id' = 'starrocks',
    'scan.startup.mode' = 'earliest-offset',
    'scan.bounded.mode' = 'latest-offset', -- Leave this out, and the job runs until it is stopped.
    'format' = 'debezium-json'
);

-- A compacted topic: the last value of a key counts, and no value deletes it.
CREATE TABLE customer_changes (
    customer_id BIGINT,
    name        STRING,
    city        STRING,
    PRIMARY KEY (customer_id) NOT ENFORCED
) WITH (
    'connector' = 'upsert-kafka',
    'topic' = 'customers',
    'properties.bootstrap.servers' = '127.0.0.1:9092',
    'properties.group.id' = 'starrocks',
    'scan.bounded.mode' = 'latest-offset',
    'key.format' = 'json',
    'value.format' = 'json'
);

CREATE TABLE orders (
    order_id BIGINT,
    customer STRING,
    amount   DECIMAL(10, 2),
    status   STRING,
    placed   TIMESTAMP(0),
    PRIMARY KEY (order_id) NOT ENFORCED
) WITH (
    'connector' = 'starrocks',
    'load-url' = '127.0.0.1:8030',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'database-name' = 'shop',
    'table-name' = 'orders',
    'username' = 'root',
    'password' = '',
    'sink.semantic' = 'exactly-once',
    'sink.label-prefix' = 'orders'
);

CREATE TABLE customers (
    customer_id BIGINT,
    name        STRING,
    city        STRING,
    PRIMARY KEY (customer_id) NOT ENFORCED
) WITH (
    'connector' = 'starrocks',
    'load-url' = '127.0.0.1:8030',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'database-name' = 'shop',
    'table-name' = 'customers',
    'username' = 'root',
    'password' = '',
    'sink.properties.format' = 'json' -- At-least-once is enough here: writing a row with its key twice changes nothing.
);

EXECUTE STATEMENT SET
BEGIN
    INSERT INTO orders SELECT * FROM order_changes;
    INSERT INTO customers SELECT * FROM customer_changes;
END;
