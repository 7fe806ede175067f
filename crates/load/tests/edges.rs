// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Each edge of the life cycle, told as the requests that go out and the answers that come back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use bytes::Bytes;
use starrocks_load::{
    Action, Answer, Chunk, Committable, Delivery, Failure, FailureClass, FlushReason, LoadConfig, LoadMachine, Request,
    RetryPolicy,
};
use starrocks_protocol::{ExistingJob, LabelState};
use starrocks_types::{Error, ErrorKind, Retry};

fn config(delivery: Delivery) -> LoadConfig {
    LoadConfig {
        database: "d".into(),
        table: "t".into(),
        shared: false,
        delivery,
        label_prefix: "p".into(),
        subtask: 3,
        epoch: "e".into(),
        labels_given: false,
        restored_checkpoint: Some(4),
        max_bytes: 1000,
        flush_interval_ms: Some(5000),
        retry: RetryPolicy { max_retries: 2, max_interval_ms: 10_000, wait_out_ms: 1000, versions_ms: 20_000 },
        seed: 1,
    }
}

struct Play {
    machine: LoadMachine,
    now: u64,
}

fn play(delivery: Delivery) -> Play {
    Play { machine: LoadMachine::new(config(delivery)).unwrap(), now: 0 }
}

/// Transactions over several tables.
fn shared() -> Play {
    let config = LoadConfig { table: "all".into(), shared: true, ..config(Delivery::AtLeastOnce) };
    Play { machine: LoadMachine::new(config).unwrap(), now: 0 }
}

impl Play {
    fn push(&mut self, text: &'static str) {
        self.machine
            .push(self.now, Chunk { table: 0, rows: 1, body: vec![Bytes::from_static(text.as_bytes())], since_ms: 0 });
    }

    /// The next request, as `operation label[ body]`, after any back-off.
    fn next(&mut self) -> String {
        for _ in 0..10 {
            match self.machine.poll(self.now) {
                Action::Send(request) => return told(&request),
                Action::Seal => return "seal".to_owned(),
                Action::Wait(Some(until)) => self.now = self.now.max(until),
                Action::Wait(None) => return "idle".to_owned(),
            }
        }
        panic!("the machine waits for ever");
    }

    fn ok(&mut self) {
        self.machine.on_answer(self.now, Ok(Answer { txn_id: Some(7), ..Answer::default() }));
    }

    fn state(&mut self, state: LabelState) {
        self.machine.on_answer(self.now, Ok(Answer { state: Some(state), ..Answer::default() }));
    }

    fn fails(&mut self, class: FailureClass) {
        let error = Error::new(ErrorKind::Network, format!("{class:?}"));
        self.machine.on_answer(self.now, Err(Failure { class, error }));
    }

    /// Expects these requests, each answered with success.
    fn goes(&mut self, requests: &[&str]) {
        for expected in requests {
            assert_eq!(self.next(), *expected);
            self.ok();
        }
    }

    fn failure(&self) -> Error {
        self.machine.failure().expect("the machine has not failed").clone()
    }
}

fn told(request: &Request) -> String {
    let body = |chunk: &Chunk| String::from_utf8(chunk.body.concat()).unwrap();
    match request {
        Request::Begin { label } => format!("begin {label}"),
        Request::Load { label, chunk } => format!("load {label} {}", body(chunk)),
        Request::Prepare { label } => format!("prepare {label}"),
        Request::Commit { label } => format!("commit {label}"),
        Request::Rollback { label } => format!("rollback {label}"),
        Request::LabelState { label } => format!("state {label}"),
        Request::StreamLoad { label, chunk } => format!("stream {label} {}", body(chunk)),
    }
}

