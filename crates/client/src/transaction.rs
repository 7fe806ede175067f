// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Transactions, and the execution of what a load machine asks for.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use starrocks_load::{
    Answer, Chunk, Commit, CommitStep, CommitVerdict, Failure, FailureClass, Request, RetryPolicy, ServerTimes,
};
use starrocks_protocol::{Operation, Reply, RequestHead, TransactionRef};
use starrocks_types::{Error, ErrorKind, Result};
use tokio::time::Instant;

use crate::connection::{StarRocks, load_timeout};
use crate::endpoint::Endpoint;
use crate::http::Via;
use crate::sink::Rejects;
use crate::transport::failure;
use crate::version::no_shared_transactions;

/// What a transaction writes to, and how.
#[derive(Debug, Clone, Default)]
pub struct TransactionOptions {
    /// Database.
    pub database: String,
    /// Table.
    pub table: String,
    /// Headers of its requests: format, separators, `timeout`, `prepared_timeout` and so on, with lower-case names.
    pub properties: Vec<(String, String)>,
}

/// A transaction: any number of loads that become visible together. Dropping it without commit leaves it to the
/// server's time-out; [`Transaction::rollback`] ends it at once.
pub struct Transaction {
    wire: Wire,
    label: String,
    txn_id: Option<i64>,
}

impl StarRocks {
    /// Begins a transaction under a label that was never used.
    pub async fn begin(&self, options: TransactionOptions, label: impl Into<String>) -> Result<Transaction> {
        let label = label.into();
        let wire = Wire::new(self.clone(), options);
        let answer = wire.perform(Request::Begin { label: label.clone() }).await.map_err(|f| f.error)?;
        Ok(Transaction { wire, label, txn_id: answer.txn_id })
    }
}

impl Transaction {
    /// The label.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The transaction id, if the server told it.
    pub fn txn_id(&self) -> Option<i64> {
        self.txn_id
    }

    /// Loads one body: whole rows, complete by itself. After a failure roll back and begin again.
    pub async fn load(&mut self, rows: u64, body: Vec<Bytes>) -> Result<()> {
        let request = Request::Load { label: self.label.clone(), chunk: Chunk { table: 0, rows, body, since_ms: 0 } };
        self.wire.perform(request).await.map(|_| ()).map_err(|f| f.error)
    }

    /// Makes the loads durable without showing them.
    pub async fn prepare(&mut self) -> Result<()> {
        let request = Request::Prepare { label: self.label.clone() };
        self.wire.perform(request).await.map(|_| ()).map_err(|f| f.error)
    }

    /// Commits a prepared transaction. An unclear answer is resolved by the state of the label.
    pub async fn commit(self) -> Result<()> {
        self.wire.commit(&self.label, self.txn_id, RetryPolicy::default()).await
    }

    /// Rolls back.
    pub async fn rollback(self) -> Result<()> {
        self.wire.rollback(&self.label).await
    }
}

/// Sends what a load machine asks for.
pub(crate) struct Wire {
    client: StarRocks,
    /// Where chunks go, by their numbers; what concerns no table goes by the first.
    tables: RwLock<Vec<Arc<TransactionOptions>>>,
    /// Transactions are over several tables.
    shared: bool,
    /// Takes the rows that the server rejects.
    rejects: Option<Arc<Rejects>>,
    /// The BE that answered `begin`, with the label: loads and the prepare go there without asking an FE again.
    coordinator: Mutex<Option<(String, Endpoint)>>,
}

impl Wire {
    pub(crate) fn new(client: StarRocks, options: TransactionOptions) -> Self {
        let tables = RwLock::new(vec![Arc::new(options)]);
        Self { client, tables, shared: false, rejects: None, coordinator: Mutex::new(None) }
    }

    /// For transactions over several tables, of which `first` is number 0.
    pub(crate) fn shared(client: StarRocks, first: TransactionOptions) -> Self {
        Self { shared: true, ..Self::new(client, first) }
    }

