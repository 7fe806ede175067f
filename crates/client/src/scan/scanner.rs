// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One scanner of one backend: open, ask, answer, close.

use std::io;
use std::time::Duration;

use arrow::buffer::Buffer;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamDecoder;
use arrow::record_batch::RecordBatch;
use bytes::{Buf, BytesMut};
use starrocks_protocol::scan::{
    Decoded, MAX_ANSWER_BYTES, NextReply, OpenScanner, ScanStatus, decode_close_scanner, decode_get_next,
    decode_open_scanner, encode_close_scanner, encode_get_next, status_name,
};
use starrocks_types::{Error, ErrorKind, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::endpoint::Endpoint;

/// How long closing a scanner may take, all in all. A backend forgets an open one by itself after a while.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Everything in an answer but the rows.
const MAX_OVERHEAD_BYTES: usize = 4 << 20;

/// How much is read at least, so that short answers take one call.
const READ_BYTES: usize = 64 << 10;

/// The bytes of an answer before its rows, if there are no messages; see [`Wire::start`].
const BYTES_BEFORE_ROWS: usize = 45;

/// Alignment that Arrow wants of 128-bit values.
const ALIGNMENT: usize = 16;

/// What can be done about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Ask another backend that holds the tablet.
    OtherBackend,
    /// Open another scanner: the backend has forgotten this one.
    Reopen,
    /// Plan again: the plan or a version in it is gone.
    Replan,
    /// Nothing.
    None,
}

/// A failure and what can be done about it.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) remedy: Remedy,
    pub(super) error: Error,
}

impl Failed {
    pub(super) fn new(remedy: Remedy, error: Error) -> Self {
        Self { remedy, error }
    }

    fn broken(error: Error) -> Self {
        Self::new(Remedy::OtherBackend, error)
    }
}

/// A connection and what was read of it.
struct Wire {
    stream: TcpStream,
    buffer: BytesMut,
    sequence: i32,
    patience: Duration,
    /// An answer is outstanding or was cut off, so the connection is good for nothing else.
    busy: bool,
}

impl Wire {
    async fn connect(to: &Endpoint, within: Duration, patience: Duration) -> Result<Self, Failed> {
        let connected = timeout(within, TcpStream::connect((to.host.as_str(), to.port))).await;
        let stream = match connected {
            Ok(Ok(stream)) => stream,
            Ok(Err(cause)) => {
                return Err(Failed::broken(
                    Error::new(ErrorKind::Network, "cannot connect to the thrift port of the backend")
                        .caused_by(cause)
                        .hint("make be_port reachable, or say with scan.be-host-mapping-list how to reach it"),
                ));
            }
            Err(_) => {
                return Err(Failed::broken(
                    Error::new(
                        ErrorKind::Timeout,
                        "no connection to the thrift port of the backend within the time-out",
                    )
                    .with("timeout_ms", within.as_millis())
                    .hint("raise scan.connect.timeout-ms if the network is just slow"),
                ));
            }
        };
        // Calls are small and wait for an answer. Failing to set it only costs time.
        let _ = stream.set_nodelay(true);
        Ok(Self { stream, buffer: BytesMut::new(), sequence: 0, patience, busy: false })
    }

    /// Sends a call, which `encode` makes for its number.
    async fn send(&mut self, call: &[u8]) -> Result<(), Failed> {
        self.busy = true;
        match timeout(self.patience, self.stream.write_all(call)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(cause)) => Err(lost(cause)),
            Err(_) => Err(self.silent()),
        }
    }

    fn next_sequence(&mut self) -> i32 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    /// Where the rows of an answer usually begin is aligned, so that Arrow uses them where they are.
    fn start(&mut self) {
        let padding = ALIGNMENT - BYTES_BEFORE_ROWS % ALIGNMENT;
        self.buffer = BytesMut::with_capacity(READ_BYTES + padding);
        self.buffer.resize(padding, 0);
        self.buffer.advance(padding);
    }

    /// Waits for an answer, which `decode` reads from the buffer.
    async fn receive<T>(&mut self, decode: impl Fn(&[u8]) -> Result<Decoded<T>>) -> Result<(T, BytesMut), Failed> {
        self.start();
        match timeout(self.patience, self.read(decode)).await {
            Ok(received) => received,
            Err(_) => Err(self.silent()),
        }
    }

    async fn read<T>(&mut self, decode: impl Fn(&[u8]) -> Result<Decoded<T>>) -> Result<(T, BytesMut), Failed> {
        // What the answer will take at least; memory is taken as bytes arrive, not as the peer claims.
        let mut needed = 1;
        loop {
            while self.buffer.len() < needed {
                let missing = needed - self.buffer.len();
                self.buffer.reserve(missing.clamp(READ_BYTES, self.buffer.len().max(1 << 20)));
                let read = self.stream.read_buf(&mut self.buffer).await.map_err(lost)?;
                if read == 0 {
                    return Err(lost(io::ErrorKind::UnexpectedEof.into()));
                }
            }
            match decode(&self.buffer).map_err(Failed::broken)? {
                Decoded::Need(bytes) if bytes > MAX_ANSWER_BYTES + MAX_OVERHEAD_BYTES => {
                    let error = Error::new(ErrorKind::Protocol, "an answer of the backend is too long");
                    return Err(Failed::new(Remedy::None, error.with("bytes", bytes)));
                }
                Decoded::Need(bytes) => needed = bytes.max(self.buffer.len() + 1),
                Decoded::Message(_, taken) if taken != self.buffer.len() => {
                    let error = Error::new(ErrorKind::Protocol, "the backend sent more than the answer");
                    return Err(Failed::broken(error));
                }
                Decoded::Message(message, _) => {
                    self.busy = false;
                    return Ok((message, std::mem::take(&mut self.buffer)));
                }
            }
        }
    }

    fn silent(&self) -> Failed {
        Failed::broken(
            Error::new(ErrorKind::Timeout, "the backend did not answer in time")
                .with("timeout_ms", self.patience.as_millis())
                .hint("the wait is that of scan.params.query-timeout-s and a minute, unless set otherwise"),
        )
    }
}

