// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Runs statements.

mod prepared;
mod query;
mod set;
mod users;

use std::sync::Arc;

pub(crate) use self::prepared::{NOT_PREPARABLE, placeholders, quote, substitute};
use crate::clock::Micros;
use crate::engine::{Object, Privilege};
use crate::show;
use crate::sql::ast::{Name, Statement};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::relations::unknown_catalog;
use crate::sql::session::{Session, SqlTransaction};
use crate::sql::{CATALOG, Response, Sql};

impl Sql {
    /// Runs one statement; `source` is its text.
    pub(crate) async fn execute(
        self: &Arc<Self>,
        session: &mut Session,
        statement: Statement,
        source: &str,
    ) -> SqlResult<Response> {
        session.last_query_id = uuid::Uuid::new_v4().to_string();
        match statement {
            Statement::Empty | Statement::Nothing => Ok(Response::done()),
            Statement::Query(query) => self.select(session, &query).await,
            Statement::Explain(query) => self.explain(session, &query),
            Statement::Insert(insert) => self.insert(session, insert).await,
            Statement::Update(update) => self.update(session, &update).await,
            Statement::Delete(delete) => self.delete(session, &delete).await,
            Statement::CreateDatabase { name, if_not_exists } => self.create_database(session, &name, if_not_exists),
            Statement::DropDatabase { name, if_exists } => self.drop_database(session, &name, if_exists),
            Statement::RenameDatabase { name, to } => self.rename_database(session, &name, &to),
            Statement::SetQuota { name } => self.engine.database(&name).map(|_| Response::done()).map_err(Into::into),
            Statement::Analyze { name } => {
                let (database, table) = self.resolve(session, &name)?;
                self.engine.table(&database, &table).map_err(|_| SqlError::table_not_found(&table))?;
                Ok(Response::done())
            }
            Statement::CreateTable(table) => self.create_table(session, *table).await,
            Statement::CreateTableLike { name, like, if_not_exists } => {
                self.create_table_like(session, &name, &like, if_not_exists)
            }
            Statement::CreateView { name, columns, comment, query, if_not_exists, or_replace } => {
                self.create_view(session, &name, columns, comment, query, if_not_exists, or_replace)
            }
            Statement::DropTable { name, if_exists, view } => self.drop_table(session, &name, if_exists, view),
            Statement::Truncate { name, partitions } => self.truncate(session, &name, &partitions),
            Statement::AlterTable { name, clauses } => self.alter_table(session, &name, clauses),
            Statement::CancelAlter { name, columns } => self.cancel_alter(session, &name, columns),
            Statement::Use { catalog, database } => self.use_database(session, catalog, database),
            Statement::Set(assignments) => {
                for assignment in assignments {
                    self.set(session, assignment).await?;
                }
                Ok(Response::done())
            }
            Statement::Show(show) => show::show(self, session, show).await,
            Statement::Describe { name, all } => show::describe(self, session, &name, all),
            Statement::Kill { id } => {
                let own = (session.identity.user != crate::auth::ROOT).then_some(session.identity.user.as_str());
                if self.connections.kill(id, own) {
                    return Ok(Response::done());
                }
                Err(SqlError::coded(1094, "HY000", format!("Unknown thread id: {id}")))
            }
            Statement::Begin => {
                let label = uuid::Uuid::new_v4().to_string();
                let transaction = session.transaction.get_or_insert(SqlTransaction {
                    label,
                    id: 0,
                    begun: false,
                    tables: Vec::new(),
                });
                if transaction.id == 0 {
                    transaction.id = -1;
                }
                let (label, id) = (transaction.label.clone(), transaction.id);
                Ok(Response::Ok { affected: 0, info: info(&label, "PREPARE", id) })
            }
            Statement::Commit => self.commit(session),
            Statement::Rollback => self.rollback(session),
            Statement::User(statement) => self.user_statement(session, statement),
            Statement::Prepare { name, sql } => {
                session.prepared.insert(name.to_lowercase(), sql);
                Ok(Response::done())
            }
            Statement::Execute { name, using } => self.execute_prepared(session, &name, &using).await,
            Statement::Deallocate { name } => match session.prepared.remove(&name.to_lowercase()) {
                Some(_) => Ok(Response::done()),
                None => Err(SqlError::plain(format!("PrepareStatement `{name}` not exist"))),
            },
            Statement::AdminSetConfig(pairs) => {
                self.check(session, Privilege::Admin, Object::System)?;
                show::set_config(self, &pairs)?;
                Ok(Response::done())
            }
            Statement::Unsupported(what) => {
                let _ = source;
                Err(unsupported(&what))
            }
        }
    }

    /// Whether the session's user may do it.
    pub(crate) fn check(&self, session: &Session, privilege: Privilege, object: Object<'_>) -> SqlResult<()> {
        let allowed = self.engine.authorize(&session.identity, privilege, object);
        allowed.map_err(|_| SqlError::access_denied(&session.identity, privilege.name(), object))
    }

    /// Whether the session's user may see the object.
    pub(crate) fn check_any(&self, session: &Session, object: Object<'_>) -> SqlResult<()> {
        if self.users.may_see(&session.identity.user, object) {
            return Ok(());
        }
        Err(SqlError::access_denied(&session.identity, "ANY", object))
    }

    /// The session's local time, in microseconds that count as if it were UTC.
    pub(crate) fn local_time(&self, session: &Session) -> Micros {
        let now = self.engine.clock().now();
        let globals = self.shared().globals.clone();
        let zone = crate::sql::variables::value("time_zone", &session.variables, &globals, self.version());
        let zone = zone.and_then(|z| z.parse::<arrow::array::timezone::Tz>().ok());
        let local = zone.and_then(|zone| {
            arrow::temporal_conversions::as_datetime_with_timezone::<arrow::datatypes::TimestampMicrosecondType>(
                now, zone,
            )
        });
        local.map_or(now, |t| t.naive_local().and_utc().timestamp_micros())
    }

    /// Database and table of a name.
    pub(crate) fn resolve(&self, session: &Session, name: &Name) -> SqlResult<(String, String)> {
        if let Some(catalog) = name.catalog.as_ref().filter(|c| *c != CATALOG) {
            return Err(unknown_catalog(catalog));
        }
        let database = name.database.clone().or_else(|| session.database.clone());
        Ok((database.ok_or_else(crate::sql::relations::no_database)?, name.name.clone()))
    }
}

/// What an INSERT, a BEGIN or the like tells in its OK packet.
pub(crate) fn info(label: &str, status: &str, id: i64) -> String {
    format!("{{'label':'{label}', 'status':'{status}', 'txnId':'{id}'}}")
}

pub(crate) fn unsupported(what: &str) -> SqlError {
    SqlError::plain(format!("{what} is not supported by the embedded server"))
}
