// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Loads: from the bytes of a body to staged rows.

mod body;
mod column;
mod csv;
mod json;
mod options;
mod plan;
mod sink;
mod value;

use std::io;
use std::sync::Arc;

pub(crate) use body::ChannelBody;
pub(crate) use options::{Format, LoadOptions};
pub(crate) use plan::LoadPlan;

use arrow::array::ArrayRef;
use starrocks_types::StarRocksType;

use crate::engine::{Engine, TableWrite};
use crate::txn::LoadCounters;
use body::{Chunks, decompress};
use column::ColumnBuilder;
use csv::{CsvRows, CsvSplitter, Field};
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
    let mut chunks = decompress(body, options.compression);
    let read = match &options.format {
        Format::Csv(csv) => {
            let mut splitter = CsvSplitter::new(csv.clone());
            feed_csv(&mut chunks, &mut splitter, &mut sink, |sink| sink.failure().map(str::to_owned))
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

/// Checks framing and counts rows, and keeps nothing: the benchmark's sink hole.
pub(crate) fn run_hole(engine: &Engine, options: &LoadOptions, body: ChannelBody) -> Result<Loaded, LoadFailure> {
    let mut chunks = decompress(body, options.compression);
    let mut count = RowCount::default();
    let read = match &options.format {
        Format::Csv(csv) => {
            let mut splitter = CsvSplitter::new(csv.clone());
            feed_csv(&mut chunks, &mut splitter, &mut count, |count| count.mismatch.clone())
        }
        Format::Json(json) => read_json(engine, &mut chunks, json.ignore_size).and_then(|body| {
            count.rows = json_rows(&body, json.strip_outer_array)
                .map_err(|e| Stop::Data(format!("Failed to parse json body, error: {e}")))?;
            Ok(())
        }),
    };
    let counters = LoadCounters { total: count.rows, loaded: count.rows, ..LoadCounters::default() };
    match read {
        Ok(()) => Ok(Loaded { write: None, counters, error_log: Vec::new() }),
        Err(Stop::Body(error)) => Err(LoadFailure::Body(error)),
        Err(Stop::Data(message)) => Err(LoadFailure::Data { message, counters, error_log: Vec::new() }),
    }
}

enum Stop {
    Body(io::Error),
    Data(String),
}

fn feed_csv<R: CsvRows>(
    chunks: &mut Chunks,
    splitter: &mut CsvSplitter,
    rows: &mut R,
    failure: impl Fn(&R) -> Option<String>,
) -> Result<(), Stop> {
    while let Some(chunk) = chunks.next().map_err(Stop::Body)? {
        splitter.feed(&chunk, rows);
        if splitter.pending() > MAX_ROW_BYTES {
            return Err(Stop::Data(format!("a row is longer than {MAX_ROW_BYTES} bytes; is row_delimiter right?")));
        }
        if let Some(failure) = failure(rows) {
            return Err(Stop::Data(failure));
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

fn json_rows(body: &[u8], strip_outer_array: bool) -> serde_json::Result<u64> {
    use serde::de::IgnoredAny;
    let mut rows = 0;
    if strip_outer_array {
        for array in serde_json::Deserializer::from_slice(body).into_iter::<Vec<IgnoredAny>>() {
            rows += array?.len() as u64;
        }
    } else {
        for document in serde_json::Deserializer::from_slice(body).into_iter::<IgnoredAny>() {
            document?;
            rows += 1;
        }
    }
    Ok(rows)
}

/// Counts rows and requires equally many fields in each.
#[derive(Default)]
struct RowCount {
    rows: u64,
    fields: usize,
    mismatch: Option<String>,
}

impl CsvRows for RowCount {
    fn row(&mut self, _: &[u8], fields: &[Field<'_>]) {
        if self.rows == 0 {
            self.fields = fields.len();
        } else if self.fields != fields.len() {
            self.mismatch.get_or_insert_with(|| {
                format!("row {} has {} fields, the rows before it {}", self.rows + 1, fields.len(), self.fields)
            });
        }
        self.rows += 1;
    }
}

/// Whether more rows were rejected than the ratio admits.
pub(crate) fn too_many_filtered(counters: &LoadCounters, max_filter_ratio: f64) -> bool {
    let considered = counters.total.saturating_sub(counters.unselected);
    considered > 0 && counters.filtered as f64 / considered as f64 > max_filter_ratio
}
