// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! From the columns a load or an INSERT names to whole rows: defaults, auto increment, generated columns, and the
//! checks that every row has to pass.

use std::sync::{Arc, PoisonError};

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, RecordBatchOptions, StringArray,
    TimestampMicrosecondArray, new_null_array,
};
use arrow::buffer::BooleanBuffer;
use arrow::compute::{cast, filter, prep_null_mask_filter, take};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use starrocks_types::StarRocksType;
use uuid::Uuid;

use super::{CompiledExpressions, Engine, EngineError, EngineResult, Router};
use crate::catalog::{ColumnDef, DefaultValue, arrow_type};
use crate::clock::Micros;
use crate::load::parse_text;
use crate::storage::Table;

/// Whole rows of a table, and which rows are not among them.
#[derive(Debug)]
pub struct CompletedRows {
    /// The rows that passed, with the table's schema.
    pub batch: RecordBatch,
    /// The rows that did not, by position in the input batch, ascending.
    pub rejected: Vec<RejectedRow>,
    /// The rows that a predicate left out before they were checked, by position in the input batch, ascending.
    pub unselected: Vec<usize>,
}

/// Which rows a write may have.
#[derive(Clone, Copy)]
pub(crate) struct Selection<'a> {
    /// Finds partitions.
    pub(crate) router: &'a Router,
    /// A predicate over the rows, whose columns may all be NULL while it looks at them.
    pub(crate) filter: Option<&'a Arc<dyn CompiledExpressions>>,
}

/// A row that the table cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    /// Position in the input batch.
    pub row: usize,
    /// Why, as the error log says it.
    pub reason: String,
}

impl Engine {
    /// Completes rows of which only `columns` (positions in the table, in the batch's order) are given. The given
    /// columns have the Arrow types of [`crate::catalog::arrow_type`]. `now` is the value of `CURRENT_TIMESTAMP`.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when a column that is not given has neither default nor NULL.
    pub fn complete_rows(
        &self,
        table: &Table,
        columns: &[usize],
        batch: &RecordBatch,
        now: Micros,
    ) -> EngineResult<CompletedRows> {
        let router = Router::new(self, table.def(), &[])?;
        self.complete_selected(table, columns, batch, now, Selection { router: &router, filter: None })
    }

    /// The same for those of the rows that are selected.
    pub(crate) fn complete_selected(
        &self,
        table: &Table,
        columns: &[usize],
        batch: &RecordBatch,
        now: Micros,
        selection: Selection<'_>,
    ) -> EngineResult<CompletedRows> {
        let rows = batch.num_rows();
        let def = table.def();
        let mut arrays: Vec<Option<ArrayRef>> = vec![None; def.columns.len()];
        for (&position, array) in columns.iter().zip(batch.columns()) {
            if let Some(slot) = arrays.get_mut(position) {
                *slot = Some(array.clone());
            }
        }
        for (slot, column) in arrays.iter_mut().zip(&def.columns) {
            if slot.is_none() && column.generated.is_none() {
                *slot = Some(self.missing_column(def.id, column, rows, now)?);
            }
        }
        self.generate_columns(table, &mut arrays, rows)?;
        let arrays: Vec<ArrayRef> = arrays.into_iter().flatten().collect();
        select(&def.columns, table.schema().clone(), arrays, rows, selection)
    }

    /// The same checks for a partial update, which has only `columns`; nothing is filled in.
    ///
    /// # Errors
    /// [`EngineError::Arrow`].
    pub(crate) fn check_selected(
        &self,
        table: &Table,
        columns: &[usize],
        batch: &RecordBatch,
        selection: Selection<'_>,
    ) -> EngineResult<CompletedRows> {
        let defs: Vec<ColumnDef> = columns.iter().filter_map(|&i| table.def().columns.get(i)).cloned().collect();
        let schema = Arc::new(table.schema().project(columns)?);
        select(&defs, schema, batch.columns().to_vec(), batch.num_rows(), selection)
    }

    fn missing_column(&self, table_id: u64, column: &ColumnDef, rows: usize, now: Micros) -> EngineResult<ArrayRef> {
        if column.auto_increment {
            let first = self.take_auto_increments(table_id, rows);
            let ids = Int64Array::from_iter_values((first..).take(rows));
            return Ok(cast(&ids, &arrow_type(&column.data_type))?);
        }
        match default_array(column, rows, now)? {
            Some(values) => Ok(values),
            None if column.nullable => Ok(new_null_array(&arrow_type(&column.data_type), rows)),
            None => Err(EngineError::Invalid(format!("Column has no default value. column: {}", column.name))),
        }
    }

