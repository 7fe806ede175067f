// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows of the engine as a backend gives them in Arrow record batches, to scanners and over Arrow Flight SQL.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, ListArray, MapArray, RecordBatch, RecordBatchOptions, StringArray,
    StringBuilder, StructArray, new_null_array,
};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Decimal256Type, Field, Fields, Schema, SchemaRef, TimeUnit, TimestampMicrosecondType,
};
use arrow::error::ArrowError;
use starrocks_types::StarRocksType as T;

use crate::catalog::arrow_type;
use crate::sql::query::{Planned, ResultType};
use crate::sql::text;

/// Which Arrow types stand for those that Arrow and StarRocks do not share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Scanners: DATE, DATETIME, LARGEINT, JSON and HLL are texts.
    Scan,
    /// Arrow Flight SQL at first: the same, and no VARBINARY. From the FE's `ArrowUtils`, as it was up to 3.5.10.
    FlightTexts,
    /// Arrow Flight SQL from 3.5.11 and 4.0.4 on: dates and times are Arrow's, LARGEINT is a decimal, HLL and the like are NULL.
    FlightTyped,
}

/// Turns the rows of one query into what a client gets.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    schema: SchemaRef,
    /// The type that a computed column is cast to first.
    declared: Arc<[DataType]>,
    /// Name and `TPrimitiveType` of each column.
    pub(crate) columns: Vec<(String, i32)>,
}

impl Export {
    /// # Errors
    /// Why a column cannot be given to a client.
    pub(crate) fn of(planned: &Planned, dialect: Dialect) -> Result<Self, String> {
        let mut fields = Vec::new();
        let mut declared = Vec::new();
        let mut columns = Vec::new();
        for ((name, shown), (nullable, _)) in planned.columns.iter().zip(&planned.nullable) {
            let known = match shown {
                ResultType::Of(known) => known.clone(),
                ResultType::Text => T::Varchar(65_533),
                ResultType::Blob => T::Varbinary(None),
                ResultType::Null if dialect == Dialect::Scan => {
                    return Err(format!("Unknown logical type: column {name} is NULL"));
                }
                ResultType::Null => T::Boolean,
            };
            let unknown = match dialect {
                Dialect::Scan => matches!(known, T::Bitmap | T::Percentile),
                Dialect::FlightTexts => matches!(known, T::Bitmap | T::Percentile | T::Varbinary(_)),
                Dialect::FlightTyped => false,
            };
            if unknown {
                return Err(format!("Unknown logical type: column {name} is {known}"));
            }
            let from = arrow_type(&known);
            let (from, to, nullable) = match (&known, dialect) {
                (T::Hll | T::Bitmap | T::Percentile, Dialect::FlightTyped) => (DataType::Null, DataType::Binary, true),
                (T::Hll, _) => (from, DataType::Utf8, *nullable),
                _ => (from.clone(), exported_type(&from, dialect)?, *nullable),
            };
            fields.push(Field::new(name, to, nullable));
            declared.push(from);
            columns.push((name.clone(), primitive_type(&known)));
        }
        Ok(Self { schema: Arc::new(Schema::new(fields)), declared: declared.into(), columns })
    }

    /// The columns as clients see them.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Rows as clients see them.
    pub(crate) fn batch(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let columns = batch.columns().iter().zip(self.declared.iter()).zip(self.schema.fields());
        let columns = columns.map(|((array, declared), field)| match declared {
            // What a client never sees.
            DataType::Null => Ok(new_null_array(field.data_type(), array.len())),
            _ if array.data_type().equals_datatype(declared) => export(array, field.data_type()),
            _ => export(&cast(array, declared)?, field.data_type()),
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)
    }
}

fn exported_type(from: &DataType, dialect: Dialect) -> Result<DataType, String> {
    let nested = |field: &Field| {
        Ok::<_, String>(Field::new(field.name(), exported_type(field.data_type(), dialect)?, field.is_nullable()))
    };
    Ok(match from {
        DataType::Timestamp(..) if dialect == Dialect::FlightTyped => {
            DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into()))
        }
        DataType::Decimal256(..) if dialect == Dialect::FlightTyped => DataType::Decimal128(38, 0),
        DataType::Date32 if dialect == Dialect::FlightTyped => DataType::Date32,
        DataType::Date32 | DataType::Timestamp(..) | DataType::Decimal256(..) => DataType::Utf8,
        DataType::List(item) => DataType::List(Arc::new(nested(item)?)),
        DataType::Map(entries, sorted) => DataType::Map(Arc::new(nested(entries)?), *sorted),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|f| nested(f)).collect::<Result<Fields, String>>()?)
        }
        DataType::Null => return Err("Unknown logical type: NULL".to_owned()),
        same => same.clone(),
    })
}

