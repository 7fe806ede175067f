// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The Rust SDK for StarRocks.
//!
//! * [`StarRocks`] is a connection to one cluster: stream loads, transactions, label states and table descriptions.
//! * [`Transaction`] loads many bodies and makes them visible at once.
//! * [`query`] runs a statement and gives its rows as Arrow record batches.
//! * [`scan`] reads tables: plans, splits, and a reader of Arrow record batches.
//! * [`catalog`] lists, describes, creates and changes databases and tables.
//! * [`sink`] is the writer behind the Flink connector: it buffers, flushes, retries and reports.
//! * [`lookup`] finds rows by key, many keys in a statement.
//! * [`tasks`] answers the JSON requests that cross the JNI boundary.
//!
//! Requests go to frontends in turn, redirects are followed by hand, bodies are withheld until the server asks for them,
//! and every wait has a bound. Errors are [`starrocks_types::Error`]; they name host, table, label and transaction, and
//! never hold a password.

pub mod catalog;
mod connection;
mod endpoint;
mod error_log;
mod frontends;
mod hosts;
mod http;
mod lingering;
pub mod lookup;
mod merge;
mod metadata;
pub mod query;
pub mod scan;
mod schema;
pub mod sink;
pub mod tasks;
mod tls;
mod transaction;
mod transport;
mod version;

pub use connection::{StarRocks, StarRocksBuilder};
pub use endpoint::Endpoint;
pub use lingering::{Lingering, LingeringReport, OriginalLabels};
pub use schema::{CheckedSchema, check_schema};
pub use starrocks_protocol::{LabelState, Reply};
pub use transaction::{Transaction, TransactionOptions};
