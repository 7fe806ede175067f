// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The requests of merge commit: loads that the server merges, and the states of the transactions that they end up in.

use std::time::Duration;

use starrocks_load::{Chunk, Failure, FailureClass, Merged, MergedState};
use starrocks_protocol::{LabelState, Operation, Reply};
use starrocks_types::{Error, ErrorKind};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;

use crate::connection::{StarRocks, load_timeout};
use crate::endpoint::Endpoint;
use crate::http::{Answered, Via};
use crate::transaction::TransactionOptions;
use crate::transport::failure;

/// Bounds of what one sink asks of the server at the same time, and how it finds the backends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MergeLimits {
    /// Loads.
    pub(crate) loads: usize,
    /// Questions about labels.
    pub(crate) questions: usize,
    /// Send loads to the backends themselves, and ask for their addresses this often.
    pub(crate) direct: Option<Duration>,
}

/// Sends the requests of one sink.
pub(crate) struct MergeWire {
    client: StarRocks,
    options: TransactionOptions,
    loads: Semaphore,
    questions: Semaphore,
    backends: Option<Backends>,
}

/// The backends, in turn.
struct Backends {
    every: Duration,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    endpoints: Vec<Endpoint>,
    asked: Option<Instant>,
    next: usize,
}

impl MergeWire {
    pub(crate) fn new(client: StarRocks, options: TransactionOptions, limits: MergeLimits) -> Self {
        Self {
            client,
            options,
            loads: Semaphore::new(limits.loads),
            questions: Semaphore::new(limits.questions),
            backends: limits.direct.map(|every| Backends { every, known: Mutex::default() }),
        }
    }

    /// Sends a chunk. A refusal that names the transaction of the rows is an answer: what became of it has to be asked.
    pub(crate) async fn load(&self, label: &str, chunk: &Chunk) -> Result<Merged, Failure> {
        let permit = self.loads.acquire().await;
        let backend = self.backend().await;
        let options = &self.options;
        let head = starrocks_protocol::stream_load(&options.database, &options.table, label, &options.properties)
            .map_err(|e| failure(FailureClass::Permanent, e))?;
        let patience = load_timeout(&options.properties);
        let via = backend.as_ref().map_or(Via::AnyBackend, Via::Backend);
        let answer = self.client.call(Operation::StreamLoad, &head, &chunk.body, via, patience).await;
        drop(permit);
        match answer {
            Ok(answered) => {
                let Reply { label: merged, txn_id, left_merge_time_ms, .. } = answered.reply;
                tracing::debug!(label, ?merged, ?txn_id, "the server has taken the rows");
                Ok(Merged { label: merged, left_ms: left_merge_time_ms.unwrap_or(0), refusal: None })
            }
            Err(refused) if matches!(refused.class, FailureClass::Refused | FailureClass::TooManyVersions) => {
                match merged_label(&refused.error) {
                    Some(merged) => {
                        Ok(Merged { label: Some(merged), left_ms: 0, refusal: Some(self.name(refused.error)) })
                    }
                    None => Err(self.named(refused)),
                }
            }
            Err(failed) => Err(self.named(failed)),
        }
    }

    /// Asks for the state of the transaction that rows are in.
    pub(crate) async fn state(&self, label: &str) -> Result<MergedState, Failure> {
        let permit = self.questions.acquire().await;
        let head = starrocks_protocol::label_state(&self.options.database, label)
            .map_err(|e| failure(FailureClass::Permanent, e))?;
        let answer = self.client.call(Operation::LabelState, &head, &[], Via::Frontend, Duration::ZERO).await;
        drop(permit);
        let Answered { reply, by } = answer.map_err(|failed| self.named(failed))?;
        let state = reply.label_state().map_err(|e| self.named(failure(FailureClass::Ambiguous, e)))?;
        let rejected = match (state, reply.error_url) {
            (LabelState::Aborted, Some(url)) => {
                let error = Error::new(ErrorKind::RowsRejected, "the server rejected rows of the merged transaction")
                    .with("reason", reply.reason.as_deref().unwrap_or_default())
                    .with("error_url", url)
                    .hint("correct the rows, or allow some to be dropped with sink.properties.max_filter_ratio");
                let explained = self.client.http().explain(failure(FailureClass::Permanent, error), &by).await;
                Some(self.name(explained.error))
            }
            _ => None,
        };
        Ok(MergedState { state, rejected, reason: reply.reason })
    }

    /// The backend whose turn it is; `None` leaves the choice to the FE, also when that does not tell any.
    async fn backend(&self) -> Option<Endpoint> {
        let backends = self.backends.as_ref()?;
        let mut known = backends.known.lock().await;
        if known.asked.is_none_or(|asked| asked.elapsed() >= backends.every) {
            known.asked = Some(Instant::now());
            match self.ask_backends().await {
                Ok(endpoints) => known.endpoints = endpoints,
                Err(error) => {
                    tracing::warn!(%error, "the FE does not tell its backends; loads go where it told before")
                }
            }
        }
        known.next = known.next.wrapping_add(1);
        let at = known.next.checked_rem(known.endpoints.len())?;
        known.endpoints.get(at).cloned()
    }

    async fn ask_backends(&self) -> Result<Vec<Endpoint>, Error> {
        let options = &self.options;
        let head = starrocks_protocol::load_nodes(&options.database, &options.table, &options.properties)?;
        let answer = self.client.call(Operation::LoadNodes, &head, &[], Via::Frontend, Duration::ZERO).await;
        let Answered { reply, by } = answer.map_err(|failed| self.name(failed.error))?;
        let nodes = reply.http_nodes.unwrap_or_default();
        let nodes = nodes.split(',').map(str::trim).filter(|node| !node.is_empty());
        nodes.map(|node| self.client.http().backend(node, &by).map_err(|e| self.name(e))).collect()
    }

    fn named(&self, failed: Failure) -> Failure {
        Failure { error: self.name(failed.error), ..failed }
    }

    fn name(&self, error: Error) -> Error {
        error.with("table", format!("{}.{}", self.options.database, self.options.table))
    }
}

/// The label of the transaction that refused rows are in, if they got into one.
fn merged_label(error: &Error) -> Option<String> {
    let fact = |key: &str| error.context().iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone());
    fact("txn_id").and_then(|_| fact("label"))
}
