// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Queries of a session: planning and running them.

use arrow::array::RecordBatch;

use crate::mysql::Column;
use crate::sql::ast::QueryText;
use crate::sql::error::{Position, SqlResult};
use crate::sql::query::{Binder, Call, Planned, Relations, ResultType, located, parse_query};
use crate::sql::relations::SessionRelations;
use crate::sql::session::Session;
use crate::sql::{Response, Rows, Sql, text};

impl Sql {
    /// Plans a query of the session.
    pub(crate) fn plan(&self, session: &Session, text: &QueryText) -> SqlResult<Planned> {
        for hint in &text.hints {
            check_hint(hint)?;
        }
        let query = parse_query(text)?;
        let mut calls = Vec::new();
        self.bind_and_plan(session, query, text.at, &mut calls).map_err(|error| located(error, text, &calls))
    }

    pub(crate) fn plan_query(
        &self,
        session: &Session,
        query: datafusion::sql::sqlparser::ast::Query,
    ) -> SqlResult<Planned> {
        self.bind_and_plan(session, query, Default::default(), &mut Vec::new())
    }

    fn bind_and_plan(
        &self,
        session: &Session,
        query: datafusion::sql::sqlparser::ast::Query,
        origin: Position,
        calls: &mut Vec<Call>,
    ) -> SqlResult<Planned> {
        let relations = SessionRelations::new(self, session);
        self.plan_bound(&relations, session, query, origin, calls)
    }

    /// Plans a query in which names stand for what `over` makes of the session's.
    pub(crate) fn plan_over(
        &self,
        session: &Session,
        text: &QueryText,
        over: impl for<'r> FnOnce(&'r dyn Relations) -> Box<dyn Relations + 'r>,
    ) -> SqlResult<Planned> {
        let relations = SessionRelations::new(self, session);
        self.plan_bound(&*over(&relations), session, parse_query(text)?, text.at, &mut Vec::new())
    }

    fn plan_bound(
        &self,
        relations: &dyn Relations,
        session: &Session,
        query: datafusion::sql::sqlparser::ast::Query,
        origin: Position,
        calls: &mut Vec<Call>,
    ) -> SqlResult<Planned> {
        let mut binder = Binder::new(relations, &session.user_variables);
        binder.origin = origin;
        let planned = self.queries.plan(&mut binder, query);
        *calls = std::mem::take(&mut binder.calls);
        planned
    }

    pub(super) async fn select(&self, session: &Session, text: &QueryText) -> SqlResult<Response> {
        if let Some(seconds) = sleep_seconds(&text.sql) {
            tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
            let column = ResultType::Of(starrocks_types::StarRocksType::Boolean).column(format!("sleep({seconds})"));
            return Ok(Response::texts(vec![column], vec![vec![Some("1".to_owned())]]));
        }
        let planned = self.plan(session, text)?;
        let columns = planned.columns.iter().map(|(name, t)| t.column(name.as_str())).collect();
        let stream = self.queries.run(&planned).await?;
        Ok(Response::Rows { columns, rows: Rows::Stream { planned: Box::new(planned), stream } })
    }

    /// All rows of a query of the session.
    pub(crate) async fn rows_of(&self, session: &Session, text: &QueryText) -> SqlResult<(Planned, Vec<RecordBatch>)> {
        let planned = self.plan(session, text)?;
        let batches = self.queries.collect(&planned).await?;
        Ok((planned, batches))
    }

    /// The only value of a query without FROM, with its type.
    pub(crate) async fn value_of(
        &self,
        session: &Session,
        expression: &QueryText,
    ) -> SqlResult<(Option<String>, ResultType)> {
        let text = QueryText { sql: format!("SELECT {}", expression.sql), ..expression.clone() };
        let (planned, batches) = self.rows_of(session, &text).await?;
        let value = batches.iter().find(|b| b.num_rows() > 0).and_then(|b| text::text(b.column(0), 0));
        let data_type = planned.columns.into_iter().next().map_or(ResultType::Null, |(_, t)| t);
        Ok((value, data_type))
    }

    pub(super) fn explain(&self, session: &Session, text: &QueryText) -> SqlResult<Response> {
        let word = text.sql.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        let mut lines = vec!["PLAN FRAGMENT 0".to_owned()];
        if matches!(word.as_str(), "SELECT" | "WITH" | "VALUES") || text.sql.starts_with('(') {
            let planned = self.plan(session, text)?;
            let outputs: Vec<String> =
                planned.columns.iter().enumerate().map(|(i, (name, _))| format!("{}: {name}", i + 1)).collect();
            lines.push(format!(" OUTPUT EXPRS:{}", outputs.join(" | ")));
            lines.push("  PARTITION: UNPARTITIONED".to_owned());
            lines.push(String::new());
            lines.push("  RESULT SINK".to_owned());
            lines.push(String::new());
            lines.extend(planned.describe().lines().map(|line| format!("  {line}")));
        } else {
            lines.push(format!("  {word}"));
        }
        let rows = lines.into_iter().map(|line| vec![Some(line)]).collect();
        Ok(Response::texts(vec![Column::varchar("Explain String", 20)], rows))
    }
}

/// `SET_VAR(name = value, …)`: only the names are checked, no variable changes how a query runs here.
fn check_hint(hint: &str) -> SqlResult<()> {
    let inner = hint.trim().strip_prefix("SET_VAR").or_else(|| hint.trim().strip_prefix("set_var"));
    let Some(inner) = inner.map(|i| i.trim().trim_start_matches('(').trim_end_matches(')')) else { return Ok(()) };
    for assignment in inner.split(',') {
        let name = assignment.split('=').next().unwrap_or_default().trim();
        let mut scratch = crate::sql::variables::Variables::default();
        if let Err(mut error) = scratch.set(name, None) {
            error.message = error.message.replace("Getting analyzing error. Detail message: ", "");
            error.message = error.message.trim_end_matches('.').to_owned();
            return Err(error);
        }
    }
    Ok(())
}

/// The seconds of `select sleep(n)`, which the engine must not wait for on its threads.
fn sleep_seconds(sql: &str) -> Option<u64> {
    let compact: String = sql.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    compact.strip_prefix("selectsleep(")?.strip_suffix(')')?.parse().ok()
}
