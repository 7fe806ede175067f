// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! An embedded server that answers like StarRocks where clients look: FE HTTP, BE HTTP, BE thrift, Arrow Flight SQL and the MySQL
//! protocol over one engine that keeps its tables as Arrow batches.
//!
//! The front ends share nothing but [`engine::Engine`]. This crate never depends on the client crates, so that a wrong
//! belief about the protocol is not tested against itself.

pub mod auth;
mod backends;
pub mod catalog;
pub mod clock;
pub mod compat;
pub mod engine;
mod export;
mod flight;
mod frontends;
pub mod http;
mod information_schema;
mod life;
mod load;
pub mod mysql;
pub mod persist;
mod scan;
mod server;
mod show;
pub mod sql;
pub mod storage;
mod thrift;
pub mod txn;

pub use backends::{BackendState, BackendsConfig};
pub use flight::FlightConfig;
pub use frontends::{FrontendAddresses, FrontendPorts};
pub use server::{MysqlConfig, Server, ServerConfig};
