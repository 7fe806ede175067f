// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Reading one tablet to its end, wherever it takes several attempts.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use starrocks_protocol::scan::{OpenScanner, PlannedTablet};
use starrocks_types::{Error, ErrorKind, Result, Retry};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use super::backend::{BackendMapping, address};
use super::column::ColumnPath;
use super::counters::ScanCounters;
use super::fingerprint::RowHash;
use super::plan::{Planner, wait_before};
use super::reader::{ScanBatch, ScanEvent};
use super::request::{ScanOptions, ScanRequest};
use super::scanner::{Failed, Reach, Remedy, Scanner};
use super::split::SplitTablet;
use crate::connection::StarRocks;
use crate::endpoint::Endpoint;

/// What all tablets of a reader share.
pub(super) struct Shared {
    pub(super) client: StarRocks,
    pub(super) request: ScanRequest,
    pub(super) options: ScanOptions,
    pub(super) mapping: BackendMapping,
    pub(super) planner: Planner,
    pub(super) hash: Arc<dyn RowHash>,
    pub(super) counters: Arc<ScanCounters>,
}

/// How far a tablet or a query was taken over by whoever reads it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    pub(super) rows: u64,
    pub(super) fingerprint: u64,
    /// Rows were dropped without a word about them, so their fingerprint is not known.
    pub(super) lost: bool,
}

/// Where the batches of one tablet, or of one query, go.
pub(super) struct Output {
    split: u64,
    tablet: i64,
    taken: watch::Sender<Taken>,
    events: mpsc::Sender<Result<ScanEvent>>,
    /// Rows sent so far, and those of an earlier reader.
    rows: u64,
    /// For scanners, which hold it until they are closed.
    closing: mpsc::Sender<()>,
}

impl Output {
    /// Goes on after `rows` rows with this fingerprint.
    pub(super) fn new(
        split: u64,
        tablet: i64,
        rows: u64,
        fingerprint: u64,
        events: mpsc::Sender<Result<ScanEvent>>,
        closing: mpsc::Sender<()>,
    ) -> Self {
        let taken = watch::Sender::new(Taken { rows, fingerprint, lost: false });
        Self { split, tablet, taken, events, rows, closing }
    }

    /// Rows sent so far, and those of an earlier reader.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    fn closing(&self) -> mpsc::Sender<()> {
        self.closing.clone()
    }

    pub(super) async fn send(&mut self, batch: RecordBatch) -> Result<()> {
        let first_row = self.rows;
        self.rows += batch.num_rows() as u64;
        let batch = ScanBatch::new(self.split, self.tablet, first_row, batch, self.taken.clone());
        self.events.send(Ok(ScanEvent::Batch(batch))).await.map_err(|_| gone())
    }

    /// Tells how reading ended.
    pub(super) async fn end(self, ended: Result<()>) {
        let event = ended.map(|()| ScanEvent::TabletDone { split: self.split, tablet: self.tablet, rows: self.rows });
        // Nobody listens to a reader that was dropped.
        let _ = self.events.send(event).await;
    }

    /// Waits until all that was sent has been taken over; tells the fingerprint of it.
    pub(super) async fn settled(&self) -> Result<u64> {
        let mut taken = self.taken.subscribe();
        let all = taken.wait_for(|taken| taken.lost || taken.rows == self.rows).await;
        match all.map(|taken| *taken) {
            Ok(taken) if !taken.lost => Ok(taken.fingerprint),
            _ => Err(Error::new(ErrorKind::Closed, "rows were dropped that nobody accounted for")),
        }
    }
}

fn gone() -> Error {
    Error::new(ErrorKind::Closed, "the reader was closed")
}

/// Drops the rows that were given out before, and makes sure that they are the same.
pub(super) struct Skip {
    left: u64,
    hash: u64,
    expected: u64,
}

impl Skip {
    pub(super) fn new(rows: u64, expected: u64) -> Self {
        Self { left: rows, hash: 0, expected }
    }

