// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Multi-table transactions. The FE keeps them and executes everything but the loads, which it sends to the backend.

use std::time::Duration;

use hyper::Request;

use super::be::error_url;
use super::fe::{Frontend, SR_EXCEPTION};
use super::fe_txn::finished;
use super::reply::{Object, Reply, fe_failure, fe_result, redirect};
use super::request::filled;
use crate::engine::EngineError;
use crate::load;
use crate::txn::{BeginTxn, LoadSource, TxnInfo, TxnState};

const MISSING_EXCEPTION: &str = "com.starrocks.common.MetaNotFoundException";

impl Frontend {
    /// One operation on the multi-table transaction of a label, in an existing database.
    pub(super) fn multi<B>(&self, request: &Request<B>, operation: &str, database: &str, label: &str) -> Reply {
        if operation == "prepare" {
            return fe_failure(SR_EXCEPTION, "Unsupported operation: TXN_PREPARE", true);
        }
        let known = self.engine.transaction(database, label).ok().flatten();
        let known = known.filter(|txn| txn.source == LoadSource::MultiStatementStreaming);
        match (operation, known) {
            ("begin", Some(txn)) => begun_before(&txn),
            ("begin", None) => self.begin_multi(request, database, label),
            (_, None) => fe_failure(SR_EXCEPTION, &format!("stream load task {label} does not exist"), true),
            ("load", Some(txn)) => self.load_multi(request, database, &txn),
            ("commit", Some(txn)) => self.commit_multi(request, database, &txn),
            (_, Some(txn)) => self.roll_back_multi(&txn),
        }
    }

    fn begin_multi<B>(&self, request: &Request<B>, database: &str, label: &str) -> Reply {
        let timeout = match filled(request, "timeout").map(str::parse).transpose() {
            Ok(seconds) => seconds.map(Duration::from_secs),
            Err(_) => return fe_failure(SR_EXCEPTION, "Invalid timeout format", true),
        };
        let begun = self.engine.begin(BeginTxn {
            database: database.to_owned(),
            table: None,
            label: label.to_owned(),
            source: LoadSource::MultiStatementStreaming,
            coordinator: format!("FE: {}", self.config.listen),
            timeout,
            idle_timeout: None,
        });
        match begun {
            Ok(_) => done(""),
            Err(EngineError::LabelExists { state, .. }) => label_used(label, state.job_status()),
            Err(error) => fe_failure(SR_EXCEPTION, &error.to_string(), true),
        }
    }

    fn load_multi<B>(&self, request: &Request<B>, database: &str, txn: &TxnInfo) -> Reply {
        match txn.state {
            TxnState::Aborted => {
                return refused(&format!("stream load task {} has already been cancelled: {}", txn.label, txn.reason));
            }
            TxnState::Visible | TxnState::Committed => {
                return refused(&format!("stream load task {} has already been commited", txn.label));
            }
            TxnState::Prepare | TxnState::Prepared => {}
        }
        let Some(table) = filled(request, "table") else { return fe_failure(SR_EXCEPTION, "No table selected.", true) };
        if self.engine.table(database, table).is_err() {
            let reason = format!("Failed to find table {table} in db {database}");
            self.abort(txn, &reason);
            return fe_failure(MISSING_EXCEPTION, &reason, true);
        }
        redirect(&self.backend_location(request), true)
    }

