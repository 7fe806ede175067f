// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! `/api/transaction/*` on the BE.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::Request;
use hyper::body::{Body, Incoming};

use super::be::{Backend, Failed, LoadTarget, error_url};
use super::contexts::{Context, Key};
use super::reply::{Object, Reply, be_result, closing};
use super::request::{filled, header};
use crate::engine::EngineError;
use crate::load::{self, LoadOptions, LoadPlan};
use crate::txn::{LoadSource, TxnInfo, TxnState};

impl Backend {
    pub(super) async fn transaction(&self, request: Request<Incoming>, peer: SocketAddr, operation: &str) -> Reply {
        let label = filled(&request, "label").unwrap_or_default().to_owned();
        let has_body = !request.body().is_end_stream();
        let url_host = self.url_host(&request);
        let mut body_taken = false;
        let done = match self.check_head(&request, peer, operation) {
            Err(failed) => Err(failed),
            Ok(target) => match operation {
                "begin" => self.begin_transaction(&request, peer, target),
                "load" => self.load(request, target, peer, &mut body_taken).await,
                "rollback" => self.roll_back(&target),
                _ => self.end(&request, &target, operation, &url_host),
            },
        };
        let object = done.unwrap_or_else(|failed| {
            let mut object = Object::new().text("Status", failed.status);
            if matches!(failed.status, "TXN_IN_PROCESSING" | "TXN_NOT_EXISTS") {
                object = object.text("Label", label);
            }
            if let Some(existing) = failed.error_log.first().filter(|_| failed.status == "LABEL_ALREADY_EXISTS") {
                object = object.text("ExistingJobStatus", existing.as_str());
            }
            object = object.text("Message", failed.message);
            match failed.error_log.first().filter(|_| failed.status != "LABEL_ALREADY_EXISTS") {
                Some(file) => object.text("ErrorURL", error_url(&url_host, file)),
                None => object,
            }
        });
        let reply = be_result(&object);
        if has_body && !body_taken { closing(reply) } else { reply }
    }

