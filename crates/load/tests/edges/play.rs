// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A machine, and who answers it.

use bytes::Bytes;
use starrocks_load::{
    Action, Answer, Chunk, Delivery, Failure, FailureClass, LoadConfig, LoadMachine, Request, RetryPolicy,
};
use starrocks_protocol::LabelState;
use starrocks_types::{Error, ErrorKind};
pub(crate) fn config(delivery: Delivery) -> LoadConfig {
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

pub(crate) struct Play {
    pub(crate) machine: LoadMachine,
    pub(crate) now: u64,
}

pub(crate) fn play(delivery: Delivery) -> Play {
    Play { machine: LoadMachine::new(config(delivery)).unwrap(), now: 0 }
}

/// Transactions over several tables.
pub(crate) fn shared() -> Play {
    let config = LoadConfig { table: "all".into(), shared: true, ..config(Delivery::AtLeastOnce) };
    Play { machine: LoadMachine::new(config).unwrap(), now: 0 }
}

impl Play {
    pub(crate) fn push(&mut self, text: &'static str) {
        self.machine
            .push(self.now, Chunk { table: 0, rows: 1, body: vec![Bytes::from_static(text.as_bytes())], since_ms: 0 });
    }

    /// The next request, as `operation label[ body]`, after any back-off.
    pub(crate) fn next(&mut self) -> String {
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

    pub(crate) fn ok(&mut self) {
        self.machine.on_answer(self.now, Ok(Answer { txn_id: Some(7), ..Answer::default() }));
    }

    pub(crate) fn state(&mut self, state: LabelState) {
        self.machine.on_answer(self.now, Ok(Answer { state: Some(state), ..Answer::default() }));
    }

    pub(crate) fn fails(&mut self, class: FailureClass) {
        let error = Error::new(ErrorKind::Network, format!("{class:?}"));
        self.machine.on_answer(self.now, Err(Failure { class, error }));
    }

    /// Expects these requests, each answered with success.
    pub(crate) fn goes(&mut self, requests: &[&str]) {
        for expected in requests {
            assert_eq!(self.next(), *expected);
            self.ok();
        }
    }

    pub(crate) fn failure(&self) -> Error {
        self.machine.failure().expect("the machine has not failed").clone()
    }
}

pub(crate) fn told(request: &Request) -> String {
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
