// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The table of transactions and the rules of labels.

use std::collections::{BTreeMap, HashMap};

use super::{TxnInfo, TxnState};
use crate::clock::{Micros, micros};
use crate::engine::{EngineError, EngineResult, Settings, TableWrite};

/// A transaction and what it staged.
pub(crate) struct Txn {
    pub(crate) info: TxnInfo,
    pub(crate) writes: Vec<TableWrite>,
    pub(crate) last_activity: Micros,
    /// Whether it may be committed without rows whatever the settings say.
    pub(crate) may_be_empty: bool,
}

/// Every transaction the server remembers.
#[derive(Default)]
pub(crate) struct TxnTable {
    by_id: BTreeMap<i64, Txn>,
    /// The newest transaction of each (database, label).
    by_label: HashMap<(u64, String), i64>,
    last_id: i64,
}

impl TxnTable {
    /// An empty table that gives out ids above `last_id`.
    pub(crate) fn starting_after(last_id: i64) -> Self {
        Self { last_id, ..Self::default() }
    }

    pub(crate) fn last_id(&self) -> i64 {
        self.last_id
    }

    pub(crate) fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    /// Fails when a transaction that is not aborted holds the label or too many are running.
    pub(crate) fn check_begin(&self, database_id: u64, database: &str, label: &str, limit: usize) -> EngineResult<()> {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if label.is_empty() || label.len() > 128 || !label.chars().all(word) {
            return Err(EngineError::InvalidLabel(label.to_owned()));
        }
        if let Some(holder) = self.by_label(database_id, label).filter(|t| t.info.state != TxnState::Aborted) {
            return Err(EngineError::LabelExists {
                label: label.to_owned(),
                txn_id: holder.info.id,
                state: holder.info.state,
            });
        }
        let running =
            self.by_id.values().filter(|t| t.info.database_id == database_id && !t.info.state.is_final()).count();
        if running >= limit {
            return Err(EngineError::TooManyTransactions { database: database.to_owned(), running, limit });
        }
        Ok(())
    }

    pub(crate) fn insert(&mut self, txn: Txn) {
        self.last_id = self.last_id.max(txn.info.id);
        self.by_label.insert((txn.info.database_id, txn.info.label.clone()), txn.info.id);
        self.by_id.insert(txn.info.id, txn);
    }

    pub(crate) fn get(&self, id: i64) -> Option<&Txn> {
        self.by_id.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: i64) -> Option<&mut Txn> {
        self.by_id.get_mut(&id)
    }

    pub(crate) fn by_label(&self, database_id: u64, label: &str) -> Option<&Txn> {
        self.by_id.get(self.by_label.get(&(database_id, label.to_owned()))?)
    }

    /// Gives the transactions of a database its new name.
    pub(crate) fn rename_database(&mut self, database_id: u64, name: &str) {
        for txn in self.by_id.values_mut().filter(|txn| txn.info.database_id == database_id) {
            name.clone_into(&mut txn.info.database);
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Txn> {
        self.by_id.values()
    }

    /// Ids and reasons of transactions whose time is over.
    pub(crate) fn expired(&self, now: Micros) -> Vec<(i64, String)> {
        let over = |since: Micros, limit: std::time::Duration| now.saturating_sub(since) > micros(limit);
        self.by_id
            .values()
            .filter_map(|txn| {
                let info = &txn.info;
                let reason = match info.state {
                    TxnState::Prepare if over(info.begun, info.timeout) => {
                        format!("transaction is aborted by timeout {} seconds.", info.timeout.as_secs())
                    }
                    TxnState::Prepare => {
                        let idle = info.idle_timeout.filter(|&idle| over(txn.last_activity, idle))?;
                        format!("transaction is aborted by idle timeout {} seconds.", idle.as_secs())
                    }
                    TxnState::Prepared if over(info.prepared.unwrap_or(info.begun), info.prepared_timeout) => {
                        "timeout by txn manager".to_owned()
                    }
                    _ => return None,
                };
                Some((info.id, reason))
            })
            .collect()
    }

    /// Drops finished transactions beyond the label retention, oldest first, and returns their ids.
    pub(crate) fn forget_finished(&mut self, now: Micros, settings: &Settings) -> Vec<i64> {
        let mut kept: HashMap<u64, usize> = HashMap::new();
        let mut gone = Vec::new();
        for txn in self.by_id.values().rev().filter(|t| t.info.state.is_final()) {
            let count = kept.entry(txn.info.database_id).or_default();
            *count += 1;
            let age = now.saturating_sub(txn.info.finished.unwrap_or(txn.info.begun));
            if *count > settings.label_keep_max_num || age > micros(settings.label_keep(txn.info.source)) {
                gone.push(txn.info.id);
            }
        }
        self.remove(&gone);
        gone
    }

    /// Drops the finished transactions of a database, or of all.
    pub(crate) fn evict_finished(&mut self, database_id: Option<u64>) {
        let of_it = |info: &TxnInfo| database_id.is_none_or(|id| id == info.database_id);
        let finished = self.by_id.values().filter(|t| t.info.state.is_final() && of_it(&t.info));
        let gone: Vec<i64> = finished.map(|t| t.info.id).collect();
        self.remove(&gone);
    }

    pub(crate) fn remove(&mut self, ids: &[i64]) {
        for id in ids {
            if let Some(txn) = self.by_id.remove(id) {
                let key = (txn.info.database_id, txn.info.label);
                if self.by_label.get(&key) == Some(id) {
                    self.by_label.remove(&key);
                }
            }
        }
    }
}
