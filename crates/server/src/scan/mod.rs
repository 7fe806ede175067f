// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Scans of tables by external readers: the FE plans them, backends run them.

mod plan;
mod prune;
mod scanner;
mod snapshot;
mod source;
mod status;
mod tablets;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use datafusion::datasource::provider_as_source;
use tokio::runtime::Handle;

use crate::auth::ROOT;
use crate::backends::Backends;
use crate::clock::micros;
use crate::engine::Identity;
use crate::export::{Dialect, Export};
use crate::sql::ast::{Name, QueryText};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::query::{Planned, Relations, Source, lower_case};
use crate::sql::{Session, Sql, table_source};
use crate::storage::Table;
use scanner::{Context, Contexts, Running, State};
use snapshot::{Snapshot, Snapshots};
use source::TabletTable;

pub(crate) use plan::Plan;
pub(crate) use scanner::Next;
pub(crate) use status::{Failure, StatusCode};
pub(crate) use tablets::Layout;

/// Most rows that a client may ask for in one answer.
const MOST_BATCH_ROWS: i32 = 65_536;
/// The time after which an unused scanner is closed, if the client does not say.
const KEEP_ALIVE_MINUTES: i16 = 5;

/// Name and `TPrimitiveType` of each column.
type Columns = Vec<(String, i32)>;

/// What a client says when it opens a scanner, as far as a backend minds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OpenRequest {
    pub(crate) tablets: Vec<i64>,
    pub(crate) plan: String,
    pub(crate) batch_size: Option<i32>,
    pub(crate) keep_alive_min: Option<i16>,
    pub(crate) query_timeout: Option<i32>,
    pub(crate) mem_limit: Option<i64>,
}

/// The answer to it.
#[derive(Debug)]
pub(crate) struct Opened {
    /// There is one even if the scanner failed.
    pub(crate) context_id: Option<String>,
    /// The columns that its batches have.
    pub(crate) outcome: Result<Columns, Failure>,
}

/// Everything that scans share.
pub(crate) struct Scans {
    pub(crate) sql: Arc<Sql>,
    snapshots: Snapshots,
    contexts: Contexts,
    runtime: Handle,
}

impl Scans {
    /// Scans run on the current runtime.
    pub(crate) fn new(sql: Arc<Sql>) -> Self {
        Self { sql, snapshots: Snapshots::default(), contexts: Contexts::default(), runtime: Handle::current() }
    }

    fn backends(&self) -> &Backends {
        &self.sql.addresses.backends
    }

    /// Keeps a table's version and plans its scan by a query that has been checked, whose text `sql` is. `None` if no tablet
    /// can have rows for it.
    pub(crate) fn plan(&self, database: &str, table: &Arc<Table>, planned: &Planned, sql: &str) -> Option<Plan> {
        let snapshot = self.snapshots.keep(table, self.backends().count());
        let tablets = prune::tablets(&self.sql, table.def(), &snapshot.layout, planned);
        (!tablets.is_empty()).then(|| Plan {
            id: uuid::Uuid::new_v4().to_string(),
            database: database.to_owned(),
            table: table.def().name.clone(),
            table_id: table.id(),
            version: table.version(),
            schema_hash: snapshot.schema_hash(),
            tablets,
            sql: sql.to_owned(),
        })
    }

    /// Opens a scanner. Must not run on a thread of the runtime, like all that follows.
    pub(crate) fn open(&self, backend: u64, request: &OpenRequest) -> Opened {
        let started = self.start(request);
        let now = self.sql.engine.clock().now();
        let minutes = request.keep_alive_min.unwrap_or(KEEP_ALIVE_MINUTES);
        let keep_alive = micros(Duration::from_secs(u64::try_from(minutes).unwrap_or_default() * 60));
        let (plan, state, outcome) = match started {
            Ok((plan, state, columns)) => (plan, state, Ok(columns)),
            Err(failure) => (String::new(), State::Failed(failure.clone()), Err(failure)),
        };
        match self.contexts.add(backend, Context::new(plan, keep_alive, now, state)) {
            Ok(id) => Opened { context_id: Some(id), outcome },
            Err(failure) => Opened { context_id: None, outcome: outcome.and(Err(failure)) },
        }
    }

    fn start(&self, request: &OpenRequest) -> Result<(String, State, Columns), Failure> {
        let batch_size = request.batch_size.ok_or_else(|| Failure::invalid("batch_size is not set"))?;
        if !(1..=MOST_BATCH_ROWS).contains(&batch_size) {
            return Err(Failure::invalid(format!("batch_size is out of range [1, {MOST_BATCH_ROWS}]: {batch_size}")));
        }
        let batch_rows = usize::try_from(batch_size).unwrap_or(1);
        let plan = Plan::decode(&request.plan).map_err(Failure::invalid)?;
        let known: BTreeSet<i64> = plan.tablets.iter().copied().collect();
        if let Some(unknown) = request.tablets.iter().find(|tablet| !known.contains(tablet)) {
            return Err(Failure::new(StatusCode::NOT_FOUND, format!("tablet_id: {unknown} not found")));
        }
        let engine = &self.sql.engine;
        let Some((_, newest)) = engine.catalog().table_by_id(plan.table_id).map(|(d, t)| (d.clone(), t.clone())) else {
            let tablet = request.tablets.first().copied().unwrap_or_default();
            let text = format!("failed to get tablet. tablet_id={tablet}, reason=tablet does not exist");
            return Err(Failure::internal(text));
        };
        let backends = self.backends().count();
        let snapshot = self.snapshots.find(plan.table_id, plan.version, plan.schema_hash, &newest, backends);
        let (true, Some(snapshot)) = (!self.snapshots.is_stale(&plan.id), snapshot) else {
            // A backend finds out only when it reads.
            let failure = compacted(&plan, &newest, request.tablets.first().copied());
            return Ok((plan.id, State::Failed(failure), Vec::new()));
        };
        let (running, columns) = self.run(&plan, &snapshot, request, batch_rows)?;
        Ok((plan.id, State::Running(Box::new(running)), columns))
    }

