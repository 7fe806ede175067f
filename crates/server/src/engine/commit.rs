// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The life of a transaction: begin, stage, prepare, commit, abort.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use serde::{Deserialize, Serialize};

use super::{Engine, EngineError, EngineResult, Writer, ddl};
use crate::catalog::Catalog;
use crate::storage::Table;
use crate::txn::{BeginTxn, LoadCounters, LoadSource, Txn, TxnInfo, TxnState};

/// Rows that a transaction writes to one table, in order.
#[derive(Debug, Clone)]
pub struct TableWrite {
    /// The table.
    pub table_id: u64,
    /// Ids of the table's columns in the batches' order.
    pub columns: Vec<u32>,
    /// Whether a column `Int8` follows the others: 0 upserts the row, 1 deletes its key. Primary-key tables only.
    pub has_op: bool,
    /// What the rows do to the table.
    pub mode: WriteMode,
    /// The id of a column: a row replaces a stored one only if this column is not less there. Primary-key tables only.
    pub merge_condition: Option<u32>,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

impl TableWrite {
    /// A write of whole rows, as [`Engine::complete_rows`] gives them.
    pub fn rows(table: &Table, batches: Vec<RecordBatch>) -> Self {
        let columns = table.def().columns.iter().map(|c| c.id).collect();
        Self { table_id: table.id(), columns, has_op: false, mode: WriteMode::Write, merge_condition: None, batches }
    }

    /// The same, replacing all rows of the table as it was at `table`'s version: INSERT OVERWRITE, and DELETE or UPDATE
    /// of tables without primary key. Committing fails with [`EngineError::Conflict`] when the table has changed.
    pub fn overwrite(table: &Table, batches: Vec<RecordBatch>) -> Self {
        let mode = WriteMode::Overwrite { version: table.version() };
        Self { mode, ..Self::rows(table, batches) }
    }
}

/// What staged rows do to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WriteMode {
    /// Append, or upsert and delete in a primary-key table.
    Write,
    /// Change the given columns of rows; a key that is not there is inserted with defaults. Primary-key tables only.
    PartialRow,
    /// Change the given columns of rows; a key that is not there is left out. Primary-key tables only.
    PartialColumn,
    /// Replace everything.
    Overwrite {
        /// The version that must still be the table's.
        version: u64,
    },
}

/// What a commit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// The transaction became visible by this call.
    Now,
    /// It had been committed before.
    Before,
}

impl Engine {
    /// Begins a transaction.
    ///
    /// # Errors
    /// [`EngineError::UnknownDatabase`], [`EngineError::UnknownTable`], [`EngineError::InvalidLabel`],
    /// [`EngineError::LabelExists`], [`EngineError::TooManyTransactions`], [`EngineError::Invalid`] for a time-out.
    pub fn begin(&self, begin: BeginTxn) -> EngineResult<i64> {
        self.check_leader()?;
        let database = self.database(&begin.database)?;
        let table = begin.table.as_deref().map(|t| self.table(&begin.database, t)).transpose()?;
        let settings = self.settings();
        let timeout = begin.timeout.unwrap_or(Duration::from_secs(settings.stream_load_default_timeout_second));
        let (min, max) = (settings.min_load_timeout_second, settings.max_stream_load_timeout_second);
        if !(min..=max).contains(&timeout.as_secs()) {
            return Err(EngineError::Invalid(format!(
                "Invalid timeout: '{}'. Expected values should be between {min} and {max} seconds",
                timeout.as_secs()
            )));
        }
        let now = self.clock().now();
        let mut txns = self.txns();
        txns.check_begin(database.id, &database.name, &begin.label, settings.max_running_txn_num_per_db)?;
        let id = txns.next_id();
        let info = TxnInfo {
            id,
            database_id: database.id,
            database: begin.database,
            label: begin.label,
            table_ids: table.iter().map(|t| t.id()).collect(),
            state: TxnState::Prepare,
            source: begin.source,
            coordinator: begin.coordinator,
            timeout,
            idle_timeout: begin.idle_timeout,
            prepared_timeout: Duration::from_secs(settings.prepared_transaction_default_timeout_second),
            begun: now,
            prepared: None,
            committed: None,
            finished: None,
            reason: String::new(),
            counters: LoadCounters::default(),
            by_table: BTreeMap::new(),
        };
        if let Some(journal) = self.journal() {
            // Nobody waits for it: a transaction that is lost before it is prepared has not begun.
            journal.txn(&info)?;
        }
        let may_be_empty = !matches!(begin.source, LoadSource::BackendStreaming | LoadSource::FrontendStreaming);
        txns.insert(Txn { info, writes: Vec::new(), last_activity: now, may_be_empty });
        Ok(id)
    }

