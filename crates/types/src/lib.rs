// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Logical types, schemas and the error type that every crate of the connector shares. No I/O, no async.

mod catalog;
mod error;
mod flink;
mod mapping;
mod starrocks;

pub use catalog::{flink_type, starrocks_type};
pub use error::{Error, ErrorKind, Result, Retry};
pub use flink::{FlinkColumn, FlinkType, FlinkTypeRoot};
pub use mapping::check_mapping;
pub use starrocks::{StarRocksColumn, StarRocksTable, StarRocksType, TableModel};
