// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The task that drives a sink in merge commit: it sends chunks as they come, several at a time if it may, and a flush waits
//! until all of them count.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use starrocks_load::{
    Answer, Chunk, FailureClass, MergePolicy, MergeStep, MergeVerdict, MergedLoad, Pace, ServerTimes,
};
use starrocks_protocol::LabelGenerator;
use starrocks_types::{Error, ErrorKind, Result};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

use super::driver::Command;
use super::metrics::{SinkMetrics, UnderWay};
use super::packing::Sealed;
use super::samples::Timing;
use super::{Committable, Shared};
use crate::merge::MergeWire;

/// The answers of merge commit tell that rows were taken, and no more.
static NO_NUMBERS: Answer = Answer {
    txn_id: None,
    state: None,
    filtered_rows: 0,
    total_rows: None,
    loaded_rows: None,
    times: ServerTimes { load_ms: None, plan_ms: None, read_ms: None, write_ms: None, publish_ms: None },
};

/// How a sink merges.
pub(super) struct MergeSettings {
    pub(super) policy: MergePolicy,
    /// Chunks under way at the same time; with one, rows arrive in the order in which they were written.
    pub(super) at_once: usize,
    pub(super) flush_interval_ms: u64,
    /// Everything is dropped instead of sent.
    pub(super) blackhole: bool,
    pub(super) labels: LabelGenerator,
    pub(super) seed: u64,
}

pub(super) struct MergeDriver {
    settings: MergeSettings,
    wire: Arc<MergeWire>,
    shared: Arc<Shared>,
    pace: Pace,
    /// The refusals for too many versions that the pace knows of.
    refusals: u64,
    commands: mpsc::UnboundedReceiver<Command>,
    /// Chunks that wait for their turn.
    pending: VecDeque<(u64, Sealed, Held)>,
    running: JoinSet<Ended>,
    /// Numbers of the chunks under way.
    open: BTreeSet<u64>,
    next: u64,
    checkpoint: u64,
    /// When the oldest row that is in no chunk arrived.
    oldest: Option<Instant>,
    flush: Option<Flush>,
    closing: bool,
}

/// A flush, and the number of the first chunk after it.
struct Flush {
    before: u64,
    done: oneshot::Sender<Result<Vec<Committable>>>,
}

/// How a chunk ended.
struct Ended {
    number: u64,
    result: Result<()>,
}

/// Bytes of the share that a chunk holds, wherever it is dropped.
struct Held {
    shared: Arc<Shared>,
    bytes: u64,
}

impl Held {
    fn change(&mut self, bytes: u64) {
        self.shared.share.take(bytes);
        self.shared.share.give_back(self.bytes);
        self.bytes = bytes;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.shared.share.give_back(self.bytes);
    }
}

enum Event {
    Command(Option<Command>),
    Ended(std::result::Result<Ended, JoinError>),
    Tick,
}

impl Drop for MergeDriver {
    /// However the task ends, whoever waits for it gets to know.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.fail(Error::new(ErrorKind::Panic, "the task that sends the loads panicked"));
        }
        self.shared.close();
    }
}

impl MergeDriver {
    pub(super) fn new(
        settings: MergeSettings,
        checkpoint: u64,
        wire: MergeWire,
        shared: Arc<Shared>,
        commands: mpsc::UnboundedReceiver<Command>,
    ) -> Self {
        Self {
            pace: Pace::new(Some(settings.flush_interval_ms)),
            refusals: 0,
            settings,
            wire: Arc::new(wire),
            shared,
            commands,
            pending: VecDeque::new(),
            running: JoinSet::new(),
            open: BTreeSet::new(),
            next: 0,
            checkpoint,
            oldest: None,
            flush: None,
            closing: false,
        }
    }

    pub(super) async fn run(mut self) {
        while !self.closing {
            self.slow_down();
            self.seal_when_due();
            self.start();
            self.settle();
            match self.event().await {
                Event::Command(Some(command)) => self.command(command),
                Event::Command(None) => self.closing = true,
                Event::Ended(ended) => self.ended(ended),
                Event::Tick => {}
            }
        }
        // Requests under way are dropped. There is nothing to roll back: the server has them or it has not.
        self.running.shutdown().await;
        self.pending.clear();
        if let Some(flush) = self.flush.take() {
            drop(flush.done.send(Err(self.shared.failure_or_closed())));
        }
    }

    /// A table with too many versions is written to less often, while chunks that it refused still wait, too.
    fn slow_down(&mut self) {
        let refusals = self.shared.metrics.version_refusals.load(Ordering::Relaxed);
        while self.refusals < refusals {
            self.refusals += 1;
            self.pace.refused();
        }
    }

    fn flush_interval(&self) -> Duration {
        Duration::from_millis(self.pace.interval_ms().unwrap_or(self.settings.flush_interval_ms))
    }

    /// The flush interval begins with the first row that waits; at its end the rows become a chunk.
    fn seal_when_due(&mut self) {
        if !self.shared.has_rows() {
            self.oldest = None;
            return;
        }
        let since = *self.oldest.get_or_insert_with(Instant::now);
        if since.elapsed() < self.flush_interval() {
            return;
        }
        let (earlier, sealed) = self.shared.seal_after(&mut self.commands);
        for command in earlier {
            self.command(command);
        }
        self.oldest = None;
        for sealed in sealed {
            self.push(sealed);
        }
    }

