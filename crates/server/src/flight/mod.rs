// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Arrow Flight SQL: the FE's port, where statements are run, and a BE's port, from which the rows of queries come.
//!
//! What is answered follows the FE's `com.starrocks.service.arrow.flight.sql` and the BE's `ArrowFlightSqlServer`.

mod auth;
mod backend;
mod frontend;
mod info;
mod options;
mod results;
mod session;
mod statement;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use arrow_flight::FlightData;
use arrow_flight::flight_service_server::FlightServiceServer;
use futures::Stream;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Response, Status};

use crate::compat::{Feature, Version};
use crate::life::bind;
use crate::sql::Sql;
use auth::Authenticated;
use backend::Backend;
use frontend::Frontend;
use results::Results;
use session::Sessions;

/// How long requests under way may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// Bytes of one message from a client: statements, as on the MySQL port.
const MESSAGE_BYTES: usize = 32 << 20;

/// Calls that one connection may have under way.
const CALLS_PER_CONNECTION: u32 = 256;

/// Rows on their way to a client.
type Rows = Pin<Box<dyn Stream<Item = Result<FlightData, Status>> + Send>>;
/// The answer to DoGet.
type Answer = Result<Response<Rows>, Status>;

/// The Arrow Flight SQL ports, 0 for a free one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlightConfig {
    /// The FE's.
    pub fe_port: u16,
    /// The first BE's, the one that gives out the rows of queries.
    pub be_port: u16,
}

/// Both sockets, bound.
pub(crate) struct FlightServer {
    fe: TcpListener,
    be: TcpListener,
}

impl FlightServer {
    /// Binds both sockets.
    ///
    /// # Errors
    /// A version that does not speak Arrow Flight SQL, or the operating system's error with the address in the text.
    pub(crate) async fn bind(listen: IpAddr, config: FlightConfig, version: Version) -> io::Result<Self> {
        if !version.has(Feature::FlightSql) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "Arrow Flight SQL came with StarRocks 3.5.1: leave out its port, or impersonate a later version",
            ));
        }
        Ok(Self {
            fe: bind("FE Arrow Flight SQL", SocketAddr::new(listen, config.fe_port)).await?,
            be: bind("BE Arrow Flight SQL", SocketAddr::new(listen, config.be_port)).await?,
        })
    }

    /// The addresses of FE and BE.
    pub(crate) fn addresses(&self) -> io::Result<(SocketAddr, SocketAddr)> {
        Ok((self.fe.local_addr()?, self.be.local_addr()?))
    }

    /// Serves until `stop` becomes true. `advertised` is the host in the locations of results; without it, the host that
    /// the client used.
    pub(crate) async fn serve(self, sql: Arc<Sql>, advertised: Option<String>, stop: watch::Receiver<bool>) {
        let (Ok(fe), Ok(be)) = (self.fe.local_addr(), self.be.local_addr()) else { return };
        let results = Arc::<Results>::default();
        let sessions = Arc::new(Sessions::new(sql.clone(), results.clone()));
        let frontend = Frontend::new(sql, results.clone(), advertised, fe, be);
        let frontend = FlightServiceServer::new(frontend).max_decoding_message_size(MESSAGE_BYTES);
        let backend = FlightServiceServer::new(Backend::new(results)).max_decoding_message_size(MESSAGE_BYTES);
        let server = || Server::builder().max_concurrent_streams(CALLS_PER_CONNECTION);
        let fe = server().add_service(Authenticated::new(frontend, sessions));
        let be = server().add_service(backend);
        tokio::join!(
            until(stop.clone(), |stopped| fe.serve_with_incoming_shutdown(incoming(self.fe), stopped)),
            until(stop, |stopped| be.serve_with_incoming_shutdown(incoming(self.be), stopped)),
        );
    }
}

fn incoming(listener: TcpListener) -> TcpIncoming {
    TcpIncoming::from(listener).with_nodelay(Some(true))
}

/// Runs a server until `stop` becomes true, and then for no longer than [`GRACE`].
async fn until<F>(stop: watch::Receiver<bool>, serve: impl FnOnce(Pin<Box<dyn Future<Output = ()> + Send>>) -> F)
where
    F: Future<Output = Result<(), tonic::transport::Error>>,
{
    let stopped = |mut stop: watch::Receiver<bool>| async move {
        let _stopped = stop.wait_for(|stop| *stop).await;
    };
    let served = serve(Box::pin(stopped(stop.clone())));
    let over = async {
        stopped(stop).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = served => if let Err(error) = served {
            tracing::error!(%error, "an Arrow Flight SQL socket ended");
        },
        () = over => {}
    }
}
