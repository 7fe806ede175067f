// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Runs statements.

use std::sync::Arc;

use arrow::array::RecordBatch;

use super::ast::{Assignment, Name, Password, QueryText, SetValue, Statement, UserStatement};
use super::error::{Position, SqlError, SqlResult};
use super::query::{Binder, Call, Planned, Relations, ResultType, located, parse_query};
use super::relations::{SessionRelations, unknown_catalog};
use super::session::{Session, SqlTransaction};
use super::{CATALOG, Response, Rows, Sql, text};
use crate::clock::Micros;
use crate::engine::{Object, Privilege};
use crate::mysql::Column;
use crate::{information_schema, show};

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
            Statement::RenameDatabase { name } => {
                self.engine.database(&name)?;
                Err(unsupported("ALTER DATABASE RENAME"))
            }
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
            Statement::CancelAlter { name } => self.cancel_alter(session, &name),
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
        let zone = super::variables::value("time_zone", &session.variables, &globals, self.version());
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
        Ok((database.ok_or_else(super::relations::no_database)?, name.name.clone()))
    }

    /// Plans a query of the session.
    pub(crate) fn plan(&self, session: &Session, text: &QueryText) -> SqlResult<Planned> {
        for hint in &text.hints {
            check_hint(hint)?;
        }
        let query = parse_query(text)?;
        let mut calls = Vec::new();
        self.bind_and_plan(session, query, text.at, &mut calls).map_err(|error| located(error, text, &calls))
    }

    pub(crate) fn plan_query(
        &self,
        session: &Session,
        query: datafusion::sql::sqlparser::ast::Query,
    ) -> SqlResult<Planned> {
        self.bind_and_plan(session, query, Default::default(), &mut Vec::new())
    }

    fn bind_and_plan(
        &self,
        session: &Session,
        query: datafusion::sql::sqlparser::ast::Query,
        origin: Position,
        calls: &mut Vec<Call>,
    ) -> SqlResult<Planned> {
        let relations = SessionRelations::new(self, session);
        self.plan_bound(&relations, session, query, origin, calls)
    }

    /// Plans a query in which names stand for what `over` makes of the session's.
    pub(crate) fn plan_over(
        &self,
        session: &Session,
        text: &QueryText,
        over: impl for<'r> FnOnce(&'r dyn Relations) -> Box<dyn Relations + 'r>,
    ) -> SqlResult<Planned> {
        let relations = SessionRelations::new(self, session);
        self.plan_bound(&*over(&relations), session, parse_query(text)?, text.at, &mut Vec::new())
    }

    fn plan_bound(
        &self,
        relations: &dyn Relations,
        session: &Session,
        query: datafusion::sql::sqlparser::ast::Query,
        origin: Position,
        calls: &mut Vec<Call>,
    ) -> SqlResult<Planned> {
        let mut binder = Binder::new(relations, &session.user_variables);
        binder.origin = origin;
        let planned = self.queries.plan(&mut binder, query);
        *calls = std::mem::take(&mut binder.calls);
        planned
    }

    async fn select(&self, session: &Session, text: &QueryText) -> SqlResult<Response> {
        if let Some(seconds) = sleep_seconds(&text.sql) {
            tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
            let column = ResultType::Of(starrocks_types::StarRocksType::Boolean).column(format!("sleep({seconds})"));
            return Ok(Response::texts(vec![column], vec![vec![Some("1".to_owned())]]));
        }
        let planned = self.plan(session, text)?;
        let columns = planned.columns.iter().map(|(name, t)| t.column(name.as_str())).collect();
        let stream = self.queries.run(&planned).await?;
        Ok(Response::Rows { columns, rows: Rows::Stream { planned: Box::new(planned), stream } })
    }

    /// All rows of a query of the session.
    pub(crate) async fn rows_of(&self, session: &Session, text: &QueryText) -> SqlResult<(Planned, Vec<RecordBatch>)> {
        let planned = self.plan(session, text)?;
        let batches = self.queries.collect(&planned).await?;
        Ok((planned, batches))
    }

    /// The only value of a query without FROM, with its type.
    pub(crate) async fn value_of(
        &self,
        session: &Session,
        expression: &QueryText,
    ) -> SqlResult<(Option<String>, ResultType)> {
        let text = QueryText { sql: format!("SELECT {}", expression.sql), ..expression.clone() };
        let (planned, batches) = self.rows_of(session, &text).await?;
        let value = batches.iter().find(|b| b.num_rows() > 0).and_then(|b| text::text(b.column(0), 0));
        let data_type = planned.columns.into_iter().next().map_or(ResultType::Null, |(_, t)| t);
        Ok((value, data_type))
    }

    fn explain(&self, session: &Session, text: &QueryText) -> SqlResult<Response> {
        let word = text.sql.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        let mut lines = vec!["PLAN FRAGMENT 0".to_owned()];
        if matches!(word.as_str(), "SELECT" | "WITH" | "VALUES") || text.sql.starts_with('(') {
            let planned = self.plan(session, text)?;
            let outputs: Vec<String> =
                planned.columns.iter().enumerate().map(|(i, (name, _))| format!("{}: {name}", i + 1)).collect();
            lines.push(format!(" OUTPUT EXPRS:{}", outputs.join(" | ")));
            lines.push("  PARTITION: UNPARTITIONED".to_owned());
            lines.push(String::new());
            lines.push("  RESULT SINK".to_owned());
            lines.push(String::new());
            lines.extend(planned.describe().lines().map(|line| format!("  {line}")));
        } else {
            lines.push(format!("  {word}"));
        }
        let rows = lines.into_iter().map(|line| vec![Some(line)]).collect();
        Ok(Response::texts(vec![Column::varchar("Explain String", 20)], rows))
    }

    fn use_database(&self, session: &mut Session, catalog: Option<String>, database: String) -> SqlResult<Response> {
        if let Some(catalog) = catalog.filter(|c| c != CATALOG) {
            return Err(unknown_catalog(&catalog));
        }
        if database.is_empty() {
            session.database = None;
            return Ok(Response::done());
        }
        session.database = Some(self.enter(session, &database)?);
        Ok(Response::done())
    }

    /// Checks that the session may make a database its own.
    pub(crate) fn enter(&self, session: &Session, database: &str) -> SqlResult<String> {
        let name = database.strip_prefix(CATALOG).and_then(|rest| rest.strip_prefix('.')).unwrap_or(database);
        if information_schema::is_system(name) {
            return Ok(name.to_owned());
        }
        self.engine.database(name)?;
        self.check_any(session, Object::Database(name))?;
        Ok(name.to_owned())
    }

    async fn set(&self, session: &mut Session, assignment: Assignment) -> SqlResult<()> {
        match assignment {
            Assignment::Nothing => Ok(()),
            Assignment::Role(role) => match role.trim().to_ascii_uppercase().as_str() {
                "ALL" | "DEFAULT" | "NONE" | "ROOT" | "'ROOT'" => Ok(()),
                _ => Err(SqlError::analyzing(format_args!("Cannot set role: cannot find role {}!", role.trim()))),
            },
            Assignment::Names { charset } => set_names(charset.as_deref()),
            Assignment::User { name, value } => {
                let value = self.value_of(session, &value).await?;
                session.user_variables.insert(name.to_ascii_lowercase(), value);
                Ok(())
            }
            Assignment::Password { user, password } => {
                let (name, host) = user.unwrap_or_else(|| (session.identity.user.clone(), "%".to_owned()));
                if name != session.identity.user {
                    self.check_grant(session)?;
                }
                self.users.set_password(&name, &host, &password)?;
                self.users.keep(&self.engine, &name).map_err(Into::into)
            }
            Assignment::Variable { global, name, value } => {
                if global {
                    self.check(session, Privilege::Admin, Object::System)?;
                }
                let value = match value {
                    SetValue::Default => None,
                    SetValue::Null => Some(String::new()),
                    SetValue::Text(text) => Some(text),
                    SetValue::Expression(expression) => self.value_of(session, &expression).await?.0,
                };
                if global {
                    self.shared().globals.set(&name, value.as_deref())?;
                }
                session.variables.set(&name, value.as_deref())
            }
        }
    }

    fn check_grant(&self, session: &Session) -> SqlResult<()> {
        let allowed = self.engine.authorize(&session.identity, Privilege::Admin, Object::System);
        allowed.map_err(|_| SqlError::access_denied(&session.identity, "GRANT", Object::System))
    }

    fn user_statement(&self, session: &Session, statement: UserStatement) -> SqlResult<Response> {
        self.check_grant(session)?;
        let changed = match &statement {
            UserStatement::Create { name, .. }
            | UserStatement::Drop { name, .. }
            | UserStatement::Alter { name, .. } => name.clone(),
            UserStatement::Grant(grant) | UserStatement::Revoke(grant) => grant.user.0.clone(),
        };
        match statement {
            UserStatement::Create { name, host, if_not_exists, password } => {
                self.users.create(&name, &host, if_not_exists, password.as_ref())?;
            }
            UserStatement::Drop { name, host, if_exists } => self.users.drop_user(&name, &host, if_exists)?,
            UserStatement::Alter { name, host, if_exists, password } => {
                if !if_exists || self.users.exists(&name) {
                    self.users.set_password(&name, &host, &password.unwrap_or(Password::Plain(String::new())))?;
                }
            }
            UserStatement::Grant(mut grant) => {
                self.check_target(session, &mut grant.target)?;
                self.users.grant(&grant)?;
            }
            UserStatement::Revoke(mut grant) => {
                self.check_target(session, &mut grant.target)?;
                self.users.revoke(&grant)?;
            }
        }
        self.users.keep(&self.engine, &changed)?;
        Ok(Response::done())
    }

    /// Completes a grant's object and checks that it exists.
    fn check_target(&self, session: &Session, target: &mut super::ast::GrantTarget) -> SqlResult<()> {
        use super::ast::GrantTarget as T;
        let find = |database: &str| match self.engine.database(database) {
            Ok(found) => Ok(found),
            Err(_) => Err(SqlError::analyzing(format_args!("cannot find db: {database}"))),
        };
        match target {
            T::Database(database) | T::TablesIn(database) | T::ViewsIn(database) => find(database).map(drop),
            T::Table(database, table) => {
                let name = Name { catalog: None, database: database.clone(), name: table.clone() };
                let (home, table) = self.resolve(session, &name)?;
                if find(&home)?.table(&table).is_none() {
                    return Err(SqlError::analyzing(format_args!("cannot find table {table} in db {home}")));
                }
                *database = Some(home);
                Ok(())
            }
            T::View(database, view) => {
                let name = Name { catalog: None, database: database.clone(), name: view.clone() };
                let (home, view) = self.resolve(session, &name)?;
                find(&home)?;
                if !self.shared().views.contains_key(&(home.clone(), view.clone())) {
                    return Err(SqlError::analyzing(format_args!("cannot find view {view} in db {home}")));
                }
                *database = Some(home);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn execute_prepared(
        self: &Arc<Self>,
        session: &mut Session,
        name: &str,
        using: &[String],
    ) -> SqlResult<Response> {
        let Some(sql) = session.prepared.get(&name.to_lowercase()) else {
            return Err(SqlError::plain(format!("PrepareStatement `{name}` not exist")));
        };
        let values = using.iter().map(|variable| match session.user_variables.get(&variable.to_ascii_lowercase()) {
            Some((Some(value), ResultType::Of(_))) => value.clone(),
            Some((Some(value), _)) => quote(value),
            _ => "NULL".to_owned(),
        });
        let sql = substitute(sql, &values.collect::<Vec<_>>())?;
        let (statements, error) = super::parse::parse(&sql);
        match (statements.into_iter().next(), error) {
            (Some((Statement::Query(query), _)), _) => self.select(session, &query).await,
            (_, Some(error)) => Err(error),
            _ => Err(SqlError::coded(1295, "HY000", NOT_PREPARABLE)),
        }
    }
}

/// The text for statements that cannot be prepared.
pub(crate) const NOT_PREPARABLE: &str = "This command is not supported in the prepared statement protocol yet";

/// A string as a literal.
pub(crate) fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''"))
}

/// Puts values in the places of `?`.
pub(crate) fn substitute(sql: &str, values: &[String]) -> SqlResult<String> {
    let places = placeholders(sql)?;
    if places.len() != values.len() {
        return Err(SqlError::plain(format!(
            "Invalid parameter size {}, which is different from the parameter size {} in the statement",
            values.len(),
            places.len()
        )));
    }
    let mut out = String::with_capacity(sql.len() + 16 * values.len());
    let mut from = 0;
    for (place, value) in places.into_iter().zip(values) {
        out.push_str(sql.get(from..place).unwrap_or_default());
        out.push_str(value);
        from = place + 1;
    }
    out.push_str(sql.get(from..).unwrap_or_default());
    Ok(out)
}

/// The byte offsets of `?` outside strings, names and comments.
pub(crate) fn placeholders(sql: &str) -> SqlResult<Vec<usize>> {
    let tokens = super::lexer::tokens(sql)?;
    let is_place =
        |t: &&super::lexer::Token| t.kind == super::lexer::Kind::Symbol && sql.get(t.start..t.end) == Some("?");
    Ok(tokens.iter().filter(is_place).map(|t| t.start).collect())
}

/// What an INSERT, a BEGIN or the like tells in its OK packet.
pub(crate) fn info(label: &str, status: &str, id: i64) -> String {
    format!("{{'label':'{label}', 'status':'{status}', 'txnId':'{id}'}}")
}

pub(crate) fn unsupported(what: &str) -> SqlError {
    SqlError::plain(format!("{what} is not supported by the embedded server"))
}

fn set_names(charset: Option<&str>) -> SqlResult<()> {
    match charset.map(str::to_ascii_lowercase).as_deref() {
        None | Some("utf8" | "utf8mb4" | "utf8mb3" | "gbk" | "default") => Ok(()),
        Some(other) => Err(SqlError::analyzing_coded(1115, "42000", format_args!("Unknown character set: '{other}'"))),
    }
}

/// `SET_VAR(name = value, …)`: only the names are checked, no variable changes how a query runs here.
fn check_hint(hint: &str) -> SqlResult<()> {
    let inner = hint.trim().strip_prefix("SET_VAR").or_else(|| hint.trim().strip_prefix("set_var"));
    let Some(inner) = inner.map(|i| i.trim().trim_start_matches('(').trim_end_matches(')')) else { return Ok(()) };
    for assignment in inner.split(',') {
        let name = assignment.split('=').next().unwrap_or_default().trim();
        let mut scratch = super::variables::Variables::default();
        if let Err(mut error) = scratch.set(name, None) {
            error.message = error.message.replace("Getting analyzing error. Detail message: ", "");
            error.message = error.message.trim_end_matches('.').to_owned();
            return Err(error);
        }
    }
    Ok(())
}

/// The seconds of `select sleep(n)`, which the engine must not wait for on its threads.
fn sleep_seconds(sql: &str) -> Option<u64> {
    let compact: String = sql.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    compact.strip_prefix("selectsleep(")?.strip_suffix(')')?.parse().ok()
}
