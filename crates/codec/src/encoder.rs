// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The row loop: frames and null bits of a batch, one encoder call a value.

use starrocks_types::{Error, ErrorKind, FlinkColumn, Result, StarRocksType};

use crate::changelog::Changes;
use crate::column::{Column, Prefix, Syntax, json_key, top_level};
use crate::config::{EncoderConfig, Format, OnInvalid};
use crate::nested::fixed_bytes;
use crate::record::next_row;
use crate::reject::{Invalid, Rejected};
use crate::sink::{Nested, ROOM, SCALAR, cause};
use crate::temporal::Zone;
use crate::text::CsvRules;
use crate::writer::{Broken, LONG, Parts, SHORT, SINGLE, refused_delete};

/// What one batch became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Encoded {
    /// Rows that were written.
    pub rows_written: usize,
    /// Rows that are not written: old versions that the row after them replaces, deletes that are ignored.
    pub rows_skipped: usize,
    /// Rows that are not written because a column does not take a value of theirs.
    pub rows_rejected: usize,
}

/// Encodes row batches of one schema into CSV or JSON rows.
///
/// All decisions are made in [`RowEncoder::new`]; encoding allocates nothing but room in the output.
#[derive(Debug)]
pub struct RowEncoder {
    parts: Parts,
    names: Vec<FlinkColumn>,
    json: bool,
    changes: Changes,
    invalid: Invalid,
    /// One of [`SINGLE`], [`SHORT`] and [`LONG`].
    layout: u8,
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
            if config.on_invalid != OnInvalid::Server {
                if config.not_null.get(i) == Some(&true) {
                    encoder.require(config.primary_key.contains(&i), &column.data_type.root);
                }
                if let Some(target) = target(i) {
                    encoder.validate(&column.data_type.root, target);
                }
            }
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
            names: config.columns.to_vec(),
            json: syntax == Syntax::Json,
            changes: Changes::new(&config)?,
            invalid: Invalid::new(&config)?,
            parts: Parts {
                separator: match &config.format {
                    Format::Csv(f) => f.column_separator.first().copied().unwrap_or_default(),
                    Format::Json => b',',
                },
                suffixes,
                null: if syntax == Syntax::Json { b"null" } else { csv.null() },
                upsert_delete: config.upsert_delete,
                csv,
                zone: Zone::parse(config.session_time_zone)?,
                buf: vec![0; ROOM + slack],
                nested: Nested { buf: vec![0; ROOM], text: Vec::new() },
                slack,
                columns,
            },
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
        let fixed = fixed_bytes(self.names.len());
        let gone = self.changes.take_gone(batch, fixed)?;
        let mut separate = self.json && !out.is_empty();
        let (writer, mut sink) = self.parts.writer(out);
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
            if delete && !writer.upsert_delete {
                return Err(refused_delete().into());
            }
            let mark = sink.mark(pos);
            pos = match writer.write::<LAYOUT>(row, delete, separate, &mut sink, pos) {
                Ok(pos) => pos,
                Err(broken) => {
                    let back = sink.take_back(mark);
                    match self.invalid.resolve(writer, row, delete, separate, &mut sink, back, broken)? {
                        Some(pos) => pos,
                        None => {
                            pos = back;
                            encoded.rows_rejected += 1;
                            continue;
                        }
                    }
                }
            };
            separate = self.json;
            encoded.rows_written += 1;
        }
        if !rest.is_empty() {
            return Err(cause(format!("the batch has {} bytes after its last row", rest.len())).into());
        }
        sink.spill(pos);
        Ok(())
    }

    /// The rows that were rejected since the last call.
    pub fn take_rejected(&mut self) -> Vec<Rejected> {
        self.invalid.take_rejected()
    }

    /// The encoder's parts without anything that judges rows.
    pub(crate) fn into_parts(self) -> Parts {
        self.parts
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
