// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Errors as MySQL clients see them: code, SQL state and text of a StarRocks FE.

use std::fmt;

use crate::engine::{EngineError, Identity, Object};

/// The result of a statement.
pub(crate) type SqlResult<T> = Result<T, SqlError>;

/// An error packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SqlError {
    /// The error code.
    pub(crate) code: u16,
    /// Five characters.
    pub(crate) state: &'static str,
    /// The text.
    pub(crate) message: String,
}

/// Where something is in a statement's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Position {
    /// Line, from 1.
    pub(crate) line: u32,
    /// Character in the line, from 0.
    pub(crate) column: u32,
}

/// From the first to behind the last character of a part of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) from: Position,
    pub(crate) to: Position,
}

impl SqlError {
    /// An error with code 1064, which the FE gives to nearly everything.
    pub(crate) fn plain(message: impl Into<String>) -> Self {
        Self { code: 1064, state: "HY000", message: message.into() }
    }

    /// Another code and state.
    pub(crate) fn coded(code: u16, state: &'static str, message: impl Into<String>) -> Self {
        Self { code, state, message: message.into() }
    }

    /// Something that parses but means nothing.
    pub(crate) fn analyzing(detail: impl fmt::Display) -> Self {
        Self::plain(format!("Getting analyzing error. Detail message: {detail}."))
    }

    /// The same with another code.
    pub(crate) fn analyzing_coded(code: u16, state: &'static str, detail: impl fmt::Display) -> Self {
        Self { code, state, ..Self::analyzing(detail) }
    }

    /// The same, naming the part of the statement.
    pub(crate) fn analyzing_at(span: Span, detail: impl fmt::Display) -> Self {
        let Span { from, to } = span;
        Self::plain(format!(
            "Getting analyzing error from line {}, column {} to line {}, column {}. Detail message: {detail}.",
            from.line, from.column, to.line, to.column
        ))
    }

    /// The same, naming where a part of the statement begins.
    pub(crate) fn analyzing_from(at: Position, detail: impl fmt::Display) -> Self {
        Self::plain(format!(
            "Getting analyzing error at line {}, column {}. Detail message: {detail}.",
            at.line, at.column
        ))
    }

    /// Something that does not parse.
    pub(crate) fn syntax(at: Position, detail: impl fmt::Display) -> Self {
        Self::plain(format!(
            "Getting syntax error at line {}, column {}. Detail message: {detail}.",
            at.line, at.column
        ))
    }

    pub(crate) fn unknown_database(name: &str) -> Self {
        Self::coded(5501, "3F000", format!("Unknown database '{name}'"))
    }

    /// As a statement that was analysed reports it.
    pub(crate) fn analyzing_unknown_database(name: &str) -> Self {
        Self::analyzing_coded(5501, "3F000", format_args!("Unknown database '{name}'"))
    }

    /// `name` is `table` or `database.table`, whichever the statement's kind reports.
    pub(crate) fn unknown_table(name: impl fmt::Display) -> Self {
        Self::analyzing_coded(5502, "42602", format_args!("Unknown table '{name}'"))
    }

    /// The other form, of statements that look the table up themselves.
    pub(crate) fn table_not_found(name: &str) -> Self {
        Self::analyzing(format_args!("Table {name} is not found"))
    }

    pub(crate) fn denied(privilege: &str, kind: &str, object: &str, roles: &str) -> Self {
        let object = if object.is_empty() { String::new() } else { format!(" {object}") };
        Self::coded(
            5203,
            "42000",
            format!(
                "Access denied; you need (at least one of) the {privilege} privilege(s) on {kind}{object} for this \
                 operation. Please ask the admin to grant permission(s) or try activating existing roles using \
                 <set [default] role>. Current role(s): {roles}. Inactivated role(s): NONE."
            ),
        )
    }

    /// An [`EngineError::AccessDenied`] as the FE words it.
    pub(crate) fn access_denied(identity: &Identity, privilege: &str, object: Object<'_>) -> Self {
        let (kind, name) = match object {
            Object::System => ("SYSTEM", ""),
            Object::Database(database) => ("DATABASE", database),
            Object::Table { table, .. } => ("TABLE", table),
            Object::View { view, .. } => ("VIEW", view),
        };
        let roles = if identity.user == "root" { "[root]" } else { "NONE" };
        Self::denied(privilege, kind, name, roles)
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ERROR {} ({}): {}", self.code, self.state, self.message)
    }
}

impl From<EngineError> for SqlError {
    fn from(error: EngineError) -> Self {
        let message = error.to_string();
        match error {
            EngineError::DatabaseExists(_) => Self::coded(1007, "HY000", message),
            EngineError::UnknownDatabase(name) => Self::unknown_database(&name),
            EngineError::TableExists(name) => {
                Self::analyzing_coded(1050, "42S01", format_args!("Table '{name}' already exists"))
            }
            EngineError::UnknownTable { database, table } => Self::unknown_table(format_args!("{database}.{table}")),
            EngineError::UnknownColumn { .. } => Self::coded(5509, "42S22", message),
            EngineError::LabelExists { label, .. } => {
                Self::analyzing(format_args!("fail to begin transaction. Label [{label}] has already been used."))
            }
            EngineError::Unauthenticated { .. } => Self::coded(1045, "28000", message),
            _ => Self::plain(message),
        }
    }
}
