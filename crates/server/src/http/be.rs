// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The BE: Stream Load, the error log, and the contexts of open transactions.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::{Method, Request, StatusCode};
use tokio::sync::mpsc::{self, Sender};
use tokio::sync::watch;
use uuid::Uuid;

use super::HttpConfig;
use super::contexts::Contexts;
use super::faults::{Action, Cut, Endpoint, Faults};
use super::merge_commit::{MergeCommits, flag};
use super::reply::{HTML, JSON, Object, Reply, TEXT, be_result, closing, reply};
use super::request::{basic, filled, header, host, parameter, segments};
use crate::compat::Feature;
use crate::engine::{Credentials, Engine, EngineError, Identity, Object as Target, Privilege};
use crate::load::{self, ChannelBody, Format, Hole, LoadFailure, LoadOptions, LoadPlan, Loaded};
use crate::txn::{BeginTxn, LoadCounters, LoadSource};

/// Pieces of a body between the connection and the parser.
const BODY_QUEUE: usize = 16;

/// The BE's HTTP role.
pub(super) struct Backend {
    pub(super) engine: Engine,
    pub(super) config: Arc<HttpConfig>,
    pub(super) address: SocketAddr,
    pub(super) contexts: Arc<Contexts>,
    pub(super) merge_commits: MergeCommits,
    faults: Option<Arc<Faults>>,
    /// Bytes of load bodies as they came over the wire, since the start.
    received_bytes: AtomicU64,
}

/// What a load request names.
#[derive(Debug, Clone)]
pub(super) struct LoadTarget {
    pub(super) database: String,
    pub(super) table: String,
    pub(super) label: String,
    /// Whether it is a load of a multi-table transaction.
    pub(super) multi: bool,
}

/// How a body was taken.
pub(super) struct Received {
    pub(super) loaded: Loaded,
    pub(super) plan_time: Duration,
    pub(super) read_time: Duration,
}

/// Why a load failed.
pub(super) struct Failed {
    pub(super) status: &'static str,
    pub(super) message: String,
    pub(super) counters: LoadCounters,
    pub(super) error_log: Vec<String>,
    /// Whether the body came whole and its contents are at fault.
    pub(super) in_rows: bool,
}

impl Failed {
    pub(super) fn new(status: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            counters: LoadCounters::default(),
            error_log: Vec::new(),
            in_rows: false,
        }
    }
}

impl Backend {
    pub(super) fn new(
        engine: Engine,
        config: Arc<HttpConfig>,
        address: SocketAddr,
        contexts: Arc<Contexts>,
        faults: Option<Arc<Faults>>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let merge_commits = MergeCommits::new(engine.clone(), address.ip(), stop);
        Self { engine, config, address, contexts, merge_commits, faults, received_bytes: AtomicU64::new(0) }
    }

    /// Answers one request, unless a fault hits it.
    pub(super) async fn handle(&self, request: Request<Incoming>, peer: SocketAddr) -> Result<Reply, Cut> {
        let path = segments(&request);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let action = match (&self.faults, Endpoint::of(request.method(), &path)) {
            (Some(faults), Some(endpoint)) => faults.take(endpoint),
            _ => Action::Pass,
        };
        action.around(self.answer(request, peer, &path)).await
    }

