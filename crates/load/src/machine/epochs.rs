// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Epochs: which chunks share a transaction, and when a flush is done.

use super::LoadMachine;
use crate::config::Delivery;
use crate::reason::FlushReason;
use crate::transaction::Transaction;

impl LoadMachine {
    /// Whether a transaction over several tables has all it may have.
    pub(super) fn is_over_full(&self) -> bool {
        self.config.shared && self.epoch_bytes >= self.config.max_bytes
    }

    /// Moves pending chunks into the transaction as far as epoch and bound allow, and decides whether it is complete.
    pub(super) fn admit(&mut self, t: &mut Transaction) {
        while !t.closing {
            if t.bytes >= self.config.max_bytes && !self.config.shared {
                t.closing = true;
                if t.epoch == self.epoch || self.pending.front().is_some_and(|pending| pending.epoch == t.epoch) {
                    self.closed_by.add(if self.bound_by_memory { FlushReason::Memory } else { FlushReason::Size });
                }
            } else if let Some(pending) = self.pending.pop_front_if(|pending| pending.epoch == t.epoch) {
                t.rows += pending.chunk.rows;
                t.bytes += pending.chunk.len();
                t.chunks.push(pending.chunk);
            } else {
                t.closing = t.epoch < self.epoch;
                return;
            }
        }
    }

    pub(super) fn next_epoch(&mut self, reason: FlushReason) {
        let open = self.state.transaction().is_some_and(|t| t.epoch == self.epoch && !t.closing);
        let waiting = self.pending.back().is_some_and(|pending| pending.epoch == self.epoch);
        if (open || waiting) && self.config.delivery != Delivery::AtLeastOncePlain {
            self.closed_by.add(reason);
        }
        self.epoch += 1;
        self.epoch_bytes = 0;
        self.oldest = None;
    }

    pub(super) fn settle_flush(&mut self) {
        let Some(epoch) = self.flushing else { return };
        let under_way = self.state.epoch();
        let waiting = self.pending.front().map(|p| p.epoch);
        if !self.ending && under_way.is_none_or(|e| e > epoch) && waiting.is_none_or(|e| e > epoch) {
            self.flushing = None;
            self.flushed = Some(std::mem::take(&mut self.prepared));
        }
    }
}
