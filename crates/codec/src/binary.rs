// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Binary rows, written value by value: the rows of lookups, and those within the rows of scans. The layout is
//! `docs/design/row-batch.md`.

use crate::nested::{fixed_bytes, null_bytes};

/// Longest text within its slot.
pub(crate) const MAX_INLINE: usize = 7;

/// A value on its way into a slot, and what the slot points to.
pub(crate) enum Cell<'a> {
    Null,
    Slot(u64),
    /// Milliseconds since the epoch and the nanoseconds of the last one.
    Moment(i64, u32),
    /// An unscaled decimal that does not fit a slot.
    Wide(i128),
    /// Text or bytes, which a slot holds if they are short.
    Bytes(&'a [u8]),
    /// A nested value.
    Nested(Vec<u8>),
}

impl Cell<'_> {
    /// An unscaled decimal of so many digits.
    pub(crate) fn decimal(unscaled: i128, precision: u8) -> Self {
        // Up to 18 digits are 64 bits.
        if in_slot(precision) { Self::Slot(unscaled as i64 as u64) } else { Self::Wide(unscaled) }
    }

    /// A point in time with so many digits of the second.
    pub(crate) fn moment(millis: i64, nanos: u32, precision: u8) -> Self {
        if is_compact(precision) { Self::Slot(millis as u64) } else { Self::Moment(millis, nanos) }
    }

    /// Appends what the slot of the value points to, and returns the slot. Offsets count from `base`.
    pub(crate) fn put(&self, out: &mut Vec<u8>, base: usize) -> u64 {
        let offset = out.len() - base;
        match self {
            Self::Null => 0,
            Self::Slot(slot) => *slot,
            Self::Moment(millis, nanos) => {
                out.extend_from_slice(&millis.to_le_bytes());
                pointer(offset, *nanos as usize)
            }
            Self::Wide(value) => {
                let bytes = value.to_be_bytes();
                let digits = &bytes[shortest(*value)..];
                out.extend_from_slice(digits);
                // As many as Flink reserves.
                out.resize(base + offset + bytes.len(), 0);
                pointer(offset, digits.len())
            }
            Self::Bytes(bytes) => inline(bytes).unwrap_or_else(|| put_bytes(bytes, out, offset)),
            Self::Nested(bytes) => put_bytes(bytes, out, offset),
        }
    }
}

fn put_bytes(bytes: &[u8], out: &mut Vec<u8>, offset: usize) -> u64 {
    out.extend_from_slice(bytes);
    out.resize(out.len() - bytes.len() + padded(bytes.len()), 0);
    pointer(offset, bytes.len())
}

/// A slot that holds a value of up to 7 bytes itself.
fn inline(bytes: &[u8]) -> Option<u64> {
    let mut slot = [0; 8];
    slot.get_mut(..MAX_INLINE)?.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(u64::from_le_bytes(slot) | (0x80 | bytes.len() as u64) << 56)
}

/// A slot that points to `len` bytes at `offset`.
pub(crate) fn pointer(offset: usize, len: usize) -> u64 {
    (offset as u64) << 32 | len as u64
}

/// Bytes padded to whole words.
pub(crate) fn padded(len: usize) -> usize {
    len.next_multiple_of(8)
}

/// The shortest big-endian two's complement of a number: where its bytes begin in the 16 of `to_be_bytes`.
pub(crate) fn shortest(value: i128) -> usize {
    let sign_bits = if value < 0 { value.leading_ones() } else { value.leading_zeros() };
    // One bit for the sign stays.
    (sign_bits as usize - 1) / 8
}

/// Whether a decimal is kept in its slot.
pub(crate) fn in_slot(precision: u8) -> bool {
    precision <= 18
}

/// Whether a point in time is kept in its slot, as milliseconds.
pub(crate) fn is_compact(precision: u8) -> bool {
    precision <= 3
}

/// Writes rows of so many fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowBuilder {
    arity: usize,
}

impl RowBuilder {
    pub(crate) fn new(arity: usize) -> Self {
        Self { arity }
    }

    /// Bytes of a row before what its slots point to.
    pub(crate) fn fixed(self) -> usize {
        fixed_bytes(self.arity)
    }

    /// Begins a row at the end of `out`; gives where it begins.
    pub(crate) fn begin(self, out: &mut Vec<u8>) -> usize {
        let row = out.len();
        out.resize(row + self.fixed(), 0);
        row
    }

    /// Sets a field of the row that was begun last.
    pub(crate) fn put(self, out: &mut Vec<u8>, row: usize, field: usize, cell: &Cell<'_>) {
        if matches!(cell, Cell::Null) {
            out[row + (field + 8) / 8] |= 1 << ((field + 8) % 8);
        }
        let slot = cell.put(out, row);
        out[row + null_bytes(self.arity) + 8 * field..][..8].copy_from_slice(&slot.to_le_bytes());
    }
}