fn lost(cause: io::Error) -> Failed {
    Failed::broken(Error::new(ErrorKind::Network, "the connection to the backend broke").caused_by(cause))
}

/// How a scanner is reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    pub(super) connect_timeout: Duration,
    pub(super) read_timeout: Duration,
}

/// An open scanner. Dropping it closes it on the backend, in the background and within a bound.
pub(super) struct Scanner {
    wire: Option<Wire>,
    backend: Endpoint,
    reach: Reach,
    context: String,
    /// The number of the call that opens it, until that was answered.
    opening: Option<i32>,
    offset: i64,
    /// Bytes of the last answer.
    received: usize,
    /// Held while there is something to close, for whoever waits until everything is closed.
    closing: mpsc::Sender<()>,
}

impl Scanner {
    pub(super) async fn open(
        backend: &Endpoint,
        reach: Reach,
        what: &OpenScanner<'_>,
        closing: mpsc::Sender<()>,
    ) -> Result<Self, Failed> {
        let mut wire = Wire::connect(backend, reach.connect_timeout, reach.read_timeout).await?;
        let sequence = wire.next_sequence();
        let call = what.encode(sequence).map_err(|error| Failed::new(Remedy::None, error))?;
        let mut scanner = Self {
            wire: Some(wire),
            backend: backend.clone(),
            reach,
            context: String::new(),
            opening: Some(sequence),
            offset: 0,
            received: 0,
            closing,
        };
        let wire = scanner.wire()?;
        wire.send(&call).await?;
        let (reply, _) = wire.receive(|bytes| decode_open_scanner(bytes, sequence)).await?;
        // A refused scanner may exist all the same, so it is closed as well.
        scanner.opening = None;
        scanner.context = reply.context_id.unwrap_or_default();
        if !reply.status.is_ok() {
            return Err(judge(&reply.status, Remedy::Replan));
        }
        if scanner.context.is_empty() {
            return Err(Failed::broken(Error::new(ErrorKind::Protocol, "the backend named no scanner")));
        }
        Ok(scanner)
    }

    fn wire(&mut self) -> Result<&mut Wire, Failed> {
        self.wire
            .as_mut()
            .ok_or_else(|| Failed::new(Remedy::None, Error::new(ErrorKind::Closed, "the scanner is closed")))
    }

    /// The name of the scanner on the backend.
    pub(super) fn context(&self) -> &str {
        &self.context
    }

    /// Bytes of the last answer that held rows.
    pub(super) fn received(&self) -> usize {
        self.received
    }

    /// Asks for the rows that follow those that came, without waiting for them.
    pub(super) async fn ask(&mut self) -> Result<(), Failed> {
        let sequence = self.wire()?.next_sequence();
        let call = encode_get_next(sequence, &self.context, self.offset);
        self.wire()?.send(&call).await
    }

    /// Waits for the rows that were asked for; `None` at the end.
    pub(super) async fn answer(&mut self) -> Result<Option<Vec<RecordBatch>>, Failed> {
        let wire = self.wire()?;
        let sequence = wire.sequence;
        let (reply, bytes) = wire.receive(|bytes| decode_get_next(bytes, sequence)).await?;
        let NextReply { status, end, rows } = reply;
        if !status.is_ok() {
            return Err(judge(&status, Remedy::Reopen));
        }
        if end {
            return match rows.filter(|rows| !rows.is_empty()) {
                None => Ok(None),
                Some(_) => Err(unusable("the last answer of a scanner holds rows")),
            };
        }
        self.received = bytes.len();
        let bytes = bytes.freeze();
        let rows = rows.filter(|rows| rows.end <= bytes.len()).map(|rows| bytes.slice(rows));
        let Some(rows) = rows else { return Err(unusable("an answer holds no rows")) };
        let batches = record_batches(rows.into()).map_err(|cause| {
            Failed::new(
                Remedy::None,
                Error::new(ErrorKind::Protocol, "the rows of an answer are not an Arrow stream")
                    .caused_by(cause)
                    .hint("HLL columns and other bytes that are no text cannot be scanned; leave them out"),
            )
        })?;
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        if rows == 0 {
            return Err(unusable("an answer holds no rows"));
        }
        self.offset = self.offset.saturating_add(i64::try_from(rows).unwrap_or(i64::MAX));
        Ok(Some(batches))
    }
}

