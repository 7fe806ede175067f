// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Another attempt after a failure, or the end.

use starrocks_types::Error;

use super::LoadMachine;
use crate::transaction::{State, Transaction};
use crate::wire::{Failure, FailureClass};

/// The most labels that wait for another rollback; those of a server that stays away expire there.
const MAX_ROLLBACKS_LATER: usize = 16;

impl LoadMachine {
    /// Another attempt after a failure, or the end.
    pub(super) fn again(
        &mut self,
        now: u64,
        mut t: Transaction,
        error: Error,
        next: fn(Transaction) -> State,
    ) -> State {
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
    pub(super) fn wait_out(
        &mut self,
        now: u64,
        mut t: Transaction,
        error: Error,
        next: fn(Transaction) -> State,
    ) -> State {
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
    pub(super) fn crowded(&mut self, now: u64, mut t: Transaction, error: Error) -> State {
        self.refused_for_versions();
        match t.retries.crowded(now, error.with("label", &t.label)) {
            Ok(wait) => {
                self.not_before = now + wait;
                State::Rollback(t)
            }
            Err(story) => self.give_up_with(t, story, true),
        }
    }

    pub(super) fn refused_for_versions(&mut self) {
        self.refusals += 1;
        self.pace.refused();
    }

    pub(super) fn give_up(&mut self, mut t: Transaction, error: Error, roll_back: bool) -> State {
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

    pub(super) fn locate(&self, error: Error) -> Error {
        if self.config.shared {
            return error.with("database", &self.config.database);
        }
        error.with("table", format!("{}.{}", self.config.database, self.config.table))
    }

    /// A server that did not take the rollback, such as one that is just restarting, may take it when the machine ends. Else
    /// a prepared transaction would stay for hours.
    pub(super) fn roll_back_later(&mut self, t: &Transaction, failure: &Failure) {
        let refused = matches!(failure.class, FailureClass::Permanent | FailureClass::Refused);
        if !refused && self.abandoned.len() < MAX_ROLLBACKS_LATER {
            self.abandoned.push_back(t.label.clone());
        }
    }

    /// The whole transaction once more, under a label that was never used.
    pub(super) fn replay(&mut self, mut t: Transaction) -> State {
        t.start_over(self.next_label(t.checkpoint));
        State::Begin(t)
    }

    pub(super) fn end(&mut self) {
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
}
