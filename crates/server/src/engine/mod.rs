// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The engine: catalog, storage and transactions behind one handle that every front end clones.

mod apply;
mod auth;
mod commit;
mod ddl;
mod durable;
mod error;
mod error_log;
mod expression;
mod partitions;
mod rows;
mod settings;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

pub use auth::{AccessControl, Credentials, Identity, Object, Privilege, RootOnly};
pub use commit::{Committed, TableWrite, WriteMode};
pub use error::{EngineError, EngineResult};
pub use error_log::ErrorLog;
pub use expression::{CompiledExpressions, ExpressionEvaluator};
pub(crate) use partitions::Router;
pub(crate) use rows::Selection;
pub use rows::{CompletedRows, RejectedRow};
pub use settings::Settings;

use crate::catalog::{Catalog, Database};
use crate::clock::Clock;
use crate::compat::Version;
use crate::persist::Journal;
use crate::storage::{PrimaryIndex, Table};
use crate::txn::{TxnInfo, TxnTable};

/// How an engine is made.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Where time comes from.
    pub clock: Clock,
    /// The version it impersonates, as `3.5.5`; what is no version has none of the features that came with one.
    pub compat_version: String,
    /// Root's password, empty for none.
    pub root_password: String,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self { clock: Clock::system(), compat_version: "3.5.5".to_owned(), root_password: String::new() }
    }
}

/// Ids up to this one are the system's own in StarRocks.
const FIRST_ID: u64 = 10_000;

/// The server's state. Clones share it.
///
/// Reading needs no lock: [`Engine::catalog`] is a consistent, immutable view of all tables. Everything that changes
/// tables (DDL, commits) is serialised by one lock.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    config: EngineConfig,
    version: Version,
    catalog: RwLock<Arc<Catalog>>,
    writer: Mutex<Writer>,
    // Taken after `writer` where both are needed.
    txns: Mutex<TxnTable>,
    settings: RwLock<Settings>,
    access: RwLock<Arc<dyn AccessControl>>,
    evaluator: RwLock<Option<Arc<dyn ExpressionEvaluator>>>,
    auto_increments: Mutex<HashMap<u64, i64>>,
    error_logs: Mutex<error_log::ErrorLogs>,
    metadata: RwLock<BTreeMap<String, serde_json::Value>>,
    /// `None` when everything is in memory only.
    journal: Option<Journal>,
    /// Whether no frontend may change anything.
    leaderless: AtomicBool,
}

/// What only the one who changes tables touches.
#[derive(Default)]
struct Writer {
    last_id: u64,
    primary_indexes: HashMap<u64, PrimaryIndex>,
}

impl Writer {
    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}

impl Inner {
    fn empty(config: EngineConfig) -> Self {
        let access: Arc<dyn AccessControl> = Arc::new(RootOnly::new(config.root_password.clone()));
        let version: Version = config.compat_version.parse().unwrap_or_default();
        Self {
            config,
            version,
            catalog: RwLock::default(),
            writer: Mutex::new(Writer { last_id: FIRST_ID, ..Writer::default() }),
            txns: Mutex::default(),
            settings: RwLock::new(Settings::of(version)),
            access: RwLock::new(access),
            evaluator: RwLock::default(),
            auto_increments: Mutex::default(),
            error_logs: Mutex::default(),
            metadata: RwLock::default(),
            journal: None,
            leaderless: AtomicBool::default(),
        }
    }
}

impl Engine {
    /// An empty engine in memory.
    pub fn new(config: EngineConfig) -> Self {
        Self { inner: Arc::new(Inner::empty(config)) }
    }

    /// What the engine was made with.
    pub fn config(&self) -> &EngineConfig {
        &self.inner.config
    }

    /// The version it impersonates.
    pub(crate) fn version(&self) -> Version {
        self.inner.version
    }

