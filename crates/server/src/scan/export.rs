// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows of the engine as a backend gives them to scanners: dates, times and 128-bit integers are texts.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, ListArray, MapArray, RecordBatch, RecordBatchOptions, StringArray, StringBuilder,
    StructArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use starrocks_types::StarRocksType as T;

use super::status::Failure;
use crate::catalog::arrow_type;
use crate::sql::query::{Planned, ResultType};
use crate::sql::text;

/// Turns the rows of one query into what scanners get.
#[derive(Debug, Clone)]
pub(super) struct Export {
    schema: SchemaRef,
    /// The type that a computed column is cast to first.
    declared: Arc<[DataType]>,
    /// Name and `TPrimitiveType` of each column.
    pub(super) columns: Vec<(String, i32)>,
}

impl Export {
    /// # Errors
    /// A column of a type that scanners cannot get.
    pub(super) fn of(planned: &Planned) -> Result<Self, Failure> {
        let mut fields = Vec::new();
        let mut declared = Vec::new();
        let mut columns = Vec::new();
        for ((name, shown), (nullable, _)) in planned.columns.iter().zip(&planned.nullable) {
            let known = match shown {
                ResultType::Of(known) => known.clone(),
                ResultType::Text => T::Varchar(65_533),
                ResultType::Blob => T::Varbinary(None),
                ResultType::Null => {
                    return Err(Failure::invalid(format!("Unknown logical type: column {name} is NULL")));
                }
            };
            if matches!(known, T::Bitmap | T::Percentile) {
                return Err(Failure::invalid(format!("Unknown logical type: column {name} is {known}")));
            }
            let from = arrow_type(&known);
            let to = if known == T::Hll { DataType::Utf8 } else { exported_type(&from)? };
            fields.push(Field::new(name, to, *nullable));
            declared.push(from);
            columns.push((name.clone(), primitive_type(&known)));
        }
        Ok(Self { schema: Arc::new(Schema::new(fields)), declared: declared.into(), columns })
    }

    /// One answer of a scanner: a whole Arrow IPC stream with one batch.
    pub(super) fn stream(&self, batch: &RecordBatch) -> Result<Vec<u8>, ArrowError> {
        let columns = batch.columns().iter().zip(self.declared.iter()).zip(self.schema.fields());
        let columns = columns.map(|((array, declared), field)| {
            let array =
                if array.data_type().equals_datatype(declared) { array.clone() } else { cast(array, declared)? };
            export(&array, field.data_type())
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?;
        let mut out = Vec::with_capacity(batch.get_array_memory_size() + 1024);
        let mut writer = StreamWriter::try_new(&mut out, &self.schema)?;
        writer.write(&batch)?;
        writer.finish()?;
        drop(writer);
        Ok(out)
    }
}

fn exported_type(from: &DataType) -> Result<DataType, Failure> {
    let nullable = |field: &Field| Ok(Field::new(field.name(), exported_type(field.data_type())?, field.is_nullable()));
    Ok(match from {
        DataType::Date32 | DataType::Timestamp(..) | DataType::Decimal256(..) => DataType::Utf8,
        DataType::List(item) => DataType::List(Arc::new(nullable(item)?)),
        DataType::Map(entries, sorted) => DataType::Map(Arc::new(nullable(entries)?), *sorted),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|f| nullable(f)).collect::<Result<Fields, Failure>>()?)
        }
        DataType::Null => return Err(Failure::invalid("Unknown logical type: NULL")),
        same => same.clone(),
    })
}

fn export(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, ArrowError> {
    Ok(match (array.data_type(), to) {
        (DataType::Date32 | DataType::Timestamp(..) | DataType::Decimal256(..), DataType::Utf8) => {
            Arc::new(texts(array))
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
