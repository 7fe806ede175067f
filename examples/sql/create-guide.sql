-- Run in StarRocks (MySQL port): the tables of the other examples in this folder.
CREATE DATABASE IF NOT EXISTS guide;

-- csv.sql
CREATE TABLE guide.page_views (
    viewed DATETIME NOT NULL,
    page   VARCHAR(200) NOT NULL,
    reader VARCHAR(100),
    millis INT
)
DUPLICATE KEY (viewed, page)
DISTRIBUTED BY HASH (page) BUCKETS 4
PROPERTIES ("replication_num" = "1");

-- json.sql
CREATE TABLE guide.events (
    id      BIGINT NOT NULL,
    tags    ARRAY<VARCHAR(50)>,
    numbers MAP<VARCHAR(50), INT>,
    place   STRUCT<city VARCHAR(50), zip INT>,
    payload JSON
)
DUPLICATE KEY (id)
DISTRIBUTED BY HASH (id) BUCKETS 4
PROPERTIES ("replication_num" = "1");

-- primary-key.sql
CREATE TABLE guide.balances (
    account BIGINT NOT NULL,
    balance DECIMAL(12, 2),
    changes BIGINT
)
PRIMARY KEY (account)
DISTRIBUTED BY HASH (account) BUCKETS 4
PROPERTIES ("replication_num" = "1");

-- partial-update.sql, conditional-update.sql
CREATE TABLE guide.scores (
    player INT NOT NULL,
    name   VARCHAR(50),
    score  INT
)
PRIMARY KEY (player)
DISTRIBUTED BY HASH (player) BUCKETS 4
PROPERTIES ("replication_num" = "1");
INSERT INTO guide.scores VALUES (1, 'Ada', 10), (2, 'Grace', 20), (3, 'Edsger', 30);

-- merge-commit.sql
CREATE TABLE guide.measurements (
    sensor INT NOT NULL,
    celsius DOUBLE
)
DUPLICATE KEY (sensor)
DISTRIBUTED BY HASH (sensor) BUCKETS 4
PROPERTIES ("replication_num" = "1");

-- The programs in examples/datastream.
CREATE TABLE guide.lines (
    id   INT NOT NULL,
    word VARCHAR(50)
)
DUPLICATE KEY (id)
DISTRIBUTED BY HASH (id) BUCKETS 4
PROPERTIES ("replication_num" = "1");

CREATE TABLE guide.sales (
    id    INT NOT NULL,
    item  VARCHAR(50),
    price DECIMAL(10, 2)
)
PRIMARY KEY (id)
DISTRIBUTED BY HASH (id) BUCKETS 4
PROPERTIES ("replication_num" = "1");

CREATE TABLE guide.cats (id INT NOT NULL, name VARCHAR(50))
DUPLICATE KEY (id) DISTRIBUTED BY HASH (id) BUCKETS 4 PROPERTIES ("replication_num" = "1");

CREATE TABLE guide.dogs (id INT NOT NULL, name VARCHAR(50))
DUPLICATE KEY (id) DISTRIBUTED BY HASH (id) BUCKETS 4 PROPERTIES ("replication_num" = "1");

-- read.sql, lookup.sql, examples/datastream/ReadRows.java.
CREATE TABLE guide.customers (
    id      BIGINT NOT NULL,
    name    VARCHAR(50),
    country VARCHAR(2),
    since   DATE
)
PRIMARY KEY (id)
DISTRIBUTED BY HASH (id) BUCKETS 4
PROPERTIES ("replication_num" = "1");
INSERT INTO guide.customers VALUES (1, 'Ada', 'GB', '2019-05-01'), (2, 'Zoë', 'FR', '2021-02-03'), (3, 'Noël', 'FR', '2023-12-24'), (4, NULL, 'PL', '2024-02-29');

CREATE TABLE guide.countries (
    country   VARCHAR(2) NOT NULL,
    customers BIGINT,
    latest    DATE
)
PRIMARY KEY (country)
DISTRIBUTED BY HASH (country) BUCKETS 4
PROPERTIES ("replication_num" = "1");

CREATE TABLE guide.named_orders (
    id      BIGINT NOT NULL,
    amount  DECIMAL(10, 2),
    name    VARCHAR(50),
    country VARCHAR(2)
)
PRIMARY KEY (id)
DISTRIBUTED BY HASH (id) BUCKETS 4
PROPERTIES ("replication_num" = "1");

CREATE TABLE guide.names (id BIGINT NOT NULL, name VARCHAR(50))
DUPLICATE KEY (id) DISTRIBUTED BY HASH (id) BUCKETS 4 PROPERTIES ("replication_num" = "1");

-- examples/datastream/SharedTransactions.java.
CREATE TABLE guide.orders (id INT NOT NULL)
DUPLICATE KEY (id) DISTRIBUTED BY HASH (id) BUCKETS 4 PROPERTIES ("replication_num" = "1");

CREATE TABLE guide.order_lines (id INT NOT NULL, name VARCHAR(50))
DUPLICATE KEY (id) DISTRIBUTED BY HASH (id) BUCKETS 4 PROPERTIES ("replication_num" = "1");
