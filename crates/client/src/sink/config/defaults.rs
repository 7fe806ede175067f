// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What absent fields mean: the defaults of the connector.

use super::{RowFormat, Semantic};

pub(super) fn format() -> RowFormat {
    RowFormat::Csv
}
pub(super) fn semantic() -> Semantic {
    Semantic::AtLeastOnce
}
pub(super) fn yes() -> bool {
    true
}
pub(super) fn parallelism() -> u32 {
    1
}
pub(super) fn max_bytes() -> u64 {
    90 << 20
}
pub(super) fn flush_interval_ms() -> u64 {
    300_000
}
pub(super) fn version_wait_ms() -> u64 {
    300_000
}
pub(super) fn samples() -> usize {
    100
}
pub(super) fn chunk_bytes() -> u64 {
    3 << 30
}
pub(super) fn connections() -> u32 {
    20
}
pub(super) fn label_requests() -> u32 {
    3
}
pub(super) fn check_ms() -> u64 {
    500
}
pub(super) fn connect_timeout_ms() -> u64 {
    30_000
}
pub(super) fn socket_timeout_ms() -> i64 {
    -1
}
pub(super) fn continue_timeout_ms() -> u64 {
    30_000
}
pub(super) fn max_retries() -> u32 {
    3
}
pub(super) fn retry_interval_ms() -> u64 {
    10_000
}
pub(super) fn time_zone() -> String {
    "UTC".to_owned()
}
pub(super) fn native_memory_bytes() -> u64 {
    256 << 20
}