    /// Takes `count` ids of a table's sequence and returns the first.
    pub(super) fn take_auto_increments(&self, table_id: u64, count: usize) -> i64 {
        let mut sequences = self.inner.auto_increments.lock().unwrap_or_else(PoisonError::into_inner);
        let next = sequences.entry(table_id).or_insert(1);
        let first = *next;
        *next = next.saturating_add(i64::try_from(count).unwrap_or(i64::MAX));
        first
    }

    fn generate_columns(&self, table: &Table, arrays: &mut [Option<ArrayRef>], rows: usize) -> EngineResult<()> {
        let def = table.def();
        let generated: Vec<(usize, &ColumnDef)> =
            def.columns.iter().enumerate().filter(|(_, c)| c.generated.is_some()).collect();
        if generated.is_empty() {
            return Ok(());
        }
        let evaluator = self.expression_evaluator().ok_or_else(|| {
            EngineError::Invalid(format!("table {} has generated columns, which need the SQL engine", def.name))
        })?;
        let (fields, given): (Vec<_>, Vec<_>) = table
            .schema()
            .fields()
            .iter()
            .zip(arrays.iter())
            .filter_map(|(field, array)| Some((Field::clone(field).with_nullable(true), array.clone()?)))
            .unzip();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let input = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), given, &options)?;
        let expressions: Vec<String> = generated.iter().filter_map(|(_, c)| c.generated.clone()).collect();
        let values = evaluator
            .compile(&input.schema(), &expressions)
            .and_then(|compiled| compiled.evaluate(&input))
            .map_err(EngineError::Invalid)?;
        for ((position, column), array) in generated.into_iter().zip(values) {
            if let Some(slot) = arrays.get_mut(position) {
                *slot = Some(cast(&array, &arrow_type(&column.data_type))?);
            }
        }
        Ok(())
    }
}

/// Applies the predicate, then the checks of each column, then the partitions, as the backend does.
fn select(
    defs: &[ColumnDef],
    schema: SchemaRef,
    mut arrays: Vec<ArrayRef>,
    mut rows: usize,
    selection: Selection<'_>,
) -> EngineResult<CompletedRows> {
    let mut unselected = Vec::new();
    // Positions in the input of the rows that are left.
    let mut left: Vec<usize> = Vec::new();
    if let Some(predicate) = selection.filter {
        let fields: Vec<Field> = schema.fields().iter().map(|f| Field::clone(f).with_nullable(true)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays.clone(), &options)?;
        let mask = predicate.evaluate(&batch).map_err(EngineError::Invalid)?.into_iter().next();
        let mask = mask.ok_or_else(|| EngineError::Invalid("the where predicate gave no value".to_owned()))?;
        let mask = cast(&mask, &DataType::Boolean)?;
        let mask = match mask.as_boolean() {
            mask if mask.null_count() == 0 => mask.clone(),
            mask => prep_null_mask_filter(mask),
        };
        (left, unselected) = (0..rows).partition(|&row| mask.value(row));
        arrays = arrays.iter().map(|a| filter(a, &mask)).collect::<Result<_, _>>()?;
        rows = left.len();
    }
    let origin =
        |left: &[usize], row: usize| if unselected.is_empty() { row } else { left.get(row).copied().unwrap_or(row) };
    let mut rejected = check_rows(defs, &arrays, rows);
    let mut batch = strict_batch(schema.clone(), arrays, rows, &rejected)?;
    let homeless = selection.router.reject(&batch)?;
    if !homeless.is_empty() {
        let kept: Vec<usize> = (0..rows).filter(|row| rejected.binary_search_by_key(row, |r| r.row).is_err()).collect();
        batch = strict_batch(schema, batch.columns().to_vec(), batch.num_rows(), &homeless)?;
        let placed = homeless.into_iter().map(|r| RejectedRow { row: kept.get(r.row).copied().unwrap_or(r.row), ..r });
        rejected.extend(placed);
        rejected.sort_by_key(|r| r.row);
    }
    for reject in &mut rejected {
        reject.row = origin(&left, reject.row);
    }
    Ok(CompletedRows { batch, rejected, unselected })
}

