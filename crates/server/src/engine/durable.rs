// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The engine over a data directory. Without one every function here returns at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use serde_json::Value;

use super::{Engine, EngineConfig, EngineResult, FIRST_ID, Inner, Settings, TableWrite, Writer};
use crate::catalog::Catalog;
use crate::persist::{DataDir, Journal, OpenError, Position, Recovered, Snapshot, StoredWrites};
use crate::txn::{Txn, TxnInfo, TxnState, TxnTable};

impl Engine {
    /// An engine that keeps its state in a directory and begins with what is there. Transactions that were running are
    /// aborted, prepared ones wait for their commit.
    ///
    /// # Errors
    /// [`OpenError`]; the directory is as it was then.
    pub fn open(config: EngineConfig, dir: DataDir) -> Result<Self, OpenError> {
        let (journal, recovered) = Journal::open(dir)?;
        let Recovered { catalog, last_id, last_txn_id, txns, settings, metadata, sequences } = recovered;
        let now = config.clock.now();
        let mut table = TxnTable::starting_after(last_txn_id);
        for (mut info, writes) in txns {
            if info.state == TxnState::Prepare {
                info.state = TxnState::Aborted;
                info.finished = Some(now);
                "the server restarted before the transaction was prepared".clone_into(&mut info.reason);
            }
            table.insert(Txn { info, writes, last_activity: now, may_be_empty: false });
        }
        let inner = Inner {
            catalog: RwLock::new(Arc::new(catalog)),
            writer: Mutex::new(Writer { last_id: last_id.max(FIRST_ID), ..Writer::default() }),
            txns: Mutex::new(table),
            settings: RwLock::new(
                settings.unwrap_or_else(|| Settings::of(config.compat_version.parse().unwrap_or_default())),
            ),
            auto_increments: Mutex::new(sequences),
            metadata: RwLock::new(metadata),
            journal: Some(journal),
            ..Inner::empty(config)
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What others keep with the engine's state under keys that begin with `prefix`, such as users and grants.
    pub fn metadata(&self, prefix: &str) -> BTreeMap<String, Value> {
        let metadata = self.inner.metadata.read().unwrap_or_else(PoisonError::into_inner);
        let found = metadata.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        found.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// Keeps `value` under `key`, or removes what is there. With a data directory it is durable when this returns, and
    /// [`Engine::metadata`] gives it again after a restart. Keys are `owner/name`, as in `user/alice`, so that owners do
    /// not meet.
    ///
    /// # Errors
    /// [`EngineError::Io`](super::EngineError::Io) when it cannot be made durable; then nothing has changed.
    pub fn set_metadata(&self, key: &str, value: Option<Value>) -> EngineResult<()> {
        self.check_leader()?;
        let mut metadata = self.inner.metadata.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(journal) = self.journal() {
            journal.metadata(key, value.as_ref())?;
        }
        match value {
            Some(value) => metadata.insert(key.to_owned(), value),
            None => metadata.remove(key),
        };
        Ok(())
    }

    /// Ends the use of the data directory as the end of the process would: what is on the disk stays, nothing more comes.
    pub(crate) fn kill(&self) {
        if let Some(journal) = self.journal() {
            journal.kill();
        }
    }

    /// Makes a changed catalog durable.
    pub(super) fn persist_catalog(
        &self,
        writer: &Writer,
        catalog: &Catalog,
        txn: Option<&TxnInfo>,
    ) -> EngineResult<()> {
        let Some(journal) = self.journal() else { return Ok(()) };
        let sequences = self.inner.auto_increments.lock().unwrap_or_else(PoisonError::into_inner).clone();
        journal.catalog(&self.catalog(), catalog, writer.last_id, txn, |id| sequences.get(&id).copied())?;
        Ok(())
    }

    /// Makes a prepared transaction durable. No snapshot is taken while the result lives.
    pub(super) fn persist_prepared(
        &self,
        info: &TxnInfo,
        writes: &[TableWrite],
    ) -> EngineResult<Option<StoredWrites<'_>>> {
        let Some(journal) = self.journal() else { return Ok(None) };
        let mut stored = journal.store(writes)?;
        let sequences = {
            let sequences = self.inner.auto_increments.lock().unwrap_or_else(PoisonError::into_inner);
            info.table_ids.iter().filter_map(|id| Some((*id, *sequences.get(id)?))).collect()
        };
        let position = journal.prepare(info, &mut stored, sequences)?;
        journal.sync(position)?;
        Ok(Some(stored))
    }

    /// Records that a transaction is aborted. Returns what to wait for: the rollback of a prepared transaction must not
    /// be undone by a restart, while one that was not prepared ends by itself.
    pub(super) fn persist_aborted(&self, before: &TxnInfo, after: &TxnInfo) -> EngineResult<Option<Position>> {
        let Some(journal) = self.journal() else { return Ok(None) };
        match journal.txn(after) {
            Ok(position) => Ok((before.state == TxnState::Prepared).then_some(position)),
            Err(error) if before.state == TxnState::Prepare => {
                tracing::debug!(txn = after.id, %error, "the rollback is not recorded");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Waits for what [`Engine::persist_aborted`] returned.
    pub(super) fn wait_for_disk(&self, position: Option<Position>) -> EngineResult<()> {
        match (self.journal(), position) {
            (Some(journal), Some(position)) => Ok(journal.sync(position)?),
            _ => Ok(()),
        }
    }

    /// Writes a snapshot when the log has grown enough.
    pub(super) fn checkpoint_if_due(&self, writer: &Writer) {
        if self.journal().is_some_and(Journal::wants_checkpoint)
            && let Err(error) = self.checkpoint(writer)
        {
            // The older snapshot and all logs since are still there.
            tracing::warn!(%error, "cannot write a snapshot of the data directory; its log goes on growing");
        }
    }

    /// Writes a snapshot.
    pub(super) fn checkpoint(&self, writer: &Writer) -> EngineResult<()> {
        let Some(journal) = self.journal() else { return Ok(()) };
        journal.checkpoint(|begin_log| {
            let txns = self.txns();
            let sequence = begin_log()?;
            let last_txn_id = txns.last_id();
            let txns = txns.iter().map(|txn| (txn.info.clone(), txn.writes.clone())).collect();
            let sequences = self.inner.auto_increments.lock().unwrap_or_else(PoisonError::into_inner);
            let sequences = sequences.iter().map(|(&id, &next)| (id, next)).collect();
            let snapshot = Snapshot {
                catalog: self.catalog(),
                last_id: writer.last_id,
                last_txn_id,
                txns,
                settings: self.settings(),
                metadata: self.metadata(""),
                sequences,
            };
            Ok((sequence, snapshot))
        })?;
        Ok(())
    }
}
