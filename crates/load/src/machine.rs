// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The life cycle of the loads of one sink subtask into one table, or into several that share their transactions.

use std::collections::VecDeque;

use starrocks_protocol::LabelState;
use starrocks_types::{Error, ErrorKind, Result};

use crate::commit::{Commit, CommitStep, CommitVerdict};
use crate::config::{Delivery, LoadConfig};
use crate::labels::Labels;
use crate::pace::Pace;
use crate::plain::{PlainLoad, PlainVerdict};
use crate::reason::{FlushCounts, FlushReason};
use crate::retry::Retries;
use crate::transaction::{State, Transaction};
use crate::wire::{Answer, Chunk, Failure, FailureClass, Request};

/// The most labels that wait for another rollback; those of a server that stays away expire there.
const MAX_ROLLBACKS_LATER: usize = 16;

/// What the driver has to do next.
#[derive(Debug)]
pub enum Action {
    /// Send this and report to [`LoadMachine::on_answer`].
    Send(Request),
    /// The flush interval is over, or a transaction over several tables is full: hand in what is buffered for all of them through
    /// [`LoadMachine::seal`].
    Seal,
    /// Nothing to do before the given time, or before something else happens.
    Wait(Option<u64>),
}

/// A prepared transaction that waits for its checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committable {
    /// Label.
    pub label: String,
    /// Transaction id, if the server told it.
    pub txn_id: Option<i64>,
    /// Rows sent.
    pub rows: u64,
    /// Body bytes sent.
    pub bytes: u64,
}

/// Decides what one sink subtask sends for one table, or for several in the same transactions. One request is under way at a time; chunks are loaded in the order
/// in which they were pushed.
#[derive(Debug)]
pub struct LoadMachine {
    config: LoadConfig,
    labels: Labels,
    pending: VecDeque<Pending>,
    state: State,
    in_flight: bool,
    not_before: u64,
    /// Counts flushes, and interval flushes too: chunks of different epochs never share a transaction.
    epoch: u64,
    /// Bytes pushed in it.
    epoch_bytes: u64,
    checkpoint: u64,
    /// When the oldest row of the current epoch arrived.
    oldest: Option<u64>,
    flushing: Option<u64>,
    flushed: Option<Vec<Committable>>,
    prepared: Vec<Committable>,
    /// Labels still to be rolled back when the machine ends.
    abandoned: VecDeque<String>,
    ending: bool,
    failure: Option<Error>,
    retries_total: u64,
    pace: Pace,
    /// Refusals because of too many versions.
    refusals: u64,
    /// The bound on the kept bytes is the sink's memory, rather than what the user allows.
    bound_by_memory: bool,
    /// Why transactions were closed.
    closed_by: FlushCounts,
}

#[derive(Debug)]
struct Pending {
    chunk: Chunk,
    epoch: u64,
    checkpoint: u64,
}

impl LoadMachine {
    /// A machine with nothing to do.
    pub fn new(config: LoadConfig) -> Result<Self> {
        Ok(Self {
            labels: config.labels()?,
            checkpoint: config.restored_checkpoint.unwrap_or(0),
            pace: Pace::new(config.flush_interval_ms.filter(|_| config.delivery != Delivery::ExactlyOnce)),
            config,
            pending: VecDeque::new(),
            state: State::Empty,
            in_flight: false,
            not_before: 0,
            epoch: 0,
            epoch_bytes: 0,
            oldest: None,
            flushing: None,
            flushed: None,
            prepared: Vec::new(),
            abandoned: VecDeque::new(),
            ending: false,
            failure: None,
            retries_total: 0,
            refusals: 0,
            bound_by_memory: false,
            closed_by: FlushCounts::default(),
        })
    }

    /// Takes a sealed chunk. Empty chunks are ignored.
    pub fn push(&mut self, now: u64, chunk: Chunk) {
        if chunk.is_empty() || self.ending {
            return;
        }
        self.note_buffered(now);
        self.epoch_bytes += chunk.len();
        self.pending.push_back(Pending { chunk, epoch: self.epoch, checkpoint: self.checkpoint });
    }

    /// Tells that rows wait that are not in a chunk yet: the flush interval begins with the first of them.
    pub fn note_buffered(&mut self, now: u64) {
        self.oldest.get_or_insert(now);
    }

