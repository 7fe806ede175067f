// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Lookups: keys from binary rows to SQL, rows of text results to binary rows, and which row answers which key.
//!
//! A statement asks for many keys at once, so every row that comes back has to be matched with the keys it answers. Both sides
//! are read into the same typed value, and what [`Key::canonical`] makes of it is compared: a row answers a key exactly when
//! Flink, had it read the whole table, would find the values equal. The server may only return more than that, never less, which is
//! why a key column must have a StarRocks type that compares as its Flink type does.

mod fit;
mod literal;
mod reader;
mod text;
mod value;

use jiff::tz::TimeZone;
use starrocks_types::{Error, ErrorKind, FlinkColumn, Result, StarRocksType};

pub use self::literal::string_literal;
use self::reader::RowReader;
use self::value::Kind;
use crate::binary::{Cell, RowBuilder};
use crate::record::next_row;
use crate::temporal::time_zone;

/// The size of a row and its padding.
const RECORD_HEADER: usize = 8;

/// A column of the rows that are looked up.
#[derive(Debug)]
struct Column {
    name: String,
    kind: Kind,
    nullable: bool,
    target: StarRocksType,
}

/// A key that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Bytes that are equal for equal keys, of requests and of rows.
    pub canonical: Vec<u8>,
    /// One SQL literal for each key column.
    pub literals: Vec<String>,
}

/// The columns of a lookup and how they cross: keys in, rows out.
#[derive(Debug)]
pub struct LookupCodec {
    columns: Vec<Column>,
    keys: Vec<usize>,
    zone: TimeZone,
    builder: RowBuilder,
}

impl LookupCodec {
    /// `columns` are the columns of the rows with the StarRocks type of each, `keys` the positions of the key columns among
    /// them, `time_zone` the zone of TIMESTAMP_LTZ values.
    ///
    /// Fails with [`ErrorKind::SchemaMismatch`] for a column that cannot be read as its Flink type, or not be compared as it.
    pub fn new(columns: &[(FlinkColumn, StarRocksType)], keys: &[usize], zone: &str) -> Result<Self> {
        let read = |(at, (column, target)): (usize, &(FlinkColumn, StarRocksType))| {
            let kind = fit::kind(&column.data_type.root, target, keys.contains(&at)).map_err(|e| {
                e.with("column", &column.name).with("flink_type", &column.data_type).with("starrocks_type", target)
            })?;
            let (name, nullable) = (column.name.clone(), column.data_type.nullable);
            Ok(Column { name, kind, nullable, target: target.clone() })
        };
        let columns = columns.iter().enumerate().map(read).collect::<Result<Vec<_>>>()?;
        if keys.is_empty() || keys.iter().any(|key| *key >= columns.len()) {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                "a lookup needs key columns, which are among its columns",
            ));
        }
        let builder = RowBuilder::new(columns.len());
        Ok(Self { columns, keys: keys.to_vec(), zone: time_zone(zone)?, builder })
    }

    /// Reads a batch of key rows: records of the row batch whose fields are the key columns in order. Gives one key for each
    /// row, or `None` for one that no row can equal: it holds NULL or NaN, or a value that the column cannot hold.
    pub fn keys(&self, batch: &[u8], rows: usize) -> Result<Vec<Option<Key>>> {
        let reader = RowReader::new(self.keys.len());
        let mut rest = batch;
        let mut keys = Vec::with_capacity(rows);
        for number in 0..rows {
            let broken = |cause: String| {
                Error::new(ErrorKind::InvalidRow, format!("cannot read a lookup key: {cause}")).with("row", number)
            };
            let row = next_row(&mut rest, reader.fixed()).map_err(|cause| broken(cause.text.to_string()))?;
            keys.push(self.key(&reader, row).map_err(broken)?);
        }
        if !rest.is_empty() {
            return Err(Error::new(ErrorKind::InvalidRow, "the batch of keys has bytes after its last row"));
        }
        Ok(keys)
    }

    fn key(&self, reader: &RowReader, row: &[u8]) -> Result<Option<Key>, String> {
        let mut key = Key { canonical: Vec::new(), literals: Vec::with_capacity(self.keys.len()) };
        for (field, column) in self.key_columns().enumerate() {
            let named = |cause| format!("column {}: {cause}", column.name);
            let Some(value) = reader.value(row, field, &column.kind).map_err(named)? else { return Ok(None) };
            let Some(literal) = literal::of(&value, &column.kind, &column.target, &self.zone) else { return Ok(None) };
            value.canonical(&mut key.canonical);
            key.literals.push(literal);
        }
        Ok(Some(key))
    }

    fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.keys.iter().filter_map(|at| self.columns.get(*at))
    }

    /// Appends a row of a text result to `out` as a record, and gives in `canonical` what to compare with
    /// [`Key::canonical`]; a row whose key holds NULL gets what no key has.
    pub fn row<'a>(
        &self,
        mut values: impl FnMut(usize) -> Option<&'a [u8]>,
        canonical: &mut Vec<u8>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        canonical.clear();
        let record = out.len();
        out.resize(record + RECORD_HEADER, 0);
        let row = self.builder.begin(out);
        for (at, column) in self.columns.iter().enumerate() {
            let failed = |cause: String| {
                Error::new(ErrorKind::InvalidRow, format!("a value of column {} cannot be read: {cause}", column.name))
                    .with("column", &column.name)
                    .with("starrocks_type", &column.target)
            };
            match values(at) {
                Some(text) => {
                    let value = text::read(text, &column.kind, &self.zone).map_err(failed)?;
                    self.builder.put(out, row, at, &value.cell(&column.kind));
                }
                None if column.nullable => self.builder.put(out, row, at, &Cell::Null),
                None => return Err(failed("it is NULL, and the Flink column is NOT NULL".to_owned())),
            }
        }
        for at in &self.keys {
            let (Some(column), Some(text)) = (self.columns.get(*at), values(*at)) else {
                canonical.clear();
                break;
            };
            // It was read above.
            if let Ok(value) = text::read(text, &column.kind, &self.zone) {
                value.canonical(canonical);
            }
        }
        // Results are limited far below 4 GiB.
        let size = ((out.len() - row) as u32).to_le_bytes();
        out[record..record + size.len()].copy_from_slice(&size);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
