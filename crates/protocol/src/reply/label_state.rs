// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The state of a label.

use starrocks_types::{Error, ErrorKind, Result};

use super::{Reply, excerpt};

/// The state of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelState {
    /// Never used, or forgotten.
    Unknown,
    /// Begun.
    Prepare,
    /// Prepared, waiting for commit.
    Prepared,
    /// Committed, not yet visible.
    Committed,
    /// Committed and visible.
    Visible,
    /// Aborted.
    Aborted,
}

impl LabelState {
    /// Reads the server's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "UNKNOWN" => Self::Unknown,
            "PREPARE" => Self::Prepare,
            "PREPARED" => Self::Prepared,
            "COMMITTED" => Self::Committed,
            "VISIBLE" => Self::Visible,
            "ABORTED" => Self::Aborted,
            _ => return None,
        })
    }

    /// The server's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Prepare => "PREPARE",
            Self::Prepared => "PREPARED",
            Self::Committed => "COMMITTED",
            Self::Visible => "VISIBLE",
            Self::Aborted => "ABORTED",
        }
    }

    /// Whether the rows count.
    pub fn is_committed(self) -> bool {
        matches!(self, Self::Committed | Self::Visible)
    }
}

impl Reply {
    /// The state of a label from a `get_load_state` reply. An error when the word is missing or unknown.
    pub fn label_state(&self) -> Result<LabelState> {
        let word = self.state.as_deref().unwrap_or_default();
        LabelState::from_word(word).ok_or_else(|| {
            Error::new(ErrorKind::Protocol, "the answer holds no label state that we know")
                .with("state", excerpt(word.as_bytes(), 40))
        })
    }
}
