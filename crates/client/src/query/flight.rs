// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Statements over Arrow Flight SQL.
//!
//! The FE runs the statement (`GetFlightInfo`) and says where its rows are to be had (`DoGet`): at a BE for queries, at the FE
//! for everything else, or where the FE hands on the rows of BEs. A session begins with the `Basic` credentials of the first
//! call, goes on with the `Bearer` token of its answer, and is closed at the end, since an FE admits so many only.

use std::time::Duration;

use arrow::datatypes::{DataType, Schema};
use arrow_flight::decode::FlightRecordBatchStream;
use arrow_flight::error::FlightError;
use arrow_flight::flight_service_client::FlightServiceClient;
use arrow_flight::sql::{CommandStatementQuery, ProstMessageExt};
use arrow_flight::{Action, FlightDescriptor, FlightEndpoint, FlightInfo};
use futures::StreamExt as _;
use prost::Message as _;
use starrocks_protocol::basic_auth;
use starrocks_types::{Error, ErrorKind, Result, Retry};
use tokio::time::timeout;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{self, Channel};
use tonic::{Code, Request, Status};

use super::convert::Conversion;
use super::{Output, QueryOptions, no_rows};
use crate::endpoint::Endpoint;
use crate::hosts::HostMapping;

/// Largest message that is taken: a backend sends some thousand rows in one.
const MESSAGE_BYTES: usize = 256 << 20;
/// What may be under way from a server that is far away, of one result and of a connection.
const WINDOW_BYTES: u32 = 4 << 20;
/// Longest wait for a session to be closed; some servers never answer that.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// The frontends' Arrow Flight SQL ports.
pub(crate) struct Flight {
    frontends: Vec<Endpoint>,
    hosts: HostMapping,
    basic: MetadataValue<Ascii>,
    connect_timeout: Duration,
}

impl Flight {
    /// `addresses` are `[grpc://]host:port`.
    pub(crate) fn new(
        addresses: &[String],
        hosts: HostMapping,
        user: &str,
        password: &str,
        connect_timeout: Duration,
    ) -> Result<Self> {
        let frontends = addresses.iter().map(|address| endpoint(address)).collect::<Result<_>>()?;
        let mut basic = MetadataValue::try_from(basic_auth(user, password))
            .map_err(|e| Error::new(ErrorKind::InvalidConfig, "the credentials cannot be sent").caused_by(e))?;
        basic.set_sensitive(true);
        Ok(Self { frontends, hosts, basic, connect_timeout })
    }