    /// What of a batch is new.
    pub(super) fn rest_of(&mut self, batch: RecordBatch, hash: &dyn RowHash) -> Result<Option<RecordBatch>> {
        if self.left == 0 {
            return Ok(Some(batch));
        }
        let rows = batch.num_rows();
        let old = usize::try_from(self.left).map_or(rows, |left| left.min(rows));
        self.hash = hash.extend(self.hash, &batch.slice(0, old))?;
        self.left -= old as u64;
        if self.left == 0 && self.hash != self.expected {
            return Err(changed("the rows that were read before come in another order now, or are others"));
        }
        Ok((old < rows).then(|| batch.slice(old, rows - old)))
    }

    /// Whether the end may come now.
    pub(super) fn end(&self) -> Result<()> {
        if self.left == 0 { Ok(()) } else { Err(changed("there are fewer rows now than were read before")) }
    }
}

fn changed(what: &str) -> Error {
    Error::new(ErrorKind::QueryFailed, what.to_owned()).hint(
        "reading cannot go on where it stopped without losing or doubling rows: start the job again from the beginning",
    )
}

/// What a tablet is read from, as long as it lasts.
struct Source {
    plan: Arc<str>,
    version: i64,
    backends: Vec<String>,
    /// Which backend is asked.
    at: usize,
    /// How many backends were tried in vain since rows came.
    tried: usize,
}

/// Reads a tablet to its end. Rows that were given out before are dropped.
pub(super) async fn read(shared: &Shared, plan: Arc<str>, tablet: SplitTablet, output: &mut Output) -> Result<()> {
    let SplitTablet { id, version, backends, .. } = tablet;
    let mut source = Source { plan, version, backends, at: 0, tried: 0 };
    let mut attempts = 0;
    loop {
        let before = output.rows;
        let Some(failed) = attempt(shared, &source, id, output).await else { return Ok(()) };
        let Failed { remedy, error } = failed;
        let error = error.operation("scan").with("table", shared.request.place()).with("tablet", id);
        let error = error.with("version", source.version).with("rows_read", output.rows);
        if output.rows > before {
            (attempts, source.tried) = (0, 0);
        }
        attempts += 1;
        if remedy == Remedy::None {
            return Err(error);
        }
        if attempts > shared.options.max_retries {
            return Err(error.retry(Retry::Exhausted).with("attempts", attempts));
        }
        shared.counters.tries_again();
        let elsewhere = remedy == Remedy::OtherBackend && source.tried + 1 < source.backends.len();
        tracing::warn!(%error, attempts, "reading the tablet again");
        if !elsewhere {
            sleep(wait_before(attempts)).await;
        }
        match remedy {
            Remedy::OtherBackend if elsewhere => {
                source.at = (source.at + 1) % source.backends.len().max(1);
                source.tried += 1;
            }
            // The first time. A scanner that cannot be opened again says so in another way.
            Remedy::Reopen => {}
            _ => {
                source = plan_again(shared, &source, id).await.map_err(|e| e.caused_by(error))?;
                shared.counters.plans_again();
            }
        }
    }
}

/// The tablet in another plan than the one that it could not be read under.
async fn plan_again(shared: &Shared, stale: &Source, id: i64) -> Result<Source> {
    let plan = shared.planner.other_than(&stale.plan).await?;
    let Some(PlannedTablet { version, backends, .. }) = plan.tablet(id).cloned() else {
        return Err(Error::new(
            ErrorKind::QueryFailed,
            "the tablet is not in the new plan: its partition was dropped or its data moved",
        )
        .operation("scan")
        .with("table", shared.request.place())
        .with("tablet", id)
        .hint("start the job again from the beginning"));
    };
    Ok(Source { plan: plan.plan().into(), version, backends, at: 0, tried: 0 })
}

/// Where the backend is reached that the source points to.
fn locate(shared: &Shared, source: &Source) -> Result<Endpoint> {
    let advertised = source.backends.get(source.at).map(String::as_str).unwrap_or_default();
    let Some(endpoint) = address(advertised) else {
        return Err(Error::new(ErrorKind::Protocol, "the plan names a backend that is no address")
            .with("be", advertised.escape_debug()));
    };
    match shared.mapping.resolve(&endpoint)? {
        Some(mapped) => Ok(mapped),
        None => Ok(shared.client.http().scan_backend(endpoint)),
    }
}