#[test]
fn chunks_are_loaded_as_they_come_and_committed_at_the_flush() {
    let mut play = play(Delivery::AtLeastOnce);
    play.push("a");
    play.goes(&["begin p-t-3-4-e-1", "load p-t-3-4-e-1 a"]);
    play.push("b");
    play.goes(&["load p-t-3-4-e-1 b"]);
    play.machine.flush(Some(5)).unwrap();
    assert!(play.machine.flush(Some(6)).is_err(), "one flush at a time");
    assert_eq!(play.machine.kept_bytes(), 2);
    play.goes(&["prepare p-t-3-4-e-1", "commit p-t-3-4-e-1"]);
    assert_eq!(play.machine.take_flushed(), Some(vec![]));
    assert_eq!(play.machine.kept_bytes(), 0);
    play.machine.flush(Some(6)).unwrap();
    assert_eq!(play.machine.take_flushed(), Some(vec![]), "an empty flush sends nothing");
    assert_eq!(play.next(), "idle");
}

#[test]
fn rows_after_the_barrier_never_join_the_transaction_of_the_checkpoint() {
    let mut play = play(Delivery::ExactlyOnce);
    play.push("a");
    play.machine.flush(Some(5)).unwrap();
    play.push("b");
    play.goes(&["begin p-t-3-4-e-1", "load p-t-3-4-e-1 a", "prepare p-t-3-4-e-1"]);
    let expected = Committable { label: "p-t-3-4-e-1".into(), txn_id: Some(7), rows: 1, bytes: 1 };
    assert_eq!(play.machine.take_flushed(), Some(vec![expected]));
    // The label of later rows carries the checkpoint: no state up to 5 can hold it.
    play.goes(&["begin p-t-3-5-e-2", "load p-t-3-5-e-2 b"]);
}

#[test]
fn a_full_transaction_is_closed_and_the_checkpoint_lists_them_all() {
    let mut play = play(Delivery::ExactlyOnce);
    play.machine.set_max_bytes(2, false);
    for text in ["a", "b", "c"] {
        play.push(text);
    }
    play.goes(&["begin p-t-3-4-e-1", "load p-t-3-4-e-1 a", "load p-t-3-4-e-1 b", "prepare p-t-3-4-e-1"]);
    play.goes(&["begin p-t-3-4-e-2", "load p-t-3-4-e-2 c"]);
    play.machine.flush(Some(5)).unwrap();
    play.goes(&["prepare p-t-3-4-e-2"]);
    let labels: Vec<_> = play.machine.take_flushed().unwrap().into_iter().map(|c| c.label).collect();
    assert_eq!(labels, ["p-t-3-4-e-1", "p-t-3-4-e-2"]);
}

#[test]
fn an_ambiguous_failure_is_rolled_back_and_replayed_whole_under_a_new_label() {
    for (done, failing) in [(0, "begin p-t-3-4-e-1"), (2, "load p-t-3-4-e-1 b"), (3, "prepare p-t-3-4-e-1")] {
        let mut play = play(Delivery::ExactlyOnce);
        play.push("a");
        play.push("b");
        play.machine.flush(Some(5)).unwrap();
        let script = ["begin p-t-3-4-e-1", "load p-t-3-4-e-1 a", "load p-t-3-4-e-1 b"];
        play.goes(&script[..done]);
        assert_eq!(play.next(), failing);
        play.fails(FailureClass::Ambiguous);
        let before = play.now;
        assert_eq!(play.next(), "rollback p-t-3-4-e-1");
        assert_eq!(play.now, before, "a rollback does not wait");
        play.fails(FailureClass::Ambiguous);
        play.goes(&["begin p-t-3-4-e-2", "load p-t-3-4-e-2 a", "load p-t-3-4-e-2 b", "prepare p-t-3-4-e-2"]);
        assert!(play.now > before, "the next attempt does");
        play.machine.close();
        play.goes(&["rollback p-t-3-4-e-1"]);
        assert_eq!(play.machine.take_flushed().map(|done| done.len()), Some(1));
    }
}

#[test]
fn what_was_not_sent_is_sent_again_as_it_is() {
    let mut play = play(Delivery::AtLeastOnce);
    play.push("a");
    play.machine.flush(None).unwrap();
    for request in ["begin p-t-3-4-e-1", "load p-t-3-4-e-1 a", "prepare p-t-3-4-e-1"] {
        assert_eq!(play.next(), request);
        play.fails(FailureClass::NotSent);
        play.goes(&[request]);
        // Otherwise the third failure would be the last: a chunk that is in is progress.
    }
}

