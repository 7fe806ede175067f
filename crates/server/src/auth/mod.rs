// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Users, passwords and grants, checked alike on HTTP and MySQL.

mod grants;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

use self::grants::privileges;
use crate::engine::{AccessControl, Credentials, Engine, EngineError, EngineResult, Identity, Object, Privilege};
use crate::sql::ast::{Grant, GrantTarget, Password};
use crate::sql::error::{SqlError, SqlResult};

/// `SHA1(SHA1(password))`, which is all that is kept of a password.
type Stored = [u8; 20];

/// Where users are in the engine's metadata.
const METADATA: &str = "user/";

/// The user that may do everything and cannot be dropped.
pub(crate) const ROOT: &str = "root";

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct User {
    host: String,
    password: Option<Stored>,
    /// What the user may do, by object.
    #[serde(with = "grants")]
    grants: BTreeMap<GrantTarget, BTreeSet<String>>,
}

/// All users of the server.
#[derive(Debug)]
pub struct Users {
    users: RwLock<BTreeMap<String, User>>,
}

impl Users {
    /// Root alone, with this password.
    pub fn new(root_password: &str) -> Self {
        let root = User { host: "%".to_owned(), password: stored(root_password), grants: BTreeMap::new() };
        Self { users: RwLock::new(BTreeMap::from([(ROOT.to_owned(), root)])) }
    }

    /// The users that an engine has kept, and root with the password it is started with; an empty one leaves root's own.
    pub fn of(engine: &Engine) -> Self {
        let given = &engine.config().root_password;
        let users = Self::new(given);
        for (key, value) in engine.metadata(METADATA) {
            let name = key.trim_start_matches(METADATA);
            match serde_json::from_value::<User>(value) {
                Ok(user) if name != ROOT || given.is_empty() => {
                    users.write().insert(name.to_owned(), user);
                }
                Ok(_) => {}
                Err(error) => tracing::error!(user = name, %error, "a kept user cannot be read and is left out"),
            }
        }
        users
    }