    fn start(&mut self) {
        while !self.closing && self.open.len() < self.settings.at_once {
            let Some((number, sealed, held)) = self.pending.pop_front() else { return };
            self.open.insert(number);
            if self.settings.blackhole {
                drop((sealed, held));
                self.running.spawn(async move { Ended { number, result: Ok(()) } });
                continue;
            }
            self.settings.seed = self.settings.seed.rotate_left(7) ^ number;
            let label = self.settings.labels.next_label(self.checkpoint);
            let (policy, seed) = (self.settings.policy, self.settings.seed);
            let wire = Arc::clone(&self.wire);
            self.running.spawn(async move {
                let result =
                    load_sealed(sealed, held, |chunk| MergedLoad::new(label, chunk, policy, seed), &wire).await;
                Ended { number, result }
            });
        }
    }

    async fn event(&mut self) -> Event {
        let due = self.oldest.map(|since| since + self.flush_interval());
        tokio::select! {
            command = self.commands.recv() => Event::Command(command),
            Some(ended) = self.running.join_next() => Event::Ended(ended),
            () = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            } => Event::Tick,
            () = self.shared.wake.notified() => Event::Tick,
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Push(sealed) => self.push(sealed),
            Command::Flush { done, .. } if self.flush.is_some() => {
                let error = Error::new(ErrorKind::Unexpected, "a flush is already running");
                // The caller may be gone; then nobody wants the answer.
                drop(done.send(Err(error)));
            }
            Command::Flush { checkpoint, done } => {
                self.checkpoint = checkpoint.unwrap_or(0).max(self.checkpoint);
                self.flush = Some(Flush { before: self.next, done });
            }
            // Merged transactions have labels of the server.
            Command::Label(_) => {}
            Command::Close => self.closing = true,
        }
    }

    fn push(&mut self, sealed: Sealed) {
        let held = Held { shared: Arc::clone(&self.shared), bytes: sealed.held };
        self.pending.push_back((self.next, sealed, held));
        self.next += 1;
    }

    fn ended(&mut self, ended: std::result::Result<Ended, JoinError>) {
        match ended {
            Ok(Ended { number, result }) => {
                self.open.remove(&number);
                match result {
                    Ok(()) => self.pace.committed(),
                    Err(error) => self.fail(error),
                }
            }
            Err(error) => {
                self.fail(Error::new(ErrorKind::Panic, "a merged load ended without a result").caused_by(error))
            }
        }
    }

    fn fail(&mut self, error: Error) {
        let error = error.with("table", self.shared.name());
        if self.shared.fail(error.clone()) {
            SinkMetrics::add(&self.shared.metrics.failures, 1);
            tracing::error!(%error, "the sink has failed");
        }
        self.closing = true;
    }

    /// Answers a flush whose chunks all count, and brings the metrics up to date.
    fn settle(&mut self) {
        let metrics = &self.shared.metrics;
        let oldest = self.oldest.map_or(0, |since| {
            let age = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            metrics.elapsed_ms().saturating_sub(age) + 1
        });
        metrics.oldest_since.store(oldest, Ordering::Relaxed);
        SinkMetrics::set(&metrics.flush_interval_ms, self.pace.interval_ms().unwrap_or_default());
        let first =
            self.open.first().copied().into_iter().chain(self.pending.front().map(|(number, ..)| *number)).min();
        if let Some(flush) = self.flush.take_if(|flush| first.is_none_or(|number| number >= flush.before)) {
            SinkMetrics::add(&metrics.flushes, 1);
            drop(flush.done.send(Ok(Vec::new())));
        }
    }
}

/// Waits for the compression of a chunk, and sends it.
async fn load_sealed(
    mut sealed: Sealed,
    mut held: Held,
    load: impl FnOnce(Chunk) -> MergedLoad,
    wire: &MergeWire,
) -> Result<()> {
    let chunk = sealed.finish().await?;
    held.change(chunk.len());
    carry_out(load(chunk), wire, &held.shared).await
}

/// Sends a chunk until it counts or cannot.
async fn carry_out(mut load: MergedLoad, wire: &MergeWire, shared: &Shared) -> Result<()> {
    let start = Instant::now();
    let now = || u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    loop {
        let failures = load.failures();
        let verdict = match load.next(now()) {
            MergeStep::WaitUntil(until) => {
                sleep(Duration::from_millis(until.saturating_sub(now()))).await;
                None
            }
            MergeStep::Load => {
                let under_way = UnderWay::new(&shared.metrics, load.label(), load.chunk());
                let answer = wire.load(load.label(), load.chunk()).await;
                under_way.ended(answer.as_ref().map(|_| &NO_NUMBERS));
                let crowded = answer.as_ref().is_err_and(|failure| failure.class == FailureClass::TooManyVersions);
                if crowded {
                    SinkMetrics::add(&shared.metrics.version_refusals, 1);
                    shared.wake.notify_one();
                }
                report(answer.as_ref().err());
                load.on_loaded(now(), answer)
            }
            MergeStep::AskState(label) => {
                let answer = wire.state(&label).await;
                report(answer.as_ref().err());
                load.on_state(now(), answer)
            }
        };
        match verdict {
            None => SinkMetrics::add(&shared.metrics.retries, u64::from(load.failures() - failures)),
            Some(MergeVerdict::Committed) => {
                shared.metrics.samples.note(&[(Timing::Server, now())]);
                return Ok(());
            }
            Some(MergeVerdict::Failed(error)) => return Err(error),
        }
    }
}

fn report(failure: Option<&starrocks_load::Failure>) {
    if let Some(failure) = failure {
        tracing::warn!(error = %failure.error, class = ?failure.class, "a merged load request failed");
    }
}