    /// Runs a statement to its end.
    pub(super) async fn stream(&self, sql: &str, options: &QueryOptions, output: &mut Output) -> Result<()> {
        let (session, info) = self.execute(sql, options.read_timeout).await?;
        let located = |error: Error| locate(error, &session.frontend);
        let schema = info.clone().try_decode_schema().map_err(|cause| {
            located(Error::new(ErrorKind::Protocol, "the columns of the result cannot be read").caused_by(cause))
        })?;
        if is_status(&schema) {
            return Err(located(no_rows()));
        }
        let conversion = Conversion::new(&schema, options).map_err(located)?;
        if output.describe(conversion.schema()).is_err() {
            return Ok(());
        }
        for endpoint in info.endpoint {
            if self.rows(&session, endpoint, &conversion, options, output).await?.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Has the first frontend that answers run the statement.
    async fn execute(&self, sql: &str, patience: Duration) -> Result<(Session, FlightInfo)> {
        let command = CommandStatementQuery { query: sql.to_owned(), transaction_id: None };
        let descriptor = FlightDescriptor::new_cmd(command.as_any().encode_to_vec());
        let mut first_error = None;
        for frontend in &self.frontends {
            let mut client = match self.connect(frontend, "check the Arrow Flight SQL address").await {
                Ok(client) => client,
                Err(error) => {
                    first_error.get_or_insert(error);
                    continue;
                }
            };
            let mut request = Request::new(descriptor.clone());
            request.metadata_mut().insert("authorization", self.basic.clone());
            let answer = within(patience, client.get_flight_info(request)).await.map_err(|e| locate(e, frontend))?;
            let bearer = answer.metadata().get("authorization").cloned();
            let session = Session { client, bearer, frontend: frontend.clone() };
            return Ok((session, answer.into_inner()));
        }
        Err(first_error.unwrap_or_else(|| Error::new(ErrorKind::InvalidConfig, "no Arrow Flight SQL address is set")))
    }

    /// Hands on the rows of one endpoint. The inner error means that nobody wants them any more.
    async fn rows(
        &self,
        session: &Session,
        endpoint: FlightEndpoint,
        conversion: &Conversion,
        options: &QueryOptions,
        output: &Output,
    ) -> Result<std::result::Result<(), ()>> {
        let ticket = endpoint.ticket.unwrap_or_default();
        let places: Vec<String> = endpoint.location.into_iter().map(|location| location.uri).collect();
        let (mut client, server) = self.reach(session, &places).await?;
        let located = |error: Error| locate(error, &session.frontend).with("server", server.authority());
        let got = within(options.read_timeout, client.do_get(session.request(ticket))).await.map_err(located)?;
        let data = got.into_inner().map(|message| message.map_err(FlightError::from));
        let mut batches = FlightRecordBatchStream::new_from_flight_data(data);
        loop {
            let next = async { batches.next().await.transpose().map_err(unpack) };
            let next = patiently(options.read_timeout, next).await.map_err(located)?;
            let Some(batch) = next else { return Ok(Ok(())) };
            for piece in conversion.pieces(&batch).map_err(located)? {
                if output.send(piece).await.is_err() {
                    return Ok(Err(()));
                }
            }
        }
    }

    /// The first of the places that answers; without any, the frontend itself.
    async fn reach(&self, session: &Session, places: &[String]) -> Result<(Client, Endpoint)> {
        let here = || (session.client.clone(), session.frontend.clone());
        let mut first_error = None;
        for place in places {
            if place.starts_with(REUSE) {
                return Ok(here());
            }
            let told = endpoint(place).map_err(|error| locate(error, &session.frontend))?;
            let server = self.hosts.resolve(told, &session.frontend);
            if server == session.frontend {
                return Ok(here());
            }
            match self.connect(&server, REACH).await {
                Ok(client) => return Ok((client, server)),
                Err(error) => {
                    first_error.get_or_insert(error.with("named_by", session.frontend.authority()));
                }
            }
        }
        first_error.map_or_else(|| Ok(here()), Err)
    }

    async fn connect(&self, server: &Endpoint, hint: &'static str) -> Result<Client> {
        let failed = |error: Error| locate(error, server).retry(Retry::Safe).hint(hint);
        if server.tls {
            let error = Error::new(ErrorKind::Unsupported, "Arrow Flight SQL is not spoken over TLS");
            return Err(locate(error, server).hint("StarRocks serves it in clear; leave out grpcs:// and https://"));
        }
        let channel = transport::Endpoint::from_shared(format!("http://{}", server.authority()))
            .map_err(|cause| failed(Error::new(ErrorKind::InvalidConfig, "no such address can be").caused_by(cause)))?
            .connect_timeout(self.connect_timeout)
            .tcp_nodelay(true)
            .initial_stream_window_size(WINDOW_BYTES)
            .initial_connection_window_size(WINDOW_BYTES);
        match timeout(self.connect_timeout, channel.connect()).await {
            Ok(Ok(channel)) => Ok(FlightServiceClient::new(channel).max_decoding_message_size(MESSAGE_BYTES)),
            Ok(Err(cause)) => {
                let error = Error::new(ErrorKind::Network, "the Arrow Flight SQL port cannot be reached");
                Err(failed(error.caused_by(cause)))
            }
            Err(_) => {
                let error = Error::new(ErrorKind::Timeout, "no connection within the time-out");
                Err(failed(error.with("timeout_ms", self.connect_timeout.as_millis())))
            }
        }
    }
}

type Client = FlightServiceClient<Channel>;

/// The location that means the connection over which it was told.
const REUSE: &str = "arrow-flight-reuse-connection:";

/// What to do about a backend that a frontend names and that cannot be reached.
const REACH: &str = "the backends' arrow_flight_port has to be reachable: set a host mapping, or have the frontends hand on the \
                     rows with SET GLOBAL arrow_flight_proxy_enabled = true (from 3.5.11 on)";

/// A session on a frontend, closed in the background when it is dropped.
struct Session {
    client: Client,
    bearer: Option<MetadataValue<Ascii>>,
    frontend: Endpoint,
}

impl Session {
    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(bearer) = &self.bearer {
            request.metadata_mut().insert("authorization", bearer.clone());
        }
        request
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let (mut client, request) = (self.client.clone(), self.request(Action::new("CloseSession", "")));
        // Outside of a runtime nothing can be sent any more; the frontend ends the session by itself then.
        if let (Some(_), Ok(runtime)) = (&self.bearer, tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                let _closed = timeout(CLOSE_TIMEOUT, client.do_action(request)).await;
            });
        }
    }
}

