// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Who may do what. The engine asks; [`RootOnly`] answers until the SQL side installs users and grants.

use super::{EngineError, EngineResult};

/// What a client proves its identity with.
#[derive(Clone, Copy)]
pub enum Credentials<'a> {
    /// The password itself, as HTTP Basic sends it.
    Password(&'a str),
    /// `mysql_native_password`: the server's scramble and the client's answer, empty for no password.
    NativePassword {
        /// The 20 bytes the server sent.
        scramble: &'a [u8],
        /// The client's answer.
        response: &'a [u8],
    },
}

impl Credentials<'_> {
    /// Whether the client sent a password at all; error texts tell it.
    pub fn with_password(&self) -> bool {
        match self {
            Self::Password(password) => !password.is_empty(),
            Self::NativePassword { response, .. } => !response.is_empty(),
        }
    }
}

/// A user who has proven to be it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// User name.
    pub user: String,
    /// The client's address, without port.
    pub host: String,
}

/// Privileges that the front ends check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Privilege {
    /// Reading rows.
    Select,
    /// Writing rows, loads included.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE and TRUNCATE.
    Delete,
    /// ALTER TABLE.
    Alter,
    /// DROP TABLE or DATABASE.
    Drop,
    /// CREATE TABLE in a database.
    CreateTable,
    /// CREATE DATABASE.
    CreateDatabase,
    /// Users, grants and settings of the server.
    Admin,
}

impl Privilege {
    /// The name in GRANT and in error texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Alter => "ALTER",
            Self::Drop => "DROP",
            Self::CreateTable => "CREATE TABLE",
            Self::CreateDatabase => "CREATE DATABASE",
            Self::Admin => "OPERATE",
        }
    }
}

/// What a privilege is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object<'a> {
    /// The whole server.
    System,
    /// A database.
    Database(&'a str),
    /// A table.
    Table {
        /// Database name.
        database: &'a str,
        /// Table name.
        table: &'a str,
    },
    /// A view. What is granted on tables does not extend to it, nor the other way round.
    View {
        /// Database name.
        database: &'a str,
        /// View name.
        view: &'a str,
    },
}

impl Object<'_> {
    /// An [`EngineError::AccessDenied`] about this object.
    pub fn denied(&self, identity: &Identity, privilege: Privilege) -> EngineError {
        let (object_kind, object) = match self {
            Self::System => ("SYSTEM", String::new()),
            Self::Database(database) => ("DATABASE", (*database).to_owned()),
            Self::Table { table, .. } => ("TABLE", (*table).to_owned()),
            Self::View { view, .. } => ("VIEW", (*view).to_owned()),
        };
        EngineError::AccessDenied {
            user: identity.user.clone(),
            host: identity.host.clone(),
            privilege: privilege.name(),
            object_kind,
            object,
        }
    }
}

/// Users, passwords and grants.
pub trait AccessControl: Send + Sync {
    /// Checks who the client is.
    ///
    /// # Errors
    /// [`EngineError::Unauthenticated`].
    fn authenticate(&self, user: &str, host: &str, credentials: Credentials<'_>) -> EngineResult<Identity>;

    /// Checks what the user may do.
    ///
    /// # Errors
    /// [`EngineError::AccessDenied`].
    fn authorize(&self, identity: &Identity, privilege: Privilege, object: Object<'_>) -> EngineResult<()>;
}

/// One user, `root`, who may do everything.
pub struct RootOnly {
    password: String,
}

impl RootOnly {
    /// Root with this password, which may be empty.
    pub fn new(password: impl Into<String>) -> Self {
        Self { password: password.into() }
    }
}

impl AccessControl for RootOnly {
    fn authenticate(&self, user: &str, host: &str, credentials: Credentials<'_>) -> EngineResult<Identity> {
        let matches = match credentials {
            Credentials::Password(password) => password == self.password,
            Credentials::NativePassword { response, .. } => response.is_empty() && self.password.is_empty(),
        };
        if user == "root" && matches {
            return Ok(Identity { user: user.to_owned(), host: host.to_owned() });
        }
        Err(EngineError::Unauthenticated {
            user: user.to_owned(),
            host: host.to_owned(),
            with_password: credentials.with_password(),
        })
    }

    fn authorize(&self, _: &Identity, _: Privilege, _: Object<'_>) -> EngineResult<()> {
        Ok(())
    }
}
