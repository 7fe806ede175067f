// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The sessions on the MySQL port, and what it tells about tables, loads and the server.

mod column_type;
pub(crate) mod jdbc;

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder, Row, Value};
// Statements go as text, as from the original connector: not every server prepares statements.
pub(crate) use starrocks_codec::string_literal as literal;
use starrocks_types::{Error, ErrorKind, Result, StarRocksColumn, StarRocksTable, StarRocksType, TableModel};
use tokio::time::timeout;

pub(crate) use self::column_type::parse as parse_type;
use self::jdbc::JdbcUrl;
use crate::tls::{self, TlsFiles};

/// Longest wait for the answer to a statement, if the user set none. The statements read metadata only.
const QUERY_TIMEOUT: Duration = Duration::from_secs(60);

/// The frontends' MySQL ports.
#[derive(Clone)]
pub(crate) struct Metadata {
    pub(crate) url: JdbcUrl,
    pub(crate) tls: TlsFiles,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) connect_timeout: Duration,
    pub(crate) query_timeout: Option<Duration>,
}

impl Metadata {
    /// Describes a table; [`ErrorKind::NotFound`] when there is none, or none that the user may see.
    pub(crate) async fn describe_table(&self, database: &str, table: &str) -> Result<StarRocksTable> {
        let mut session = self.session().await?;
        let described = session.describe_table(database, table).await;
        session.close().await;
        described.map_err(|e| e.operation("describe table").with("table", format!("{database}.{table}")))
    }

    /// The columns of a table or view in their order, by one statement: without what only `SHOW CREATE TABLE` tells.
    pub(crate) async fn columns(&self, database: &str, table: &str) -> Result<Vec<StarRocksColumn>> {
        let mut session = self.session().await?;
        let listed = session.listed_columns(&place(database, table)).await;
        session.close().await;
        let columns = listed.map_err(|e| e.operation("list columns").with("table", format!("{database}.{table}")))?;
        Ok(columns.into_iter().map(|c| c.inner).collect())
    }

    /// `current_version()`, such as `3.5.5-abcdef`.
    pub(crate) async fn server_version(&self) -> Result<String> {
        let mut session = self.session().await?;
        let rows = session.query("select current_version() as ver;").await;
        session.close().await;
        let version = rows?.into_iter().next().and_then(|mut row| cell(&mut row, 0));
        version
            .ok_or_else(|| Error::new(ErrorKind::Protocol, "the server told no version").with("fe", &session.address))
    }

    /// Labels of loads that begin with `prefix` and have not ended, as far as the server lists them.
    pub(crate) async fn open_labels(&self, database: &str, prefix: &str) -> Result<Vec<String>> {
        let mut session = self.session().await?;
        let listed = session.open_labels(database, prefix).await;
        session.close().await;
        listed
    }

    /// Loads of all databases that are not finished and whose labels begin with `prefix`.
    pub(crate) async fn open_loads(&self, prefix: &str) -> Result<Vec<OpenLoad>> {
        let mut session = self.session().await?;
        let listed = session.open_loads(prefix).await;
        session.close().await;
        listed
    }

    /// A connection to the first host that answers, and the address of that host.
    pub(crate) async fn connect(&self) -> Result<(Conn, String)> {
        let Session { connection, address, .. } = self.session().await?;
        match connection {
            Some(connection) => Ok((connection, address)),
            None => Err(Error::new(ErrorKind::Closed, "the MySQL connection is closed").with("fe", address)),
        }
    }

    /// Connects to the first host that answers.
    pub(crate) async fn session(&self) -> Result<Session> {
        let mut first_error = None;
        for (host, port) in &self.url.hosts {
            // Everything that the driver would ask the server about is given, so that it sends no statements of its own.
            let options = OptsBuilder::default()
                .ip_or_hostname(host)
                .tcp_port(*port)
                .user(Some(&self.user))
                .pass(Some(&self.password))
                .prefer_socket(false)
                .ssl_opts(tls::mysql(self.url.tls, &self.tls))
                .max_allowed_packet(Some(16 << 20))
                .wait_timeout(Some(28_800))
                .stmt_cache_size(0);
            let address = format!("{host}:{port}");
            let error = match timeout(self.connect_timeout, Conn::new(options)).await {
                Ok(Ok(connection)) => {
                    let patience = self.query_timeout.unwrap_or(QUERY_TIMEOUT);
                    return Ok(Session { connection: Some(connection), address, patience });
                }
                Ok(Err(error)) => explain(error),
                Err(_) => Error::new(ErrorKind::Timeout, "no connection within the time-out")
                    .with("timeout_ms", self.connect_timeout.as_millis()),
            };
            let error = error.operation("connect to the MySQL port").with("fe", address);
            if matches!(error.kind(), ErrorKind::Unauthenticated | ErrorKind::AccessDenied) {
                // Every host asks the same user table.
                return Err(error);
            }
            first_error.get_or_insert(error);
        }
        Err(first_error
            .unwrap_or_else(|| Error::new(ErrorKind::InvalidConfig, "no JDBC URL is configured"))
            .hint("check jdbc-url"))
    }
}

