// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Reading a table: the request for a plan and its answer (HTTP, JSON), and the calls to the scanners of a backend
//! (thrift's binary protocol, unframed).
//!
//! Messages of a backend are read from a buffer that grows: a reader says how many bytes it needs, and no length that the
//! peer sends makes it reserve or accept more than the limits here.

mod binary;
mod calls;
mod plan;

pub use binary::Decoded;
pub use calls::{
    CloseReply, MAX_ANSWER_BYTES, MAX_BATCH_ROWS, NextReply, OpenReply, OpenScanner, ScanColumn, ScanStatus,
    decode_close_scanner, decode_get_next, decode_open_scanner, encode_close_scanner, encode_get_next, status_name,
};
pub use plan::{PlannedTablet, QueryPlan, needs_query, parse_query_plan, query_plan, query_plan_body};
