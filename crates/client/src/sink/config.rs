// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The configuration document of a sink, as it crosses the JNI boundary.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use starrocks_codec::{Format, OnInvalid};
use starrocks_types::{Error, ErrorKind, FlinkColumn, Result, StarRocksType};

use super::properties::LoadProperties;
use crate::connection::StarRocks;

/// The most durations of a kind that are kept.
const MOST_SAMPLES: usize = 10_000;

/// The document version that this crate reads.
const VERSION: u32 = 1;

/// Where and as whom to connect.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionConfig {
    /// HTTP addresses of the frontends.
    pub load_urls: Vec<String>,
    /// `jdbc:mysql://…` of the frontends; needed for table descriptions only.
    #[serde(default)]
    pub jdbc_url: String,
    /// Arrow Flight SQL addresses of the frontends; with them queries go there instead of to the MySQL port.
    #[serde(default)]
    pub arrow_flight_urls: Vec<String>,
    /// User.
    pub username: String,
    /// Password.
    pub password: String,
    /// Longest wait for a connection.
    #[serde(default = "default_connect_timeout_ms")]
    pub connect_timeout_ms: u64,
    /// Longest wait for any progress; 0 and below mean as long as the load may take.
    #[serde(default = "default_socket_timeout_ms")]
    pub socket_timeout_ms: i64,
    /// How long a body waits for `100 Continue`.
    #[serde(default = "default_continue_timeout_ms")]
    pub continue_timeout_ms: u64,
    /// How long a commit waits for its rows to become visible; 0 and below leave it to the server.
    #[serde(default)]
    pub publish_timeout_ms: i64,
    /// Where the servers of the cluster are reached from here: rules `internal=external`.
    #[serde(default)]
    pub host_mapping: Vec<String>,
    /// HTTP addresses of backends, to which loads go without asking a frontend for one.
    #[serde(default)]
    pub backend_urls: Vec<String>,
    /// PEM file of certificate authorities to trust beside the public ones.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// PEM file of our certificate.
    #[serde(default)]
    pub cert_file: Option<PathBuf>,
    /// PEM file of the certificate's key.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// Keep row values out of error messages.
    #[serde(default)]
    pub sanitize_error_log: bool,
}

impl fmt::Debug for ConnectionConfig {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionConfig")
            .field("load_urls", &self.load_urls)
            .field("jdbc_url", &self.jdbc_url)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

impl ConnectionConfig {
    /// Connects to nothing yet.
    pub fn client(&self) -> Result<StarRocks> {
        let positive = |ms: i64| u64::try_from(ms).ok().filter(|ms| *ms > 0).map(Duration::from_millis);
        let mut builder = StarRocks::builder();
        if let Some(file) = &self.ca_file {
            builder = builder.ca_file(file);
        }
        builder = match (&self.cert_file, &self.key_file) {
            (Some(certificate), Some(key)) => builder.client_certificate(certificate, key),
            (None, None) => builder,
            _ => {
                let message = "a client certificate needs a certificate file and a key file";
                return Err(Error::new(ErrorKind::InvalidConfig, message).hint("set ssl.cert-file and ssl.key-file"));
            }
        };
        builder
            .host_mapping(self.host_mapping.iter().cloned())
            .backend_urls(self.backend_urls.iter().cloned())
            .load_urls(self.load_urls.iter().cloned())
            .jdbc_url(self.jdbc_url.clone())
            .arrow_flight_urls(self.arrow_flight_urls.iter().cloned())
            .credentials(&self.username, &self.password)
            .connect_timeout(Duration::from_millis(self.connect_timeout_ms))
            .socket_timeout(positive(self.socket_timeout_ms))
            .wait_for_continue(Duration::from_millis(self.continue_timeout_ms))
            .publish_timeout(positive(self.publish_timeout_ms))
            .sanitize_error_log(self.sanitize_error_log)
            .build()
    }
}

/// What the rows are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowFormat {
    /// Separated text.
    Csv,
    /// JSON objects in an array.
    Json,
}

/// The delivery guarantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Semantic {
    /// Rows may arrive twice after a failure, never not at all.
    AtLeastOnce,
    /// Rows count once.
    ExactlyOnce,
}

