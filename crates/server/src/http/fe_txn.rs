// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! `/api/transaction/*` on the FE: who executes an operation, and what the FE decides alone.

use std::sync::PoisonError;

use hyper::{Method, Request};

use super::fe::{DDL_EXCEPTION, Frontend, SR_EXCEPTION};
use super::reply::{Object, Reply, fe_failure, fe_result, redirect};
use super::request::{filled, header};
use crate::clock::micros;
use crate::engine::{Committed, EngineError};
use crate::txn::{TxnInfo, TxnState};

/// How long the FE remembers where it sent a begin.
const ROUTE_LIFE: std::time::Duration = std::time::Duration::from_secs(259_200);

impl Frontend {
    /// Routes or answers one transaction operation of an authenticated user.
    pub(super) fn transaction<B>(&self, request: &Request<B>, operation: &str) -> Reply {
        let fail = |message: &str| fe_failure(SR_EXCEPTION, message, true);
        if !matches!(operation, "begin" | "load" | "prepare" | "commit" | "rollback") {
            return fail(&format!("Unknown transaction operation: {operation}"));
        }
        if operation != "load" && request.method() != Method::POST {
            return fe_failure(DDL_EXCEPTION, "Invalid request", true);
        }
        let Some(database) = filled(request, "db") else { return fail("No database selected.") };
        let Some(label) = filled(request, "label") else { return fail("Empty label.") };
        if self.engine.database(database).is_err() {
            return fail(&format!("Database[{database}] does not exist."));
        }
        if self.is_multi(request) {
            return self.multi(request, operation, database, label);
        }
        if let Some(refusal) = self.refuse_other_kinds(request) {
            return refusal;
        }
        let to_backend = || redirect(&self.backend_location(request), true);
        let key = (database.to_owned(), label.to_owned());
        if operation == "begin" {
            let now = self.engine.clock().now();
            let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
            begun.retain(|_, since| now.saturating_sub(*since) <= micros(ROUTE_LIFE));
            begun.insert(key, now);
            return to_backend();
        }
        let txn = self.engine.transaction(database, label).ok().flatten();
        match (operation, txn) {
            ("load", txn) => {
                let routed = self.begun.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&key);
                if routed || txn.is_some() {
                    return to_backend();
                }
                fail(&format!(
                    "Can't find the transaction with db [{database}] and label[{label}]. The possible reasons: 1. FE leader \
                     is started or switched; 2. The transaction timeouts and is cleaned."
                ))
            }
            (_, None) => fail(&format!("No transaction found with db[{database}] and label[{label}]")),
            ("commit", Some(txn)) if txn.state != TxnState::Prepare => self.commit(&txn),
            ("rollback", Some(txn)) if txn.state != TxnState::Prepare => self.rollback(&txn),
            _ => to_backend(),
        }
    }

    fn commit(&self, txn: &TxnInfo) -> Reply {
        match tokio::task::block_in_place(|| self.engine.commit(txn.id)) {
            Ok(Committed::Now) => finished(txn, ""),
            Ok(Committed::Before) => {
                finished(txn, &format!("Transaction {} has already committed, label is {}", txn.id, txn.label))
            }
            Err(error) => failed(&error),
        }
    }

    fn rollback(&self, txn: &TxnInfo) -> Reply {
        if txn.state == TxnState::Aborted {
            return finished(txn, &format!("Transaction {} has already aborted, label is {}", txn.id, txn.label));
        }
        match tokio::task::block_in_place(|| self.engine.abort(txn.id, "User Aborted")) {
            Ok(()) => finished(txn, ""),
            Err(error) => failed(&error),
        }
    }

    /// Whether the request names a multi-table transaction.
    pub(super) fn is_multi<B>(&self, request: &Request<B>) -> bool {
        let version = self.engine.version();
        let is = |name: &str, value: &str| {
            version.knows_header(name) && filled(request, name).is_some_and(|v| v.eq_ignore_ascii_case(value))
        };
        is("transaction_type", "multi") || is("source_type", "12")
    }

    /// Channels and bypass writes: their header errors, then a refusal.
    fn refuse_other_kinds<B>(&self, request: &Request<B>) -> Option<Reply> {
        let (id, number) = (header(request, "channel_id"), header(request, "channel_num"));
        if id.is_some() || number.is_some() {
            let message = match (id, number) {
                (None, _) => "Must provide channel_id when stream load begin.".to_owned(),
                (_, None) => "Must provide channel_num when stream load begin.".to_owned(),
                (Some(id), Some(number)) => {
                    for value in [number, id] {
                        if value.parse::<i32>().is_err() {
                            let message = format!("For input string: \"{value}\"");
                            return Some(fe_failure("java.lang.NumberFormatException", &message, true));
                        }
                    }
                    let (id, number) = (id.parse().unwrap_or(0), number.parse().unwrap_or(0));
                    if (0..number).contains(&id) {
                        "the embedded server does not support parallel channels".to_owned()
                    } else {
                        format!("Channel ID should be between [0, {}].", number - 1)
                    }
                }
            };
            return Some(fe_failure(DDL_EXCEPTION, &message, true));
        }
        let version = self.engine.version();
        let known = |name: &str| filled(request, name).filter(|_| version.knows_header(name));
        if let Some(source) = known("source_type") {
            let message = match source.parse::<i32>() {
                Err(_) => format!("Invalid source type: {source}"),
                Ok(1..=12) => format!("the embedded server does not support source type {source}"),
                Ok(_) => format!("Unknown source type: {source}"),
            };
            return Some(fe_failure(SR_EXCEPTION, &message, true));
        }
        None
    }
}

/// What a step of a transaction answers when it has done, or had done before, what was asked.
pub(super) fn finished(txn: &TxnInfo, message: &str) -> Reply {
    let object = Object::new()
        .text("Label", txn.label.as_str())
        .text("Status", "OK")
        .number("TxnId", txn.id)
        .text("Message", message);
    fe_result(&object, true)
}

fn failed(error: &EngineError) -> Reply {
    let class = match error {
        EngineError::EmptyLoad => "com.starrocks.transaction.TransactionCommitFailedException",
        _ => SR_EXCEPTION,
    };
    fe_failure(class, &error.to_string(), true)
}
