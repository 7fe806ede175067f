// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Commits whose outcome is not clear.

use starrocks_load::{Delivery, FailureClass};
use starrocks_protocol::LabelState;
use starrocks_types::ErrorKind;

use crate::play::*;

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
