// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! StarRocks' protocols for loading and reading as plain functions over text and bytes: request heads, replies, status words,
//! labels, plans and scanner calls. No sockets, no clock, no randomness.

mod label;
mod reply;
mod request;
pub mod scan;
pub mod words;

pub use label::{
    LabelGenerator, LabelParts, MAX_LABEL_LEN, MAX_PREFIX_LEN, check_label, check_prefix, fresh_epoch, parse_label,
};
pub use reply::{ExistingJob, LabelState, Operation, Outcome, Reply, excerpt, parse_reply, unreadable};
pub use request::{Method, RequestHead, TransactionRef, basic_auth, cancel, label_state, load_nodes, stream_load};
