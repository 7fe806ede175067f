// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What an answer makes of the state of the load under way.

use starrocks_protocol::LabelState;
use starrocks_types::{Error, ErrorKind};

use super::{Committable, LoadMachine};
use crate::commit::{Commit, CommitVerdict};
use crate::config::Delivery;
use crate::plain::{PlainLoad, PlainVerdict};
use crate::transaction::{State, Transaction};
use crate::wire::{Answer, Failure, FailureClass};

impl LoadMachine {
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
}