    fn check_head<B>(&self, request: &Request<B>, peer: SocketAddr, operation: &str) -> Result<LoadTarget, Failed> {
        let invalid = |message: String| Failed::new("INVALID_ARGUMENT", message);
        if !matches!(operation, "begin" | "load" | "prepare" | "commit" | "rollback") {
            return Err(invalid(format!("Unknown transaction operation: {operation}")));
        }
        self.identity(request, peer).map_err(|e| Failed::new("INTERNAL_ERROR", e))?;
        let version = self.engine.version();
        let kind = header(request, "transaction_type").filter(|_| version.knows_header("transaction_type"));
        if kind.is_some() && operation != "load" {
            let message = "Multi-statement transaction requests can only be sent to FE nodes, not BE nodes";
            return Err(invalid(message.to_owned()));
        }
        let named = |name: &str| filled(request, name).map(str::to_owned);
        let label = named("label").ok_or_else(|| invalid("empty label".to_owned()))?;
        let database = named("db").ok_or_else(|| invalid("empty db".to_owned()))?;
        let table = named("table");
        if table.is_none() && matches!(operation, "begin" | "load") {
            return Err(invalid("empty table".to_owned()));
        }
        let multi = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("multi"));
        Ok(LoadTarget { database, table: table.unwrap_or_default(), label, multi })
    }

    fn begin_transaction<B>(
        &self,
        request: &Request<B>,
        peer: SocketAddr,
        target: LoadTarget,
    ) -> Result<Object, Failed> {
        let started = Instant::now();
        let options = self.load_options(request).map_err(|e| Failed::new("INVALID_ARGUMENT", e))?;
        let identity = self.identity(request, peer).map_err(|e| Failed::new("INTERNAL_ERROR", e))?;
        let txn_id = self.begin(&identity, &target, &options).map_err(|error| match &error {
            EngineError::LabelExists { state, .. } => Failed {
                error_log: vec![state.job_status().to_owned()],
                ..Failed::new("LABEL_ALREADY_EXISTS", error.to_string())
            },
            EngineError::NoLeader => Failed::new("THRIFT_RPC_ERROR", error.to_string()),
            EngineError::InvalidLabel(_) => Failed::new("INTERNAL_ERROR", error.to_string()),
            _ => Failed::new("ANALYSIS_ERROR", error.to_string()),
        })?;
        self.contexts.lock().insert(key(&target), Context::new(txn_id, &target.table));
        Ok(ok(&target.label, txn_id).number("BeginTxnTimeMs", started.elapsed().as_millis()))
    }

    async fn load(
        &self,
        request: Request<Incoming>,
        target: LoadTarget,
        peer: SocketAddr,
        body_taken: &mut bool,
    ) -> Result<Object, Failed> {
        if target.multi {
            self.open_table(&request, peer, &target)?;
        }
        let (lease, txn_id, first) = self.lease(&target, |context| {
            if context.table != target.table {
                let message = format!("Request table {} not equal transaction table {}", target.table, context.table);
                return Err(Failed::new("INVALID_ARGUMENT", message));
            }
            Ok(context.load.clone())
        })?;
        let loaded = self.load_leased(request, &target, txn_id, first, body_taken).await;
        if let Err(failed) = &loaded {
            lease.fail(&failed.message);
        }
        loaded
    }

    /// Makes the context of a table of a multi-table transaction, unless it is there.
    fn open_table<B>(&self, request: &Request<B>, peer: SocketAddr, target: &LoadTarget) -> Result<(), Failed> {
        let identity = self.identity(request, peer).map_err(|e| Failed::new("INTERNAL_ERROR", e))?;
        self.check_target(&identity, target).map_err(|e| Failed::new("ANALYSIS_ERROR", e.to_string()))?;
        let txn = self.engine.transaction(&target.database, &target.label).ok().flatten();
        let open = txn.filter(|t| t.source == LoadSource::MultiStatementStreaming && t.state == TxnState::Prepare);
        let txn_id = open.ok_or_else(|| missing(&target.label))?.id;
        let mut contexts = self.contexts.lock();
        // What is there may be of an older transaction with this label.
        if contexts.get(&key(target)).is_none_or(|context| context.txn_id != txn_id) {
            contexts.insert(key(target), Context::new(txn_id, &target.table));
        }
        Ok(())
    }

    async fn load_leased(
        &self,
        request: Request<Incoming>,
        target: &LoadTarget,
        txn_id: i64,
        first: Option<(LoadOptions, Arc<LoadPlan>)>,
        body_taken: &mut bool,
    ) -> Result<Object, Failed> {
        let options = self.load_options(&request).map_err(|e| Failed::new("INVALID_ARGUMENT", e))?;
        self.check_size(&request, &options).map_err(|e| Failed::new("INTERNAL_ERROR", e))?;
        let plan_started = Instant::now();
        let (options, plan) = match first {
            Some((first, _)) if first != options => {
                return Err(Failed::new("INTERNAL_ERROR", "load request not equal last."));
            }
            Some(first) => first,
            None => {
                let analysis = |message| Failed::new("ANALYSIS_ERROR", message);
                let table = self.engine.table(&target.database, &target.table);
                let table = table.map_err(|e| analysis(e.to_string()))?;
                let plan = LoadPlan::new(&self.engine, table, &options).map_err(analysis)?;
                (options, Arc::new(plan))
            }
        };
        let plan_time = plan_started.elapsed();
        let mut bytes = 0;
        let received = self.receive(request, target, options.clone(), Some(plan.clone()), &mut bytes).await;
        *body_taken = received.is_ok();
        let received = received.map_err(|mut failed| {
            failed.error_log = self.keep_error_log(target, failed.error_log).into_iter().collect();
            failed
        })?;
        let mut counters = received.loaded.counters;
        counters.bytes = bytes;
        let log = self.keep_error_log(target, received.loaded.error_log);
        let write = received.loaded.write.into_iter().collect();
        self.engine
            .stage(txn_id, write, &counters)
            .map_err(|e| Failed::new("ABORTED", format!("The load is timeout, and will be aborted: {e}")))?;
        if let Some(context) = self.contexts.lock().get_mut(&key(target)) {
            context.load = Some((options, plan));
            context.counters.add(&counters);
            context.error_log = log.or(context.error_log.take());
            context.plan_time += plan_time;
            context.read_time += received.read_time;
        }
        Ok(ok(&target.label, txn_id)
            .number("LoadBytes", bytes)
            .number("StreamLoadPlanTimeMs", plan_time.as_millis())
            .number("ReceivedDataTimeMs", received.read_time.as_millis()))
    }

    /// Prepare and one-phase commit.
    fn end<B>(
        &self,
        request: &Request<B>,
        target: &LoadTarget,
        operation: &str,
        url_host: &str,
    ) -> Result<Object, Failed> {
        let version = self.engine.version();
        let asked = filled(request, "prepared_timeout").filter(|_| version.knows_header("prepared_timeout"));
        let prepared_timeout = match asked {
            None => None,
            Some(text) => match text.parse::<u64>() {
                Ok(seconds) if seconds > 0 => Some(Duration::from_secs(seconds)),
                _ => return Err(Failed::new("INVALID_ARGUMENT", format!("Invalid prepared_timeout: {text}"))),
            },
        };
        // A second prepare after the context is gone repeats the first one's answer.
        let known = self.engine.transaction(&target.database, &target.label).ok().flatten();
        if let Some(txn) = known.filter(|t| operation == "prepare" && t.state == TxnState::Prepared) {
            return Ok(totals(&txn));
        }
        let ended = Instant::now();
        let (lease, txn_id, (ratio, error_log, times)) = self.lease(target, |context| {
            let ratio = context.load.as_ref().map(|(options, _)| options.max_filter_ratio);
            Ok((ratio, context.error_log.clone(), (context.begun, context.plan_time, context.read_time)))
        })?;
        let done = self.end_leased(target, operation, txn_id, ratio, prepared_timeout);
        match done {
            Ok(()) => {
                lease.close();
                let txn = self.engine.transaction_by_id(txn_id).ok_or_else(|| missing(&target.label))?;
                let (begun, plan_time, read_time) = times;
                let object = totals(&txn)
                    .number("LoadTimeMs", begun.elapsed().as_millis())
                    .number("StreamLoadPlanTimeMs", plan_time.as_millis())
                    .number("ReceivedDataTimeMs", read_time.as_millis())
                    .number("WriteDataTimeMs", read_time.as_millis())
                    .number("CommitAndPublishTimeMs", ended.elapsed().as_millis());
                Ok(match error_log {
                    Some(file) => object.text("ErrorURL", error_url(url_host, &file)),
                    None => object,
                })
            }
            Err(mut failed) => {
                lease.fail(&failed.message);
                failed.error_log = error_log.into_iter().collect();
                Err(failed)
            }
        }
    }

    fn end_leased(
        &self,
        target: &LoadTarget,
        operation: &str,
        txn_id: i64,
        ratio: Option<f64>,
        prepared_timeout: Option<Duration>,
    ) -> Result<(), Failed> {
        let internal = |message: String| Failed::new("INTERNAL_ERROR", message);
        let Some(ratio) = ratio else {
            return Err(internal(format!("transaction with label {} hasn't send any data yet", target.label)));
        };
        let txn = self.engine.transaction_by_id(txn_id).ok_or_else(|| missing(&target.label))?;
        if load::too_many_filtered(&txn.counters, ratio) {
            return Err(internal("too many filtered rows".to_owned()));
        }
        if self.config.sink_hole {
            self.engine.allow_empty(txn_id);
        }
        let done = if operation == "prepare" {
            tokio::task::block_in_place(|| self.engine.prepare(txn_id, prepared_timeout))
        } else {
            self.commit(txn_id).map(|_| ())
        };
        done.map_err(|e| internal(e.to_string()))
    }

    fn roll_back(&self, target: &LoadTarget) -> Result<Object, Failed> {
        let (lease, txn_id, ()) = match self.lease(target, |_| Ok(())) {
            Ok(leased) => leased,
            Err(failed) => {
                // An aborted transaction has no context any more, and rolling back again is fine.
                let known = self.engine.transaction(&target.database, &target.label).ok().flatten();
                return match known {
                    Some(txn) if txn.state == TxnState::Aborted => Ok(ok_without_id(&target.label)),
                    _ => Err(failed),
                };
            }
        };
        lease.close();
        self.engine
            .abort(txn_id, "transaction is aborted by user.")
            .map_err(|e| Failed::new("INTERNAL_ERROR", e.to_string()))?;
        Ok(ok_without_id(&target.label))
    }

    /// Takes the context of a label for one operation.
    fn lease<T>(
        &self,
        target: &LoadTarget,
        read: impl FnOnce(&Context) -> Result<T, Failed>,
    ) -> Result<(Lease<'_>, i64, T), Failed> {
        let mut contexts = self.contexts.lock();
        let Some(context) = contexts.get_mut(&key(target)) else {
            // The label may be open in another database.
            if let Some(other) = contexts.keys().find(|key| key.label == target.label && key.table.is_none()) {
                let message =
                    format!("Request database {} not equal transaction database {}", target.database, other.database);
                return Err(Failed::new("INVALID_ARGUMENT", message));
            }
            return Err(missing(&target.label));
        };
        let running = self.engine.transaction_by_id(context.txn_id).is_some_and(|t| t.state == TxnState::Prepare);
        if !running {
            contexts.remove(&key(target));
            return Err(missing(&target.label));
        }
        if context.busy {
            return Err(Failed::new("TXN_IN_PROCESSING", "Transaction is in processing"));
        }
        let value = read(context)?;
        context.busy = true;
        let txn_id = context.txn_id;
        Ok((Lease { backend: self, key: key(target), txn_id, done: false }, txn_id, value))
    }
}

