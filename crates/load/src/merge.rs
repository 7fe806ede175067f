// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One chunk as one request of merge commit: the server puts the requests of a window into a transaction of its own.
//!
//! The label of that transaction is the server's, so a request whose effect is unknown cannot be asked about, and sending
//! it again may load its rows twice. That is done only where it does no harm: where the server certainly did not take the
//! rows, or has aborted their transaction, and for tables in which a row replaces the one with the same key.

use starrocks_protocol::LabelState;
use starrocks_types::{Error, ErrorKind};

use crate::retry::{Retries, RetryPolicy};
use crate::wire::{Chunk, Failure, FailureClass};

/// How merged loads are waited for and tried again.
#[derive(Debug, Clone, Copy)]
pub struct MergePolicy {
    /// Retries.
    pub retry: RetryPolicy,
    /// The server answers as soon as it has taken the rows, before their transaction ends.
    pub asynchronous: bool,
    /// Rows that are loaded twice do no harm: the table has a primary key.
    pub idempotent: bool,
    /// How long the server collects requests. A request whose effect is unknown has had it when this is over.
    pub window_ms: u64,
    /// From the end of the window to the first question about its label.
    pub first_check_ms: u64,
    /// Between two questions.
    pub check_interval_ms: u64,
    /// How long a label may stay without an end.
    pub check_timeout_ms: u64,
    /// How long a committed transaction is given to become visible before it is passed over.
    pub publish_timeout_ms: u64,
}

/// What to do next for a merged load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeStep {
    /// Send the chunk and report to [`MergedLoad::on_loaded`].
    Load,
    /// Ask for the state of this label and report to [`MergedLoad::on_state`].
    AskState(String),
    /// Nothing to do before this time.
    WaitUntil(u64),
}

/// What the server says when it has taken the rows.
#[derive(Debug, Clone, Default)]
pub struct Merged {
    /// Label of the transaction that the rows are in.
    pub label: Option<String>,
    /// How long its window stays open.
    pub left_ms: u64,
    /// The rows are in the transaction, and the server says that it failed, or does not know.
    pub refusal: Option<Error>,
}

/// The state of a label, and what the server says about it.
#[derive(Debug, Clone)]
pub struct MergedState {
    /// The state.
    pub state: LabelState,
    /// Why the transaction was aborted, when that is because of rows that the table cannot take.
    pub rejected: Option<Error>,
    /// Why the transaction was aborted otherwise, in the server's words.
    pub reason: Option<String>,
}

/// How a merged load ended.
#[derive(Debug, Clone)]
pub enum MergeVerdict {
    /// The rows count.
    Committed,
    /// They do not, or nobody can tell.
    Failed(Error),
}

#[derive(Debug)]
enum State {
    Sending,
    Asking { label: String, since: u64, committed: Option<u64>, last: Option<Error> },
}

/// One chunk on its way.
#[derive(Debug)]
pub struct MergedLoad {
    policy: MergePolicy,
    label: String,
    chunk: Chunk,
    state: State,
    not_before: u64,
    /// An earlier request may have been taken by a server that does not know merge commit, where the label counts.
    may_be_loaded: bool,
    retries: Retries,
}

impl MergedLoad {
    /// A load of a chunk. The label names the request; a server that does not merge takes it for the transaction's.
    pub fn new(label: String, chunk: Chunk, policy: MergePolicy, seed: u64) -> Self {
        let retries = Retries::new(policy.retry, seed);
        Self { policy, label, chunk, state: State::Sending, not_before: 0, may_be_loaded: false, retries }
    }

    /// The label of the request.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What is loaded.
    pub fn chunk(&self) -> &Chunk {
        &self.chunk
    }

    /// Failures so far.
    pub fn failures(&self) -> u32 {
        self.retries.failures()
    }

