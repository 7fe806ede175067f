// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! ALTER TABLE, and the wait for its jobs.

use std::time::{Duration, Instant};

use starrocks_types::{Error, ErrorKind, Result, TableModel};

use super::create::{column_clause, key_column_clause, properties};
use super::definition::{ColumnDefinition, ColumnPosition, TableChange, TableDefinition};
use super::text::string;
use super::{DDL_TIMEOUT, definition, in_table};
use crate::connection::StarRocks;
use crate::metadata::{Session, cell, literal, quoted};

/// How long to wait between two looks at a job; it doubles up to the last.
const FIRST_LOOK: Duration = Duration::from_millis(50);
const LAST_LOOK: Duration = Duration::from_secs(2);

/// Statements that are one after the other; only those about columns start a job.
struct Statement {
    text: String,
    starts_job: bool,
}

impl StarRocks {
    /// Changes a table, and waits at most `patience` for the jobs that rewrite it. Changes of columns that stand next to each other
    /// are one statement, hence made together or not at all; others are made one after the other, and an error tells how many were.
    pub async fn alter_table(
        &self,
        database: &str,
        table: &str,
        changes: &[TableChange],
        patience: Duration,
    ) -> Result<()> {
        let named = |e: Error| in_table(e.operation("alter table"), database, table);
        let mut session = self.metadata().session().await.map_err(named)?;
        session.patience = session.patience.max(DDL_TIMEOUT);
        let altered = alter(&mut session, database, table, changes, patience).await;
        session.close().await;
        altered.map_err(named)
    }
}

async fn alter(
    session: &mut Session,
    database: &str,
    table: &str,
    changes: &[TableChange],
    patience: Duration,
) -> Result<()> {
    let deadline = Instant::now() + patience;
    let before = definition(session, database, table).await?;
    let statements = statements(&before, changes, patience)?;
    let count = statements.len();
    for (at, statement) in statements.into_iter().enumerate() {
        let progress = |e: Error| if count > 1 { e.with("done", format!("{at} of {count} statements")) } else { e };
        if statement.starts_job {
            let last = jobs(session, database, table).await.map_err(progress)?.first().map_or(0, |job| job.id);
            session.query(&statement.text).await.map_err(progress)?;
            wait(session, database, table, last, deadline, patience).await.map_err(progress)?;
        } else {
            session.query(&statement.text).await.map_err(progress)?;
        }
    }
    // A job may be missing from the list, for instance because the change needed none: the table itself has the last word.
    check(&definition(session, database, table).await?, changes)
}

fn statements(table: &TableDefinition, changes: &[TableChange], patience: Duration) -> Result<Vec<Statement>> {
    let name = format!("{}.{}", quoted(&table.database), quoted(&table.table));
    let mut statements = Vec::new();
    let mut clauses: Vec<String> = Vec::new();
    let finish = |clauses: &mut Vec<String>, statements: &mut Vec<Statement>| {
        if !clauses.is_empty() {
            let timeout = string(&patience.as_secs().max(1).to_string());
            let text = format!("ALTER TABLE {name} {} PROPERTIES (\"timeout\" = {timeout});", clauses.join(", "));
            statements.push(Statement { text, starts_job: true });
            clauses.clear();
        }
    };
    let mut table = table.clone();
    for change in changes {
        let mut alone = |clause: String| {
            finish(&mut clauses, &mut statements);
            statements.push(Statement { text: format!("ALTER TABLE {name} {clause};"), starts_job: false });
        };
        match change {
            TableChange::AddColumn { column, position } => {
                let clause = if column.key && table.model != Some(TableModel::Primary) {
                    key_column_clause(column)?
                } else {
                    column_clause(column)?
                };
                clauses.push(format!("ADD COLUMN {clause}{}", position_clause(position)));
            }
            TableChange::DropColumn { name } => {
                clauses.push(format!("DROP COLUMN {}", quoted(&find(&mut table, name)?.name)));
            }
            TableChange::ModifyColumn { name, data_type, nullable, position } => {
                let model = table.model;
                let column = find(&mut table, name)?;
                if let Some(data_type) = data_type {
                    column.data_type = data_type.clone();
                }
                column.nullable = nullable.unwrap_or(column.nullable);
                // The statement repeats the whole definition; what it leaves out would be lost.
                let key = column.key && matches!(model, Some(TableModel::Duplicate | TableModel::Unique));
                let clause = if key { key_column_clause(column)? } else { column_clause(column)? };
                clauses.push(format!("MODIFY COLUMN {clause}{}", position_clause(position)));
            }
            TableChange::CommentColumn { name, comment } => {
                let column = find(&mut table, name)?;
                column.comment.clone_from(comment);
                alone(format!("MODIFY COLUMN {} COMMENT {}", quoted(&column.name), string(comment)));
            }
            TableChange::RenameColumn { name, to } => {
                let column = find(&mut table, name)?;
                let clause = format!("RENAME COLUMN {} TO {}", quoted(&column.name), quoted(to));
                column.name.clone_from(to);
                alone(clause);
            }
            TableChange::CommentTable { comment } => alone(format!("COMMENT = {}", string(comment))),
            TableChange::SetProperties { properties: given } => {
                // The server takes one at a time.
                for pair in given {
                    alone(format!("SET ({})", properties([pair], "")));
                }
            }
        }
    }
    finish(&mut clauses, &mut statements);
    Ok(statements)
}