    /// The answer to [`Action::Seal`]: everything buffered so far, if there is anything.
    pub fn seal(&mut self, now: u64, chunk: Option<Chunk>) {
        if let Some(chunk) = chunk {
            self.push(now, chunk);
        }
        self.next_epoch(match self.bound_by_memory {
            _ if !self.is_over_full() => FlushReason::Interval,
            true => FlushReason::Memory,
            false => FlushReason::Size,
        });
    }

    /// Whether a transaction over several tables has all it may have.
    fn is_over_full(&self) -> bool {
        self.config.shared && self.epoch_bytes >= self.config.max_bytes
    }

    /// Flushes everything pushed so far: prepares it (exactly-once) or commits it. The result is in
    /// [`LoadMachine::take_flushed`] when it is done. `checkpoint` is the checkpoint that the flush belongs to, if any.
    pub fn flush(&mut self, checkpoint: Option<u64>) -> Result<()> {
        if self.flushing.is_some() || self.flushed.is_some() {
            return Err(Error::new(ErrorKind::Unexpected, "a flush is already running"));
        }
        self.flushing = Some(self.epoch);
        // Only rows after this flush carry the checkpoint in their labels: a label with checkpoint c is in no state
        // up to checkpoint c, which is what aborting lingering transactions relies on.
        self.checkpoint = checkpoint.unwrap_or(self.checkpoint).max(self.checkpoint);
        self.next_epoch(if checkpoint.is_some() { FlushReason::Checkpoint } else { FlushReason::Close });
        self.settle_flush();
        Ok(())
    }

    /// The committables of a flush that is done (empty when everything is committed already).
    pub fn take_flushed(&mut self) -> Option<Vec<Committable>> {
        self.flushed.take()
    }

    /// Stops without committing anything: what is open or prepared and not handed over is rolled back.
    pub fn close(&mut self) {
        self.end();
    }

    /// The failure that ended the machine. It stays.
    pub fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// Whether the machine was closed or has failed, and nothing is left to be rolled back.
    pub fn has_ended(&self) -> bool {
        self.ending && !self.in_flight && self.abandoned.is_empty()
    }

    /// Bytes kept for replay or not sent yet.
    pub fn kept_bytes(&self) -> u64 {
        let pending: u64 = self.pending.iter().map(|p| p.chunk.len()).sum();
        let under_way = match &self.state {
            State::Plain(load, _) => load.chunk().len(),
            other => other.transaction().map_or(0, |t| t.bytes),
        };
        pending + under_way
    }

    /// When the oldest row arrived that no flush has taken up.
    pub fn oldest_buffered(&self) -> Option<u64> {
        self.oldest
    }

    /// Failures that led to another attempt.
    pub fn retries(&self) -> u64 {
        self.retries_total
    }

    /// Takes the next label of the user, see [`LoadConfig::labels_given`].
    pub fn give_label(&mut self, label: String) {
        self.labels.give(label);
    }

    /// Labels that were given and not used.
    pub fn labels_left(&self) -> usize {
        self.labels.left()
    }

    /// How often the server refused rows because the table has too many versions.
    pub fn version_refusals(&self) -> u64 {
        self.refusals
    }

    /// The flush interval in force, in milliseconds; `None` where only checkpoints flush.
    pub fn flush_interval_ms(&self) -> Option<u64> {
        self.pace.interval_ms()
    }

    /// Why transactions were closed; nothing where each chunk is a load of its own.
    pub fn closed_by(&self) -> FlushCounts {
        self.closed_by
    }

    /// Changes the bound on the kept bytes of one transaction, and whether it is the memory that sets it.
    pub fn set_max_bytes(&mut self, max_bytes: u64, by_memory: bool) {
        self.config.max_bytes = max_bytes.max(1);
        self.bound_by_memory = by_memory;
    }

