// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Compression of load bodies, beside the encoding of the rows that follow.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use starrocks_codec::{Compression, Compressor, Format, Lz4Parts};
use starrocks_load::Chunk;
use starrocks_types::{Error, ErrorKind, Result};
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};

use super::budget::Share;

/// Blocks that may wait to be compressed: with more of them, encoding waits instead of filling the byte budget.
const MAX_WAITING: usize = 2;

/// Threads that work on the body at the same time, where the format lets them.
const LZ4_WORKERS: usize = 2;

/// Compresses blocks on blocking threads of the runtime: one after the other, or several at a time where the parts of a body do not
/// depend on each other. What becomes of them is put together in the order in which they came.
pub(super) struct Packer {
    packing: Arc<Packing>,
    runtime: Handle,
    /// Parts of the body that is being built.
    parts: Vec<Part>,
}

/// What a block became, once it is compressed.
type Part = oneshot::Receiver<Result<Bytes>>;

/// What the compressing threads and the others share.
pub(super) struct Packing {
    share: Arc<Share>,
    work: Mutex<Work>,
    taken: Notify,
}

impl std::fmt::Debug for Packing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Packing")
    }
}

struct Work {
    waiting: VecDeque<Piece>,
    /// Absent while a thread works with it, and for good after that thread panicked.
    idle: Vec<Worker>,
    working: usize,
}

enum Worker {
    /// All of a body goes through it.
    Stream(Compressor),
    /// Any part of a body may.
    Lz4(Lz4Parts),
}

/// A block after a part of its frame, or the end of the body.
struct Piece {
    frame: &'static [u8],
    block: Vec<u8>,
    first: bool,
    last: bool,
    done: oneshot::Sender<Result<Bytes>>,
}

/// A body that takes no more rows; its last blocks may still be compressed.
pub(super) struct Sealed {
    /// Number of the table that the rows are for.
    pub(super) table: usize,
    pub(super) rows: u64,
    /// Bytes that the body holds of the budget until it is finished.
    pub(super) held: u64,
    /// When its first row came, on the clock of the metrics.
    pub(super) since_ms: u64,
    body: Vec<Bytes>,
    /// What follows, as it gets ready.
    parts: VecDeque<Part>,
}

impl Sealed {
    pub(super) fn plain(rows: u64, held: u64, body: Vec<Bytes>) -> Self {
        Self { table: 0, rows, held, since_ms: 0, body, parts: VecDeque::new() }
    }

    /// Waits for the compression. Cancel-safe; once only.
    pub(super) async fn finish(&mut self) -> Result<Chunk> {
        while let Some(part) = self.parts.front_mut() {
            let part = part.await;
            self.parts.pop_front();
            let panicked = || Error::new(ErrorKind::Panic, "a compressing thread panicked");
            self.body.extend(Some(part.map_err(|_| panicked())??).filter(|part| !part.is_empty()));
        }
        let body = std::mem::take(&mut self.body);
        Ok(Chunk { table: self.table, rows: self.rows, body, since_ms: self.since_ms })
    }
}

impl Packer {
    pub(super) fn new(compression: Compression, format: &Format, share: Arc<Share>, runtime: Handle) -> Self {
        let idle = match compression {
            Compression::Lz4Frame => (0..LZ4_WORKERS).map(|_| Worker::Lz4(Lz4Parts::new(format))).collect(),
            _ => vec![Worker::Stream(Compressor::new(compression, format))],
        };
        let work = Work { waiting: VecDeque::new(), idle, working: 0 };
        let packing = Arc::new(Packing { share, work: Mutex::new(work), taken: Notify::new() });
        Self { packing, runtime, parts: Vec::new() }
    }

    /// Adds a block to the body, after a part of its frame.
    pub(super) fn add(&mut self, before: &'static [u8], block: Vec<u8>) {
        self.push(before, block, false);
    }

    /// Ends the body; the next block begins another one.
    pub(super) fn end(&mut self, after: &'static [u8], rows: u64, held: u64) -> Sealed {
        self.push(after, Vec::new(), true);
        let parts = std::mem::take(&mut self.parts).into();
        Sealed { table: 0, rows, held, since_ms: 0, body: Vec::new(), parts }
    }

    pub(super) fn packing(&self) -> Arc<Packing> {
        Arc::clone(&self.packing)
    }

    fn push(&mut self, frame: &'static [u8], block: Vec<u8>, last: bool) {
        let (done, part) = oneshot::channel();
        let first = self.parts.is_empty();
        self.parts.push(part);
        let mut work = self.packing.work();
        if work.idle.is_empty() && work.working == 0 {
            // After panics: who waits for the part learns it as the sender goes.
            return;
        }
        work.waiting.push_back(Piece { frame, block, first, last, done });
        if let Some(worker) = work.idle.pop() {
            work.working += 1;
            let packing = Arc::clone(&self.packing);
            self.runtime.spawn_blocking(move || packing.run(worker));
        }
    }
}

impl Packing {
    /// Waits until another block may come. Cancel-safe.
    pub(super) async fn ready(&self) {
        loop {
            let taken = self.taken.notified();
            if self.work().waiting.len() <= MAX_WAITING {
                return;
            }
            taken.await;
        }
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.work().waiting.len()
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, mut worker: Worker) {
        let _guard = PanicGuard(self);
        loop {
            let piece = {
                let mut work = self.work();
                let Some(piece) = work.waiting.pop_front() else {
                    work.idle.push(worker);
                    work.working -= 1;
                    return;
                };
                piece
            };
            self.taken.notify_waiters();
            let part = worker.compress(&piece);
            self.share.recycle(piece.block);
            // Whoever sealed the body may have given up.
            let _ = piece.done.send(part.map(Bytes::from));
        }
    }
}

impl Worker {
    fn compress(&mut self, piece: &Piece) -> Result<Vec<u8>> {
        let Piece { frame, block, first, last, .. } = piece;
        match self {
            Self::Lz4(parts) => Ok(parts.part(&[frame, block], *first, *last)),
            Self::Stream(compressor) => {
                let mut out = Vec::new();
                if *first {
                    compressor.discard();
                }
                compressor.write(frame, &mut out)?;
                compressor.write(block, &mut out)?;
                if *last {
                    compressor.finish(&mut out)?;
                }
                Ok(out)
            }
        }
    }
}

/// Whoever waits for a thread that panicked gets to know.
struct PanicGuard<'a>(&'a Packing);

impl Drop for PanicGuard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut work = self.0.work();
            work.working -= 1;
            if work.idle.is_empty() && work.working == 0 {
                work.waiting.clear();
            }
            drop(work);
            self.0.taken.notify_waiters();
        }
    }
}
