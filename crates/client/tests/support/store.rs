// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A small StarRocks in memory: enough of labels and transactions to see what a sink leaves behind.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "test support: each test binary uses its part")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::support::{Reaction, Seen};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Prepare,
    Prepared,
    Visible,
    Aborted,
}

#[derive(Debug, Clone)]
pub struct Txn {
    pub state: State,
    pub bodies: Vec<Vec<u8>>,
}

/// Transactions by label. Bodies of loads are told from the log of the server, since a handler runs before the body.
#[derive(Debug, Clone, Default)]
pub struct Store(pub Arc<Mutex<BTreeMap<String, Txn>>>);

impl Store {
    pub fn labels(&self, state: State) -> Vec<String> {
        self.0.lock().unwrap().iter().filter(|(_, t)| t.state == state).map(|(label, _)| label.clone()).collect()
    }

    /// The answer of a server on which everything works.
    pub fn react(&self, seen: &Seen) -> Reaction {
        let label = seen.label();
        let mut store = self.0.lock().unwrap();
        let fail = |status: &str, message: &str| {
            Reaction::Answer(format!(r#"{{"Status":"{status}","Message":"{message}","Label":"{label}"}}"#))
        };
        let ok = Reaction::Answer(format!(r#"{{"Status":"OK","Label":"{label}","TxnId":7,"Message":""}}"#));
        let state = store.get(&label).map(|t| t.state);
        let mut set = |state| {
            store.entry(label.clone()).or_insert(Txn { state, bodies: Vec::new() }).state = state;
        };
        match (seen.operation(), state) {
            ("begin", None | Some(State::Aborted)) => set(State::Prepare),
            ("begin", _) => return fail("LABEL_ALREADY_EXISTS", "Label has already been used."),
            ("load", Some(State::Prepare)) => {}
            ("prepare", Some(State::Prepare | State::Prepared)) => set(State::Prepared),
            ("commit", Some(State::Prepared | State::Visible)) => set(State::Visible),
            ("rollback", Some(State::Prepare | State::Prepared | State::Aborted)) => set(State::Aborted),
            ("_stream_load", None | Some(State::Aborted)) => {
                set(State::Visible);
                return Reaction::Answer(format!(
                    r#"{{"Status":"Success","Label":"{label}","TxnId":7,"Message":"OK"}}"#
                ));
            }
            ("_stream_load", _) => {
                return Reaction::Answer(format!(
                    r#"{{"TxnId":-1,"Label":"{label}","Status":"Label Already Exists","ExistingJobStatus":"FINISHED","Message":"Label [{label}] has already been used."}}"#
                ));
            }
            ("get_load_state", state) => {
                let word = match state {
                    None => "UNKNOWN",
                    Some(State::Prepare) => "PREPARE",
                    Some(State::Prepared) => "PREPARED",
                    Some(State::Visible) => "VISIBLE",
                    Some(State::Aborted) => "ABORTED",
                };
                return Reaction::Answer(format!(
                    r#"{{"state":"{word}","reason":"","status":"OK","code":"0","msg":"Success","message":"OK"}}"#
                ));
            }
            _ => return fail("TXN_NOT_EXISTS", "Transaction not exists"),
        }
        ok
    }
}
