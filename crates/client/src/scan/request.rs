// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What to read, and how.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use starrocks_protocol::scan::MAX_BATCH_ROWS;
use starrocks_types::{Error, ErrorKind, Result, StarRocksColumn};

use super::column::ColumnPath;
use crate::metadata::quoted;

/// What to read: columns and rows of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanRequest {
    /// Database, case-sensitive.
    pub database: String,
    /// Table or materialized view, case-sensitive.
    pub table: String,
    /// Columns in the order of the rows, without quotes; none stand for all of the table, in its order.
    #[serde(default)]
    pub columns: Vec<ColumnPath>,
    /// Which rows: a predicate in StarRocks SQL.
    #[serde(default)]
    pub filter: Option<String>,
    /// Warehouse that plans and reads, in clusters that have them.
    #[serde(default)]
    pub warehouse: Option<String>,
    /// The whole statement, instead of `columns` and `filter`: a SELECT of columns of this table with a WHERE at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
}

impl ScanRequest {
    /// All of a table.
    pub fn table(database: impl Into<String>, table: impl Into<String>) -> Self {
        Self { database: database.into(), table: table.into(), ..Self::default() }
    }

    /// Reads these columns only.
    #[must_use]
    pub fn columns<C: Into<ColumnPath>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Reads the rows only that fulfil a predicate in StarRocks SQL.
    #[must_use]
    pub fn filter(mut self, predicate: impl Into<String>) -> Self {
        self.filter = Some(predicate.into());
        self
    }

    /// Lets a warehouse plan and read.
    #[must_use]
    pub fn warehouse(mut self, warehouse: impl Into<String>) -> Self {
        self.warehouse = Some(warehouse.into());
        self
    }

    /// Takes a statement as it is, instead of columns and filter.
    #[must_use]
    pub fn sql(mut self, statement: impl Into<String>) -> Self {
        self.sql = Some(statement.into());
        self
    }

    /// The same with the names that a table has for fields that are selected by position.
    ///
    /// Fails with [`ErrorKind::SchemaMismatch`] where the table has no such column or field.
    pub(crate) fn resolve(&self, described: &[StarRocksColumn]) -> Result<Self> {
        let columns = self.columns.iter().map(|column| Ok(column.resolve(described)?.0));
        Ok(Self { columns: columns.collect::<Result<_>>()?, ..self.clone() })
    }

    /// The statement. Fields have to be named in it.
    pub fn statement(&self) -> String {
        if let Some(sql) = &self.sql {
            return sql.clone();
        }
        let columns = match self.columns.as_slice() {
            [] => "*".to_owned(),
            columns => columns.iter().map(ColumnPath::sql).collect::<Vec<_>>().join(","),
        };
        let filter = match self.filter.as_deref().map(str::trim) {
            None | Some("") => String::new(),
            // A line of its own: the predicate may end in a comment.
            Some(filter) => format!(" where ({filter}\n)"),
        };
        format!("select {columns} from {}.{}{filter}", quoted(&self.database), quoted(&self.table))
    }

    /// `database.table`, for messages.
    pub(crate) fn place(&self) -> String {
        format!("{}.{}", self.database, self.table)
    }
}

/// How to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScanOptions {
    /// Most rows of one answer of a backend, 1 to 65536.
    pub batch_rows: u32,
    /// Longest wait for a connection to a backend.
    pub connect_timeout_ms: u64,
    /// Longest wait for an answer of a backend. `None` gives it as long as the scan may take, and a minute.
    pub read_timeout_ms: Option<u64>,
    /// Minutes for which a backend keeps a scanner that nobody asks.
    pub keep_alive_min: u16,
    /// Seconds after which a backend ends the scan of a tablet.
    pub query_timeout_s: u32,
    /// Memory that the scan of a tablet may take on a backend.
    pub mem_limit_bytes: u64,
    /// Properties for the backend.
    pub properties: BTreeMap<String, String>,
    /// How often planning, or reading a tablet, is tried again before it fails; rows that arrive begin the count anew.
    pub max_retries: u32,
    /// Where backends are reached from here: `reachable:port,advertised:port;…`. If it is set, every backend must be in it.
    pub be_host_mapping: String,
    /// Tablets that a reader reads at the same time.
    pub parallel_tablets: u32,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            batch_rows: 4096,
            connect_timeout_ms: 30_000,
            read_timeout_ms: None,
            keep_alive_min: 10,
            query_timeout_s: 600,
            mem_limit_bytes: 1 << 30,
            properties: BTreeMap::new(),
            max_retries: 3,
            be_host_mapping: String::new(),
            parallel_tablets: 4,
        }
    }
}

