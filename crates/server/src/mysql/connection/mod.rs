// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One client's connection: login, then commands until it goes.

mod answer;
mod parameters;
mod prepared;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;

use self::answer::send_error;
use self::prepared::Prepared;
use crate::engine::Credentials;
use crate::mysql::Limits;
use crate::mysql::handshake::{Login, change_user, login, scramble};
use crate::mysql::packet::{Packets, Reader, Violation, invalid, utf8};
use crate::mysql::result::Column;
use crate::sql::ast::{QueryText, Statement};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::{Listed, Response, Session, Sql, parse, variables};

const MORE_RESULTS: u16 = 8;

/// Bytes of the packets of a client that has not logged in.
const LOGIN_BYTES: usize = 128 << 10;

struct Connection {
    packets: Packets<TcpStream>,
    sql: Arc<Sql>,
    session: Session,
    prepared: HashMap<u32, Prepared>,
    last_prepared: u32,
    capabilities: u32,
    scramble: [u8; 20],
    peer: SocketAddr,
}

/// Serves one client.
pub(super) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    sql: Arc<Sql>,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let id = sql.connections.next_id();
    let mut packets = Packets::new(stream, LOGIN_BYTES);
    if sql.connections.len() >= limits.connections {
        let error = SqlError::coded(1040, "08004", "Reach limit of connections");
        return send_error(&mut packets, &error, false).await;
    }
    let scramble = scramble();
    // Listed before the login, so that half-open sockets count.
    let mut killed = sql.connections.add(id, "unauthenticated user", &peer.to_string(), sql.engine.clock().now());
    let _listed = Listed::new(sql.clone(), id);
    let greeted =
        tokio::time::timeout(limits.login, login(&mut packets, id, crate::sql::MYSQL_VERSION, &scramble)).await;
    let greeted = greeted.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
    let login = match greeted {
        Ok(Some(login)) => login,
        Ok(None) => return Ok(()),
        Err(error) => {
            if let Some(violation) = Violation::of(&error) {
                send_error(&mut packets, &violation.into(), true).await?;
            }
            return Err(error);
        }
    };
    packets.admit(limits.command_bytes);
    let capabilities = login.capabilities;
    let session = match authenticate(&sql, id, peer, &login, &scramble) {
        Ok(session) => session,
        Err(error) => return send_error(&mut packets, &error, true).await,
    };
    let mut connection =
        Connection { packets, sql, session, prepared: HashMap::new(), last_prepared: 0, capabilities, scramble, peer };
    connection.ok(0, "", 0).await?;
    let served = tokio::select! {
        served = connection.commands() => served,
        _ = killed.wait_for(|killed| *killed) => Ok(()),
        _ = stop.wait_for(|stop| *stop) => Ok(()),
    };
    // What a client leaves open ends with it.
    connection.sql.abandon(&mut connection.session, "connection closed");
    served
}

/// Checks password, character set and database.
fn authenticate(sql: &Sql, id: u32, peer: SocketAddr, login: &Login, scramble: &[u8; 20]) -> SqlResult<Session> {
    let host = peer.ip().to_string();
    let credentials = Credentials::NativePassword { scramble, response: &login.proof };
    let identity = sql.engine.authenticate(&login.user, &host, credentials)?;
    // latin1 and the like: the server speaks UTF-8 only.
    if matches!(login.collation, 5 | 8 | 15 | 31 | 47 | 48 | 49 | 94) {
        return Err(SqlError::analyzing_coded(1115, "42000", "Unknown character set: 'latin1'"));
    }
    let mut session = Session::new(id, identity, None);
    if let Some(database) = &login.database {
        session.database = Some(sql.enter(&session, database)?);
    }
    Ok(session)
}