#[test]
fn a_backend_that_stays_away_costs_a_replay() {
    let mut play = play(Delivery::AtLeastOnce);
    play.push("a");
    play.goes(&["begin p-t-3-4-e-1"]);
    for _ in 0..2 {
        assert_eq!(play.next(), "load p-t-3-4-e-1 a");
        play.fails(FailureClass::NotSent);
    }
    play.goes(&["rollback p-t-3-4-e-1", "begin p-t-3-4-e-2", "load p-t-3-4-e-2 a"]);
}

#[test]
fn a_transaction_in_processing_is_waited_out_and_then_given_up() {
    let mut play = play(Delivery::AtLeastOnce);
    play.push("a");
    play.goes(&["begin p-t-3-4-e-1"]);
    while play.next() == "load p-t-3-4-e-1 a" {
        play.fails(FailureClass::InProcessing);
        assert!(play.now < 10_000, "it never gives up");
    }
    assert!(play.now >= 1000);
    play.ok();
    play.goes(&["begin p-t-3-4-e-2"]);
}

#[test]
fn somebody_elses_label_is_left_alone() {
    let mut play = play(Delivery::AtLeastOnce);
    play.push("a");
    assert_eq!(play.next(), "begin p-t-3-4-e-1");
    play.fails(FailureClass::LabelExists(ExistingJob::Running));
    play.goes(&["begin p-t-3-4-e-2"]);
}

#[test]
fn a_refusal_that_retries_cannot_help_ends_the_sink() {
    let mut play = play(Delivery::ExactlyOnce);
    play.push("a");
    play.machine.flush(Some(5)).unwrap();
    play.goes(&["begin p-t-3-4-e-1"]);
    assert_eq!(play.next(), "load p-t-3-4-e-1 a");
    play.fails(FailureClass::Permanent);
    let text = play.failure().to_string();
    assert!(text.contains("label=p-t-3-4-e-1") && text.contains("txn_id=7") && text.contains("table=d.t"), "{text}");
    assert!(!play.machine.has_ended());
    play.goes(&["rollback p-t-3-4-e-1"]);
    assert!(play.machine.has_ended());
    assert_eq!(play.machine.take_flushed(), None, "a flush that failed is never reported as done");
    play.push("b");
    assert_eq!(play.next(), "idle");
}

#[test]
fn the_last_error_tells_the_whole_story() {
    let mut play = play(Delivery::AtLeastOnce);
    play.push("a");
    for class in [FailureClass::NotSent, FailureClass::Ambiguous] {
        assert!(play.next().starts_with("begin"));
        play.fails(class);
    }
    play.goes(&["rollback p-t-3-4-e-1"]);
    assert_eq!(play.next(), "begin p-t-3-4-e-2");
    play.fails(FailureClass::Refused);
    let error = play.failure();
    assert_eq!((error.message(), error.retry_class()), ("NotSent", Retry::Exhausted));
    let text = error.to_string();
    assert!(
        text.contains("attempts=3") && text.contains("attempt 2: Ambiguous") && text.contains("attempt 3: Refused"),
        "{text}"
    );
}

#[test]
fn a_commit_that_was_lost_with_its_transaction_is_replayed_because_the_chunks_are_still_here() {
    for state in [LabelState::Aborted, LabelState::Prepare] {
        let mut play = play(Delivery::AtLeastOnce);
        play.push("a");
        play.machine.flush(None).unwrap();
        play.goes(&["begin p-t-3-4-e-1", "load p-t-3-4-e-1 a", "prepare p-t-3-4-e-1"]);
        assert_eq!(play.next(), "commit p-t-3-4-e-1");
        play.fails(FailureClass::Ambiguous);
        assert_eq!(play.next(), "state p-t-3-4-e-1");
        play.state(state);
        if state == LabelState::Prepare {
            play.goes(&["rollback p-t-3-4-e-1"]);
        }
        play.goes(&["begin p-t-3-4-e-2", "load p-t-3-4-e-2 a", "prepare p-t-3-4-e-2", "commit p-t-3-4-e-2"]);
        assert_eq!(play.machine.take_flushed(), Some(vec![]));
    }
}

