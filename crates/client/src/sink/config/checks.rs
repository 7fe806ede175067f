// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Reading the document, and what must hold within it.

use starrocks_types::{Error, ErrorKind, Result};

use super::{InvalidRows, Semantic, SinkConfig};

/// The most durations of a kind that are kept.
const MOST_SAMPLES: usize = 10_000;

/// The document version that this crate reads.
const VERSION: u32 = 1;

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
}
