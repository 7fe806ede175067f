-- Run in Flink: loads 336,776 flights into StarRocks, exactly once. See create-flights.sql for the table.
-- `make quickstart` runs this file with the ports of the server it has started in place of 8030 and 9030.
SET 'execution.checkpointing.interval' = '1s';
SET 'table.dml-sync' = 'true';

CREATE TABLE flights_file (
    `year`         INT,
    `month`        INT,
    `day`          INT,
    dep_time       SMALLINT,
    sched_dep_time SMALLINT,
    dep_delay      SMALLINT,
    arr_time       SMALLINT,
    sched_arr_time SMALLINT,
    arr_delay      SMALLINT,
    carrier        STRING,
    flight         INT,
    tailnum        STRING,
    origin         STRING,
    dest           STRING,
    air_time       SMALLINT,
    distance       INT,
    `hour`         INT,
    `minute`       INT,
    time_hour      STRING
) WITH (
    'connector' = 'filesystem',
    'path' = 'examples/data/flights.csv.gz',
    'format' = 'csv',
    'csv.null-literal' = 'NA'
);

CREATE TABLE flights (
    flight_date    DATE,
    carrier        STRING,
    flight         INT,
    tailnum        STRING,
    origin         STRING,
    dest           STRING,
    sched_dep_time SMALLINT,
    dep_time       SMALLINT,
    dep_delay      SMALLINT,
    arr_delay      SMALLINT,
    air_time       SMALLINT,
    distance       INT,
    time_hour      TIMESTAMP(0)
) WITH (
    'connector' = 'starrocks',
    'load-url' = '127.0.0.1:8030',
    'jdbc-url' = 'jdbc:mysql://127.0.0.1:9030',
    'database-name' = 'quickstart',
    'table-name' = 'flights',
    'username' = 'root',
    'password' = '',
    'sink.semantic' = 'exactly-once',
    'sink.label-prefix' = 'quickstart'
);

INSERT INTO flights
SELECT
    TO_DATE(CONCAT_WS('-', CAST(`year` AS STRING), CAST(`month` AS STRING), CAST(`day` AS STRING)), 'yyyy-M-d'),
    carrier,
    flight,
    tailnum,
    origin,
    dest,
    sched_dep_time,
    dep_time,
    dep_delay,
    arr_delay,
    air_time,
    distance,
    TO_TIMESTAMP(time_hour, 'yyyy-MM-dd''T''HH:mm:ss''Z''')
FROM flights_file;
