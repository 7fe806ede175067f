-- The tables of one connector and format: ENGINE and FORMAT are replaced.
CREATE TABLE differential.ENGINE_values_FORMAT (
    id INT NOT NULL, b BOOLEAN, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, n DECIMAL(20, 4), c CHAR(5), v VARCHAR(200),
    dt DATE, ts DATETIME
) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES ("replication_num" = "1");
CREATE TABLE differential.ENGINE_texts_FORMAT (id INT NOT NULL, v VARCHAR(200))
    DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES ("replication_num" = "1");
CREATE TABLE differential.ENGINE_nested_FORMAT (
    id INT NOT NULL, a ARRAY<INT>, s ARRAY<VARCHAR(50)>, m MAP<VARCHAR(20), INT>, r STRING, o STRING, j JSON
) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES ("replication_num" = "1");
CREATE TABLE differential.ENGINE_changes_FORMAT (id INT NOT NULL, v VARCHAR(200), n INT)
    PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES ("replication_num" = "1");
CREATE TABLE differential.ENGINE_partial_FORMAT (id INT NOT NULL, v VARCHAR(200), n INT)
    PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES ("replication_num" = "1");
INSERT INTO differential.ENGINE_partial_FORMAT VALUES (1, 'kept', 0);
CREATE TABLE differential.ENGINE_fewer_FORMAT (id INT NOT NULL, v VARCHAR(200), n INT)
    PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES ("replication_num" = "1");
INSERT INTO differential.ENGINE_fewer_FORMAT VALUES (1, 'kept', 0);
CREATE TABLE differential.ENGINE_zoned_FORMAT (id INT NOT NULL, ts DATETIME)
    DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES ("replication_num" = "1");
