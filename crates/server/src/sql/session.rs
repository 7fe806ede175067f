// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Sessions and the list of open connections.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::Sql;
use super::query::ResultType;
use super::variables::Variables;
use crate::clock::Micros;
use crate::engine::Identity;

/// What one connection has set and done.
pub(crate) struct Session {
    pub(crate) id: u32,
    pub(crate) identity: Identity,
    pub(crate) database: Option<String>,
    pub(crate) variables: Variables,
    /// Value and type by lower-case name.
    pub(crate) user_variables: BTreeMap<String, (Option<String>, ResultType)>,
    /// Statements of PREPARE … FROM.
    pub(crate) prepared: BTreeMap<String, String>,
    /// Between BEGIN and COMMIT or ROLLBACK.
    pub(crate) transaction: Option<SqlTransaction>,
    pub(crate) last_query_id: String,
}

/// An explicit transaction. It exists in the engine from its first INSERT on, which names the database.
#[derive(Debug, Clone)]
pub(crate) struct SqlTransaction {
    pub(crate) label: String,
    pub(crate) id: i64,
    pub(crate) begun: bool,
    /// Ids of the tables it has written.
    pub(crate) tables: Vec<u64>,
}

impl Session {
    pub(crate) fn new(id: u32, identity: Identity, database: Option<String>) -> Self {
        Self {
            id,
            identity,
            database,
            variables: Variables::default(),
            user_variables: BTreeMap::new(),
            prepared: BTreeMap::new(),
            transaction: None,
            last_query_id: String::new(),
        }
    }
}

/// A connection as SHOW PROCESSLIST lists it.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    pub(crate) id: u32,
    pub(crate) user: String,
    pub(crate) peer: String,
    pub(crate) database: String,
    pub(crate) opened: Micros,
    pub(crate) statement: Option<String>,
    kill: Arc<watch::Sender<bool>>,
}

/// Removes a connection from the list however it ends.
pub(crate) struct Listed {
    sql: Arc<Sql>,
    id: u32,
}

impl Listed {
    /// For a connection that has been added.
    pub(crate) fn new(sql: Arc<Sql>, id: u32) -> Self {
        Self { sql, id }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.sql.connections.remove(self.id);
    }
}

/// The open connections.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    last_id: AtomicU32,
    open: Mutex<BTreeMap<u32, Connection>>,
}

impl Connections {
    fn open(&self) -> MutexGuard<'_, BTreeMap<u32, Connection>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The FE's number in the highest byte, then a counter.
    pub(crate) fn next_id(&self) -> u32 {
        (1 << 24) + (self.last_id.fetch_add(1, Ordering::Relaxed).wrapping_add(1) & 0x00ff_ffff)
    }

    pub(crate) fn len(&self) -> usize {
        self.open().len()
    }

    /// Lists a connection; the receiver turns true when it is killed.
    pub(crate) fn add(&self, id: u32, user: &str, peer: &str, opened: Micros) -> watch::Receiver<bool> {
        let (kill, killed) = watch::channel(false);
        let connection = Connection {
            id,
            user: user.to_owned(),
            peer: peer.to_owned(),
            database: String::new(),
            opened,
            statement: None,
            kill: Arc::new(kill),
        };
        self.open().insert(id, connection);
        killed
    }

    pub(crate) fn remove(&self, id: u32) {
        self.open().remove(&id);
    }

    pub(crate) fn running(&self, id: u32, user: &str, database: &str, statement: Option<&str>) {
        if let Some(connection) = self.open().get_mut(&id) {
            connection.user = user.to_owned();
            connection.database = database.to_owned();
            connection.statement = statement.map(str::to_owned);
        }
    }

    pub(crate) fn list(&self) -> Vec<Connection> {
        self.open().values().cloned().collect()
    }

    /// Ends a connection; `false` when there is none of that id.
    pub(crate) fn kill(&self, id: u64, user: Option<&str>) -> bool {
        let open = self.open();
        let found = u32::try_from(id).ok().and_then(|id| open.get(&id)).filter(|c| user.is_none_or(|u| u == c.user));
        found.is_some_and(|c| {
            c.kill.send_replace(true);
            true
        })
    }
}
