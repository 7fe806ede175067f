// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Jobs of ALTER TABLE. They are done when the statement returns, unless a fault that was asked for makes one last: then
//! the table keeps its columns, for loads too, until the job has finished.

use std::mem;
use std::time::Duration;

use crate::catalog::TableDef;
use crate::clock::{Micros, micros};
use crate::engine::{Object, Privilege};
use crate::http::faults::{Action, Endpoint};
use crate::sql::ast::{AlterClause, Name};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::session::Session;
use crate::sql::{Response, Sql};
use crate::storage::Table;

/// A change of a table's columns, as SHOW ALTER TABLE COLUMN lists it.
#[derive(Debug, Clone)]
pub(crate) struct AlterJob {
    pub(crate) id: u64,
    pub(crate) database: String,
    pub(crate) table: String,
    pub(crate) table_id: u64,
    pub(crate) created: Micros,
    pub(crate) schema_version: u64,
    /// Whether rows would have had to be rewritten.
    pub(crate) rewritten: bool,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Waiting(Wait),
    /// Somebody is finishing it.
    Finishing,
    Finished(Micros),
    Cancelled(Micros, String),
}

/// What a job does when its time has come.
#[derive(Debug, Clone)]
struct Wait {
    clauses: Vec<AlterClause>,
    due: Micros,
    /// Why it is cancelled instead of finished.
    cancelled: Option<String>,
}

impl AlterJob {
    /// The state at a moment: PENDING in the first half of its time, then RUNNING.
    pub(crate) fn state(&self, now: Micros) -> &'static str {
        match &self.state {
            State::Waiting(wait) if now - self.created < wait.due - now => "PENDING",
            State::Waiting(_) | State::Finishing => "RUNNING",
            State::Finished(_) => "FINISHED",
            State::Cancelled(..) => "CANCELLED",
        }
    }

    /// When it ended.
    pub(crate) fn ended(&self) -> Option<Micros> {
        match &self.state {
            State::Finished(at) | State::Cancelled(at, _) => Some(*at),
            State::Waiting(_) | State::Finishing => None,
        }
    }

    /// Why it was cancelled.
    pub(crate) fn message(&self) -> &str {
        match &self.state {
            State::Cancelled(_, reason) => reason,
            _ => "",
        }
    }

    /// The transaction that it ended with.
    pub(crate) fn txn_id(&self) -> i64 {
        match &self.state {
            State::Finished(_) => i64::try_from(self.id).unwrap_or(-1),
            _ => -1,
        }
    }
}

impl Sql {
    /// Lists a change that has been made.
    pub(super) fn add_finished_job(&self, database: &str, table: &Table, rewritten: bool) {
        let now = self.engine.clock().now();
        self.add_job(database, table, rewritten, State::Finished(now));
    }

    /// Makes a change of columns a job of its own if a fault wants it to last. An FE checks the clauses before it begins one.
    pub(super) fn delayed_job(&self, database: &str, table: &Table, clauses: &[AlterClause]) -> SqlResult<bool> {
        let Some(faults) = &self.faults else { return Ok(false) };
        let mut change = self.change(table, clauses)?;
        change.apply_all(&mut TableDef::clone(table.def()), clauses)?;
        if !change.columns_changed {
            return Ok(false);
        }
        let (lasts, cancelled) = match faults.take(Endpoint::Alter) {
            Action::Delay(lasts) => (lasts, None),
            Action::Cancel(lasts, reason) => (lasts, Some(reason)),
            _ => return Ok(false),
        };
        let due = self.engine.clock().now().saturating_add(micros(lasts.max(Duration::from_micros(1))));
        let wait = Wait { clauses: clauses.to_vec(), due, cancelled };
        self.add_job(database, table, change.rewritten, State::Waiting(wait));
        self.finish_alter_jobs();
        Ok(true)
    }

    fn add_job(&self, database: &str, table: &Table, rewritten: bool, state: State) {
        let (id, created) = (self.engine.next_id(), self.engine.clock().now());
        let mut shared = self.shared();
        let finished =
            shared.jobs.iter().filter(|job| job.table_id == table.id() && matches!(job.state, State::Finished(_)));
        let schema_version = finished.count() as u64 + 1;
        shared.jobs.push(AlterJob {
            id,
            database: database.to_owned(),
            table: table.def().name.clone(),
            table_id: table.id(),
            created,
            schema_version,
            rewritten,
            state,
        });
    }

    /// Refuses what a table admits only without a job.
    pub(super) fn check_no_alter_job(&self, table: &Table) -> SqlResult<()> {
        self.finish_alter_jobs();
        match self.shared().jobs.iter().any(|job| job.table_id == table.id() && job.ended().is_none()) {
            false => Ok(()),
            true => Err(SqlError::plain(format!(
                "A schema change operation is in progress on the table {}. Please wait until the current operation \
                 completes. To check the status of the operation, see \
                 https://docs.starrocks.io/docs/sql-reference/sql-statements/table_bucket_part_index/SHOW_ALTER",
                table.def().name
            ))),
        }
    }

    /// Finishes the jobs whose time has come.
    pub(crate) fn finish_alter_jobs(&self) {
        loop {
            let now = self.engine.clock().now();
            let (job, wait) = {
                let mut shared = self.shared();
                let is_due = |job: &&mut AlterJob| matches!(&job.state, State::Waiting(wait) if wait.due <= now);
                let Some(job) = shared.jobs.iter_mut().find(is_due) else { return };
                let State::Waiting(wait) = mem::replace(&mut job.state, State::Finishing) else { return };
                (job.clone(), wait)
            };
            let done = match wait.cancelled {
                Some(reason) => Err(reason),
                None => self.run_alter_job(&job, &wait.clauses),
            };
            let state = match done {
                Ok(()) => State::Finished(now),
                Err(reason) => State::Cancelled(now, reason),
            };
            if let Some(kept) = self.shared().jobs.iter_mut().find(|kept| kept.id == job.id) {
                kept.state = state;
            }
        }
    }

    fn run_alter_job(&self, job: &AlterJob, clauses: &[AlterClause]) -> Result<(), String> {
        let found = self.engine.table(&job.database, &job.table).ok().filter(|table| table.id() == job.table_id);
        let table = found.ok_or_else(|| format!("table {} has been dropped", job.table))?;
        self.apply_clauses(&job.database, &table, clauses).map(drop).map_err(|error| error.message)
    }

    pub(crate) fn cancel_alter(&self, session: &Session, name: &Name, columns: bool) -> SqlResult<Response> {
        let (database, table) = self.resolve(session, name)?;
        let found = self.engine.table(&database, &table).map_err(|_| SqlError::table_not_found(&table))?;
        self.check(session, Privilege::Alter, Object::Table { database: &database, table: &table })?;
        self.finish_alter_jobs();
        let now = self.engine.clock().now();
        let mut shared = self.shared();
        let running = |job: &&mut AlterJob| columns && job.table_id == found.id() && job.ended().is_none();
        match shared.jobs.iter_mut().find(running) {
            Some(AlterJob { state: State::Finishing, .. }) => {
                Err(SqlError::plain("Job can not be cancelled. State: RUNNING"))
            }
            Some(job) => {
                job.state = State::Cancelled(now, "user cancelled".to_owned());
                Ok(Response::done())
            }
            None => Err(SqlError::plain(format!("Table[{table}] is not under SCHEMA_CHANGE."))),
        }
    }
}
