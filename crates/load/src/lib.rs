// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The load life cycle as a state machine without I/O.
//!
//! A [`LoadMachine`] decides for one table of one sink subtask what to send next: `begin, load, …, prepare, commit`, or one
//! stream load a chunk. It knows no socket, clock or random source: time is a number of milliseconds that the caller passes
//! in, randomness a seed, and everything to be done comes out as an [`Action`]. The guarantees are described in
//! `docs/design/exactly-once.md` and tested against a model server that loses requests before and after they take effect.

mod commit;
mod config;
mod labels;
mod machine;
mod merge;
mod pace;
mod plain;
mod reason;
mod retry;
mod transaction;
mod wire;

pub use commit::{Commit, CommitStep, CommitVerdict};
pub use config::{Delivery, LoadConfig};
pub use machine::{Action, Committable, LoadMachine};
pub use merge::{MergePolicy, MergeStep, MergeVerdict, Merged, MergedLoad, MergedState};
pub use pace::Pace;
pub use reason::{FlushCounts, FlushReason};
pub use retry::{Retries, RetryPolicy};
pub use wire::{Answer, Chunk, Failure, FailureClass, Request, ServerTimes};
