// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Bodies of loads, read into rows.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::Request;
use hyper::body::Incoming;
use tokio::sync::mpsc::{self, Sender};

use super::be::{Backend, Failed, LoadTarget, Received};
use crate::load::{self, ChannelBody, Hole, LoadFailure, LoadOptions, LoadPlan, Loaded};
use crate::txn::LoadCounters;

/// Pieces of a body between the connection and the parser.
const BODY_QUEUE: usize = 16;

impl Backend {
    /// Reads a body into rows on a thread that may block. `plan` is made from the options if there is none yet.
    pub(super) async fn receive(
        &self,
        request: Request<Incoming>,
        target: &LoadTarget,
        options: LoadOptions,
        plan: Option<Arc<LoadPlan>>,
        received_bytes: &mut u64,
    ) -> Result<Received, Failed> {
        let plan_started = Instant::now();
        let plan = match plan {
            Some(plan) => plan,
            None => {
                let table = self.engine.table(&target.database, &target.table);
                let table = table.map_err(|e| Failed::new("ANALYSIS_ERROR", e.to_string()))?;
                let plan = LoadPlan::new(&self.engine, table, &options);
                Arc::new(plan.map_err(|e| Failed::new("ANALYSIS_ERROR", e))?)
            }
        };
        let plan_time = plan_started.elapsed();
        let read_started = Instant::now();
        let default = Duration::from_secs(self.engine.settings().stream_load_default_timeout_second);
        let deadline = tokio::time::Instant::now() + options.timeout.unwrap_or(default);
        let limit = self.engine.settings().streaming_load_max_mb.saturating_mul(1 << 20);
        let body = request.into_body();
        let parsed = if self.config.sink_hole {
            tokio::time::timeout_at(deadline, swallow(body, Hole::new(&options), limit, received_bytes)).await
        } else {
            let (sender, receiver) = mpsc::channel(BODY_QUEUE);
            let engine = self.engine.clone();
            let parser =
                tokio::task::spawn_blocking(move || load::run(&engine, plan, &options, ChannelBody::new(receiver)));
            let pumped = tokio::time::timeout_at(deadline, pump(body, sender, limit, received_bytes)).await;
            let parsed =
                parser.await.map_err(|e| Failed::new("INTERNAL_ERROR", format!("the load thread ended: {e}")))?;
            pumped.map(|pumped| match (parsed, pumped) {
                // All that was read came over well, so it was the decoder that failed.
                (Err(LoadFailure::Body(error)), Ok(())) => {
                    Err(refused(format!("the body cannot be decompressed: {error}")))
                }
                (parsed, pumped) => parsed.and_then(|loaded| pumped.map(|()| loaded).map_err(LoadFailure::Body)),
            })
        };
        self.received_bytes.fetch_add(*received_bytes, Ordering::Relaxed);
        let Ok(parsed) = parsed else {
            return Err(Failed::new("TIMEOUT", "the load did not end within its timeout"));
        };
        match parsed {
            Ok(loaded) => Ok(Received { loaded, plan_time, read_time: read_started.elapsed() }),
            Err(LoadFailure::Body(error)) => {
                Err(Failed::new("INTERNAL_ERROR", format!("receive body don't equal with body bytes: {error}")))
            }
            Err(LoadFailure::Data { message, counters, error_log }) => {
                Err(Failed { status: "INTERNAL_ERROR", message, counters, error_log, in_rows: true })
            }
        }
    }
}

/// Moves a body into the channel. The parser may end first; the rest is then left unread.
async fn pump(mut body: Incoming, sender: Sender<io::Result<Bytes>>, limit: u64, received: &mut u64) -> io::Result<()> {
    loop {
        match next_piece(&mut body, limit, received).await {
            Ok(None) => return Ok(()),
            Ok(Some(piece)) => {
                if !piece.is_empty() && sender.send(Ok(piece)).await.is_err() {
                    return Ok(());
                }
            }
            Err(error) => {
                // The parser learns that the body is incomplete; whether it still listens is no matter.
                let _ended = sender.send(Err(io::Error::new(error.kind(), error.to_string()))).await;
                return Err(error);
            }
        }
    }
}

/// The failure of a load without rows.
fn refused(message: String) -> LoadFailure {
    LoadFailure::Data { message, counters: LoadCounters::default(), error_log: Vec::new() }
}

/// Reads a body to its end and keeps nothing, on the thread that reads it.
async fn swallow(mut body: Incoming, mut hole: Hole, limit: u64, received: &mut u64) -> Result<Loaded, LoadFailure> {
    while let Some(piece) = next_piece(&mut body, limit, received).await.map_err(LoadFailure::Body)? {
        hole.feed(&piece).map_err(refused)?;
    }
    let counters = hole.finish().map_err(refused)?;
    Ok(Loaded { write: None, counters, error_log: Vec::new() })
}

async fn next_piece(body: &mut Incoming, limit: u64, received: &mut u64) -> io::Result<Option<Bytes>> {
    let piece = match body.frame().await {
        None => return Ok(None),
        Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
        Some(Err(error)) => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, error.to_string())),
    };
    *received += piece.len() as u64;
    if *received > limit {
        return Err(io::Error::other(format!(
            "body size {received} exceed limit: {limit}, please increase the value of streaming_load_max_mb in be.conf"
        )));
    }
    Ok(Some(piece))
}
