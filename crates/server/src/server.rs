// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! All front ends over one engine.

use std::io;
use std::net::SocketAddr;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::engine::{Engine, EngineConfig};
use crate::http::{HttpConfig, HttpServer};
use crate::persist::DataDir;

/// How a server is started.
#[derive(Debug, Clone, Default)]
pub struct ServerConfig {
    /// The engine.
    pub engine: EngineConfig,
    /// The HTTP sockets.
    pub http: HttpConfig,
    /// Where the state is kept; in memory only if `None`.
    pub data_dir: Option<DataDir>,
}

/// A running server. Dropping it ends it at once; [`Server::stop`] lets requests under way end first.
pub struct Server {
    engine: Engine,
    fe_http: SocketAddr,
    be_http: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Server {
    /// Binds all sockets and serves them on the current runtime, which must have several threads.
    ///
    /// # Errors
    /// A socket that cannot be bound or a data directory that cannot be used; the text names it.
    pub async fn start(config: ServerConfig) -> io::Result<Self> {
        let engine = match config.data_dir {
            Some(dir) => Engine::open(config.engine, dir).map_err(io::Error::other)?,
            None => Engine::new(config.engine),
        };
        let (stop, stopped) = watch::channel(false);
        let http = HttpServer::bind(engine.clone(), config.http).await?;
        let (fe_http, be_http) = (http.fe_address(), http.be_address());
        let tasks = vec![tokio::spawn(http.serve(stopped))];
        Ok(Self { engine, fe_http, be_http, stop, tasks })
    }

    /// The engine, for what tests and benchmarks set up without SQL.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The FE's HTTP address.
    pub fn fe_http(&self) -> SocketAddr {
        self.fe_http
    }

    /// The BE's HTTP address.
    pub fn be_http(&self) -> SocketAddr {
        self.be_http
    }

    /// Stops accepting, lets requests under way end for a few seconds, and returns when everything has ended.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        for task in std::mem::take(&mut self.tasks) {
            if let Err(error) = task.await {
                tracing::error!(%error, "a front end ended by a panic");
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        for task in &self.tasks {
            task.abort();
        }
    }
}
