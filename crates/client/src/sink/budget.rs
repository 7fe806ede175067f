// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The bytes that all sinks of a process may hold, and the blocks that they hold them in.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

/// Capacity of a block of a sink that has its share of memory to itself or nearly so.
const BLOCK_BYTES: usize = 1 << 20;

/// Capacity of the smallest blocks: those of one sink among very many.
const SMALLEST_BLOCK_BYTES: usize = 16 << 10;

/// One per process. Every open sink has an equal share: what one sink holds can never stop another one, and a sink can
/// always make room by itself, by closing the transaction that its share is full of.
#[derive(Debug, Default)]
pub struct Budget {
    limits: Mutex<Vec<u64>>,
    limit: AtomicU64,
    sinks: AtomicUsize,
    used: AtomicU64,
    /// Blocks of full size that wait to be used again, since memory fresh from the kernel costs a page fault every few rows.
    free: Mutex<Vec<Vec<u8>>>,
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

    /// Bytes of rows that all sinks may hold: two thirds of the memory that they may take. Blocks are not full to the last byte,
    /// bytes are under way between buffers, and the allocator keeps what it gets back for a while.
    pub fn limit(&self) -> u64 {
        self.limit.load(Ordering::Relaxed)
    }

    pub(crate) fn register(self: &Arc<Self>, memory: u64) -> Share {
        let limit = memory / 3 * 2;
        self.change(|limits| limits.push(limit));
        Share { budget: Arc::clone(self), asked: limit, used: AtomicU64::new(0), room: Notify::new() }
    }

    fn change(&self, change: impl FnOnce(&mut Vec<u64>)) {
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut limits);
        self.sinks.store(limits.len(), Ordering::Relaxed);
        self.limit.store(limits.iter().copied().max().unwrap_or(0), Ordering::Relaxed);
        if limits.is_empty() {
            self.free().clear();
        }
    }

    fn free(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a block for the next who wants one, as long as all that is held and kept stays within the limit.
    /// Keeps a block. It is still among the bytes that are used until whoever held it gives them back.
    fn recycle(&self, mut block: Vec<u8>) {
        let mut free = self.free();
        if ((free.len() + 1) * BLOCK_BYTES) as u64 <= self.limit() {
            block.clear();
            free.push(block);
        }
    }

    /// Lets go of the blocks for which what is used leaves no room.
    fn trim(&self) {
        let mut free = self.free();
        let room = self.limit().saturating_sub(self.used()) / BLOCK_BYTES as u64;
        free.truncate(usize::try_from(room).unwrap_or(usize::MAX));
    }
}

/// A full block, which goes back to the budget when nobody holds its bytes any more.
struct Block {
    bytes: Vec<u8>,
    budget: Arc<Budget>,
}

impl AsRef<[u8]> for Block {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.budget.recycle(std::mem::take(&mut self.bytes));
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
        self.budget.trim();
        self.room.notify_waiters();
    }

    /// An empty block for one of so many tables: all of their blocks are at most an eighth of what the sink may hold.
    pub(super) fn block(&self, tables: usize) -> Vec<u8> {
        let eighth = usize::try_from(self.limit() / 8).unwrap_or(usize::MAX) / tables.max(1);
        if eighth < BLOCK_BYTES {
            return Vec::with_capacity(eighth.max(SMALLEST_BLOCK_BYTES));
        }
        self.budget.free().pop().unwrap_or_else(|| Vec::with_capacity(BLOCK_BYTES))
    }

    /// The bytes of a block, to be sent.
    pub(super) fn freeze(&self, mut block: Vec<u8>) -> Bytes {
        if block.capacity() == BLOCK_BYTES && block.len() > BLOCK_BYTES / 2 {
            return Bytes::from_owner(Block { bytes: block, budget: Arc::clone(&self.budget) });
        }
        // A block that ended early would keep the memory of a full one until its transaction ends.
        if block.len() <= block.capacity() / 2 {
            block.shrink_to_fit();
        }
        Bytes::from(block)
    }

    /// Takes back a block whose bytes nobody needs any more.
    pub(super) fn recycle(&self, block: Vec<u8>) {
        if block.capacity() == BLOCK_BYTES {
            self.budget.recycle(block);
        }
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
        assert_eq!(a.limit(), 66);
        let b = budget.register(100);
        assert_eq!((a.limit(), b.limit(), budget.limit()), (33, 33, 66));
        a.take(60);
        assert!(!a.has_room() && b.has_room());
        drop(b);
        assert!(a.has_room());
        assert_eq!(budget.used(), 60);
        drop(a);
        assert_eq!((budget.used(), budget.limit()), (0, 0));
    }

    #[test]
    fn blocks_are_used_again_within_the_limit() {
        let budget = Budget::new();
        let limit = 8 * BLOCK_BYTES as u64;
        let share = budget.register(limit / 2 * 3);
        assert_eq!(share.limit(), limit);
        let full = || share.freeze(vec![1; BLOCK_BYTES]);
        share.take(limit - 2 * BLOCK_BYTES as u64);
        let blocks = [full(), full(), full()];
        let first = blocks[0].as_ptr();
        drop(blocks);
        share.give_back(0);
        assert_eq!(budget.free().len(), 2, "the third would exceed the limit");
        let again = [share.block(1), share.block(1)];
        assert!(again.iter().any(|block| block.as_ptr() == first) && again.iter().all(Vec::is_empty));

        share.take(2 * BLOCK_BYTES as u64);
        drop(full());
        share.give_back(0);
        assert!(budget.free().is_empty(), "what is held leaves no room");
        share.give_back(2 * BLOCK_BYTES as u64);

        let early = share.freeze(again.into_iter().next().unwrap());
        assert!(early.is_empty());
        drop((full(), early));
        assert_eq!(budget.free().len(), 1);
        drop(share);
        assert!(budget.free().is_empty(), "without sinks there is nothing to keep them for");
    }

    #[test]
    fn blocks_of_many_sinks_are_small() {
        let budget = Budget::new();
        let shares: Vec<_> = (0..500).map(|_| budget.register(256 << 20)).collect();
        let held: usize = shares.iter().map(|share| share.block(1).capacity()).sum();
        assert!(held <= 32 << 20, "{held}");
        assert_eq!(budget.register(1).block(1).capacity(), 256 * 1024 * 1024 / 3 * 2 / 501 / 8);
        drop(shares);
        assert_eq!(budget.register(1 << 10).block(1).capacity(), SMALLEST_BLOCK_BYTES);
        assert_eq!(budget.register(256 << 20).block(1).capacity(), BLOCK_BYTES);
    }
}