    /// Adds rows and counts to a transaction in PREPARE. The counts are the table's too if all rows are for one.
    ///
    /// # Errors
    /// [`EngineError::UnknownTransaction`], [`EngineError::TxnState`].
    pub fn stage(&self, txn_id: i64, writes: Vec<TableWrite>, counters: &LoadCounters) -> EngineResult<()> {
        if let Some(journal) = self.journal() {
            for write in &writes {
                journal.stage(&write.batches)?;
            }
        }
        let now = self.clock().now();
        let mut txns = self.txns();
        let txn = txns.get_mut(txn_id).ok_or(EngineError::UnknownTransaction(txn_id))?;
        expect_state(&txn.info, "write to", &[TxnState::Prepare])?;
        if let ([write], Some(&first)) = (writes.as_slice(), txn.info.table_ids.first())
            && (write.table_id != first || !txn.info.by_table.is_empty())
        {
            if txn.info.by_table.is_empty() {
                txn.info.by_table.insert(first, txn.info.counters);
            }
            txn.info.by_table.entry(write.table_id).or_default().add(counters);
        }
        for write in writes {
            if !txn.info.table_ids.contains(&write.table_id) {
                txn.info.table_ids.push(write.table_id);
            }
            txn.writes.push(write);
        }
        txn.info.counters.add(counters);
        txn.last_activity = now;
        Ok(())
    }

    /// Lets a transaction be prepared and committed without rows whatever the settings say.
    pub(crate) fn allow_empty(&self, txn_id: i64) {
        if let Some(txn) = self.txns().get_mut(txn_id) {
            txn.may_be_empty = true;
        }
    }

    /// Makes a transaction's rows durable, so that only commit or rollback can follow. Preparing again does nothing.
    ///
    /// # Errors
    /// [`EngineError::UnknownTransaction`], [`EngineError::TxnState`], [`EngineError::EmptyLoad`] when the settings
    /// refuse a transaction without rows.
    pub fn prepare(&self, txn_id: i64, prepared_timeout: Option<Duration>) -> EngineResult<()> {
        self.check_leader()?;
        let allow_empty = !self.settings().empty_load_as_error;
        let now = self.clock().now();
        let (info, writes) = {
            let txns = self.txns();
            let txn = txns.get(txn_id).ok_or(EngineError::UnknownTransaction(txn_id))?;
            if txn.info.state == TxnState::Prepared {
                return Ok(());
            }
            expect_state(&txn.info, "prepare", &[TxnState::Prepare])?;
            check_not_empty(txn, allow_empty)?;
            let mut info = txn.info.clone();
            info.state = TxnState::Prepared;
            info.prepared = Some(now);
            if let Some(timeout) = prepared_timeout {
                info.prepared_timeout = timeout;
            }
            (info, txn.writes.clone())
        };
        // Held until the state has changed.
        let _stored = self.persist_prepared(&info, &writes)?;
        let mut txns = self.txns();
        let txn = txns.get_mut(txn_id).ok_or(EngineError::UnknownTransaction(txn_id))?;
        expect_state(&txn.info, "prepare", &[TxnState::Prepare])?;
        if txn.writes.len() != writes.len() {
            return Err(EngineError::Invalid(format!("transaction {txn_id} was written to while it was prepared")));
        }
        txn.info = info;
        Ok(())
    }

    /// Commits a transaction and makes it visible in all its tables at once.
    ///
    /// # Errors
    /// [`EngineError::UnknownTransaction`], [`EngineError::TxnState`] when it is aborted, [`EngineError::EmptyLoad`],
    /// [`EngineError::Conflict`], [`EngineError::UnknownTable`] when a table was dropped meanwhile.
    pub fn commit(&self, txn_id: i64) -> EngineResult<Committed> {
        self.check_leader()?;
        let allow_empty = !self.settings().empty_load_as_error;
        let mut writer = self.writer();
        let (mut info, writes) = {
            let txns = self.txns();
            let txn = txns.get(txn_id).ok_or(EngineError::UnknownTransaction(txn_id))?;
            if matches!(txn.info.state, TxnState::Committed | TxnState::Visible) {
                return Ok(Committed::Before);
            }
            expect_state(&txn.info, "commit", &[TxnState::Prepare, TxnState::Prepared])?;
            if txn.info.state == TxnState::Prepare {
                check_not_empty(txn, allow_empty)?;
            }
            (txn.info.clone(), txn.writes.clone())
        };
        let mut catalog = Catalog::clone(&self.catalog());
        let now = self.clock().now();
        info.state = TxnState::Visible;
        info.prepared.get_or_insert(now);
        info.committed = Some(now);
        info.finished = Some(now);
        let applied = self.apply(&mut writer, &mut catalog, &writes);
        if let Err(error) = applied.and_then(|()| self.publish(&writer, catalog, Some(&info))) {
            // An index may have run ahead of its table; without it the next commit builds one from the segments.
            for write in &writes {
                writer.primary_indexes.remove(&write.table_id);
            }
            return Err(error);
        }
        if let Some(txn) = self.txns().get_mut(txn_id) {
            txn.info = info;
            txn.writes = Vec::new();
        }
        self.checkpoint_if_due(&writer);
        Ok(Committed::Now)
    }

