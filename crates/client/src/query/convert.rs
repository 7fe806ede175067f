// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Batches of Arrow Flight SQL in the types that the MySQL port gives, or that the caller wants.

use std::io::Write as _;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, ListArray, MapArray, RecordBatch, RecordBatchOptions, StructArray,
};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Decimal256Type, Field, Fields, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, Schema, SchemaRef, TimeUnit, TimestampMicrosecondType,
};
use arrow::error::ArrowError;
use arrow::temporal_conversions::{date32_to_datetime, timestamp_us_to_datetime};
use starrocks_types::{Error, ErrorKind, Result};

use super::QueryOptions;
use super::column::{ColumnBuilder, MAX_DIGITS};

/// From the columns that a server sends to those that are given out.
pub(super) struct Conversion {
    from: Vec<DataType>,
    schema: SchemaRef,
    batch_rows: usize,
}

impl Conversion {
    /// # Errors
    /// A column whose type is not known, or cannot become the one that is wanted.
    pub(super) fn new(sent: &Schema, options: &QueryOptions) -> Result<Self> {
        let from: Vec<DataType> = sent.fields().iter().map(|field| field.data_type().clone()).collect();
        let fields = sent.fields().iter().enumerate().map(|(at, field)| {
            let to = options.declared(at).unwrap_or_else(|| natural_type(field.data_type()));
            if *field.data_type() != to && !is_nested(field.data_type()) {
                readable(field)?;
                ColumnBuilder::new(&Field::new(field.name(), to.clone(), true))?;
            } else if is_nested(field.data_type()) && to != natural_type(field.data_type()) {
                return Err(unreadable(field));
            }
            Ok(Field::new(field.name(), to, true))
        });
        let schema = Arc::new(Schema::new(fields.collect::<Result<Vec<_>>>()?));
        Ok(Self { from, schema, batch_rows: options.batch_rows })
    }

    /// The columns that are given out.
    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// A batch of the server, in pieces that are as large as wanted at most.
    pub(super) fn pieces(&self, batch: &RecordBatch) -> Result<Vec<RecordBatch>> {
        // Servers name the parts of nested types as they like.
        let is_told = |(sent, told): (&ArrayRef, &DataType)| {
            sent.data_type() == told || (is_nested(sent.data_type()) && is_nested(told))
        };
        if batch.num_columns() != self.from.len() || !batch.columns().iter().zip(&self.from).all(is_told) {
            return Err(Error::new(ErrorKind::Protocol, "the rows have other columns than the server told"));
        }
        let columns = batch.columns().iter().zip(self.schema.fields());
        let columns = columns.map(|(column, field)| convert(column, field)).collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options).map_err(unfit)?;
        let starts = (0..batch.num_rows()).step_by(self.batch_rows);
        Ok(starts.map(|start| batch.slice(start, self.batch_rows.min(batch.num_rows() - start))).collect())
    }
}

fn is_nested(data_type: &DataType) -> bool {
    matches!(data_type, DataType::List(_) | DataType::Map(..) | DataType::Struct(_))
}

/// The type that the MySQL port, or a scan, gives for it.
fn natural_type(sent: &DataType) -> DataType {
    let inner =
        |field: &Field| Arc::new(Field::new(field.name(), natural_type(field.data_type()), field.is_nullable()));
    match sent {
        DataType::Null => DataType::Boolean,
        DataType::Date32 | DataType::Timestamp(..) | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::LargeBinary | DataType::BinaryView => DataType::Binary,
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => DataType::Decimal128(MAX_DIGITS, *scale),
        DataType::List(item) => DataType::List(inner(item)),
        DataType::Map(entries, sorted) => DataType::Map(inner(entries), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(|field| inner(field)).collect::<Fields>()),
        same => same.clone(),
    }
}

/// Whether [`text`] knows the type.
fn readable(field: &Field) -> Result<()> {
    match field.data_type() {
        DataType::Null
        | DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::Float32
        | DataType::Float64
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::Date32
        | DataType::Timestamp(TimeUnit::Microsecond, _) => Ok(()),
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) if *scale >= 0 => Ok(()),
        _ => Err(unreadable(field)),
    }
}

fn unreadable(field: &Field) -> Error {
    Error::new(ErrorKind::Unsupported, "a result cannot have columns of this type")
        .with("column", field.name())
        .with("type", field.data_type())
        .hint("take the column as text, with CAST in the statement")
}

fn unfit(cause: ArrowError) -> Error {
    Error::new(ErrorKind::Unexpected, "the columns do not make a batch").caused_by(cause)
}