#[test]
fn after_a_commit_was_sent_a_rollback_proves_nothing_without_the_labels_state() {
    for (state, then) in [
        (LabelState::Visible, "idle"),
        (LabelState::Aborted, "begin p-t-3-4-e-2"),
        (LabelState::Unknown, "failed"),
        (LabelState::Prepared, "failed"),
    ] {
        let mut play = play(Delivery::AtLeastOnce);
        play.push("a");
        play.machine.flush(None).unwrap();
        play.goes(&["begin p-t-3-4-e-1", "load p-t-3-4-e-1 a", "prepare p-t-3-4-e-1"]);
        assert_eq!(play.next(), "commit p-t-3-4-e-1");
        play.fails(FailureClass::Ambiguous);
        assert_eq!(play.next(), "state p-t-3-4-e-1");
        play.state(LabelState::Prepare);
        assert_eq!(play.next(), "rollback p-t-3-4-e-1");
        play.fails(FailureClass::Refused);
        assert_eq!(play.next(), "state p-t-3-4-e-1");
        play.state(state);
        if then == "failed" {
            assert_eq!(play.failure().kind(), ErrorKind::TransactionUnknown);
        } else {
            assert_eq!(play.next(), then);
        }
    }
}

#[test]
fn a_label_that_is_unknown_after_the_commit_is_an_error_that_names_it() {
    let mut play = play(Delivery::AtLeastOnce);
    play.push("a");
    play.machine.flush(None).unwrap();
    play.goes(&["begin p-t-3-4-e-1", "load p-t-3-4-e-1 a", "prepare p-t-3-4-e-1"]);
    assert_eq!(play.next(), "commit p-t-3-4-e-1");
    play.fails(FailureClass::Ambiguous);
    assert_eq!(play.next(), "state p-t-3-4-e-1");
    play.state(LabelState::Unknown);
    let error = play.failure();
    assert_eq!(error.kind(), ErrorKind::TransactionUnknown);
    assert!(error.to_string().contains("label=p-t-3-4-e-1"), "{error}");
    assert!(play.machine.has_ended(), "nobody knows what a rollback would do");
}

#[test]
fn the_interval_begins_with_the_first_row_and_commits_what_there_is() {
    let mut play = play(Delivery::AtLeastOnce);
    play.now = 1000;
    play.machine.note_buffered(play.now);
    play.now = 2000;
    play.push("a");
    play.goes(&["begin p-t-3-4-e-1", "load p-t-3-4-e-1 a"]);
    assert_eq!(play.next(), "seal");
    assert_eq!(play.now, 6000);
    play.machine.seal(play.now, Some(Chunk { table: 0, rows: 1, body: vec![Bytes::from_static(b"b")], since_ms: 0 }));
    play.goes(&["load p-t-3-4-e-1 b", "prepare p-t-3-4-e-1", "commit p-t-3-4-e-1"]);
    assert_eq!(play.machine.oldest_buffered(), None);
    assert_eq!(play.next(), "idle");
}

#[test]
fn a_transaction_over_several_tables_is_committed_without_a_prepare() {
    let mut play = shared();
    play.push("a");
    play.push("b");
    play.goes(&["begin p-all-3-4-e-1", "load p-all-3-4-e-1 a", "load p-all-3-4-e-1 b"]);
    play.machine.flush(Some(5)).unwrap();
    assert_eq!(play.next(), "commit p-all-3-4-e-1");
    play.fails(FailureClass::Refused);
    assert_eq!(play.next(), "state p-all-3-4-e-1");
    play.state(LabelState::Prepare);
    play.goes(&["commit p-all-3-4-e-1"]);
    assert_eq!(play.machine.take_flushed(), Some(vec![]));
}

