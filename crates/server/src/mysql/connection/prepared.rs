// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Prepared statements of the binary protocol.

use std::collections::HashMap;
use std::io;

use super::Connection;
use super::parameters::parameters;
use crate::mysql::packet::{Reader, invalid, utf8};
use crate::mysql::result::Column;
use crate::sql::ast::Statement;
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::{parse, placeholders, substitute};

/// The most statements one connection keeps prepared.
const MAX_PREPARED: usize = 16_382;

/// Most bytes of the statements that one connection keeps prepared.
const MAX_PREPARED_BYTES: usize = 64 << 20;

pub(super) struct Prepared {
    pub(super) sql: String,
    pub(super) parameters: usize,
    /// Type codes that the client sent with the first execution.
    pub(super) types: Vec<(u8, u8)>,
    /// Values sent ahead, by parameter.
    pub(super) long_data: HashMap<u16, Vec<u8>>,
}

impl Connection {
    pub(super) async fn prepare(&mut self, body: &[u8]) -> io::Result<()> {
        let text = utf8(body, "the statement")?;
        match self.plan_prepared(text) {
            Ok((parameters, columns)) => {
                self.last_prepared = self.last_prepared.wrapping_add(1);
                let id = self.last_prepared;
                let sql = text.to_owned();
                let statement = Prepared { sql, parameters, types: Vec::new(), long_data: HashMap::new() };
                self.prepared.insert(id, statement);
                let mut out = vec![0];
                out.extend_from_slice(&id.to_le_bytes());
                out.extend_from_slice(&u16::try_from(columns.len()).unwrap_or(u16::MAX).to_le_bytes());
                out.extend_from_slice(&u16::try_from(parameters).unwrap_or(u16::MAX).to_le_bytes());
                out.extend([0, 0, 0]);
                self.packets.write(&out).await?;
                if parameters > 0 {
                    let parameter = vec![Column::text("?"); parameters];
                    self.definitions(&parameter, false, 0).await?;
                }
                if !columns.is_empty() {
                    self.definitions(&columns, false, 0).await?;
                }
                self.packets.flush().await
            }
            Err(error) => self.error(&error).await,
        }
    }

    /// Number of parameters and result columns. Only queries can be prepared.
    fn plan_prepared(&self, sql: &str) -> SqlResult<(usize, Vec<Column>)> {
        if self.prepared.len() >= MAX_PREPARED {
            return Err(SqlError::coded(1461, "42000", "Can't create more than 16382 prepared statements"));
        }
        let held: usize = self.prepared.values().map(|prepared| prepared.sql.len()).sum();
        if held + sql.len() > MAX_PREPARED_BYTES {
            let text = format!(
                "The prepared statements of a connection have at most {MAX_PREPARED_BYTES} bytes; close some of them first"
            );
            return Err(SqlError::coded(1461, "42000", text));
        }
        let parameters = placeholders(sql)?.len();
        if parameters > usize::from(u16::MAX) {
            return Err(SqlError::coded(1390, "HY000", "Prepared statement contains too many placeholders"));
        }
        let shape = substitute(sql, &vec!["NULL".to_owned(); parameters])?;
        let (statements, failed) = parse::parse(&shape);
        if let Some(error) = failed {
            return Err(error);
        }
        match statements.into_iter().next() {
            Some((Statement::Query(query), _)) => {
                let planned = self.sql.plan(&self.session, &query)?;
                Ok((parameters, planned.columns.iter().map(|(name, t)| t.column(name.as_str())).collect()))
            }
            _ => Err(SqlError::coded(1295, "HY000", crate::sql::NOT_PREPARABLE)),
        }
    }

    pub(super) fn long_data(&mut self, body: &[u8]) -> io::Result<()> {
        let mut reader = Reader(body);
        let id = reader.uint(4)? as u32;
        let parameter = reader.uint(2)? as u16;
        let chunk = reader.rest();
        let held: usize = self.prepared.values().flat_map(|p| p.long_data.values()).map(Vec::len).sum();
        if held + chunk.len() > 64 << 20 {
            return Err(invalid("more than 64 MiB of parameter data"));
        }
        if let Some(prepared) = self.prepared.get_mut(&id) {
            if usize::from(parameter) >= prepared.parameters {
                return Err(invalid(format!("data of parameter {parameter} of {}", prepared.parameters)));
            }
            prepared.long_data.entry(parameter).or_default().extend_from_slice(chunk);
        }
        Ok(())
    }

    pub(super) async fn execute_prepared(&mut self, body: &[u8]) -> io::Result<()> {
        let mut reader = Reader(body);
        let id = reader.uint(4)? as u32;
        reader.bytes(5)?;
        let Some(prepared) = self.prepared.get_mut(&id) else {
            let error =
                SqlError::coded(1243, "HY000", format!("Unknown prepared statement handler ({id}) given to EXECUTE"));
            return self.error(&error).await;
        };
        let values = parameters(&mut reader, prepared)?;
        let text = match substitute(&prepared.sql, &values) {
            Ok(text) => text,
            Err(error) => return self.error(&error).await,
        };
        let (statements, failed) = parse::parse(&text);
        let done = match (statements.into_iter().next(), failed) {
            (Some((statement, source)), _) => self.run(statement, &source).await,
            (None, failed) => Err(failed.unwrap_or_else(|| SqlError::plain("an empty statement"))),
        };
        self.respond(done, true, 0).await.map(drop)
    }
}
