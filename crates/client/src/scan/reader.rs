// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A reader of splits: several tablets at a time, one stream of events.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use arrow::record_batch::RecordBatch;
use starrocks_types::{Error, ErrorKind, Result};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;

use super::backend::BackendMapping;
use super::counters::ScanCounters;
use super::fingerprint::{ColumnHash, RowHash};
use super::plan::Planner;
use super::request::{ScanOptions, ScanRequest};
use super::split::Split;
use super::statement;
use super::tablet::{self, Output, Shared, Taken};
use crate::connection::StarRocks;

/// Longest wait for scanners to be closed, when a reader is closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(6);

/// Reading to the end of a tablet or a statement.
type BoxFuture<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Rows of one tablet or query, and the means to say that they were taken over.
#[derive(Debug)]
pub struct ScanBatch {
    /// Number of the split: what [`ScanReader::add_split`] returned.
    pub split: u64,
    /// Tablet; 0 for a query.
    pub tablet: i64,
    /// Number of the first row in the tablet or query.
    pub first_row: u64,
    /// The rows.
    pub batch: RecordBatch,
    taken: watch::Sender<Taken>,
    open: bool,
}

impl ScanBatch {
    pub(super) fn new(
        split: u64,
        tablet: i64,
        first_row: u64,
        batch: RecordBatch,
        taken: watch::Sender<Taken>,
    ) -> Self {
        Self { split, tablet, first_row, batch, taken, open: true }
    }

    /// The fingerprint of the tablet's rows before this batch. All earlier batches of the tablet must have been taken.
    pub fn fingerprint(&self) -> u64 {
        self.taken.borrow().fingerprint
    }

    /// Says that these rows are taken over, and the fingerprint after the last of them.
    pub fn take(mut self, fingerprint: u64) -> RecordBatch {
        self.close(fingerprint);
        self.batch.clone()
    }

    fn close(&mut self, fingerprint: u64) {
        self.open = false;
        let rows = self.first_row + self.batch.num_rows() as u64;
        self.taken.send_modify(|taken| {
            taken.rows = rows;
            taken.fingerprint = fingerprint;
        });
    }
}

impl Drop for ScanBatch {
    fn drop(&mut self) {
        if self.open {
            self.taken.send_modify(|taken| taken.lost = true);
        }
    }
}

/// What a reader tells.
#[derive(Debug)]
pub enum ScanEvent {
    /// Rows. Those of one tablet come in order; tablets and splits come in any.
    Batch(ScanBatch),
    /// A tablet, or a query as tablet 0, is read to its end.
    TabletDone {
        /// Number of the split.
        split: u64,
        /// Tablet.
        tablet: i64,
        /// Rows of the tablet, those of earlier readers included.
        rows: u64,
    },
    /// All tablets of a split are read to their ends.
    SplitDone {
        /// Number of the split.
        split: u64,
    },
}

/// Reads splits. Dropping it stops reading and closes the scanners in the background; [`ScanReader::close`] waits for that.
pub struct ScanReader {
    shared: Arc<Shared>,
    /// Whether the reader itself accounts for what it gives out.
    accounts: bool,
    tasks: JoinSet<()>,
    turns: Arc<Semaphore>,
    sender: mpsc::Sender<Result<ScanEvent>>,
    events: mpsc::Receiver<Result<ScanEvent>>,
    closing: mpsc::Sender<()>,
    closed: mpsc::Receiver<()>,
    /// Tablets that are not read to their ends, by split.
    open: HashMap<u64, usize>,
    next_split: u64,
    /// Splits whose end is still to be told.
    ended: VecDeque<u64>,
    failure: Option<Error>,
}

impl ScanReader {
    /// A reader for programs that use the record batches: it accounts itself for the rows that it gives out. Must be used on
    /// a tokio runtime with time and I/O. `request` is what the splits were planned for.
    pub fn new(client: StarRocks, request: ScanRequest, options: ScanOptions) -> Result<Self> {
        Self::build(client, request, options, Arc::new(ColumnHash), true)
    }

    /// A reader for programs that make something else of the rows and have fingerprints of their own: each batch has to be
    /// [taken](ScanBatch::take) before the next event is asked for.
    pub fn with_hash(
        client: StarRocks,
        request: ScanRequest,
        options: ScanOptions,
        hash: Arc<dyn RowHash>,
    ) -> Result<Self> {
        Self::build(client, request, options, hash, false)
    }

