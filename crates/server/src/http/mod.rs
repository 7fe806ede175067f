// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The FE and BE HTTP sockets.

mod be;
mod be_body;
mod be_stream_load;
mod be_txn;
mod connection;
mod contexts;
pub(crate) mod faults;
mod fe;
mod fe_txn;
mod merge_commit;
mod multi;
mod query_plan;
mod reply;
mod request;
mod whole;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use be::Backend;
use contexts::Contexts;
use faults::Faults;
use fe::Frontend;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use whole::Whole;

use crate::engine::Engine;
use crate::life::bind;
use crate::scan::Scans;

/// Where and how HTTP is served.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// The address both sockets listen on.
    pub listen: IpAddr,
    /// FE port, 0 for a free one.
    pub fe_port: u16,
    /// BE port, 0 for a free one.
    pub be_port: u16,
    /// The host in redirects; without it, the host that the client used.
    pub advertised_host: Option<String>,
    /// Checks the framing of load bodies and counts their bytes, but parses and keeps nothing: for benchmarks.
    pub sink_hole: bool,
    /// Offers `/api/_faults` on the FE, by which tests make requests fail.
    pub faults: bool,
    /// The time a client has to send a request's head.
    pub header_timeout: Duration,
    /// Connections a socket serves at once; more wait to be accepted.
    pub max_connections: usize,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            fe_port: 0,
            be_port: 0,
            advertised_host: None,
            sink_hole: false,
            faults: false,
            header_timeout: Duration::from_secs(30),
            max_connections: 1024,
        }
    }
}

/// Both sockets, bound.
pub struct HttpServer {
    fe: TcpListener,
    be: TcpListener,
    fe_address: SocketAddr,
    be_address: SocketAddr,
    engine: Engine,
    config: HttpConfig,
}

impl HttpServer {
    /// Binds both sockets.
    ///
    /// # Errors
    /// The operating system's, with the address in the text.
    pub async fn bind(engine: Engine, config: HttpConfig) -> io::Result<Self> {
        let fe = bind("FE HTTP", SocketAddr::new(config.listen, config.fe_port)).await?;
        let be = bind("BE HTTP", SocketAddr::new(config.listen, config.be_port)).await?;
        let (fe_address, be_address) = (fe.local_addr()?, be.local_addr()?);
        Ok(Self { fe, be, fe_address, be_address, engine, config })
    }

    /// The FE's address.
    pub fn fe_address(&self) -> SocketAddr {
        self.fe_address
    }

    /// The BE's address.
    pub fn be_address(&self) -> SocketAddr {
        self.be_address
    }

    /// Serves until `stop` becomes true; requests under way then have a few seconds to end. A fault that restarts the
    /// server sends to `restarts` how long it stays down.
    pub(crate) async fn serve(
        self,
        stop: watch::Receiver<bool>,
        scans: Arc<Scans>,
        faults: Option<Arc<Faults>>,
        restarts: mpsc::Sender<Duration>,
    ) {
        let config = Arc::new(self.config);
        let whole = Arc::new(Whole { engine: self.engine, contexts: Arc::<Contexts>::default(), scans, restarts });
        let backend =
            Arc::new(Backend::new(config.clone(), self.be_address, faults.clone(), whole.clone(), stop.clone()));
        let port = self.be_address.port();
        let frontend = Arc::new(Frontend::new(config.clone(), port, faults, whole.clone()));
        let fe = connection::serve(self.fe, config.clone(), stop.clone(), move |request, peer| {
            let frontend = frontend.clone();
            async move { frontend.handle(request, peer).await }
        });
        let be = connection::serve(self.be, config.clone(), stop.clone(), move |request, peer| {
            let backend = backend.clone();
            async move { backend.handle(request, peer).await }
        });
        let sweep = whole.watch_time(stop);
        tokio::join!(fe, be, sweep);
    }
}