/// Reads `[grpc://]host:port`, as users and frontends write it.
fn endpoint(address: &str) -> Result<Endpoint> {
    let address = address.trim();
    let (tls, rest) = match address.split_once("://") {
        None => (false, address),
        Some(("grpc" | "grpc+tcp" | "http", rest)) => (false, rest),
        Some(("grpcs" | "grpc+tls" | "https", rest)) => (true, rest),
        // What no address can be.
        Some(_) => (false, ""),
    };
    let bad = || {
        Error::new(ErrorKind::InvalidConfig, "an Arrow Flight SQL address cannot be read")
            .with("address", address.rsplit('@').next().unwrap_or_default().escape_debug())
            .hint("write host:port")
    };
    let endpoint = Endpoint::parse(rest).map_err(|_| bad())?;
    Ok(Endpoint { tls, ..endpoint })
}

/// What the FE answers to a statement that gives no rows.
fn is_status(schema: &Schema) -> bool {
    matches!(schema.fields().iter().as_slice(), [field] if field.name() == "StatusResult" && *field.data_type() == DataType::Utf8)
}

async fn within<T>(patience: Duration, step: impl Future<Output = std::result::Result<T, Status>>) -> Result<T> {
    patiently(patience, async { step.await.map_err(|status| explain(&status)) }).await
}

async fn patiently<T>(patience: Duration, step: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(patience, step).await.unwrap_or_else(|_| {
        Err(Error::new(ErrorKind::Timeout, "the server did not answer in time")
            .with("timeout_ms", patience.as_millis())
            .retry(Retry::Safe))
    })
}

fn unpack(error: FlightError) -> Error {
    match error {
        FlightError::Tonic(status) => explain(&status),
        other => {
            Error::new(ErrorKind::Protocol, "the server sent rows that cannot be read").caused_by(other.to_string())
        }
    }
}

/// What a status means. Its text is kept and its metadata are not: they may hold the token.
fn explain(status: &Status) -> Error {
    let text = status.message();
    let lost = std::error::Error::source(status).is_some() || status.code() == Code::Unavailable;
    let (kind, message) = match status.code() {
        _ if lost => (ErrorKind::Network, "the connection to the Arrow Flight SQL port failed"),
        Code::Unauthenticated => (ErrorKind::Unauthenticated, "the server refused the user"),
        Code::OutOfRange | Code::ResourceExhausted => (ErrorKind::Exhausted, "a limit is reached"),
        _ if text.contains("Access denied") => (ErrorKind::AccessDenied, "the user lacks a privilege"),
        _ if text.contains("Unknown table") || text.contains("Unknown database") => {
            (ErrorKind::NotFound, "the server does not know the database or table")
        }
        _ => (ErrorKind::Unsupported, "the server refused the statement"),
    };
    let error = Error::new(kind, message).caused_by(status.to_string());
    if lost { error.retry(Retry::Safe) } else { error }
}

fn locate(error: Error, frontend: &Endpoint) -> Error {
    error.operation("query over Arrow Flight SQL").with("fe", frontend.authority())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_users_and_servers_write_them() {
        for (text, tls, authority) in [
            ("fe:9408", false, "fe:9408"),
            (" grpc://fe:9408 ", false, "fe:9408"),
            ("grpc+tcp://10.0.0.1:9419", false, "10.0.0.1:9419"),
            ("grpc+tcp://[::1]:9419", false, "[::1]:9419"),
            ("grpcs://fe:443", true, "fe:443"),
        ] {
            let read = endpoint(text).unwrap();
            assert_eq!((read.tls, read.authority().as_str()), (tls, authority), "{text}");
        }
        for text in ["", "fe", "fe:0", "ftp://fe:1", "grpc://u:secret@fe:x"] {
            let error = endpoint(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{text}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_status_is_told_without_its_metadata() {
        let mut status = Status::internal("failed to process query [error=Unknown table 'd.nope'.]");
        status.metadata_mut().insert("authorization", MetadataValue::from_static("Bearer 4711"));
        let error = explain(&status);
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("d.nope"), "{error}");
        assert!(!format!("{error:?}").contains("4711"));
    }
}