    /// The next step; one at a time.
    pub fn next(&self, now: u64) -> MergeStep {
        match &self.state {
            _ if now < self.not_before => MergeStep::WaitUntil(self.not_before),
            State::Sending => MergeStep::Load,
            State::Asking { label, .. } => MergeStep::AskState(label.clone()),
        }
    }

    /// Takes the answer to [`MergeStep::Load`]; a verdict ends the load.
    pub fn on_loaded(&mut self, now: u64, answer: Result<Merged, Failure>) -> Option<MergeVerdict> {
        match answer {
            Ok(Merged { label: Some(label), left_ms, refusal }) if self.policy.asynchronous || refusal.is_some() => {
                self.ask(now, now + left_ms + self.policy.first_check_ms, label, refusal);
                None
            }
            Ok(Merged { refusal: None, .. }) if !self.policy.asynchronous => Some(MergeVerdict::Committed),
            Ok(_) => {
                let message = "the answer names no label, so nobody can tell what became of the rows";
                self.unclear(now, Error::new(ErrorKind::Protocol, message))
            }
            Err(Failure { class: FailureClass::Permanent, error }) => Some(self.give_up(error)),
            // Only a server that does not merge knows the label of a request.
            Err(Failure { class: FailureClass::LabelExists(_), error }) if self.may_be_loaded => {
                let label = self.label.clone();
                self.ask(now, now, label, Some(error));
                None
            }
            Err(Failure { class: FailureClass::LabelExists(_), error }) => Some(self.give_up(error)),
            Err(Failure { class: FailureClass::Ambiguous, error }) => self.unclear(now, error),
            Err(Failure { class: FailureClass::TooManyVersions, error }) => {
                let error = self.name(error);
                let waited = self.retries.crowded(now, error);
                self.after(now, waited, 0)
            }
            Err(Failure { error, .. }) => self.again(now, error, 0),
        }
    }

    /// Takes the answer to [`MergeStep::AskState`]; a verdict ends the load.
    pub fn on_state(&mut self, now: u64, answer: Result<MergedState, Failure>) -> Option<MergeVerdict> {
        let State::Asking { label, since, committed, last } = &mut self.state else {
            let error = Error::new(ErrorKind::Unexpected, "a label state was told that nobody asked for");
            return Some(self.give_up(error));
        };
        let named = |error: Error| error.with("merged_label", &*label);
        match answer {
            Ok(MergedState { state: LabelState::Visible, .. }) => return Some(MergeVerdict::Committed),
            Ok(MergedState { state: LabelState::Committed, .. }) => {
                let since = *committed.get_or_insert(now);
                if now.saturating_sub(since) >= self.policy.publish_timeout_ms {
                    return Some(MergeVerdict::Committed);
                }
            }
            Ok(MergedState { state: LabelState::Prepare | LabelState::Prepared, .. }) => {}
            Ok(MergedState { state: LabelState::Aborted, rejected: Some(error), .. }) => {
                let error = named(error);
                return Some(self.give_up(error));
            }
            Ok(MergedState { state: LabelState::Aborted, reason, .. }) => {
                let mut error = named(Error::new(ErrorKind::LoadFailed, "the server aborted the merged transaction"));
                if let Some(reason) = reason {
                    error = error.with("reason", reason);
                }
                return self.again(now, error, 0);
            }
            Ok(MergedState { state: LabelState::Unknown, .. }) => {
                let message = "the server does not know the label of the merged transaction that it named";
                let mut error = named(Error::new(ErrorKind::TransactionUnknown, message));
                if let Some(last) = last.take() {
                    error = error.caused_by(last);
                }
                return self.unclear(now, error);
            }
            Err(failure) => *last = Some(failure.error),
        }
        if now.saturating_sub(*since) >= self.policy.check_timeout_ms {
            let message = "the merged transaction did not end within sink.merge-commit.check-label-state.timeout-ms";
            let mut error =
                named(Error::new(ErrorKind::Timeout, message)).with("timeout_ms", self.policy.check_timeout_ms);
            if let Some(last) = last.take() {
                error = error.caused_by(last);
            }
            return self.unclear(now, error);
        }
        self.not_before = now + self.policy.check_interval_ms;
        None
    }