/// One connection to the MySQL port of a frontend.
pub(crate) struct Session {
    connection: Option<Conn>,
    address: String,
    pub(crate) patience: Duration,
}

impl Session {
    pub(crate) async fn query(&mut self, statement: &str) -> Result<Vec<Row>> {
        let Some(connection) = self.connection.as_mut() else {
            return Err(Error::new(ErrorKind::Closed, "the MySQL connection is closed"));
        };
        match timeout(self.patience, connection.query(statement)).await {
            Ok(Ok(rows)) => Ok(rows),
            Ok(Err(error)) => Err(explain(error).with("fe", &self.address)),
            Err(_) => {
                self.connection = None;
                Err(Error::new(ErrorKind::Timeout, "the server did not answer in time").with("fe", &self.address))
            }
        }
    }

    /// Says good-bye, without waiting for long.
    pub(crate) async fn close(&mut self) {
        if let Some(connection) = self.connection.take() {
            let _ = timeout(Duration::from_secs(1), connection.disconnect()).await;
        }
    }

    async fn describe_table(&mut self, database: &str, table: &str) -> Result<StarRocksTable> {
        let (columns, model) = self.columns(database, table).await?;
        Ok(StarRocksTable {
            database: database.to_owned(),
            name: table.to_owned(),
            model,
            columns: columns.into_iter().map(|c| c.inner).collect(),
        })
    }

    /// The columns of a table or view in their order.
    pub(crate) async fn columns(&mut self, database: &str, table: &str) -> Result<(Vec<Column>, TableModel)> {
        let place = place(database, table);
        let mut columns = self.listed_columns(&place).await?;
        // Shared-data clusters of 3.1 leave COLUMN_KEY empty, and older servers have no such view: each fills the
        // other's gap.
        let config = self
            .query(&format!(
                "select `TABLE_MODEL`,`PRIMARY_KEY` from `information_schema`.`tables_config` where {place};"
            ))
            .await
            .unwrap_or_default();
        let (model_word, key) = match config.into_iter().next() {
            Some(mut row) => (cell(&mut row, 0).unwrap_or_default(), cell(&mut row, 1).unwrap_or_default()),
            None => (String::new(), String::new()),
        };
        let model = model(&model_word, &columns);
        if model == TableModel::Primary && columns.iter().all(|c| c.key.is_empty()) {
            let names: Vec<&str> = key.split(',').map(|name| name.trim().trim_matches('`')).collect();
            for column in &mut columns {
                if names.iter().any(|name| name.eq_ignore_ascii_case(&column.inner.name)) {
                    column.inner.key = true;
                }
            }
        }
        self.complete_definitions(database, table, &mut columns).await;
        Ok((columns, model))
    }

    async fn listed_columns(&mut self, place: &str) -> Result<Vec<Column>> {
        let rows = self
            .query(&format!(
                "select `COLUMN_NAME`,`ORDINAL_POSITION`,`COLUMN_KEY`,`DATA_TYPE`,`COLUMN_SIZE`,`DECIMAL_DIGITS`,\
                 `COLUMN_TYPE`,`IS_NULLABLE`,`COLUMN_DEFAULT`,`COLUMN_COMMENT` from `information_schema`.`COLUMNS` where {place};"
            ))
            .await?;
        let mut columns = rows.into_iter().map(column).collect::<Result<Vec<_>>>()?;
        if columns.is_empty() {
            return Err(Error::new(ErrorKind::NotFound, "Couldn't get the sink table's column info.")
                .hint("check database-name and table-name (both are case-sensitive) and the user's privileges"));
        }
        columns.sort_by_key(|c| c.position);
        Ok(columns)
    }

