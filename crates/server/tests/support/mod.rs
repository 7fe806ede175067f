// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A server of its own for a test, and an HTTP client that knows nothing but sockets.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test file uses a part; helpers panic as tests do"
)]

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use starrocks_server::catalog::{ColumnDef, TableDef};
use starrocks_server::engine::{Engine, EngineConfig};
use starrocks_server::http::HttpConfig;
use starrocks_server::{BackendsConfig, Server, ServerConfig};
use starrocks_types::{StarRocksType, TableModel};

pub(crate) const ROOT: &str = "Authorization: Basic cm9vdDo=";

/// A running server with database `gh` and the tables of the recordings.
pub(crate) struct TestServer {
    runtime: tokio::runtime::Runtime,
    server: Option<Server>,
}

impl TestServer {
    pub(crate) fn start() -> Self {
        Self::with(EngineConfig::default(), HttpConfig::default())
    }

    pub(crate) fn with(engine: EngineConfig, http: HttpConfig) -> Self {
        Self::with_backends(engine, http, BackendsConfig::default())
    }

    pub(crate) fn with_backends(engine: EngineConfig, http: HttpConfig, backends: BackendsConfig) -> Self {
        Self::with_config(ServerConfig { engine, http, backends, ..ServerConfig::default() })
    }

    pub(crate) fn with_config(config: ServerConfig) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(Server::start(config)).unwrap();
        let this = Self { runtime, server: Some(server) };
        this.engine().create_database("gh").unwrap();
        this.create("t", TableModel::Primary);
        this.create("d", TableModel::Duplicate);
        this
    }

    /// `(id INT, name VARCHAR(10), v INT)`, in duplicate-key tables `name` NOT NULL.
    fn create(&self, name: &str, model: TableModel) {
        let mut text = ColumnDef::new("name", StarRocksType::Varchar(10));
        text.nullable = model == TableModel::Primary;
        let columns = vec![ColumnDef::key("id", StarRocksType::Int), text, ColumnDef::new("v", StarRocksType::Int)];
        self.engine().create_table("gh", TableDef::new(name, model, columns)).unwrap();
    }

    pub(crate) fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    pub(crate) fn engine(&self) -> Engine {
        self.server().engine()
    }

    pub(crate) fn fe(&self) -> SocketAddr {
        self.server().fe_http()
    }

    pub(crate) fn be(&self) -> SocketAddr {
        self.server().be_http()
    }

    pub(crate) fn stop(mut self) {
        self.runtime.block_on(self.server.take().unwrap().stop());
    }

    /// Rows of a table, each as its values joined by `|`.
    pub(crate) fn rows(&self, table: &str) -> Vec<String> {
        let table = self.engine().table("gh", table).unwrap();
        let mut rows = Vec::new();
        for batch in table.batches().unwrap().iter() {
            for row in 0..batch.num_rows() {
                let values = batch.columns().iter().map(|c| match c.is_null(row) {
                    true => "NULL".to_owned(),
                    false => arrow::util::display::array_value_to_string(c, row).unwrap(),
                });
                rows.push(values.collect::<Vec<_>>().join("|"));
            }
        }
        rows
    }

    /// PUT to the BE's Stream Load of a table as root.
    pub(crate) fn load(&self, table: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Reply {
        let mut all = vec![ROOT, "Expect: 100-continue"];
        all.extend(headers);
        call(self.be(), "PUT", &format!("/api/gh/{table}/_stream_load"), &all, body.as_ref())
    }
}

/// A reply as it came.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    pub(crate) fn text(&self, key: &str) -> String {
        match &self.json()[key] {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// One request on one connection. With `Expect` the body waits for 100 and is not sent after another status.
pub(crate) fn call(address: SocketAddr, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Reply {
    let mut stream = connect(address);
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n");
    for header in headers {
        write!(head, "{header}\r\n").unwrap();
    }
    let chunked = headers.iter().any(|h| h.eq_ignore_ascii_case("transfer-encoding: chunked"));
    if !chunked {
        write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    if headers.iter().any(|h| h.to_ascii_lowercase().starts_with("expect:")) && !body.is_empty() {
        let first = read_head(&mut stream);
        if !first.contains(" 100 ") {
            return read_body(stream, first);
        }
    }
    if chunked {
        for chunk in body.chunks(7) {
            let mut framed = format!("{:x}\r\n", chunk.len()).into_bytes();
            framed.extend_from_slice(chunk);
            framed.extend_from_slice(b"\r\n");
            stream.write_all(&framed).unwrap();
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
    } else {
        stream.write_all(body).unwrap();
    }
    let head = read_head(&mut stream);
    read_body(stream, head)
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

pub(crate) fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "closed after {:?}", String::from_utf8_lossy(&head));
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

pub(crate) fn read_body(mut stream: TcpStream, head: String) -> Reply {
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut reply = Reply { status, head: head.trim_end().replace("\r\n", "\n"), body: String::new() };
    let length: usize = reply.header("content-length").unwrap_or("0").parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    reply.body = String::from_utf8(body).unwrap();
    reply
}

/// Follows one redirect by hand, as clients do.
pub(crate) fn follow(server: &TestServer, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Reply {
    let first = call(server.fe(), method, path, headers, body);
    if first.status != 307 {
        return first;
    }
    let location = first.header("location").unwrap().strip_prefix("http://").unwrap().to_owned();
    let (address, path) = location.split_at(location.find('/').unwrap());
    call(address.parse().unwrap(), method, path, headers, body)
}
