// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows on their way into batches: builders, rejection, expressions, completion.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int8Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow::buffer::BooleanBuffer;
use arrow::compute::{cast, filter_record_batch};
use arrow::datatypes::{DataType, Field as ArrowField, Int8Type, Schema, SchemaRef};
use arrow::util::display::array_value_to_string;

use super::column::{ColumnBuilder, Unfit};
use super::csv::{CsvRows, Field};
use super::options::PartialMode;
use super::plan::{From, LoadPlan, OP, OpSource, op_field, op_word};
use crate::catalog::arrow_field;
use crate::clock::Micros;
use crate::engine::{CompletedRows, Engine, EngineError, Selection, TableWrite, WriteMode};
use crate::txn::LoadCounters;

/// Rows of one batch. Large batches make few segments; these stay within a cache of some megabytes.
const BATCH_ROWS: usize = 32_768;
/// Lines that an error log holds.
pub(crate) const MAX_ERROR_LINES: usize = 50;

/// Collects the rows of one load.
pub(crate) struct RowSink {
    engine: Engine,
    plan: Arc<LoadPlan>,
    strict: bool,
    now: Micros,
    builders: Vec<Option<ColumnBuilder>>,
    rows: usize,
    /// Rows of the current batch that are to be left out.
    rejected: Vec<usize>,
    batches: Vec<RecordBatch>,
    pub(crate) counters: LoadCounters,
    pub(crate) error_log: Vec<String>,
    /// What ends the load, such as a failing expression.
    failure: Option<String>,
}

impl RowSink {
    pub(crate) fn new(engine: &Engine, plan: Arc<LoadPlan>, strict: bool) -> Self {
        let builders = plan.sources.iter().map(|s| s.data_type.as_ref().map(ColumnBuilder::new)).collect();
        Self {
            engine: engine.clone(),
            now: engine.clock().now(),
            plan,
            strict,
            builders,
            rows: 0,
            rejected: Vec::new(),
            batches: Vec::new(),
            counters: LoadCounters::default(),
            error_log: Vec::new(),
            failure: None,
        }
    }

    /// Counts a row that never came to be one.
    pub(crate) fn reject_unparsed(&mut self, reason: &str, row: &[u8]) {
        self.counters.total += 1;
        self.counters.filtered += 1;
        self.log(reason, &String::from_utf8_lossy(row));
    }

    fn log(&mut self, reason: &str, row: &str) {
        if self.error_log.len() < MAX_ERROR_LINES {
            self.error_log.push(format!("Error: {reason}. Row: {row}"));
        }
    }

    /// Appends a row by giving each builder a value through `append`; a reason rejects the row.
    pub(crate) fn append_row(
        &mut self,
        raw: &[u8],
        mut append: impl FnMut(usize, &str, &mut ColumnBuilder) -> Result<(), Unfit>,
        shown: impl Fn(usize) -> String,
    ) {
        self.counters.total += 1;
        let mut reason = None;
        for (i, (builder, source)) in self.builders.iter_mut().zip(&self.plan.sources).enumerate() {
            let Some(builder) = builder else { continue };
            match append(i, &source.name, builder) {
                Ok(()) => {}
                Err(Unfit::Cast) if !self.strict => {}
                Err(_) if reason.is_some() => {}
                Err(Unfit::Cast) => {
                    let data_type = source.data_type.as_ref().map(ToString::to_string).unwrap_or_default();
                    reason = Some(format!(
                        "Value '{}' is out of range. The type of '{}' is {data_type}",
                        shown(i),
                        source.name
                    ));
                }
                Err(Unfit::Utf8) => reason = Some("Invalid UTF-8 row".to_owned()),
                Err(Unfit::Reject(text)) => reason = Some(text),
            }
        }
        if let Some(reason) = reason {
            self.counters.filtered += 1;
            self.rejected.push(self.rows);
            self.log(&reason, &String::from_utf8_lossy(raw));
        }
        self.rows += 1;
        if self.rows >= BATCH_ROWS {
            self.flush();
        }
    }

