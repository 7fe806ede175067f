// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What is sent when, if nothing fails.

use bytes::Bytes;
use starrocks_load::{Chunk, Committable, Delivery, FailureClass, FlushReason, LoadConfig, LoadMachine};
use starrocks_protocol::{ExistingJob, LabelState};
use starrocks_types::ErrorKind;

use crate::play::*;

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
