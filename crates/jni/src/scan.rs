// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A scan handle: a reader of splits, the task that drives it, and the buffers in which its rows travel to Java.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use starrocks_client::scan::{RowEvent, RowReader, ScanCounters};
use starrocks_codec::rows::fingerprint;
use starrocks_types::{Error, Result as StarRocksResult};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::buffers::Region;
use crate::error::{Failure, Result};
use crate::panics;
use crate::progress::Progress;

/// Numbers that Java gets with an event.
pub(crate) const EVENT_NUMBERS: usize = 7;

/// What an event of the kind says, as Java reads it.
pub(crate) struct Event {
    /// 1 rows, 2 a tablet is done, 3 a split is done.
    pub(crate) kind: i32,
    /// Split, tablet, first row, rows, buffer, bytes, fingerprint after the last row.
    pub(crate) numbers: [i64; EVENT_NUMBERS],
}

/// The buffer of an event whose row fits none.
const NO_BUFFER: i64 = -1;

/// What a buffer holds.
#[derive(Clone, Copy)]
struct Content {
    length: usize,
    rows: usize,
    /// Fingerprint before the first row.
    before: u64,
}

#[derive(Clone, Copy)]
enum Owner {
    Library,
    /// In an event that Java has not taken yet.
    Event(Content),
    Java(Content),
}

struct Queue {
    owners: Vec<Owner>,
    events: VecDeque<Event>,
    /// The row of an event without a buffer, until Java takes it. There is one at a time.
    large: Option<Vec<u8>>,
}

struct Shared {
    progress: Progress<Queue>,
    /// For Java's side; the task that writes has its own.
    regions: Vec<Region>,
    /// Java gave a buffer back, or took the large row.
    released: Notify,
    counters: Arc<ScanCounters>,
}

/// The Java side of a scan.
pub(crate) struct Scan {
    shared: Arc<Shared>,
    splits: UnboundedSender<Vec<u8>>,
}

impl Scan {
    /// Opens the reader and spawns the task that drives it. Connects to nothing yet.
    pub(crate) fn open(runtime: &Handle, config: &[u8], regions: Vec<Region>) -> Result<Arc<Self>> {
        let reader = {
            let _runtime = runtime.enter();
            RowReader::open(config)?
        };
        let queue = Queue { owners: vec![Owner::Library; regions.len()], events: VecDeque::new(), large: None };
        let shared = Arc::new(Shared {
            progress: Progress::idle(queue),
            regions: regions.clone(),
            released: Notify::new(),
            counters: reader.counters(),
        });
        let (splits, received) = unbounded_channel();
        runtime.spawn(drive(reader, received, regions, shared.clone()));
        Ok(Arc::new(Self { shared, splits }))
    }

    /// Starts to read one more split.
    pub(crate) fn add_split(&self, split: Vec<u8>) -> Result<()> {
        self.shared.progress.lock().check()?;
        // The receiver goes away only when the runtime was stopped under an open scan.
        self.splits.send(split).map_err(|_| Failure::state("the scan's work has been stopped"))
    }

    /// Waits for an event.
    pub(crate) fn next(&self, timeout_ms: i32) -> Result<Option<Event>> {
        self.shared.progress.wait(timeout_ms, |state| {
            state.check()?;
            let queue = &mut state.extra;
            if queue.large.is_some() && queue.events.front().is_none() {
                // The large row of the last event was not taken; nothing can come before that.
                return Err(Failure::state("the large row of the last event was not taken"));
            }
            let Some(event) = queue.events.pop_front() else { return Ok(None) };
            if let Some(owner) = usize::try_from(event.numbers[4]).ok().and_then(|at| queue.owners.get_mut(at))
                && let Owner::Event(content) = *owner
                && event.kind == 1
            {
                *owner = Owner::Java(content);
            }
            Ok(Some(event))
        })
    }

    /// The record of the row that fits no buffer.
    pub(crate) fn take_large_row(&self) -> Result<Vec<u8>> {
        let mut state = self.shared.progress.lock();
        state.check()?;
        let row = state.extra.large.take().ok_or_else(|| Failure::state("there is no large row to take"))?;
        self.shared.released.notify_one();
        Ok(row)
    }

    /// Takes a buffer back.
    pub(crate) fn release(&self, buffer: i32) -> Result<()> {
        let mut state = self.shared.progress.lock();
        state.check()?;
        let owner = usize::try_from(buffer).ok().and_then(|index| state.extra.owners.get_mut(index));
        let Some(owner @ Owner::Java(_)) = owner else { return Err(not_lent(buffer)) };
        *owner = Owner::Library;
        self.shared.released.notify_one();
        Ok(())
    }

    /// Fingerprint of the tablet after the first `rows` rows of a buffer that Java has.
    pub(crate) fn fingerprint(&self, buffer: i32, rows: i32) -> Result<u64> {
        // Under the lock, so that the buffer does not change hands meanwhile.
        let state = self.shared.progress.lock();
        state.check()?;
        let found = usize::try_from(buffer)
            .ok()
            .and_then(|index| Some((state.extra.owners.get(index)?, self.shared.regions.get(index)?)));
        let Some((Owner::Java(content), region)) = found else { return Err(not_lent(buffer)) };
        let rows = usize::try_from(rows).ok().filter(|rows| *rows <= content.rows).ok_or_else(|| {
            Failure::argument(format!(
                "buffer {buffer} has {} rows, the fingerprint of {rows} was asked for",
                content.rows
            ))
        })?;
        // SAFETY: Java has the buffer and only reads it, the library does not touch it before it is released, which the lock
        // keeps from happening; the pins hold it, and its content was written with this length.
        let bytes = unsafe { region.bytes(content.length) };
        Ok(fingerprint(content.before, bytes, rows)?)
    }

