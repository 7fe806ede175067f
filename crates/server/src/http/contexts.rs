// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What the backend knows of open transactions beyond the engine.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::load::{LoadOptions, LoadPlan};
use crate::txn::LoadCounters;

/// One table's part of an open transaction.
pub(super) struct Context {
    pub(super) txn_id: i64,
    pub(super) table: String,
    /// One operation at a time.
    pub(super) busy: bool,
    /// The first load's headers and plan; later loads must repeat the headers.
    pub(super) load: Option<(LoadOptions, Arc<LoadPlan>)>,
    pub(super) counters: LoadCounters,
    pub(super) error_log: Option<String>,
    pub(super) begun: Instant,
    pub(super) plan_time: Duration,
    pub(super) read_time: Duration,
}

impl Context {
    pub(super) fn new(txn_id: i64, table: &str) -> Self {
        Self {
            txn_id,
            table: table.to_owned(),
            busy: false,
            load: None,
            counters: LoadCounters::default(),
            error_log: None,
            begun: Instant::now(),
            plan_time: Duration::ZERO,
            read_time: Duration::ZERO,
        }
    }
}

/// A transaction writes to one table, unless it is a multi-table one: that has a context for each.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) database: String,
    pub(super) label: String,
    /// Only in multi-table transactions.
    pub(super) table: Option<String>,
}

/// All contexts. Those whose transaction has ended elsewhere are found by their transaction's id and go with the next sweep.
#[derive(Default)]
pub(super) struct Contexts(Mutex<HashMap<Key, Context>>);

impl Contexts {
    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<Key, Context>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
