// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! SQL as a StarRocks FE answers it: sessions, statements and their results, over the engine.

mod alter;
pub(crate) mod ast;
mod ddl;
mod dml;
pub(crate) mod error;
mod execute;
pub(crate) mod generated;
mod lexer;
pub(crate) mod parse;
pub(crate) mod query;
mod relations;
mod run;
mod session;
pub(crate) mod text;
pub(crate) mod types;
pub(crate) mod variables;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use datafusion::execution::SendableRecordBatchStream;
use serde::{Deserialize, Serialize};

use crate::auth::Users;
use crate::backends::Backends;
use crate::clock::Micros;
use crate::engine::Engine;
use crate::frontends::Frontends;
use crate::http::faults::Faults;
use crate::mysql::Column;
use query::{Planned, QueryEngine};
use variables::Variables;

pub(crate) use alter::AlterJob;
pub(crate) use execute::{NOT_PREPARABLE, placeholders, quote, substitute, unsupported};
pub(crate) use relations::table_source;
pub(crate) use run::TimedRows;
pub(crate) use session::{Connections, Listed, Session};

/// The version of MySQL that the FE claims to be.
pub(crate) const MYSQL_VERSION: &str = "8.0.33";

/// What stands for the commit in `current_version()`.
pub(crate) const BUILD: &str = "embedded";

/// The only catalog.
pub(crate) const CATALOG: &str = "default_catalog";

/// Where views are in the engine's metadata.
const VIEWS: &str = "view/";

/// Where the server's parts listen, for SHOW FRONTENDS and SHOW BACKENDS.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// The host that clients are told.
    pub host: String,
    /// The frontends.
    pub frontends: Arc<Frontends>,
    /// BE HTTP port.
    pub be_http: u16,
    /// The backends; a replication number may not be higher than there are.
    pub backends: Arc<Backends>,
}

/// The SQL side of the server; front ends share it.
pub struct Sql {
    pub(crate) engine: Engine,
    pub(crate) users: Arc<Users>,
    pub(crate) queries: Arc<QueryEngine>,
    pub(crate) addresses: Addresses,
    pub(crate) connections: Connections,
    pub(crate) started: Micros,
    pub(crate) faults: Option<Arc<Faults>>,
    shared: Mutex<Shared>,
}

/// What DDL changes beside the engine's catalog.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) views: BTreeMap<(String, String), View>,
    pub(crate) jobs: Vec<AlterJob>,
    pub(crate) globals: Variables,
    pub(crate) config: BTreeMap<String, String>,
}

/// A view.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct View {
    /// Names and comments.
    pub(crate) columns: Vec<(String, String)>,
    /// Their types.
    pub(crate) types: Vec<query::ResultType>,
    /// Whether they admit NULL. Views kept by earlier versions do not tell.
    #[serde(default)]
    pub(crate) nullable: Vec<bool>,
    pub(crate) comment: String,
    /// As written.
    pub(crate) query: String,
    /// The database that its bare table names are in.
    pub(crate) database: String,
    pub(crate) created: Micros,
}

impl View {
    /// Whether the column at that place admits NULL.
    pub(crate) fn is_nullable(&self, at: usize) -> bool {
        self.nullable.get(at).copied().unwrap_or(true)
    }
}

/// The answer to a statement.
pub(crate) enum Response {
    Ok { affected: u64, info: String },
    Rows { columns: Vec<Column>, rows: Rows },
}

/// Rows of a result.
pub(crate) enum Rows {
    Texts(Vec<Vec<Option<String>>>),
    /// Of a query, with what was planned.
    Stream {
        planned: Box<Planned>,
        stream: SendableRecordBatchStream,
    },
}

impl Response {
    pub(crate) fn done() -> Self {
        Self::Ok { affected: 0, info: String::new() }
    }

    /// Rows of a SHOW statement.
    pub(crate) fn texts(columns: Vec<Column>, rows: Vec<Vec<Option<String>>>) -> Self {
        Self::Rows { columns, rows: Rows::Texts(rows) }
    }
}

impl Sql {
    /// SQL over an engine. Installs `users` as the engine's access control. With `faults`, jobs can be made to last.
    pub(crate) fn new(
        engine: Engine,
        users: Arc<Users>,
        addresses: Addresses,
        faults: Option<Arc<Faults>>,
    ) -> Arc<Self> {
        engine.set_access_control(users.clone());
        let started = engine.clock().now();
        let mut shared = Shared::default();
        for (key, value) in engine.metadata(VIEWS) {
            let name = key.trim_start_matches(VIEWS).split_once('/');
            match (name, serde_json::from_value(value)) {
                (Some((database, view)), Ok(kept)) => {
                    shared.views.insert((database.to_owned(), view.to_owned()), kept);
                }
                (_, read) => tracing::error!(key, error = ?read.err(), "a kept view cannot be read and is left out"),
            }
        }
        let queries = Arc::new(QueryEngine::new());
        engine.set_expression_evaluator(Arc::new(relations::Evaluator::new(queries.clone())));
        Arc::new(Self {
            engine,
            users,
            queries,
            addresses,
            connections: Connections::default(),
            started,
            faults,
            shared: Mutex::new(shared),
        })
    }

    pub(crate) fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds, replaces or, with `None`, removes a view, here and in the engine's metadata.
    pub(crate) fn put_view(&self, database: &str, name: &str, view: Option<View>) -> error::SqlResult<()> {
        let value = view.as_ref().map(serde_json::to_value).transpose();
        let value = value.map_err(|e| error::SqlError::plain(e.to_string()))?;
        self.engine.set_metadata(&format!("{VIEWS}{database}/{name}"), value)?;
        let key = (database.to_owned(), name.to_owned());
        let views = &mut self.shared().views;
        match view {
            Some(view) => views.insert(key, view),
            None => views.remove(&key),
        };
        Ok(())
    }

    pub(crate) fn version(&self) -> &str {
        &self.engine.config().compat_version
    }
}
