-- Run in StarRocks (MySQL port): the table that quickstart.sql fills.
CREATE DATABASE IF NOT EXISTS quickstart;

CREATE TABLE quickstart.flights (
    flight_date    DATE        NOT NULL COMMENT "date of departure, local time",
    carrier        VARCHAR(2)  NOT NULL,
    flight         INT         NOT NULL COMMENT "flight number",
    tailnum        VARCHAR(8)           COMMENT "tail number of the aircraft",
    origin         VARCHAR(3)  NOT NULL,
    dest           VARCHAR(3)  NOT NULL,
    sched_dep_time SMALLINT    NOT NULL COMMENT "HHMM, local time",
    dep_time       SMALLINT             COMMENT "HHMM, local time; NULL if cancelled",
    dep_delay      SMALLINT             COMMENT "minutes, negative is early",
    arr_delay      SMALLINT             COMMENT "minutes",
    air_time       SMALLINT             COMMENT "minutes",
    distance       INT         NOT NULL COMMENT "miles",
    time_hour      DATETIME    NOT NULL COMMENT "scheduled departure to the hour, UTC"
)
DUPLICATE KEY (flight_date, carrier, flight)
DISTRIBUTED BY HASH (flight) BUCKETS 4
PROPERTIES ("replication_num" = "1");
