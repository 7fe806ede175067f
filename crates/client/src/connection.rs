// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A connection to one StarRocks cluster.

use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use hyper::header::HeaderValue;
use starrocks_load::Failure;
use starrocks_protocol::{LabelState, Operation, Reply, RequestHead, basic_auth};
use starrocks_types::{Error, ErrorKind, Result, StarRocksTable};

use crate::endpoint::Endpoint;
use crate::frontends::Frontends;
use crate::hosts::HostMapping;
use crate::http::{Answered, Http, Via};
use crate::metadata::jdbc::{self, JdbcUrl};
use crate::metadata::{Metadata, OpenLoad};
use crate::query::flight::Flight;
use crate::tls::{self, TlsFiles};
use crate::transport::Connections;

/// The server's default for the life of a load, in seconds.
const DEFAULT_LOAD_TIMEOUT_S: u64 = 600;

/// A connection to one cluster. Cheap to clone; clones share connections and the health of the frontends.
#[derive(Clone)]
pub struct StarRocks {
    inner: Arc<Inner>,
}

struct Inner {
    http: Http,
    metadata: Metadata,
    /// Where queries go instead of the MySQL port, if the user named it.
    flight: Option<Arc<Flight>>,
    publish_timeout: Option<Duration>,
}

/// A [`StarRocks`] that others keep alive.
pub(crate) struct WeakStarRocks(Weak<Inner>);

impl WeakStarRocks {
    pub(crate) fn upgrade(&self) -> Option<StarRocks> {
        self.0.upgrade().map(|inner| StarRocks { inner })
    }
}

/// Builds a [`StarRocks`].
#[derive(Clone)]
pub struct StarRocksBuilder {
    load_urls: Vec<String>,
    jdbc_url: String,
    arrow_flight_urls: Vec<String>,
    user: String,
    password: String,
    connect_timeout: Duration,
    socket_timeout: Option<Duration>,
    wait_for_continue: Duration,
    publish_timeout: Option<Duration>,
    host_mapping: Vec<String>,
    backend_urls: Vec<String>,
    tls: TlsFiles,
    sanitize_error_log: bool,
}

impl StarRocksBuilder {
    /// HTTP addresses of the frontends: `host:port`, `http://host:port` or `https://host:port`.
    #[must_use]
    pub fn load_urls<S: Into<String>>(mut self, urls: impl IntoIterator<Item = S>) -> Self {
        self.load_urls = urls.into_iter().map(Into::into).collect();
        self
    }

    /// `jdbc:mysql://host:port[,host:port…][/database][?options]` of the frontends; needed for table descriptions only.
    #[must_use]
    pub fn jdbc_url(mut self, url: impl Into<String>) -> Self {
        self.jdbc_url = url.into();
        self
    }

    /// Arrow Flight SQL addresses of the frontends, `[grpc://]host:port` (`arrow_flight_port`, StarRocks 3.5.1 and later): with
    /// them [queries](StarRocks::query) go there instead of to the MySQL port.
    #[must_use]
    pub fn arrow_flight_urls<S: Into<String>>(mut self, urls: impl IntoIterator<Item = S>) -> Self {
        self.arrow_flight_urls = urls.into_iter().map(Into::into).collect();
        self
    }

