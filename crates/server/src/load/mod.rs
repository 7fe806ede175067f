// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Loads: from the bytes of a body to staged rows.

mod body;
mod column;
mod csv;
mod csv_array;
mod hole;
mod json;
mod options;
mod plan;
mod sink;
mod value;

use std::io;
use std::sync::Arc;

pub(crate) use body::ChannelBody;
pub(crate) use hole::Hole;
pub(crate) use options::{Format, LoadOptions};
pub(crate) use plan::LoadPlan;

use arrow::array::ArrayRef;
use starrocks_types::StarRocksType;

use crate::engine::{Engine, TableWrite};
use crate::txn::LoadCounters;
use body::{Chunks, decompress};
use column::ColumnBuilder;
use csv::CsvSplitter;
pub(crate) use sink::MAX_ERROR_LINES;
use sink::RowSink;

/// A text as one value of a type, as CSV converts it; `None` if it cannot.
pub(crate) fn parse_text(data_type: &StarRocksType, text: &str) -> Option<ArrayRef> {
    let mut builder = ColumnBuilder::new(data_type);
    builder.append_text(text).ok()?;
    builder.finish().ok()
}

/// Longest row that is kept while its end is awaited.
const MAX_ROW_BYTES: usize = 100 << 20;

/// What a body came to.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The staged rows, nothing in sink-hole mode.
    pub(crate) write: Option<TableWrite>,
    pub(crate) counters: LoadCounters,
    pub(crate) error_log: Vec<String>,
}

/// Why a body was not taken.
#[derive(Debug)]
pub(crate) enum LoadFailure {
    /// The client or the network ended it; there may be nobody to tell.
    Body(io::Error),
    /// The load fails with this message.
    Data { message: String, counters: LoadCounters, error_log: Vec<String> },
}

/// Reads a whole body. Runs for as long as the body arrives, so give it a thread that may block.
pub(crate) fn run(
    engine: &Engine,
    plan: Arc<LoadPlan>,
    options: &LoadOptions,
    body: ChannelBody,
) -> Result<Loaded, LoadFailure> {
    let names: Vec<String> = plan.sources.iter().map(|s| s.name.clone()).collect();
    let mut sink = RowSink::new(engine, plan, options.strict_mode);
    let mut chunks = decompress(body, options.compression).map_err(|message| LoadFailure::Data {
        message,
        counters: LoadCounters::default(),
        error_log: Vec::new(),
    })?;
    let read = match &options.format {
        Format::Csv(csv) => {
            let mut splitter = CsvSplitter::new(csv.clone());
            feed_csv(&mut chunks, &mut splitter, &mut sink)
        }
        Format::Json(json) => read_json(engine, &mut chunks, json.ignore_size)
            .and_then(|body| json::read(&body, json, &names, &mut sink).map_err(Stop::Data)),
    };
    let outcome = read.and_then(|()| sink.finish().map_err(Stop::Data));
    match outcome {
        Ok(write) => Ok(Loaded { write: Some(write), counters: sink.counters, error_log: sink.error_log }),
        Err(Stop::Body(error)) => Err(LoadFailure::Body(error)),
        Err(Stop::Data(message)) => {
            Err(LoadFailure::Data { message, counters: sink.counters, error_log: sink.error_log })
        }
    }
}

enum Stop {
    Body(io::Error),
    Data(String),
}

fn feed_csv(chunks: &mut Chunks, splitter: &mut CsvSplitter, rows: &mut RowSink) -> Result<(), Stop> {
    while let Some(chunk) = chunks.next().map_err(Stop::Body)? {
        splitter.feed(&chunk, rows);
        if splitter.pending() > MAX_ROW_BYTES {
            return Err(Stop::Data(format!("a row is longer than {MAX_ROW_BYTES} bytes; is row_delimiter right?")));
        }
        if let Some(failure) = rows.failure() {
            return Err(Stop::Data(failure.to_owned()));
        }
    }
    splitter.finish(rows);
    Ok(())
}

/// The whole body; JSON documents have no size that is known before they end.
fn read_json(engine: &Engine, chunks: &mut Chunks, ignore_size: bool) -> Result<Vec<u8>, Stop> {
    let settings = engine.settings();
    let limit = settings.streaming_load_max_batch_size_mb.saturating_mul(1 << 20);
    let hard = 4_u64 << 30;
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().map_err(Stop::Body)? {
        let size = (body.len() + chunk.len()) as u64;
        if size > limit && !ignore_size {
            return Err(Stop::Data(format!(
                "The size of this batch exceed the max size [{limit}]  of json type data  data [ {size} ]. Set \
                 ignore_json_size to skip the check, although it may lead huge memory consuming."
            )));
        }
        if size > hard {
            return Err(Stop::Data(format!(
                "payload size [{size}] of single write beyond the JSON payload limit [{hard}]"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Whether more rows were rejected than the ratio admits.
pub(crate) fn too_many_filtered(counters: &LoadCounters, max_filter_ratio: f64) -> bool {
    let considered = counters.total.saturating_sub(counters.unselected);
    considered > 0 && counters.filtered as f64 / considered as f64 > max_filter_ratio
}
