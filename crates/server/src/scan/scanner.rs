// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Scanners that clients have opened.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::RecordBatch;
use arrow::compute::BatchCoalescer;
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt as _;
use tokio::runtime::Handle;

use super::status::{Failure, StatusCode};
use crate::clock::Micros;
use crate::export::Export;
use crate::sql::query::run_error;

/// Scanners that are open at once, expired ones included until they are swept away.
const MOST: usize = 4096;

/// What an answer to `get_next` holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// An Arrow IPC stream with at least one row.
    Rows(Arc<Vec<u8>>),
    End,
}

/// An open scanner.
pub(super) struct Context {
    /// The id of its plan; empty when it had none.
    pub(super) plan: String,
    /// -1 while a request is served.
    last_access: AtomicI64,
    keep_alive: Micros,
    scanner: Mutex<Scanner>,
}

struct Scanner {
    /// Rows that were given out.
    offset: i64,
    state: State,
    /// The last answer that had rows, and how many.
    last: Option<(Arc<Vec<u8>>, i64)>,
}

pub(super) enum State {
    Running(Box<Running>),
    Ended,
    Failed(Failure),
}

/// Rows of a query, in batches of the wanted size.
pub(super) struct Running {
    stream: SendableRecordBatchStream,
    batches: BatchCoalescer,
    batch_rows: usize,
    exhausted: bool,
    export: Export,
    mem_limit: Option<i64>,
    /// When the query times out, and the seconds it had.
    timeout: Option<(Micros, i32)>,
}

impl Running {
    pub(super) fn new(
        stream: SendableRecordBatchStream,
        batch_rows: usize,
        export: Export,
        mem_limit: Option<i64>,
        timeout: Option<(Micros, i32)>,
    ) -> Self {
        let batches = BatchCoalescer::new(stream.schema(), batch_rows);
        Self { stream, batches, batch_rows, exhausted: false, export, mem_limit, timeout }
    }

    /// The next rows and their number.
    async fn next(&mut self) -> Result<Option<(Vec<u8>, usize)>, Failure> {
        let batch = loop {
            if let Some(batch) = self.batches.next_completed_batch() {
                break batch;
            }
            if self.exhausted {
                return Ok(None);
            }
            match self.stream.next().await.transpose().map_err(|e| Failure::internal(run_error(&e).message))? {
                Some(batch) if batch.num_rows() == 0 => {}
                // What is nearly a batch already is not copied.
                Some(batch)
                    if self.batches.is_empty()
                        && batch.num_rows() <= self.batch_rows
                        && batch.num_rows() >= self.batch_rows.div_ceil(2) =>
                {
                    break batch;
                }
                Some(batch) => self.batches.push_batch(batch).map_err(Failure::internal)?,
                None => {
                    self.exhausted = true;
                    self.batches.finish_buffered_batch().map_err(Failure::internal)?;
                }
            }
        };
        let bytes = stream(&self.export, &batch).map_err(Failure::internal)?;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        if let Some(limit) = self.mem_limit.filter(|&limit| size > limit) {
            let text = format!("Memory of query exceed limit. a batch takes {size} bytes, limit {limit}");
            return Err(Failure::new(StatusCode::MEM_LIMIT_EXCEEDED, text));
        }
        Ok(Some((bytes, batch.num_rows())))
    }
}

impl Context {
    pub(super) fn new(plan: String, keep_alive: Micros, now: Micros, state: State) -> Self {
        let scanner = Mutex::new(Scanner { offset: 0, state, last: None });
        Self { plan, last_access: AtomicI64::new(now), keep_alive, scanner }
    }

    /// Makes a scanner fail from now on.
    pub(super) fn fail(&self, failure: Failure) {
        self.scanner().state = State::Failed(failure);
    }