    /// User and password.
    #[must_use]
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.user = user.into();
        self.password = password.into();
        self
    }

    /// Longest wait for a connection, TLS included. Default 30 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Longest wait for any progress on a connection. `None` (the default) gives the server as long as the load may
    /// take, and 60 s for everything short.
    #[must_use]
    pub fn socket_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.socket_timeout = timeout;
        self
    }

    /// How long a body waits for `100 Continue` before it is sent all the same. Default 30 s.
    #[must_use]
    pub fn wait_for_continue(mut self, timeout: Duration) -> Self {
        self.wait_for_continue = timeout;
        self
    }

    /// How long a commit waits for its rows to become visible, in whole seconds; the server decides where there is none.
    /// A commit that has waited in vain is a commit all the same.
    #[must_use]
    pub fn publish_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.publish_timeout = timeout;
        self
    }

    /// PEM file of certificate authorities to trust beside the public ones.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.tls.ca_file = Some(path.into());
        self
    }

    /// PEM files of a certificate and its key, for servers that want to know who connects.
    #[must_use]
    pub fn client_certificate(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.tls.identity = Some((certificate.into(), key.into()));
        self
    }

    /// Where the servers of the cluster are reached from here, as rules `internal=external`, `internal:port=external:port`,
    /// with `*` for any text: for redirects to backends, error logs, and backends that a frontend names.
    #[must_use]
    pub fn host_mapping<S: Into<String>>(mut self, rules: impl IntoIterator<Item = S>) -> Self {
        self.host_mapping = rules.into_iter().map(Into::into).collect();
        self
    }

    /// HTTP addresses of backends, to which loads go without asking a frontend for one.
    #[must_use]
    pub fn backend_urls<S: Into<String>>(mut self, urls: impl IntoIterator<Item = S>) -> Self {
        self.backend_urls = urls.into_iter().map(Into::into).collect();
        self
    }

    /// Keeps row values out of error messages. Default false.
    #[must_use]
    pub fn sanitize_error_log(mut self, sanitize: bool) -> Self {
        self.sanitize_error_log = sanitize;
        self
    }

    /// Checks the settings. Connects to nothing yet.
    pub fn build(self) -> Result<StarRocks> {
        let endpoints = |urls: &[String]| urls.iter().map(|url| Endpoint::parse(url)).collect::<Result<Vec<_>>>();
        let frontends = endpoints(&self.load_urls)?;
        let backends = endpoints(&self.backend_urls)?;
        // Over the MySQL port alone, metadata can be asked for, and over that of Arrow Flight SQL alone, rows.
        if frontends.is_empty() && self.jdbc_url.is_empty() && self.arrow_flight_urls.is_empty() {
            return Err(Error::new(ErrorKind::InvalidConfig, "no load URL is configured").hint("set load-url"));
        }
        let mut auth = HeaderValue::from_str(&basic_auth(&self.user, &self.password))
            .map_err(|e| Error::new(ErrorKind::InvalidConfig, "the credentials cannot be sent").caused_by(e))?;
        auth.set_sensitive(true);
        // A redirect may lead from http to https, so TLS is always at hand.
        let connector = tls::connector(&self.tls)?;
        let hosts = HostMapping::parse(&self.host_mapping)?;
        let http = Http {
            connections: Arc::new(Connections::new(self.connect_timeout, Some(connector))),
            frontends: Frontends::new(frontends),
            backends: if backends.is_empty() { None } else { Some(Frontends::new(backends)) },
            hosts: hosts.clone(),
            auth,
            wait_for_continue: self.wait_for_continue,
            socket_timeout: self.socket_timeout,
            sanitize_error_log: self.sanitize_error_log,
        };
        let metadata = Metadata {
            url: if self.jdbc_url.is_empty() { JdbcUrl::default() } else { jdbc::parse(&self.jdbc_url)? },
            tls: self.tls,
            user: self.user,
            password: self.password,
            connect_timeout: self.connect_timeout,
            query_timeout: self.socket_timeout,
        };
        let (urls, user, password) = (&self.arrow_flight_urls, &metadata.user, &metadata.password);
        let flight = match urls.as_slice() {
            [] => None,
            _ => Some(Arc::new(Flight::new(urls, hosts, user, password, self.connect_timeout)?)),
        };
        Ok(StarRocks { inner: Arc::new(Inner { http, metadata, flight, publish_timeout: self.publish_timeout }) })
    }
}

impl StarRocks {
    /// A builder with the default time-outs.
    pub fn builder() -> StarRocksBuilder {
        StarRocksBuilder {
            load_urls: Vec::new(),
            jdbc_url: String::new(),
            arrow_flight_urls: Vec::new(),
            user: "root".to_owned(),
            password: String::new(),
            connect_timeout: Duration::from_secs(30),
            socket_timeout: None,
            wait_for_continue: Duration::from_secs(30),
            publish_timeout: None,
            host_mapping: Vec::new(),
            backend_urls: Vec::new(),
            tls: TlsFiles::default(),
            sanitize_error_log: false,
        }
    }

