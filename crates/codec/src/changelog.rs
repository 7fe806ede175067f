// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What becomes of rows that are not inserted, and the two halves of an update: did the key change between them?

use starrocks_types::{Error, ErrorKind, FlinkColumn, FlinkTypeRoot, Result};

use crate::config::EncoderConfig;
use crate::nested::null_bytes;
use crate::record::next_row;
use crate::sink::{Cause, cause};
use crate::text::{bytes, variable};

/// What an UPDATE_BEFORE row, the old version of an updated row, means for a table with a primary key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UpdateBefore {
    /// Nothing.
    #[default]
    Drop,
    /// A delete.
    Delete,
    /// A delete, unless the UPDATE_AFTER that follows has the same key and replaces the row anyway.
    DeleteUnlessReplaced,
    /// A delete if the UPDATE_AFTER that follows has another key; nothing otherwise. For loads that write some columns of
    /// a row, where a delete in vain would take the other columns along.
    DeleteIfMoved,
}

/// What becomes of rows that are not inserted.
#[derive(Debug)]
pub(crate) struct Changes {
    update_before: UpdateBefore,
    ignore_delete: bool,
    key: Key,
    /// The last row of a batch, an UPDATE_BEFORE whose UPDATE_AFTER comes with the next one; empty if there is none.
    pending: Vec<u8>,
}

impl Changes {
    pub(crate) fn new(config: &EncoderConfig<'_>) -> Result<Self> {
        let update_before = if config.upsert_delete { config.update_before } else { UpdateBefore::Drop };
        let compares = matches!(update_before, UpdateBefore::DeleteUnlessReplaced | UpdateBefore::DeleteIfMoved);
        if compares && config.primary_key.is_empty() {
            return Err(Error::new(ErrorKind::InvalidConfig, "the columns of the primary key are not told"));
        }
        let key = Key::new(config.columns, config.primary_key)?;
        Ok(Self { update_before, ignore_delete: config.ignore_delete, key, pending: Vec::new() })
    }

    /// Whether a row that is neither INSERT nor UPDATE_AFTER is a delete, `rest` being what follows it; else it is nothing.
    #[cold]
    pub(crate) fn deletes(&mut self, kind: u8, row: &[u8], mut rest: &[u8], fixed: usize) -> Result<bool, Box<Cause>> {
        match kind {
            1 => match self.update_before {
                UpdateBefore::Drop => Ok(false),
                UpdateBefore::Delete => Ok(true),
                _ if !rest.is_empty() => self.is_gone(row, next_row(&mut rest, fixed)?),
                // Whether its new version follows is not known yet. One that writes the whole row makes a delete harmless.
                UpdateBefore::DeleteUnlessReplaced => Ok(true),
                UpdateBefore::DeleteIfMoved => {
                    self.pending.extend_from_slice(row);
                    Ok(false)
                }
            },
            3 => Ok(!self.ignore_delete),
            _ => Err(cause(format!("{kind} is not a row kind"))),
        }
    }

    /// Whether the row that follows the old version of a row leaves that one to be deleted.
    fn is_gone(&self, before: &[u8], next: &[u8]) -> Result<bool, Box<Cause>> {
        let updates = next.first() == Some(&2);
        if updates && self.key.is_equal(before, next)? {
            return Ok(false);
        }
        Ok(updates || self.update_before == UpdateBefore::DeleteUnlessReplaced)
    }

    /// The last row of the batch before, if the first row of this one leaves it to be deleted.
    pub(crate) fn take_gone(&mut self, mut batch: &[u8], fixed: usize) -> Result<Option<Vec<u8>>, Box<Cause>> {
        if self.pending.is_empty() || batch.is_empty() {
            return Ok(None);
        }
        let before = std::mem::take(&mut self.pending);
        Ok(self.is_gone(&before, next_row(&mut batch, fixed)?)?.then_some(before))
    }
}

/// The columns of the primary key, to be compared between binary rows of one schema.
#[derive(Debug, Clone)]
struct Key {
    columns: Vec<KeyColumn>,
    header: usize,
}

#[derive(Debug, Clone, Copy)]
struct KeyColumn {
    index: usize,
    layout: Layout,
}

/// Where the bytes that make up a value are.
#[derive(Debug, Clone, Copy)]
enum Layout {
    /// The first bytes of the slot.
    Slot(usize),
    /// In the slot, or in the variable part.
    Text,
    /// In the variable part.
    Variable,
    /// Eight bytes in the variable part, and the low half of the slot.
    Timestamp,
}

impl Key {
    /// The columns at the given positions.
    fn new(columns: &[FlinkColumn], positions: &[usize]) -> Result<Self> {
        use FlinkTypeRoot as F;
        let key = |index: &usize| {
            let column = columns.get(*index).ok_or_else(|| {
                Error::new(ErrorKind::InvalidConfig, format!("there is no column {index} for the primary key"))
            })?;
            let layout = match &column.data_type.root {
                F::Boolean | F::Tinyint => Layout::Slot(1),
                F::Smallint => Layout::Slot(2),
                F::Integer | F::Date | F::TimeWithoutTimeZone { .. } | F::Float => Layout::Slot(4),
                F::Bigint | F::Double => Layout::Slot(8),
                F::Decimal { precision, .. } if *precision <= 18 => Layout::Slot(8),
                F::TimestampWithoutTimeZone { precision } | F::TimestampWithLocalTimeZone { precision } => {
                    if *precision <= 3 { Layout::Slot(8) } else { Layout::Timestamp }
                }
                F::Char { .. } | F::Varchar { .. } | F::Binary { .. } | F::Varbinary { .. } => Layout::Text,
                F::Decimal { .. } | F::Array { .. } | F::Map { .. } | F::Row { .. } => Layout::Variable,
            };
            Ok(KeyColumn { index: *index, layout })
        };
        let header = null_bytes(columns.len());
        Ok(Self { columns: positions.iter().map(key).collect::<Result<_>>()?, header })
    }

    /// Whether both rows have the same key. Both hold the fixed part of the schema.
    fn is_equal(&self, a: &[u8], b: &[u8]) -> Result<bool, Box<Cause>> {
        for column in &self.columns {
            let (in_a, in_b) = (self.value(a, *column)?, self.value(b, *column)?);
            if in_a != in_b {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What two equal values have in common; `None` for NULL.
    fn value<'a>(&self, row: &'a [u8], column: KeyColumn) -> Result<Option<(&'a [u8], u32)>, Box<Cause>> {
        let bit = column.index + 8;
        if row.get(bit / 8).is_some_and(|b| b >> (bit % 8) & 1 == 1) {
            return Ok(None);
        }
        let at = self.header + 8 * column.index;
        let Some(slot) = row.get(at..).and_then(|rest| rest.first_chunk::<8>()) else {
            return Err(crate::text::outside(at, 8, row.len()));
        };
        let word = u64::from_le_bytes(*slot);
        Ok(Some(match column.layout {
            Layout::Slot(width) => (slot.get(..width).unwrap_or(slot), 0),
            Layout::Text => (bytes(slot, row)?, 0),
            Layout::Variable => (variable(word, row)?, 0),
            Layout::Timestamp => {
                let offset = (word >> 32) as usize;
                match row.get(offset..).and_then(|rest| rest.get(..8)) {
                    Some(millis) => (millis, word as u32),
                    None => return Err(crate::text::outside(offset, 8, row.len())),
                }
            }
        }))
    }
}
