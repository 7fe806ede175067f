// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Committing a prepared transaction, whatever happens to the answers.

use starrocks_protocol::LabelState;
use starrocks_types::{Error, ErrorKind};

use crate::retry::{Retries, RetryPolicy};
use crate::wire::{Answer, Failure, FailureClass, Request};

/// What to do next for a commit.
#[derive(Debug, Clone)]
pub enum CommitStep {
    /// Send this and report the answer.
    Send(Request),
    /// Nothing to do before this time.
    WaitUntil(u64),
}

/// How a commit ended.
#[derive(Debug, Clone)]
pub enum CommitVerdict {
    /// The rows count.
    Committed,
    /// The transaction certainly is not committed: it is in this state.
    NotCommitted(LabelState, Error),
    /// The transaction is aborted, and so would be another one with the same rows.
    Refused(Error),
    /// Nobody can tell, or the server refuses to.
    Unclear(Error),
}

/// Commits one transaction. Any answer but success is resolved by the state of the label, so that commit is
/// idempotent: run it as often as you like, by whomever.
#[derive(Debug, Clone)]
pub struct Commit {
    label: String,
    txn_id: Option<i64>,
    /// The transaction was not prepared: as long as it is open it can be committed.
    open: bool,
    ask_state: bool,
    /// A commit may have taken effect although no answer said so.
    unclear: bool,
    not_before: u64,
    retries: Retries,
    refusal: Option<Failure>,
}

impl Commit {
    /// A commit of the prepared transaction with this label.
    pub fn new(label: impl Into<String>, txn_id: Option<i64>, policy: RetryPolicy, seed: u64) -> Self {
        Self {
            label: label.into(),
            txn_id,
            open: false,
            ask_state: false,
            unclear: false,
            not_before: 0,
            retries: Retries::new(policy, seed),
            refusal: None,
        }
    }

    /// A commit of the transaction over several tables with this label, which is never prepared.
    pub fn of_open(label: impl Into<String>, policy: RetryPolicy, seed: u64) -> Self {
        Self { open: true, ..Self::new(label, None, policy, seed) }
    }

    /// The next step. One request at a time: after [`CommitStep::Send`] comes [`Commit::on_answer`].
    pub fn next(&self, now: u64) -> CommitStep {
        if now < self.not_before {
            return CommitStep::WaitUntil(self.not_before);
        }
        let label = self.label.clone();
        CommitStep::Send(if self.ask_state { Request::LabelState { label } } else { Request::Commit { label } })
    }

    /// Whether the server has answered every commit of an open transaction with a refusal. If it does not know the label either, it
    /// has lost the transaction, as a frontend does that restarts, and no row of it counts.
    pub(crate) fn was_only_refused(&self) -> bool {
        self.open && !self.unclear
    }

    /// Takes the answer to the request of the last step; a verdict ends the commit.
    pub fn on_answer(&mut self, now: u64, answer: Result<Answer, Failure>) -> Option<CommitVerdict> {
        match (self.ask_state, answer) {
            (false, Ok(_)) => Some(CommitVerdict::Committed),
            (false, Err(failure)) => {
                self.unclear |= matches!(failure.class, FailureClass::Ambiguous | FailureClass::InProcessing);
                self.refusal = Some(failure);
                self.ask_state = true;
                None
            }
            (true, Ok(Answer { state: Some(state), .. })) => self.on_state(now, state),
            (true, Ok(_)) => {
                Some(CommitVerdict::Unclear(self.describe(ErrorKind::TransactionUnknown, "no label state was told")))
            }
            (true, Err(Failure { class: FailureClass::Permanent, error })) => {
                let error = self.retries.story(Some(error));
                Some(CommitVerdict::Unclear(self.name(error)))
            }
            (true, Err(failure)) => match self.retries.failed(failure.error) {
                Ok(wait) => {
                    self.not_before = now + wait;
                    None
                }
                Err(story) => Some(CommitVerdict::Unclear(
                    self.describe(
                        ErrorKind::TransactionUnknown,
                        "neither the commit nor the label's state was answered",
                    )
                    .caused_by(story),
                )),
            },
        }
    }

    fn on_state(&mut self, now: u64, state: LabelState) -> Option<CommitVerdict> {
        match state {
            LabelState::Visible | LabelState::Committed => Some(CommitVerdict::Committed),
            LabelState::Prepared => self.commit_again(now),
            LabelState::Prepare if self.open => self.commit_again(now),
            LabelState::Prepare => Some(self.lost(
                state,
                ErrorKind::LoadFailed,
                "the server no longer knows that the transaction was prepared",
            )),
            LabelState::Aborted => {
                if let Some(Failure { class: FailureClass::Permanent, error }) = self.refusal.take_if(|r| r.class == FailureClass::Permanent) {
                    return Some(CommitVerdict::Refused(self.name(error)));
                }
                Some(self.lost(state, ErrorKind::LoadFailed, "the server has aborted the transaction"))
            }
            LabelState::Unknown => Some(self.lost(
                state,
                ErrorKind::TransactionUnknown,
                "the server does not know the label: it was never prepared, or it ended so long ago that it was forgotten",
            )),
        }
    }

