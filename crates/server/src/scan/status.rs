// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! How a backend says that a request failed.

/// `TStatusCode`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StatusCode(pub(crate) i32);

impl StatusCode {
    pub(crate) const OK: Self = Self(0);
    pub(crate) const MEM_LIMIT_EXCEEDED: Self = Self(5);
    pub(crate) const INTERNAL_ERROR: Self = Self(6);
    pub(crate) const TIMEOUT: Self = Self(8);
    pub(crate) const TOO_MANY_TASKS: Self = Self(16);
    pub(crate) const NOT_FOUND: Self = Self(31);
    pub(crate) const INVALID_ARGUMENT: Self = Self(33);
    /// `OLAP_ERR_VERSION_ALREADY_MERGED`
    pub(crate) const VERSION_ALREADY_MERGED: Self = Self(45);
}

/// A status that is not OK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: StatusCode,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: StatusCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(crate) fn internal(message: impl ToString) -> Self {
        Self::new(StatusCode::INTERNAL_ERROR, message.to_string())
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INVALID_ARGUMENT, message)
    }
}