    /// Keeps a user, or that it is gone, in the engine's metadata.
    pub(crate) fn keep(&self, engine: &Engine, name: &str) -> EngineResult<()> {
        let value = self.read().get(name).map(serde_json::to_value).transpose();
        let value = value.map_err(|e| EngineError::Invalid(e.to_string()))?;
        engine.set_metadata(&format!("{METADATA}{name}"), value)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<String, User>> {
        self.users.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<String, User>> {
        self.users.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn create(
        &self,
        name: &str,
        host: &str,
        if_not_exists: bool,
        password: Option<&Password>,
    ) -> SqlResult<()> {
        let mut users = self.write();
        if users.contains_key(name) {
            if if_not_exists {
                return Ok(());
            }
            return Err(SqlError::analyzing(format_args!("user '{name}'@'{host}' already exists!")));
        }
        let password = password.map(stored_of).transpose()?.flatten();
        users.insert(name.to_owned(), User { host: host.to_owned(), password, grants: BTreeMap::new() });
        Ok(())
    }

    pub(crate) fn drop_user(&self, name: &str, host: &str, if_exists: bool) -> SqlResult<()> {
        if name == ROOT {
            return Err(SqlError::plain("cannot drop root"));
        }
        match self.write().remove(name) {
            None if !if_exists => Err(unknown(name, host)),
            _ => Ok(()),
        }
    }

    pub(crate) fn set_password(&self, name: &str, host: &str, password: &Password) -> SqlResult<()> {
        let password = stored_of(password)?;
        self.write().get_mut(name).ok_or_else(|| unknown(name, host))?.password = password;
        Ok(())
    }

    /// Sets the password if there is one, and keeps the old one if not.
    pub(crate) fn alter(&self, name: &str, host: &str, password: Option<&Password>) -> SqlResult<()> {
        match password {
            Some(password) => self.set_password(name, host, password),
            None if self.exists(name) => Ok(()),
            None => Err(unknown(name, host)),
        }
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.read().contains_key(name)
    }

    pub(crate) fn grant(&self, grant: &Grant) -> SqlResult<()> {
        let (name, host) = &grant.user;
        let mut users = self.write();
        let user = users.get_mut(name).ok_or_else(|| unknown(name, host))?;
        user.grants.entry(grant.target.clone()).or_default().extend(privileges(grant));
        Ok(())
    }

    pub(crate) fn revoke(&self, grant: &Grant) -> SqlResult<()> {
        let (name, host) = &grant.user;
        let mut users = self.write();
        let user = users.get_mut(name).ok_or_else(|| unknown(name, host))?;
        let all = grant.privileges.iter().any(|p| p.starts_with("ALL"));
        if let Some(held) = user.grants.get_mut(&grant.target) {
            for privilege in privileges(grant) {
                held.remove(&privilege);
            }
            if all || held.is_empty() {
                user.grants.remove(&grant.target);
            }
        }
        Ok(())
    }

    /// Has the grants on a database follow its new name. Returns the users whose grants changed.
    pub(crate) fn rename_database(&self, name: &str, new: &str) -> Vec<String> {
        let mut changed = Vec::new();
        for (user, known) in self.write().iter_mut() {
            if known.grants.keys().any(|target| target.database() == Some(name)) {
                let grants = std::mem::take(&mut known.grants).into_iter();
                known.grants = grants.map(|(target, held)| (target.in_renamed(name, new), held)).collect();
                changed.push(user.clone());
            }
        }
        changed
    }

    /// Names with hosts and whether there is a password; root first.
    pub(crate) fn list(&self) -> Vec<(String, String, bool)> {
        let users = self.read();
        let mut list: Vec<_> = users.iter().map(|(n, u)| (n.clone(), u.host.clone(), u.password.is_some())).collect();
        list.sort_by_key(|(name, ..)| name != ROOT);
        list
    }

    /// The rows of SHOW GRANTS: catalog and text.
    pub(crate) fn grants_of(&self, name: &str, host: &str) -> SqlResult<Vec<(Option<String>, String)>> {
        let users = self.read();
        let user = users.get(name).ok_or_else(|| unknown(name, host))?;
        let who = format!("'{name}'@'{}'", user.host);
        if name == ROOT {
            return Ok(vec![(None, format!("GRANT 'root' TO {who}"))]);
        }
        let rows = user.grants.iter().map(|(target, privileges)| {
            let list = privileges.iter().cloned().collect::<Vec<_>>().join(", ");
            let (catalog, object) = match target {
                GrantTarget::System => (None, "SYSTEM".to_owned()),
                GrantTarget::Catalog => (Some(()), "CATALOG default_catalog".to_owned()),
                GrantTarget::AllDatabases => (Some(()), "ALL DATABASES".to_owned()),
                GrantTarget::Database(db) => (Some(()), format!("DATABASE {db}")),
                GrantTarget::AllTables => (Some(()), "ALL TABLES IN ALL DATABASES".to_owned()),
                GrantTarget::TablesIn(db) => (Some(()), format!("ALL TABLES IN DATABASE {db}")),
                GrantTarget::Table(db, table) => {
                    (Some(()), format!("TABLE {}.{table}", db.as_deref().unwrap_or_default()))
                }
                GrantTarget::AllViews => (Some(()), "ALL VIEWS IN ALL DATABASES".to_owned()),
                GrantTarget::ViewsIn(db) => (Some(()), format!("ALL VIEWS IN DATABASE {db}")),
                GrantTarget::View(db, view) => (Some(()), format!("VIEW {}.{view}", db.as_deref().unwrap_or_default())),
            };
            (catalog.map(|()| "default_catalog".to_owned()), format!("GRANT {list} ON {object} TO USER {who}"))
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|a, b| a.1.cmp(&b.1));
        Ok(rows)
    }

    /// Whether the user holds any privilege on the object or on something in it; that is what seeing it takes.
    pub(crate) fn may_see(&self, user: &str, object: Object<'_>) -> bool {
        if user == ROOT {
            return true;
        }
        let users = self.read();
        let Some(user) = users.get(user) else { return false };
        user.grants.keys().any(|target| match (target, object) {
            (GrantTarget::AllDatabases | GrantTarget::AllTables, Object::Database(_) | Object::Table { .. }) => true,
            (GrantTarget::AllDatabases | GrantTarget::AllViews, Object::Database(_) | Object::View { .. }) => true,
            (GrantTarget::ViewsIn(db), Object::Database(wanted) | Object::View { database: wanted, .. }) => {
                db == wanted
            }
            (GrantTarget::View(Some(db), _), Object::Database(wanted)) => db == wanted,
            (GrantTarget::View(Some(db), name), Object::View { database, view }) => db == database && name == view,
            (GrantTarget::Database(db), Object::Database(wanted)) => db == wanted,
            (GrantTarget::TablesIn(db), Object::Database(wanted) | Object::Table { database: wanted, .. }) => {
                db == wanted
            }
            (GrantTarget::Table(Some(db), _), Object::Database(wanted)) => db == wanted,
            (GrantTarget::Table(Some(db), name), Object::Table { database, table }) => db == database && name == table,
            _ => false,
        })
    }

    fn holds(&self, user: &str, privilege: Privilege, object: Object<'_>) -> bool {
        if user == ROOT {
            return true;
        }
        let users = self.read();
        let Some(user) = users.get(user) else { return false };
        user.grants.iter().any(|(target, privileges)| {
            let held = privileges.contains(privilege.name());
            held && match (target, object) {
                (GrantTarget::System, Object::System) => true,
                (GrantTarget::Catalog, _) => privilege == Privilege::CreateDatabase,
                (GrantTarget::AllDatabases, Object::Database(_)) => true,
                (GrantTarget::Database(db), Object::Database(wanted)) => db == wanted,
                (GrantTarget::AllTables, Object::Table { .. }) | (GrantTarget::AllViews, Object::View { .. }) => true,
                (GrantTarget::ViewsIn(db), Object::View { database, .. }) => db == database,
                (GrantTarget::View(Some(db), name), Object::View { database, view }) => db == database && name == view,
                (GrantTarget::TablesIn(db), Object::Table { database, .. }) => db == database,
                (GrantTarget::Table(Some(db), name), Object::Table { database, table }) => {
                    db == database && name == table
                }
                _ => false,
            }
        })
    }
}

fn unknown(name: &str, host: &str) -> SqlError {
    SqlError::analyzing(format_args!("cannot find user '{name}'@'{host}'!"))
}

fn stored(password: &str) -> Option<Stored> {
    (!password.is_empty()).then(|| Sha1::digest(Sha1::digest(password.as_bytes())).into())
}

fn stored_of(password: &Password) -> SqlResult<Option<Stored>> {
    let hashed = match password {
        Password::Plain(plain) => return Ok(stored(plain)),
        Password::Hashed(hashed) if hashed.is_empty() => return Ok(None),
        Password::Hashed(hashed) => hashed,
    };
    let digits = hashed.strip_prefix('*').filter(|d| d.len() == 40 && d.is_ascii());
    let bytes = digits.map(|d| {
        let pairs = d.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok());
        pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect::<Vec<u8>>()
    });
    match bytes.and_then(|b| Stored::try_from(b).ok()) {
        Some(stored) => Ok(Some(stored)),
        None => Err(SqlError::coded(1827, "HY000", "The password hash doesn't have the expected format.")),
    }
}

/// Whether `response` answers `scramble` for the stored password.
fn answers(stored: &Stored, scramble: &[u8], response: &[u8]) -> bool {
    if response.len() != 20 {
        return false;
    }
    let mask = Sha1::new().chain_update(scramble).chain_update(stored).finalize();
    let stage1: Vec<u8> = response.iter().zip(mask).map(|(r, m)| r ^ m).collect();
    same(&Sha1::digest(stage1), stored)
}

/// Without early exit: the time taken tells nothing about what is compared.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (x, y)| difference | (x ^ y)) == 0
}

impl AccessControl for Users {
    fn authenticate(&self, user: &str, host: &str, credentials: Credentials<'_>) -> EngineResult<Identity> {
        let right = self.read().get(user).is_some_and(|known| match (&known.password, credentials) {
            (None, _) => !credentials.with_password(),
            (Some(kept), Credentials::Password(plain)) => stored(plain).is_some_and(|given| same(&given, kept)),
            (Some(kept), Credentials::NativePassword { scramble, response }) => answers(kept, scramble, response),
        });
        if right {
            return Ok(Identity { user: user.to_owned(), host: host.to_owned() });
        }
        Err(EngineError::Unauthenticated {
            user: user.to_owned(),
            host: host.to_owned(),
            with_password: credentials.with_password(),
        })
    }

    fn authorize(&self, identity: &Identity, privilege: Privilege, object: Object<'_>) -> EngineResult<()> {
        if self.holds(&identity.user, privilege, object) {
            return Ok(());
        }
        Err(object.denied(identity, privilege))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_password_is_checked_against_the_stored_hash() {
        let users = Users::new("secret");
        let scramble = [7_u8; 20];
        let answer = |password: &str| -> Vec<u8> {
            let stage1 = Sha1::digest(password);
            let mask = Sha1::new().chain_update(scramble).chain_update(Sha1::digest(stage1)).finalize();
            stage1.iter().zip(mask).map(|(a, b)| a ^ b).collect()
        };
        let login = |response: &[u8]| {
            users.authenticate("root", "h", Credentials::NativePassword { scramble: &scramble, response }).is_ok()
        };
        assert!(login(&answer("secret")));
        assert!(!login(&answer("Secret")));
        assert!(!login(b""));
        assert!(users.authenticate("root", "h", Credentials::Password("secret")).is_ok());
        assert!(users.authenticate("nobody", "h", Credentials::Password("")).is_err());
    }

    #[test]
    fn a_grant_admits_what_it_names_until_it_is_revoked() {
        let users = Users::new("");
        users.create("u", "%", false, None).unwrap();
        let grant = Grant {
            privileges: vec!["INSERT".into()],
            target: GrantTarget::TablesIn("d".into()),
            user: ("u".into(), "%".into()),
        };
        users.grant(&grant).unwrap();
        let identity = Identity { user: "u".into(), host: "h".into() };
        let table = |database| Object::Table { database, table: "t" };
        assert!(users.authorize(&identity, Privilege::Insert, table("d")).is_ok());
        assert!(users.authorize(&identity, Privilege::Select, table("d")).is_err());
        assert!(users.authorize(&identity, Privilege::Insert, table("e")).is_err());
        assert!(users.may_see("u", Object::Database("d")) && !users.may_see("u", Object::Database("e")));
        users.revoke(&grant).unwrap();
        assert!(users.authorize(&identity, Privilege::Insert, table("d")).is_err());
    }

    #[test]
    fn one_privilege_of_all_can_be_revoked() {
        let users = Users::new("");
        users.create("u", "%", false, None).unwrap();
        let grant = |privilege: &str| Grant {
            privileges: vec![privilege.into()],
            target: GrantTarget::Table(Some("d".into()), "t".into()),
            user: ("u".into(), "%".into()),
        };
        let identity = Identity { user: "u".into(), host: "h".into() };
        let may =
            |privilege| users.authorize(&identity, privilege, Object::Table { database: "d", table: "t" }).is_ok();
        users.grant(&grant("ALL PRIVILEGES")).unwrap();
        assert!(may(Privilege::Select) && may(Privilege::Insert) && may(Privilege::Drop));
        users.revoke(&grant("SELECT")).unwrap();
        assert!(!may(Privilege::Select) && may(Privilege::Insert));
        users.grant(&grant("REFRESH")).unwrap();
        users.revoke(&grant("ALL")).unwrap();
        assert!(!may(Privilege::Insert) && !users.may_see("u", Object::Database("d")));
    }
}
