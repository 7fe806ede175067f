// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Reading tables.
//!
//! A frontend plans ([`StarRocks::plan_scan`](crate::StarRocks::plan_scan)), the plan is cut into [`Split`]s, and a [`ScanReader`] reads splits from the backends
//! as Arrow record batches, several tablets at a time:
//!
//! ```no_run
//! # async fn example(client: starrocks_client::StarRocks) -> starrocks_types::Result<()> {
//! use starrocks_client::scan::{ScanEvent, ScanOptions, ScanReader, ScanRequest};
//!
//! let request = ScanRequest::table("demo", "flights").columns(["carrier", "flight"]).filter("distance > 1000");
//! let options = ScanOptions::default();
//! let plan = client.plan_scan(&request, &options).await?;
//! let mut reader = ScanReader::new(client, request, options)?;
//! for split in plan.splits(16) {
//!     reader.add_split(split)?;
//! }
//! while let Some(event) = reader.next().await? {
//!     if let ScanEvent::Batch(batch) = event {
//!         println!("{} rows of tablet {}", batch.batch.num_rows(), batch.tablet);
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Each row comes once. When a connection breaks, a backend goes away, a scanner expires or a version is compacted away,
//! the tablet is read again, elsewhere or under a new plan, and the rows that were given out are dropped, provided that
//! their [fingerprint](RowHash) is the same; where it is not, the scan fails.

mod backend;
mod column;
mod counters;
mod fingerprint;
mod plan;
mod reader;
mod request;
mod row_reader;
mod scanner;
mod split;
mod statement;
mod tablet;

pub use column::{ColumnPath, Step};
pub use counters::ScanCounters;
pub use fingerprint::{ColumnHash, RowHash};
pub use plan::ScanPlan;
pub use reader::{ScanBatch, ScanEvent, ScanReader};
pub use request::{ScanOptions, ScanRequest};
pub use row_reader::{RowEvent, RowReader, WrittenRows};
pub use split::{Split, SplitTablet};