/// How a sink sends the requests of merge commit. Window, parallelism and mode are load properties.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeCommitConfig {
    /// Chunks under way at the same time; with one, rows arrive in the order in which they were written. `None` is as many
    /// as the memory takes.
    #[serde(default)]
    pub max_concurrent_requests: Option<u32>,
    /// Loads that are sent at the same time.
    #[serde(default = "default_connections")]
    pub connections: u32,
    /// Labels that are asked for at the same time.
    #[serde(default = "default_label_requests")]
    pub label_requests: u32,
    /// Send loads to the backends without asking an FE for each, and ask it for their addresses this often.
    #[serde(default)]
    pub nodes_interval_ms: Option<u64>,
    /// From the end of the window to the first question about its label.
    #[serde(default = "default_check_ms")]
    pub first_check_ms: u64,
    /// Between two questions.
    #[serde(default = "default_check_ms")]
    pub check_interval_ms: u64,
    /// How long a label may stay without an end; the time-out of the load if absent.
    #[serde(default)]
    pub check_timeout_ms: Option<u64>,
    /// Drop everything instead of sending it.
    #[serde(default)]
    pub blackhole: bool,
}

/// Transactions over the tables of a database. The batches of such a sink hold rows of any of them, see
/// [`SinkEncoder::add_table`](super::SinkEncoder::add_table).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedTransactions {
    /// Bytes of the rows that may wait for the end of their source transactions.
    pub buffer_bytes: u64,
}

/// What becomes of a row with a value that its column does not take, see [`OnInvalid`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InvalidRows {
    /// The server judges.
    #[default]
    Server,
    /// The sink fails.
    Fail,
    /// NULL is written instead.
    Null,
    /// Texts are cut.
    Truncate,
    /// The row is handed over by the next flush.
    Reject,
}

impl From<InvalidRows> for OnInvalid {
    fn from(rows: InvalidRows) -> Self {
        match rows {
            InvalidRows::Server => Self::Server,
            InvalidRows::Fail => Self::Fail,
            InvalidRows::Null => Self::Null,
            InvalidRows::Truncate => Self::Truncate,
            InvalidRows::Reject => Self::Reject,
        }
    }
}

