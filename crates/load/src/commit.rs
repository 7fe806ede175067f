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
    /// Nobody can tell, or the server refuses to.
    Unclear(Error),
}

/// Commits one prepared transaction. Any answer but success is resolved by the state of the label, so that commit is
/// idempotent: run it as often as you like, by whomever.
#[derive(Debug, Clone)]
pub struct Commit {
    label: String,
    txn_id: Option<i64>,
    ask_state: bool,
    not_before: u64,
    retries: Retries,
    refusal: Option<Error>,
}

impl Commit {
    /// A commit of the transaction with this label.
    pub fn new(label: impl Into<String>, txn_id: Option<i64>, policy: RetryPolicy, seed: u64) -> Self {
        Self {
            label: label.into(),
            txn_id,
            ask_state: false,
            not_before: 0,
            retries: Retries::new(policy, seed),
            refusal: None,
        }
    }

    /// The next step. One request at a time: after [`CommitStep::Send`] comes [`Commit::on_answer`].
    pub fn next(&self, now: u64) -> CommitStep {
        if now < self.not_before {
            return CommitStep::WaitUntil(self.not_before);
        }
        let label = self.label.clone();
        CommitStep::Send(if self.ask_state { Request::LabelState { label } } else { Request::Commit { label } })
    }

    /// Takes the answer to the request of the last step; a verdict ends the commit.
    pub fn on_answer(&mut self, now: u64, answer: Result<Answer, Failure>) -> Option<CommitVerdict> {
        match (self.ask_state, answer) {
            (false, Ok(_)) => Some(CommitVerdict::Committed),
            (false, Err(failure)) => {
                self.refusal = Some(failure.error);
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
            LabelState::Prepared => {
                let refusal = self.refusal.take().unwrap_or_else(|| self.describe(ErrorKind::LoadFailed, "not committed"));
                match self.retries.failed(refusal) {
                    Ok(wait) => {
                        self.ask_state = false;
                        self.not_before = now + wait;
                        None
                    }
                    Err(story) => Some(CommitVerdict::Unclear(self.name(story).hint(
                        "the transaction is still prepared and can be committed until its prepared time-out",
                    ))),
                }
            }
            LabelState::Prepare => Some(self.lost(
                state,
                ErrorKind::LoadFailed,
                "the server no longer knows that the transaction was prepared",
            )),
            LabelState::Aborted => Some(self.lost(state, ErrorKind::LoadFailed, "the server has aborted the transaction")),
            LabelState::Unknown => Some(self.lost(
                state,
                ErrorKind::TransactionUnknown,
                "the server does not know the label: it was never prepared, or it ended so long ago that it was forgotten",
            )),
        }
    }

    fn lost(&mut self, state: LabelState, kind: ErrorKind, message: &str) -> CommitVerdict {
        let mut error = self.describe(kind, message).with("state", state.word()).hint(
            "rows of this transaction may be missing: compare the table with the source from the last checkpoint on",
        );
        if let Some(refusal) = self.refusal.take() {
            error = error.caused_by(refusal);
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
                CommitVerdict::Unclear(error) => panic!("{error}"),
            }
        }
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