    /// A reply that does not read the body closes the connection.
    async fn answer(&self, request: Request<Incoming>, peer: SocketAddr, path: &[&str]) -> Reply {
        match (request.method(), path) {
            (&Method::PUT, ["api", database, table, "_stream_load"]) => {
                let label = filled(&request, "label").map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
                let target = LoadTarget { database: (*database).into(), table: (*table).into(), label, multi: false };
                let version = self.engine.version();
                let merge = if version.knows_header("enable_merge_commit") {
                    flag(&request, "enable_merge_commit")
                } else {
                    Ok(false)
                };
                match merge {
                    Ok(true) => self.merge_commit(request, peer, target).await,
                    Ok(false) => self.stream_load(request, peer, target).await,
                    Err(message) => StreamLoad::refused(target.label, message, &self.url_host(&request)),
                }
            }
            (&Method::POST | &Method::PUT, ["api", "transaction", operation])
                if self.engine.version().has(Feature::Transactions) =>
            {
                let operation = (*operation).to_owned();
                self.transaction(request, peer, &operation).await
            }
            (&Method::GET, ["api", "_load_error_log"]) => self.error_log(&request),
            (&Method::GET, ["api", "health"]) => {
                reply(StatusCode::OK, JSON, &[], true, r#"{"status": "OK","msg": "To Be Added"}"#)
            }
            (&Method::GET, ["metrics"]) => self.metrics(),
            _ => {
                let page = "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>";
                let missing = reply(StatusCode::NOT_FOUND, HTML, &[], true, page);
                if request.body().is_end_stream() { missing } else { closing(missing) }
            }
        }
    }

    async fn stream_load(&self, request: Request<Incoming>, peer: SocketAddr, target: LoadTarget) -> Reply {
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

    /// Reads a body into rows on a thread that may block. `plan` is made from the options if there is none yet.
    pub(super) async fn receive(
        &self,
        request: Request<Incoming>,
        target: &LoadTarget,
        options: LoadOptions,
        plan: Option<Arc<LoadPlan>>,
        received_bytes: &mut u64,
    ) -> Result<Received, Failed> {
        let plan_started = Instant::now();
        let plan = match plan {
            Some(plan) => plan,
            None => {
                let table = self.engine.table(&target.database, &target.table);
                let table = table.map_err(|e| Failed::new("ANALYSIS_ERROR", e.to_string()))?;
                let plan = LoadPlan::new(&self.engine, table, &options);
                Arc::new(plan.map_err(|e| Failed::new("ANALYSIS_ERROR", e))?)
            }
        };
        let plan_time = plan_started.elapsed();
        let read_started = Instant::now();
        let default = Duration::from_secs(self.engine.settings().stream_load_default_timeout_second);
        let deadline = tokio::time::Instant::now() + options.timeout.unwrap_or(default);
        let limit = self.engine.settings().streaming_load_max_mb.saturating_mul(1 << 20);
        let body = request.into_body();
        let parsed = if self.config.sink_hole {
            tokio::time::timeout_at(deadline, swallow(body, Hole::new(&options), limit, received_bytes)).await
        } else {
            let (sender, receiver) = mpsc::channel(BODY_QUEUE);
            let engine = self.engine.clone();
            let parser =
                tokio::task::spawn_blocking(move || load::run(&engine, plan, &options, ChannelBody::new(receiver)));
            let pumped = tokio::time::timeout_at(deadline, pump(body, sender, limit, received_bytes)).await;
            let parsed =
                parser.await.map_err(|e| Failed::new("INTERNAL_ERROR", format!("the load thread ended: {e}")))?;
            pumped.map(|pumped| parsed.and_then(|loaded| pumped.map(|()| loaded).map_err(LoadFailure::Body)))
        };
        self.received_bytes.fetch_add(*received_bytes, Ordering::Relaxed);
        let Ok(parsed) = parsed else {
            return Err(Failed::new("TIMEOUT", "the load did not end within its timeout"));
        };
        match parsed {
            Ok(loaded) => Ok(Received { loaded, plan_time, read_time: read_started.elapsed() }),
            Err(LoadFailure::Body(error)) => {
                Err(Failed::new("INTERNAL_ERROR", format!("receive body don't equal with body bytes: {error}")))
            }
            Err(LoadFailure::Data { message, counters, error_log }) => {
                Err(Failed { status: "INTERNAL_ERROR", message, counters, error_log, in_rows: true })
            }
        }
    }

    /// Who the client is; the errors are the backend's texts.
    pub(super) fn identity<B>(&self, request: &Request<B>, peer: SocketAddr) -> Result<Identity, String> {
        let credentials = basic(request).map_err(|_| "no valid Basic authorization".to_owned())?;
        let password = Credentials::Password(&credentials.password);
        let host = peer.ip().to_string();
        self.engine.authenticate(&credentials.user, &host, password).map_err(|e| e.to_string())
    }

    /// The headers of a load, as far as the impersonated version knows them.
    pub(super) fn load_options<B>(&self, request: &Request<B>) -> Result<LoadOptions, String> {
        let version = self.engine.version();
        LoadOptions::parse(|name| header(request, name).filter(|_| version.knows_header(name)))
    }

    /// The body's declared size against the limits.
    pub(super) fn check_size<B: Body>(&self, request: &Request<B>, options: &LoadOptions) -> Result<(), String> {
        let Some(size) = request.body().size_hint().exact() else { return Ok(()) };
        let settings = self.engine.settings();
        let limit = settings.streaming_load_max_mb.saturating_mul(1 << 20);
        if size > limit {
            return Err(format!(
                "body size {size} exceed limit: {limit}, please increase the value of streaming_load_max_mb in be.conf"
            ));
        }
        let json_limit = settings.streaming_load_max_batch_size_mb.saturating_mul(1 << 20);
        if let Format::Json(json) = &options.format
            && size > json_limit
            && !json.ignore_size
        {
            return Err(format!(
                "The size of this batch exceed the max size [{json_limit}]  of json type data  data [ {size} ]. Set \
                 ignore_json_size to skip the check, although it may lead huge memory consuming."
            ));
        }
        Ok(())
    }

    /// Whether the table is there and the user may write to it.
    pub(super) fn check_target(&self, identity: &Identity, target: &LoadTarget) -> Result<(), EngineError> {
        self.engine.table(&target.database, &target.table)?;
        let object = Target::Table { database: &target.database, table: &target.table };
        self.engine.authorize(identity, Privilege::Insert, object)
    }

    /// Checks names and privilege and begins a transaction.
    pub(super) fn begin(
        &self,
        identity: &Identity,
        target: &LoadTarget,
        options: &LoadOptions,
    ) -> Result<i64, EngineError> {
        self.check_target(identity, target)?;
        self.engine.begin(BeginTxn {
            database: target.database.clone(),
            table: Some(target.table.clone()),
            label: target.label.clone(),
            source: LoadSource::BackendStreaming,
            coordinator: format!("BE: {}", self.address.ip()),
            timeout: options.timeout,
            idle_timeout: options.idle_timeout,
        })
    }

    /// Commits; a commit that fails leaves an aborted transaction.
    pub(super) fn commit(&self, txn_id: i64) -> Result<crate::engine::Committed, EngineError> {
        let committed = tokio::task::block_in_place(|| self.engine.commit(txn_id));
        if let Err(error) = &committed {
            self.abort(txn_id, &error.to_string());
        }
        committed
    }

    pub(super) fn abort(&self, txn_id: i64, reason: &str) {
        if let Err(error) = self.engine.abort(txn_id, reason) {
            tracing::debug!(txn = txn_id, %error, "not aborted");
        }
    }

    /// Keeps rejected rows and returns the name of their log.
    pub(super) fn keep_error_log(&self, target: &LoadTarget, lines: Vec<String>) -> Option<String> {
        (!lines.is_empty()).then(|| self.engine.keep_error_log(&target.database, &target.label, lines.join("\n")))
    }

    /// The host and port under which this client reaches the backend.
    pub(super) fn url_host<B>(&self, request: &Request<B>) -> String {
        let fallback = self.address.ip().to_string();
        let host = self.config.advertised_host.as_deref().or(host(request)).unwrap_or(&fallback).to_owned();
        format!("{host}:{}", self.address.port())
    }

    /// The one metric of a real BE that says what loads cost the network.
    fn metrics(&self) -> Reply {
        let bytes = self.received_bytes.load(Ordering::Relaxed);
        let text = format!(
            "# TYPE starrocks_be_stream_load counter\nstarrocks_be_stream_load{{type=\"receive_bytes\"}} {bytes}\n"
        );
        reply(StatusCode::OK, TEXT, &[], true, text)
    }

    fn error_log<B>(&self, request: &Request<B>) -> Reply {
        let name = parameter(request, "file").unwrap_or_default();
        match self.engine.error_log(&name) {
            Some(text) => reply(StatusCode::OK, TEXT, &[], true, text),
            None => reply(StatusCode::NOT_FOUND, TEXT, &[], true, format!("error log {name} does not exist")),
        }
    }
}

/// The reply's URL of an error log.
pub(super) fn error_url(host: &str, file: &str) -> String {
    format!("http://{host}/api/_load_error_log?file={file}")
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

/// Moves a body into the channel. The parser may end first; the rest is then left unread.
async fn pump(mut body: Incoming, sender: Sender<io::Result<Bytes>>, limit: u64, received: &mut u64) -> io::Result<()> {
    loop {
        match next_piece(&mut body, limit, received).await {
            Ok(None) => return Ok(()),
            Ok(Some(piece)) => {
                if !piece.is_empty() && sender.send(Ok(piece)).await.is_err() {
                    return Ok(());
                }
            }
            Err(error) => {
                // The parser learns that the body is incomplete; whether it still listens is no matter.
                let _ended = sender.send(Err(io::Error::new(error.kind(), error.to_string()))).await;
                return Err(error);
            }
        }
    }
}

/// Reads a body to its end and keeps nothing, on the thread that reads it.
async fn swallow(mut body: Incoming, mut hole: Hole, limit: u64, received: &mut u64) -> Result<Loaded, LoadFailure> {
    let refused = |message| LoadFailure::Data { message, counters: LoadCounters::default(), error_log: Vec::new() };
    while let Some(piece) = next_piece(&mut body, limit, received).await.map_err(LoadFailure::Body)? {
        hole.feed(&piece).map_err(refused)?;
    }
    let counters = hole.finish().map_err(refused)?;
    Ok(Loaded { write: None, counters, error_log: Vec::new() })
}

async fn next_piece(body: &mut Incoming, limit: u64, received: &mut u64) -> io::Result<Option<Bytes>> {
    let piece = match body.frame().await {
        None => return Ok(None),
        Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
        Some(Err(error)) => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, error.to_string())),
    };
    *received += piece.len() as u64;
    if *received > limit {
        return Err(io::Error::other(format!(
            "body size {received} exceed limit: {limit}, please increase the value of streaming_load_max_mb in be.conf"
        )));
    }
    Ok(Some(piece))
}

/// What the reply of a Stream Load tells.
#[derive(Default)]
struct StreamLoad {
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
    fn refused(label: String, message: String, url_host: &str) -> Reply {
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
