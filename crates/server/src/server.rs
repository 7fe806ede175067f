// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! All front ends over one engine.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::auth::Users;
use crate::backends::{Backends, BackendsConfig};
use crate::engine::{Engine, EngineConfig};
use crate::flight::{FlightConfig, FlightServer};
use crate::http::faults::Faults;
use crate::http::{HttpConfig, HttpServer};
use crate::mysql;
use crate::persist::DataDir;
use crate::scan::Scans;
use crate::sql::{Addresses, Sql};
use crate::thrift::ThriftServer;

/// How a server is started.
#[derive(Debug, Clone, Default)]
pub struct ServerConfig {
    /// The engine.
    pub engine: EngineConfig,
    /// The HTTP sockets.
    pub http: HttpConfig,
    /// The MySQL socket, on the address that the HTTP sockets listen on.
    pub mysql: MysqlConfig,
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
pub struct Server {
    engine: Engine,
    fe_http: SocketAddr,
    be_http: SocketAddr,
    query: SocketAddr,
    be: Vec<SocketAddr>,
    flight: Option<(SocketAddr, SocketAddr)>,
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
        let listen = config.http.listen;
        let advertised = config.http.advertised_host.clone();
        let faults = config.http.faults.then(Arc::<Faults>::default);
        let http = HttpServer::bind(engine.clone(), config.http).await?;
        let thrift = ThriftServer::bind(listen, config.backends).await?;
        let be = thrift.addresses()?;
        let (fe_http, be_http) = (http.fe_address(), http.be_address());
        let listener = TcpListener::bind((listen, config.mysql.port)).await.map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("cannot listen on {listen}:{} for MySQL clients: {error}", config.mysql.port),
            )
        })?;
        let query = listener.local_addr()?;
        let version = engine.config().compat_version.parse().unwrap_or_default();
        let flight = match config.flight {
            Some(ports) => Some(FlightServer::bind(listen, ports, version).await?),
            None => None,
        };
        let flight_addresses = flight.as_ref().map(FlightServer::addresses).transpose()?;
        let addresses = Addresses {
            host: advertised.clone().unwrap_or_else(|| listen.to_string()),
            fe_http: fe_http.port(),
            query: query.port(),
            be_http: be_http.port(),
            backends: Arc::new(Backends::new(be.iter().map(SocketAddr::port))),
        };
        let users = Arc::new(Users::of(&engine));
        let sql = Sql::new(engine.clone(), users, addresses);
        let scans = Arc::new(Scans::new(sql.clone()));
        let flight = flight.map(|flight| tokio::spawn(flight.serve(sql.clone(), advertised, stopped.clone())));
        let clients = mysql::serve(listener, sql, config.mysql.limits, stopped.clone());
        let mut tasks = vec![
            tokio::spawn(thrift.serve(scans.clone(), faults.clone(), stopped.clone())),
            tokio::spawn(http.serve(stopped, scans, faults)),
            tokio::spawn(async move {
                if let Err(error) = clients.await {
                    tracing::error!(%error, "the MySQL socket ended");
                }
            }),
        ];
        tasks.extend(flight);
        Ok(Self { engine, fe_http, be_http, query, be, flight: flight_addresses, stop, tasks })
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

    /// The address for MySQL clients.
    pub fn query(&self) -> SocketAddr {
        self.query
    }

    /// The backends' thrift addresses, where tables are scanned.
    pub fn be(&self) -> &[SocketAddr] {
        &self.be
    }

    /// The Arrow Flight SQL addresses of FE and BE, if they are served.
    pub fn arrow_flight(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.flight
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
