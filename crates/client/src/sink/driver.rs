// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The task that drives a sink's load machine: sends what it asks for, feeds it time, and tells the others how it went.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant as RealInstant};

use starrocks_load::{Action, Answer, Chunk, Failure, FailureClass, FlushReason, LoadMachine, Request};
use starrocks_types::{Error, ErrorKind, Result};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use super::metrics::{SinkMetrics, UnderWay};
use super::packing::Sealed;
use super::samples::{Timing, nanos_since, told};
use super::{Committable, Shared};
use crate::transaction::Wire;

/// A close must not hang on a server that is gone: a rollback that takes longer is left to the server's time-out.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// What the sink tells its driver. Chunks are bounded by the byte budget, everything else is one at a time.
pub(super) enum Command {
    Push(Sealed),
    Flush { checkpoint: Option<u64>, done: oneshot::Sender<Result<Vec<Committable>>> },
    Label(String),
    Close,
}

type Sending = Pin<Box<dyn Future<Output = std::result::Result<Answer, Failure>> + Send>>;

pub(super) struct Driver {
    machine: LoadMachine,
    wire: Arc<Wire>,
    shared: Arc<Shared>,
    commands: mpsc::UnboundedReceiver<Command>,
    start: Instant,
    max_bytes: u64,
    sending: Option<Sending>,
    /// Since when, and whether it is a load.
    sent: (RealInstant, bool),
    /// When the first request was sent that has failed since the last load that succeeded.
    failing_since: Option<RealInstant>,
    /// The retries at the last load that succeeded.
    retries_before: u64,
    /// A chunk that was taken from the channel and whose compression is not done.
    packing: Option<Sealed>,
    flush: Option<oneshot::Sender<Result<Vec<Committable>>>>,
    /// Bytes of the share that the machine holds.
    kept: u64,
    retries: u64,
    closing: bool,
}

impl Drop for Driver {
    /// However the task ends, whoever waits for it gets to know: also when it panics or its runtime is stopped.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.fail(Error::new(ErrorKind::Panic, "the task that sends the loads panicked"));
        }
        self.shared.close();
    }
}

enum Event {
    Packed(Result<Chunk>),
    Command(Option<Command>),
    Answer(std::result::Result<Answer, Failure>),
    Tick,
}

impl Driver {
    pub(super) fn new(
        machine: LoadMachine,
        wire: Arc<Wire>,
        shared: Arc<Shared>,
        commands: mpsc::UnboundedReceiver<Command>,
        max_bytes: u64,
    ) -> Self {
        Self {
            machine,
            wire,
            shared,
            commands,
            start: Instant::now(),
            max_bytes,
            sending: None,
            sent: (RealInstant::now(), false),
            failing_since: None,
            retries_before: 0,
            packing: None,
            flush: None,
            kept: 0,
            retries: 0,
            closing: false,
        }
    }

    pub(super) async fn run(mut self) {
        while !self.machine.has_ended() {
            let wait = self.advance().await;
            self.settle();
            if self.machine.has_ended() {
                break;
            }
            match self.event(wait).await {
                Event::Packed(chunk) => self.packed(chunk),
                Event::Command(Some(command)) => self.command(command),
                Event::Command(None) => self.close(),
                Event::Answer(answer) => self.answer(answer),
                Event::Tick => {}
            }
        }
        self.settle();
    }

    /// Does what the machine wants until it waits; returns for how long.
    async fn advance(&mut self) -> Option<u64> {
        loop {
            let now = self.now();
            let memory = self.shared.share.limit() / 2;
            self.machine.set_max_bytes(self.max_bytes.min(memory), memory < self.max_bytes);
            if self.shared.has_rows() {
                self.machine.note_buffered(now);
            }
            match self.machine.poll(now) {
                Action::Wait(until) => return until,
                Action::Send(request) => self.send(request),
                Action::Seal => self.seal().await,
            }
        }
    }

