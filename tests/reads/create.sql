-- What is read: every type that the original connector reads, NULLs in each column, several partitions and tablets.
CREATE DATABASE reads;
CREATE TABLE reads.types (
    id INT NOT NULL, dt DATE NOT NULL, b BOOLEAN, t TINYINT, s SMALLINT, l BIGINT, li LARGEINT, f FLOAT, d DOUBLE, n DECIMAL(20, 4), m DECIMAL(38, 10),
    c CHAR(5), v VARCHAR(200), st STRING, ts DATETIME, j JSON, ai ARRAY<INT>, sa ARRAY<VARCHAR(50)>, mp MAP<INT, VARCHAR(20)>,
    r STRUCT<x INT, y VARCHAR(20), z DECIMAL(10, 2)>
) DUPLICATE KEY(id, dt) PARTITION BY RANGE(dt) (
    PARTITION p1 VALUES LESS THAN ('2024-01-01'), PARTITION p2 VALUES LESS THAN ('2024-07-01'), PARTITION p3 VALUES LESS THAN ('2999-01-01')
) DISTRIBUTED BY HASH(id) BUCKETS 4 PROPERTIES ("replication_num" = "2");
CREATE TABLE reads.flights (carrier VARCHAR(2), flight INT, tailnum VARCHAR(8), origin VARCHAR(3), dest VARCHAR(3), distance INT)
    DUPLICATE KEY(carrier, flight) DISTRIBUTED BY HASH(flight) BUCKETS 6 PROPERTIES ("replication_num" = "1");
-- What the original connector gets wrong.
CREATE TABLE reads.edges (id INT NOT NULL, f DOUBLE, s VARCHAR(20), ts DATETIME, n DECIMAL(20, 4))
    DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 3 PROPERTIES ("replication_num" = "1");
INSERT INTO reads.edges VALUES (1, 1.0, 'ab', '2024-01-01 00:00:00', 1.5), (2, 1.5, 'a\\b', '2024-07-01 12:34:56.123456', 99999.9), (3, 2.0, 'c', NULL, 100000);
-- What the reader found. Types without a counterpart in Flink are texts, and of maps and structs there are the members.
CREATE TABLE reads.ENGINE_types (
    id INT NOT NULL, dt DATE NOT NULL, b BOOLEAN, t TINYINT, s SMALLINT, l BIGINT, li VARCHAR(50), f FLOAT, d DOUBLE, n DECIMAL(20, 4), m DECIMAL(38, 10),
    c CHAR(5), v VARCHAR(200), st STRING, ts DATETIME, j VARCHAR(200), ai ARRAY<INT>, sa ARRAY<VARCHAR(50)>, m1 VARCHAR(20), m2 VARCHAR(20),
    x INT, y VARCHAR(20), z DECIMAL(10, 2)
) DUPLICATE KEY(id, dt) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES ("replication_num" = "1");
CREATE TABLE reads.ENGINE_picked (q VARCHAR(20) NOT NULL, id INT, v VARCHAR(200), n DECIMAL(20, 4))
    DUPLICATE KEY(q) DISTRIBUTED BY HASH(q) BUCKETS 1 PROPERTIES ("replication_num" = "1");
CREATE TABLE reads.ENGINE_counts (q VARCHAR(20) NOT NULL, n BIGINT)
    DUPLICATE KEY(q) DISTRIBUTED BY HASH(q) BUCKETS 1 PROPERTIES ("replication_num" = "1");
CREATE TABLE reads.ENGINE_edges (q VARCHAR(20) NOT NULL, id INT, v VARCHAR(50))
    DUPLICATE KEY(q) DISTRIBUTED BY HASH(q) BUCKETS 1 PROPERTIES ("replication_num" = "1");