    /// Aborts a transaction; aborting an aborted one does nothing.
    ///
    /// # Errors
    /// [`EngineError::UnknownTransaction`], [`EngineError::TxnState`] when it is committed.
    pub fn abort(&self, txn_id: i64, reason: &str) -> EngineResult<()> {
        let now = self.clock().now();
        // A commit that is under way decides first.
        let _writer = self.writer();
        let mut txns = self.txns();
        let txn = txns.get_mut(txn_id).ok_or(EngineError::UnknownTransaction(txn_id))?;
        if txn.info.state == TxnState::Aborted {
            return Ok(());
        }
        expect_state(&txn.info, "abort", &[TxnState::Prepare, TxnState::Prepared])?;
        let info =
            TxnInfo { state: TxnState::Aborted, finished: Some(now), reason: reason.to_owned(), ..txn.info.clone() };
        let recorded = self.persist_aborted(&txn.info, &info)?;
        txn.info = info;
        txn.writes = Vec::new();
        drop(txns);
        self.wait_for_disk(recorded)
    }

    /// The newest transaction with that label in a database.
    ///
    /// # Errors
    /// [`EngineError::UnknownDatabase`].
    pub fn transaction(&self, database: &str, label: &str) -> EngineResult<Option<TxnInfo>> {
        let id = self.database(database)?.id;
        Ok(self.txns().by_label(id, label).map(|t| t.info.clone()))
    }

    /// The transaction with that id.
    pub fn transaction_by_id(&self, txn_id: i64) -> Option<TxnInfo> {
        self.txns().get(txn_id).map(|t| t.info.clone())
    }

    /// All transactions that are remembered, oldest first.
    pub fn transactions(&self) -> Vec<TxnInfo> {
        self.txns().iter().map(|t| t.info.clone()).collect()
    }

    /// Aborts what is past its time-outs and forgets labels past their retention. Call it every now and then.
    pub fn sweep(&self) {
        let now = self.clock().now();
        let expired = self.txns().expired(now);
        for (id, reason) in expired {
            if let Err(error) = self.abort(id, &reason) {
                tracing::debug!(txn = id, %error, "transaction ended before its time-out could abort it");
            }
        }
        let settings = self.settings();
        self.txns().forget_finished(now, &settings);
        self.checkpoint_if_due(&self.writer());
    }

    /// Aborts the transactions that are neither prepared nor finished.
    pub(crate) fn abort_running(&self, reason: &str) {
        let running: Vec<i64> =
            self.txns().iter().filter(|t| t.info.state == TxnState::Prepare).map(|t| t.info.id).collect();
        for id in running {
            if let Err(error) = self.abort(id, reason) {
                tracing::debug!(txn = id, %error, "transaction ended before it could be aborted");
            }
        }
    }

    /// Forgets the labels of finished transactions, of a database or of all, for good.
    ///
    /// # Errors
    /// [`EngineError::UnknownDatabase`]; [`EngineError::Io`] when the data directory would still know them.
    pub(crate) fn evict_labels(&self, database: Option<&str>) -> EngineResult<()> {
        let database_id = database.map(|name| self.database(name)).transpose()?.map(|database| database.id);
        let writer = self.writer();
        self.txns().evict_finished(database_id);
        self.checkpoint(&writer)
    }

    /// Applies writes to `catalog` and to the primary indexes; nothing of it is visible before the catalog is.
    fn apply(&self, writer: &mut Writer, catalog: &mut Catalog, writes: &[TableWrite]) -> EngineResult<()> {
        let now = self.clock().now();
        let mut by_table: Vec<(u64, Vec<&TableWrite>)> = Vec::new();
        for write in writes {
            match by_table.iter_mut().find(|(id, _)| *id == write.table_id) {
                Some((_, list)) => list.push(write),
                None => by_table.push((write.table_id, vec![write])),
            }
        }
        let mut tables = Vec::with_capacity(by_table.len());
        for (id, writes) in by_table {
            let (database, table) = catalog.table_by_id(id).ok_or_else(|| {
                EngineError::Invalid(format!("table {id} was dropped while the transaction was running"))
            })?;
            tables.push((database.name.clone(), table.clone(), writes));
        }
        for (database, table, writes) in tables {
            let (segments, new_rows) = self.apply_writes(writer, &table, &writes, now)?;
            let def = match self.grown(writer, &table, &new_rows)? {
                Some(def) => Arc::new(def),
                None => table.def().clone(),
            };
            let next = Table::new(def, table.version() + 1, now, segments);
            ddl::put_table(catalog, &database, Arc::new(next));
        }
        Ok(())
    }
}

fn check_not_empty(txn: &Txn, allow_empty: bool) -> EngineResult<()> {
    if allow_empty || txn.may_be_empty || txn.writes.iter().any(|w| w.batches.iter().any(|b| b.num_rows() > 0)) {
        Ok(())
    } else {
        Err(EngineError::EmptyLoad)
    }
}

fn expect_state(info: &TxnInfo, operation: &'static str, states: &[TxnState]) -> EngineResult<()> {
    if states.contains(&info.state) {
        return Ok(());
    }
    Err(EngineError::TxnState {
        operation,
        txn_id: info.id,
        label: info.label.clone(),
        state: info.state,
        reason: info.reason.clone(),
    })
}