    /// Takes the rows that are buffered, after the chunks that were sealed before them.
    async fn seal(&mut self) {
        let (earlier, sealed) = self.shared.seal_after(&mut self.commands);
        self.push_packed().await;
        for command in earlier {
            self.command(command);
            self.push_packed().await;
        }
        for sealed in sealed {
            self.packing = Some(sealed);
            self.push_packed().await;
        }
        self.machine.seal(self.now(), None);
    }

    async fn push_packed(&mut self) {
        if let Some(sealed) = self.packing.as_mut() {
            let chunk = sealed.finish().await;
            self.packed(chunk);
        }
    }

    /// Pushes the chunk whose compression is done.
    fn packed(&mut self, chunk: Result<Chunk>) {
        let held = self.packing.take().map_or(0, |sealed| sealed.held);
        match chunk {
            Ok(chunk) => {
                let bytes = chunk.len();
                self.shared.share.take(bytes);
                self.shared.share.give_back(held);
                self.kept += bytes;
                self.machine.push(self.now(), chunk);
            }
            Err(error) => {
                self.shared.fail(error);
                self.close();
            }
        }
    }

    async fn event(&mut self, wait: Option<u64>) -> Event {
        let until = wait.map(|ms| self.start + Duration::from_millis(ms));
        tokio::select! {
            // Commands after a chunk wait until it is compressed: rows keep their order.
            command = self.commands.recv(), if !self.closing && self.packing.is_none() => Event::Command(command),
            chunk = async {
                match self.packing.as_mut() {
                    Some(sealed) => sealed.finish().await,
                    None => std::future::pending().await,
                }
            } => Event::Packed(chunk),
            answer = async {
                match self.sending.as_mut() {
                    Some(sending) => sending.await,
                    None => std::future::pending().await,
                }
            } => Event::Answer(answer),
            () = async {
                match until {
                    Some(until) => sleep_until(until).await,
                    None => std::future::pending().await,
                }
            } => Event::Tick,
            () = self.shared.wake.notified() => Event::Tick,
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Push(sealed) => self.packing = Some(sealed),
            Command::Flush { checkpoint, done } => match self.machine.flush(checkpoint) {
                Ok(()) => self.flush = Some(done),
                // The caller may be gone; then nobody wants the answer.
                Err(error) => drop(done.send(Err(error))),
            },
            Command::Label(label) => self.machine.give_label(label),
            Command::Close => self.close(),
        }
    }

    fn send(&mut self, request: Request) {
        let wire = Arc::clone(&self.wire);
        let metrics = Arc::clone(&self.shared.metrics);
        let under_way = match &request {
            Request::Load { label, chunk } | Request::StreamLoad { label, chunk } => {
                Some(UnderWay::new(&metrics, label, chunk))
            }
            _ => None,
        };
        self.sent = (RealInstant::now(), under_way.is_some());
        let milestone = match &request {
            Request::Prepare { label } => Some((label.clone(), "prepared")),
            Request::Commit { label } => Some((label.clone(), "committed")),
            Request::StreamLoad { label, .. } => Some((label.clone(), "loaded")),
            _ => None,
        };
        let shared = self.shared.table.is_empty();
        let prepares =
            matches!(request, Request::Prepare { .. }) || (shared && matches!(request, Request::Commit { .. }));
        // A commit tells again what the prepare has told, and the prepare what the loads have.
        let counts = prepares || matches!(request, Request::StreamLoad { .. });
        let bounded = self.closing || self.machine.failure().is_some();
        let table = self.shared.name();
        self.sending = Some(Box::pin(async move {
            let answer = if bounded {
                timeout(CLOSE_TIMEOUT, wire.perform(request)).await.unwrap_or_else(|_| Err(given_up()))
            } else {
                wire.perform(request).await
            };
            if let Some(under_way) = under_way {
                under_way.ended(answer.as_ref());
            }
            if let Ok(Answer { txn_id, filtered_rows, times, .. }) = answer {
                if counts {
                    metrics.samples.note(&told(&times).collect::<Vec<_>>());
                }
                if let Some((label, what)) = milestone {
                    tracing::info!(table, label, txn_id = txn_id.unwrap_or(-1), filtered_rows, "{what}");
                }
                SinkMetrics::add(&metrics.transactions, u64::from(prepares));
                SinkMetrics::add(&metrics.rows_filtered, if counts { filtered_rows } else { 0 });
            }
            answer
        }));
    }