#[test]
fn a_transaction_over_several_tables_ends_where_all_of_them_are_sealed() {
    let mut play = shared();
    play.machine.set_max_bytes(2, false);
    play.push("a");
    play.push("b");
    play.push("c");
    assert_eq!(play.next(), "seal", "more bytes than allowed, but who knows what belongs together");
    play.machine.seal(play.now, Some(Chunk { table: 1, rows: 1, body: vec![Bytes::from_static(b"d")], since_ms: 0 }));
    play.push("e");
    let one = ["begin p-all-3-4-e-1", "load p-all-3-4-e-1 a", "load p-all-3-4-e-1 b", "load p-all-3-4-e-1 c"];
    play.goes(&one);
    play.goes(&["load p-all-3-4-e-1 d", "commit p-all-3-4-e-1", "begin p-all-3-4-e-2", "load p-all-3-4-e-2 e"]);
}

/// A frontend that restarts forgets open transactions over several tables.
#[test]
fn a_commit_that_was_only_refused_and_whose_label_is_unknown_is_replayed() {
    for (class, again) in [(FailureClass::Refused, true), (FailureClass::Ambiguous, false)] {
        let mut play = shared();
        play.push("a");
        play.machine.flush(None).unwrap();
        play.goes(&["begin p-all-3-4-e-1", "load p-all-3-4-e-1 a"]);
        assert_eq!(play.next(), "commit p-all-3-4-e-1");
        play.fails(class);
        assert_eq!(play.next(), "state p-all-3-4-e-1");
        play.state(LabelState::Unknown);
        if again {
            play.goes(&["begin p-all-3-4-e-2", "load p-all-3-4-e-2 a", "commit p-all-3-4-e-2"]);
        } else {
            let error = play.failure();
            assert_eq!(error.kind(), ErrorKind::TransactionUnknown);
            assert!(error.to_string().contains("database=d"), "{error}");
        }
    }
}

#[test]
fn rows_that_fail_a_commit_for_good_end_the_sink_at_once() {
    let mut play = shared();
    play.push("a");
    play.machine.flush(None).unwrap();
    play.goes(&["begin p-all-3-4-e-1", "load p-all-3-4-e-1 a"]);
    assert_eq!(play.next(), "commit p-all-3-4-e-1");
    play.fails(FailureClass::Permanent);
    assert_eq!(play.next(), "state p-all-3-4-e-1");
    play.state(LabelState::Aborted);
    assert_eq!(play.failure().message(), "Permanent");
    assert_eq!(play.next(), "idle");
}

#[test]
fn exactly_once_leaves_the_time_of_a_commit_to_checkpoints() {
    let mut play = play(Delivery::ExactlyOnce);
    play.push("a");
    play.goes(&["begin p-t-3-4-e-1", "load p-t-3-4-e-1 a"]);
    play.now = 1_000_000;
    assert_eq!(play.next(), "idle");
}

#[test]
fn a_close_rolls_back_what_is_open_or_prepared_but_not_what_was_handed_over() {
    let mut play = play(Delivery::ExactlyOnce);
    play.push("a");
    play.machine.flush(Some(5)).unwrap();
    play.goes(&["begin p-t-3-4-e-1", "load p-t-3-4-e-1 a", "prepare p-t-3-4-e-1"]);
    play.machine.take_flushed().unwrap();
    play.machine.set_max_bytes(1, false);
    play.push("b");
    play.goes(&["begin p-t-3-5-e-2", "load p-t-3-5-e-2 b", "prepare p-t-3-5-e-2"]);
    play.push("c");
    assert_eq!(play.next(), "begin p-t-3-5-e-3");
    play.machine.close();
    assert_eq!(play.next(), "idle", "the answer under way is waited for");
    play.fails(FailureClass::Ambiguous);
    play.goes(&["rollback p-t-3-5-e-3", "rollback p-t-3-5-e-2"]);
    assert!(play.machine.has_ended());
}