/// Configuration of one sink writer. Unknown fields are an error; absent ones have the connector's defaults.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SinkConfig {
    /// Version of the document, 1.
    pub version: u32,
    /// Where and as whom to connect.
    pub connection: ConnectionConfig,
    /// Database.
    pub database: String,
    /// Table.
    pub table: String,
    /// The fields of the rows; empty for raw rows.
    #[serde(default)]
    pub columns: Vec<FlinkColumn>,
    /// The StarRocks type of each column where it is known, as `check_schema` returns them; empty when none is.
    #[serde(default)]
    pub starrocks_types: Vec<Option<StarRocksType>>,
    /// The table has a primary key: rows carry `__op`.
    #[serde(default)]
    pub upsert_delete: bool,
    /// Row format.
    #[serde(default = "default_format")]
    pub format: RowFormat,
    /// `sink.properties.*` without the prefix.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
    /// Send a generated `columns` header, unless the properties hold one.
    #[serde(default)]
    pub send_columns_header: bool,
    /// `sink.label-prefix`.
    #[serde(default)]
    pub label_prefix: Option<String>,
    /// Index of the subtask.
    #[serde(default)]
    pub subtask: u32,
    /// Number of subtasks.
    #[serde(default = "default_parallelism")]
    pub parallelism: u32,
    /// Attempt of the task.
    #[serde(default)]
    pub attempt: u32,
    /// The checkpoint that the job was restored from.
    #[serde(default)]
    pub restored_checkpoint_id: Option<u64>,
    /// Job id, for messages.
    #[serde(default)]
    pub job_id: String,
    /// Delivery guarantee.
    #[serde(default = "default_semantic")]
    pub semantic: Semantic,
    /// At-least-once through transactions rather than one stream load a chunk.
    #[serde(default = "default_true")]
    pub use_transaction: bool,
    /// Merge commit rather than transactions of its own (at-least-once).
    #[serde(default)]
    pub merge_commit: Option<MergeCommitConfig>,
    /// Transactions over several tables, of which this document names the first (at-least-once).
    #[serde(default)]
    pub shared_transactions: Option<SharedTransactions>,
    /// Drop UPDATE_BEFORE rows, or take all for deletes; otherwise those that the next row does not replace are deletes.
    #[serde(default)]
    pub ignore_update_before: Option<bool>,
    /// Drop DELETE rows.
    #[serde(default)]
    pub ignore_delete: bool,
    /// Columns that the table does not take NULL for, as `check_schema` returns them; empty when that is not known.
    #[serde(default)]
    pub not_null: Vec<bool>,
    /// What becomes of a row with a value that its column does not take.
    #[serde(default)]
    pub on_invalid: InvalidRows,
    /// Rejected rows that are kept until a flush hands them over; with more the sink fails. 0 keeps none.
    #[serde(default)]
    pub rejected_max_rows: u64,
    /// Bytes of such rows.
    #[serde(default)]
    pub rejected_max_bytes: u64,
    /// Positions of the primary key's columns, as `check_schema` returns them.
    #[serde(default)]
    pub primary_key: Vec<usize>,
    /// Kept bytes at which a transaction is closed and the next one begun.
    #[serde(default = "default_max_bytes")]
    pub max_bytes: u64,
    /// Commits in a minute that all subtasks together may make by time (at-least-once): a shorter flush interval is stretched.
    #[serde(default)]
    pub versions_per_minute: Option<u64>,
    /// How long a load waits while the server refuses it because the table has too many versions.
    #[serde(default = "default_version_wait_ms")]
    pub version_wait_ms: u64,
    /// The labels come through [`super::Sink::give_labels`].
    #[serde(default)]
    pub labels_given: bool,
    /// Loads that have ended are kept for [`super::Sink::take_reports`].
    #[serde(default)]
    pub report_loads: bool,
    /// Durations of each kind that are kept for distributions, up to 10000.
    #[serde(default = "default_samples")]
    pub samples: usize,
    /// Longest time that rows wait for a commit (at-least-once).
    #[serde(default = "default_flush_interval_ms")]
    pub flush_interval_ms: u64,
    /// Largest size of one load, before compression. Loads in transactions are smaller, since they cost nothing there.
    #[serde(default = "default_chunk_bytes")]
    pub chunk_bytes: u64,
    /// Rows at which a load without transaction is sent.
    #[serde(default)]
    pub chunk_rows: Option<u64>,
    /// Longest time that a writer waits until loads make room in memory.
    #[serde(default)]
    pub room_timeout_ms: Option<u64>,
    /// Retries after the first failure.
    #[serde(default = "default_max_retries")]
    pub max_retries: u32,
    /// Longest wait between two attempts.
    #[serde(default = "default_retry_interval_ms")]
    pub retry_interval_ms: u64,
    /// Zone in which TIMESTAMP_LTZ is written.
    #[serde(default = "default_time_zone")]
    pub session_time_zone: String,
    /// Bytes that all sinks of the process may hold together.
    #[serde(default = "default_native_memory_bytes")]
    pub native_memory_bytes: u64,
}

fn default_format() -> RowFormat {
    RowFormat::Csv
}
fn default_semantic() -> Semantic {
    Semantic::AtLeastOnce
}
fn default_true() -> bool {
    true
}
fn default_parallelism() -> u32 {
    1
}
fn default_max_bytes() -> u64 {
    90 << 20
}
fn default_flush_interval_ms() -> u64 {
    300_000
}
fn default_version_wait_ms() -> u64 {
    300_000
}
fn default_samples() -> usize {
    100
}
fn default_chunk_bytes() -> u64 {
    3 << 30
}
fn default_connections() -> u32 {
    20
}
fn default_label_requests() -> u32 {
    3
}
fn default_check_ms() -> u64 {
    500
}
fn default_connect_timeout_ms() -> u64 {
    30_000
}
fn default_socket_timeout_ms() -> i64 {
    -1
}
fn default_continue_timeout_ms() -> u64 {
    30_000
}
fn default_max_retries() -> u32 {
    3
}
fn default_retry_interval_ms() -> u64 {
    10_000
}
fn default_time_zone() -> String {
    "UTC".to_owned()
}
fn default_native_memory_bytes() -> u64 {
    256 << 20
}

