// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rejected rows of loads, kept for a while.

use std::collections::VecDeque;
use std::sync::PoisonError;

use uuid::Uuid;

use super::Engine;
use crate::clock::Micros;

/// Microseconds that a log is kept, 48 hours as `load_error_log_reserve_hours`.
const KEPT: Micros = 48 * 3600 * 1_000_000;
/// Most logs that are kept.
const MOST: usize = 1000;

/// The error log of one load.
#[derive(Debug, Clone)]
pub struct ErrorLog {
    /// The name in the URL.
    pub file: String,
    /// The load's database.
    pub database: String,
    /// The load's label.
    pub label: String,
    /// One line per rejected row.
    pub text: String,
    created: Micros,
}

pub(super) type ErrorLogs = VecDeque<ErrorLog>;

impl Engine {
    /// Keeps a log and returns its name.
    pub(crate) fn keep_error_log(&self, database: &str, label: &str, text: String) -> String {
        let now = self.clock().now();
        let id = Uuid::new_v4().simple().to_string();
        let (high, low) = id.split_at(16);
        let log = ErrorLog {
            file: format!("error_log_{high}_{low}"),
            database: database.to_owned(),
            label: label.to_owned(),
            text,
            created: now,
        };
        let file = log.file.clone();
        let mut logs = self.inner.error_logs.lock().unwrap_or_else(PoisonError::into_inner);
        logs.push_back(log);
        while logs.len() > MOST || logs.front().is_some_and(|l| now.saturating_sub(l.created) > KEPT) {
            logs.pop_front();
        }
        file
    }

    /// The text of a log by the name in its URL.
    pub fn error_log(&self, file: &str) -> Option<String> {
        self.error_logs().into_iter().find(|l| l.file == file).map(|l| l.text)
    }

    /// All logs that are kept, oldest first: the rows of `information_schema.load_tracking_logs`.
    pub fn error_logs(&self) -> Vec<ErrorLog> {
        self.inner.error_logs.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
