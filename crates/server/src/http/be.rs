// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The BE: Stream Load, the error log, and the contexts of open transactions.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::{Method, Request, StatusCode};
use tokio::sync::watch;
use uuid::Uuid;

use super::HttpConfig;
use super::be_stream_load::StreamLoad;
use super::contexts::Contexts;
use super::faults::{Action, Cut, Endpoint, Faults};
use super::merge_commit::{MergeCommits, flag};
use super::reply::{HTML, JSON, Reply, TEXT, closing, reply};
use super::request::{basic, filled, header, host, parameter, segments};
use super::whole::Whole;
use crate::compat::Feature;
use crate::engine::{Credentials, Engine, EngineError, Identity, Object as Target, Privilege};
use crate::load::{Format, LoadOptions, Loaded};
use crate::txn::{BeginTxn, LoadCounters, LoadSource};

/// The BE's HTTP role.
pub(super) struct Backend {
    pub(super) engine: Engine,
    pub(super) config: Arc<HttpConfig>,
    pub(super) address: SocketAddr,
    pub(super) contexts: Arc<Contexts>,
    pub(super) merge_commits: MergeCommits,
    faults: Option<Arc<Faults>>,
    whole: Arc<Whole>,
    /// Bytes of load bodies as they came over the wire, since the start.
    pub(super) received_bytes: AtomicU64,
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
        config: Arc<HttpConfig>,
        address: SocketAddr,
        faults: Option<Arc<Faults>>,
        whole: Arc<Whole>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let (engine, contexts) = (whole.engine.clone(), whole.contexts.clone());
        let merge_commits = MergeCommits::new(engine.clone(), address.ip(), stop);
        Self { engine, config, address, contexts, merge_commits, faults, whole, received_bytes: AtomicU64::new(0) }
    }

    /// Answers one request, unless a fault hits it.
    pub(super) async fn handle(&self, request: Request<Incoming>, peer: SocketAddr) -> Result<Reply, Cut> {
        let path = segments(&request);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let action = match (&self.faults, Endpoint::of(request.method(), &path)) {
            (Some(faults), Some(endpoint)) => faults.take(endpoint),
            _ => Action::Pass,
        };
        action.around(&self.whole, self.answer(request, peer, &path)).await
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
