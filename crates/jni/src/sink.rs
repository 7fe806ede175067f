// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A sink handle: the buffers that travel between Java and the writer, and the task that drives the writer.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use starrocks_types::Error;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::buffers::Region;
use crate::error::{Failure, Result};
use crate::metrics::{Counters, Observed, SinkMetric};
use crate::panics;
use crate::progress::Progress;

/// How long a closing sink may take to roll its open transactions back; what is not rolled back expires on the server.
const ABORT_LIMIT: Duration = Duration::from_secs(5);

/// What a flush makes of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FlushMode {
    /// Visible at once (at-least-once).
    Commit,
    /// Prepared, to be committed after the checkpoint (exactly-once).
    Prepare,
}

/// What a sink handle drives: the SDK's sink, or a double in tests. Called by one task, one call at a time. Every future
/// may be dropped before it completes, after which only `abort` follows.
pub(crate) trait Writer: Send + 'static {
    /// Encodes a batch, in order. The batch is not needed any more when this returns.
    fn encode(&mut self, batch: &[u8], rows: usize) -> Result<(), Error>;
    /// Makes a table known whose rows follow.
    fn add_table(&mut self, config: &[u8]) -> Result<(), Error>;
    /// Compresses what is full and waits until the byte budget has room for another batch.
    fn ready(&mut self) -> impl Future<Output = Result<(), Error>> + Send;
    /// Makes everything written so far durable; the result is JSON for Java.
    fn flush(&mut self, mode: FlushMode, checkpoint_id: i64) -> impl Future<Output = Result<Vec<u8>, Error>> + Send;
    /// What goes on between calls, such as a flush by time. Completes only with an error; dropping it loses nothing.
    fn background(&mut self) -> impl Future<Output = Error> + Send;
    /// Gives up what is not committed or prepared.
    fn abort(&mut self) -> impl Future<Output = ()> + Send;
}

enum Command {
    Batch { buffer: usize, length: usize, rows: usize },
    Large { row: Vec<u8> },
    Table { config: Vec<u8> },
    Flush { mode: FlushMode, checkpoint_id: i64 },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Owner {
    Java,
    Library,
}

struct Queue {
    owners: Vec<Owner>,
    /// Buffers that belong to the library and hold nothing.
    free: VecDeque<usize>,
    /// Bytes of large rows that wait for the writer.
    large_bytes: usize,
    rows_received: u64,
    bytes_received: u64,
}

struct Shared {
    progress: Progress<Queue>,
    regions: Vec<Region>,
    observed: Arc<dyn Observed>,
    /// Bound of `large_bytes`: as much as the registered buffers hold, or one row if that is larger.
    large_limit: usize,
}

/// The Java side of a sink.
pub(crate) struct Sink {
    shared: Arc<Shared>,
    commands: UnboundedSender<Command>,
}

impl Sink {
    /// Spawns the task that drives the writer.
    pub(crate) fn spawn<W: Writer>(
        runtime: &Handle,
        writer: W,
        regions: Vec<Region>,
        observed: Arc<dyn Observed>,
    ) -> Arc<Self> {
        let queue = Queue {
            owners: vec![Owner::Library; regions.len()],
            free: (0..regions.len()).collect(),
            large_bytes: 0,
            rows_received: 0,
            bytes_received: 0,
        };
        let large_limit = regions.iter().map(Region::capacity).sum();
        let shared = Arc::new(Shared { progress: Progress::idle(queue), regions, observed, large_limit });
        let (commands, received) = unbounded_channel();
        runtime.spawn(drive(writer, received, shared.clone()));
        Arc::new(Self { shared, commands })
    }

    /// Hands a buffer over; the next one that is free, if any.
    pub(crate) fn write(&self, buffer: i32, length: i32, rows: i32) -> Result<Option<usize>> {
        let (index, region) = usize::try_from(buffer)
            .ok()
            .and_then(|index| Some((index, self.shared.regions.get(index)?)))
            .ok_or_else(|| Failure::argument(format!("buffer {buffer} is not one of this sink")))?;
        let capacity = region.capacity();
        let length = positive(length)
            .filter(|length| *length <= capacity)
            .ok_or_else(|| Failure::argument(format!("length {length} is not within the buffer's 1 to {capacity}")))?;
        let rows = positive(rows).ok_or_else(|| Failure::argument(format!("a batch cannot have {rows} rows")))?;
        let mut state = self.shared.progress.lock();
        state.check()?;
        let queue = &mut state.extra;
        match queue.owners.get_mut(index) {
            Some(owner @ Owner::Java) => *owner = Owner::Library,
            _ => return Err(Failure::argument(format!("buffer {buffer} belongs to the library, not to the caller"))),
        }
        let next = take_free(queue);
        queue.rows_received += rows as u64;
        queue.bytes_received += length as u64;
        // Sent under the lock, so that the order of the commands is the order in which buffers changed hands.
        self.send(Command::Batch { buffer: index, length, rows })?;
        Ok(next)
    }

    /// Hands one row over that is larger than a buffer. Its bytes are copied; `false` when too much is waiting already.
    pub(crate) fn write_large(&self, row: &[u8], timeout_ms: i32) -> Result<bool> {
        let limit = self.shared.large_limit;
        let taken = self.shared.progress.wait(timeout_ms, |state| {
            state.check()?;
            let queue = &mut state.extra;
            if queue.large_bytes > 0 && queue.large_bytes + row.len() > limit {
                return Ok(None);
            }
            queue.large_bytes += row.len();
            queue.rows_received += 1;
            queue.bytes_received += row.len() as u64;
            self.send(Command::Large { row: row.to_vec() })?;
            Ok(Some(()))
        })?;
        Ok(taken.is_some())
    }