    /// Columns that need no value, AUTO_INCREMENT and computed ones: `information_schema` does not tell them in every version.
    async fn complete_definitions(&mut self, database: &str, table: &str, columns: &mut [Column]) {
        let statement = format!("SHOW CREATE TABLE {}.{}", quoted(database), quoted(table));
        // Without this statement a missing value is found by the server instead of at planning.
        let Ok(rows) = self.query(&statement).await else { return };
        let text = rows.into_iter().next().and_then(|mut row| cell(&mut row, 1)).unwrap_or_default();
        for column in columns.iter_mut().filter(|c| c.inner.default.is_none()) {
            let start = format!("{} ", quoted(&column.inner.name));
            let line = text.lines().map(str::trim_start).find(|line| line.starts_with(&start)).unwrap_or_default();
            let definition = line.split(" COMMENT ").next().unwrap_or_default().to_ascii_uppercase();
            if definition.contains(" AUTO_INCREMENT") {
                column.inner.default = Some("AUTO_INCREMENT".to_owned());
            } else if definition.contains(" AS ") && !definition.contains(" DEFAULT ") {
                column.inner.generated = true;
            }
        }
    }

    async fn open_labels(&mut self, database: &str, prefix: &str) -> Result<Vec<String>> {
        let loads = self
            .query(&format!(
                "select distinct `LABEL` from `information_schema`.`loads` where `DB_NAME`={} and `LABEL` like {} \
                 and `STATE` not in ('FINISHED','CANCELLED');",
                literal(database),
                literal(&beginning(prefix))
            ))
            .await;
        let (rows, at) = match loads {
            Ok(rows) => (rows, 0),
            // Servers before 3.1 have no such view; the list of running transactions needs more privileges.
            Err(first) => {
                let statement = format!("SHOW PROC {}", literal(&format!("/transactions/{database}/running")));
                (self.query(&statement).await.map_err(|_| first)?, 1)
            }
        };
        let labels = rows.into_iter().filter_map(|mut row| cell(&mut row, at));
        Ok(labels.filter(|label| label.starts_with(prefix)).collect())
    }

    async fn open_loads(&mut self, prefix: &str) -> Result<Vec<OpenLoad>> {
        let rows = self
            .query(&format!(
                "select `DB_NAME`,`TABLE_NAME`,`LABEL` from `information_schema`.`loads` where `LABEL` like {} \
                 and `STATE` not in ('FINISHED','CANCELLED');",
                literal(&beginning(prefix))
            ))
            .await?;
        let loads = rows.into_iter().filter_map(|mut row| {
            let (database, table) = (cell(&mut row, 0)?, cell(&mut row, 1)?);
            Some(OpenLoad { database, table, label: cell(&mut row, 2)? })
        });
        Ok(loads.filter(|load| load.label.starts_with(prefix)).collect())
    }
}

/// The condition that a row of `information_schema` is about a table.
fn place(database: &str, table: &str) -> String {
    format!("`TABLE_SCHEMA`={} and `TABLE_NAME`={}", literal(database), literal(table))
}

/// A pattern of LIKE for texts that begin with `prefix`.
fn beginning(prefix: &str) -> String {
    prefix.replace('\\', "\\\\").replace('_', "\\_").replace('%', "\\%") + "%"
}

/// A load that is not finished.
pub(crate) struct OpenLoad {
    pub(crate) database: String,
    pub(crate) table: String,
    pub(crate) label: String,
}

/// A column as `information_schema` tells it.
pub(crate) struct Column {
    position: u64,
    /// `COLUMN_KEY`
    key: String,
    pub(crate) comment: String,
    pub(crate) inner: StarRocksColumn,
}

fn column(mut row: Row) -> Result<Column> {
    let mut text = |at: usize| cell(&mut row, at);
    let name = text(0).ok_or_else(|| Error::new(ErrorKind::Protocol, "a column has no name"))?;
    let position = text(1).and_then(|n| n.parse().ok()).unwrap_or(u64::MAX);
    let key = text(2).unwrap_or_default();
    let data_type = text(3).unwrap_or_default();
    let size: Option<u32> = text(4).and_then(|n| n.parse().ok());
    let digits: Option<u32> = text(5).and_then(|n| n.parse().ok());
    let column_type = text(6).unwrap_or_default();
    let nullable = text(7).is_none_or(|word| word.eq_ignore_ascii_case("YES"));
    let default = text(8);
    let comment = text(9).unwrap_or_default();
    let data_type = column_type::parse(&column_type)
        .or_else(|| column_type::parse(&described(&data_type, size, digits)))
        // Older servers call every nested type `unknown`; such a column takes JSON text.
        .unwrap_or(StarRocksType::Json);
    let inner = StarRocksColumn { name, data_type, nullable, key: !key.is_empty(), default, generated: false };
    Ok(Column { position, key, comment, inner })
}