    fn commit_multi<B>(&self, request: &Request<B>, database: &str, txn: &TxnInfo) -> Reply {
        match txn.state {
            TxnState::Aborted => {
                return refused(&format!("Can not commit CANCELLED transaction {}, label is {}", txn.id, txn.label));
            }
            TxnState::Visible | TxnState::Committed => {
                return finished(txn, &format!("Transaction {} has already committed, label is {}", txn.id, txn.label));
            }
            TxnState::Prepare | TxnState::Prepared => {}
        }
        let of_this = |key: &super::contexts::Key| key.database == database && key.label == txn.label;
        let mut rejected = None;
        {
            let contexts = self.contexts.lock();
            for (_, context) in contexts.iter().filter(|(key, context)| of_this(key) && context.txn_id == txn.id) {
                if context.busy {
                    let object = Object::new()
                        .text("Status", "TXN_IN_PROCESSING")
                        .text("Label", txn.label.as_str())
                        .text("Message", "Transaction is in processing");
                    return fe_result(&object, true);
                }
                let Some((options, _)) = &context.load else { continue };
                if load::too_many_filtered(&context.counters, options.max_filter_ratio) {
                    rejected = Some((context.table.clone(), context.error_log.clone()));
                }
            }
        }
        let failure = match rejected {
            Some((table, log)) => {
                let host = self.backend_host(request);
                let url = log.map(|file| format!(", tracking url: {}", error_url(&host, &file))).unwrap_or_default();
                Some(format!("Failed to load table {table}: too many filtered rows{url}"))
            }
            None => tokio::task::block_in_place(|| self.engine.commit(txn.id)).err().map(|e| e.to_string()),
        };
        if let Some(message) = failure {
            self.abort(txn, &message);
            return fe_failure(SR_EXCEPTION, &message, true);
        }
        self.contexts.lock().retain(|key, _| !of_this(key));
        // A load may have ended between the look at the transaction and its commit.
        if self.engine.transaction_by_id(txn.id).is_none_or(|txn| txn.table_ids.is_empty()) {
            return done("");
        }
        let object = Object::new()
            .text("Label", txn.label.as_str())
            .text("Status", "OK")
            .number("TxnId", txn.id)
            .number("ChannelId", 0)
            .text("Message", "")
            .number("Prepared Channel Num", 1);
        fe_result(&object, true)
    }

    fn roll_back_multi(&self, txn: &TxnInfo) -> Reply {
        match txn.state {
            TxnState::Visible | TxnState::Committed => {
                refused(&format!("Can not abort VISIBLE transaction {}, label is {}", txn.id, txn.label))
            }
            TxnState::Aborted => {
                finished(txn, &format!("Transaction {} has already aborted, label is {}", txn.id, txn.label))
            }
            TxnState::Prepare | TxnState::Prepared => {
                match tokio::task::block_in_place(|| self.engine.abort(txn.id, "manual abort")) {
                    Ok(()) => done(&format!("stream load {} abort", txn.label)),
                    Err(error) => fe_failure(SR_EXCEPTION, &error.to_string(), true),
                }
            }
        }
    }

    fn abort(&self, txn: &TxnInfo, reason: &str) {
        if let Err(error) = tokio::task::block_in_place(|| self.engine.abort(txn.id, reason)) {
            tracing::debug!(txn = txn.id, %error, "not aborted");
        }
    }
}

fn begun_before(txn: &TxnInfo) -> Reply {
    let state = match txn.state {
        TxnState::Visible | TxnState::Committed => return label_used(&txn.label, "COMMITED"),
        TxnState::Aborted => "CANCELLED",
        TxnState::Prepare | TxnState::Prepared => "BEGIN",
    };
    let object = Object::new()
        .text("Status", "LABEL_ALREADY_EXISTS")
        .text("ExistingJobStatus", state)
        .number("TxnId", txn.id)
        .text("Message", format!("Transaction already started with label [{}], txnId: {}", txn.label, txn.id));
    fe_result(&object, true)
}

fn label_used(label: &str, status: &str) -> Reply {
    let object = Object::new()
        .text("Status", "LABEL_ALREADY_EXISTS")
        .text("ExistingJobStatus", status)
        .text("Message", format!("Label [{label}] has already been used."));
    fe_result(&object, true)
}

fn done(message: &str) -> Reply {
    fe_result(&Object::new().text("Status", "OK").text("Message", message), true)
}

/// A refusal without the exception's name, as the FE's task gives it.
fn refused(message: &str) -> Reply {
    fe_result(&Object::new().text("Status", "FAILED").text("Message", message), true)
}
