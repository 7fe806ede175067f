// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The bytes that all sinks of a process may hold.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// One per process. Every open sink has an equal share: what one sink holds can never stop another one, and a sink can
/// always make room by itself, by closing the transaction that its share is full of.
#[derive(Debug, Default)]
pub struct Budget {
    limits: Mutex<Vec<u64>>,
    limit: AtomicU64,
    sinks: AtomicUsize,
    used: AtomicU64,
}

impl Budget {
    /// A budget without sinks. The limit is the largest that an open sink asks for.
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// Bytes held by all sinks.
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Bytes that all sinks may hold.
    pub fn limit(&self) -> u64 {
        self.limit.load(Ordering::Relaxed)
    }

    pub(crate) fn register(self: &Arc<Self>, limit: u64) -> Share {
        self.change(|limits| limits.push(limit));
        Share { budget: Arc::clone(self), asked: limit, used: AtomicU64::new(0), room: Notify::new() }
    }

    fn change(&self, change: impl FnOnce(&mut Vec<u64>)) {
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut limits);
        self.sinks.store(limits.len(), Ordering::Relaxed);
        self.limit.store(limits.iter().copied().max().unwrap_or(0), Ordering::Relaxed);
    }
}

/// What one sink holds and may hold.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Arc<Budget>,
    asked: u64,
    used: AtomicU64,
    room: Notify,
}

impl Share {
    /// Bytes this sink may hold now; changes as sinks come and go.
    pub(crate) fn limit(&self) -> u64 {
        self.budget.limit() / self.budget.sinks.load(Ordering::Relaxed).max(1) as u64
    }

    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    pub(crate) fn has_room(&self) -> bool {
        self.used() < self.limit()
    }

    pub(crate) fn take(&self, bytes: u64) {
        self.used.fetch_add(bytes, Ordering::Relaxed);
        self.budget.used.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn give_back(&self, bytes: u64) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
        self.budget.used.fetch_sub(bytes, Ordering::Relaxed);
        self.room.notify_waiters();
    }

    /// Whoever waits for room looks again.
    pub(crate) fn wake(&self) {
        self.room.notify_waiters();
    }

    pub(crate) fn changed(&self) -> tokio::sync::futures::Notified<'_> {
        self.room.notified()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.used(), Ordering::Relaxed);
        let asked = self.asked;
        self.budget.change(|limits| {
            if let Some(at) = limits.iter().position(|limit| *limit == asked) {
                limits.swap_remove(at);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sinks_share_equally_and_leave_nothing_behind() {
        let budget = Budget::new();
        let a = budget.register(100);
        assert_eq!(a.limit(), 100);
        let b = budget.register(100);
        assert_eq!((a.limit(), b.limit(), budget.limit()), (50, 50, 100));
        a.take(60);
        assert!(!a.has_room() && b.has_room());
        drop(b);
        assert!(a.has_room());
        assert_eq!(budget.used(), 60);
        drop(a);
        assert_eq!((budget.used(), budget.limit()), (0, 0));
    }
}