    /// What to do now.
    pub fn poll(&mut self, now: u64) -> Action {
        // However long the request under way takes.
        if !self.ending && self.is_over_full() {
            return Action::Seal;
        }
        if self.in_flight {
            return Action::Wait(None);
        }
        if self.ending {
            return match self.abandoned.front() {
                Some(label) => self.send(Request::Rollback { label: label.clone() }),
                None => Action::Wait(None),
            };
        }
        let until = match &self.state {
            // A rollback does not wait: the server holds resources for the transaction, and the wait is for the next attempt.
            State::Rollback(_) => 0,
            State::Plain(load, _) => load.not_before,
            _ => self.not_before,
        };
        // Rows that come meanwhile are not sealed by time: they make one larger load.
        if now < until {
            return Action::Wait(Some(until));
        }
        if self.interval_end().is_some_and(|end| now >= end) {
            return Action::Seal;
        }
        if matches!(self.state, State::Empty) {
            self.start();
        }
        match self.request(now) {
            Ok(Some(request)) => self.send(request),
            Ok(None) => Action::Wait(self.interval_end()),
            Err(until) => Action::Wait(Some(until)),
        }
    }

    /// The next request of the current state; `Err` is a time to wait for.
    fn request(&mut self, now: u64) -> std::result::Result<Option<Request>, u64> {
        let state = std::mem::replace(&mut self.state, State::Empty);
        let (state, request) = match state {
            State::Empty => (State::Empty, None),
            State::Begin(mut t) => {
                if t.label.is_empty() {
                    t.label = self.next_label(t.checkpoint);
                }
                let label = t.label.clone();
                (State::Begin(t), (!label.is_empty()).then_some(Request::Begin { label }))
            }
            State::Open(mut t) => {
                self.admit(&mut t);
                let label = t.label.clone();
                match t.chunks.get(t.loaded) {
                    Some(chunk) => {
                        let chunk = chunk.clone();
                        (State::Open(t), Some(Request::Load { label, chunk }))
                    }
                    None if t.closing && self.config.shared => {
                        let commit = Commit::of_open(label, self.config.retry, self.config.seed);
                        self.state = State::Commit(t, commit);
                        return self.request(now);
                    }
                    None if t.closing => (State::Prepare(t), Some(Request::Prepare { label })),
                    None => (State::Open(t), None),
                }
            }
            State::Prepare(t) => {
                let label = t.label.clone();
                (State::Prepare(t), Some(Request::Prepare { label }))
            }
            State::Commit(mut t, commit) => match commit.next(now) {
                CommitStep::Send(request) => {
                    t.commit_sent = true;
                    (State::Commit(t, commit), Some(request))
                }
                CommitStep::WaitUntil(until) => {
                    self.state = State::Commit(t, commit);
                    return Err(until);
                }
            },
            State::Rollback(t) => {
                let label = t.label.clone();
                (State::Rollback(t), Some(Request::Rollback { label }))
            }
            State::ConfirmRollback(t) => {
                let label = t.label.clone();
                (State::ConfirmRollback(t), Some(Request::LabelState { label }))
            }
            State::Plain(mut load, epoch) => {
                if load.label().is_empty() {
                    load.relabel(self.next_label(self.checkpoint));
                }
                let request = (!load.label().is_empty()).then(|| load.request());
                (State::Plain(load, epoch), request)
            }
        };
        self.state = state;
        Ok(request)
    }

    /// Takes the answer to the request under way.
    pub fn on_answer(&mut self, now: u64, answer: std::result::Result<Answer, Failure>) {
        self.in_flight = false;
        if self.ending {
            // Whether the rollback worked is not asked: an abandoned transaction expires on the server.
            self.abandoned.pop_front();
            return;
        }
        if let Err(Failure { class, .. }) = &answer
            && !matches!(class, FailureClass::Permanent)
        {
            self.retries_total += 1;
        }
        self.state = match std::mem::replace(&mut self.state, State::Empty) {
            State::Empty => State::Empty,
            State::Begin(t) => self.begun(now, t, answer),
            State::Open(t) => self.chunk_loaded(now, t, answer),
            State::Prepare(t) => self.was_prepared(now, t, answer),
            State::Commit(t, commit) => self.was_committed(now, t, commit, answer),
            State::Rollback(t) => match answer {
                Err(_) if t.commit_sent => State::ConfirmRollback(t),
                Err(failure) => {
                    self.roll_back_later(&t, &failure);
                    self.replay(t)
                }
                Ok(_) => self.replay(t),
            },
            State::ConfirmRollback(t) => self.rollback_confirmed(now, t, answer),
            State::Plain(load, epoch) => self.plain_answered(now, load, epoch, answer),
        };
        self.settle_flush();
    }