impl SinkConfig {
    /// Reads and checks the JSON document.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        let config: Self = serde_json::from_slice(json)
            .map_err(|e| Error::new(ErrorKind::InvalidConfig, "the sink configuration cannot be read").caused_by(e))?;
        if config.version != VERSION {
            return Err(Error::new(ErrorKind::InvalidConfig, "unknown version of the sink configuration")
                .with("version", config.version)
                .with("expected", VERSION));
        }
        if config.parallelism == 0 || config.subtask >= config.parallelism {
            return Err(Error::new(ErrorKind::InvalidConfig, "the subtask index must be below the parallelism")
                .with("subtask", config.subtask)
                .with("parallelism", config.parallelism));
        }
        let bounds = [
            Some(config.chunk_bytes),
            Some(config.native_memory_bytes),
            config.chunk_rows,
            config.room_timeout_ms,
            config.versions_per_minute,
        ];
        if bounds.contains(&Some(0)) {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                "size and rows of a chunk, native memory, the wait for room and versions must be greater than 0",
            ));
        }
        if config.samples == 0 || config.samples > MOST_SAMPLES {
            return Err(Error::new(ErrorKind::InvalidConfig, "the number of samples is out of range")
                .with("samples", config.samples)
                .with("most", MOST_SAMPLES));
        }
        if config.on_invalid == InvalidRows::Reject && config.rejected_max_rows == 0 {
            return Err(Error::new(ErrorKind::InvalidConfig, "rows cannot be rejected when nobody takes them"));
        }
        if config.semantic == Semantic::ExactlyOnce && !config.use_transaction {
            return Err(Error::new(ErrorKind::InvalidConfig, "exactly-once needs transactions"));
        }
        config.check_merge_commit()?;
        config.check_shared_transactions()?;
        Ok(config)
    }

    fn check_shared_transactions(&self) -> Result<()> {
        let Some(shared) = &self.shared_transactions else { return Ok(()) };
        let bad = |message: &str| Err(Error::new(ErrorKind::InvalidConfig, message.to_owned()));
        let ratio = self.load_properties().get("max_filter_ratio").and_then(|ratio| ratio.parse::<f64>().ok());
        let loses_rows = ratio.is_some_and(|ratio| ratio > 0.0);
        if self.semantic == Semantic::ExactlyOnce {
            return bad(
                "transactions over several tables cannot be exactly-once, since the server cannot prepare them",
            );
        }
        if !self.use_transaction || self.merge_commit.is_some() {
            return bad("transactions over several tables need transactions of their own");
        }
        if !self.columns.is_empty() {
            return bad("transactions over several tables take raw rows");
        }
        if !self.connection.backend_urls.is_empty() {
            return bad(
                "the frontend names the backends of transactions over several tables: use host-mapping rather than be-load-url",
            );
        }
        if self.rejected_max_rows > 0 && loses_rows {
            return bad(
                "the server does not tell which rows of a transaction over several tables it rejects: dead letters and \
                        max_filter_ratio do not go together there",
            );
        }
        if shared.buffer_bytes == 0 {
            return bad("the buffer of source transactions must be greater than 0");
        }
        Ok(())
    }

    fn check_merge_commit(&self) -> Result<()> {
        let bad = |message: &str| Err(Error::new(ErrorKind::InvalidConfig, message.to_owned()));
        let asked = self.load_properties().is_merge_commit();
        match &self.merge_commit {
            None if asked => bad("the property enable_merge_commit needs the settings of merge commit"),
            None => Ok(()),
            Some(_) if !asked => bad("the settings of merge commit need the property enable_merge_commit"),
            Some(_) if self.semantic == Semantic::ExactlyOnce => bad("merge commit cannot be exactly-once"),
            Some(merge) if merge.max_concurrent_requests == Some(0) || merge.check_interval_ms == 0 => {
                bad("requests and the interval of checks must be greater than 0")
            }
            Some(_) => self.merge_window_ms().map(drop),
        }
    }

    /// How long the server collects requests of merge commit.
    pub(crate) fn merge_window_ms(&self) -> Result<u64> {
        self.load_properties().merge_window_ms().ok_or_else(|| {
            Error::new(ErrorKind::InvalidConfig, "merge commit needs an interval greater than 0")
                .hint("set sink.properties.merge_commit_interval_ms")
        })
    }

    /// `database.table`, for messages.
    pub fn table_name(&self) -> String {
        format!("{}.{}", self.database, self.table)
    }

    /// The user's properties.
    pub(crate) fn load_properties(&self) -> LoadProperties<'_> {
        LoadProperties::new(&self.properties)
    }

    /// Whether loads are part of transactions.
    fn in_transaction(&self) -> bool {
        self.merge_commit.is_none() && (self.use_transaction || self.semantic == Semantic::ExactlyOnce)
    }

    /// The format in which rows are written.
    pub(crate) fn row_format(&self) -> Result<Format> {
        match self.format {
            RowFormat::Json => Ok(Format::Json),
            RowFormat::Csv => self.load_properties().format(self.in_transaction()),
        }
    }

    /// The headers of every load: the user's properties, completed by what the format needs.
    pub(crate) fn load_headers(&self) -> Result<Vec<(String, String)>> {
        let mut headers: BTreeMap<String, String> =
            self.properties.iter().map(|(key, value)| (key.to_ascii_lowercase(), value.clone())).collect();
        headers.entry("timeout".to_owned()).or_insert_with(|| "600".to_owned());
        if self.merge_commit.is_some() {
            headers.entry("merge_commit_parallel".to_owned()).or_insert_with(|| "3".to_owned());
            headers.entry("merge_commit_async".to_owned()).or_insert_with(|| "true".to_owned());
        } else if self.semantic == Semantic::AtLeastOnce && self.use_transaction {
            // The commit follows at once, so nobody misses a transaction that a lost writer leaves prepared.
            headers.entry("prepared_timeout".to_owned()).or_insert_with(|| "180".to_owned());
        }
        match self.format {
            RowFormat::Json => {
                headers.insert("format".to_owned(), "json".to_owned());
                // The body is one array of rows, whatever the user thinks.
                headers.insert("strip_outer_array".to_owned(), "true".to_owned());
                headers.entry("ignore_json_size".to_owned()).or_insert_with(|| "true".to_owned());
            }
            RowFormat::Csv => {
                headers.remove("format");
                // Rows that are text already have the separators that their writer knows.
                if let (Format::Csv(format), false) = (self.row_format()?, self.columns.is_empty()) {
                    if self.in_transaction() {
                        headers.retain(|name, _| name != "enclose" && name != "escape");
                    }
                    // In one spelling, so that the server cannot read another separator than the one that is written.
                    headers.extend(format.headers().map(|(name, value)| (name.to_owned(), value)));
                }
            }
        }
        if self.send_columns_header && !self.columns.is_empty() {
            headers.entry("columns".to_owned()).or_insert_with(|| {
                let names = self.columns.iter().map(|c| c.name.as_str()).chain(self.upsert_delete.then_some("__op"));
                names.map(|name| format!("`{}`", name.replace('`', "").trim())).collect::<Vec<_>>().join(",")
            });
        }
        Ok(headers.into_iter().collect())
    }
}