    fn ask(&mut self, now: u64, not_before: u64, label: String, refusal: Option<Error>) {
        self.not_before = not_before;
        self.state = State::Asking { label, since: now, committed: None, last: refusal };
    }

    /// The rows may be loaded or not.
    fn unclear(&mut self, now: u64, error: Error) -> Option<MergeVerdict> {
        self.may_be_loaded = true;
        if self.policy.idempotent {
            return self.again(now, error, self.policy.window_ms);
        }
        let error = error.hint(
            "the rows may be loaded or not; they are not sent again, since without a primary key that could double them",
        );
        Some(self.give_up(error))
    }

    fn again(&mut self, now: u64, error: Error, at_least: u64) -> Option<MergeVerdict> {
        let error = self.name(error);
        let waited = self.retries.failed(error);
        self.after(now, waited, at_least)
    }

    /// Sends the chunk once more after a wait, or ends.
    fn after(&mut self, now: u64, waited: Result<u64, Error>, at_least: u64) -> Option<MergeVerdict> {
        match waited {
            Ok(wait) => {
                self.state = State::Sending;
                self.not_before = now + wait.max(at_least);
                None
            }
            Err(story) => Some(MergeVerdict::Failed(story)),
        }
    }

    fn give_up(&mut self, error: Error) -> MergeVerdict {
        let error = self.name(error);
        MergeVerdict::Failed(self.retries.story(Some(error)))
    }

