// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Faults that the embedded server is asked for.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "test support: each test binary uses its part")]

use starrocks_server::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Adds faults, see `docs/design/server-faults.md`.
pub async fn faults(server: &Server, faults: &str) {
    let mut stream = TcpStream::connect(server.fe_http()).await.unwrap();
    let head = "POST /api/_faults HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic cm9vdDo=\r\n";
    stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{faults}", faults.len()).as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
