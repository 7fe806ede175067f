// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Running a statement: the rows of queries wait at the backend, those of everything else at the frontend.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use tonic::Status;

use super::results::{Pending, Results};
use super::session::State;
use crate::export::{Dialect, Export};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::{Response, Rows, Sql, parse};

/// Where the rows of a statement wait.
pub(super) enum Waiting {
    /// At the frontend, under the id of the query.
    Frontend { query: String },
    /// At the backend, under the id of the fragment.
    Backend { fragment: String },
}

/// Runs one statement of a session, whose number is `owner`.
pub(super) async fn run(
    sql: &Arc<Sql>,
    state: &mut State,
    owner: u32,
    text: &str,
    dialect: Dialect,
    results: &Results,
) -> Result<(SchemaRef, Waiting), Status> {
    state.result = None;
    note(sql, state, owner, Some(text));
    let done = answer(sql, state, text).await;
    note(sql, state, owner, None);
    let query = state.session.last_query_id.clone();
    let failed =
        |message: String| Status::internal(format!("failed to process query [queryID={query}] [error={message}]"));
    let (columns, rows) = match done.map_err(|error| failed(error.message))? {
        // The FE does not tell how many rows changed.
        Response::Ok { .. } => (vec!["StatusResult".to_owned()], vec![vec![Some("0".to_owned())]]),
        Response::Rows { columns, rows: Rows::Texts(rows) } => {
            (columns.into_iter().map(|column| column.name).collect(), rows)
        }
        Response::Rows { rows: Rows::Stream { planned, stream }, .. } => {
            let export = Export::of(&planned, dialect).map_err(failed)?;
            let schema = export.schema().clone();
            let limit = sql.query_timeout(&state.session);
            let fragment = results.add(Pending { owner, stream, export, limit })?;
            return Ok((schema, Waiting::Backend { fragment }));
        }
    };
    let batch = texts(columns, &rows).map_err(|error| failed(error.to_string()))?;
    let schema = batch.schema();
    state.result = Some((query.clone(), batch));
    Ok((schema, Waiting::Frontend { query }))
}

async fn answer(sql: &Arc<Sql>, state: &mut State, text: &str) -> SqlResult<Response> {
    let (mut statements, failed) = parse::parse(text);
    if let Some(error) = failed {
        return Err(error);
    }
    let (Some((statement, source)), true) = (statements.pop(), statements.is_empty()) else {
        return Err(SqlError::plain("arrow flight sql query does not support execute multiple query"));
    };
    sql.run(&mut state.session, statement, &source).await
}

fn note(sql: &Sql, state: &State, id: u32, statement: Option<&str>) {
    let database = state.session.database.as_deref().unwrap_or_default();
    sql.connections.running(id, &state.session.identity.user, database, statement);
}

/// Rows of which all values are texts.
fn texts(columns: Vec<String>, rows: &[Vec<Option<String>>]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let arrays = (0..columns.len()).map(|at| {
        let values = rows.iter().map(|row| row.get(at).and_then(Option::as_deref));
        Arc::new(values.collect::<StringArray>()) as ArrayRef
    });
    let arrays = arrays.collect();
    let fields = columns.into_iter().map(|name| Field::new(name, DataType::Utf8, true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(schema, arrays, &options)
}
