// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Prepared statements, and the values in the places of `?`.

use std::sync::Arc;

use crate::sql::ast::Statement;
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::query::ResultType;
use crate::sql::session::Session;
use crate::sql::{Response, Sql};

impl Sql {
    pub(super) async fn execute_prepared(
        self: &Arc<Self>,
        session: &mut Session,
        name: &str,
        using: &[String],
    ) -> SqlResult<Response> {
        let Some(sql) = session.prepared.get(&name.to_lowercase()) else {
            return Err(SqlError::plain(format!("PrepareStatement `{name}` not exist")));
        };
        let values = using.iter().map(|variable| match session.user_variables.get(&variable.to_ascii_lowercase()) {
            Some((Some(value), ResultType::Of(_))) => value.clone(),
            Some((Some(value), _)) => quote(value),
            _ => "NULL".to_owned(),
        });
        let sql = substitute(sql, &values.collect::<Vec<_>>())?;
        let (statements, error) = crate::sql::parse::parse(&sql);
        match (statements.into_iter().next(), error) {
            (Some((Statement::Query(query), _)), _) => self.select(session, &query).await,
            (_, Some(error)) => Err(error),
            _ => Err(SqlError::coded(1295, "HY000", NOT_PREPARABLE)),
        }
    }
}

/// The text for statements that cannot be prepared.
pub(crate) const NOT_PREPARABLE: &str = "This command is not supported in the prepared statement protocol yet";

/// A string as a literal.
pub(crate) fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''"))
}

/// Puts values in the places of `?`.
pub(crate) fn substitute(sql: &str, values: &[String]) -> SqlResult<String> {
    let places = placeholders(sql)?;
    if places.len() != values.len() {
        return Err(SqlError::plain(format!(
            "Invalid parameter size {}, which is different from the parameter size {} in the statement",
            values.len(),
            places.len()
        )));
    }
    let mut out = String::with_capacity(sql.len() + 16 * values.len());
    let mut from = 0;
    for (place, value) in places.into_iter().zip(values) {
        out.push_str(sql.get(from..place).unwrap_or_default());
        out.push_str(value);
        from = place + 1;
    }
    out.push_str(sql.get(from..).unwrap_or_default());
    Ok(out)
}

/// The byte offsets of `?` outside strings, names and comments.
pub(crate) fn placeholders(sql: &str) -> SqlResult<Vec<usize>> {
    let tokens = crate::sql::lexer::tokens(sql)?;
    let is_place = |t: &&crate::sql::lexer::Token| {
        t.kind == crate::sql::lexer::Kind::Symbol && sql.get(t.start..t.end) == Some("?")
    };
    Ok(tokens.iter().filter(is_place).map(|t| t.start).collect())
}
