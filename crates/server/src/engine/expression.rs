// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! SQL expressions in load headers and generated columns. The engine knows no SQL; the SQL side installs an evaluator.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

/// Compiles StarRocks expressions over batches of one schema.
pub trait ExpressionEvaluator: Send + Sync {
    /// Compiles `expressions`, whose column names refer to `input` without regard to case.
    ///
    /// # Errors
    /// The text a StarRocks FE would give, such as `No matching function with signature: nofunc(varchar)`.
    fn compile(&self, input: &SchemaRef, expressions: &[String]) -> Result<Arc<dyn CompiledExpressions>, String>;
}

/// Expressions ready to run, from any thread.
pub trait CompiledExpressions: Send + Sync {
    /// One array per expression, each with as many values as `batch` has rows, in the expression's own type.
    ///
    /// # Errors
    /// A text that says which expression failed and why.
    fn evaluate(&self, batch: &RecordBatch) -> Result<Vec<ArrayRef>, String>;
}