    fn begun(&mut self, now: u64, mut t: Transaction, answer: std::result::Result<Answer, Failure>) -> State {
        match answer {
            Ok(answer) => {
                t.txn_id = answer.txn_id;
                State::Open(t)
            }
            Err(failure) => match failure.class {
                FailureClass::Permanent => self.give_up(t, failure.error, false),
                FailureClass::NotSent => self.again(now, t, failure.error, State::Begin),
                // The label is somebody else's: nothing of ours to roll back.
                FailureClass::LabelExists(_) => match self.again(now, t, failure.error, State::Begin) {
                    State::Begin(t) => self.replay(t),
                    ended => ended,
                },
                FailureClass::TooManyVersions => self.crowded(now, t, failure.error),
                FailureClass::Ambiguous | FailureClass::InProcessing | FailureClass::Refused => {
                    self.again(now, t, failure.error, State::Rollback)
                }
            },
        }
    }

    fn chunk_loaded(&mut self, now: u64, mut t: Transaction, answer: std::result::Result<Answer, Failure>) -> State {
        match answer {
            Ok(_) => {
                t.chunk_loaded();
                State::Open(t)
            }
            Err(Failure { class: FailureClass::Permanent, error }) => self.give_up(t, error, true),
            Err(Failure { class: FailureClass::InProcessing, error }) => self.wait_out(now, t, error, State::Open),
            Err(Failure { class: FailureClass::TooManyVersions, error }) => self.crowded(now, t, error),
            Err(Failure { class: FailureClass::NotSent, error }) if !t.sent_again => {
                t.sent_again = true;
                self.again(now, t, error, State::Open)
            }
            Err(failure) => self.again(now, t, failure.error, State::Rollback),
        }
    }

    fn was_prepared(&mut self, now: u64, mut t: Transaction, answer: std::result::Result<Answer, Failure>) -> State {
        match answer {
            Ok(answer) => {
                t.txn_id = t.txn_id.or(answer.txn_id);
                if self.config.delivery == Delivery::ExactlyOnce {
                    self.prepared.push(Committable { label: t.label, txn_id: t.txn_id, rows: t.rows, bytes: t.bytes });
                    return State::Empty;
                }
                let commit = Commit::new(&t.label, t.txn_id, self.config.retry, self.config.seed);
                State::Commit(t, commit)
            }
            Err(Failure { class: FailureClass::Permanent, error }) => self.give_up(t, error, true),
            Err(Failure { class: FailureClass::InProcessing, error }) => self.wait_out(now, t, error, State::Prepare),
            Err(Failure { class: FailureClass::TooManyVersions, error }) => self.crowded(now, t, error),
            Err(Failure { class: FailureClass::NotSent, error }) => self.again(now, t, error, State::Prepare),
            Err(failure) => self.again(now, t, failure.error, State::Rollback),
        }
    }

    fn was_committed(
        &mut self,
        now: u64,
        t: Transaction,
        mut commit: Commit,
        answer: std::result::Result<Answer, Failure>,
    ) -> State {
        match commit.on_answer(now, answer) {
            None => State::Commit(t, commit),
            Some(CommitVerdict::Committed) => {
                self.pace.committed();
                State::Empty
            }
            // The chunks are still here, so nothing is lost: they are loaded once more.
            Some(CommitVerdict::NotCommitted(state, error))
                if state == LabelState::Aborted || (state == LabelState::Unknown && commit.was_only_refused()) =>
            {
                match self.again(now, t, error, State::Begin) {
                    State::Begin(t) => self.replay(t),
                    ended => ended,
                }
            }
            Some(CommitVerdict::NotCommitted(LabelState::Prepare, error)) => self.again(now, t, error, State::Rollback),
            Some(
                CommitVerdict::NotCommitted(_, error) | CommitVerdict::Refused(error) | CommitVerdict::Unclear(error),
            ) => self.give_up(t, error, false),
        }
    }

