// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows that queries have for their clients, until they are fetched: once, and for as long as a query may take.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow_flight::encode::FlightDataEncoderBuilder;
use arrow_flight::error::FlightError;
use datafusion::execution::SendableRecordBatchStream;
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use tokio::time::Instant;
use tonic::{Response, Status};

use super::{Answer, Rows};
use crate::export::Export;
use crate::sql::TimedRows;

/// Queries whose rows wait to be fetched.
const MOST: usize = 4096;

/// The rows of a query that nobody has asked for yet.
pub(super) struct Pending {
    /// Number of the session.
    pub(super) owner: u32,
    pub(super) stream: SendableRecordBatchStream,
    pub(super) export: Export,
    /// How long the rows may wait, and then take.
    pub(super) limit: Duration,
}

/// Rows by the id of the fragment that gives them, with the time after which nobody gets them.
#[derive(Default)]
pub(super) struct Results(Mutex<HashMap<String, (Instant, Pending)>>);

impl Results {
    fn waiting(&self) -> MutexGuard<'_, HashMap<String, (Instant, Pending)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps rows and says under which id.
    pub(super) fn add(&self, pending: Pending) -> Result<String, Status> {
        let now = Instant::now();
        let mut waiting = self.waiting();
        waiting.retain(|_, (until, _)| *until > now);
        if waiting.len() >= MOST {
            return Err(Status::resource_exhausted(format!("the rows of {MOST} queries wait to be fetched already")));
        }
        let id = hexadecimal();
        waiting.insert(id.clone(), (now + pending.limit, pending));
        Ok(id)
    }

    /// Gives rows out, once.
    pub(super) fn answer(&self, id: &str) -> Answer {
        let found = self.waiting().remove(id).filter(|(until, _)| *until > Instant::now());
        let Some((_, Pending { stream, export, limit, .. })) = found else {
            return Err(Status::internal(format!("no arrow schema for this query, finst_id={id}")));
        };
        let schema = export.schema().clone();
        let rows = TimedRows::new(stream, limit);
        let batches = stream::try_unfold((rows, export), |(mut rows, export)| async move {
            let next = rows.next().await.map_err(|error| Status::internal(error.message))?;
            let Some(batch) = next else { return Ok(None) };
            let batch = export.batch(&batch).map_err(|error| Status::internal(error.to_string()))?;
            Ok(Some((batch, (rows, export))))
        });
        Ok(Response::new(encode(schema, batches)))
    }

    /// Drops the rows of a session.
    pub(super) fn forget(&self, owner: u32) {
        self.waiting().retain(|_, (_, pending)| pending.owner != owner);
    }
}

/// One batch as an answer.
pub(super) fn answer(batch: RecordBatch) -> Answer {
    Ok(Response::new(encode(batch.schema(), stream::iter([Ok(batch)]))))
}

fn encode(schema: SchemaRef, batches: impl Stream<Item = Result<RecordBatch, Status>> + Send + 'static) -> Rows {
    let batches = batches.map_err(|status| FlightError::Tonic(Box::new(status)));
    let encoded = FlightDataEncoderBuilder::new().with_schema(schema).build(batches);
    Box::pin(encoded.map(|data| data.map_err(Status::from)))
}

/// An id as the FE writes it: two halves without leading noughts.
pub(super) fn hexadecimal() -> String {
    let (high, low) = uuid::Uuid::new_v4().as_u64_pair();
    format!("{high:x}-{low:x}")
}
