// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What the recorder did without recording it.

use crate::recordings::Recording;

/// Statements before the first one of a file.
pub(crate) fn opening(file: &str) -> &'static [&'static str] {
    match file {
        "02b-column-types.tsv" => &["CREATE DATABASE ty", "USE ty"],
        "04-errors.tsv" => &[
            "CREATE DATABASE ge",
            "USE ge",
            "CREATE TABLE t (id INT, name VARCHAR(10), d DATE, n DECIMAL(10,2)) PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
            "CREATE TABLE d (id INT NOT NULL, name VARCHAR(10) NOT NULL, v INT) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
            "CREATE TABLE a (id INT, s BIGINT SUM) AGGREGATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
            "CREATE VIEW vv AS SELECT * FROM t",
        ],
        "05-alter.md" => &[
            "CREATE DATABASE gl",
            "USE gl",
            "CREATE TABLE pk1 (id INT, name VARCHAR(10), d DATE, n DECIMAL(10,2), i INT, f FLOAT) PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
            "CREATE TABLE nofse107 (id INT, name VARCHAR(10)) PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES('fast_schema_evolution'='false')",
        ],
        "10-show-users-results.md" => &[
            "CREATE USER lim IDENTIFIED BY 'lim'",
            "CREATE DATABASE gh",
            "USE gh",
            "CREATE TABLE t (id INT, name VARCHAR(10), v INT) PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 2",
            "CREATE TABLE t2 (id INT, name VARCHAR(10), v INT) PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
            "CREATE TABLE d (id INT, dt DATE, x DOUBLE) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
            "CREATE TABLE empty_t (id INT) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
            "CREATE TABLE one (k INT, v VARCHAR(10)) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 1",
            "CREATE TABLE qp (k INT, b BOOLEAN, t TINYINT, s SMALLINT, bi BIGINT, li LARGEINT, f FLOAT, d DOUBLE, \
             n DECIMAL(10,2), c CHAR(5), v VARCHAR(20), st STRING, dt DATE, dtm DATETIME, js JSON, ar ARRAY<INT>, \
             mp MAP<INT,STRING>, sr STRUCT<a INT, b STRING>, vb VARBINARY) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 1",
            "CREATE VIEW vw AS SELECT id FROM t",
            "INSERT INTO t VALUES (0,'a',0)",
            "INSERT INTO t VALUES (0,'a',0)",
        ],
        "11-connector-statements.md" => &["CREATE DATABASE again"],
        "12-keywords.tsv" => &["CREATE DATABASE gw", "USE gw"],
        _ => &[],
    }
}

/// Statements before a recording.
pub(crate) fn before(recording: &Recording) -> &'static [&'static str] {
    match recording.name.as_str() {
        // It is made there for the second time without an error.
        "02-create-table.md#3" => &["DROP DATABASE g2"],
        // Each of these failed or was undone.
        name if name.starts_with("04-") && recording.subject.starts_with("CREATE TABLE e1") => {
            &["DROP TABLE IF EXISTS e1"]
        }
        name if name.starts_with("11-") && recording.subject.starts_with("CREATE TABLE `select`") => &["USE gc"],
        _ => &[],
    }
}

/// Whether a recording was made in a session of its own.
pub(crate) fn is_alone(recording: &Recording) -> bool {
    recording.name.starts_with("01-") && recording.subject == "SHOW VARIABLES"
}

/// The tables of the single changes in file 05.
pub(crate) fn altered(kind: &str, number: usize) -> String {
    let (columns, keys) = match kind {
        "pk" => ("id INT, name VARCHAR(10), d DATE, n DECIMAL(10,2), i INT, f FLOAT", "PRIMARY KEY(id)"),
        "dup" => ("id INT NOT NULL, k2 INT, name VARCHAR(10) NOT NULL, v INT", "DUPLICATE KEY(id,k2)"),
        _ => ("id INT, k2 INT, s BIGINT SUM, r STRING REPLACE", "AGGREGATE KEY(id,k2)"),
    };
    format!("CREATE TABLE {kind}{number} ({columns}) {keys} DISTRIBUTED BY HASH(id) BUCKETS 1")
}
