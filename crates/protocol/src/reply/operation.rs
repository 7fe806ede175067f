// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What is asked of the server.

/// The request that a reply answers; the list of success words depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `_stream_load`
    StreamLoad,
    /// `transaction/begin`
    Begin,
    /// `transaction/load`
    Load,
    /// `transaction/prepare`
    Prepare,
    /// `transaction/commit`
    Commit,
    /// `transaction/rollback`
    Rollback,
    /// `get_load_state`
    LabelState,
    /// `_cancel`
    Cancel,
    /// `_stream_load_meta`
    LoadNodes,
}

impl Operation {
    /// How the operation is called in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::StreamLoad => "stream load",
            Self::Begin => "begin transaction",
            Self::Load => "load into transaction",
            Self::Prepare => "prepare transaction",
            Self::Commit => "commit transaction",
            Self::Rollback => "roll back transaction",
            Self::LabelState => "get label state",
            Self::Cancel => "cancel load",
            Self::LoadNodes => "list load nodes",
        }
    }
}