    /// One more table for transactions over several; its number is the next one.
    pub(crate) fn add_table(&self, options: TransactionOptions) {
        self.tables.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(options));
    }

    /// Has rejected rows kept.
    pub(crate) fn with_rejects(mut self, rejects: Arc<Rejects>) -> Self {
        self.rejects = Some(rejects);
        self
    }

    /// Sends one request. The failure names label and table, or the database where several tables are concerned.
    pub(crate) async fn perform(&self, request: Request) -> std::result::Result<Answer, Failure> {
        let (number, one_table) = match &request {
            Request::Load { chunk, .. } | Request::StreamLoad { chunk, .. } => (chunk.table, true),
            _ => (0, !self.shared),
        };
        let options = self.table(number)?;
        let (label, done) = self.perform_on(&options, request).await;
        done.map_err(|failure| Failure {
            error: if one_table {
                failure.error.with("table", format!("{}.{}", options.database, options.table))
            } else {
                failure.error.with("database", &options.database)
            }
            .with("label", label),
            ..failure
        })
    }

    async fn perform_on(
        &self,
        options: &TransactionOptions,
        request: Request,
    ) -> (String, std::result::Result<Answer, Failure>) {
        match request {
            Request::Begin { label } => {
                let done = self.begin(options, &label).await;
                (label, done)
            }
            Request::Load { label, chunk } => {
                let head = self.transaction(options, &label).load(&options.properties);
                let backend = self.coordinator(&label);
                let via = backend.as_ref().map_or(Via::Frontend, Via::Backend);
                let done = self.send(options, Operation::Load, head, &chunk.body, via).await.map(answer_of);
                (label, done)
            }
            Request::Prepare { label } => {
                let head = self.transaction(options, &label).prepare(&options.properties);
                let backend = self.coordinator(&label);
                let via = backend.as_ref().map_or(Via::Frontend, Via::Backend);
                let done = self.send_rows(options, Operation::Prepare, head, &[], via, &label).await;
                (label, done)
            }
            Request::Commit { label } => {
                let head = self.transaction(options, &label).commit(self.client.publish_timeout());
                let done = self.send_rows(options, Operation::Commit, head, &[], Via::Frontend, &label).await;
                (label, done)
            }
            Request::Rollback { label } => {
                let done = self.roll_back(options, &label).await.map(answer_of);
                (label, done)
            }
            Request::LabelState { label } => {
                let head = starrocks_protocol::label_state(&options.database, &label);
                let done = match self.send(options, Operation::LabelState, head, &[], Via::Frontend).await {
                    Ok(reply) => match reply.label_state() {
                        Ok(state) => Ok(Answer { state: Some(state), ..Answer::default() }),
                        Err(error) => Err(failure(FailureClass::Ambiguous, error)),
                    },
                    Err(failure) => Err(failure),
                };
                (label, done)
            }
            Request::StreamLoad { label, chunk } => {
                let head =
                    starrocks_protocol::stream_load(&options.database, &options.table, &label, &options.properties);
                let done =
                    self.send_rows(options, Operation::StreamLoad, head, &chunk.body, Via::AnyBackend, &label).await;
                (label, done)
            }
        }
    }

    /// Rolls back, once.
    pub(crate) async fn rollback(&self, label: &str) -> Result<()> {
        self.perform(Request::Rollback { label: label.to_owned() }).await.map(|_| ()).map_err(|f| f.error)
    }

    /// Commits with retries.
    pub(crate) async fn commit(&self, label: &str, txn_id: Option<i64>, policy: RetryPolicy) -> Result<()> {
        let start = Instant::now();
        let now = || u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut commit = Commit::new(label, txn_id, policy, seed_of(label));
        loop {
            match commit.next(now()) {
                CommitStep::WaitUntil(until) => {
                    tokio::time::sleep(Duration::from_millis(until.saturating_sub(now()))).await;
                }
                CommitStep::Send(request) => {
                    let answer = self.perform(request).await;
                    match commit.on_answer(now(), answer) {
                        None => {}
                        Some(CommitVerdict::Committed) => return Ok(()),
                        Some(
                            CommitVerdict::NotCommitted(_, error)
                            | CommitVerdict::Refused(error)
                            | CommitVerdict::Unclear(error),
                        ) => {
                            let table = self.table(0).map_err(|f| f.error)?;
                            return Err(error.with("table", format!("{}.{}", table.database, table.table)));
                        }
                    }
                }
            }
        }
    }

    async fn begin(&self, options: &TransactionOptions, label: &str) -> std::result::Result<Answer, Failure> {
        let head = self.transaction(options, label).begin(&options.properties).map_err(invalid)?;
        if self.shared {
            // The frontend keeps it itself, and names a backend for each load.
            let answered = self.client.call(Operation::Begin, &head, &[], Via::Frontend, Duration::ZERO).await;
            return answered.map(|answered| answer_of(answered.reply)).map_err(without_table);
        }
        let answered = self.client.call(Operation::Begin, &head, &[], Via::AnyBackend, Duration::ZERO).await?;
        *self.coordinator.lock().unwrap_or_else(PoisonError::into_inner) = Some((label.to_owned(), answered.by));
        Ok(answer_of(answered.reply))
    }

    /// A transaction that is not prepared is the backend's to roll back. Where backends are reached by the addresses that
    /// the user named, a redirect of the FE would lead elsewhere.
    async fn roll_back(&self, options: &TransactionOptions, label: &str) -> std::result::Result<Reply, Failure> {
        if let Some(backend) = self.named_coordinator(label) {
            let head = self.transaction(options, label).rollback();
            let done = self.send(options, Operation::Rollback, head, &[], Via::Backend(&backend)).await;
            if done.is_ok() {
                return done;
            }
        }
        self.send(options, Operation::Rollback, self.transaction(options, label).rollback(), &[], Via::Frontend).await
    }

    async fn send(
        &self,
        options: &TransactionOptions,
        operation: Operation,
        head: Result<RequestHead>,
        body: &[Bytes],
        via: Via<'_>,
    ) -> std::result::Result<Reply, Failure> {
        let head = head.map_err(invalid)?;
        let slow = load_timeout(&options.properties);
        self.client.call(operation, &head, body, via, slow).await.map(|answered| answered.reply)
    }

    /// Sends a request whose answer counts rows, and keeps those that were rejected.
    async fn send_rows(
        &self,
        options: &TransactionOptions,
        operation: Operation,
        head: Result<RequestHead>,
        body: &[Bytes],
        via: Via<'_>,
        label: &str,
    ) -> std::result::Result<Answer, Failure> {
        let head = head.map_err(invalid)?;
        let slow = load_timeout(&options.properties);
        let answered = self.client.call(operation, &head, body, via, slow).await?;
        if let Some(rejects) = &self.rejects {
            let table = format!("{}.{}", options.database, options.table);
            rejects.note(self.client.http(), &table, label, &answered).await.map_err(invalid)?;
        }
        Ok(answer_of(answered.reply))
    }

    fn table(&self, number: usize) -> std::result::Result<Arc<TransactionOptions>, Failure> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner).get(number).cloned().ok_or_else(|| {
            invalid(
                Error::new(ErrorKind::Unexpected, "a chunk is for a table that nobody added").with("number", number),
            )
        })
    }

    fn transaction<'a>(&self, options: &'a TransactionOptions, label: &'a str) -> TransactionRef<'a> {
        TransactionRef { database: &options.database, table: &options.table, label, shared: self.shared }
    }

    /// The coordinator, if the user named the backends.
    fn named_coordinator(&self, label: &str) -> Option<Endpoint> {
        self.client.http().backends.as_ref().and_then(|_| self.coordinator(label))
    }

    fn coordinator(&self, label: &str) -> Option<Endpoint> {
        let coordinator = self.coordinator.lock().unwrap_or_else(PoisonError::into_inner);
        coordinator.as_ref().filter(|(of, _)| of == label).map(|(_, endpoint)| endpoint.clone())
    }
}

fn answer_of(reply: Reply) -> Answer {
    Answer {
        txn_id: reply.txn_id,
        state: None,
        filtered_rows: reply.filtered_rows.unwrap_or(0),
        total_rows: reply.total_rows,
        loaded_rows: reply.loaded_rows,
        times: ServerTimes {
            load_ms: reply.load_time_ms,
            plan_ms: reply.plan_time_ms,
            read_ms: reply.read_time_ms,
            write_ms: reply.write_time_ms,
            publish_ms: reply.publish_time_ms,
        },
    }
}

fn invalid(error: Error) -> Failure {
    failure(FailureClass::Permanent, error)
}

/// A server before 4.0 does not know the header, and misses the table.
fn without_table(failed: Failure) -> Failure {
    if !failed.error.message().to_ascii_lowercase().contains("table") {
        return failed;
    }
    failure(FailureClass::Permanent, no_shared_transactions().caused_by(failed.error))
}

/// Jitter only has to differ between writers.
fn seed_of(label: &str) -> u64 {
    label.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}