    /// Makes a table known, before the rows that are handed over next.
    pub(crate) fn add_table(&self, config: Vec<u8>) -> Result<()> {
        let state = self.shared.progress.lock();
        state.check()?;
        self.send(Command::Table { config })
    }

    /// Waits for a free buffer.
    pub(crate) fn acquire(&self, timeout_ms: i32) -> Result<Option<usize>> {
        self.shared.progress.wait(timeout_ms, |state| {
            state.check()?;
            Ok(take_free(&mut state.extra))
        })
    }

    /// Begins to flush everything handed over so far.
    pub(crate) fn start_flush(&self, mode: FlushMode, checkpoint_id: i64) -> Result<()> {
        let mut state = self.shared.progress.lock();
        state.start()?;
        self.send(Command::Flush { mode, checkpoint_id })
    }

    /// Progress of the flush and of closing.
    pub(crate) fn poll(&self, timeout_ms: i32) -> Result<bool> {
        self.shared.progress.poll(timeout_ms)
    }

    /// The result of the flush.
    pub(crate) fn take_result(&self) -> Result<Vec<u8>> {
        self.shared.progress.take_result()
    }

    /// Refuses new calls and stops the writer.
    pub(crate) fn start_close(&self) {
        self.shared.progress.start_close();
    }

    /// Whether the writer has stopped.
    pub(crate) fn wait_ended(&self, timeout_ms: i32) -> Result<bool> {
        self.shared.progress.wait_ended(timeout_ms)
    }

    /// The counters.
    pub(crate) fn metrics(&self) -> Counters {
        let mut counters = self.shared.observed.counters();
        let state = self.shared.progress.lock();
        counters.set(SinkMetric::RowsReceived, state.extra.rows_received);
        counters.set(SinkMetric::BytesReceived, state.extra.bytes_received);
        counters
    }

    /// What else can be seen of the sink.
    pub(crate) fn observed(&self) -> &dyn Observed {
        &*self.shared.observed
    }

    /// After a panic in a call: later calls fail with it.
    pub(crate) fn poison(&self, error: Arc<Error>) {
        self.shared.progress.fail(error);
    }

    fn send(&self, command: Command) -> Result<()> {
        // The receiver goes away only when the runtime was stopped under an open sink.
        self.commands.send(command).map_err(|_| Failure::state("the sink's work has been stopped"))
    }
}

fn positive(number: i32) -> Option<usize> {
    usize::try_from(number).ok().filter(|number| *number > 0)
}

fn take_free(queue: &mut Queue) -> Option<usize> {
    let index = queue.free.pop_front()?;
    if let Some(owner) = queue.owners.get_mut(index) {
        *owner = Owner::Java;
    }
    Some(index)
}

/// Tells, however the task ends, that it has: also when the runtime is stopped or a destructor panics.
struct EndGuard(Arc<Shared>);

impl Drop for EndGuard {
    fn drop(&mut self) {
        self.0.progress.ended();
    }
}

async fn drive<W: Writer>(writer: W, commands: UnboundedReceiver<Command>, shared: Arc<Shared>) {
    let guard = EndGuard(shared.clone());
    let work = run(writer, commands, &shared);
    if let Err(payload) = AssertUnwindSafe(work).catch_unwind().await {
        shared.progress.fail(panics::caught(payload));
        shared.progress.closing().await;
    }
    drop(guard);
}

/// Carries out commands until the sink is closed. A failure ends the writing; the handle stays until Java closes it.
async fn run<W: Writer>(mut writer: W, mut commands: UnboundedReceiver<Command>, shared: &Shared) {
    let closed = tokio::select! {
        biased;
        () = shared.progress.closing() => true,
        error = carry_out(&mut writer, &mut commands, shared) => {
            tracing::warn!(%error, "the sink failed");
            shared.progress.fail(error);
            false
        }
    };
    if timeout(ABORT_LIMIT, writer.abort()).await.is_err() {
        tracing::warn!(limit = ?ABORT_LIMIT, "open transactions were not rolled back in time, the server lets them expire");
    }
    drop(writer);
    if !closed {
        shared.progress.closing().await;
    }
}

async fn carry_out<W: Writer>(writer: &mut W, commands: &mut UnboundedReceiver<Command>, shared: &Shared) -> Error {
    loop {
        let command = tokio::select! {
            biased;
            command = commands.recv() => command,
            error = writer.background() => return error,
        };
        let Some(command) = command else {
            // Java let go of the sink without closing it; nothing can arrive any more.
            return std::future::pending().await;
        };
        if let Err(error) = carry_out_one(writer, command, shared).await {
            return error;
        }
    }
}

async fn carry_out_one<W: Writer>(writer: &mut W, command: Command, shared: &Shared) -> Result<(), Error> {
    match command {
        Command::Batch { buffer, length, rows } => {
            let Some(region) = shared.regions.get(buffer) else { return Ok(()) };
            // SAFETY: `write` checked the length and took the buffer from Java, which gets its number back only below;
            // the pins are dropped only after this task has told that it ended.
            let batch = unsafe { region.bytes(length) };
            writer.encode(batch, rows)?;
            shared.progress.update(|state| state.extra.free.push_back(buffer));
            writer.ready().await?;
            // What was woken meanwhile, above all the sending of a full chunk, waits on this thread and on no other.
            tokio::task::yield_now().await;
        }
        Command::Large { row } => {
            writer.encode(&row, 1)?;
            shared.progress.update(|state| state.extra.large_bytes -= row.len());
            writer.ready().await?;
        }
        Command::Table { config } => writer.add_table(&config)?,
        Command::Flush { mode, checkpoint_id } => {
            let result = writer.flush(mode, checkpoint_id).await?;
            shared.progress.done(result);
        }
    }
    Ok(())
}
