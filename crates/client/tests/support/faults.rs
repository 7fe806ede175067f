// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Faults that the embedded server is asked for.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "test support: each test binary uses its part")]

use std::net::SocketAddr;

use starrocks_server::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Adds faults, see `docs/design/server-faults.md`.
pub async fn faults(server: &Server, faults: &str) {
    admin(server.fe_http(), "POST", "_faults", faults).await;
}

/// The faults that still wait.
pub async fn waiting(server: &Server) -> String {
    admin(server.fe_http(), "GET", "_faults", "").await
}

/// One request to the admin API; returns the body of the answer.
pub async fn admin(frontend: SocketAddr, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(frontend).await.unwrap();
    let head = "Host: x\r\nConnection: close\r\nAuthorization: Basic cm9vdDo=\r\n";
    let request = format!("{method} /api/{path} HTTP/1.1\r\n{head}Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}
