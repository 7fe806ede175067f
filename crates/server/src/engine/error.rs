// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Errors of the engine. Front ends turn them into HTTP replies and MySQL error codes, so each case that clients tell
//! apart is a variant.

use std::fmt;

use arrow::error::ArrowError;

use crate::txn::TxnState;

/// The result of engine operations.
pub type EngineResult<T> = Result<T, EngineError>;

/// Why the engine refused.
#[derive(Debug)]
pub enum EngineError {
    /// CREATE DATABASE of an existing one.
    DatabaseExists(String),
    /// There is no such database.
    UnknownDatabase(String),
    /// CREATE TABLE or RENAME to an existing one.
    TableExists(String),
    /// There is no such table.
    UnknownTable {
        /// Database name.
        database: String,
        /// Table name.
        table: String,
    },
    /// The table has no such column.
    UnknownColumn {
        /// Table name.
        table: String,
        /// Column name as asked for.
        column: String,
    },
    /// A label that a transaction of the database holds, and in which state that one is.
    LabelExists {
        /// The label.
        label: String,
        /// The holder's transaction id.
        txn_id: i64,
        /// The holder's state.
        state: TxnState,
    },
    /// The label does not match `^[-\w]{1,128}$`.
    InvalidLabel(String),
    /// No transaction has that id.
    UnknownTransaction(i64),
    /// The transaction is not in a state that admits the operation.
    TxnState {
        /// The operation, as in `commit`.
        operation: &'static str,
        /// Transaction id.
        txn_id: i64,
        /// Its label.
        label: String,
        /// The state it is in.
        state: TxnState,
        /// Why it was aborted, if it was.
        reason: String,
    },
    /// The database has as many running transactions as it may have.
    TooManyTransactions {
        /// Database name.
        database: String,
        /// How many are running.
        running: usize,
        /// How many may run.
        limit: usize,
    },
    /// A transaction that wrote no row was to be prepared or committed.
    EmptyLoad,
    /// An optimistic write found another version than it was computed from.
    Conflict {
        /// Table name.
        table: String,
    },
    /// Wrong user or password.
    Unauthenticated {
        /// User name.
        user: String,
        /// The client's host.
        host: String,
        /// Whether a password was sent.
        with_password: bool,
    },
    /// The user lacks a privilege.
    AccessDenied {
        /// User name.
        user: String,
        /// The client's host.
        host: String,
        /// The privilege, as `INSERT`.
        privilege: &'static str,
        /// The object's kind, as `TABLE`.
        object_kind: &'static str,
        /// The object's name.
        object: String,
    },
    /// No frontend is the leader, who alone changes anything.
    NoLeader,
    /// A declaration or request that the engine does not admit; the text says why.
    Invalid(String),
    /// The disk refused.
    Io(std::io::Error),
    /// Arrow refused; a bug or a column beyond Arrow's limits.
    Arrow(ArrowError),
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DatabaseExists(name) => write!(f, "Can't create database '{name}'; database exists"),
            Self::UnknownDatabase(name) => write!(f, "unknown database, database={name}"),
            Self::TableExists(name) => write!(f, "Table '{name}' already exists"),
            Self::UnknownTable { database, table } => write!(f, "unknown table \"{database}.{table}\""),
            Self::UnknownColumn { table, column } => write!(f, "Unknown column '{column}' in '{table}'"),
            Self::LabelExists { label, .. } => write!(f, "Label [{label}] has already been used."),
            Self::InvalidLabel(label) => write!(
                f,
                "Getting analyzing error. Detail message: Label format error. regex: ^[-\\w]{{1,128}}$, label: {label}."
            ),
            Self::UnknownTransaction(id) => write!(f, "transaction not found: {id}"),
            Self::TxnState { operation, txn_id, label, state, .. } => {
                write!(f, "Can not {operation} {} transaction {txn_id}, label is {label}", state.name())
            }
            Self::TooManyTransactions { database, running, limit } => {
                write!(f, "current running txns on db {database} is {running}, larger than limit {limit}")
            }
            Self::EmptyLoad => f.write_str(
                "No rows were imported from upstream. Possible causes: 1) all rows were filtered by load conditions, \
                 2) all rows failed data quality/validation checks, or 3) upstream has no data. If this is acceptable, \
                 set `ADMIN SET FRONTEND CONFIG ('empty_load_as_error' = 'false')` to ignore empty loads",
            ),
            Self::Conflict { table } => {
                write!(f, "table {table} was changed by another transaction meanwhile, please try again")
            }
            Self::Unauthenticated { user, with_password, .. } => {
                let using = if *with_password { "YES" } else { "NO" };
                write!(f, "Access denied for user '{user}' (using password: {using})")
            }
            Self::AccessDenied { privilege, object_kind, object, .. } => write!(
                f,
                "Access denied; you need (at least one of) the {privilege} privilege(s) on {object_kind} {object} for \
                 this operation."
            ),
            Self::NoLeader => f.write_str(
                "no frontend is the leader, since at most half of them are up: bring back as many as it takes to elect one",
            ),
            Self::Invalid(message) => f.write_str(message),
            Self::Io(error) => write!(f, "cannot write to the data directory: {error}"),
            Self::Arrow(error) => write!(f, "cannot process a batch: {error}"),
        }
    }
}

impl std::error::Error for EngineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Arrow(error) => Some(error),
            _ => None,
        }
    }
}

impl From<ArrowError> for EngineError {
    fn from(error: ArrowError) -> Self {
        Self::Arrow(error)
    }
}

impl From<std::io::Error> for EngineError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}