    fn scanner(&self) -> MutexGuard<'_, Scanner> {
        self.scanner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves a request; `now` is asked again when it is done. With `again` the last rows come once more, if there were any.
    pub(super) fn next(
        &self,
        runtime: &Handle,
        id: &str,
        offset: i64,
        again: bool,
        now: impl Fn() -> Micros,
    ) -> Result<Next, Failure> {
        let mut scanner = self.scanner();
        if offset != scanner.offset {
            let context_offset = scanner.offset;
            let text = format!("context_id={id}, send_offset={offset}, context_offset={context_offset}");
            return Err(Failure::new(StatusCode::NOT_FOUND, text));
        }
        self.last_access.store(-1, Ordering::Relaxed);
        let next = match scanner.last.clone().filter(|_| again) {
            Some((bytes, rows)) => Ok(scanner.give_out(bytes, rows)),
            None => scanner.next(runtime, now()),
        };
        self.last_access.store(now(), Ordering::Relaxed);
        next
    }

    fn is_expired(&self, now: Micros) -> bool {
        let last = self.last_access.load(Ordering::Relaxed);
        last >= 0 && now.saturating_sub(last) > self.keep_alive
    }
}

impl Scanner {
    fn give_out(&mut self, bytes: Arc<Vec<u8>>, rows: i64) -> Next {
        self.offset = self.offset.saturating_add(rows);
        self.last = Some((Arc::clone(&bytes), rows));
        Next::Rows(bytes)
    }

    fn next(&mut self, runtime: &Handle, now: Micros) -> Result<Next, Failure> {
        let running = match &mut self.state {
            State::Running(running) => running,
            State::Ended => return Ok(Next::End),
            State::Failed(failure) => return Err(failure.clone()),
        };
        let found = match running.timeout {
            Some((at, seconds)) if now > at => {
                let text = format!("Query reached its timeout of {seconds} seconds, please increase the query_timeout");
                Err(Failure::new(StatusCode::TIMEOUT, text))
            }
            _ => runtime.block_on(running.next()),
        };
        match found {
            Ok(Some((bytes, rows))) => Ok(self.give_out(Arc::new(bytes), i64::try_from(rows).unwrap_or(i64::MAX))),
            Ok(None) => {
                self.state = State::Ended;
                Ok(Next::End)
            }
            Err(failure) => {
                self.state = State::Failed(failure.clone());
                Err(failure)
            }
        }
    }
}

/// One answer of a scanner: a whole Arrow IPC stream with one batch.
fn stream(export: &Export, batch: &RecordBatch) -> Result<Vec<u8>, ArrowError> {
    let batch = export.batch(batch)?;
    let mut out = Vec::with_capacity(batch.get_array_memory_size() + 1024);
    let mut writer = StreamWriter::try_new(&mut out, export.schema())?;
    writer.write(&batch)?;
    writer.finish()?;
    drop(writer);
    Ok(out)
}

/// All open scanners, by backend and id: a backend knows its own only.
#[derive(Default)]
pub(super) struct Contexts(Mutex<HashMap<(u64, String), Arc<Context>>>);

impl Contexts {
    fn open(&self) -> MutexGuard<'_, HashMap<(u64, String), Arc<Context>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a scanner and gives it an id.
    pub(super) fn add(&self, backend: u64, context: Context) -> Result<String, Failure> {
        let mut open = self.open();
        if open.len() >= MOST {
            return Err(Failure::new(StatusCode::TOO_MANY_TASKS, format!("{MOST} scanners are open already")));
        }
        let id = uuid::Uuid::new_v4().to_string();
        open.insert((backend, id.clone()), Arc::new(context));
        Ok(id)
    }

    pub(super) fn get(&self, backend: u64, id: &str) -> Result<Arc<Context>, Failure> {
        let found = self.open().get(&(backend, id.to_owned())).cloned();
        found.ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, format!("context_id: {id} not found")))
    }

    pub(super) fn remove(&self, backend: u64, id: &str) {
        self.open().remove(&(backend, id.to_owned()));
    }

    pub(super) fn remove_all(&self, backend: u64) {
        self.open().retain(|(home, _), _| *home != backend);
    }

    pub(super) fn sweep(&self, now: Micros) {
        self.open().retain(|_, context| !context.is_expired(now));
    }
}
