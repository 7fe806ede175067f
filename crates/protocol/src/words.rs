// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The words of the protocol: reply keys, status words and label states, spelled as the server spells them. Clients
//! compare keys without regard to case and status words exactly.

/// Keys of stream-load and transaction replies.
pub mod key {
    /// Outcome word, see [`super::status`].
    pub const STATUS: &str = "Status";
    /// Human-readable text.
    pub const MESSAGE: &str = "Message";
    /// The human-readable text of the FE's REST replies.
    pub const MSG: &str = "msg";
    /// Label of the load.
    pub const LABEL: &str = "Label";
    /// Transaction id, -1 when none began.
    pub const TXN_ID: &str = "TxnId";
    /// What the holder of a taken label does: `RUNNING` or `FINISHED`.
    pub const EXISTING_JOB_STATUS: &str = "ExistingJobStatus";
    /// Rows parsed.
    pub const NUMBER_TOTAL_ROWS: &str = "NumberTotalRows";
    /// Rows loaded.
    pub const NUMBER_LOADED_ROWS: &str = "NumberLoadedRows";
    /// Rows rejected for their quality.
    pub const NUMBER_FILTERED_ROWS: &str = "NumberFilteredRows";
    /// Rows that missed the `where` condition.
    pub const NUMBER_UNSELECTED_ROWS: &str = "NumberUnselectedRows";
    /// Body bytes received.
    pub const LOAD_BYTES: &str = "LoadBytes";
    /// Whole time of the load.
    pub const LOAD_TIME_MS: &str = "LoadTimeMs";
    /// Time to begin the transaction.
    pub const BEGIN_TXN_TIME_MS: &str = "BeginTxnTimeMs";
    /// Time to plan.
    pub const STREAM_LOAD_PLAN_TIME_MS: &str = "StreamLoadPlanTimeMs";
    /// Time to read the body (stream load).
    pub const READ_DATA_TIME_MS: &str = "ReadDataTimeMs";
    /// Time to receive the body (transactions).
    pub const RECEIVED_DATA_TIME_MS: &str = "ReceivedDataTimeMs";
    /// Time to write.
    pub const WRITE_DATA_TIME_MS: &str = "WriteDataTimeMs";
    /// Time to commit and publish.
    pub const COMMIT_AND_PUBLISH_TIME_MS: &str = "CommitAndPublishTimeMs";
    /// Where the rejected rows' reasons can be read.
    pub const ERROR_URL: &str = "ErrorURL";
    /// Time until the window of a merge commit closes.
    pub const LEFT_MERGE_TIME_MS: &str = "LeftMergeTimeMs";
    /// The same in StarRocks 3.4.0.
    pub const LEFT_TIME_MS: &str = "LeftTimeMs";
    /// State of a label (`get_load_state`).
    pub const STATE: &str = "state";
    /// Why a label was aborted (`get_load_state`).
    pub const REASON: &str = "reason";
}

/// Status words.
pub mod status {
    /// Stream load: loaded and visible.
    pub const SUCCESS: &str = "Success";
    /// Stream load: committed, visible a little later.
    pub const PUBLISH_TIMEOUT_WORDS: &str = "Publish Timeout";
    /// Stream load: the label is taken.
    pub const LABEL_ALREADY_EXISTS_WORDS: &str = "Label Already Exists";
    /// Stream load: failed.
    pub const FAIL: &str = "Fail";
    /// Transactions and REST replies: done.
    pub const OK: &str = "OK";
    /// FE: refused.
    pub const FAILED: &str = "FAILED";
    /// Transactions: the label is taken.
    pub const LABEL_ALREADY_EXISTS: &str = "LABEL_ALREADY_EXISTS";
    /// Transactions: no such transaction.
    pub const TXN_NOT_EXISTS: &str = "TXN_NOT_EXISTS";
    /// Transactions: another request of the same label is still running.
    pub const TXN_IN_PROCESSING: &str = "TXN_IN_PROCESSING";
    /// Transactions: a header contradicts the transaction.
    pub const INVALID_ARGUMENT: &str = "INVALID_ARGUMENT";
    /// Transactions: the load cannot be planned.
    pub const ANALYSIS_ERROR: &str = "ANALYSIS_ERROR";
    /// Transactions: failed on the server.
    pub const INTERNAL_ERROR: &str = "INTERNAL_ERROR";
    /// Transactions: committed, visible a little later.
    pub const PUBLISH_TIMEOUT: &str = "PUBLISH_TIMEOUT";
    /// `ExistingJobStatus`: the holder of the label has not ended.
    pub const RUNNING: &str = "RUNNING";
    /// `ExistingJobStatus`: the holder of the label has committed.
    pub const FINISHED: &str = "FINISHED";
}