/// One operation on a context. When it is dropped without an end the context is free for the next one.
struct Lease<'a> {
    backend: &'a Backend,
    key: Key,
    txn_id: i64,
    done: bool,
}

impl Lease<'_> {
    /// The transaction is over for the backend.
    fn close(mut self) {
        self.done = true;
        self.backend.contexts.lock().remove(&self.key);
    }

    /// The operation failed, which aborts the transaction.
    fn fail(self, reason: &str) {
        let (backend, txn_id) = (self.backend, self.txn_id);
        self.close();
        backend.abort(txn_id, reason);
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if !self.done
            && let Some(context) = self.backend.contexts.lock().get_mut(&self.key)
        {
            context.busy = false;
        }
    }
}

fn key(target: &LoadTarget) -> Key {
    Key {
        database: target.database.clone(),
        label: target.label.clone(),
        table: target.multi.then(|| target.table.clone()),
    }
}

fn missing(label: &str) -> Failed {
    Failed::new("TXN_NOT_EXISTS", format!("Transaction with label {label} not exists"))
}

fn ok_without_id(label: &str) -> Object {
    Object::new().text("Status", "OK").text("Message", "").text("Label", label)
}

fn ok(label: &str, txn_id: i64) -> Object {
    ok_without_id(label).number("TxnId", txn_id)
}

fn totals(txn: &TxnInfo) -> Object {
    ok(&txn.label, txn.id)
        .number("NumberTotalRows", txn.counters.total)
        .number("NumberLoadedRows", txn.counters.loaded)
        .number("NumberFilteredRows", txn.counters.filtered)
        .number("NumberUnselectedRows", txn.counters.unselected)
        .number("LoadBytes", txn.counters.bytes)
}
