// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What becomes of rows with values that their columns do not take.

use starrocks_types::Result;

use crate::check::shortened;
use crate::column::{Column, Kind};
use crate::config::{EncoderConfig, Format, OnInvalid};
use crate::encoder::RowEncoder;
use crate::sink::{Cause, Cell, Sink, cause, copy};
use crate::text::{bytes, json_string};
use crate::writer::{Broken, Parts, RowWriter};

/// A row that was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The column whose value is the reason.
    pub column: String,
    /// Why the column does not take it.
    pub reason: String,
    /// The row as a JSON object. A value that JSON cannot express is told as well as it can be.
    pub row: String,
}

/// Decides on such rows, and collects those that are rejected.
#[derive(Debug)]
pub(crate) struct Invalid {
    on_invalid: OnInvalid,
    /// Made for [`OnInvalid::Reject`] only.
    describer: Option<Box<Describer>>,
    rejected: Vec<Rejected>,
}

impl Invalid {
    pub(crate) fn new(config: &EncoderConfig<'_>) -> Result<Self> {
        let describer = match config.on_invalid {
            OnInvalid::Reject => Some(Box::new(Describer::new(config)?)),
            _ => None,
        };
        Ok(Self { on_invalid: config.on_invalid, describer, rejected: Vec::new() })
    }

    pub(crate) fn take_rejected(&mut self) -> Vec<Rejected> {
        std::mem::take(&mut self.rejected)
    }

    /// Writes the row another way and returns the next position, or rejects it.
    #[cold]
    #[expect(clippy::too_many_arguments, reason = "a row in the middle of the row loop")]
    pub(crate) fn resolve(
        &mut self,
        writer: RowWriter<'_>,
        row: &[u8],
        delete: bool,
        separate: bool,
        sink: &mut Sink<'_>,
        pos: usize,
        broken: Broken,
    ) -> Result<Option<usize>, Broken> {
        let Some(column) = broken.column else { return Err(broken) };
        if let Some(describer) = &mut self.describer {
            let row = describer.describe(row, delete)?;
            let column = describer.names.get(column).cloned().unwrap_or_default();
            self.rejected.push(Rejected { column, reason: broken.cause.text, row });
            return Ok(None);
        }
        let null = writer.null;
        match self.on_invalid {
            OnInvalid::Null => {
                let replace = |column: &Column, _: Option<u64>, cause: Box<Cause>, sink: &mut Sink<'_>, pos: usize| {
                    if column.takes_null(delete) { Ok(copy(sink.buf, pos, null)) } else { Err(cause) }
                };
                writer.write_carefully(row, delete, separate, sink, pos, replace).map(Some)
            }
            OnInvalid::Truncate => {
                let replace =
                    |column: &Column, slot: Option<u64>, cause: Box<Cause>, sink: &mut Sink<'_>, pos: usize| {
                        truncate(column, slot, row, cause, sink, pos)
                    };
                writer.write_carefully(row, delete, separate, sink, pos, replace).map(Some)
            }
            OnInvalid::Server | OnInvalid::Fail | OnInvalid::Reject => Err(broken),
        }
    }
}

/// Writes the beginning of a value that is too long.
fn truncate(
    column: &Column,
    slot: Option<u64>,
    row: &[u8],
    cause: Box<Cause>,
    sink: &mut Sink<'_>,
    pos: usize,
) -> Cell {
    match (slot, cause.limit) {
        (Some(slot), Some(limit)) if column.kind != Kind::Other => {
            let slot = shortened(slot, row, limit, column.kind == Kind::Text)?;
            column.encode(slot, row, sink, pos)
        }
        _ => Err(cause),
    }
}

/// Tells what a row holds.
#[derive(Debug)]
struct Describer {
    parts: Parts,
    names: Vec<String>,
}

impl Describer {
    fn new(config: &EncoderConfig<'_>) -> Result<Self> {
        let encoder = RowEncoder::new(EncoderConfig {
            upsert_delete: config.upsert_delete,
            session_time_zone: config.session_time_zone,
            ..EncoderConfig::new(config.columns, Format::Json)
        })?;
        let names = config.columns.iter().map(|c| c.name.clone()).collect();
        Ok(Self { parts: encoder.into_parts(), names })
    }

    fn describe(&mut self, row: &[u8], delete: bool) -> Result<String, Broken> {
        let mut out = Vec::new();
        let (writer, mut sink) = self.parts.writer(&mut out);
        let tell = |column: &Column, slot: Option<u64>, cause: Box<Cause>, sink: &mut Sink<'_>, pos: usize| {
            let slot = slot.map(u64::to_le_bytes);
            match (&slot, column.kind) {
                (Some(slot), Kind::Text) => {
                    json_string(String::from_utf8_lossy(bytes(slot, row)?).as_bytes(), sink, pos)
                }
                _ => json_string(cause.text.as_bytes(), sink, pos),
            }
        };
        let pos = writer.write_carefully(row, delete, false, &mut sink, 0, tell)?;
        sink.spill(pos);
        String::from_utf8(out).map_err(|_| Broken::from(cause("the row is not UTF-8")))
    }
}