fn unusable(what: &str) -> Failed {
    Failed::new(Remedy::None, Error::new(ErrorKind::Protocol, what.to_owned()))
}

/// Reads one Arrow stream: its schema and record batches. Values are checked, so that nothing unsound gets on.
fn record_batches(mut bytes: Buffer) -> Result<Vec<RecordBatch>, ArrowError> {
    let mut decoder = StreamDecoder::new();
    let mut batches = Vec::new();
    while !bytes.is_empty() {
        let before = bytes.len();
        match decoder.decode(&mut bytes)? {
            Some(batch) => batches.push(batch),
            // The end of the stream; what may follow it is no part of it.
            None if bytes.len() == before => break,
            None => {}
        }
    }
    decoder.finish()?;
    Ok(batches)
}

/// What a status means; `not_found` is what helps if the backend does not know what it was asked for.
fn judge(status: &ScanStatus, not_found: Remedy) -> Failed {
    let text = status.messages.join("; ");
    let lower = text.to_ascii_lowercase();
    // The words with which backends say that a version is gone.
    let stale =
        ["already been compacted", "already been merged", "version_graph", "capture_consistent", "get_applied_rowsets"];
    let stale = stale.iter().any(|words| lower.contains(words));
    let (remedy, kind) = match status.code {
        _ if stale => (Remedy::Replan, ErrorKind::QueryFailed),
        45 => (Remedy::Replan, ErrorKind::QueryFailed),
        ScanStatus::NOT_FOUND => (not_found, ErrorKind::NotFound),
        // What was asked cannot be done, by this backend or another.
        2 | 3 | 33 | 43 => (Remedy::None, ErrorKind::QueryFailed),
        38 => (Remedy::None, ErrorKind::AccessDenied),
        8 => (Remedy::OtherBackend, ErrorKind::Timeout),
        5 | 11 | 12 | 13 | 16 => (Remedy::OtherBackend, ErrorKind::Exhausted),
        _ => (Remedy::OtherBackend, ErrorKind::QueryFailed),
    };
    let text = if text.is_empty() { "the backend gave no reason".to_owned() } else { text };
    let error = Error::new(kind, text).with("status", status_name(status.code)).with("status_code", status.code);
    let error = match status.code {
        5 => error.hint("raise scan.params.mem-limit-byte"),
        8 => error.hint("raise scan.params.query-timeout-s"),
        _ => error,
    };
    Failed::new(remedy, error)
}

impl Drop for Scanner {
    fn drop(&mut self) {
        let Some(wire) = self.wire.take() else { return };
        // Without a runtime the process is ending, and the socket closes with it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (mut context, opening) = (std::mem::take(&mut self.context), self.opening);
        if context.is_empty() && opening.is_none() {
            return;
        }
        let (backend, closing, reach) = (self.backend.clone(), self.closing.clone(), self.reach);
        runtime.spawn(async move {
            let end = async {
                let mut wire = wire;
                if let Some(sequence) = opening {
                    context = opened(&mut wire, sequence).await?;
                }
                close(wire, &context, &backend, reach).await
            };
            if !matches!(timeout(CLOSE_TIMEOUT, end).await, Ok(Ok(()))) {
                tracing::debug!(scanner = context, be = %backend, "could not close a scanner; it expires by itself");
            }
            drop(closing);
        });
    }
}

/// Waits for the rest of the answer that names the scanner, as nothing else can close it.
async fn opened(wire: &mut Wire, sequence: i32) -> Result<String, Failed> {
    let (reply, _) = wire.read(|bytes| decode_open_scanner(bytes, sequence)).await?;
    Ok(reply.context_id.unwrap_or_default())
}

/// Closes a scanner, over a new connection if an answer is outstanding on the old one.
async fn close(mut wire: Wire, context: &str, backend: &Endpoint, reach: Reach) -> Result<(), Failed> {
    if wire.busy {
        drop(wire);
        wire = Wire::connect(backend, reach.connect_timeout, CLOSE_TIMEOUT).await?;
    }
    let sequence = wire.next_sequence();
    wire.send(&encode_close_scanner(sequence, context)).await?;
    wire.receive(|bytes| decode_close_scanner(bytes, sequence)).await.map(|_| ())
}
