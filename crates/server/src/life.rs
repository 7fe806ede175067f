// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One life of the server, from a start to its end or to a kill. It has a runtime of its own, with which all its sockets,
//! tasks and memory go, as those of a process do.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::auth::Users;
use crate::backends::Backends;
use crate::engine::Engine;
use crate::flight::FlightServer;
use crate::frontends::{self, FrontendAddresses, FrontendPorts, Frontends, Sockets};
use crate::http::faults::Faults;
use crate::http::{HttpServer, Whole};
use crate::mysql;
use crate::scan::Scans;
use crate::server::ServerConfig;
use crate::sql::{Addresses, Sql};
use crate::thrift::ThriftServer;

/// How long a killed life may be in the middle of what cannot be interrupted, such as a write to the disk.
const LAST_WORK: Duration = Duration::from_secs(30);

/// How long to wait before a start that failed is tried again.
const AGAIN: Duration = Duration::from_millis(100);

/// The stack of threads that plan queries, which the deepest ones that are admitted need; memory is taken as it is used. On the
/// usual 2 MiB some dozens of operators overflow it.
pub(crate) const STACK_BYTES: usize = 128 << 20;

/// What outlives a life.
#[derive(Clone)]
pub(crate) struct Outside {
    pub(crate) faults: Option<Arc<Faults>>,
    pub(crate) restarts: mpsc::Sender<Duration>,
    /// The engine of the present life.
    pub(crate) engine: Arc<Mutex<Engine>>,
}

/// Where a life's sockets are.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    /// The frontend that is the leader at the start.
    pub(crate) first: FrontendAddresses,
    /// All frontends, that one at their head.
    pub(crate) frontends: Vec<FrontendAddresses>,
    pub(crate) be_http: SocketAddr,
    pub(crate) be: Vec<SocketAddr>,
    pub(crate) flight: Option<(SocketAddr, SocketAddr)>,
}

/// A running server.
pub(crate) struct Life {
    engine: Engine,
    pub(crate) bound: Bound,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    runtime: Option<Runtime>,
}

impl Life {
    /// Binds all sockets and serves them.
    ///
    /// # Errors
    /// A socket that cannot be bound or a data directory that cannot be used; the text names it.
    pub(crate) async fn start(config: ServerConfig, outside: Outside) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .thread_name("starrocks-server")
            .thread_stack_size(STACK_BYTES)
            .enable_all()
            .build()?;
        let (stop, stopped) = watch::channel(false);
        let serving = runtime.spawn(serve(config, outside, stopped)).await;
        match serving.map_err(io::Error::other).and_then(|served| served) {
            Ok((engine, bound, tasks)) => Ok(Self { engine, bound, stop, tasks, runtime: Some(runtime) }),
            Err(error) => {
                runtime.shutdown_background();
                Err(error)
            }
        }
    }

    /// Stops accepting, lets requests under way end for a few seconds, and returns when everything has ended.
    pub(crate) async fn end(mut self) {
        self.stop.send_replace(true);
        for task in std::mem::take(&mut self.tasks) {
            if let Err(error) = task.await {
                tracing::error!(%error, "a front end ended by a panic");
            }
        }
    }

    /// Ends at once, whatever is under way.
    pub(crate) async fn kill(mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        let ended = tokio::task::spawn_blocking(|| runtime.shutdown_timeout(LAST_WORK)).await;
        if let Err(error) = ended {
            tracing::error!(%error, "the killed server did not end");
        }
        // Who still holds the engine can change nothing more.
        self.engine.kill();
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn serve(
    config: ServerConfig,
    outside: Outside,
    stopped: watch::Receiver<bool>,
) -> io::Result<(Engine, Bound, Vec<JoinHandle<()>>)> {
    let engine = match config.data_dir {
        Some(dir) => Engine::open(config.engine, dir).map_err(io::Error::other)?,
        None => Engine::new(config.engine),
    };
    let listen = config.http.listen;
    let advertised = config.http.advertised_host.clone();
    let first = FrontendPorts { http: config.http.fe_port, query: config.mysql.port };
    let first = Sockets::bind(listen, first).await?;
    let first_at = first.addresses()?;
    let mut sockets = vec![first];
    for ports in config.followers {
        sockets.push(Sockets::bind(listen, ports).await?);
    }
    let frontends = sockets.iter().map(Sockets::addresses).collect::<io::Result<Vec<_>>>()?;
    let be = bind("BE HTTP", (listen, config.http.be_port).into()).await?;
    let thrift = ThriftServer::bind(listen, config.backends).await?;
    let version = engine.config().compat_version.parse().unwrap_or_default();
    let flight = match config.flight {
        Some(ports) => Some(FlightServer::bind(listen, ports, version).await?),
        None => None,
    };
    let bound = Bound {
        first: first_at,
        frontends,
        be_http: be.local_addr()?,
        be: thrift.addresses()?,
        flight: flight.as_ref().map(FlightServer::addresses).transpose()?,
    };
    let addresses = Addresses {
        host: advertised.clone().unwrap_or_else(|| listen.to_string()),
        frontends: Arc::new(Frontends::new(bound.frontends.iter().map(FrontendAddresses::ports))),
        be_http: bound.be_http.port(),
        backends: Arc::new(Backends::new(bound.be.iter().map(SocketAddr::port))),
    };
    outside.engine.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&engine);
    let users = Arc::new(Users::of(&engine));
    let sql = Sql::new(engine.clone(), users, addresses, outside.faults.clone());
    let scans = Arc::new(Scans::new(sql.clone()));
    let flight = flight.map(|flight| tokio::spawn(flight.serve(sql.clone(), advertised, stopped.clone())));
    let mut tasks = vec![tokio::spawn(thrift.serve(scans.clone(), outside.faults.clone(), stopped.clone()))];
    tasks.extend(flight);
    let http = Arc::new(HttpServer {
        config: Arc::new(config.http),
        faults: outside.faults,
        whole: Arc::new(Whole::new(scans, outside.restarts)),
        backend: bound.be_http,
        stop: stopped.clone(),
    });
    let backend = http.clone();
    tasks.push(tokio::spawn(async move { backend.serve_backend(be).await }));
    for (id, sockets) in (1..).zip(sockets) {
        let (http, sql, limits, stop) = (http.clone(), sql.clone(), config.mysql.limits.clone(), stopped.clone());
        tasks.push(tokio::spawn(async move {
            let frontends = sql.addresses.frontends.clone();
            let run = |sockets: Sockets| {
                let clients = mysql::serve(sockets.query, sql.clone(), limits.clone(), stop.clone());
                let http = http.clone();
                async move {
                    tokio::join!(http.serve_frontend(id, sockets.http), clients);
                }
            };
            frontends::serve(&frontends, id, sockets, stop.clone(), run).await;
        }));
    }
    Ok((engine, bound, tasks))
}

/// Starts again what has been down, as often as it takes: its ports may still be in use.
pub(crate) async fn come_back<T, F>(what: &str, mut start: impl FnMut() -> F) -> T
where
    F: Future<Output = io::Result<T>>,
{
    loop {
        match start().await {
            Ok(started) => return started,
            Err(error) => tracing::warn!(%error, what, "cannot come back yet"),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Binds a socket.
///
/// # Errors
/// The operating system's, with the address and what it is for in the text.
pub(crate) async fn bind(what: &str, address: SocketAddr) -> io::Result<TcpListener> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|e| io::Error::new(e.kind(), format!("cannot listen on {address} for {what}: {e}")))
}
