// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Lookups by key over the MySQL port, many keys in a statement.
//!
//! A key goes out at once while fewer than [`LookupConfig::parallel_statements`] statements are under way; those that come
//! meanwhile go together with the next one. So a lone key waits for nothing, and the busier the server, the more keys share a
//! statement. Which row answers which key is decided here, see [`LookupCodec`](starrocks_codec::LookupCodec).
//!
//! Memory is bounded: by the keys that wait, by [`LookupConfig::max_result_bytes`] for each statement, and by
//! 64 MiB of answers that nobody has taken.

mod config;
mod metrics;
mod statement;
mod table;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use starrocks_codec::Key;
use starrocks_types::{Error, ErrorKind, Result};
use tokio::runtime::Handle;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet};

pub use self::config::LookupConfig;
pub use self::metrics::LookupSnapshot;
use self::metrics::Metrics;
use self::statement::{Asked, take};
use self::table::Table;
use crate::connection::StarRocks;

/// Most bytes of keys that wait to be sent.
const MAX_WAITING_BYTES: usize = 16 << 20;
/// Answers that nobody has taken, in units of [`UNIT`] bytes.
const MAX_UNTAKEN: u32 = 64 << 10;
const UNIT: usize = 1 << 10;

/// The rows of one request.
#[derive(Debug)]
pub struct Answer {
    /// The number that was given with the key.
    pub request: u32,
    /// How many rows there are.
    pub rows: u32,
    /// The rows as records of a row batch.
    pub records: Bytes,
    /// Room among the answers that nobody has taken.
    _room: Arc<OwnedSemaphorePermit>,
}

/// Where keys go in. Cheap to clone.
#[derive(Clone)]
pub struct Lookup {
    shared: Arc<Shared>,
}

/// Where answers come out. Dropping it ends the lookup.
pub struct Answers {
    answers: mpsc::UnboundedReceiver<Result<Answer>>,
    driver: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    wake: Notify,
    metrics: Arc<Metrics>,
}

#[derive(Default)]
struct Waiting {
    batches: Vec<Submitted>,
    bytes: usize,
}

struct Submitted {
    batch: Vec<u8>,
    rows: usize,
    first_request: u32,
}

impl Lookup {
    /// Begins to look up: connects at once, so that the first key finds the table known. What fails before the first key is
    /// tried again with it, and told then.
    pub fn open(config: LookupConfig, runtime: &Handle) -> Result<(Self, Answers)> {
        let client = config.connection.client()?;
        let shared = Arc::new(Shared::default());
        let (sender, answers) = mpsc::unbounded_channel();
        let work = drive(shared.clone(), client, config, sender);
        Ok((Self { shared }, Answers { answers, driver: runtime.spawn(work) }))
    }

    /// Asks for the rows of keys, which are records of a row batch whose fields are the key columns. The keys have consecutive
    /// request numbers, which wrap around. `false` when too many keys wait: nothing was taken, ask again later.
    ///
    /// A batch that cannot be read fails the lookup.
    pub fn submit(&self, batch: &[u8], rows: usize, first_request: u32) -> bool {
        {
            let mut waiting = self.shared.waiting();
            if waiting.bytes > 0 && waiting.bytes + batch.len() > MAX_WAITING_BYTES {
                return false;
            }
            waiting.bytes += batch.len();
            waiting.batches.push(Submitted { batch: batch.to_vec(), rows, first_request });
        }
        self.shared.metrics.lookups(rows);
        self.shared.wake.notify_one();
        true
    }

    /// The counters.
    pub fn metrics(&self) -> LookupSnapshot {
        self.shared.metrics.snapshot()
    }
}

impl Answers {
    /// The next answer; they come in the order in which statements end. After an error there are no more.
    pub async fn next(&mut self) -> Result<Answer> {
        let closed = || Error::new(ErrorKind::Closed, "the lookup has ended");
        self.answers.recv().await.unwrap_or_else(|| Err(closed()))
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<Submitted> {
        std::mem::take(&mut *self.waiting()).batches
    }
}

type Sender = mpsc::UnboundedSender<Result<Answer>>;

async fn drive(shared: Arc<Shared>, client: StarRocks, config: LookupConfig, sender: Sender) {
    if let Err(error) = run(&shared, client, config, &sender).await {
        // Nobody may listen any more.
        let _ = sender.send(Err(error));
    }
}

async fn run(shared: &Shared, client: StarRocks, config: LookupConfig, sender: &Sender) -> Result<()> {
    let (most_keys, most_statements) = (config.batch_keys, config.parallel_statements);
    let table = Arc::new(open(shared, client, config).await?);
    let out = Out { sender: sender.clone(), room: Arc::new(Semaphore::new(MAX_UNTAKEN as usize)) };
    let mut ready: VecDeque<(u32, Key)> = VecDeque::new();
    let mut running: JoinSet<Result<()>> = JoinSet::new();
    loop {
        // What waits is left where it is counted until there is something to send it with.
        if ready.is_empty() && running.len() < most_statements {
            for submitted in shared.take() {
                let keys = table.codec().keys(&submitted.batch, submitted.rows).map_err(|e| table.named(e))?;
                for (key, request) in keys.into_iter().zip((0..).map(|n| submitted.first_request.wrapping_add(n))) {
                    match key {
                        Some(key) => ready.push_back((request, key)),
                        None => out.send(&[request], 0, Bytes::new()).await,
                    }
                }
            }
        }
        while running.len() < most_statements && !ready.is_empty() {
            running.spawn(answer(table.clone(), take(&mut ready, most_keys), out.clone()));
        }
        tokio::select! {
            () = shared.wake.notified() => {}
            Some(ended) = running.join_next(), if !running.is_empty() => {
                ended.unwrap_or_else(|e| Err(Error::new(ErrorKind::Panic, "a lookup ended without a result").caused_by(e)))?;
                // There may be more to send.
                shared.wake.notify_one();
            }
        }
    }
}

/// Connects, at the latest with the first key.
async fn open(shared: &Shared, client: StarRocks, config: LookupConfig) -> Result<Table> {
    if let Ok(table) = Table::open(client.clone(), config.clone(), 0, shared.metrics.clone()).await {
        return Ok(table);
    }
    shared.wake.notified().await;
    shared.wake.notify_one();
    let retries = config.max_retries;
    Table::open(client, config, retries, shared.metrics.clone()).await
}

async fn answer(table: Arc<Table>, batch: Vec<Asked>, out: Out) -> Result<()> {
    let found = table.ask(&batch).await?;
    for (asked, found) in batch.iter().zip(found) {
        out.send(&asked.requests, found.rows, Bytes::from(found.records)).await;
    }
    Ok(())
}

/// Where answers go, as soon as there is room.
#[derive(Clone)]
struct Out {
    sender: Sender,
    room: Arc<Semaphore>,
}

impl Out {
    async fn send(&self, requests: &[u32], rows: u32, records: Bytes) {
        let units = u32::try_from(records.len() / UNIT + 1).unwrap_or(MAX_UNTAKEN).min(MAX_UNTAKEN);
        // The semaphore is never closed.
        let Ok(room) = self.room.clone().acquire_many_owned(units).await else { return };
        let room = Arc::new(room);
        for request in requests {
            let answer = Answer { request: *request, rows, records: records.clone(), _room: room.clone() };
            if self.sender.send(Ok(answer)).is_err() {
                return;
            }
        }
    }
}
