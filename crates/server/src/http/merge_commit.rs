// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Merge commit: loads of the same table with the same parameters that arrive within a window share one transaction.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

use super::be::{Backend, Failed, LoadTarget, error_url};
use super::reply::{Object, Reply, be_result, closing};
use super::request::{filled, header};
use crate::engine::{Engine, EngineError};
use crate::load::{self, LoadOptions, Loaded};
use crate::txn::{BeginTxn, LoadCounters, LoadSource};

/// The windows that are open.
pub(super) struct MergeCommits {
    engine: Engine,
    address: IpAddr,
    windows: Arc<Mutex<Vec<Arc<Window>>>>,
    stop: watch::Receiver<bool>,
}

/// What loads of one window have in common.
#[derive(Debug, Clone, PartialEq)]
struct Shared {
    database: String,
    table: String,
    options: LoadOptions,
    interval: Duration,
    parallel: u64,
    asynchronous: bool,
}

struct Window {
    shared: Shared,
    label: String,
    txn_id: i64,
    closes: Instant,
    staged: Mutex<Staged>,
    /// How the window ended; `None` while it has not.
    outcome: watch::Sender<Option<Result<(), String>>>,
}

struct Staged {
    open: bool,
    counters: LoadCounters,
    /// What one of the loads did wrong, which fails them all.
    failure: Option<String>,
    error_log: Vec<String>,
    /// Where the first client reaches the backend, for the address of the error log.
    url_host: String,
}

impl Shared {
    fn of<B>(request: &Request<B>, target: &LoadTarget, options: LoadOptions) -> Result<Self, String> {
        let positive = |name: &str, what: &str| {
            let value = header(request, name);
            let number = value.and_then(|v| v.parse::<u64>().ok()).filter(|v| *v > 0);
            number.ok_or_else(|| format!("Batch write {what} must be set positive, but is {}", value.unwrap_or("null")))
        };
        Ok(Self {
            database: target.database.clone(),
            table: target.table.clone(),
            options,
            interval: Duration::from_millis(positive("merge_commit_interval_ms", "interval")?),
            parallel: positive("merge_commit_parallel", "parallel")?,
            asynchronous: flag(request, "merge_commit_async")?,
        })
    }

    fn timeout(&self, engine: &Engine) -> Duration {
        self.options.timeout.unwrap_or(Duration::from_secs(engine.settings().stream_load_default_timeout_second))
    }
}

/// A boolean header; absent is false.
pub(super) fn flag<B>(request: &Request<B>, name: &str) -> Result<bool, String> {
    match filled(request, name) {
        None => Ok(false),
        Some(v) if v.eq_ignore_ascii_case("true") => Ok(true),
        Some(v) if v.eq_ignore_ascii_case("false") => Ok(false),
        Some(v) => Err(format!("Invalid parameter {name}. The value must be bool type, but is {v}")),
    }
}

impl Backend {
    /// Answers a load that asks for merge commit; its own label only names the request.
    pub(super) async fn merge_commit(&self, request: Request<Incoming>, peer: SocketAddr, target: LoadTarget) -> Reply {
        let started = Instant::now();
        let mut report = Report { request: target.label.clone(), ..Report::default() };
        let done = self.merge(request, peer, &target, started, &mut report).await;
        if let Err(message) = done {
            report.failure = Some(message);
        }
        let reply = be_result(&report.object(started));
        if report.body_taken { reply } else { closing(reply) }
    }

    async fn merge(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        target: &LoadTarget,
        started: Instant,
        report: &mut Report,
    ) -> Result<(), String> {
        let identity = self.identity(&request, peer)?;
        let options = self.load_options(&request)?;
        self.check_size(&request, &options)?;
        self.check_target(&identity, target).map_err(|e| e.to_string())?;
        let shared = Shared::of(&request, target, options.clone())?;
        let url_host = self.url_host(&request);
        let received = self.receive(request, target, options, None, &mut report.bytes).await;
        report.body_taken = received.is_ok();
        report.read_time = started.elapsed();
        let rows = match received {
            Ok(received) => Ok(received.loaded),
            // What is wrong with the rows is found while the transaction is written to.
            Err(failed) if failed.in_rows => Err(failed),
            Err(failed) => return Err(failed.message),
        };
        let window = tokio::task::block_in_place(|| self.merge_commits.join(&shared, url_host, rows, report.bytes))?;
        report.txn_id = Some(window.txn_id);
        report.label.clone_from(&window.label);
        report.left = window.closes.saturating_duration_since(Instant::now());
        if shared.asynchronous {
            return Ok(());
        }
        let waiting = Instant::now();
        let mut outcome = window.outcome.subscribe();
        let ended = tokio::time::timeout(shared.timeout(&self.engine), outcome.wait_for(Option::is_some)).await;
        report.wait_time = waiting.elapsed();
        match ended {
            Ok(Ok(outcome)) => outcome.clone().unwrap_or(Ok(())),
            Ok(Err(_)) => Err("Load is aborted, reason: the server stops".to_owned()),
            Err(_) => {
                let state = self.engine.transaction_by_id(window.txn_id).map_or("UNKNOWN", |txn| txn.state.name());
                Err(format!("load timeout, txn status: {state}"))
            }
        }
    }
}

impl MergeCommits {
    pub(super) fn new(engine: Engine, address: IpAddr, stop: watch::Receiver<bool>) -> Self {
        Self { engine, address, windows: Arc::default(), stop }
    }

