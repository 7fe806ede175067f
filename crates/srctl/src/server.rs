// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! `srctl server`.

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use starrocks_server::compat::{InvalidVersion, Version};
use starrocks_server::engine::EngineConfig;
use starrocks_server::http::HttpConfig;
use starrocks_server::persist::DataDir;
use starrocks_server::{
    BackendsConfig, FlightConfig, FrontendAddresses, FrontendPorts, MysqlConfig, Server, ServerConfig,
};
use tokio::signal::unix::{SignalKind, signal};

/// Flags of `srctl server`.
#[derive(Args)]
pub(crate) struct ServerArgs {
    /// Address that all sockets listen on
    #[arg(long, default_value = "127.0.0.1")]
    listen: IpAddr,
    /// Port of the FE's HTTP socket; 0 takes a free one, as for every port
    #[arg(long, default_value_t = 8030)]
    fe_http_port: u16,
    /// Port for MySQL clients
    #[arg(long, default_value_t = 9030)]
    query_port: u16,
    /// HTTP and MySQL port of a further FE, which begins as a follower, as in 8031:9031; may be given several times
    #[arg(long, value_name = "HTTP:QUERY", value_parser = ports)]
    follower: Vec<FrontendPorts>,
    /// Port of the BE's HTTP socket
    #[arg(long, default_value_t = 8040)]
    be_http_port: u16,
    /// Thrift ports of the BEs, where tables are scanned; BEs that are not listed have the ports after the last one
    #[arg(long, default_value = "9060", value_delimiter = ',')]
    be_port: Vec<u16>,
    /// Port for Arrow Flight SQL of the FE (StarRocks' documents use 9408); not served without it, as in StarRocks
    #[arg(long)]
    arrow_flight_port: Option<u16>,
    /// Port from which the BE gives out the rows of Arrow Flight SQL queries
    #[arg(long, default_value_t = 9419, requires = "arrow_flight_port")]
    be_arrow_flight_port: u16,
    /// How many backends there are; replicas of tablets are spread over them, and each has a thrift port
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    backends: u32,
    /// Directory to keep data, labels and prepared transactions in; without it everything is in memory
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Root's password
    #[arg(long, default_value = "", hide_default_value = true)]
    password: String,
    /// StarRocks version to impersonate: what came with a later one is not there
    #[arg(long, default_value = "3.5.5", value_parser = version)]
    compat_version: String,
    /// Host to name in redirects; without it, the host that the client used
    #[arg(long)]
    advertised_host: Option<String>,
    /// Read the bodies of loads and keep nothing, for benchmarks of clients
    ///
    /// Labels, transactions, authentication and redirects stay real. Of a body the HTTP framing, the block headers of LZ4
    /// frames and the first bytes of gzip and zstd are checked, and its bytes are counted; it is neither decompressed nor
    /// parsed, so no row is rejected. Rows are the row delimiters of plain CSV; for everything else the replies say 0.
    #[arg(long)]
    sink_hole: bool,
    /// Let tests make requests fail through POST /api/_faults on the FE's HTTP port
    #[arg(long)]
    faults: bool,
}

/// The text of a version, which is kept as it is written.
fn version(text: &str) -> Result<String, InvalidVersion> {
    text.parse::<Version>().map(|_| text.to_owned())
}

/// The ports of a frontend.
fn ports(text: &str) -> Result<FrontendPorts, String> {
    let parsed = text.split_once(':').and_then(|(http, query)| Some((http.parse().ok()?, query.parse().ok()?)));
    let (http, query) = parsed.ok_or("it must be an HTTP port and a MySQL port, as in 8031:9031")?;
    Ok(FrontendPorts { http, query })
}

/// Serves until a signal ends it.
pub(crate) fn run(args: ServerArgs) -> io::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(args))
}

async fn serve(args: ServerArgs) -> io::Result<()> {
    // Signals are watched before the server is ready, so that none is lost.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let config = ServerConfig {
        engine: EngineConfig {
            compat_version: args.compat_version,
            root_password: args.password,
            ..EngineConfig::default()
        },
        http: HttpConfig {
            listen: args.listen,
            fe_port: args.fe_http_port,
            be_port: args.be_http_port,
            advertised_host: args.advertised_host,
            sink_hole: args.sink_hole,
            faults: args.faults,
            ..HttpConfig::default()
        },
        mysql: MysqlConfig { port: args.query_port, ..MysqlConfig::default() },
        followers: args.follower,
        backends: BackendsConfig { count: args.backends, ports: args.be_port, ..BackendsConfig::default() },
        flight: args.arrow_flight_port.map(|fe_port| FlightConfig { fe_port, be_port: args.be_arrow_flight_port }),
        data_dir: args.data_dir.map(DataDir::new),
    };
    let server = Server::start(config).await?;
    let mut ready = json!({
        "fe_http": server.fe_http().to_string(),
        "query": server.query().to_string(),
        "be_http": server.be_http().to_string(),
        "be": server.be().iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    });
    if let [_, followers @ ..] = server.frontends()
        && !followers.is_empty()
    {
        let list = |address: fn(&FrontendAddresses) -> SocketAddr| {
            followers.iter().map(|follower| address(follower).to_string()).collect::<Vec<_>>().join(",")
        };
        ready["follower_http"] = list(|follower| follower.http).into();
        ready["follower_query"] = list(|follower| follower.query).into();
    }
    if let Some((fe, be)) = server.arrow_flight() {
        ready["arrow_flight"] = fe.to_string().into();
        ready["be_arrow_flight"] = be.to_string().into();
    }
    let mut out = io::stdout();
    writeln!(out, "{ready}")?;
    out.flush()?;
    tokio::select! {
        _ = terminate.recv() => tracing::info!("SIGTERM, stopping"),
        _ = interrupt.recv() => tracing::info!("SIGINT, stopping"),
    }
    server.stop().await;
    Ok(())
}
