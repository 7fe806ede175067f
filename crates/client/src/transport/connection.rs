// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Connections: made with a time-out, kept for reuse, bounded in number and idle time.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use starrocks_load::{Failure, FailureClass};
use starrocks_types::{Error, ErrorKind};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::body::Blocks;
use super::failure;
use crate::endpoint::Endpoint;

/// Idle connections kept to one server: at a checkpoint, each table of each subtask that shares the client uses one at once.
const MAX_IDLE_PER_HOST: usize = 64;

/// A connection that was idle for longer may be half closed: servers drop theirs after 30 s and more.
const MAX_IDLE: Duration = Duration::from_secs(10);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

struct Idle {
    sender: SendRequest<Blocks>,
    since: Instant,
}

/// The connections of one client.
pub(crate) struct Connections {
    connect_timeout: Duration,
    tls: Option<TlsConnector>,
    idle: Mutex<HashMap<Endpoint, Vec<Idle>>>,
}

impl Connections {
    pub(crate) fn new(connect_timeout: Duration, tls: Option<TlsConnector>) -> Self {
        Self { connect_timeout, tls, idle: Mutex::new(HashMap::new()) }
    }

    /// An idle connection (true) or a new one (false).
    pub(super) async fn get(&self, endpoint: &Endpoint) -> Result<(SendRequest<Blocks>, bool), Failure> {
        while let Some(mut idle) = self.take(endpoint) {
            if idle.since.elapsed() < MAX_IDLE && !idle.sender.is_closed() && idle.sender.ready().await.is_ok() {
                return Ok((idle.sender, true));
            }
        }
        match timeout(self.connect_timeout, self.connect(endpoint)).await {
            Ok(Ok(sender)) => Ok((sender, false)),
            Ok(Err(error)) => Err(failure(FailureClass::NotSent, error)),
            Err(_) => Err(failure(
                FailureClass::NotSent,
                Error::new(ErrorKind::Timeout, "no connection within the time-out")
                    .with("timeout_ms", self.connect_timeout.as_millis()),
            )),
        }
    }

    /// Keeps a connection whose last exchange is complete.
    pub(super) fn put(&self, endpoint: &Endpoint, sender: SendRequest<Blocks>) {
        if sender.is_closed() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|_, kept| {
            kept.retain(|i| i.since.elapsed() < MAX_IDLE && !i.sender.is_closed());
            !kept.is_empty()
        });
        let kept = idle.entry(endpoint.clone()).or_default();
        if kept.len() < MAX_IDLE_PER_HOST {
            kept.push(Idle { sender, since: Instant::now() });
        }
    }

    fn take(&self, endpoint: &Endpoint) -> Option<Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).get_mut(endpoint)?.pop()
    }

    async fn connect(&self, endpoint: &Endpoint) -> Result<SendRequest<Blocks>, Error> {
        let tcp = TcpStream::connect((endpoint.host.as_str(), endpoint.port))
            .await
            .map_err(|e| Error::new(ErrorKind::Network, "cannot connect").caused_by(e))?;
        // Requests are small or sent in large blocks; waiting for more never helps. Failing to set it only costs time.
        let _ = tcp.set_nodelay(true);
        let stream: Pin<Box<dyn Stream>> = match (endpoint.tls, &self.tls) {
            (false, _) => Box::pin(tcp),
            (true, Some(tls)) => Box::pin(encrypt(tls, endpoint, tcp).await.map_err(|e| {
                Error::new(ErrorKind::Network, "the TLS handshake failed")
                    .caused_by(e)
                    .hint("a private certificate authority has to be named in a CA file")
            })?),
            (true, None) => {
                return Err(Error::new(ErrorKind::Unexpected, "the client was built without TLS"));
            }
        };
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|e| Error::new(ErrorKind::Network, "cannot speak HTTP").caused_by(e))?;
        // The task ends when the connection closes or its sender is dropped.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
        });
        Ok(sender)
    }
}

async fn encrypt(
    tls: &TlsConnector,
    endpoint: &Endpoint,
    tcp: TcpStream,
) -> io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let name = ServerName::try_from(endpoint.host.clone()).map_err(io::Error::other)?;
    tls.connect(name, tcp).await
}