    /// Adds a load to its window, which it opens if there is none.
    fn join(
        &self,
        shared: &Shared,
        url_host: String,
        rows: Result<Loaded, Failed>,
        bytes: u64,
    ) -> Result<Arc<Window>, String> {
        let mut windows = lock(&self.windows);
        let open = windows.iter().find(|window| window.shared == *shared).cloned();
        let window = match open {
            Some(window) => window,
            None => {
                let window = self.open(shared, url_host).map_err(|e| e.to_string())?;
                windows.push(window.clone());
                window
            }
        };
        // A window leaves the list before it closes, so that one in the list is open.
        let mut staged = lock(&window.staged);
        drop(windows);
        if !staged.open {
            return Err("Load is aborted, reason: the window closed while the load joined it".to_owned());
        }
        match rows {
            Err(failed) => {
                staged.error_log.extend(failed.error_log);
                staged.failure.get_or_insert(failed.message);
            }
            Ok(loaded) => {
                let counters = LoadCounters { bytes, ..loaded.counters };
                self.engine
                    .stage(window.txn_id, loaded.write.into_iter().collect(), &counters)
                    .map_err(|e| format!("Load is aborted, reason: {e}"))?;
                staged.counters.add(&counters);
                staged.error_log.extend(loaded.error_log);
            }
        }
        staged.error_log.truncate(load::MAX_ERROR_LINES);
        drop(staged);
        Ok(window)
    }

    fn open(&self, shared: &Shared, url_host: String) -> Result<Arc<Window>, EngineError> {
        let label = format!("merge_commit_{}", Uuid::new_v4());
        let txn_id = self.engine.begin(BeginTxn {
            database: shared.database.clone(),
            table: Some(shared.table.clone()),
            label: label.clone(),
            source: LoadSource::FrontendStreaming,
            coordinator: format!("FE: {}", self.address),
            timeout: shared.options.timeout,
            idle_timeout: None,
        })?;
        let staged =
            Staged { open: true, counters: LoadCounters::default(), failure: None, error_log: Vec::new(), url_host };
        let window = Arc::new(Window {
            shared: shared.clone(),
            label,
            txn_id,
            closes: Instant::now() + shared.interval,
            staged: Mutex::new(staged),
            outcome: watch::Sender::new(None),
        });
        let (engine, windows, opened, mut stop) =
            (self.engine.clone(), self.windows.clone(), window.clone(), self.stop.clone());
        tokio::spawn(async move {
            let stopped = tokio::select! {
                () = tokio::time::sleep_until(opened.closes) => false,
                _ = stop.wait_for(|stop| *stop) => true,
            };
            lock(&windows).retain(|window| !Arc::ptr_eq(window, &opened));
            let outcome = tokio::task::block_in_place(|| opened.close(&engine, stopped));
            opened.outcome.send_replace(Some(outcome));
        });
        Ok(window)
    }
}

impl Window {
    /// Commits what the window has taken.
    fn close(&self, engine: &Engine, stopped: bool) -> Result<(), String> {
        let mut staged = lock(&self.staged);
        staged.open = false;
        let lines = std::mem::take(&mut staged.error_log);
        let log =
            (!lines.is_empty()).then(|| engine.keep_error_log(&self.shared.database, &self.label, lines.join("\n")));
        let reason = if stopped {
            Some("the server stops".to_owned())
        } else if let Some(failure) = staged.failure.take() {
            Some(failure)
        } else if load::too_many_filtered(&staged.counters, self.shared.options.max_filter_ratio) {
            let url = log.map(|file| error_url(&staged.url_host, &file)).unwrap_or_default();
            Some(format!(
                "There is a data quality issue. Please check the tracking URL or SQL for details. Tracking URL: {url}. \
                 Tracking SQL: select tracking_log from information_schema.load_tracking_logs where job_id={}",
                self.txn_id
            ))
        } else {
            engine.commit(self.txn_id).err().map(|e| e.to_string())
        };
        let Some(reason) = reason else { return Ok(()) };
        if let Err(error) = engine.abort(self.txn_id, &reason) {
            tracing::debug!(txn = self.txn_id, %error, "not aborted");
        }
        Err(format!("Load is aborted, reason: {reason}"))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the reply tells.
#[derive(Default)]
struct Report {
    request: String,
    txn_id: Option<i64>,
    label: String,
    failure: Option<String>,
    bytes: u64,
    read_time: Duration,
    wait_time: Duration,
    left: Duration,
    body_taken: bool,
}

impl Report {
    fn object(&self, started: Instant) -> Object {
        Object::new()
            .number("TxnId", self.txn_id.unwrap_or(-1))
            .text("Label", self.label.as_str())
            .text("Status", if self.failure.is_none() { "Success" } else { "Fail" })
            .text("Message", self.failure.as_deref().unwrap_or("OK"))
            .text("RequestId", self.request.as_str())
            .number("LoadBytes", self.bytes)
            .number("LoadTimeMs", started.elapsed().as_millis())
            .number("ReadDataTimeMs", self.read_time.as_millis())
            .number("PendingTimeMs", 0)
            .number("WaitPlanTimeMs", 0)
            .number("WriteDataTimeMs", 0)
            .number("WaitFinishTimeMs", self.wait_time.as_millis())
            .number("LeftMergeTimeMs", self.left.as_millis())
    }
}
