// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One client's connection: login, then commands until it goes.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;

use super::Limits;
use super::handshake::{Login, change_user, login, scramble};
use super::packet::{Packets, Reader, invalid, put_lenenc, put_lenenc_int};
use super::result::{Column, RowWriter};
use crate::engine::Credentials;
use crate::sql::ast::{QueryText, Statement};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::{
    Listed, Response, Rows, Session, Sql, TimedRows, parse, placeholders, quote, substitute, text, variables,
};

const MORE_RESULTS: u16 = 8;
/// The most statements one connection keeps prepared.
const MAX_PREPARED: usize = 16_382;

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

struct Prepared {
    sql: String,
    parameters: usize,
    /// Type codes that the client sent with the first execution.
    types: Vec<(u8, u8)>,
    /// Values sent ahead, by parameter.
    long_data: HashMap<u16, Vec<u8>>,
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
    let mut packets = Packets::new(stream, limits.command_bytes);
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
    let Some(login) = greeted.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?? else { return Ok(()) };
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
            let Some(payload) = read.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?? else { return Ok(()) };
            let Some((&command, body)) = payload.split_first() else { return Err(invalid("an empty command")) };
            match command {
                0x01 => return Ok(()),
                0x02 => self.init_db(body).await?,
                0x03 => self.query(body).await?,
                0x04 => self.field_list(body).await?,
                0x09 => {
                    self.packets.write(b"Uptime: 0  Threads: 1  Questions: 0  Slow queries: 0").await?;
                    self.packets.flush().await?;
                }
                0x0e | 0x1a => self.ok(0, "", 0).await?,
                0x11 => {
                    if !self.change_user(body).await? {
                        return Ok(());
                    }
                }
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
        }
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
        let Ok(text) = std::str::from_utf8(body) else {
            return self.error(&SqlError::plain("the statement is not valid UTF-8")).await;
        };
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

    /// Sends a result; `false` when it was an error, after which no further statement runs.
    async fn respond(&mut self, result: SqlResult<Response>, binary: bool, status: u16) -> io::Result<bool> {
        match result {
            Ok(Response::Ok { affected, info }) => self.ok(affected, &info, status).await.map(|()| true),
            Ok(Response::Rows { columns, rows }) => self.rows(&columns, rows, binary, status).await,
            Err(error) => self.error(&error).await.map(|()| false),
        }
    }

    async fn rows(&mut self, columns: &[Column], rows: Rows, binary: bool, status: u16) -> io::Result<bool> {
        self.definitions(columns, true, status).await?;
        let mut writer = RowWriter::new(binary, columns.len());
        match rows {
            Rows::Texts(rows) => {
                for row in rows {
                    for (i, column) in columns.iter().enumerate() {
                        writer.put(column.wire, row.get(i).and_then(|v| v.as_deref()).map(str::as_bytes))?;
                    }
                    self.packets.write(&writer.finish()).await?;
                }
            }
            Rows::Stream { stream, .. } => {
                let mut rows = TimedRows::new(stream, self.sql.query_timeout(&self.session));
                let mut value = Vec::new();
                loop {
                    let batch = match rows.next().await {
                        Ok(Some(batch)) => batch,
                        Ok(None) => break,
                        Err(error) => {
                            self.error(&error).await?;
                            return Ok(false);
                        }
                    };
                    for row in 0..batch.num_rows() {
                        for (column, array) in columns.iter().zip(batch.columns()) {
                            value.clear();
                            let present = text::append(&mut value, array.as_ref(), row);
                            writer.put(column.wire, present.then_some(value.as_slice()))?;
                        }
                        self.packets.write(&writer.finish()).await?;
                    }
                }
            }
        }
        self.eof(status).await?;
        self.packets.flush().await?;
        Ok(true)
    }

