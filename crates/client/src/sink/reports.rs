// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Loads that have ended, for whoever asked to hear of them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// Reports that wait to be taken; the oldest ones go when more come.
const MAX_WAITING: usize = 4096;

/// How a load ended. Times are in milliseconds, as the server tells them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LoadReport {
    /// Label.
    pub label: String,
    /// Rows sent.
    pub rows: u64,
    /// Body bytes sent.
    pub bytes: u64,
    /// From sending to the answer, in nanoseconds.
    pub nanos: u64,
    /// What went wrong, if anything did.
    pub error: Option<String>,
    /// Transaction id.
    pub txn_id: Option<i64>,
    /// Rows that the server counted.
    pub total_rows: Option<u64>,
    /// Rows that it took.
    pub loaded_rows: Option<u64>,
    /// Rows that it rejected, within what the user allows.
    pub filtered_rows: u64,
    /// The whole load.
    pub load_ms: Option<u64>,
    /// Planning.
    pub plan_ms: Option<u64>,
    /// Reading the body.
    pub read_ms: Option<u64>,
    /// Writing the rows.
    pub write_ms: Option<u64>,
    /// Commit and publication.
    pub publish_ms: Option<u64>,
}

/// Reports in the order in which their loads ended.
#[derive(Debug, Default)]
pub(crate) struct Reports(Mutex<VecDeque<LoadReport>>);

impl Reports {
    pub(crate) fn add(&self, report: LoadReport) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() == MAX_WAITING {
            let lost = waiting.pop_front();
            tracing::warn!(label = lost.map(|lost| lost.label), "nobody takes reports of loads: the oldest is dropped");
        }
        waiting.push_back(report);
    }

    pub(crate) fn take(&self) -> Vec<LoadReport> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}
