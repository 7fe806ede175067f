// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A lookup handle: keys go in at once, answers wait for Java to take them.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use starrocks_client::lookup::{Answer, Answers, Lookup, LookupConfig, LookupSnapshot};
use starrocks_types::Error;
use tokio::runtime::Handle;

use crate::error::{Failure, Result};
use crate::panics;
use crate::progress::Progress;

/// Request number, rows, bytes of the rows, and whether more rows of the request follow; 4 bytes each.
const HEADER: usize = 16;

/// The Java side of a lookup.
pub(crate) struct TableLookup {
    keys: Lookup,
    progress: Arc<Progress<Inbox>>,
}

/// Tells, however the task ends, that it has.
struct EndGuard(Arc<Progress<Inbox>>);

impl Drop for EndGuard {
    fn drop(&mut self) {
        self.0.ended();
    }
}

impl TableLookup {
    /// Opens a lookup from its configuration document, and begins to connect.
    pub(crate) fn open(config: &[u8], runtime: &Handle) -> Result<Arc<Self>> {
        let (keys, answers) = Lookup::open(LookupConfig::from_json(config)?, runtime)?;
        let progress = Arc::new(Progress::idle(Inbox::default()));
        let guard = EndGuard(progress.clone());
        runtime.spawn(async move {
            let progress = &guard.0;
            tokio::select! {
                biased;
                () = progress.closing() => return,
                ended = AssertUnwindSafe(receive(answers, progress)).catch_unwind() => {
                    progress.fail(ended.unwrap_or_else(panics::caught));
                }
            }
            progress.closing().await;
        });
        Ok(Arc::new(Self { keys, progress }))
    }

    /// Takes keys, or none of them when too many wait.
    pub(crate) fn submit(&self, batch: &[u8], rows: usize, first_request: u32) -> Result<bool> {
        self.progress.lock().check()?;
        Ok(self.keys.submit(batch, rows, first_request))
    }

    /// Moves answers to `out`; their bytes, 0 when there are none within the time-out, or the room that the next one needs, negative.
    pub(crate) fn next(&self, out: &mut [u8], timeout_ms: i32) -> Result<i64> {
        let moved = self.progress.wait(timeout_ms, |state| {
            state.check()?;
            Ok(Some(state.extra.fill(out)?).filter(|moved| *moved != 0))
        })?;
        Ok(moved.unwrap_or(0))
    }

    /// The counters in the order of Java's `LookupMetric`.
    pub(crate) fn metrics(&self) -> [i64; 5] {
        let LookupSnapshot { lookups, statements, keys, rows, retries } = self.keys.metrics();
        [lookups, statements, keys, rows, retries].map(|n| i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// Every later call fails with this error.
    pub(crate) fn poison(&self, error: Arc<Error>) {
        self.progress.fail(error);
    }

    /// Refuses new calls and drops the work.
    pub(crate) fn start_close(&self) {
        self.progress.start_close();
    }

    /// Whether the work is gone.
    pub(crate) fn wait_ended(&self, timeout_ms: i32) -> Result<bool> {
        self.progress.wait_ended(timeout_ms)
    }
}

async fn receive(mut answers: Answers, progress: &Progress<Inbox>) -> Error {
    loop {
        match answers.next().await {
            Ok(answer) => progress.update(|state| state.extra.push(answer)),
            Err(error) => return error,
        }
    }
}

/// Answers that wait for Java.
#[derive(Default)]
struct Inbox {
    answers: VecDeque<Answer>,
    /// What Java has of the first one.
    bytes: usize,
    rows: u32,
}

impl Inbox {
    fn push(&mut self, answer: Answer) {
        self.answers.push_back(answer);
    }

    fn fill(&mut self, out: &mut [u8]) -> Result<i64> {
        let mut at = 0;
        while let Some(answer) = self.answers.front() {
            let records = answer.records.get(self.bytes..).unwrap_or_default();
            let room = out.len().saturating_sub(at + HEADER);
            let all = records.len() <= room && out.len() >= at + HEADER;
            let (bytes, rows) =
                if all { (records.len(), answer.rows - self.rows) } else { whole_records(records, room)? };
            if !all && rows == 0 {
                // A record is below 4 GiB.
                let need = HEADER + first_record(records)?.unwrap_or(0);
                return Ok(if at == 0 { -(need as i64) } else { at as i64 });
            }
            let header = [answer.request, rows, bytes as u32, u32::from(!all)];
            let (head, body) =
                out.get_mut(at..).and_then(|out| out.split_at_mut_checked(HEADER)).ok_or_else(no_room)?;
            for (to, from) in head.chunks_exact_mut(4).zip(header) {
                to.copy_from_slice(&from.to_le_bytes());
            }
            let (to, from) = (body.get_mut(..bytes), records.get(..bytes));
            to.ok_or_else(no_room)?.copy_from_slice(from.unwrap_or_default());
            at += HEADER + bytes;
            if !all {
                self.bytes += bytes;
                self.rows += rows;
                break;
            }
            (self.bytes, self.rows) = (0, 0);
            self.answers.pop_front();
        }
        Ok(at as i64)
    }
}

fn no_room() -> Failure {
    Failure::argument("the buffer for answers is too small")
}

/// The size of the first record with its header, if there is one.
fn first_record(records: &[u8]) -> Result<Option<usize>> {
    let Some(size) = records.first_chunk::<4>() else { return Ok(None) };
    let end = (u32::from_le_bytes(*size) as usize).saturating_add(8);
    if end > records.len() {
        return Err(Failure::state("a record ends outside its answer"));
    }
    Ok(Some(end))
}

/// Bytes and number of the first records that fit.
fn whole_records(records: &[u8], room: usize) -> Result<(usize, u32)> {
    let (mut bytes, mut rows) = (0, 0);
    while let Some(size) = first_record(records.get(bytes..).unwrap_or_default())? {
        if bytes + size > room {
            break;
        }
        bytes += size;
        rows += 1;
    }
    Ok((bytes, rows))
}