/// A batch without the rejected rows. The schema admits no NULL in NOT NULL columns, so they go before it is applied.
fn strict_batch(
    schema: SchemaRef,
    mut arrays: Vec<ArrayRef>,
    rows: usize,
    rejected: &[RejectedRow],
) -> EngineResult<RecordBatch> {
    let mut left = rows;
    if !rejected.is_empty() {
        let mut keep = vec![true; rows];
        for reject in rejected {
            if let Some(flag) = keep.get_mut(reject.row) {
                *flag = false;
            }
        }
        left = rows - rejected.len();
        let keep = BooleanArray::new(BooleanBuffer::from(keep), None);
        arrays = arrays.iter().map(|a| filter(a, &keep)).collect::<Result<_, _>>()?;
    }
    let options = RecordBatchOptions::new().with_row_count(Some(left));
    Ok(RecordBatch::try_new_with_options(schema, arrays, &options)?)
}

/// The array itself if it has the type already, so that the log recognises rows that it holds.
pub(super) fn cast_to(array: &ArrayRef, target: &DataType) -> EngineResult<ArrayRef> {
    if array.data_type() == target { Ok(array.clone()) } else { Ok(cast(array, target)?) }
}

/// `rows` times the column's default; `None` when it has none.
pub(super) fn default_array(column: &ColumnDef, rows: usize, now: Micros) -> EngineResult<Option<ArrayRef>> {
    let target = arrow_type(&column.data_type);
    let one: ArrayRef = match &column.default {
        None => return Ok(None),
        Some(DefaultValue::Null) => return Ok(Some(new_null_array(&target, rows))),
        Some(DefaultValue::Literal(text)) => parse_text(&column.data_type, text)
            .ok_or_else(|| EngineError::Invalid(format!("Invalid default value for '{}'", column.name)))?,
        Some(DefaultValue::CurrentTimestamp { precision }) => {
            let unit = 10_i64.pow(6 - u32::from(precision.unwrap_or(0).min(6)));
            Arc::new(TimestampMicrosecondArray::from(vec![now.div_euclid(unit) * unit]))
        }
        Some(DefaultValue::Uuid) => {
            let texts = (0..rows).map(|_| Uuid::new_v4().to_string());
            return Ok(Some(cast(&StringArray::from_iter_values(texts), &target)?));
        }
        Some(DefaultValue::UuidNumeric) => {
            let texts = (0..rows).map(|_| (Uuid::new_v4().as_u128() >> 1).to_string());
            return Ok(Some(cast(&StringArray::from_iter_values(texts), &target)?));
        }
    };
    let value = cast(&one, &target)?;
    Ok(Some(take(&value, &arrow::array::UInt32Array::from(vec![0; rows]), None)?))
}

/// The rows that break NOT NULL or a length, each with its first reason.
fn check_rows(columns: &[ColumnDef], arrays: &[ArrayRef], rows: usize) -> Vec<RejectedRow> {
    let mut reasons: Vec<Option<String>> = Vec::new();
    let mut reject = |row: usize, reason: &dyn Fn() -> String| {
        if reasons.is_empty() {
            reasons.resize(rows, None);
        }
        if let Some(slot @ None) = reasons.get_mut(row) {
            *slot = Some(reason());
        }
    };
    for (column, array) in columns.iter().zip(arrays) {
        if !column.nullable && array.null_count() > 0 {
            for row in (0..rows).filter(|&row| array.is_null(row)) {
                reject(row, &|| format!("NULL value in non-nullable column '{}'", column.name));
            }
        }
        match (&column.data_type, array.data_type()) {
            (StarRocksType::Char(max) | StarRocksType::Varchar(max), DataType::Utf8) => {
                let texts = array.as_string::<i32>();
                let max = *max as usize;
                let lengths = texts.value_offsets().windows(2).map(|w| match w {
                    [start, end] => end.saturating_sub(*start) as usize,
                    _ => 0,
                });
                for (row, length) in lengths.enumerate().filter(|&(_, length)| length > max) {
                    reject(row, &|| {
                        let excerpt: String = texts.value(row).chars().take(100).collect();
                        format!(
                            "String '{excerpt}'(length={length}) is too long. The max length of '{}' is {max}",
                            column.name
                        )
                    });
                }
            }
            (StarRocksType::Varbinary(Some(max)), DataType::Binary) => {
                let values = array.as_binary::<i32>();
                let max = *max as usize;
                for row in (0..rows).filter(|&row| values.value(row).len() > max) {
                    let length = values.value(row).len();
                    reject(row, &|| {
                        format!(
                            "Binary value (length={length}) is too long. The max length of '{}' is {max}",
                            column.name
                        )
                    });
                }
            }
            _ => {}
        }
    }
    let rejected = reasons.into_iter().enumerate();
    rejected.filter_map(|(row, reason)| Some(RejectedRow { row, reason: reason? })).collect()
}