impl ScanOptions {
    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    pub(crate) fn read_timeout(&self) -> Duration {
        match self.read_timeout_ms {
            Some(ms) => Duration::from_millis(ms),
            None => Duration::from_secs(u64::from(self.query_timeout_s) + 60),
        }
    }

    /// Refuses what no backend takes, before anything is asked of one.
    pub(crate) fn check(&self) -> Result<()> {
        let bad = |what: &str, name: &'static str, value: u64| {
            Err(Error::new(ErrorKind::InvalidConfig, what.to_owned()).with(name, value))
        };
        if self.batch_rows == 0 || self.batch_rows > MAX_BATCH_ROWS {
            return bad("rows of an answer must be 1 to 65536", "batch_rows", self.batch_rows.into());
        }
        if self.connect_timeout_ms == 0 {
            return bad("a connection needs time", "connect_timeout_ms", 0);
        }
        if self.read_timeout_ms == Some(0) {
            return bad("an answer needs time", "read_timeout_ms", 0);
        }
        if self.parallel_tablets == 0 {
            return bad("a reader reads one tablet at least", "parallel_tablets", 0);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_and_filters_stay_whole() {
        let all = ScanRequest::table("d", "t`x");
        assert_eq!(all.statement(), "select * from `d`.`t``x`");
        let some = ScanRequest::table("d", "t").columns(["a", "b`c", "order"]).filter("a = 1 or b = 2 -- end");
        assert_eq!(some.statement(), "select `a`,`b``c`,`order` from `d`.`t` where (a = 1 or b = 2 -- end\n)");
        assert_eq!(ScanRequest::table("d", "t").filter(" ").statement(), "select * from `d`.`t`");
        assert_eq!(ScanRequest::table("d", "t").sql("select a from d.t").statement(), "select a from d.t");
    }

    #[test]
    fn documents_have_defaults_and_unknown_fields_are_refused() {
        let options: ScanOptions = serde_json::from_str(r#"{"batch_rows":7,"read_timeout_ms":null}"#).unwrap();
        assert_eq!(options, ScanOptions { batch_rows: 7, ..ScanOptions::default() });
        assert!(serde_json::from_str::<ScanOptions>(r#"{"batchRows":7}"#).is_err());
        let request: ScanRequest =
            serde_json::from_str(r#"{"database":"d","table":"t","columns":["a"],"filter":null,"warehouse":null}"#)
                .unwrap();
        assert_eq!(request, ScanRequest::table("d", "t").columns(["a"]));
        assert!(serde_json::from_str::<ScanRequest>(r#"{"database":"d"}"#).is_err());
    }

    #[test]
    fn what_no_backend_takes_is_refused() {
        for change in [
            |o: &mut ScanOptions| o.batch_rows = 0,
            |o: &mut ScanOptions| o.batch_rows = 65_537,
            |o: &mut ScanOptions| o.connect_timeout_ms = 0,
            |o: &mut ScanOptions| o.read_timeout_ms = Some(0),
            |o: &mut ScanOptions| o.parallel_tablets = 0,
        ] {
            let mut options = ScanOptions::default();
            options.check().unwrap();
            change(&mut options);
            assert_eq!(options.check().unwrap_err().kind(), ErrorKind::InvalidConfig);
        }
    }
}