impl Connection {
    async fn commands(&mut self) -> io::Result<()> {
        loop {
            self.packets.reset_sequence();
            self.note(None);
            let globals = self.sql.shared().globals.clone();
            let idle = variables::value("wait_timeout", &self.session.variables, &globals, self.sql.version());
            let idle = Duration::from_secs(idle.and_then(|s| s.parse().ok()).unwrap_or(28_800));
            let read = tokio::time::timeout(idle, self.packets.read()).await;
            let read = read.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
            let (command, done) = match &read {
                Ok(Some(payload)) => match payload.split_first() {
                    Some((&command, body)) => (command, self.command(command, body).await),
                    None => (0, Err(invalid("an empty command"))),
                },
                Ok(None) => return Ok(()),
                Err(_) => (0, Ok(true)),
            };
            match read.and(done) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => {
                    let Some(violation) = Violation::of(&error) else { return Err(error) };
                    self.error(&violation.into()).await?;
                    // The client expects no answer to these, and would take it for that of the next command.
                    if !violation.is_within_packet() || matches!(command, 0x18 | 0x19) {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Answers a command; `false` when it was the last one.
    async fn command(&mut self, command: u8, body: &[u8]) -> io::Result<bool> {
        match command {
            0x01 => return Ok(false),
            0x02 => self.init_db(body).await?,
            0x03 => self.query(body).await?,
            0x04 => self.field_list(body).await?,
            0x09 => {
                self.packets.write(b"Uptime: 0  Threads: 1  Questions: 0  Slow queries: 0").await?;
                self.packets.flush().await?;
            }
            0x0e | 0x1a => self.ok(0, "", 0).await?,
            0x11 => return self.change_user(body).await,
            0x16 => self.prepare(body).await?,
            0x17 => self.execute_prepared(body).await?,
            0x18 => self.long_data(body)?,
            0x19 => {
                self.prepared.remove(&(Reader(body).uint(4)? as u32));
            }
            0x1f => {
                let identity = self.session.identity.clone();
                self.abandon();
                self.session = Session::new(self.session.id, identity, self.session.database.take());
                self.prepared.clear();
                self.ok(0, "", 0).await?;
            }
            other => {
                let error = SqlError::coded(1047, "08S01", format!("Unknown command(COM_{other:#04x})"));
                self.error(&error).await?;
            }
        }
        Ok(true)
    }

    fn abandon(&mut self) {
        self.sql.abandon(&mut self.session, "session was reset");
    }

    fn note(&self, statement: Option<&str>) {
        let database = self.session.database.as_deref().unwrap_or_default();
        self.sql.connections.running(self.session.id, &self.session.identity.user, database, statement);
    }

    async fn init_db(&mut self, body: &[u8]) -> io::Result<()> {
        let name = String::from_utf8_lossy(body).into_owned();
        match self.sql.enter(&self.session, &name) {
            Ok(database) => {
                self.session.database = Some(database);
                self.ok(0, "", 0).await
            }
            Err(error) => self.error(&error).await,
        }
    }

    async fn change_user(&mut self, body: &[u8]) -> io::Result<bool> {
        let read = change_user(&mut self.packets, body, self.capabilities, &self.scramble).await?;
        let Some(login) = read else { return Ok(false) };
        match authenticate(&self.sql, self.session.id, self.peer, &login, &self.scramble) {
            Ok(session) => {
                self.abandon();
                self.session = session;
                self.prepared.clear();
                self.ok(0, "", 0).await?;
                Ok(true)
            }
            Err(error) => {
                self.error(&error).await?;
                Ok(false)
            }
        }
    }

    async fn query(&mut self, body: &[u8]) -> io::Result<()> {
        let text = utf8(body, "the statement")?;
        let (statements, failed) = parse::parse(text);
        let count = statements.len();
        for (i, (statement, source)) in statements.into_iter().enumerate() {
            let more = i + 1 < count || failed.is_some();
            let done = self.run(statement, &source).await;
            let sent = self.respond(done, false, if more { MORE_RESULTS } else { 0 }).await?;
            if !sent {
                return Ok(());
            }
        }
        match failed {
            Some(error) => self.error(&error).await,
            None => Ok(()),
        }
    }

    async fn run(&mut self, statement: Statement, source: &str) -> SqlResult<Response> {
        self.note(Some(source));
        self.sql.run(&mut self.session, statement, source).await
    }

    async fn field_list(&mut self, body: &[u8]) -> io::Result<()> {
        let name = Reader(body).until_zero()?;
        let name = String::from_utf8_lossy(name).replace('`', "``");
        let query =
            QueryText { sql: format!("SELECT * FROM `{name}` WHERE false"), at: Default::default(), hints: Vec::new() };
        match self.sql.plan(&self.session, &query) {
            Ok(planned) => {
                let columns: Vec<Column> = planned.columns.iter().map(|(name, t)| t.column(name.as_str())).collect();
                self.definitions(&columns, false, 0).await?;
                self.packets.flush().await
            }
            Err(error) => self.error(&error).await,
        }
    }
}