/// Opens a scanner and reads until the end (`None`) or a failure.
async fn attempt(shared: &Shared, source: &Source, id: i64, output: &mut Output) -> Option<Failed> {
    let fatal = |error| Some(Failed::new(Remedy::None, error));
    let expected = match output.settled().await {
        Ok(fingerprint) => fingerprint,
        Err(error) => return fatal(error),
    };
    let backend = match locate(shared, source) {
        Ok(backend) => backend,
        Err(error) => return fatal(error),
    };
    let named = |failed: Failed| Failed { error: failed.error.with("be", backend.authority()), ..failed };
    let options = &shared.options;
    let what = OpenScanner {
        database: &shared.request.database,
        table: &shared.request.table,
        tablet_ids: &[id],
        plan: &source.plan,
        batch_rows: options.batch_rows,
        properties: &options.properties,
        user: shared.client.user(),
        keep_alive_min: options.keep_alive_min,
        query_timeout_s: options.query_timeout_s,
        mem_limit_bytes: options.mem_limit_bytes,
    };
    let reach = Reach { connect_timeout: options.connect_timeout(), read_timeout: options.read_timeout() };
    let mut scanner = match Scanner::open(&backend, reach, &what, output.closing()).await {
        Ok(scanner) => scanner,
        Err(failed) => return Some(named(failed)),
    };
    if output.rows > 0 {
        shared.counters.reopens();
    }
    let mut skip = Skip::new(output.rows, expected);
    drain(shared, &mut scanner, &mut skip, output)
        .await
        .err()
        .map(|failed| Failed { error: failed.error.with("scanner", scanner.context()), ..failed })
        .map(named)
}

/// Hands out what a scanner gives, to its end. While a batch waits to be taken, the next one is on its way.
async fn drain(shared: &Shared, scanner: &mut Scanner, skip: &mut Skip, output: &mut Output) -> Result<(), Failed> {
    let fatal = |error| Failed::new(Remedy::None, error);
    scanner.ask().await?;
    let mut answer = scanner.answer().await?;
    while let Some(batches) = answer {
        shared.counters.answered(scanner.received());
        let asked = scanner.ask().await;
        let mut fresh = Vec::with_capacity(batches.len());
        for batch in batches {
            let batch = shared.ordered(batch).map_err(fatal)?;
            fresh.extend(skip.rest_of(batch, &*shared.hash).map_err(fatal)?);
        }
        let send = async {
            for batch in fresh {
                output.send(batch).await?;
            }
            Ok(())
        };
        // Rows that came are given out even if the connection is broken by now.
        let next = async {
            asked?;
            scanner.answer().await
        };
        let (sent, next) = tokio::join!(send, next);
        sent.map_err(fatal)?;
        answer = next?;
    }
    skip.end().map_err(fatal)
}

impl Shared {
    /// The columns in the order of the request. Servers give what was asked for; old ones give columns of the filter as
    /// well, and in the order of the table.
    fn ordered(&self, batch: RecordBatch) -> Result<RecordBatch> {
        let columns = &self.request.columns;
        if columns.is_empty() || self.request.sql.is_some() {
            return Ok(batch);
        }
        let schema = batch.schema_ref();
        let as_many = columns.len() == schema.fields().len();
        // Servers that have fields give what was asked for; several fields may have one name.
        if as_many && columns.iter().any(ColumnPath::is_field) {
            return Ok(batch);
        }
        let names: Vec<String> = columns.iter().map(ColumnPath::to_string).collect();
        let in_order = |(name, field): (&String, &arrow::datatypes::FieldRef)| name.eq_ignore_ascii_case(field.name());
        if as_many && names.iter().zip(schema.fields()).all(in_order) {
            return Ok(batch);
        }
        let position = |name: &String| schema.fields().iter().position(|f| f.name().eq_ignore_ascii_case(name));
        let positions: Option<Vec<usize>> = names.iter().map(position).collect();
        let wrong = |message: &str| {
            let got: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
            Error::new(ErrorKind::Protocol, message.to_owned())
                .with("wanted", names.join(","))
                .with("got", got.join(","))
        };
        match positions {
            Some(positions) => batch
                .project(&positions)
                .map_err(|cause| wrong("the backend gives other columns than the plan").caused_by(cause)),
            // Names of the server's own making; what was asked for comes in the order of the statement.
            None if as_many => Ok(batch),
            None => Err(wrong("the backend gives other columns than the plan")),
        }
    }
}