#[test]
fn a_plain_load_keeps_its_label_for_ever() {
    let mut play = play(Delivery::AtLeastOncePlain);
    play.push("a");
    play.machine.flush(None).unwrap();
    assert_eq!(play.next(), "stream p-t-3-4-e-1 a");
    play.fails(FailureClass::Ambiguous);
    assert_eq!(play.next(), "stream p-t-3-4-e-1 a");
    play.fails(FailureClass::LabelExists(ExistingJob::Running));
    assert_eq!(play.next(), "state p-t-3-4-e-1");
    play.state(LabelState::Prepare);
    assert_eq!(play.next(), "state p-t-3-4-e-1");
    play.state(LabelState::Aborted);
    assert_eq!(play.next(), "stream p-t-3-4-e-1 a");
    play.fails(FailureClass::LabelExists(ExistingJob::Finished));
    assert_eq!(play.machine.take_flushed(), Some(vec![]));
}

#[test]
fn a_finished_label_is_no_success_for_a_load_that_was_never_sent() {
    let mut play = play(Delivery::AtLeastOncePlain);
    play.push("a");
    assert_eq!(play.next(), "stream p-t-3-4-e-1 a");
    play.fails(FailureClass::NotSent);
    assert_eq!(play.next(), "stream p-t-3-4-e-1 a");
    play.fails(FailureClass::LabelExists(ExistingJob::Finished));
    assert_eq!(play.next(), "stream p-t-3-4-e-2 a");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    for change in [
        |c: &mut LoadConfig| c.max_bytes = 0,
        |c: &mut LoadConfig| c.flush_interval_ms = Some(0),
        |c: &mut LoadConfig| c.label_prefix = "bad prefix".into(),
        |c: &mut LoadConfig| (c.shared, c.delivery) = (true, Delivery::ExactlyOnce),
    ] {
        let mut config = config(Delivery::AtLeastOnce);
        change(&mut config);
        assert_eq!(LoadMachine::new(config).unwrap_err().kind(), ErrorKind::InvalidConfig);
    }
}

#[test]
fn a_table_with_too_many_versions_gets_fewer_loads_and_spends_no_retries() {
    let mut play = play(Delivery::AtLeastOnce);
    assert_eq!(play.machine.flush_interval_ms(), Some(5000));
    play.push("a");
    for n in 1..=4 {
        let label = format!("p-t-3-4-e-{n}");
        play.goes(&[&format!("begin {label}")]);
        assert_eq!(play.next(), format!("load {label} a"));
        play.fails(FailureClass::TooManyVersions);
        play.goes(&[&format!("rollback {label}")]);
    }
    assert_eq!((play.machine.version_refusals(), play.machine.flush_interval_ms()), (4, Some(80_000)));
    play.goes(&["begin p-t-3-4-e-5", "load p-t-3-4-e-5 a"]);
    let began = play.now;
    assert_eq!(play.next(), "seal");
    assert!(play.now <= 80_000 && play.now > began, "the row is committed at the end of the longer interval");
    play.machine.seal(play.now, None);
    play.goes(&["prepare p-t-3-4-e-5", "commit p-t-3-4-e-5"]);
    assert_eq!(play.machine.closed_by().of(FlushReason::Interval), 1);
    for n in 6..=20 {
        play.push("b");
        play.machine.flush(Some(n)).unwrap();
        let label = format!("p-t-3-{}-e-{n}", if n == 6 { 4 } else { n - 1 });
        play.goes(&[&format!("begin {label}"), &format!("load {label} b"), &format!("prepare {label}")]);
        play.goes(&[&format!("commit {label}")]);
        play.machine.take_flushed().unwrap();
    }
    assert_eq!(play.machine.flush_interval_ms(), Some(40_000), "after 16 commits it comes back");
    assert_eq!(play.machine.closed_by().of(FlushReason::Checkpoint), 15);
}