    /// The counters, in the order of Java's `ScanMetric`.
    pub(crate) fn metrics(&self) -> [i64; 6] {
        let counters = &self.shared.counters;
        [
            counters.rows(),
            counters.bytes_received(),
            counters.answers(),
            counters.reopened(),
            counters.replans(),
            counters.retries(),
        ]
        .map(|count| i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Refuses new calls and stops reading.
    pub(crate) fn start_close(&self) {
        self.shared.progress.start_close();
    }

    /// Whether reading has stopped.
    pub(crate) fn wait_ended(&self, timeout_ms: i32) -> Result<bool> {
        self.shared.progress.wait_ended(timeout_ms)
    }

    /// After a panic in a call: later calls fail with it.
    pub(crate) fn poison(&self, error: Arc<Error>) {
        self.shared.progress.fail(error);
    }
}

fn not_lent(buffer: i32) -> Failure {
    Failure::argument(format!("buffer {buffer} does not belong to the caller"))
}

/// Tells, however the task ends, that it has.
struct EndGuard(Arc<Shared>);

impl Drop for EndGuard {
    fn drop(&mut self) {
        self.0.progress.ended();
    }
}

async fn drive(reader: RowReader, splits: UnboundedReceiver<Vec<u8>>, regions: Vec<Region>, shared: Arc<Shared>) {
    let guard = EndGuard(shared.clone());
    if let Err(payload) = AssertUnwindSafe(run(reader, splits, regions, &shared)).catch_unwind().await {
        shared.progress.fail(panics::caught(payload));
        shared.progress.closing().await;
    }
    drop(guard);
}

/// Reads until the scan is closed. A failure ends the reading; the handle stays until Java closes it.
async fn run(mut reader: RowReader, mut splits: UnboundedReceiver<Vec<u8>>, mut regions: Vec<Region>, shared: &Shared) {
    let closed = tokio::select! {
        biased;
        () = shared.progress.closing() => true,
        error = read(&mut reader, &mut splits, &mut regions, shared) => {
            tracing::warn!(%error, "the scan failed");
            shared.progress.fail(error);
            false
        }
    };
    reader.close().await;
    if !closed {
        shared.progress.closing().await;
    }
}

async fn read(
    reader: &mut RowReader,
    splits: &mut UnboundedReceiver<Vec<u8>>,
    regions: &mut [Region],
    shared: &Shared,
) -> Error {
    let mut idle = true;
    loop {
        let step = tokio::select! {
            biased;
            split = splits.recv() => match split {
                Some(split) => reader.add_split(&split).map(|_| idle = false),
                // Java let go of the scan without closing it; no split can arrive any more.
                None => return std::future::pending().await,
            },
            event = reader.next(), if !idle => match event {
                Ok(Some(event)) => hand_on(event, reader, regions, shared).await,
                Ok(None) => {
                    idle = true;
                    Ok(())
                }
                Err(error) => Err(error),
            },
        };
        if let Err(error) = step {
            return error;
        }
    }
}

async fn hand_on(
    event: RowEvent,
    reader: &mut RowReader,
    regions: &mut [Region],
    shared: &Shared,
) -> StarRocksResult<()> {
    // Numbers of splits and rows stay far below the limit of Java's long.
    match event {
        RowEvent::Rows { split, tablet } => return hand_on_rows((split, tablet), reader, regions, shared).await,
        RowEvent::TabletDone { split, tablet } => {
            push(shared, Event { kind: 2, numbers: [split as i64, tablet, 0, 0, NO_BUFFER, 0, 0] });
        }
        RowEvent::SplitDone { split } => {
            push(shared, Event { kind: 3, numbers: [split as i64, 0, 0, 0, NO_BUFFER, 0, 0] });
        }
    }
    Ok(())
}

fn push(shared: &Shared, event: Event) {
    shared.progress.update(|state| state.extra.events.push_back(event));
}

async fn hand_on_rows(
    (split, tablet): (u64, i64),
    reader: &mut RowReader,
    regions: &mut [Region],
    shared: &Shared,
) -> StarRocksResult<()> {
    while let Some(record) = reader.next_record()? {
        let index = free_buffer(shared).await;
        let fits = regions.get_mut(index).filter(|region| record <= region.capacity());
        let (written, buffer, large) = match fits {
            Some(region) => {
                // SAFETY: the buffer belongs to the library, whose only writer is this task, until the event below gives it
                // to Java; the pins hold it until this task has ended.
                let written = reader.write(unsafe { region.bytes_mut() })?;
                (written, index as i64, None)
            }
            None => {
                let mut row = vec![0; record];
                (reader.write(&mut row)?, NO_BUFFER, Some(row))
            }
        };
        let numbers = [
            split as i64,
            tablet,
            written.first_row as i64,
            written.rows as i64,
            buffer,
            written.bytes as i64,
            // 64 bits are what Java has.
            written.after as i64,
        ];
        shared.progress.update(|state| {
            let queue = &mut state.extra;
            if let (Some(owner), None) = (queue.owners.get_mut(index), &large) {
                *owner = Owner::Event(Content { length: written.bytes, rows: written.rows, before: written.before });
            }
            queue.large = large;
            queue.events.push_back(Event { kind: 1, numbers });
        });
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Waits for a buffer of the library's, and until no large row is under way.
async fn free_buffer(shared: &Shared) -> usize {
    loop {
        let free = {
            let state = shared.progress.lock();
            let owners = &state.extra.owners;
            let free = owners.iter().position(|owner| matches!(owner, Owner::Library));
            free.filter(|_| state.extra.large.is_none())
        };
        match free {
            Some(index) => return index,
            None => shared.released.notified().await,
        }
    }
}
