// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A scripted MySQL server: text results for whatever it is asked.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "test support: each test binary uses its part")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// Rows of text, or an error code and message.
pub type Result = std::result::Result<Vec<Vec<Option<String>>>, (u16, String)>;

/// Rows from text: one a line, values separated by `|`, `NULL` for none. `name=value` in the first row names the column.
pub fn rows(text: &str) -> Result {
    let cell = |value: &str| (value != "NULL").then(|| value.to_owned());
    Ok(text.lines().filter(|l| !l.is_empty()).map(|line| line.split('|').map(cell).collect()).collect())
}

pub struct MySql {
    pub address: String,
    pub queries: Arc<Mutex<Vec<String>>>,
    encrypted: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl MySql {
    /// Listens on a free loopback port. `password` false refuses every user.
    pub async fn start(password: bool, handler: impl Fn(&str) -> Result + Send + Sync + 'static) -> Self {
        Self::start_with(None, password, handler).await
    }

    /// As `start`; encrypts if there is an acceptor and the client wants it.
    pub async fn start_with(
        tls: Option<TlsAcceptor>,
        password: bool,
        handler: impl Fn(&str) -> Result + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let queries = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&queries);
        let handler = Arc::new(handler);
        let encrypted = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&encrypted);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (handler, log) = (Arc::clone(&handler), Arc::clone(&log));
                let (tls, seen) = (tls.clone(), Arc::clone(&seen));
                tokio::spawn(async move {
                    let mut stream = stream;
                    let capabilities = if tls.is_some() { 0xaa } else { 0xa2 };
                    if send(&mut stream, 0, &greeting(capabilities)).await.is_err() {
                        return;
                    }
                    let Ok((number, first)) = receive(&mut stream).await else { return };
                    // A request for encryption is the head of an answer to the greeting.
                    match tls {
                        Some(tls) if first.len() == 32 => {
                            let Ok(mut stream) = tls.accept(stream).await else { return };
                            let Ok((number, _)) = receive(&mut stream).await else { return };
                            seen.store(true, Ordering::SeqCst);
                            drop(serve(stream, number, password, &*handler, &log).await);
                        }
                        _ => drop(serve(stream, number, password, &*handler, &log).await),
                    }
                });
            }
        });
        Self { address, queries, encrypted, task }
    }

    /// Whether a client has logged in over an encrypted connection.
    pub fn encrypted(&self) -> bool {
        self.encrypted.load(Ordering::SeqCst)
    }

    pub fn url(&self) -> String {
        format!("jdbc:mysql://{}", self.address)
    }
}

impl Drop for MySql {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];
const EOF: &[u8] = &[0xfe, 0, 0, 2, 0];

/// Protocol 4.1, secure connection, plug-in authentication; `0x08` of the capabilities is encryption.
fn greeting(capabilities: u8) -> Vec<u8> {
    let mut greeting = b"\x0a8.0.33\0\x01\0\0\0abcdefgh\0\x01".to_vec();
    greeting.push(capabilities);
    greeting.extend_from_slice(b"\x21\x02\0\x08\0\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0mysql_native_password\0");
    greeting
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    number: u8,
    password: bool,
    handler: &(impl Fn(&str) -> Result + Send + Sync),
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    if !password {
        return send(&mut stream, number + 1, &error(1045, "Access denied for user 'u' (using password: YES)")).await;
    }
    send(&mut stream, number + 1, OK).await?;
    loop {
        let (number, command) = receive(&mut stream).await?;
        match command.split_first() {
            Some((0x03, text)) => {
                let text = String::from_utf8_lossy(text).into_owned();
                log.lock().unwrap().push(text.clone());
                answer(&mut stream, number + 1, handler(&text)).await?;
            }
            Some((0x01, _)) | None => return Ok(()),
            _ => send(&mut stream, number + 1, OK).await?,
        }
    }
}

async fn answer(stream: &mut (impl AsyncWrite + Unpin), mut number: u8, result: Result) -> std::io::Result<()> {
    let rows = match result {
        Ok(rows) => rows,
        Err((code, message)) => return send(stream, number, &error(code, &message)).await,
    };
    let width = rows.first().map_or(1, Vec::len);
    let (names, rows) = named(rows);
    let mut packets = vec![vec![width as u8]];
    for at in 0..width {
        let mut column = Vec::new();
        let name = names.get(at).cloned().flatten().unwrap_or_else(|| format!("c{at}"));
        for part in ["def", "", "", "", &name, ""] {
            text(&mut column, part);
        }
        column.extend_from_slice(&[0x0c, 33, 0, 0, 1, 0, 0, 0xfd, 0, 0, 0, 0, 0]);
        packets.push(column);
    }
    packets.push(EOF.to_vec());
    for row in rows {
        let mut packet = Vec::new();
        for value in row {
            match value {
                Some(value) => text(&mut packet, &value),
                None => packet.push(0xfb),
            }
        }
        packets.push(packet);
    }
    packets.push(EOF.to_vec());
    for packet in packets {
        send(stream, number, &packet).await?;
        number = number.wrapping_add(1);
    }
    Ok(())
}

/// Takes the names of columns from `Name=value`, where the first row has such values.
fn named(rows: Vec<Vec<Option<String>>>) -> (Vec<Option<String>>, Vec<Vec<Option<String>>>) {
    let split = |value: &str| {
        let (name, value) = value.split_once('=')?;
        let is_name = name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric);
        is_name.then(|| (name.to_owned(), value.to_owned()))
    };
    let first = rows.first().cloned().unwrap_or_default();
    let names: Vec<_> = first.iter().map(|v| v.as_deref().and_then(split).map(|(name, _)| name)).collect();
    let strip = |(at, value): (usize, Option<String>)| match (names.get(at), value) {
        (Some(Some(_)), Some(value)) => Some(split(&value).map_or(value, |(_, rest)| rest)),
        (_, value) => value,
    };
    let rows = rows.into_iter().map(|row| row.into_iter().enumerate().map(strip).collect()).collect();
    (names, rows)
}

/// Length-encoded, for texts below 64 KiB.
fn text(out: &mut Vec<u8>, value: &str) {
    match value.len() {
        short @ 0..=250 => out.push(short as u8),
        long => {
            out.push(0xfc);
            out.extend_from_slice(&(long as u16).to_le_bytes());
        }
    }
    out.extend_from_slice(value.as_bytes());
}

fn error(code: u16, message: &str) -> Vec<u8> {
    let mut packet = vec![0xff];
    packet.extend_from_slice(&code.to_le_bytes());
    packet.extend_from_slice(b"#HY000");
    packet.extend_from_slice(message.as_bytes());
    packet
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), number: u8, packet: &[u8]) -> std::io::Result<()> {
    let mut out = (packet.len() as u32).to_le_bytes().to_vec();
    out[3] = number;
    out.extend_from_slice(packet);
    stream.write_all(&out).await
}

async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<(u8, Vec<u8>)> {
    let head = stream.read_u32_le().await?;
    let mut packet = vec![0; (head & 0x00ff_ffff) as usize];
    stream.read_exact(&mut packet).await?;
    Ok(((head >> 24) as u8, packet))
}