    fn run(
        &self,
        plan: &Plan,
        snapshot: &Snapshot,
        request: &OpenRequest,
        batch_rows: usize,
    ) -> Result<(Running, Columns), Failure> {
        let engine = &self.sql.engine;
        let tablets = request.tablets.iter().map(|&tablet| {
            let missing = || Failure::new(StatusCode::NOT_FOUND, format!("tablet_id: {tablet} not found"));
            snapshot.layout.position(tablet).ok_or_else(missing)
        });
        let tablets = tablets.collect::<Result<Vec<_>, _>>()?;
        let table = TabletTable {
            schema: lower_case(snapshot.table.schema()),
            split: snapshot.split(engine).map_err(Failure::internal)?,
            tablets: tablets.into(),
            batch_rows,
        };
        let identity = Identity { user: ROOT.to_owned(), host: "%".to_owned() };
        let session = Session::new(0, identity, None);
        let source = provider_as_source(Arc::new(table));
        let text = QueryText { sql: plan.sql.clone(), at: Default::default(), hints: Vec::new() };
        let planned = self
            .sql
            .plan_over(&session, &text, |relations| {
                let (table, name) = (snapshot.table.clone(), (plan.database.clone(), plan.table.clone()));
                Box::new(Pinned { others: relations, table, name, source })
            })
            .map_err(|e| Failure::invalid(e.message))?;
        let export = Export::of(&planned, Dialect::Scan).map_err(Failure::invalid)?;
        let columns = export.columns.clone();
        let stream = self.runtime.block_on(self.sql.queries.run(&planned)).map_err(|e| Failure::internal(e.message))?;
        let timeout = request.query_timeout.filter(|&seconds| seconds > 0).map(|seconds| {
            let time = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
            (engine.clock().now().saturating_add(micros(time)), seconds)
        });
        let mem_limit = request.mem_limit.filter(|&limit| limit > 0);
        Ok((Running::new(stream, batch_rows, export, mem_limit, timeout), columns))
    }

    /// The next rows of a scanner, of which the client says that it has `offset`.
    pub(crate) fn next(&self, backend: u64, context_id: &str, offset: i64, again: bool) -> Result<Next, Failure> {
        let context = self.contexts.get(backend, context_id)?;
        context.next(&self.runtime, context_id, offset, again, || self.sql.engine.clock().now())
    }

    /// Closes a scanner, whether there is one or not.
    pub(crate) fn close(&self, backend: u64, context_id: &str) {
        self.contexts.remove(backend, context_id);
    }

    /// Closes all scanners of a backend, which has ended.
    pub(crate) fn close_all(&self, backend: u64) {
        self.contexts.remove_all(backend);
    }

    /// Closes the scanners that their clients have forgotten.
    pub(crate) fn sweep(&self) {
        self.contexts.sweep(self.sql.engine.clock().now());
    }

    /// Makes the version of a plan look compacted to scanners that are opened from now on.
    pub(crate) fn compact_plan(&self, plan: &str) {
        if let Ok(plan) = Plan::decode(plan) {
            self.snapshots.make_stale(&plan.id);
        }
    }

    /// The same for the plan of an open scanner, which fails too.
    pub(crate) fn compact_scanner(&self, backend: u64, context_id: &str) {
        if let Ok(context) = self.contexts.get(backend, context_id) {
            self.snapshots.make_stale(&context.plan);
            let text = "capture_consistent_versions error: version already been compacted.";
            context.fail(Failure::new(StatusCode::VERSION_ALREADY_MERGED, text));
        }
    }
}

/// Why a version is gone, in a backend's words.
fn compacted(plan: &Plan, newest: &Table, tablet: Option<i64>) -> Failure {
    let (tablet, version, newest_version) = (tablet.unwrap_or_default(), plan.version, newest.version());
    if newest.def().model == starrocks_types::TableModel::Primary {
        let text = format!(
            "get_applied_rowsets(version {version}) failed tablet:{tablet} #version:1 [{newest_version}@1 \
             {newest_version}] #pending:0"
        );
        return Failure::new(StatusCode::NOT_FOUND, text);
    }
    let text = format!(
        "capture_consistent_versions error: version already been compacted. tablet_id: {tablet}, version: {version} \
         tablet_max_version:{newest_version}"
    );
    Failure::new(StatusCode::VERSION_ALREADY_MERGED, text)
}

/// The tablets of one table instead of the table.
struct Pinned<'a> {
    others: &'a dyn Relations,
    table: Arc<Table>,
    /// Database and table as the plan named them; there may be other names by now.
    name: (String, String),
    source: Arc<dyn datafusion::logical_expr::TableSource>,
}

impl Relations for Pinned<'_> {
    fn relation(&self, name: &Name, _: bool) -> SqlResult<Source> {
        let (database, table) = self.name.clone();
        if name.database.as_ref() != Some(&database) || name.name != table {
            return Err(SqlError::unknown_table(&name.name));
        }
        Ok(table_source(database, table, &self.table, self.source.clone()))
    }

    fn system_variable(&self, name: &str) -> SqlResult<String> {
        self.others.system_variable(name)
    }

    fn session_value(&self, function: &str) -> Option<String> {
        self.others.session_value(function)
    }
}
