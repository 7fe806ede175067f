// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The embedded server with tables `(id INT, name VARCHAR(10))`.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "test support: each test binary uses its part")]

use starrocks_server::catalog::{ColumnDef, TableDef};
use starrocks_server::{Server, ServerConfig};
use starrocks_types::{StarRocksType, TableModel};

/// A server with database `d` and such tables.
pub async fn start(config: ServerConfig, model: TableModel, tables: &[&str]) -> Server {
    let server = Server::start(config).await.unwrap();
    server.engine().create_database("d").unwrap();
    for table in tables {
        create(&server, table, model);
    }
    server
}

pub fn create(server: &Server, table: &str, model: TableModel) {
    let columns = vec![ColumnDef::key("id", StarRocksType::Int), ColumnDef::new("name", StarRocksType::Varchar(10))];
    server.engine().create_table("d", TableDef::new(table, model, columns)).unwrap();
}

/// Rows of a table, sorted.
pub fn rows(server: &Server, table: &str) -> Vec<String> {
    let mut rows = Vec::new();
    for batch in server.engine().table("d", table).unwrap().batches().unwrap().iter() {
        for row in 0..batch.num_rows() {
            let value = |c: &arrow::array::ArrayRef| match c.is_null(row) {
                true => "NULL".to_owned(),
                false => arrow::util::display::array_value_to_string(c, row).unwrap(),
            };
            rows.push(batch.columns().iter().map(value).collect::<Vec<_>>().join("|"));
        }
    }
    rows.sort();
    rows
}