    /// What has failed for good, if anything.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// The staged rows.
    pub(crate) fn finish(&mut self) -> Result<TableWrite, String> {
        self.flush();
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let def = self.plan.table.def();
        let columns = match self.plan.partial {
            None => def.columns.iter().map(|c| c.id).collect(),
            Some(_) => self.plan.targets.iter().filter_map(|t| def.columns.get(t.position)).map(|c| c.id).collect(),
        };
        Ok(TableWrite {
            table_id: def.id,
            columns,
            has_op: self.plan.op.is_some(),
            mode: match self.plan.partial {
                None => WriteMode::Write,
                Some(PartialMode::Row) => WriteMode::PartialRow,
                Some(PartialMode::Column) => WriteMode::PartialColumn,
            },
            merge_condition: self.plan.merge_condition,
            batches: std::mem::take(&mut self.batches),
        })
    }

    fn flush(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let rejected = std::mem::take(&mut self.rejected);
        if rows == 0 || self.failure.is_some() {
            return;
        }
        match self.complete(rows, &rejected) {
            Ok(batch) => {
                self.counters.loaded += batch.num_rows() as u64;
                if batch.num_rows() > 0 {
                    self.batches.push(batch);
                }
            }
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// From source builders to a batch of the write.
    fn complete(&mut self, rows: usize, rejected: &[usize]) -> Result<RecordBatch, String> {
        let text = |e: arrow::error::ArrowError| EngineError::from(e).to_string();
        let mut sources = Vec::with_capacity(self.builders.len());
        for builder in &mut self.builders {
            sources.push(builder.as_mut().map(ColumnBuilder::finish).transpose().map_err(text)?);
        }
        let derived = self.derive(&sources, rows)?;
        let value = |from: From| match from {
            From::Source(i) => sources.get(i).cloned().flatten(),
            From::Derived(i) => derived.get(i).cloned(),
        };
        let def = self.plan.table.def().clone();
        let mut fields = Vec::with_capacity(self.plan.targets.len() + 1);
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.plan.targets.len() + 1);
        for target in &self.plan.targets {
            let (Some(array), Some(column)) = (value(target.from), def.columns.get(target.position)) else { continue };
            let field = arrow_field(column).with_nullable(true);
            arrays.push(match target.from {
                From::Source(_) => array,
                From::Derived(_) => cast(&array, field.data_type()).map_err(text)?,
            });
            fields.push(field);
        }
        let mut unknown_ops = Vec::new();
        if let Some(op) = &self.plan.op {
            fields.push(op_field().with_nullable(true));
            arrays.push(match op {
                OpSource::Constant(op) => Arc::new(Int8Array::from_value(*op, rows)),
                OpSource::Value(from) => {
                    Arc::new(op_column(&value(*from).ok_or("no op column")?, rows, &mut unknown_ops)?)
                }
            });
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let mut batch =
            RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).map_err(text)?;
        for (row, word) in &unknown_ops {
            if rejected.binary_search(row).is_err() {
                self.counters.filtered += 1;
                let shown = show_row(&batch, *row);
                self.log(&format!("load op type string not supported: {word}"), &shown);
            }
        }
        let out: Vec<usize> = rejected.iter().copied().chain(unknown_ops.iter().map(|(row, _)| *row)).collect();
        batch = without_rows(&batch, &out).map_err(text)?;
        self.finish_rows(batch)
    }

    /// Completes rows, keeps the op column next to them and applies the predicate.
    fn finish_rows(&mut self, batch: RecordBatch) -> Result<RecordBatch, String> {
        let text = |e: arrow::error::ArrowError| EngineError::from(e).to_string();
        let plan = self.plan.clone();
        let positions: Vec<usize> = plan.targets.iter().map(|t| t.position).collect();
        let (values, op) = match &plan.op {
            None => (batch.clone(), None),
            Some(_) => {
                let last = batch.num_columns().saturating_sub(1);
                let values = batch.project(&(0..last).collect::<Vec<_>>()).map_err(text)?;
                (values, Some(batch.column(last).clone()))
            }
        };
        let selection = Selection { router: &plan.router, filter: plan.filter.as_ref() };
        let done = match plan.partial {
            None => self.engine.complete_selected(&plan.table, &positions, &values, self.now, selection),
            Some(_) => self.engine.check_selected(&plan.table, &positions, &values, selection),
        };
        let CompletedRows { batch: whole, rejected, unselected } = done.map_err(|e| e.to_string())?;
        for reject in &rejected {
            self.counters.filtered += 1;
            let shown = show_row(&values, reject.row);
            self.log(&reject.reason, &shown);
        }
        self.counters.unselected += unselected.len() as u64;
        let op = match op {
            None => None,
            Some(op) => {
                let alone = RecordBatch::try_new(Arc::new(Schema::new(vec![op_field()])), vec![op]).map_err(text)?;
                let rows: Vec<usize> = rejected.iter().map(|r| r.row).chain(unselected).collect();
                Some(without_rows(&alone, &rows).map_err(text)?)
            }
        };
        let Some(op) = op else { return Ok(whole) };
        let fields = whole.schema().fields().iter().cloned().chain([Arc::new(op_field())]).collect::<Vec<_>>();
        let arrays = whole.columns().iter().cloned().chain([op.column(0).clone()]).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(text)
    }

    fn derive(&self, sources: &[Option<ArrayRef>], rows: usize) -> Result<Vec<ArrayRef>, String> {
        let Some(derived) = &self.plan.derived else { return Ok(Vec::new()) };
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let arrays = sources.iter().flatten().cloned().collect();
        let schema: SchemaRef = derived.schema.clone();
        let batch = RecordBatch::try_new_with_options(schema, arrays, &options).map_err(|e| e.to_string())?;
        let values = derived.expressions.evaluate(&batch)?;
        if values.len() != derived.names.len() || values.iter().any(|v| v.len() != rows) {
            return Err(format!("expressions for {} gave another number of values", derived.names.join(", ")));
        }
        Ok(values)
    }
}

impl CsvRows for RowSink {
    fn row(&mut self, raw: &[u8], fields: &[Field<'_>]) {
        let expected = self.plan.sources.len();
        if fields.len() != expected {
            let reason =
                format!("Value count does not match column count. Expect {expected}, but got {}", fields.len());
            return self.reject_unparsed(&reason, raw);
        }
        self.append_row(
            raw,
            |i, _, builder| match fields.get(i) {
                Some(Field { bytes: b"\\N", enclosed: false }) | None => {
                    builder.append_null();
                    Ok(())
                }
                Some(field) => builder.append_bytes(field.bytes),
            },
            |i| fields.get(i).map(|f| String::from_utf8_lossy(f.bytes).into_owned()).unwrap_or_default(),
        );
    }
}

/// Ops as 0 and 1; a NULL is an upsert. Words that are no op go to `unknown` with their row.
fn op_column(values: &ArrayRef, rows: usize, unknown: &mut Vec<(usize, String)>) -> Result<Int8Array, String> {
    if values.data_type().is_integer() {
        let ops = cast(values, &DataType::Int8).map_err(|e| e.to_string())?;
        let ops = ops.as_primitive::<Int8Type>();
        for row in (0..rows).filter(|&row| ops.is_valid(row) && !(0..=1).contains(&ops.value(row))) {
            unknown.push((row, ops.value(row).to_string()));
        }
        return Ok((0..rows).map(|row| Some(if ops.is_valid(row) { ops.value(row) } else { 0 })).collect());
    }
    let texts = cast(values, &DataType::Utf8).map_err(|e| e.to_string())?;
    let texts: &StringArray = texts.as_string::<i32>();
    let ops = texts.iter().enumerate().map(|(row, text)| {
        let op = text.map_or(Some(0), op_word);
        if op.is_none() {
            unknown.push((row, text.unwrap_or_default().to_owned()));
        }
        Some(op.unwrap_or(0))
    });
    Ok(ops.collect())
}

fn without_rows(batch: &RecordBatch, rows: &[usize]) -> Result<RecordBatch, arrow::error::ArrowError> {
    if rows.is_empty() {
        return Ok(batch.clone());
    }
    let mut keep = vec![true; batch.num_rows()];
    for &row in rows {
        if let Some(flag) = keep.get_mut(row) {
            *flag = false;
        }
    }
    filter_record_batch(batch, &BooleanArray::new(BooleanBuffer::from(keep), None))
}

/// A row as the error log shows it: `[1, 'a', NULL]`.
fn show_row(batch: &RecordBatch, row: usize) -> String {
    let schema = batch.schema();
    let shown = batch.columns().iter().zip(schema.fields()).filter(|(_, f)| f.name() != OP).map(|(array, field)| {
        if array.is_null(row) {
            return "NULL".to_owned();
        }
        let text = array_value_to_string(array, row).unwrap_or_default();
        if ArrowField::data_type(field) == &DataType::Utf8 { format!("'{text}'") } else { text }
    });
    format!("[{}]", shown.collect::<Vec<_>>().join(", "))
}