    fn rollback_confirmed(&mut self, now: u64, t: Transaction, answer: std::result::Result<Answer, Failure>) -> State {
        match answer {
            Ok(Answer { state: Some(state), .. }) if state.is_committed() => State::Empty,
            Ok(Answer { state: Some(LabelState::Aborted), .. }) => self.replay(t),
            Ok(_) => {
                let error = Error::new(
                    ErrorKind::TransactionUnknown,
                    "a commit was sent and the transaction could not be rolled back, so it is not known whether it counts",
                );
                self.give_up(t, error, false)
            }
            Err(Failure { class: FailureClass::Permanent, error }) => self.give_up(t, error, false),
            Err(failure) => self.again(now, t, failure.error, State::ConfirmRollback),
        }
    }

    fn plain_answered(
        &mut self,
        now: u64,
        mut load: PlainLoad,
        epoch: u64,
        answer: std::result::Result<Answer, Failure>,
    ) -> State {
        if let Err(Failure { class: FailureClass::TooManyVersions, .. }) = &answer {
            self.refused_for_versions();
        }
        match load.on_answer(now, answer) {
            PlainVerdict::Continue => State::Plain(load, epoch),
            PlainVerdict::Loaded => {
                self.pace.committed();
                State::Empty
            }
            PlainVerdict::NeedsLabel => {
                load.relabel(self.next_label(self.checkpoint));
                State::Plain(load, epoch)
            }
            PlainVerdict::Failed(error) => {
                self.failure = Some(self.locate(error));
                self.end();
                State::Empty
            }
        }
    }

    /// Another attempt after a failure, or the end.
    fn again(&mut self, now: u64, mut t: Transaction, error: Error, next: fn(Transaction) -> State) -> State {
        match t.retries.failed(error.with("label", &t.label)) {
            Ok(wait) => {
                self.not_before = now + wait;
                next(t)
            }
            Err(story) => {
                let begun = !t.commit_sent;
                self.give_up_with(t, story, begun)
            }
        }
    }

    /// An earlier request of the transaction is still running on the server: wait for it, else roll back and replay.
    fn wait_out(&mut self, now: u64, mut t: Transaction, error: Error, next: fn(Transaction) -> State) -> State {
        let before = t.retries.failures();
        match t.retries.busy(now, error.with("label", &t.label)) {
            Ok(wait) => {
                self.not_before = now + wait;
                if t.retries.failures() > before { State::Rollback(t) } else { next(t) }
            }
            Err(story) => self.give_up_with(t, story, true),
        }
    }

    /// The table has too many versions: what is there is sent again later, with what comes meanwhile, and from then on less
    /// often.
    fn crowded(&mut self, now: u64, mut t: Transaction, error: Error) -> State {
        self.refused_for_versions();
        match t.retries.crowded(now, error.with("label", &t.label)) {
            Ok(wait) => {
                self.not_before = now + wait;
                State::Rollback(t)
            }
            Err(story) => self.give_up_with(t, story, true),
        }
    }

    fn refused_for_versions(&mut self) {
        self.refusals += 1;
        self.pace.refused();
    }

    fn give_up(&mut self, mut t: Transaction, error: Error, roll_back: bool) -> State {
        let story = t.retries.story(Some(error));
        self.give_up_with(t, story, roll_back)
    }

    fn give_up_with(&mut self, t: Transaction, story: Error, roll_back: bool) -> State {
        let mut story = story.with("label", &t.label);
        if let Some(id) = t.txn_id {
            story = story.with("txn_id", id);
        }
        self.failure = Some(self.locate(story));
        if roll_back {
            self.abandoned.push_back(t.label);
        }
        self.end();
        State::Empty
    }

    fn locate(&self, error: Error) -> Error {
        if self.config.shared {
            return error.with("database", &self.config.database);
        }
        error.with("table", format!("{}.{}", self.config.database, self.config.table))
    }

    /// A server that did not take the rollback, such as one that is just restarting, may take it when the machine ends. Else
    /// a prepared transaction would stay for hours.
    fn roll_back_later(&mut self, t: &Transaction, failure: &Failure) {
        let refused = matches!(failure.class, FailureClass::Permanent | FailureClass::Refused);
        if !refused && self.abandoned.len() < MAX_ROLLBACKS_LATER {
            self.abandoned.push_back(t.label.clone());
        }
    }