/// The zone that times without one are said to have.
const UTC: &str = "UTC";

fn export(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, ArrowError> {
    Ok(match (array.data_type(), to) {
        (DataType::Date32 | DataType::Timestamp(..) | DataType::Decimal256(..), DataType::Utf8) => {
            Arc::new(texts(array))
        }
        (DataType::Timestamp(..), DataType::Timestamp(..)) => {
            Arc::new(array.as_primitive::<TimestampMicrosecondType>().clone().with_timezone(UTC))
        }
        // LARGEINT has a digit more than the type admits; the 128 bits hold it.
        (DataType::Decimal256(..), DataType::Decimal128(precision, scale)) => {
            let values = array.as_primitive::<Decimal256Type>();
            let values: Decimal128Array = values.iter().map(|value| value.and_then(|value| value.to_i128())).collect();
            Arc::new(values.with_precision_and_scale(*precision, *scale)?)
        }
        // HLL, whose bytes a backend sends as they are; here they have to be text.
        (DataType::Binary, DataType::Utf8) => Arc::new(StringArray::try_from_binary(array.as_binary::<i32>().clone())?),
        (DataType::List(_), DataType::List(item)) => {
            let list = array.as_list::<i32>();
            let values = export(list.values(), item.data_type())?;
            Arc::new(ListArray::try_new(item.clone(), list.offsets().clone(), values, list.nulls().cloned())?)
        }
        (DataType::Map(..), DataType::Map(entries, sorted)) => {
            let map = array.as_map();
            let inner: ArrayRef = Arc::new(map.entries().clone());
            let inner = export(&inner, entries.data_type())?.as_struct().clone();
            Arc::new(MapArray::try_new(entries.clone(), map.offsets().clone(), inner, map.nulls().cloned(), *sorted)?)
        }
        (DataType::Struct(_), DataType::Struct(fields)) => {
            let row = array.as_struct();
            let columns = row.columns().iter().zip(fields).map(|(column, field)| export(column, field.data_type()));
            Arc::new(StructArray::try_new(fields.clone(), columns.collect::<Result<_, _>>()?, row.nulls().cloned())?)
        }
        _ => array.clone(),
    })
}

fn texts(array: &ArrayRef) -> StringArray {
    let mut out = StringBuilder::with_capacity(array.len(), array.len() * 20);
    let mut value = Vec::with_capacity(64);
    for row in 0..array.len() {
        value.clear();
        let shown = text::append(&mut value, array, row);
        out.append_option(std::str::from_utf8(&value).ok().filter(|_| shown));
    }
    out.finish()
}

/// `TPrimitiveType`; nested types have none.
fn primitive_type(known: &T) -> i32 {
    match known {
        T::Boolean => 2,
        T::TinyInt => 3,
        T::SmallInt => 4,
        T::Int => 5,
        T::BigInt => 6,
        T::Float => 7,
        T::Double => 8,
        T::Date => 9,
        T::DateTime => 10,
        T::Char(_) => 13,
        T::LargeInt => 14,
        T::Varchar(_) => 15,
        T::Hll => 16,
        T::Bitmap => 19,
        T::Percentile => 20,
        T::Decimal(0..=9, _) => 21,
        T::Decimal(10..=18, _) => 22,
        T::Decimal(..) => 23,
        T::Json => 24,
        T::Varbinary(_) => 26,
        T::Array(_) | T::Map(..) | T::Struct(_) => 0,
    }
}