    /// The commit had no effect yet.
    fn commit_again(&mut self, now: u64) -> Option<CommitVerdict> {
        let waited = match self.refusal.take() {
            // An earlier one is at work.
            Some(Failure { class: FailureClass::InProcessing, error }) => self.retries.busy(now, error),
            Some(failure) => self.retries.failed(failure.error),
            None => self.retries.failed(self.describe(ErrorKind::LoadFailed, "not committed")),
        };
        match waited {
            Ok(wait) => {
                self.ask_state = false;
                self.not_before = now + wait;
                None
            }
            Err(story) => Some(CommitVerdict::Unclear(
                self.name(story).hint("the transaction can still be committed, until its time-out"),
            )),
        }
    }

    fn lost(&mut self, state: LabelState, kind: ErrorKind, message: &str) -> CommitVerdict {
        let mut error = self.describe(kind, message).with("state", state.word()).hint(
            "rows of this transaction may be missing: compare the table with the source from the last checkpoint on",
        );
        if let Some(refusal) = self.refusal.take() {
            error = error.caused_by(refusal.error);
        }
        CommitVerdict::NotCommitted(state, error)
    }

    fn describe(&self, kind: ErrorKind, message: &str) -> Error {
        self.name(Error::new(kind, message))
    }

    fn name(&self, error: Error) -> Error {
        let error = error.operation("commit transaction").with("label", &self.label);
        match self.txn_id {
            Some(id) => error.with("txn_id", id),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(class: FailureClass) -> Result<Answer, Failure> {
        Err(Failure { class, error: Error::new(ErrorKind::Network, "reset") })
    }

    fn state(state: LabelState) -> Result<Answer, Failure> {
        Ok(Answer { state: Some(state), ..Answer::default() })
    }

    fn sends_commit(commit: &Commit, now: u64) -> bool {
        matches!(commit.next(now), CommitStep::Send(Request::Commit { .. }))
    }

    fn commit() -> Commit {
        Commit::new("l", Some(7), RetryPolicy { max_retries: 1, ..RetryPolicy::default() }, 1)
    }

    #[test]
    fn success_needs_no_question() {
        assert!(matches!(commit().on_answer(0, Ok(Answer::default())), Some(CommitVerdict::Committed)));
    }

    #[test]
    fn an_unclear_answer_is_resolved_by_the_labels_state() {
        for (told, committed) in [
            (LabelState::Visible, true),
            (LabelState::Committed, true),
            (LabelState::Aborted, false),
            (LabelState::Unknown, false),
            (LabelState::Prepare, false),
        ] {
            let mut commit = commit();
            assert!(commit.on_answer(0, failure(FailureClass::Ambiguous)).is_none());
            assert!(matches!(commit.next(0), CommitStep::Send(Request::LabelState { .. })));
            match commit.on_answer(0, state(told)).unwrap() {
                CommitVerdict::Committed => assert!(committed),
                CommitVerdict::NotCommitted(state, error) => {
                    assert!(!committed);
                    assert_eq!(state, told);
                    let text = error.to_string();
                    assert!(text.contains("label=l") && text.contains("txn_id=7") && text.contains("reset"), "{text}");
                }
                CommitVerdict::Refused(error) | CommitVerdict::Unclear(error) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn an_open_transaction_is_committed_again() {
        let mut commit = Commit::of_open("l", RetryPolicy { max_retries: 0, ..RetryPolicy::default() }, 1);
        assert!(commit.on_answer(0, failure(FailureClass::InProcessing)).is_none());
        assert!(commit.on_answer(0, state(LabelState::Prepare)).is_none(), "an earlier commit is waited for");
        assert!(sends_commit(&commit, 1000));
        assert!(commit.on_answer(1000, failure(FailureClass::Ambiguous)).is_none());
        let unclear = commit.on_answer(1000, state(LabelState::Prepare));
        assert!(matches!(unclear, Some(CommitVerdict::Unclear(_))), "{unclear:?}");
    }

    #[test]
    fn what_no_other_attempt_can_help_is_told_as_the_server_told_it() {
        let mut commit = commit();
        assert!(commit.on_answer(0, failure(FailureClass::Permanent)).is_none());
        let verdict = commit.on_answer(0, state(LabelState::Aborted));
        let Some(CommitVerdict::Refused(error)) = verdict else { panic!("{verdict:?}") };
        assert_eq!(error.message(), "reset");
    }

    #[test]
    fn a_prepared_transaction_is_committed_again_within_bounds() {
        let mut commit = commit();
        assert!(commit.on_answer(0, failure(FailureClass::Refused)).is_none());
        assert!(commit.on_answer(0, state(LabelState::Prepared)).is_none());
        assert!(matches!(commit.next(0), CommitStep::WaitUntil(_)));
        assert!(sends_commit(&commit, 60_000));
        assert!(commit.on_answer(60_000, failure(FailureClass::Refused)).is_none());
        let Some(CommitVerdict::Unclear(error)) = commit.on_answer(60_000, state(LabelState::Prepared)) else {
            panic!()
        };
        assert!(error.to_string().contains("attempts=2"), "{error}");
    }

    #[test]
    fn an_unanswered_question_is_repeated_and_then_unknown() {
        let mut commit = commit();
        commit.on_answer(0, failure(FailureClass::Ambiguous));
        assert!(commit.on_answer(0, failure(FailureClass::NotSent)).is_none());
        let Some(CommitVerdict::Unclear(error)) = commit.on_answer(9000, failure(FailureClass::Ambiguous)) else {
            panic!()
        };
        assert_eq!(error.kind(), ErrorKind::TransactionUnknown);
    }
}
