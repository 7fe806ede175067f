// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Users and grants.

use crate::engine::{Object, Privilege};
use crate::sql::ast::{Name, UserStatement};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::session::Session;
use crate::sql::{Response, Sql};

impl Sql {
    pub(super) fn check_grant(&self, session: &Session) -> SqlResult<()> {
        let allowed = self.engine.authorize(&session.identity, Privilege::Admin, Object::System);
        allowed.map_err(|_| SqlError::access_denied(&session.identity, "GRANT", Object::System))
    }

    pub(super) fn user_statement(&self, session: &Session, statement: UserStatement) -> SqlResult<Response> {
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
                    self.users.alter(&name, &host, password.as_ref())?;
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
    fn check_target(&self, session: &Session, target: &mut crate::sql::ast::GrantTarget) -> SqlResult<()> {
        use crate::sql::ast::GrantTarget as T;
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
}
