// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Compression of load bodies, beside the encoding of the rows that follow.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use starrocks_codec::{Compression, Compressor};
use starrocks_load::Chunk;
use starrocks_types::{Error, ErrorKind, Result};
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};

use super::budget::Share;

/// Blocks that may wait to be compressed: with more of them, encoding waits instead of filling the byte budget.
const MAX_WAITING: usize = 2;

/// Compresses one block after the other, in the order in which they come, on a blocking thread of the runtime.
pub(super) struct Packer {
    strand: Arc<Strand>,
    runtime: Handle,
}

/// What the compressing thread and the others share.
pub(super) struct Strand {
    share: Arc<Share>,
    work: Mutex<Work>,
    taken: Notify,
}

struct Work {
    waiting: VecDeque<Piece>,
    /// Absent while a thread works with it, and for good after that thread panicked.
    state: Option<State>,
    working: bool,
}

struct State {
    compressor: Compressor,
    body: Vec<Bytes>,
    failure: Option<Error>,
}

enum Piece {
    Rows { before: &'static [u8], block: Vec<u8> },
    End { after: &'static [u8], done: oneshot::Sender<Result<Vec<Bytes>>> },
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
    body: Body,
}

enum Body {
    Plain(Vec<Bytes>),
    Packed(oneshot::Receiver<Result<Vec<Bytes>>>),
}

impl Sealed {
    pub(super) fn plain(rows: u64, held: u64, body: Vec<Bytes>) -> Self {
        Self { table: 0, rows, held, since_ms: 0, body: Body::Plain(body) }
    }

    /// Waits for the compression. Cancel-safe; once only.
    pub(super) async fn finish(&mut self) -> Result<Chunk> {
        let body = match &mut self.body {
            Body::Plain(body) => std::mem::take(body),
            Body::Packed(done) => {
                done.await.unwrap_or_else(|_| Err(Error::new(ErrorKind::Panic, "a compressing thread panicked")))?
            }
        };
        Ok(Chunk { table: self.table, rows: self.rows, body, since_ms: self.since_ms })
    }
}

impl Packer {
    pub(super) fn new(compression: Compression, share: Arc<Share>, runtime: Handle) -> Self {
        let state = State { compressor: Compressor::new(compression), body: Vec::new(), failure: None };
        let work = Work { waiting: VecDeque::new(), state: Some(state), working: false };
        Self { strand: Arc::new(Strand { share, work: Mutex::new(work), taken: Notify::new() }), runtime }
    }

    /// Adds a block to the body, after a part of its frame.
    pub(super) fn add(&self, before: &'static [u8], block: Vec<u8>) {
        self.push(Piece::Rows { before, block });
    }

    /// Ends the body; the next block begins another one.
    pub(super) fn end(&self, after: &'static [u8], rows: u64, held: u64) -> Sealed {
        let (done, body) = oneshot::channel();
        self.push(Piece::End { after, done });
        Sealed { table: 0, rows, held, since_ms: 0, body: Body::Packed(body) }
    }

    pub(super) fn strand(&self) -> Arc<Strand> {
        Arc::clone(&self.strand)
    }

    fn push(&self, piece: Piece) {
        let mut work = self.strand.work();
        if work.state.is_none() && !work.working {
            // After a panic: who waits for the end of the body learns it as the sender goes.
            return;
        }
        work.waiting.push_back(piece);
        if !work.working {
            work.working = true;
            let strand = Arc::clone(&self.strand);
            self.runtime.spawn_blocking(move || strand.run());
        }
    }
}

impl Strand {
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

    fn run(&self) {
        let _guard = PanicGuard(self);
        let Some(mut state) = self.work().state.take() else { return };
        loop {
            let piece = {
                let mut work = self.work();
                let Some(piece) = work.waiting.pop_front() else {
                    work.state = Some(state);
                    work.working = false;
                    return;
                };
                piece
            };
            self.taken.notify_waiters();
            match piece {
                Piece::Rows { before, block } => {
                    state.add(before);
                    state.add(&block);
                    self.share.recycle(block);
                }
                // Whoever sealed the body may have given up.
                Piece::End { after, done } => drop(done.send(state.end(after))),
            }
        }
    }
}

impl State {
    fn add(&mut self, bytes: &[u8]) {
        if bytes.is_empty() || self.failure.is_some() {
            return;
        }
        let mut out = Vec::new();
        match self.compressor.write(bytes, &mut out) {
            Ok(()) => self.push(out),
            Err(error) => self.failure = Some(error),
        }
    }

    fn end(&mut self, after: &[u8]) -> Result<Vec<Bytes>> {
        self.add(after);
        let mut rest = Vec::new();
        let ended = self.compressor.finish(&mut rest);
        self.push(rest);
        let body = std::mem::take(&mut self.body);
        self.failure.take().map_or(ended, Err).map(|()| body)
    }

    fn push(&mut self, part: Vec<u8>) {
        if !part.is_empty() {
            self.body.push(Bytes::from(part));
        }
    }
}

/// Whoever waits for a thread that panicked gets to know.
struct PanicGuard<'a>(&'a Strand);

impl Drop for PanicGuard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut work = self.0.work();
            work.working = false;
            work.waiting.clear();
            drop(work);
            self.0.taken.notify_waiters();
        }
    }
}
