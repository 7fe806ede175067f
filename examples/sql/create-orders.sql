-- Run in StarRocks (MySQL port): the tables that kafka.sql fills.
CREATE DATABASE IF NOT EXISTS shop;

CREATE TABLE shop.orders (
    order_id BIGINT NOT NULL,
    customer VARCHAR(100),
    amount   DECIMAL(10, 2),
    status   VARCHAR(20),
    placed   DATETIME
)
PRIMARY KEY (order_id)
DISTRIBUTED BY HASH (order_id) BUCKETS 4
PROPERTIES ("replication_num" = "1");

CREATE TABLE shop.customers (
    customer_id BIGINT NOT NULL,
    name        VARCHAR(100),
    city        VARCHAR(100)
)
PRIMARY KEY (customer_id)
DISTRIBUTED BY HASH (customer_id) BUCKETS 4
PROPERTIES ("replication_num" = "1");
