// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Stream Load.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hyper::Request;
use hyper::body::Incoming;

use super::be::{Backend, Failed, LoadTarget, error_url};
use super::reply::{Object, Reply, be_result, closing};
use crate::engine::{Engine, EngineError};
use crate::load::{self};
use crate::txn::LoadCounters;

impl Backend {
    pub(super) async fn stream_load(&self, request: Request<Incoming>, peer: SocketAddr, target: LoadTarget) -> Reply {
        let started = Instant::now();
        let url_host = self.url_host(&request);
        let mut result = StreamLoad { label: target.label.clone(), ..StreamLoad::default() };
        let done = self.execute(request, peer, &target, &mut result).await;
        if let Err(failed) = done {
            if let Some(id) = result.txn_id {
                self.abort(id, &failed.message);
            }
            result.counters.filtered = result.counters.filtered.max(failed.counters.filtered);
            result.counters.total = result.counters.total.max(failed.counters.total);
            result.counters.unselected = result.counters.unselected.max(failed.counters.unselected);
            result.counters.loaded = result.counters.total - result.counters.filtered.min(result.counters.total);
            if result.error_log.is_none() {
                result.error_log = self.keep_error_log(&target, failed.error_log);
            }
            result.status = failed.status;
            result.message = failed.message;
        }
        let reply = be_result(&result.object(started, &url_host));
        if result.body_taken { reply } else { closing(reply) }
    }

    async fn execute(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        target: &LoadTarget,
        result: &mut StreamLoad,
    ) -> Result<(), Failed> {
        let identity = self.identity(&request, peer).map_err(|e| Failed::new("Fail", e))?;
        let options = self.load_options(&request).map_err(|e| Failed::new("Fail", e))?;
        self.check_size(&request, &options).map_err(|e| Failed::new("Fail", e))?;
        let begin_started = Instant::now();
        let txn_id = self.begin(&identity, target, &options).map_err(|error| {
            let status = if let EngineError::LabelExists { state, .. } = &error {
                result.existing = Some(state.job_status());
                "Label Already Exists"
            } else {
                "Fail"
            };
            Failed::new(status, error.to_string())
        })?;
        result.txn_id = Some(txn_id);
        result.begin_time = begin_started.elapsed();
        // A client that hangs up mid-body drops this future; the guard then aborts what it began.
        let mut guard = AbortGuard { engine: &self.engine, txn_id: Some(txn_id) };
        let received = self.receive(request, target, options.clone(), None, &mut result.counters.bytes).await;
        result.body_taken = received.is_ok();
        let received = received.map_err(|e| Failed { status: "Fail", ..e })?;
        (result.plan_time, result.read_time) = (received.plan_time, received.read_time);
        let bytes = result.counters.bytes;
        result.counters = LoadCounters { bytes, ..received.loaded.counters };
        result.error_log = self.keep_error_log(target, received.loaded.error_log);
        if load::too_many_filtered(&result.counters, options.max_filter_ratio) {
            return Err(Failed::new("Fail", "too many filtered rows"));
        }
        if self.config.sink_hole {
            self.engine.allow_empty(txn_id);
        }
        let commit_started = Instant::now();
        let committed = self
            .engine
            .stage(txn_id, received.loaded.write.into_iter().collect(), &result.counters)
            .and_then(|()| self.commit(txn_id).map(|_| ()));
        guard.txn_id = None;
        result.commit_time = commit_started.elapsed();
        committed.map_err(|e| Failed::new("Fail", e.to_string()))
    }
}

/// Aborts a transaction whose request went away.
struct AbortGuard<'a> {
    engine: &'a Engine,
    txn_id: Option<i64>,
}

impl Drop for AbortGuard<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.txn_id
            && let Err(error) = self.engine.abort(id, "the client closed the connection or the load failed")
        {
            tracing::debug!(txn = id, %error, "not aborted");
        }
    }
}

/// What the reply of a Stream Load tells.
#[derive(Default)]
pub(super) struct StreamLoad {
    txn_id: Option<i64>,
    label: String,
    status: &'static str,
    existing: Option<&'static str>,
    message: String,
    counters: LoadCounters,
    begin_time: Duration,
    plan_time: Duration,
    read_time: Duration,
    commit_time: Duration,
    error_log: Option<String>,
    body_taken: bool,
}

impl StreamLoad {
    /// The reply to a load that is refused by its headers.
    pub(super) fn refused(label: String, message: String, url_host: &str) -> Reply {
        let result = Self { label, status: "Fail", message, ..Self::default() };
        closing(be_result(&result.object(Instant::now(), url_host)))
    }

    fn object(&self, started: Instant, url_host: &str) -> Object {
        let succeeded = self.status.is_empty();
        let mut object = Object::new()
            .number("TxnId", self.txn_id.unwrap_or(-1))
            .text("Label", self.label.as_str())
            .text("Status", if succeeded { "Success" } else { self.status });
        if let Some(existing) = self.existing {
            object = object.text("ExistingJobStatus", existing);
        }
        object = object
            .text("Message", if succeeded { "OK" } else { self.message.as_str() })
            .number("NumberTotalRows", self.counters.total)
            .number("NumberLoadedRows", self.counters.loaded)
            .number("NumberFilteredRows", self.counters.filtered)
            .number("NumberUnselectedRows", self.counters.unselected)
            .number("LoadBytes", self.counters.bytes)
            .number("LoadTimeMs", started.elapsed().as_millis())
            .number("BeginTxnTimeMs", self.begin_time.as_millis())
            .number("StreamLoadPlanTimeMs", self.plan_time.as_millis())
            .number("ReadDataTimeMs", self.read_time.as_millis())
            .number("WriteDataTimeMs", self.read_time.as_millis())
            .number("CommitAndPublishTimeMs", self.commit_time.as_millis());
        match &self.error_log {
            Some(file) => object.text("ErrorURL", error_url(url_host, file)),
            None => object,
        }
    }
}