fn convert(array: &ArrayRef, to: &Field) -> Result<ArrayRef> {
    let inner = |array: &ArrayRef, field: &Field| {
        // The error names the column of the result.
        convert(array, &Field::new(to.name(), field.data_type().clone(), true))
    };
    Ok(match (array.data_type(), to.data_type()) {
        (DataType::Decimal128(_, from), DataType::Decimal128(precision @ MAX_DIGITS, scale)) if from == scale => {
            let values = array.as_primitive::<Decimal128Type>();
            // A LARGEINT may have a digit more, which what reads the batch could cut off.
            values.validate_decimal_precision(*precision).map_err(|_| {
                Error::new(ErrorKind::SchemaMismatch, "a value does not fit the type of its column")
                    .with("column", to.name())
                    .with("type", to.data_type())
                    .hint("take the column as text, with CAST in the statement")
            })?;
            Arc::new(values.clone().with_precision_and_scale(*precision, *scale).map_err(unfit)?)
        }
        (from, to) if from == to => Arc::clone(array),
        (DataType::Null, DataType::Boolean) => Arc::new(BooleanArray::new_null(array.len())),
        (DataType::List(_), DataType::List(item)) => {
            let list = array.as_list::<i32>();
            let (values, nulls) = (inner(list.values(), item)?, list.nulls().cloned());
            Arc::new(ListArray::try_new(Arc::clone(item), list.offsets().clone(), values, nulls).map_err(unfit)?)
        }
        (DataType::Map(..), DataType::Map(entries, sorted)) => {
            let map = array.as_map();
            let pairs: ArrayRef = Arc::new(map.entries().clone());
            let (pairs, nulls) = (inner(&pairs, entries)?.as_struct().clone(), map.nulls().cloned());
            let map = MapArray::try_new(Arc::clone(entries), map.offsets().clone(), pairs, nulls, *sorted);
            Arc::new(map.map_err(unfit)?)
        }
        (DataType::Struct(_), DataType::Struct(fields)) => {
            let row = array.as_struct();
            let columns = row.columns().iter().zip(fields).map(|(column, field)| inner(column, field));
            let columns = columns.collect::<Result<Vec<_>>>()?;
            Arc::new(StructArray::try_new(fields.clone(), columns, row.nulls().cloned()).map_err(unfit)?)
        }
        _ => by_text(array, to)?,
    })
}

/// By way of the text that the MySQL port would have sent, and with what it refuses.
fn by_text(array: &ArrayRef, to: &Field) -> Result<ArrayRef> {
    let mut column = ColumnBuilder::new(to)?;
    let nulls = array.logical_nulls();
    let mut value = Vec::new();
    for row in 0..array.len() {
        value.clear();
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            column.push(None)?;
        } else if text(&mut value, array, row) {
            column.push(Some(&value))?;
        } else {
            return Err(Error::new(ErrorKind::Protocol, "the server sent a value that is none of its type")
                .with("column", to.name())
                .with("type", array.data_type()));
        }
    }
    Ok(column.finish())
}

macro_rules! number {
    ($out:expr, $array:expr, $row:expr, $type:ty) => {
        // Writing to memory cannot fail.
        drop(write!($out, "{}", $array.as_primitive::<$type>().value($row)))
    };
}

/// Appends a value that is not NULL. `false` for a date that no calendar has, and for types that [`readable`] refuses.
fn text(out: &mut Vec<u8>, array: &ArrayRef, row: usize) -> bool {
    match array.data_type() {
        DataType::Boolean => out.push(b'0' + u8::from(array.as_boolean().value(row))),
        DataType::Int8 => number!(out, array, row, Int8Type),
        DataType::Int16 => number!(out, array, row, Int16Type),
        DataType::Int32 => number!(out, array, row, Int32Type),
        DataType::Int64 => number!(out, array, row, Int64Type),
        DataType::Float32 => number!(out, array, row, Float32Type),
        DataType::Float64 => number!(out, array, row, Float64Type),
        // All digits, where the formatter stops at the precision.
        DataType::Decimal128(_, 0) => number!(out, array, row, Decimal128Type),
        DataType::Decimal128(..) => out.extend(array.as_primitive::<Decimal128Type>().value_as_string(row).bytes()),
        DataType::Decimal256(..) => out.extend(array.as_primitive::<Decimal256Type>().value_as_string(row).bytes()),
        DataType::Utf8 => out.extend(array.as_string::<i32>().value(row).bytes()),
        DataType::LargeUtf8 => out.extend(array.as_string::<i64>().value(row).bytes()),
        DataType::Utf8View => out.extend(array.as_string_view().value(row).bytes()),
        DataType::Binary => out.extend(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => out.extend(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => out.extend(array.as_binary_view().value(row)),
        DataType::Date32 => {
            let Some(date) = date32_to_datetime(array.as_primitive::<Date32Type>().value(row)) else { return false };
            drop(write!(out, "{}", date.format("%Y-%m-%d")));
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
            let Some(time) = timestamp_us_to_datetime(micros) else { return false };
            let format = if micros % 1_000_000 == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.6f" };
            drop(write!(out, "{}", time.format(format)));
        }
        _ => return false,
    }
    true
}
