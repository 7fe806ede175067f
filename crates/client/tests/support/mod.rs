// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A scripted HTTP server over raw sockets, so that it can do what no HTTP library would.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "test support: each test binary uses its part")]

pub mod embedded;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
    /// Number of the connection it came in on.
    pub connection: usize,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// `begin`, `load`, `prepare`, `commit`, `rollback`, `_stream_load`, `get_load_state`, …
    pub fn operation(&self) -> &str {
        self.path.split('?').next().unwrap().rsplit('/').next().unwrap()
    }

    /// Label from header or query.
    pub fn label(&self) -> String {
        match self.path.split_once("label=") {
            Some((_, label)) => label.to_owned(),
            None => self.header("label").to_owned(),
        }
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Reaction {
    /// Reads the body (asking for it if it is withheld) and answers 200 with this text.
    Answer(String),
    /// As `Answer`, with another status.
    Status(u16, String),
    /// Answers before the body is read, and closes.
    Early(u16, String),
    /// As `Early`, but leaves the connection open.
    EarlyKeepAlive(u16, String),
    /// Redirects before the body is read, and closes.
    Redirect(String),
    /// Reads the body without ever asking for it, then answers.
    WithoutContinue(String),
    /// Reads everything and closes without an answer.
    Reset,
    /// Promises a longer body than it sends, and closes.
    Cut(String),
    /// Reads everything and never answers.
    Silence,
}

pub struct Server {
    pub address: String,
    pub seen: Arc<Mutex<Vec<Seen>>>,
    /// Connections that are open.
    pub open: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens on a free loopback port and reacts as told. The handler sees each request before its body is read, and once
    /// more is logged with the body.
    pub async fn start(handler: impl Fn(&Seen) -> Reaction + Send + Sync + 'static) -> Self {
        Self::start_with(None, handler).await
    }

    /// As `start`, encrypted if there is an acceptor.
    pub async fn start_with(
        tls: Option<TlsAcceptor>,
        handler: impl Fn(&Seen) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let handler = Arc::new(handler);
        let open = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&open);
        let task = tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((stream, _)) = listener.accept().await {
                connection += 1;
                let (handler, log) = (Arc::clone(&handler), Arc::clone(&log));
                let (counter, tls) = (Arc::clone(&counter), tls.clone());
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    match tls {
                        None => drop(serve(stream, connection, &*handler, &log).await),
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                drop(serve(stream, connection, &*handler, &log).await);
                            }
                        }
                    }
                    counter.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, seen, open, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn operations(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|s| s.operation().to_owned()).collect()
    }

    pub fn requests(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An address on which nobody listens.
pub async fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    connection: usize,
    handler: &(impl Fn(&Seen) -> Reaction + Send + Sync),
    log: &Mutex<Vec<Seen>>,
) -> std::io::Result<()> {
    let mut pending = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = pending.windows(4).position(|w| w == b"\r\n\r\n") {
                let rest = pending.split_off(end + 4);
                break std::mem::replace(&mut pending, rest);
            }
            if stream.read_buf(&mut pending).await? == 0 {
                return Ok(());
            }
        };
        let mut seen = parse(&head, connection);
        let reaction = handler(&seen);
        let early = matches!(reaction, Reaction::Early(..) | Reaction::Redirect(_));
        let unread = early || matches!(reaction, Reaction::EarlyKeepAlive(..));
        if !unread {
            let length: usize = seen.header("content-length").parse().unwrap_or(0);
            let ask = seen.header("expect") == "100-continue" && !matches!(reaction, Reaction::WithoutContinue(_));
            if ask && length > 0 {
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            }
            while pending.len() < length {
                if stream.read_buf(&mut pending).await? == 0 {
                    return Ok(());
                }
            }
            let rest = pending.split_off(length);
            seen.body = std::mem::replace(&mut pending, rest);
        }
        log.lock().unwrap().push(seen);
        let text = match reaction {
            Reaction::Answer(body) | Reaction::WithoutContinue(body) => answer(200, "keep-alive", &body),
            Reaction::Status(status, body) => answer(status, "keep-alive", &body),
            Reaction::Early(status, body) => answer(status, "close", &body),
            Reaction::EarlyKeepAlive(status, body) => answer(status, "keep-alive", &body),
            Reaction::Redirect(to) => format!(
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            ),
            Reaction::Reset => return Ok(()),
            Reaction::Cut(body) => {
                let text = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len() + 10);
                stream.write_all(text.as_bytes()).await?;
                return Ok(());
            }
            Reaction::Silence => return std::future::pending().await,
        };
        stream.write_all(text.as_bytes()).await?;
        if early {
            return stream.shutdown().await;
        }
    }
}

fn answer(status: u16, connection: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: {connection}\r\n\r\n{body}", body.len())
}

fn parse(head: &[u8], connection: usize) -> Seen {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let mut first = lines.next().unwrap().split(' ');
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Seen {
        method: first.next().unwrap().to_owned(),
        path: first.next().unwrap().to_owned(),
        headers,
        body: Vec::new(),
        connection,
    }
}