    /// Loads one body in a transaction of its own. `properties` are the headers of stream load. No retries: after an
    /// ambiguous failure send the same body under the same label again.
    pub async fn stream_load(
        &self,
        database: &str,
        table: &str,
        label: &str,
        properties: &[(String, String)],
        body: &[Bytes],
    ) -> Result<Reply> {
        let head = starrocks_protocol::stream_load(database, table, label, properties)?;
        self.call(Operation::StreamLoad, &head, body, Via::AnyBackend, load_timeout(properties))
            .await
            .map(|answered| answered.reply)
            .map_err(|failure| failure.error.with("table", format!("{database}.{table}")).with("label", label))
    }

    /// The state of a label.
    pub async fn label_state(&self, database: &str, label: &str) -> Result<LabelState> {
        let head = starrocks_protocol::label_state(database, label)?;
        let name = |error: Error| error.operation(Operation::LabelState.name()).with("label", label);
        let answered = self
            .call(Operation::LabelState, &head, &[], Via::Frontend, Duration::ZERO)
            .await
            .map_err(|failure| name(failure.error))?;
        answered.reply.label_state().map_err(name)
    }

    /// Aborts a load through the FE, for transactions whose BE is gone.
    pub async fn cancel(&self, database: &str, table: &str, label: &str) -> Result<()> {
        let head = starrocks_protocol::cancel(database, table, label)?;
        let cancelled = self.call(Operation::Cancel, &head, &[], Via::Frontend, Duration::ZERO).await;
        cancelled.map(|_| ()).map_err(|failure| failure.error.with("label", label))
    }

    /// Whether the server offers the transaction interface (StarRocks 2.4 and later).
    pub async fn probe_transactions(&self) -> Result<bool> {
        // A begin without database: every server that knows the request refuses it for that.
        let head = RequestHead {
            method: starrocks_protocol::Method::Post,
            path: "/api/transaction/begin".to_owned(),
            headers: Vec::new(),
        };
        match self.call(Operation::Begin, &head, &[], Via::Frontend, Duration::ZERO).await {
            Ok(_) => Ok(true),
            Err(failure) => match failure.error.kind() {
                ErrorKind::Unsupported => Ok(false),
                ErrorKind::LoadFailed => Ok(failure.error.message() != "Not implemented"),
                _ => Err(failure.error),
            },
        }
    }

    /// Describes a table, as the MySQL port tells it.
    pub async fn describe_table(&self, database: &str, table: &str) -> Result<StarRocksTable> {
        self.inner.metadata.describe_table(database, table).await
    }

    /// The version of the server, such as `3.5.5-abcdef`.
    pub async fn server_version(&self) -> Result<String> {
        self.inner.metadata.server_version().await
    }

    /// What the MySQL ports of the frontends are asked through.
    pub(crate) fn metadata(&self) -> &Metadata {
        &self.inner.metadata
    }

    pub(crate) fn flight(&self) -> Option<&Arc<Flight>> {
        self.inner.flight.as_ref()
    }

    pub(crate) fn publish_timeout(&self) -> Option<Duration> {
        self.inner.publish_timeout
    }

    pub(crate) async fn open_labels(&self, database: &str, prefix: &str) -> Result<Vec<String>> {
        self.inner.metadata.open_labels(database, prefix).await
    }

    /// Loads of all databases that are not finished and whose labels begin with `prefix`.
    pub(crate) async fn open_loads(&self, prefix: &str) -> Result<Vec<OpenLoad>> {
        self.inner.metadata.open_loads(prefix).await
    }

    pub(crate) async fn call(
        &self,
        operation: Operation,
        head: &RequestHead,
        body: &[Bytes],
        via: Via<'_>,
        slow: Duration,
    ) -> std::result::Result<Answered, Failure> {
        self.inner.http.call(operation, head, body, via, slow).await
    }

    pub(crate) fn downgrade(&self) -> WeakStarRocks {
        WeakStarRocks(Arc::downgrade(&self.inner))
    }

    /// The user's name.
    pub(crate) fn user(&self) -> &str {
        &self.inner.metadata.user
    }

    pub(crate) fn http(&self) -> &Http {
        &self.inner.http
    }
}

/// How long the server may work on a load: its `timeout` and a minute for the answer.
pub(crate) fn load_timeout(properties: &[(String, String)]) -> Duration {
    let seconds =
        properties.iter().find(|(name, _)| name == "timeout").and_then(|(_, value)| value.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(DEFAULT_LOAD_TIMEOUT_S).min(259_200) + 60)
}
