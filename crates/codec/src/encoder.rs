// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The row loop: frames and null bits of a batch, one encoder call a value.

use starrocks_types::{Error, ErrorKind, FlinkColumn, Result, StarRocksType};

use crate::changelog::Changes;
use crate::column::{Column, Prefix, Syntax, json_key, top_level};
use crate::config::{EncoderConfig, Format};
use crate::nested::null_bytes;
use crate::record::next_row;
use crate::sink::{Cause, Nested, ROOM, SCALAR, Sink, byte, cause, cause_with_hint, copy, store};
use crate::temporal::Zone;
use crate::text::CsvRules;

/// Layouts of a row, from the widest store that separators and keys need: one byte between values,
const SINGLE: u8 = 0;
/// at most eight bytes before each,
const SHORT: u8 = 1;
/// or more.
const LONG: u8 = 2;

/// What one batch became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Encoded {
    /// Rows that were written.
    pub rows_written: usize,
    /// Rows that are not written: old versions that the row after them replaces, deletes that are ignored.
    pub rows_skipped: usize,
}

/// Encodes row batches of one schema into CSV or JSON rows.
///
/// All decisions are made in [`RowEncoder::new`]; encoding allocates nothing but room in the output.
#[derive(Debug)]
pub struct RowEncoder {
    columns: Vec<Column>,
    names: Vec<FlinkColumn>,
    /// What ends an upsert and a delete.
    suffixes: [Prefix; 2],
    null: &'static [u8],
    json: bool,
    upsert_delete: bool,
    changes: Changes,
    csv: CsvRules,
    zone: Zone,
    buf: Vec<u8>,
    nested: Nested,
    /// The most that a row takes, long values aside.
    slack: usize,
    /// One of [`SINGLE`], [`SHORT`] and [`LONG`].
    layout: u8,
    /// The column separator of [`SINGLE`].
    separator: u8,
}

/// What writes one row after another, copied out of the encoder so that it stays in registers.
#[derive(Clone, Copy)]
struct RowWriter<'a> {
    columns: &'a [Column],
    suffixes: &'a [Prefix; 2],
    separator: u8,
    null: &'static [u8],
    header: usize,
    upsert_delete: bool,
}

impl RowWriter<'_> {
    /// Writes a row with what goes before and after it; returns the next position.
    #[inline(always)]
    fn write<const LAYOUT: u8>(
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
        pos = self.values::<LAYOUT>(row, sink, pos)?;
        if self.columns.len() == 1 && !self.upsert_delete && sink.out.len() + pos == start {
            return Err(Broken { column: Some(0), cause: blank_line() });
        }
        Ok(put_prefix::<LAYOUT>(sink.buf, pos, &self.suffixes[usize::from(delete)]))
    }

    #[inline(always)]
    fn values<const LAYOUT: u8>(self, row: &[u8], sink: &mut Sink<'_>, mut pos: usize) -> Result<usize, Broken> {
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
                } else {
                    pos = copy(sink.buf, pos, self.null);
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
}

/// A broken batch or a value that cannot be encoded.
struct Broken {
    column: Option<usize>,
    cause: Box<Cause>,
}

impl From<Box<Cause>> for Broken {
    fn from(cause: Box<Cause>) -> Self {
        Self { column: None, cause }
    }
}

