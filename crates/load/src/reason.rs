// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Why rows were closed off to become visible together.

/// Why a transaction, or a load without one, took no more rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlushReason {
    /// It had the bytes that the user allows.
    Size,
    /// It had the rows that the user allows.
    Rows,
    /// Its oldest row had waited for the flush interval.
    Interval,
    /// A checkpoint began.
    Checkpoint,
    /// It held the sink's share of the memory.
    Memory,
    /// The input ended, or somebody asked for a flush without a checkpoint.
    Close,
}

/// How often each reason was one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FlushCounts([u64; 6]);

impl FlushReason {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Size, Self::Rows, Self::Interval, Self::Checkpoint, Self::Memory, Self::Close];
}

impl FlushCounts {
    /// How often this was the reason.
    pub fn of(&self, reason: FlushReason) -> u64 {
        self.0.get(reason as usize).copied().unwrap_or_default()
    }

    pub(crate) fn add(&mut self, reason: FlushReason) {
        if let Some(count) = self.0.get_mut(reason as usize) {
            *count += 1;
        }
    }
}
