// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Failures before the commit.

use starrocks_load::{Delivery, FailureClass, FlushReason};
use starrocks_protocol::ExistingJob;
use starrocks_types::Retry;

use crate::play::*;

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
