// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The FE and BE HTTP sockets.

mod admin;
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

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use be::Backend;
use faults::Faults;
use fe::Frontend;
use tokio::net::TcpListener;
use tokio::sync::watch;
pub(crate) use whole::Whole;

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

/// What serves the backend's and the frontends' HTTP ports.
pub(crate) struct HttpServer {
    pub(crate) config: Arc<HttpConfig>,
    pub(crate) faults: Option<Arc<Faults>>,
    pub(crate) whole: Arc<Whole>,
    /// The backend's address.
    pub(crate) backend: SocketAddr,
    /// Ends serving; requests under way then have a few seconds.
    pub(crate) stop: watch::Receiver<bool>,
}

impl HttpServer {
    /// Serves the backend.
    pub(crate) async fn serve_backend(&self, listener: TcpListener) {
        let (config, faults, whole) = (self.config.clone(), self.faults.clone(), self.whole.clone());
        let backend = Arc::new(Backend::new(config, self.backend, faults, whole, self.stop.clone()));
        let be = connection::serve(listener, self.config.clone(), self.stop.clone(), move |request, peer| {
            let backend = backend.clone();
            async move { backend.handle(request, peer).await }
        });
        tokio::join!(be, self.whole.watch_time(self.stop.clone()));
    }

    /// Serves the frontend of that id. Dropping it ends its connections.
    pub(crate) async fn serve_frontend(&self, id: u64, listener: TcpListener) {
        let (config, faults, whole) = (self.config.clone(), self.faults.clone(), self.whole.clone());
        let frontend = Arc::new(Frontend::new(id, config, self.backend.port(), faults, whole));
        let serve = connection::serve(listener, self.config.clone(), self.stop.clone(), move |request, peer| {
            let frontend = frontend.clone();
            async move { frontend.handle(request, peer).await }
        });
        serve.await;
    }
}