fn position_clause(position: &Option<ColumnPosition>) -> String {
    match position {
        None => String::new(),
        Some(ColumnPosition::First) => " FIRST".to_owned(),
        Some(ColumnPosition::After(name)) => format!(" AFTER {}", quoted(name)),
    }
}

fn find<'a>(table: &'a mut TableDefinition, name: &str) -> Result<&'a mut ColumnDefinition> {
    table
        .columns
        .iter_mut()
        .find(|c| c.name.eq_ignore_ascii_case(name))
        .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("the table has no column {name}")).with("column", name))
}

/// Whether columns were added and dropped as told.
fn check(table: &TableDefinition, changes: &[TableChange]) -> Result<()> {
    let has = |name: &str| table.columns.iter().any(|c| c.name.eq_ignore_ascii_case(name));
    for change in changes {
        let (name, wanted) = match change {
            TableChange::AddColumn { column, .. } => (&column.name, true),
            TableChange::DropColumn { name } => (name, false),
            _ => continue,
        };
        let renamed = |to: &str| {
            changes.iter().any(|c| match c {
                TableChange::RenameColumn { name: from, to: new } if wanted => {
                    from.eq_ignore_ascii_case(to) || new == to
                }
                TableChange::RenameColumn { to: new, .. } => new.eq_ignore_ascii_case(to),
                TableChange::AddColumn { column, .. } => !wanted && column.name.eq_ignore_ascii_case(to),
                _ => false,
            })
        };
        if has(name) != wanted && !renamed(name) {
            let what = if wanted { "is not there" } else { "is still there" };
            return Err(Error::new(
                ErrorKind::Unexpected,
                format!("the server altered the table, but column {name} {what}"),
            )
            .with("column", name)
            .hint("look at SHOW ALTER TABLE COLUMN"));
        }
    }
    Ok(())
}

struct Job {
    id: u64,
    state: String,
    message: String,
}

/// The jobs of a table, newest first.
async fn jobs(session: &mut Session, database: &str, table: &str) -> Result<Vec<Job>> {
    let statement = format!(
        "SHOW ALTER TABLE COLUMN FROM {} WHERE TableName = {} ORDER BY JobId DESC LIMIT 10;",
        quoted(database),
        literal(table)
    );
    let rows = session.query(&statement).await?;
    let jobs = rows.into_iter().map(|mut row| {
        let names: Vec<String> = row.columns_ref().iter().map(|c| c.name_str().into_owned()).collect();
        let mut by_name =
            |name: &str| names.iter().position(|n| n.eq_ignore_ascii_case(name)).and_then(|at| cell(&mut row, at));
        let id = by_name("JobId").and_then(|id| id.parse().ok());
        let id = id.ok_or_else(|| Error::new(ErrorKind::Protocol, "SHOW ALTER TABLE COLUMN tells no JobId"))?;
        Ok(Job {
            id,
            state: by_name("State").unwrap_or_default().to_ascii_uppercase(),
            message: by_name("Msg").unwrap_or_default(),
        })
    });
    jobs.collect()
}

/// Waits for the jobs that are newer than `last`: a table has one at a time, so the statement's is the newest or ended before it.
async fn wait(
    session: &mut Session,
    database: &str,
    table: &str,
    last: u64,
    deadline: Instant,
    patience: Duration,
) -> Result<()> {
    let mut pause = FIRST_LOOK;
    loop {
        let jobs = jobs(session, database, table).await.map_err(|e| {
            e.with("alter", "the statement was accepted").hint("the job goes on: look at SHOW ALTER TABLE COLUMN")
        })?;
        let mut running = None;
        for job in jobs.iter().filter(|job| job.id > last) {
            match job.state.as_str() {
                "FINISHED" => {}
                "CANCELLED" => {
                    return Err(Error::new(ErrorKind::Unsupported, "the server cancelled the schema change")
                        .with("job", job.id)
                        .with("why", &job.message));
                }
                _ => running = Some(job),
            }
        }
        let Some(job) = running else { return Ok(()) };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::new(ErrorKind::Timeout, "the schema change did not finish in time")
                .with("job", job.id)
                .with("state", &job.state)
                .with("timeout_s", patience.as_secs())
                .hint("it goes on: look at SHOW ALTER TABLE COLUMN"));
        }
        tokio::time::sleep(pause.min(left)).await;
        pause = (pause * 2).min(LAST_LOOK);
    }
}