/// A type from its parts, for servers whose COLUMN_TYPE cannot be read.
fn described(data_type: &str, size: Option<u32>, digits: Option<u32>) -> String {
    match (data_type.to_ascii_lowercase().as_str(), size, digits) {
        // The server tells BOOLEAN from TINYINT only by the missing size.
        ("tinyint", None, _) => "boolean".to_owned(),
        (name @ ("char" | "varchar" | "varbinary"), Some(size), _) => format!("{name}({size})"),
        ("decimal", Some(size), digits) => format!("decimal({size},{})", digits.unwrap_or(0)),
        (name, _, _) => name.to_owned(),
    }
}

fn model(word: &str, columns: &[Column]) -> TableModel {
    let word = word.to_ascii_uppercase();
    let has_key = |key: &str| columns.iter().any(|c| c.key.eq_ignore_ascii_case(key));
    if word.starts_with("PRI") || has_key("PRI") {
        TableModel::Primary
    } else if word.starts_with("UNI") || word.starts_with("UNQ") || has_key("UNI") {
        TableModel::Unique
    } else if word.starts_with("AGG") || has_key("AGG") {
        TableModel::Aggregate
    } else {
        TableModel::Duplicate
    }
}

pub(crate) fn cell(row: &mut Row, at: usize) -> Option<String> {
    match row.take::<Value, _>(at)? {
        Value::NULL => None,
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Value::Int(n) => Some(n.to_string()),
        Value::UInt(n) => Some(n.to_string()),
        other => Some(other.as_sql(true)),
    }
}

/// A name in back-quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// What an error of the MySQL client means.
pub(crate) fn explain(error: mysql_async::Error) -> Error {
    let (kind, message) = match &error {
        mysql_async::Error::Server(server) => match server.code {
            1045 => (ErrorKind::Unauthenticated, "the server refused the user"),
            1044 | 1142 | 1227 | 5203 => (ErrorKind::AccessDenied, "the user lacks a privilege"),
            1049 | 1146 | 5501 | 5502 => (ErrorKind::NotFound, "the server does not know the database or table"),
            _ => (ErrorKind::Unsupported, "the server refused the statement"),
        },
        mysql_async::Error::Io(_) | mysql_async::Error::Driver(mysql_async::DriverError::ConnectionClosed) => {
            (ErrorKind::Network, "the connection to the MySQL port failed")
        }
        _ => (ErrorKind::Protocol, "the server does not speak the MySQL protocol as expected"),
    };
    Error::new(kind, message).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_cannot_be_left() {
        assert_eq!(literal(r"a' or 1=1 -- \'"), r"'a'' or 1=1 -- \\'''");
        assert_eq!(quoted("a`b"), "`a``b`");
    }

    #[test]
    fn types_are_put_together_from_their_parts() {
        let parsed = |name: &str, size, digits| column_type::parse(&described(name, size, digits)).unwrap();
        assert_eq!(parsed("tinyint", None, None), StarRocksType::Boolean);
        assert_eq!(parsed("tinyint", Some(3), Some(0)), StarRocksType::TinyInt);
        assert_eq!(parsed("decimal", Some(10), Some(2)), StarRocksType::Decimal(10, 2));
        assert_eq!(parsed("bigint unsigned", Some(39), None), StarRocksType::LargeInt);
        assert_eq!(parsed("varchar", Some(20), None), StarRocksType::Varchar(20));
    }

    #[test]
    fn the_model_is_told_by_either_source() {
        let column = |key: &str| Column {
            position: 1,
            key: key.to_owned(),
            comment: String::new(),
            inner: StarRocksColumn {
                name: "c".into(),
                data_type: StarRocksType::Int,
                nullable: false,
                key: true,
                default: None,
                generated: false,
            },
        };
        assert_eq!(model("", &[column("PRI")]), TableModel::Primary);
        assert_eq!(model("PRIMARY_KEYS", &[column("")]), TableModel::Primary);
        assert_eq!(model("UNQ_KEYS", &[column("")]), TableModel::Unique);
        assert_eq!(model("", &[column("AGG")]), TableModel::Aggregate);
        assert_eq!(model("DUP_KEYS", &[column("DUP")]), TableModel::Duplicate);
    }
}
