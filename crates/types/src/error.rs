// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One error type for the SDK, the native library and `srctl`: what failed, where, why, and whether trying again can help.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// The result of every fallible function of the connector's crates.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. The names are the same in Rust, in Java (`StarRocksNativeException.code()`) and in the docs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option or argument is missing, malformed or contradicts another one.
    InvalidConfig,
    /// The Flink schema and the StarRocks table do not fit together.
    SchemaMismatch,
    /// No FE or BE could be reached, or the connection broke.
    Network,
    /// The peer did not answer within its time-out.
    Timeout,
    /// Wrong user or password.
    Unauthenticated,
    /// The user lacks a privilege.
    AccessDenied,
    /// The database, table, label or transaction does not exist.
    NotFound,
    /// The label is taken by another load.
    LabelExists,
    /// The server rejected rows, and more of them than `max_filter_ratio` allows.
    RowsRejected,
    /// A row cannot be encoded for the target column.
    InvalidRow,
    /// The server refused the load or the transaction for another reason.
    LoadFailed,
    /// The server could not carry out a query or a scan.
    QueryFailed,
    /// The outcome of a transaction cannot be determined.
    TransactionUnknown,
    /// The peer answered something that is not the StarRocks protocol.
    Protocol,
    /// The handle, writer or server is closed.
    Closed,
    /// A memory or concurrency limit is exhausted.
    Exhausted,
    /// The server or this version does not support the request.
    Unsupported,
    /// A panic was caught at a boundary.
    Panic,
    /// A bug: a state that should be impossible.
    Unexpected,
}

impl ErrorKind {
    /// The stable upper-snake-case name, as Java and the docs spell it.
    pub fn code(self) -> &'static str {
        match self {
            Self::InvalidConfig => "INVALID_CONFIG",
            Self::SchemaMismatch => "SCHEMA_MISMATCH",
            Self::Network => "NETWORK",
            Self::Timeout => "TIMEOUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::AccessDenied => "ACCESS_DENIED",
            Self::NotFound => "NOT_FOUND",
            Self::LabelExists => "LABEL_EXISTS",
            Self::RowsRejected => "ROWS_REJECTED",
            Self::InvalidRow => "INVALID_ROW",
            Self::LoadFailed => "LOAD_FAILED",
            Self::QueryFailed => "QUERY_FAILED",
            Self::TransactionUnknown => "TRANSACTION_UNKNOWN",
            Self::Protocol => "PROTOCOL",
            Self::Closed => "CLOSED",
            Self::Exhausted => "EXHAUSTED",
            Self::Unsupported => "UNSUPPORTED",
            Self::Panic => "PANIC",
            Self::Unexpected => "UNEXPECTED",
        }
    }
}

/// Whether the same operation may succeed when it is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// Trying again cannot help without a change by the user.
    Permanent,
    /// Trying again may help, and the failed attempt certainly had no effect.
    Safe,
    /// Trying again may help, but the failed attempt may have taken effect.
    Ambiguous,
    /// Retries were made and did not help.
    Exhausted,
}

/// An error with the facts that a person needs at three in the morning. A clone tells the same story again, so that a
/// failed sink can answer every later call with it.
///
/// `Display` is one line: operation, message, context pairs in the order they were added, and the cause. Context never
/// holds secrets, and row data only where the caller asked for it.
#[derive(Clone)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    retry: Retry,
    operation: Option<Cow<'static, str>>,
    message: String,
    context: Vec<(&'static str, String)>,
    hint: Option<Cow<'static, str>>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A permanent error; use [`Error::retry`] where trying again can help.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                retry: Retry::Permanent,
                operation: None,
                message: message.into(),
                context: Vec::new(),
                hint: None,
                source: None,
            }),
        }
    }

    /// Sets whether trying again can help.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.inner.retry = retry;
        self
    }

    /// Names the operation that failed, such as `begin transaction`. The innermost name wins.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<Cow<'static, str>>) -> Self {
        self.inner.operation.get_or_insert(operation.into());
        self
    }

    /// Adds a fact such as `("label", label)`. A key that is already there keeps its first value.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl ToString) -> Self {
        if !self.inner.context.iter().any(|(k, _)| *k == key) {
            self.inner.context.push((key, value.to_string()));
        }
        self
    }

    /// Says what the user can do about it. The innermost hint wins.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.inner.hint.get_or_insert(hint.into());
        self
    }

    /// Attaches the underlying error.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.inner.source = Some(Arc::from(source.into()));
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Whether trying again can help.
    pub fn retry_class(&self) -> Retry {
        self.inner.retry
    }

    /// The message without operation, context and cause.
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// What the user can do, if known.
    pub fn hint_text(&self) -> Option<&str> {
        self.inner.hint.as_deref()
    }

    /// The context pairs in the order they were added.
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.inner.context
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = &self.inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&self.inner.message)?;
        for (i, (key, value)) in self.inner.context.iter().enumerate() {
            write!(f, "{}{key}={value}", if i == 0 { " [" } else { ", " })?;
        }
        if !self.inner.context.is_empty() {
            f.write_str("]")?;
        }
        let mut source = self.inner.source.as_deref().map(|s| s as &dyn StdError);
        while let Some(cause) = source {
            write!(f, "; caused by: {cause}")?;
            source = cause.source();
        }
        if let Some(hint) = &self.inner.hint {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?}): {self}", self.inner.kind.code(), self.inner.retry)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|s| s as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_operation_context_cause_and_hint_on_one_line() {
        let error = Error::new(ErrorKind::Network, "connection refused")
            .operation("begin transaction")
            .with("fe", "127.0.0.1:8030")
            .with("label", "l1")
            .caused_by(std::io::Error::other("os error 111"))
            .hint("check load-url");
        assert_eq!(
            error.to_string(),
            "begin transaction: connection refused [fe=127.0.0.1:8030, label=l1]; caused by: os error 111; check load-url"
        );
    }

    #[test]
    fn the_first_value_of_a_context_key_wins() {
        let error = Error::new(ErrorKind::LoadFailed, "x").with("label", "inner").with("label", "outer");
        assert_eq!(error.context(), [("label", "inner".to_owned())]);
    }
}