    /// The engine's clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.config.clock
    }

    /// A consistent view of all databases and tables. Hold it for the length of one statement.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.inner.catalog.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A database by its case-sensitive name.
    ///
    /// # Errors
    /// [`EngineError::UnknownDatabase`].
    pub fn database(&self, name: &str) -> EngineResult<Arc<Database>> {
        let database = self.catalog().database(name).cloned();
        database.ok_or_else(|| EngineError::UnknownDatabase(name.to_owned()))
    }

    /// A table by its case-sensitive names, at its newest version.
    ///
    /// # Errors
    /// [`EngineError::UnknownDatabase`], [`EngineError::UnknownTable`].
    pub fn table(&self, database: &str, table: &str) -> EngineResult<Arc<Table>> {
        self.database(database)?
            .table(table)
            .cloned()
            .ok_or_else(|| EngineError::UnknownTable { database: database.to_owned(), table: table.to_owned() })
    }

    /// A fresh id for what the caller keeps in declarations, such as partitions.
    pub fn next_id(&self) -> u64 {
        self.writer().next_id()
    }

    /// The FE and BE settings in force.
    pub fn settings(&self) -> Settings {
        self.inner.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes settings, as ADMIN SET FRONTEND CONFIG does.
    ///
    /// # Errors
    /// [`EngineError::Io`] when the change cannot be made durable; then there is none.
    pub fn update_settings(&self, change: impl FnOnce(&mut Settings)) -> EngineResult<()> {
        self.check_leader()?;
        let mut settings = self.inner.settings.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = settings.clone();
        change(&mut changed);
        if let Some(journal) = self.journal() {
            journal.settings(&changed)?;
        }
        *settings = changed;
        Ok(())
    }

    /// Who the client is.
    ///
    /// # Errors
    /// [`EngineError::Unauthenticated`].
    pub fn authenticate(&self, user: &str, host: &str, credentials: Credentials<'_>) -> EngineResult<Identity> {
        self.access().authenticate(user, host, credentials)
    }

    /// Whether the user may do it.
    ///
    /// # Errors
    /// [`EngineError::AccessDenied`].
    pub fn authorize(&self, identity: &Identity, privilege: Privilege, object: Object<'_>) -> EngineResult<()> {
        self.access().authorize(identity, privilege, object)
    }

    /// Replaces [`RootOnly`].
    pub fn set_access_control(&self, access: Arc<dyn AccessControl>) {
        *self.inner.access.write().unwrap_or_else(PoisonError::into_inner) = access;
    }

    /// Installs what evaluates expressions in load headers and generated columns.
    pub fn set_expression_evaluator(&self, evaluator: Arc<dyn ExpressionEvaluator>) {
        *self.inner.evaluator.write().unwrap_or_else(PoisonError::into_inner) = Some(evaluator);
    }

    /// What evaluates expressions, if installed.
    pub fn expression_evaluator(&self) -> Option<Arc<dyn ExpressionEvaluator>> {
        self.inner.evaluator.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn access(&self) -> Arc<dyn AccessControl> {
        self.inner.access.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    // A panic while a lock was held can leave nothing half done: catalogs are swapped whole, and the maps behind the
    // other locks are changed last. So a poisoned lock is taken as it is.
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn txns(&self) -> MutexGuard<'_, TxnTable> {
        self.inner.txns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn journal(&self) -> Option<&Journal> {
        self.inner.journal.as_ref()
    }

    /// Says whether there is a leader; without one, no change succeeds.
    pub(crate) fn set_leaderless(&self, leaderless: bool) {
        self.inner.leaderless.store(leaderless, Ordering::SeqCst);
    }

    fn check_leader(&self) -> EngineResult<()> {
        if self.inner.leaderless.load(Ordering::SeqCst) { Err(EngineError::NoLeader) } else { Ok(()) }
    }

    /// Publishes a changed catalog, and the transaction that changed it, once they are durable.
    fn publish(&self, writer: &Writer, catalog: Catalog, txn: Option<&TxnInfo>) -> EngineResult<()> {
        self.check_leader()?;
        self.persist_catalog(writer, &catalog, txn)?;
        *self.inner.catalog.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalog);
        Ok(())
    }
}