    /// Column definitions, before them their number if `counted`, and EOF.
    async fn definitions(&mut self, columns: &[Column], counted: bool, status: u16) -> io::Result<()> {
        if counted {
            let mut count = Vec::new();
            put_lenenc_int(&mut count, columns.len() as u64);
            self.packets.write(&count).await?;
        }
        for column in columns {
            self.packets.write(&column.definition()).await?;
        }
        self.eof(status).await
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

    async fn prepare(&mut self, body: &[u8]) -> io::Result<()> {
        let text = String::from_utf8_lossy(body).into_owned();
        match self.plan_prepared(&text) {
            Ok((parameters, columns)) => {
                self.last_prepared = self.last_prepared.wrapping_add(1);
                let id = self.last_prepared;
                let statement = Prepared { sql: text, parameters, types: Vec::new(), long_data: HashMap::new() };
                self.prepared.insert(id, statement);
                let mut out = vec![0];
                out.extend_from_slice(&id.to_le_bytes());
                out.extend_from_slice(&u16::try_from(columns.len()).unwrap_or(u16::MAX).to_le_bytes());
                out.extend_from_slice(&u16::try_from(parameters).unwrap_or(u16::MAX).to_le_bytes());
                out.extend([0, 0, 0]);
                self.packets.write(&out).await?;
                if parameters > 0 {
                    let parameter = vec![Column::text("?"); parameters];
                    self.definitions(&parameter, false, 0).await?;
                }
                if !columns.is_empty() {
                    self.definitions(&columns, false, 0).await?;
                }
                self.packets.flush().await
            }
            Err(error) => self.error(&error).await,
        }
    }

    /// Number of parameters and result columns. Only queries can be prepared.
    fn plan_prepared(&self, sql: &str) -> SqlResult<(usize, Vec<Column>)> {
        if self.prepared.len() >= MAX_PREPARED {
            return Err(SqlError::coded(1461, "42000", "Can't create more than 16382 prepared statements"));
        }
        let parameters = placeholders(sql)?.len();
        if parameters > usize::from(u16::MAX) {
            return Err(SqlError::coded(1390, "HY000", "Prepared statement contains too many placeholders"));
        }
        let shape = substitute(sql, &vec!["NULL".to_owned(); parameters])?;
        let (statements, failed) = parse::parse(&shape);
        if let Some(error) = failed {
            return Err(error);
        }
        match statements.into_iter().next() {
            Some((Statement::Query(query), _)) => {
                let planned = self.sql.plan(&self.session, &query)?;
                Ok((parameters, planned.columns.iter().map(|(name, t)| t.column(name.as_str())).collect()))
            }
            _ => Err(SqlError::coded(1295, "HY000", crate::sql::NOT_PREPARABLE)),
        }
    }

    fn long_data(&mut self, body: &[u8]) -> io::Result<()> {
        let mut reader = Reader(body);
        let id = reader.uint(4)? as u32;
        let parameter = reader.uint(2)? as u16;
        let chunk = reader.rest();
        let held: usize = self.prepared.values().flat_map(|p| p.long_data.values()).map(Vec::len).sum();
        if held + chunk.len() > 64 << 20 {
            return Err(invalid("more than 64 MiB of parameter data"));
        }
        if let Some(prepared) = self.prepared.get_mut(&id) {
            prepared.long_data.entry(parameter).or_default().extend_from_slice(chunk);
        }
        Ok(())
    }

    async fn execute_prepared(&mut self, body: &[u8]) -> io::Result<()> {
        let mut reader = Reader(body);
        let id = reader.uint(4)? as u32;
        reader.bytes(5)?;
        let Some(prepared) = self.prepared.get_mut(&id) else {
            let error =
                SqlError::coded(1243, "HY000", format!("Unknown prepared statement handler ({id}) given to EXECUTE"));
            return self.error(&error).await;
        };
        let values = parameters(&mut reader, prepared)?;
        let text = match substitute(&prepared.sql, &values) {
            Ok(text) => text,
            Err(error) => return self.error(&error).await,
        };
        let (statements, failed) = parse::parse(&text);
        let done = match (statements.into_iter().next(), failed) {
            (Some((statement, source)), _) => self.run(statement, &source).await,
            (None, failed) => Err(failed.unwrap_or_else(|| SqlError::plain("an empty statement"))),
        };
        self.respond(done, true, 0).await.map(drop)
    }

    async fn ok(&mut self, affected: u64, info: &str, status: u16) -> io::Result<()> {
        let mut out = vec![0];
        put_lenenc_int(&mut out, affected);
        put_lenenc_int(&mut out, 0);
        out.extend_from_slice(&status.to_le_bytes());
        out.extend_from_slice(&0_u16.to_le_bytes());
        if !info.is_empty() {
            put_lenenc(&mut out, info.as_bytes());
        }
        self.packets.write(&out).await?;
        self.packets.flush().await
    }

    async fn eof(&mut self, status: u16) -> io::Result<()> {
        let mut out = vec![0xfe, 0, 0];
        out.extend_from_slice(&status.to_le_bytes());
        self.packets.write(&out).await
    }

    async fn error(&mut self, error: &SqlError) -> io::Result<()> {
        send_error(&mut self.packets, error, true).await
    }
}

async fn send_error(packets: &mut Packets<TcpStream>, error: &SqlError, with_state: bool) -> io::Result<()> {
    let mut out = vec![0xff];
    out.extend_from_slice(&error.code.to_le_bytes());
    if with_state {
        out.push(b'#');
        out.extend_from_slice(error.state.as_bytes());
    }
    out.extend_from_slice(error.message.as_bytes());
    packets.write(&out).await?;
    packets.flush().await
}

/// The values of COM_STMT_EXECUTE as literals.
fn parameters(reader: &mut Reader<'_>, prepared: &mut Prepared) -> io::Result<Vec<String>> {
    if prepared.parameters == 0 {
        return Ok(Vec::new());
    }
    let nulls = reader.bytes(prepared.parameters.div_ceil(8))?.to_vec();
    if reader.u8()? == 1 {
        let types = (0..prepared.parameters).map(|_| Ok((reader.u8()?, reader.u8()?)));
        prepared.types = types.collect::<io::Result<_>>()?;
    }
    let long_data = std::mem::take(&mut prepared.long_data);
    let mut values = Vec::with_capacity(prepared.parameters);
    for i in 0..prepared.parameters {
        let index = u16::try_from(i).unwrap_or(u16::MAX);
        if let Some(data) = long_data.get(&index) {
            values.push(quote(&String::from_utf8_lossy(data)));
            continue;
        }
        if nulls.get(i / 8).is_some_and(|byte| byte & (1 << (i % 8)) != 0) {
            values.push("NULL".to_owned());
            continue;
        }
        let &(code, flags) = prepared.types.get(i).ok_or_else(|| invalid("parameters without types"))?;
        values.push(parameter(reader, code, flags & 0x80 != 0)?);
    }
    Ok(values)
}

fn parameter(reader: &mut Reader<'_>, code: u8, unsigned: bool) -> io::Result<String> {
    let signed = |n: u64, bytes: usize| {
        let shift = 64 - 8 * bytes;
        ((n << shift) as i64) >> shift
    };
    Ok(match code {
        1 | 2 | 3 | 8 | 9 | 13 => {
            let bytes = match code {
                1 => 1,
                2 | 13 => 2,
                8 => 8,
                _ => 4,
            };
            let n = reader.uint(bytes)?;
            if unsigned { n.to_string() } else { signed(n, bytes).to_string() }
        }
        4 => f32::from_bits(reader.uint(4)? as u32).to_string(),
        5 => format!("cast('{}' as double)", f64::from_bits(reader.uint(8)?)),
        6 => "NULL".to_owned(),
        7 | 10 | 12 => {
            let length = usize::from(reader.u8()?);
            let mut rest = Reader(reader.bytes(length)?);
            let (year, month, day) = match length {
                0 => (0, 0, 0),
                _ => (rest.uint(2)?, rest.u8()?, rest.u8()?),
            };
            let date = format!("{year:04}-{month:02}-{day:02}");
            if length < 7 {
                quote(&date)
            } else {
                let (hour, minute, second) = (rest.u8()?, rest.u8()?, rest.u8()?);
                let micros = if length >= 11 { rest.uint(4)? } else { 0 };
                let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
                quote(&format!("{date} {hour:02}:{minute:02}:{second:02}{fraction}"))
            }
        }
        11 => {
            let length = usize::from(reader.u8()?);
            let mut rest = Reader(reader.bytes(length)?);
            if length == 0 {
                quote("00:00:00")
            } else {
                let (negative, days) = (rest.u8()?, rest.uint(4)?);
                let (hour, minute, second) = (u64::from(rest.u8()?), rest.u8()?, rest.u8()?);
                let sign = if negative == 1 { "-" } else { "" };
                quote(&format!("{sign}{:02}:{minute:02}:{second:02}", days * 24 + hour))
            }
        }
        15 | 16 | 245..=255 | 0 => {
            let text = String::from_utf8_lossy(reader.lenenc_bytes()?).into_owned();
            // A DECIMAL arrives as text but is a number.
            if matches!(code, 0 | 246) && text.parse::<f64>().is_ok() { text } else { quote(&text) }
        }
        other => return Err(invalid(format!("unknown mysql type code {other}"))),
    })
}