    fn build(
        client: StarRocks,
        request: ScanRequest,
        options: ScanOptions,
        hash: Arc<dyn RowHash>,
        accounts: bool,
    ) -> Result<Self> {
        options.check()?;
        let mapping = BackendMapping::parse(&options.be_host_mapping)?;
        let planner = Planner::new(client.clone(), request.clone(), options.clone());
        let parallel = usize::try_from(options.parallel_tablets).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        let (sender, events) = mpsc::channel(1);
        let (closing, closed) = mpsc::channel(1);
        Ok(Self {
            shared: Arc::new(Shared { client, request, options, mapping, planner, hash, counters: Arc::default() }),
            accounts,
            tasks: JoinSet::new(),
            turns: Arc::new(Semaphore::new(parallel)),
            sender,
            events,
            closing,
            closed,
            open: HashMap::new(),
            next_split: 0,
            ended: VecDeque::new(),
            failure: None,
        })
    }

    /// Begins to read a split, as soon as it is its turn. Returns its number in this reader, which counts from 0.
    pub fn add_split(&mut self, split: Split) -> Result<u64> {
        let request = &self.shared.request;
        if split.database != request.database || split.table != request.table {
            return Err(Error::new(ErrorKind::InvalidConfig, "the split belongs to another table")
                .with("split", split.id.escape_debug())
                .with("table", request.place())
                .with("of", format!("{}.{}", split.database, split.table)));
        }
        let number = self.next_split;
        self.next_split += 1;
        self.open.insert(number, split.tablets.len() + usize::from(split.query.is_some()));
        if split.tablets.is_empty() && split.query.is_none() {
            self.ended.push_back(number);
        }
        if let Some(sql) = split.query {
            let output = self.output(number, 0, split.rows, split.fingerprint);
            self.spawn(output, |shared, output| Box::pin(async move { statement::read(shared, &sql, output).await }));
        }
        let plan: Arc<str> = split.plan.into();
        for tablet in split.tablets {
            let plan = Arc::clone(&plan);
            let output = self.output(number, tablet.id, tablet.rows, tablet.fingerprint);
            self.spawn(output, |shared, output| Box::pin(tablet::read(shared, plan, tablet, output)));
        }
        Ok(number)
    }

    fn output(&self, split: u64, tablet: i64, rows: u64, fingerprint: u64) -> Output {
        Output::new(split, tablet, rows, fingerprint, self.sender.clone(), self.closing.clone())
    }

    /// Reads when it is its turn, and tells the end.
    fn spawn<F>(&mut self, mut output: Output, read: F)
    where
        F: for<'a> FnOnce(&'a Shared, &'a mut Output) -> BoxFuture<'a> + Send + 'static,
    {
        let (shared, turns) = (Arc::clone(&self.shared), Arc::clone(&self.turns));
        self.tasks.spawn(async move {
            let Ok(_turn) = turns.acquire_owned().await else { return };
            let ended = read(&shared, &mut output).await;
            output.end(ended).await;
        });
    }

    /// What the reader counts.
    pub fn counters(&self) -> Arc<ScanCounters> {
        Arc::clone(&self.shared.counters)
    }

    /// The next event; `None` when all splits are read that were added so far. A failure ends the reader: it comes again from
    /// every later call. Giving up waiting loses nothing.
    pub async fn next(&mut self) -> Result<Option<ScanEvent>> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let event = self.next_event().await;
        if let Err(error) = &event {
            self.failure = Some(error.clone());
            self.tasks.abort_all();
        }
        event
    }

    async fn next_event(&mut self) -> Result<Option<ScanEvent>> {
        if let Some(split) = self.ended.pop_front() {
            self.open.remove(&split);
            return Ok(Some(ScanEvent::SplitDone { split }));
        }
        if self.open.is_empty() {
            return Ok(None);
        }
        loop {
            tokio::select! {
                biased;
                Some(event) = self.events.recv() => return self.account(event?).map(Some),
                Some(ended) = self.tasks.join_next() => ended.map_err(panicked)?,
            }
        }
    }

    fn account(&mut self, event: ScanEvent) -> Result<ScanEvent> {
        if let ScanEvent::Batch(batch) = &event {
            self.shared.counters.gave_out(batch.batch.num_rows());
        }
        match event {
            ScanEvent::Batch(mut batch) if self.accounts => {
                let fingerprint = self.shared.hash.extend(batch.fingerprint(), &batch.batch)?;
                batch.close(fingerprint);
                Ok(ScanEvent::Batch(batch))
            }
            ScanEvent::TabletDone { split, .. } => {
                if let Some(left) = self.open.get_mut(&split) {
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        self.ended.push_back(split);
                    }
                }
                Ok(event)
            }
            event => Ok(event),
        }
    }

    /// Stops reading and waits, within a bound, until the scanners are closed on the backends.
    pub async fn close(mut self) {
        self.tasks.shutdown().await;
        while self.events.try_recv().is_ok() {}
        let Self { closing, mut closed, .. } = self;
        drop(closing);
        // Ends when the last scanner is closed: each holds a sender.
        let _ = timeout(CLOSE_TIMEOUT, closed.recv()).await;
    }
}

fn panicked(cause: JoinError) -> Error {
    Error::new(ErrorKind::Panic, "reading a tablet ended without a result").caused_by(cause)
}
