// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What a lookup counts.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of a lookup since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LookupSnapshot {
    /// Keys that were asked for, equal ones counted each.
    pub lookups: u64,
    /// Statements sent, repeated ones included.
    pub statements: u64,
    /// Different keys in those statements.
    pub keys: u64,
    /// Rows received.
    pub rows: u64,
    /// Failures that led to another attempt.
    pub retries: u64,
}

#[derive(Default)]
pub(super) struct Metrics {
    lookups: AtomicU64,
    statements: AtomicU64,
    keys: AtomicU64,
    rows: AtomicU64,
    retries: AtomicU64,
}

impl Metrics {
    pub(super) fn lookups(&self, count: usize) {
        self.lookups.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(super) fn statement(&self, keys: usize) {
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.keys.fetch_add(keys as u64, Ordering::Relaxed);
    }

    pub(super) fn rows(&self, count: u64) {
        self.rows.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> LookupSnapshot {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        LookupSnapshot {
            lookups: read(&self.lookups),
            statements: read(&self.statements),
            keys: read(&self.keys),
            rows: read(&self.rows),
            retries: read(&self.retries),
        }
    }
}