impl RowEncoder {
    /// Chooses an encoder for each column. Fails with [`ErrorKind::InvalidConfig`] for options that contradict each other or the
    /// types, and with [`ErrorKind::SchemaMismatch`] or [`ErrorKind::Unsupported`] for a type that the format cannot carry.
    pub fn new(config: EncoderConfig<'_>) -> Result<Self> {
        if config.columns.is_empty() {
            return Err(Error::new(ErrorKind::InvalidConfig, "a row has at least one column"));
        }
        if !config.targets.is_empty() && config.targets.len() != config.columns.len() {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                format!("{} StarRocks types are given for {} columns", config.targets.len(), config.columns.len()),
            ));
        }
        let (syntax, csv) = match &config.format {
            Format::Json => (Syntax::Json, CsvRules::default()),
            Format::Csv(format) => {
                let rules = CsvRules::new(format);
                (Syntax::Csv { plain: rules.plain() }, rules)
            }
        };
        let target = |i: usize| -> Option<&StarRocksType> { config.targets.get(i).and_then(Option::as_ref) };
        let mut columns = Vec::with_capacity(config.columns.len());
        for (i, column) in config.columns.iter().enumerate() {
            let mut encoder = top_level(column, target(i), syntax)?;
            encoder.prefix = match &config.format {
                Format::Json => Prefix::new(json_key(i == 0, &column.name).as_bytes()),
                Format::Csv(_) if i == 0 => Prefix::new(b""),
                Format::Csv(format) => Prefix::new(&format.column_separator),
            };
            if let Format::Csv(format) = &config.format {
                for separator in [&format.column_separator, &format.row_delimiter] {
                    check_separator(separator, column, &encoder)?;
                }
            }
            columns.push(encoder);
        }
        let suffix = |op: &str| match (&config.format, config.upsert_delete) {
            (Format::Json, true) => Prefix::new(format!(",\"__op\":{op}}}").as_bytes()),
            (Format::Json, false) => Prefix::new(b"}"),
            (Format::Csv(f), true) => Prefix::new(&[&f.column_separator, op.as_bytes(), &f.row_delimiter].concat()),
            (Format::Csv(f), false) => Prefix::new(&f.row_delimiter),
        };
        let suffixes = [suffix("0"), suffix("1")];
        let prefixes = || columns.iter().map(|c| &c.prefix).chain(&suffixes);
        let slack = prefixes().map(|p| p.text().len().max(32) + SCALAR).sum();
        Ok(Self {
            layout: match &config.format {
                Format::Csv(f) if f.column_separator.len() == 1 && f.row_delimiter.len() <= 4 => SINGLE,
                _ if prefixes().all(|p| p.text().len() <= 8) => SHORT,
                _ => LONG,
            },
            separator: match &config.format {
                Format::Csv(f) => f.column_separator.first().copied().unwrap_or_default(),
                Format::Json => b',',
            },
            suffixes,
            names: config.columns.to_vec(),
            null: if syntax == Syntax::Json { b"null" } else { csv.null() },
            json: syntax == Syntax::Json,
            upsert_delete: config.upsert_delete,
            changes: Changes::new(&config)?,
            csv,
            zone: Zone::parse(config.session_time_zone)?,
            buf: vec![0; ROOM + slack],
            nested: Nested { buf: vec![0; ROOM], text: Vec::new() },
            slack,
            columns,
        })
    }

    /// Appends the `rows` rows of `batch` to `out`: CSV rows each end with the row delimiter, JSON rows are separated by commas
    /// (from a row that `out` holds already as well) and stand in no brackets, see [`BodyFrame`](crate::BodyFrame).
    ///
    /// On an error, which is [`ErrorKind::InvalidRow`] and names row, column and cause, `out` is as it was.
    pub fn encode(&mut self, batch: &[u8], rows: usize, out: &mut Vec<u8>) -> Result<Encoded> {
        let before = out.len();
        let mut encoded = Encoded::default();
        let mut row = 0;
        let result = match self.layout {
            SINGLE => self.encode_rows::<SINGLE>(batch, rows, out, &mut encoded, &mut row),
            SHORT => self.encode_rows::<SHORT>(batch, rows, out, &mut encoded, &mut row),
            _ => self.encode_rows::<LONG>(batch, rows, out, &mut encoded, &mut row),
        };
        match result {
            Ok(()) => Ok(encoded),
            Err(broken) => {
                out.truncate(before);
                Err(self.invalid_row(row, broken))
            }
        }
    }

    fn encode_rows<const LAYOUT: u8>(
        &mut self,
        batch: &[u8],
        rows: usize,
        out: &mut Vec<u8>,
        encoded: &mut Encoded,
        row_number: &mut usize,
    ) -> Result<(), Broken> {
        let header = null_bytes(self.columns.len());
        let fixed = header + 8 * self.columns.len();
        let gone = self.changes.take_gone(batch, fixed)?;
        let writer = RowWriter {
            columns: &self.columns,
            suffixes: &self.suffixes,
            separator: self.separator,
            null: self.null,
            header,
            upsert_delete: self.upsert_delete,
        };
        let mut separate = self.json && !out.is_empty();
        let mut sink = Sink {
            buf: &mut self.buf,
            out,
            slack: self.slack,
            csv: &self.csv,
            zone: &mut self.zone,
            nested: Some(&mut self.nested),
        };
        let mut rest = batch;
        let mut pos = 0;
        if let Some(row) = gone {
            pos = writer.write::<LAYOUT>(&row, true, separate, &mut sink, pos)?;
            separate = self.json;
            encoded.rows_written += 1;
        }
        for number in 0..rows {
            *row_number = number;
            let row = next_row(&mut rest, fixed)?;
            let delete = match row.first().copied().unwrap_or_default() {
                0 | 2 => false,
                kind if self.changes.deletes(kind, row, rest, fixed)? => true,
                _ => {
                    encoded.rows_skipped += 1;
                    continue;
                }
            };
            if delete && !self.upsert_delete {
                return Err(refused_delete().into());
            }
            pos = writer.write::<LAYOUT>(row, delete, separate, &mut sink, pos)?;
            separate = self.json;
            encoded.rows_written += 1;
        }
        if !rest.is_empty() {
            return Err(cause(format!("the batch has {} bytes after its last row", rest.len())).into());
        }
        sink.spill(pos);
        Ok(())
    }

    #[cold]
    fn invalid_row(&self, row: usize, broken: Broken) -> Error {
        let column = broken.column.and_then(|i| self.names.get(i));
        let message = match column {
            Some(c) => format!("cannot encode column {} ({}): {}", c.name, c.data_type, broken.cause.text),
            None => format!("cannot read the row batch: {}", broken.cause.text),
        };
        let mut error = Error::new(ErrorKind::InvalidRow, message).operation("encode rows").with("row", row);
        if let Some(c) = column {
            error = error.with("column", &c.name);
        }
        match broken.cause.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

#[cold]
fn refused_delete() -> Box<Cause> {
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

/// A separator that values other than text can hold would cut them, and nothing encloses them.
fn check_separator(separator: &[u8], column: &FlinkColumn, encoder: &Column) -> Result<()> {
    let null = b"\\N";
    if separator.iter().all(|b| encoder.alphabet.contains(b)) || separator.iter().all(|b| null.contains(b)) {
        return Err(Error::new(
            ErrorKind::InvalidConfig,
            format!(
                "the separator {:?} is part of values of column {} ({})",
                String::from_utf8_lossy(separator),
                column.name,
                column.data_type
            ),
        )
        .with("column", &column.name)
        .hint("choose sink.properties.column_separator and row_delimiter that the data does not hold, such as \\x01 and \\x02"));
    }
    Ok(())
}
