// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Typed values: what key rows and results are read into, so that they can be compared.

use std::borrow::Cow;

use crate::binary::Cell;

/// How the values of a column are read, kept and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    /// Whole numbers of so many bytes.
    Integer {
        bytes: u8,
    },
    Float,
    /// `narrow` when StarRocks has a FLOAT, whose text has fewer digits than its value.
    Double {
        narrow: bool,
    },
    Decimal {
        precision: u8,
        scale: u8,
    },
    Date,
    /// `zoned` for TIMESTAMP_LTZ.
    Timestamp {
        precision: u8,
        zoned: bool,
    },
    Text,
    Binary,
}

/// A value that is not NULL.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Boolean(bool),
    Integer(i64),
    Float(f32),
    Double(f64),
    /// Unscaled, at the scale of the Flink type.
    Decimal(i128),
    /// Days since 1970-01-01.
    Date(i32),
    /// Milliseconds since the epoch, of the wall clock or of UTC, and nanoseconds of the millisecond.
    Timestamp {
        millis: i64,
        nanos: u32,
    },
    Text(Cow<'a, [u8]>),
}

impl Value<'_> {
    /// The value as rows hold it.
    pub(super) fn cell(&self, kind: &Kind) -> Cell<'_> {
        // The casts keep the bit pattern: narrow values lie in the low bytes of their slot.
        match (self, kind) {
            (Self::Boolean(value), _) => Cell::Slot(u64::from(*value)),
            (Self::Integer(value), _) => Cell::Slot(*value as u64),
            (Self::Float(value), _) => Cell::Slot(u64::from(value.to_bits())),
            (Self::Double(value), _) => Cell::Slot(value.to_bits()),
            (Self::Date(value), _) => Cell::Slot(u64::from(*value as u32)),
            (Self::Decimal(value), Kind::Decimal { precision, .. }) => Cell::decimal(*value, *precision),
            (Self::Decimal(value), _) => Cell::Wide(*value),
            (Self::Timestamp { millis, nanos }, Kind::Timestamp { precision, .. }) => {
                Cell::moment(*millis, *nanos, *precision)
            }
            (Self::Timestamp { millis, nanos }, _) => Cell::Moment(*millis, *nanos),
            (Self::Text(bytes), _) => Cell::Bytes(bytes),
        }
    }

    /// Appends bytes that equal values share and others do not.
    pub(super) fn canonical(&self, out: &mut Vec<u8>) {
        match self {
            Self::Boolean(value) => out.push(u8::from(*value)),
            Self::Integer(value) => out.extend_from_slice(&value.to_le_bytes()),
            // Minus zero equals zero.
            Self::Float(value) => out.extend_from_slice(&(value + 0.0).to_bits().to_le_bytes()),
            Self::Double(value) => out.extend_from_slice(&(value + 0.0).to_bits().to_le_bytes()),
            Self::Decimal(value) => out.extend_from_slice(&value.to_le_bytes()),
            Self::Date(value) => out.extend_from_slice(&value.to_le_bytes()),
            Self::Timestamp { millis, nanos } => {
                out.extend_from_slice(&millis.to_le_bytes());
                out.extend_from_slice(&nanos.to_le_bytes());
            }
            Self::Text(value) => {
                out.extend_from_slice(&(value.len() as u64).to_le_bytes());
                out.extend_from_slice(value);
            }
        }
    }
}