    fn name(&self, error: Error) -> Error {
        error.operation("merge commit").with("label", &self.label)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    const POLICY: MergePolicy = MergePolicy {
        retry: RetryPolicy { max_retries: 1, max_interval_ms: 10, wait_out_ms: 0, versions_ms: 0 },
        asynchronous: true,
        idempotent: false,
        window_ms: 1000,
        first_check_ms: 50,
        check_interval_ms: 100,
        check_timeout_ms: 5000,
        publish_timeout_ms: 300,
    };

    fn load(policy: MergePolicy) -> MergedLoad {
        MergedLoad::new(
            "l".into(),
            Chunk { table: 0, rows: 1, body: vec![Bytes::from_static(b"a\n")], since_ms: 0 },
            policy,
            1,
        )
    }

    fn taken() -> Result<Merged, Failure> {
        Ok(Merged { label: Some("m".into()), left_ms: 400, refusal: None })
    }

    fn state(state: LabelState) -> Result<MergedState, Failure> {
        Ok(MergedState { state, rejected: None, reason: Some("because".into()) })
    }

    fn failure(class: FailureClass) -> Failure {
        Failure { class, error: Error::new(ErrorKind::Network, "reset") }
    }

    fn failed(verdict: Option<MergeVerdict>) -> String {
        match verdict {
            Some(MergeVerdict::Failed(error)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_label_is_asked_when_the_window_is_over_and_until_the_rows_are_visible() {
        let mut load = load(POLICY);
        assert_eq!(load.next(0), MergeStep::Load);
        assert!(load.on_loaded(0, taken()).is_none());
        assert_eq!(load.next(0), MergeStep::WaitUntil(450));
        assert_eq!(load.next(450), MergeStep::AskState("m".into()));
        assert!(load.on_state(450, state(LabelState::Prepare)).is_none());
        assert_eq!(load.next(450), MergeStep::WaitUntil(550));
        assert!(load.on_state(550, Err(failure(FailureClass::Ambiguous))).is_none(), "a question may be repeated");
        assert!(matches!(load.on_state(650, state(LabelState::Visible)), Some(MergeVerdict::Committed)));
    }

    #[test]
    fn committed_rows_get_some_time_to_become_visible() {
        let mut load = load(POLICY);
        load.on_loaded(0, taken());
        assert!(load.on_state(500, state(LabelState::Committed)).is_none());
        assert!(load.on_state(799, state(LabelState::Committed)).is_none());
        assert!(matches!(load.on_state(800, state(LabelState::Committed)), Some(MergeVerdict::Committed)));
    }

    #[test]
    fn a_synchronous_answer_is_the_end() {
        let mut load = load(MergePolicy { asynchronous: false, ..POLICY });
        assert!(matches!(load.on_loaded(0, Ok(Merged::default())), Some(MergeVerdict::Committed)));
    }

    #[test]
    fn a_refusal_that_names_a_transaction_is_resolved_by_its_label() {
        for (told, committed) in [(LabelState::Visible, true), (LabelState::Aborted, false)] {
            let mut load = load(MergePolicy { asynchronous: false, ..POLICY });
            let refusal = Some(Error::new(ErrorKind::LoadFailed, "load timeout"));
            assert!(load.on_loaded(0, Ok(Merged { label: Some("m".into()), left_ms: 0, refusal })).is_none());
            let verdict = load.on_state(50, state(told));
            assert_eq!(matches!(verdict, Some(MergeVerdict::Committed)), committed);
            assert!(committed || verdict.is_none(), "an aborted transaction is loaded once more");
        }
    }

    #[test]
    fn what_the_server_certainly_did_not_take_is_sent_again() {
        for class in [FailureClass::NotSent, FailureClass::Refused, FailureClass::InProcessing] {
            let mut load = load(POLICY);
            assert!(load.on_loaded(0, Err(failure(class))).is_none(), "{class:?}");
            assert!(matches!(load.next(0), MergeStep::WaitUntil(until) if until <= 12));
            assert_eq!(load.next(12), MergeStep::Load);
            let text = failed(load.on_loaded(12, Err(failure(class))));
            assert!(text.contains("attempts=2") && text.contains("label=l"), "{text}");
        }
    }

    #[test]
    fn what_is_unclear_is_sent_again_only_to_a_table_with_a_primary_key() {
        let unclear: [fn(&mut MergedLoad) -> Option<MergeVerdict>; 4] = [
            |load| load.on_loaded(0, Err(failure(FailureClass::Ambiguous))),
            |load| load.on_loaded(0, Ok(Merged::default())),
            |load| {
                load.on_loaded(0, taken());
                load.on_state(450, state(LabelState::Unknown))
            },
            |load| {
                load.on_loaded(0, taken());
                load.on_state(5000, state(LabelState::Prepare))
            },
        ];
        for cause in unclear {
            let text = failed(cause(&mut load(POLICY)));
            assert!(text.contains("primary key"), "{text}");
            let mut load = load(MergePolicy { idempotent: true, ..POLICY });
            assert!(cause(&mut load).is_none());
            assert!(matches!(load.next(0), MergeStep::WaitUntil(until) if until >= 1000), "the window may be open yet");
            assert_eq!(load.next(7000), MergeStep::Load);
        }
    }

    #[test]
    fn rejected_rows_are_not_sent_again() {
        let mut load = load(POLICY);
        load.on_loaded(0, taken());
        let rejected = Some(Error::new(ErrorKind::RowsRejected, "bad rows"));
        let told = MergedState { state: LabelState::Aborted, rejected, reason: None };
        let text = failed(load.on_state(450, Ok(told)));
        assert!(text.contains("bad rows") && text.contains("merged_label=m"), "{text}");
    }

    #[test]
    fn a_label_that_a_server_without_merge_commit_remembers_is_asked_for() {
        use starrocks_protocol::ExistingJob;
        let exists = || Err(failure(FailureClass::LabelExists(ExistingJob::Finished)));
        let mut load = load(MergePolicy { idempotent: true, ..POLICY });
        load.on_loaded(0, Err(failure(FailureClass::Ambiguous)));
        assert!(load.on_loaded(1000, exists()).is_none());
        assert_eq!(load.next(1000), MergeStep::AskState("l".into()));
        failed(self::load(POLICY).on_loaded(0, exists()));
    }
}