    fn answer(&mut self, answer: std::result::Result<Answer, Failure>) {
        self.sending = None;
        match (&answer, self.sent) {
            (Err(_), (at, _)) => _ = self.failing_since.get_or_insert(at),
            (Ok(_), (at, true)) => self.load_succeeded(at),
            (Ok(_), (_, false)) => {}
        }
        if let Err(failure) = &answer {
            tracing::warn!(error = %failure.error, class = ?failure.class, "a load request failed");
        }
        self.machine.on_answer(self.now(), answer);
    }

    fn load_succeeded(&mut self, sent: RealInstant) {
        let took = nanos_since(self.failing_since.take().unwrap_or(sent));
        let retries = self.machine.retries();
        let failed = retries - self.retries_before;
        self.retries_before = retries;
        self.shared.metrics.samples.note(&[(Timing::FlushWithRetry, took), (Timing::FlushRetry, failed)]);
    }

    fn close(&mut self) {
        self.closing = true;
        self.machine.close();
        if self.sending.take().is_some() {
            // Dropping the request cancels it; whether it had an effect no longer matters.
            self.machine.on_answer(self.now(), Err(given_up()));
        }
    }

    /// Passes on what the last step changed.
    fn settle(&mut self) {
        let kept = self.machine.kept_bytes();
        self.shared.share.give_back(self.kept.saturating_sub(kept));
        self.kept = kept;
        let metrics = &self.shared.metrics;
        SinkMetrics::add(&metrics.retries, self.machine.retries() - self.retries);
        self.retries = self.machine.retries();
        SinkMetrics::set(&metrics.version_refusals, self.machine.version_refusals());
        SinkMetrics::set(&metrics.flush_interval_ms, self.machine.flush_interval_ms().unwrap_or(0));
        if !self.shared.own_loads {
            for reason in FlushReason::ALL {
                SinkMetrics::set(metrics.flushes_for(reason), self.machine.closed_by().of(reason));
            }
        }
        self.shared.labels_left.store(self.machine.labels_left(), Ordering::Release);
        let oldest = self.machine.oldest_buffered().map_or(0, |since| self.to_metrics_clock(since) + 1);
        metrics.oldest_since.store(oldest, Ordering::Relaxed);
        if let Some(done) = self.machine.take_flushed() {
            SinkMetrics::add(&metrics.flushes, 1);
            if let Some(flush) = self.flush.take() {
                let committables = done.into_iter().map(|c| self.shared.committable(c)).collect();
                drop(flush.send(Ok(committables)));
            }
        }
        if let Some(error) = self.machine.failure() {
            if self.shared.fail(error.clone()) {
                SinkMetrics::add(&self.shared.metrics.failures, 1);
                tracing::error!(%error, "the sink has failed");
            }
            self.closing = true;
        }
        if (self.closing || self.machine.failure().is_some())
            && let Some(flush) = self.flush.take()
        {
            drop(flush.send(Err(self.shared.failure_or_closed())));
        }
    }

    /// The metrics use the real clock and the machine the runtime's; both run at the same speed.
    fn to_metrics_clock(&self, since: u64) -> u64 {
        self.shared.metrics.elapsed_ms().saturating_sub(self.now().saturating_sub(since))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

fn given_up() -> Failure {
    Failure { class: FailureClass::Ambiguous, error: Error::new(ErrorKind::Closed, "the sink was closed") }
}