#[test]
fn a_table_that_keeps_too_many_versions_ends_the_sink() {
    for delivery in [Delivery::AtLeastOnce, Delivery::ExactlyOnce, Delivery::AtLeastOncePlain] {
        let mut play = play(delivery);
        play.push("a");
        play.machine.flush(None).unwrap();
        for _ in 0..100 {
            let request = play.next();
            if request == "idle" {
                break;
            }
            if request.starts_with("load") || request.starts_with("stream") {
                play.fails(FailureClass::TooManyVersions);
            } else {
                play.ok();
            }
        }
        let error = play.failure();
        assert_eq!(error.retry_class(), Retry::Exhausted);
        assert!(error.to_string().contains("waited_ms") && error.to_string().contains("d.t"), "{error}");
        assert!((20_000..150_000).contains(&play.now), "{delivery:?}: {}", play.now);
    }
}

#[test]
fn why_transactions_were_closed_is_counted_once_each() {
    let mut play = play(Delivery::AtLeastOnce);
    let counts = |play: &Play| FlushReason::ALL.map(|reason| play.machine.closed_by().of(reason));
    play.machine.flush(Some(5)).unwrap();
    play.machine.take_flushed().unwrap();
    assert_eq!(counts(&play), [0; 6], "a flush without rows closes nothing");
    play.machine.set_max_bytes(2, false);
    play.push("a");
    play.push("b");
    play.goes(&["begin p-t-3-5-e-1", "load p-t-3-5-e-1 a"]);
    play.push("c");
    play.goes(&["load p-t-3-5-e-1 b", "prepare p-t-3-5-e-1", "commit p-t-3-5-e-1"]);
    assert_eq!(counts(&play), [1, 0, 0, 0, 0, 0], "two bytes are full, the third waits");
    play.goes(&["begin p-t-3-5-e-2", "load p-t-3-5-e-2 c"]);
    play.machine.flush(None).unwrap();
    play.goes(&["prepare p-t-3-5-e-2", "commit p-t-3-5-e-2"]);
    play.machine.take_flushed().unwrap();
    assert_eq!(counts(&play), [1, 0, 0, 0, 0, 1]);
    play.machine.set_max_bytes(1, true);
    play.push("d");
    play.goes(&["begin p-t-3-5-e-3", "load p-t-3-5-e-3 d", "prepare p-t-3-5-e-3", "commit p-t-3-5-e-3"]);
    play.machine.flush(Some(6)).unwrap();
    assert_eq!(counts(&play), [1, 0, 0, 0, 1, 1], "the checkpoint found nothing to close");
    play.machine.take_flushed().unwrap();
    play.push("e");
    play.machine.flush(Some(7)).unwrap();
    assert_eq!(play.machine.closed_by().of(FlushReason::Checkpoint), 1);
}

#[test]
fn labels_of_the_user_are_used_in_their_order_and_waited_for() {
    for (delivery, requests) in [
        (Delivery::AtLeastOnce, ["begin one", "load one a", "begin two"]),
        (Delivery::AtLeastOncePlain, ["stream one a", "stream one a", "stream two a"]),
    ] {
        let machine = LoadMachine::new(LoadConfig { labels_given: true, ..config(delivery) }).unwrap();
        let mut play = Play { machine, now: 0 };
        play.push("a");
        play.machine.flush(None).unwrap();
        assert_eq!(play.next(), "idle", "nothing is sent without a label");
        play.machine.give_label("one".to_owned());
        assert_eq!(play.next(), requests[0]);
        if delivery == Delivery::AtLeastOnce {
            play.ok();
            assert_eq!(play.next(), requests[1]);
            play.fails(FailureClass::Ambiguous);
            play.goes(&["rollback one"]);
        } else {
            play.fails(FailureClass::LabelExists(ExistingJob::Finished));
        }
        assert_eq!((play.next(), play.machine.labels_left()), ("idle".to_owned(), 0));
        play.machine.give_label("two".to_owned());
        assert_eq!(play.next(), requests[2]);
        play.machine.close();
        play.fails(FailureClass::Ambiguous);
    }
    let mut play = Play {
        machine: LoadMachine::new(LoadConfig { labels_given: true, ..config(Delivery::AtLeastOnce) }).unwrap(),
        now: 0,
    };
    play.push("a");
    play.machine.flush(None).unwrap();
    assert_eq!(play.next(), "idle");
    play.machine.close();
    assert!(play.machine.has_ended(), "there is nothing to roll back");
}
