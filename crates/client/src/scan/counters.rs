// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What a reader counts.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of a [`ScanReader`](super::ScanReader), since it was made.
#[derive(Debug, Default)]
pub struct ScanCounters {
    rows: AtomicU64,
    bytes_received: AtomicU64,
    answers: AtomicU64,
    reopened: AtomicU64,
    replans: AtomicU64,
    retries: AtomicU64,
}

impl ScanCounters {
    /// Rows given out.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Bytes of the answers of backends that held rows.
    pub fn bytes_received(&self) -> u64 {
        self.bytes_received.load(Ordering::Relaxed)
    }

    /// Answers of backends that held rows.
    pub fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }

    /// Scanners opened for a tablet that was being read, on another replica or because the first was gone.
    pub fn reopened(&self) -> u64 {
        self.reopened.load(Ordering::Relaxed)
    }

    /// Times that a tablet went on under a newer plan.
    pub fn replans(&self) -> u64 {
        self.replans.load(Ordering::Relaxed)
    }

    /// Failures that led to another attempt.
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    pub(super) fn gave_out(&self, rows: usize) {
        self.rows.fetch_add(rows as u64, Ordering::Relaxed);
    }

    pub(super) fn answered(&self, bytes: usize) {
        self.answers.fetch_add(1, Ordering::Relaxed);
        self.bytes_received.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn reopens(&self) {
        self.reopened.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn plans_again(&self) {
        self.replans.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn tries_again(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }
}
