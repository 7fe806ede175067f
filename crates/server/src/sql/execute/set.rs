// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! SET, and USE.

use crate::engine::{Object, Privilege};
use crate::information_schema;
use crate::sql::ast::{Assignment, SetValue};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::relations::unknown_catalog;
use crate::sql::session::Session;
use crate::sql::{CATALOG, Response, Sql};

impl Sql {
    pub(super) fn use_database(
        &self,
        session: &mut Session,
        catalog: Option<String>,
        database: String,
    ) -> SqlResult<Response> {
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

    pub(super) async fn set(&self, session: &mut Session, assignment: Assignment) -> SqlResult<()> {
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
}

fn set_names(charset: Option<&str>) -> SqlResult<()> {
    match charset.map(str::to_ascii_lowercase).as_deref() {
        None | Some("utf8" | "utf8mb4" | "utf8mb3" | "gbk" | "default") => Ok(()),
        Some(other) => Err(SqlError::analyzing_coded(1115, "42000", format_args!("Unknown character set: '{other}'"))),
    }
}
