// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The body of a request: blocks of bytes with a known length, withheld until the server asks for them.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// When something last moved on a connection.
#[derive(Debug, Clone)]
pub(super) struct Progress(Arc<Mutex<Instant>>);

impl Progress {
    pub(super) fn now() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    pub(super) fn touch(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    pub(super) fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the gate of one body, at most once.
#[derive(Debug, Clone)]
pub(super) struct Gate(Arc<Mutex<Option<oneshot::Sender<()>>>>);

impl Gate {
    /// Lets the body go; false when it already went.
    pub(super) fn open(&self) -> bool {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        sender.is_some_and(|sender| sender.send(()).is_ok())
    }

    pub(super) fn is_open(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

/// Blocks of known total length.
pub(super) struct Blocks {
    gate: Option<oneshot::Receiver<()>>,
    blocks: std::vec::IntoIter<Bytes>,
    remaining: u64,
    progress: Progress,
}

impl Blocks {
    /// `withheld` bodies wait for their gate; the others have it open from the start.
    pub(super) fn new(blocks: &[Bytes], withheld: bool, progress: Progress) -> (Self, Gate) {
        let blocks: Vec<Bytes> = blocks.iter().filter(|block| !block.is_empty()).cloned().collect();
        let remaining = blocks.iter().map(|block| block.len() as u64).sum();
        let (sender, receiver) = oneshot::channel();
        let (sender, gate) = if withheld { (Some(sender), Some(receiver)) } else { (None, None) };
        (Self { gate, blocks: blocks.into_iter(), remaining, progress }, Gate(Arc::new(Mutex::new(sender))))
    }
}

impl Body for Blocks {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if let Some(gate) = self.gate.as_mut() {
            match ready!(Pin::new(gate).poll(cx)) {
                Ok(()) => self.gate = None,
                // Answered or given up before the body was asked for: the connection can only be closed.
                Err(_) => {
                    self.gate = None;
                    return Poll::Ready(Some(Err(io::Error::other("the body is not wanted"))));
                }
            }
        }
        self.progress.touch();
        match self.blocks.next() {
            Some(block) => {
                self.remaining -= block.len() as u64;
                Poll::Ready(Some(Ok(Frame::data(block))))
            }
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.remaining == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining)
    }
}
