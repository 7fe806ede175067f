// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! All front ends over one engine, from life to life.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::backends::BackendsConfig;
use crate::engine::{Engine, EngineConfig};
use crate::flight::FlightConfig;
use crate::frontends::{FrontendAddresses, FrontendPorts};
use crate::http::HttpConfig;
use crate::http::faults::Faults;
use crate::life::{Bound, Life, Outside, come_back};
use crate::mysql;
use crate::persist::DataDir;

/// How a server is started.
#[derive(Debug, Clone, Default)]
pub struct ServerConfig {
    /// The engine.
    pub engine: EngineConfig,
    /// The HTTP sockets.
    pub http: HttpConfig,
    /// The MySQL socket, on the address that the HTTP sockets listen on.
    pub mysql: MysqlConfig,
    /// Further frontends, which begin as followers, on the same address.
    pub followers: Vec<FrontendPorts>,
    /// The backends and their thrift sockets, on the same address.
    pub backends: BackendsConfig,
    /// The Arrow Flight SQL sockets, on the same address; none without it, as in StarRocks.
    pub flight: Option<FlightConfig>,
    /// Where the state is kept; in memory only if `None`.
    pub data_dir: Option<DataDir>,
}

/// The MySQL socket.
#[derive(Debug, Clone, Default)]
pub struct MysqlConfig {
    /// Its port; 0 takes a free one.
    pub port: u16,
    /// What clients may cost.
    pub limits: mysql::Limits,
}

/// A running server. Dropping it ends it at once; [`Server::stop`] lets requests under way end first.
///
/// A fault may kill it; it then comes back on the same ports, with what its data directory holds.
pub struct Server {
    engine: Arc<Mutex<Engine>>,
    bound: Bound,
    stop: watch::Sender<bool>,
    lives: JoinHandle<()>,
}

impl Server {
    /// Binds all sockets and serves them on threads of its own.
    ///
    /// # Errors
    /// A socket that cannot be bound or a data directory that cannot be used; the text names it.
    pub async fn start(mut config: ServerConfig) -> io::Result<Self> {
        let (restarts, asked) = mpsc::channel(1);
        let outside = Outside {
            faults: config.http.faults.then(Arc::<Faults>::default),
            restarts,
            // Nobody's, until the first life has its own.
            engine: Arc::new(Mutex::new(Engine::new(config.engine.clone()))),
        };
        let life = Life::start(config.clone(), outside.clone()).await?;
        let bound = life.bound.clone();
        config.stay_at(&bound);
        let engine = outside.engine.clone();
        let (stop, stopped) = watch::channel(false);
        let lives = tokio::spawn(live(life, config, outside, asked, stopped));
        Ok(Self { engine, bound, stop, lives })
    }

    /// The engine, for what tests and benchmarks set up without SQL; after a restart it is another one.
    pub fn engine(&self) -> Engine {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The addresses of all frontends; the first one is the leader at the start.
    pub fn frontends(&self) -> &[FrontendAddresses] {
        &self.bound.frontends
    }

    /// The first FE's HTTP address.
    pub fn fe_http(&self) -> SocketAddr {
        self.bound.first.http
    }

    /// The BE's HTTP address.
    pub fn be_http(&self) -> SocketAddr {
        self.bound.be_http
    }

    /// The first FE's address for MySQL clients.
    pub fn query(&self) -> SocketAddr {
        self.bound.first.query
    }

    /// The backends' thrift addresses, where tables are scanned.
    pub fn be(&self) -> &[SocketAddr] {
        &self.bound.be
    }

    /// The Arrow Flight SQL addresses of FE and BE, if they are served.
    pub fn arrow_flight(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.bound.flight
    }

    /// Stops accepting, lets requests under way end for a few seconds, and returns when everything has ended.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Err(error) = (&mut self.lives).await {
            tracing::error!(%error, "the server ended by a panic");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.lives.abort();
    }
}

impl ServerConfig {
    /// Asks for the ports that a first life got.
    fn stay_at(&mut self, bound: &Bound) {
        let mut frontends = bound.frontends.iter().map(FrontendAddresses::ports);
        if let Some(first) = frontends.next() {
            self.http.fe_port = first.http;
            self.mysql.port = first.query;
        }
        self.followers = frontends.collect();
        self.http.be_port = bound.be_http.port();
        self.backends.ports = bound.be.iter().map(SocketAddr::port).collect();
        self.flight = bound.flight.map(|(fe, be)| FlightConfig { fe_port: fe.port(), be_port: be.port() });
    }
}

/// Goes from life to life until it is stopped.
async fn live(
    mut life: Life,
    config: ServerConfig,
    outside: Outside,
    mut restarts: mpsc::Receiver<Duration>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let down = tokio::select! {
            Some(down) = restarts.recv() => down,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        tracing::info!(?down, "a fault that was asked for kills the server");
        life.kill().await;
        // Others that were killed with it had asked too.
        while restarts.try_recv().is_ok() {}
        let next = async {
            tokio::time::sleep(down).await;
            come_back("killed server", || Life::start(config.clone(), outside.clone())).await
        };
        life = tokio::select! {
            next = next => next,
            _ = stop.wait_for(|stop| *stop) => return,
        };
    }
    life.end().await;
}
