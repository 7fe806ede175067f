// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What the machine sends next.

use super::{Action, LoadMachine};
use crate::commit::{Commit, CommitStep};
use crate::config::Delivery;
use crate::plain::PlainLoad;
use crate::retry::Retries;
use crate::transaction::{State, Transaction};
use crate::wire::Request;

impl LoadMachine {
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

    /// A label that was never used; empty as long as the user has none to give.
    pub(super) fn next_label(&mut self, checkpoint: u64) -> String {
        self.labels.next(checkpoint).unwrap_or_default()
    }

    fn next_seed(&mut self) -> u64 {
        self.config.seed =
            self.config.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.config.seed
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
