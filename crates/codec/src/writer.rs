// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One row: values, and what goes before, between and after them.

use crate::column::{Column, Prefix};
use crate::nested::null_bytes;
use crate::sink::{Cause, Cell, Nested, SCALAR, Sink, byte, cause, cause_with_hint, copy, store};
use crate::temporal::Zone;
use crate::text::CsvRules;

/// Layouts of a row, from the widest store that separators and keys need: one byte between values,
pub(crate) const SINGLE: u8 = 0;
/// at most eight bytes before each,
pub(crate) const SHORT: u8 = 1;
/// or more.
pub(crate) const LONG: u8 = 2;

/// What it takes to write rows of one schema.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) columns: Vec<Column>,
    /// What ends an upsert and a delete.
    pub(crate) suffixes: [Prefix; 2],
    pub(crate) null: &'static [u8],
    /// The column separator of [`SINGLE`].
    pub(crate) separator: u8,
    pub(crate) upsert_delete: bool,
    pub(crate) csv: CsvRules,
    pub(crate) zone: Zone,
    pub(crate) buf: Vec<u8>,
    pub(crate) nested: Nested,
    /// The most that a row takes, long values aside.
    pub(crate) slack: usize,
}

impl Parts {
    /// What writes rows, and where they go before they reach `out`.
    pub(crate) fn writer<'a>(&'a mut self, out: &'a mut Vec<u8>) -> (RowWriter<'a>, Sink<'a>) {
        let writer = RowWriter {
            columns: &self.columns,
            suffixes: &self.suffixes,
            separator: self.separator,
            null: self.null,
            header: null_bytes(self.columns.len()),
            upsert_delete: self.upsert_delete,
        };
        let sink = Sink {
            buf: &mut self.buf,
            out,
            slack: self.slack,
            csv: &self.csv,
            zone: &mut self.zone,
            nested: Some(&mut self.nested),
        };
        (writer, sink)
    }
}

/// What writes one row after another, copied out of the encoder so that it stays in registers.
#[derive(Clone, Copy)]
pub(crate) struct RowWriter<'a> {
    pub(crate) columns: &'a [Column],
    pub(crate) suffixes: &'a [Prefix; 2],
    pub(crate) separator: u8,
    pub(crate) null: &'static [u8],
    pub(crate) header: usize,
    pub(crate) upsert_delete: bool,
}