    /// The whole transaction once more, under a label that was never used.
    fn replay(&mut self, mut t: Transaction) -> State {
        t.start_over(self.next_label(t.checkpoint));
        State::Begin(t)
    }

    /// Starts on the oldest chunk.
    fn start(&mut self) {
        if self.config.delivery == Delivery::AtLeastOncePlain {
            if let Some(pending) = self.pending.pop_front() {
                let label = self.next_label(pending.checkpoint);
                let load = PlainLoad::new(label, pending.chunk, self.config.retry, self.next_seed());
                self.state = State::Plain(load, pending.epoch);
            }
            return;
        }
        let Some(first) = self.pending.front() else { return };
        let (epoch, checkpoint) = (first.epoch, first.checkpoint);
        let retries = Retries::new(self.config.retry, self.next_seed());
        let mut t = Transaction::new(self.next_label(checkpoint), epoch, checkpoint, retries);
        self.admit(&mut t);
        self.state = State::Begin(t);
    }

    /// Moves pending chunks into the transaction as far as epoch and bound allow, and decides whether it is complete.
    fn admit(&mut self, t: &mut Transaction) {
        while !t.closing {
            if t.bytes >= self.config.max_bytes && !self.config.shared {
                t.closing = true;
                if t.epoch == self.epoch || self.pending.front().is_some_and(|pending| pending.epoch == t.epoch) {
                    self.closed_by.add(if self.bound_by_memory { FlushReason::Memory } else { FlushReason::Size });
                }
            } else if let Some(pending) = self.pending.pop_front_if(|pending| pending.epoch == t.epoch) {
                t.rows += pending.chunk.rows;
                t.bytes += pending.chunk.len();
                t.chunks.push(pending.chunk);
            } else {
                t.closing = t.epoch < self.epoch;
                return;
            }
        }
    }

    /// A label that was never used; empty as long as the user has none to give.
    fn next_label(&mut self, checkpoint: u64) -> String {
        self.labels.next(checkpoint).unwrap_or_default()
    }

    fn next_epoch(&mut self, reason: FlushReason) {
        let open = self.state.transaction().is_some_and(|t| t.epoch == self.epoch && !t.closing);
        let waiting = self.pending.back().is_some_and(|pending| pending.epoch == self.epoch);
        if (open || waiting) && self.config.delivery != Delivery::AtLeastOncePlain {
            self.closed_by.add(reason);
        }
        self.epoch += 1;
        self.epoch_bytes = 0;
        self.oldest = None;
    }

    fn next_seed(&mut self) -> u64 {
        self.config.seed =
            self.config.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.config.seed
    }

    fn settle_flush(&mut self) {
        let Some(epoch) = self.flushing else { return };
        let under_way = self.state.epoch();
        let waiting = self.pending.front().map(|p| p.epoch);
        if !self.ending && under_way.is_none_or(|e| e > epoch) && waiting.is_none_or(|e| e > epoch) {
            self.flushing = None;
            self.flushed = Some(std::mem::take(&mut self.prepared));
        }
    }

    fn end(&mut self) {
        if self.ending {
            return;
        }
        self.ending = true;
        self.pending.clear();
        self.oldest = None;
        match std::mem::replace(&mut self.state, State::Empty) {
            State::Begin(t) if t.label.is_empty() => {}
            State::Begin(t) | State::Open(t) | State::Prepare(t) | State::Rollback(t) => {
                self.abandoned.push_back(t.label);
            }
            // A commit was sent: the transaction may count already, and if not it expires.
            State::Commit(..) | State::ConfirmRollback(_) | State::Plain(..) | State::Empty => {}
        }
        self.abandoned.extend(self.prepared.drain(..).map(|c| c.label));
        if self.in_flight {
            // The answer under way is taken for the first rollback's; keep the queue one longer.
            self.abandoned.push_front(String::new());
        }
    }

    fn interval_end(&self) -> Option<u64> {
        let interval = self.pace.interval_ms()?;
        self.oldest.map(|since| since.saturating_add(interval))
    }

    fn send(&mut self, request: Request) -> Action {
        self.in_flight = true;
        Action::Send(request)
    }
}
