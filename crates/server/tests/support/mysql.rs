// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A MySQL client that shows everything a server sends.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "each test file uses a part; helpers panic as tests do"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What the server answered.
#[derive(Debug)]
pub(crate) enum Answer {
    /// OK.
    Ok {
        /// The text in it.
        info: String,
    },
    /// An error.
    Error {
        /// The code.
        code: u16,
        /// The SQL state.
        state: String,
        /// The text.
        text: String,
    },
    /// Rows.
    Rows {
        /// `name: type/charset/length/flags/decimals`
        columns: Vec<String>,
        /// Names alone.
        names: Vec<String>,
        /// Values.
        rows: Vec<Vec<Option<String>>>,
    },
}

/// A connection.
pub(crate) struct Client {
    stream: TcpStream,
}

impl Client {
    /// Connects and logs in without password.
    pub(crate) fn connect(address: SocketAddr, user: &str) -> Self {
        Self::login(address, user, "", "", 33).unwrap_or_else(|refused| panic!("{user}: {refused:?}"))
    }

    fn open(address: SocketAddr) -> (Self, Vec<u8>) {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut client = Self { stream };
        let greeting = client.packet();
        (client, greeting)
    }

    /// What the first packet says, in lines.
    pub(crate) fn greeting(address: SocketAddr) -> Vec<String> {
        let packet = Self::open(address).1;
        let end = packet.iter().position(|b| *b == 0).unwrap();
        let version = String::from_utf8_lossy(&packet[1..end]);
        // Connection id, first 8 bytes of the salt, a zero.
        let rest = &packet[end + 14..];
        let capabilities = u32::from_le_bytes([rest[0], rest[1], rest[5], rest[6]]);
        let (charset, status, salt) = (rest[2], u16::from_le_bytes([rest[3], rest[4]]), rest[7]);
        let plugin = String::from_utf8_lossy(rest[31..].split(|b| *b == 0).next().unwrap());
        vec![
            format!(
                "protocol {}, server version `{version}`, default collation id {charset}, status 0x{status:04x}, \
                 auth data len {salt}, reserved+rest after salt: plugin `{plugin}`",
                packet[0]
            ),
            format!("capabilities 0x{capabilities:08x} ="),
        ]
    }

    /// Connects and logs in; the error when that is refused.
    pub(crate) fn login(
        address: SocketAddr,
        user: &str,
        password: &str,
        database: &str,
        collation: u8,
    ) -> Result<Self, Answer> {
        let (mut client, greeting) = Self::open(address);
        let end = greeting.iter().position(|b| *b == 0).unwrap();
        let salt = [&greeting[end + 5..end + 13], &greeting[end + 32..end + 44]].concat();
        // LONG_PASSWORD, LONG_FLAG, CONNECT_WITH_DB, PROTOCOL_41, SECURE_CONNECTION, MULTI_STATEMENTS and _RESULTS,
        // PLUGIN_AUTH
        let with_database = if database.is_empty() { 0 } else { 8 };
        let mut login = (0x000b_8205_u32 | with_database).to_le_bytes().to_vec();
        login.extend([0, 0, 0, 1, collation]);
        login.extend([0; 23]);
        login.extend(user.as_bytes());
        login.push(0);
        let proof = scrambled(password, &salt);
        login.push(u8::try_from(proof.len()).unwrap());
        login.extend(proof);
        if !database.is_empty() {
            login.extend(database.as_bytes());
            login.push(0);
        }
        login.extend(b"mysql_native_password\0");
        client.send(1, &login);
        let answer = client.packet();
        match answer[0] {
            0 => Ok(client),
            0xff => Err(error(&answer)),
            other => panic!("login of {user}: {other}"),
        }
    }

    /// Prepares a statement over the binary protocol; tells whether that was done.
    pub(crate) fn prepare(&mut self, sql: &str) -> Answer {
        let mut command = vec![22];
        command.extend_from_slice(sql.as_bytes());
        self.send(0, &command);
        let answer = self.packet();
        if answer[0] == 0xff {
            return error(&answer);
        }
        let counts = [[answer[5], answer[6]], [answer[7], answer[8]]].map(u16::from_le_bytes);
        for count in counts.into_iter().filter(|count| *count > 0) {
            // Each list ends with a packet of its own.
            for _ in 0..=count {
                self.packet();
            }
        }
        Answer::Ok { info: String::new() }
    }

    /// Greets the server and logs in with these bytes; the error that comes of it.
    pub(crate) fn refused_login(address: SocketAddr, sequence: u8, payload: &[u8]) -> (u16, String) {
        let mut client = Self::open(address).0;
        client.send(sequence, payload);
        client.refusal()
    }

    /// Sends a command of any bytes and reads the error that comes of it.
    pub(crate) fn refused(&mut self, sequence: u8, payload: &[u8]) -> (u16, String) {
        self.send(sequence, payload);
        self.refusal()
    }