impl RowWriter<'_> {
    /// Writes a row with what goes before and after it; returns the next position.
    #[inline(always)]
    pub(crate) fn write<const LAYOUT: u8>(
        self,
        row: &[u8],
        delete: bool,
        separate: bool,
        sink: &mut Sink<'_>,
        pos: usize,
    ) -> Result<usize, Broken> {
        let mut pos = sink.room(pos, 1);
        if separate {
            pos = byte(sink.buf, pos, b',');
        }
        let start = sink.out.len() + pos;
        pos = self.values::<LAYOUT>(row, delete, sink, pos)?;
        if self.columns.len() == 1 && !self.upsert_delete && sink.out.len() + pos == start {
            return Err(Broken { column: Some(0), cause: blank_line() });
        }
        Ok(put_prefix::<LAYOUT>(sink.buf, pos, &self.suffixes[usize::from(delete)]))
    }

    #[inline(always)]
    fn values<const LAYOUT: u8>(
        self,
        row: &[u8],
        delete: bool,
        sink: &mut Sink<'_>,
        mut pos: usize,
    ) -> Result<usize, Broken> {
        let (words, values) = row.split_at_checked(self.header).unwrap_or_default();
        let (words, slots) = (words.as_chunks::<8>().0, values.as_chunks::<8>().0);
        let mut done = 0;
        for (i, word) in words.iter().enumerate() {
            // The null bit of field i is bit i + 8, because the row kind takes the first byte.
            let (mut nulls, count) =
                if i == 0 { (u64::from_le_bytes(*word) >> 8, 56) } else { (u64::from_le_bytes(*word), 64) };
            let end = self.columns.len().min(done + count);
            let (Some(group), Some(slots)) = (self.columns.get(done..end), slots.get(done..end)) else { break };
            for (j, (column, slot)) in group.iter().zip(slots).enumerate() {
                if LAYOUT != SINGLE {
                    pos = put_prefix::<LAYOUT>(sink.buf, pos, &column.prefix);
                }
                if nulls & 1 == 0 {
                    pos = match column.encode(u64::from_le_bytes(*slot), row, sink, pos) {
                        Ok(pos) => pos,
                        Err(cause) => return Err(Broken { column: Some(done + j), cause }),
                    };
                } else if column.takes_null(delete) {
                    pos = copy(sink.buf, pos, self.null);
                } else {
                    return Err(Broken { column: Some(done + j), cause: null_value() });
                }
                nulls >>= 1;
                if LAYOUT == SINGLE {
                    pos = byte(sink.buf, pos, self.separator);
                }
            }
            done = end;
        }
        // With a single byte the separator follows each value, which is one store; the last one is taken back.
        Ok(if LAYOUT == SINGLE { pos - 1 } else { pos })
    }

    /// Writes a row value by value, whatever the layout. A value that its column does not take is `replace`d.
    #[cold]
    pub(crate) fn write_carefully(
        self,
        row: &[u8],
        delete: bool,
        separate: bool,
        sink: &mut Sink<'_>,
        pos: usize,
        replace: impl Fn(&Column, Option<u64>, Box<Cause>, &mut Sink<'_>, usize) -> Cell,
    ) -> Result<usize, Broken> {
        let mut pos = sink.room(pos, 1);
        if separate {
            pos = byte(sink.buf, pos, b',');
        }
        let start = sink.out.len() + pos;
        let slots = row.get(self.header..).unwrap_or_default().as_chunks::<8>().0;
        for (i, (column, slot)) in self.columns.iter().zip(slots).enumerate() {
            pos = sink.write(pos, column.prefix.text());
            pos = sink.room(pos, SCALAR);
            let mark = sink.mark(pos);
            let bit = i + 8;
            let slot = match row.get(bit / 8) {
                Some(b) if b >> (bit % 8) & 1 == 1 => None,
                _ => Some(u64::from_le_bytes(*slot)),
            };
            let written = match slot {
                Some(slot) => column.encode(slot, row, sink, pos),
                None if column.takes_null(delete) => Ok(copy(sink.buf, pos, self.null)),
                None => Err(null_value()),
            };
            pos = match written {
                Ok(pos) => pos,
                Err(cause) => {
                    let pos = sink.take_back(mark);
                    replace(column, slot, cause, sink, pos).map_err(|cause| Broken { column: Some(i), cause })?
                }
            };
        }
        if self.columns.len() == 1 && !self.upsert_delete && sink.out.len() + pos == start {
            return Err(Broken { column: Some(0), cause: blank_line() });
        }
        let suffix = &self.suffixes[usize::from(delete)];
        Ok(sink.write(pos, suffix.text()))
    }
}

/// A broken batch or a value that cannot be encoded.
pub(crate) struct Broken {
    pub(crate) column: Option<usize>,
    pub(crate) cause: Box<Cause>,
}

impl From<Box<Cause>> for Broken {
    fn from(cause: Box<Cause>) -> Self {
        Self { column: None, cause }
    }
}

#[cold]
pub(crate) fn refused_delete() -> Box<Cause> {
    cause_with_hint(
        "a DELETE cannot be written to a table without a primary key",
        "write to a PRIMARY KEY table and declare its key in Flink, or filter out the deletes",
    )
}

#[cold]
fn blank_line() -> Box<Cause> {
    cause_with_hint(
        "an empty text in the only column is a blank line, which StarRocks skips",
        "use sink.properties.format = json",
    )
}

#[cold]
fn null_value() -> Box<Cause> {
    cause("the value is NULL, which the column does not take")
}

/// Writes a separator or a key. There is room for all prefixes of a row.
#[inline(always)]
fn put_prefix<const LAYOUT: u8>(buf: &mut [u8], pos: usize, prefix: &Prefix) -> usize {
    let n = prefix.text().len();
    if LAYOUT != LONG {
        let [a, b, c, d, e, f, g, h, ..] = prefix.head;
        store(buf, pos, [a, b, c, d, e, f, g, h]);
        pos + n
    } else if n <= 32 {
        store(buf, pos, prefix.head);
        pos + n
    } else {
        copy(buf, pos, prefix.text())
    }
}