impl fmt::Debug for SinkConfig {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SinkConfig")
            .field("connection", &self.connection)
            .field("table", &self.table_name())
            .field("format", &self.format)
            .field("properties", &self.properties)
            .field("semantic", &self.semantic)
            .field("subtask", &self.subtask)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(more: &str) -> Result<SinkConfig> {
        let text = format!(
            r#"{{"version":1,"connection":{{"load_urls":["http://h:8030"],"username":"u","password":"secret"}},"database":"d","table":"t"{more}}}"#
        );
        SinkConfig::from_json(text.as_bytes())
    }

    #[test]
    fn absent_fields_have_defaults_and_unknown_ones_are_refused() {
        let config = document("").unwrap();
        assert_eq!((config.max_bytes, config.flush_interval_ms, config.max_retries), (94_371_840, 300_000, 3));
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(config.load_headers().unwrap(), [header("prepared_timeout", "180"), header("timeout", "600")]);
        let exactly_once = document(r#","semantic":"exactly-once""#).unwrap();
        assert_eq!(exactly_once.load_headers().unwrap(), [header("timeout", "600")], "the commit is not ours");
        for more in [
            r#","colour":1"#,
            r#","format":"avro""#,
            r#","subtask":1"#,
            r#","chunk_bytes":0"#,
            r#","chunk_rows":0"#,
            r#","samples":0"#,
            r#","samples":10001"#,
            r#","versions_per_minute":0"#,
            r#","semantic":"exactly-once","use_transaction":false"#,
            r#","merge_commit":{}"#,
            r#","properties":{"enable_merge_commit":"true","merge_commit_interval_ms":"10"}"#,
            r#","merge_commit":{},"properties":{"enable_merge_commit":"true"}"#,
            r#","merge_commit":{},"properties":{"enable_merge_commit":"true","merge_commit_interval_ms":"0"}"#,
            r#","merge_commit":{"max_concurrent_requests":0},"properties":{"enable_merge_commit":"true","merge_commit_interval_ms":"9"}"#,
            r#","merge_commit":{},"properties":{"enable_merge_commit":"true","merge_commit_interval_ms":"9"},"semantic":"exactly-once""#,
            r#","on_invalid":"reject""#,
        ] {
            assert_eq!(document(more).unwrap_err().kind(), ErrorKind::InvalidConfig, "{more}");
        }
        let inside = br#"{"version":1,"connection":{"load_urls":["h:1"],"username":"u","password":"","colour":1},"database":"d","table":"t"}"#;
        assert_eq!(SinkConfig::from_json(inside).unwrap_err().kind(), ErrorKind::InvalidConfig);
    }

    #[test]
    fn the_password_is_not_printed() {
        assert!(!format!("{:?}", document("").unwrap()).contains("secret"));
    }

    #[test]
    fn headers_are_completed_but_not_overridden() {
        let columns = r#","columns":[{"name":"id","type":{"root":"INTEGER"}},{"name":"w`eird","type":{"root":"INTEGER"}}],"send_columns_header":true,"upsert_delete":true"#;
        let headers = |more: &str| {
            let headers = document(&format!("{columns}{more}")).unwrap().load_headers().unwrap();
            headers.into_iter().collect::<BTreeMap<_, _>>()
        };
        assert_eq!(headers("")["columns"], "`id`,`weird`,`__op`");
        assert_eq!(headers(r#","properties":{"Columns":"id"}"#)["columns"], "id");
        let json = headers(r#","format":"json","properties":{"strip_outer_array":"false"}"#);
        assert_eq!((json["strip_outer_array"].as_str(), json.get("row_delimiter")), ("true", None));
    }

    #[test]
    fn separators_of_rows_that_are_written_here_are_told() {
        let headers = |more: &str| {
            let columns = r#","columns":[{"name":"id","type":{"root":"INTEGER"}}]"#;
            let headers = document(&format!("{columns}{more}")).unwrap().load_headers().unwrap();
            let text = |name: &str| headers.iter().find(|(n, _)| n == name).map_or("-", |(_, v)| v).to_owned();
            ["column_separator", "row_delimiter", "enclose"].map(text)
        };
        assert_eq!(headers(""), [r"\x01", r"\x02", "-"]);
        let given = headers(r#","properties":{"column_separator":"|","row_delimiter":""}"#);
        assert_eq!(given, [r"\x7c", r"\x02", "-"]);
        // The server ignores these two in a transaction, but would store what they protect.
        assert_eq!(headers(r#","properties":{"enclose":"'","escape":"\\"}"#), [r"\x01", r"\x02", "-"]);
        let plain = headers(r#","use_transaction":false,"properties":{"enclose":"'"}"#);
        assert_eq!(plain, [r"\x01", r"\x02", "'"]);
        let raw = document(r#","properties":{"enclose":"'"}"#).unwrap().load_headers().unwrap();
        let names: Vec<&str> = raw.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["enclose", "prepared_timeout", "timeout"],
            "whoever writes rows decides on their separators"
        );
    }
}
