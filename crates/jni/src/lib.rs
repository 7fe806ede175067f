// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The native library of the connector. The contract with Java is `docs/design/jni-boundary.md`.
//!
//! `exports` holds the functions that the JVM calls, each a thin shell around a function that returns a `Result`.
//! Everything behind it is plain Rust: handles name sinks, lookups and tasks, which run on the process-wide runtime and tell
//! their progress through a lock and a condition variable that the calling Java thread waits on for at most 100 ms.

mod buffers;
mod client;
mod error;
mod exports;
mod handles;
mod logs;
mod lookup;
mod metrics;
mod panics;
mod progress;
mod runtime;
mod scan;
mod sink;
mod task;
#[cfg(feature = "testing")]
mod testing;

/// The number that Java compares before anything else. It changes with every incompatible change of the native
/// methods, of the row batch, of the log records or of the order of the metrics.
const ABI_VERSION: i32 = 2;

/// Version and commit, for messages.
const CORE_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (commit ", env!("STARROCKS_COMMIT"), ")");
