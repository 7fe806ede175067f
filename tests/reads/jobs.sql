-- Reads by one connector, whose findings go to tables of its own. ENGINE, SOURCE and SINK are replaced.
SET 'execution.runtime-mode' = 'batch';
SET 'table.dml-sync' = 'true';
SET 'restart-strategy.type' = 'none';
SET 'table.local-time-zone' = 'Asia/Shanghai';
SET 'parallelism.default' = '2';

CREATE TABLE types (
    id INT NOT NULL, dt DATE NOT NULL, b BOOLEAN, t TINYINT, s SMALLINT, l BIGINT, li STRING, f FLOAT, d DOUBLE, n DECIMAL(20, 4), m DECIMAL(38, 10),
    c CHAR(5), v STRING, st STRING, ts TIMESTAMP(6), j STRING, ai ARRAY<INT>, sa ARRAY<STRING>, mp MAP<INT, STRING>,
    r ROW<x INT, y STRING, z DECIMAL(10, 2)>
) WITH (SOURCE, 'database-name' = 'reads', 'table-name' = 'types', 'scan.params.batch-rows' = '37');
CREATE TABLE flights (carrier STRING, flight INT, tailnum STRING, origin STRING, dest STRING, distance INT)
    WITH (SOURCE, 'database-name' = 'reads', 'table-name' = 'flights', 'scan.params.batch-rows' = '4096');
CREATE TABLE edges (id INT, f DOUBLE, s STRING, ts TIMESTAMP_LTZ(6), n DECIMAL(6, 1))
    WITH (SOURCE, 'database-name' = 'reads', 'table-name' = 'edges');

CREATE TABLE found_types (
    id INT, dt DATE, b BOOLEAN, t TINYINT, s SMALLINT, l BIGINT, li STRING, f FLOAT, d DOUBLE, n DECIMAL(20, 4), m DECIMAL(38, 10),
    c CHAR(5), v STRING, st STRING, ts TIMESTAMP(6), j STRING, ai ARRAY<INT>, sa ARRAY<STRING>, m1 STRING, m2 STRING, x INT, y STRING, z DECIMAL(10, 2)
) WITH (SINK, 'database-name' = 'reads', 'table-name' = 'ENGINE_types', 'sink.properties.format' = 'json');
CREATE TABLE found_picked (q STRING, id INT, v STRING, n DECIMAL(20, 4))
    WITH (SINK, 'database-name' = 'reads', 'table-name' = 'ENGINE_picked', 'sink.properties.format' = 'json');
CREATE TABLE found_counts (q STRING, n BIGINT)
    WITH (SINK, 'database-name' = 'reads', 'table-name' = 'ENGINE_counts', 'sink.properties.format' = 'json');
CREATE TABLE found_edges (q STRING, id INT, v STRING)
    WITH (SINK, 'database-name' = 'reads', 'table-name' = 'ENGINE_edges', 'sink.properties.format' = 'json');

INSERT INTO found_types SELECT id, dt, b, t, s, l, li, f, d, n, m, c, v, st, ts, j, ai, sa, mp[1], mp[id + 2], r.x, r.y, r.z FROM types;
-- One scan per job: the original mixes up the filters and the columns of several scans of a table.
INSERT INTO found_picked SELECT 'between', id, v, n FROM types WHERE id BETWEEN 100 AND 120;
INSERT INTO found_picked SELECT 'in', id, v, n FROM types WHERE v IN ('v5', 'v17', 'it''s', 'none');
INSERT INTO found_picked SELECT 'null', id, v, n FROM types WHERE n IS NULL AND id < 200;
INSERT INTO found_picked SELECT 'not null', id, v, n FROM types WHERE n IS NOT NULL AND id <= 20;
INSERT INTO found_picked SELECT 'or', id, v, n FROM types WHERE id = 3 OR (id > 7 AND id <= 9) OR v <> 'x' AND id = 30;
INSERT INTO found_picked SELECT 'date', id, v, n FROM types WHERE dt >= DATE '2024-12-01';
INSERT INTO found_picked SELECT 'decimal', id, v, n FROM types WHERE n > 12.3400 AND n < 20.0000;
INSERT INTO found_picked SELECT 'boolean', id, v, n FROM types WHERE b AND id < 50;
INSERT INTO found_picked SELECT 'like', id, v, n FROM types WHERE v LIKE 'v1%' AND id < 300;
INSERT INTO found_picked SELECT 'none', id, v, n FROM types WHERE id < 0;
INSERT INTO found_counts SELECT 'flights', COUNT(*) FROM flights;
INSERT INTO found_counts SELECT 'carrier UA', COUNT(flight) FROM flights WHERE carrier = 'UA';
INSERT INTO found_counts SELECT 'distance', SUM(distance) FROM flights;
INSERT INTO found_counts SELECT 'tails', COUNT(DISTINCT tailnum) FROM flights WHERE origin <> 'JFK';
INSERT INTO found_edges SELECT 'cast', id, s FROM edges WHERE CAST(f AS INT) = 1;
INSERT INTO found_edges SELECT 'backslash', id, s FROM edges WHERE s = 'a\b';
INSERT INTO found_edges SELECT 'zoned', id, DATE_FORMAT(CAST(ts AS TIMESTAMP(6)), 'yyyy-MM-dd HH:mm:ss') FROM edges;
INSERT INTO found_edges SELECT 'zoned filter', id, s FROM edges WHERE ts = CAST(TIMESTAMP '2024-01-01 00:00:00' AS TIMESTAMP_LTZ(6));
-- fails with original
INSERT INTO found_edges SELECT 'limit', CAST(COUNT(*) AS INT), '' FROM (SELECT id FROM edges LIMIT 2);
-- fails with ours
INSERT INTO found_edges SELECT 'overflow', id, CAST(n AS STRING) FROM edges;