    fn refusal(&mut self) -> (u16, String) {
        match error(&self.packet()) {
            Answer::Error { code, text, .. } => (code, text),
            other => panic!("{other:?}"),
        }
    }

    /// Waits for the server to close the connection.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.stream.read(&mut [0]).map_or(true, |read| read == 0)
    }

    fn send(&mut self, sequence: u8, payload: &[u8]) {
        let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
        let mut out = vec![length[0], length[1], length[2], sequence];
        out.extend_from_slice(payload);
        self.stream.write_all(&out).unwrap();
    }

    fn packet(&mut self) -> Vec<u8> {
        let mut header = [0; 4];
        self.stream.read_exact(&mut header).unwrap();
        let mut payload = vec![0; u32::from_le_bytes([header[0], header[1], header[2], 0]) as usize];
        self.stream.read_exact(&mut payload).unwrap();
        payload
    }

    /// Sends statements and gives the first answer; the others are read and dropped.
    pub(crate) fn query(&mut self, sql: &str) -> Answer {
        let mut command = vec![3];
        command.extend_from_slice(sql.as_bytes());
        self.send(0, &command);
        let (first, mut more) = self.answer();
        while more {
            more = self.answer().1;
        }
        first
    }

    fn answer(&mut self) -> (Answer, bool) {
        let packet = self.packet();
        match packet[0] {
            0 => {
                let mut at = 1;
                length(&packet, &mut at);
                length(&packet, &mut at);
                let status = packet[at];
                at += 4;
                let info = if at < packet.len() { text(&packet, &mut at).unwrap_or_default() } else { String::new() };
                (Answer::Ok { info }, status & 8 != 0)
            }
            0xff => (error(&packet), false),
            _ => {
                let count = length(&packet, &mut 0);
                let (mut columns, mut names) = (Vec::new(), Vec::new());
                for _ in 0..count {
                    let (name, column) = column(&self.packet());
                    columns.push(column);
                    names.push(name);
                }
                self.packet();
                let mut rows = Vec::new();
                loop {
                    let packet = self.packet();
                    if packet[0] == 0xfe && packet.len() < 9 {
                        return (Answer::Rows { columns, names, rows }, packet[3] & 8 != 0);
                    }
                    if packet[0] == 0xff {
                        return (error(&packet), false);
                    }
                    let mut at = 0;
                    rows.push(names.iter().map(|_| text(&packet, &mut at)).collect());
                }
            }
        }
    }
}

/// The proof of a password that `mysql_native_password` asks for.
fn scrambled(password: &str, salt: &[u8]) -> Vec<u8> {
    use sha1::{Digest as _, Sha1};
    if password.is_empty() {
        return Vec::new();
    }
    let once = Sha1::digest(password);
    let salted = Sha1::new().chain_update(salt).chain_update(Sha1::digest(once)).finalize();
    once.iter().zip(salted).map(|(a, b)| a ^ b).collect()
}

fn error(packet: &[u8]) -> Answer {
    let rest = String::from_utf8_lossy(&packet[4..]).into_owned();
    let (state, text) = rest.split_at(5);
    Answer::Error { code: u16::from_le_bytes([packet[1], packet[2]]), state: state.to_owned(), text: text.to_owned() }
}

fn length(packet: &[u8], at: &mut usize) -> usize {
    let bytes = match packet[*at] {
        0xfc => 2,
        0xfd => 3,
        0xfe => 8,
        n => {
            *at += 1;
            return usize::from(n);
        }
    };
    let value = packet[*at + 1..=*at + bytes].iter().rev().fold(0, |n, b| n << 8 | usize::from(*b));
    *at += 1 + bytes;
    value
}

fn text(packet: &[u8], at: &mut usize) -> Option<String> {
    if packet[*at] == 0xfb {
        *at += 1;
        return None;
    }
    let length = length(packet, at);
    let value = String::from_utf8_lossy(&packet[*at..*at + length]).into_owned();
    *at += length;
    Some(value)
}

fn column(packet: &[u8]) -> (String, String) {
    let mut at = 0;
    for _ in 0..4 {
        text(packet, &mut at);
    }
    let name = text(packet, &mut at).unwrap();
    text(packet, &mut at);
    let charset = u16::from_le_bytes([packet[at + 1], packet[at + 2]]);
    let width = u32::from_le_bytes([packet[at + 3], packet[at + 4], packet[at + 5], packet[at + 6]]);
    let kind = match packet[at + 7] {
        1 => "TINY",
        2 => "SHORT",
        3 => "LONG",
        4 => "FLOAT",
        5 => "DOUBLE",
        8 => "LONGLONG",
        10 => "DATE",
        12 => "DATETIME",
        246 => "NEWDECIMAL",
        252 => "BLOB",
        253 => "VAR_STRING",
        254 => "STRING",
        _ => "?",
    };
    let flags = u16::from_le_bytes([packet[at + 8], packet[at + 9]]);
    (name.clone(), format!("{name}: {kind}/{charset}/{width}/{flags}/{}", packet[at + 10]))
}
