// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The MySQL protocol on the FE's query port.

mod connection;
mod handshake;
mod packet;
mod result;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub(crate) use result::Column;

use crate::sql::Sql;

/// What a client may cost the server.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long a client may take to log in.
    pub login: Duration,
    /// Open connections.
    pub connections: usize,
    /// Bytes of one command.
    pub command_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // FE: max_allowed_packet is 32 MiB and qe_max_connection 4096.
        Self { login: Duration::from_secs(10), connections: 4096, command_bytes: 32 << 20 }
    }
}

/// Serves clients until `stop` turns true. Dropping it ends the connections too.
pub(crate) async fn serve(listener: TcpListener, sql: Arc<Sql>, limits: Limits, mut stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        while connections.try_join_next().is_some() {}
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // The client has gone, or the process is short of descriptors: neither ends the server.
            Err(error) => {
                tracing::warn!(%error, "cannot accept a MySQL connection");
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, %error, "cannot set TCP_NODELAY");
        }
        let (sql, limits, stop) = (sql.clone(), limits.clone(), stop.clone());
        connections.spawn(async move {
            if let Err(error) = connection::serve(stream, peer, sql, limits, stop).await {
                tracing::debug!(%peer, %error, "MySQL connection ended");
            }
        });
    }
    // They see `stop` too.
    while connections.join_next().await.is_some() {}
}
