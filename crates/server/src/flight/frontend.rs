// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The FE's side: sessions, statements, and the rows that do not come from a backend.

use std::net::SocketAddr;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use arrow::ipc::writer::IpcWriteOptions;
use arrow_flight::flight_service_server::FlightService;
use arrow_flight::sql::server::FlightSqlService;
use arrow_flight::sql::{
    ActionClosePreparedStatementRequest, ActionCreatePreparedStatementRequest, ActionCreatePreparedStatementResult,
    CommandGetCatalogs, CommandGetDbSchemas, CommandGetSqlInfo, CommandGetTableTypes, CommandGetTables,
    CommandPreparedStatementQuery, CommandStatementQuery, ProstMessageExt, SqlInfo, TicketStatementQuery,
};
use arrow_flight::{
    Action, FlightDescriptor, FlightEndpoint, FlightInfo, HandshakeRequest, HandshakeResponse, IpcMessage, SchemaAsIpc,
    Ticket,
};
use futures::stream;
use prost::Message as _;
use tonic::{Request, Response, Status, Streaming};

use super::auth::Caller;
use super::results::{self, Results};
use super::session::State;
use super::statement::{self, Waiting};
use super::{Answer, info, options};
use crate::compat::{Feature, Version};
use crate::export::Dialect;
use crate::sql::{Sql, variables};

/// Statements that a session may have prepared at once.
const MOST_PREPARED: usize = 1024;

/// The service of the FE.
pub(super) struct Frontend {
    sql: Arc<Sql>,
    results: Arc<Results>,
    /// The host in locations; without it, the host that the client used.
    advertised: Option<String>,
    fe: SocketAddr,
    be: SocketAddr,
    version: Version,
}

impl Frontend {
    pub(super) fn new(
        sql: Arc<Sql>,
        results: Arc<Results>,
        advertised: Option<String>,
        fe: SocketAddr,
        be: SocketAddr,
    ) -> Self {
        let version = sql.version().parse().unwrap_or_default();
        Self { sql, results, advertised, fe, be, version }
    }

    /// Whether this is a version from which types and handles are as in 3.5.11, see [`Feature::FlightTyped`].
    fn is_typed(&self) -> bool {
        self.version.has(Feature::FlightTyped)
    }

    /// Runs a statement and says where its rows are.
    async fn execute(
        &self,
        caller: &Caller,
        state: &mut State,
        text: &str,
        descriptor: FlightDescriptor,
    ) -> Result<Response<FlightInfo>, Status> {
        let dialect = if self.is_typed() { Dialect::FlightTyped } else { Dialect::FlightTexts };
        let session = &caller.session;
        let running = statement::run(&self.sql, state, session.id(), text, dialect, &self.results);
        let (schema, waiting) = tokio::select! {
            done = running => done?,
            () = session.killed() => return Err(Status::cancelled("the connection was killed")),
        };
        let separator = if self.is_typed() { '|' } else { ':' };
        let (handle, location) = match waiting {
            Waiting::Frontend { query } => {
                (format!("{}{separator}{query}", session.token()), self.location(caller, self.fe))
            }
            Waiting::Backend { fragment } => {
                let query = results::hexadecimal();
                match self.proxy(caller, state) {
                    None => (format!("{query}:{fragment}"), self.location(caller, self.be)),
                    Some(location) => {
                        (format!("{query}|{fragment}|{}|{}", self.host(caller, self.be), self.be.port()), location)
                    }
                }
            }
        };
        let ticket = TicketStatementQuery { statement_handle: handle.into() };
        describe(&schema, ticket.as_any().encode_to_vec(), location, descriptor)
    }

    /// The location of the FE that hands on the rows of backends, if the session has it so.
    fn proxy(&self, caller: &Caller, state: &State) -> Option<String> {
        if !self.is_typed() {
            return None;
        }
        let globals = self.sql.shared().globals.clone();
        let value = |name| variables::value(name, &state.session.variables, &globals, self.sql.version());
        if !value("arrow_flight_proxy_enabled").is_some_and(|enabled| enabled.eq_ignore_ascii_case("true")) {
            return None;
        }
        match value("arrow_flight_proxy").filter(|proxy| !proxy.is_empty()) {
            None => Some(self.location(caller, self.fe)),
            Some(proxy) if proxy.contains("://") => Some(proxy),
            Some(proxy) => Some(format!("grpc+tcp://{proxy}")),
        }
    }

    fn host(&self, caller: &Caller, address: SocketAddr) -> String {
        let used = || caller.host.clone().unwrap_or_else(|| address.ip().to_string());
        self.advertised.clone().unwrap_or_else(used)
    }

    fn location(&self, caller: &Caller, address: SocketAddr) -> String {
        format!("grpc+tcp://{}:{}", self.host(caller, address), address.port())
    }

    /// Where the answer to a command about metadata is to be had: here, by the command itself.
    fn metadata(
        &self,
        command: &impl ProstMessageExt,
        schema: &Schema,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let location = self.location(&caller(&request)?, self.fe);
        describe(schema, command.as_any().encode_to_vec(), location, request.into_inner())
    }
}

/// One endpoint, of which nobody knows how many rows it has.
fn describe(
    schema: &Schema,
    ticket: Vec<u8>,
    location: String,
    descriptor: FlightDescriptor,
) -> Result<Response<FlightInfo>, Status> {
    let endpoint = FlightEndpoint::new().with_ticket(Ticket::new(ticket)).with_location(location);
    let info = FlightInfo::new()
        .try_with_schema(schema)
        .map_err(|error| Status::internal(error.to_string()))?
        .with_descriptor(descriptor)
        .with_endpoint(endpoint)
        .with_total_records(-1)
        .with_total_bytes(-1);
    Ok(Response::new(info))
}

fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    let caller = request.extensions().get::<Caller>().cloned();
    caller.ok_or_else(|| Status::unauthenticated("no Basic credentials and no Bearer token"))
}

fn unimplemented(what: &str) -> Status {
    Status::unimplemented(format!("{what} unimplemented"))
}

#[tonic::async_trait]
impl FlightSqlService for Frontend {
    type FlightService = Self;

    /// The token is in the headers of the answer, and the answer itself is empty.
    async fn do_handshake(
        &self,
        _: Request<Streaming<HandshakeRequest>>,
    ) -> Result<Response<<Self as FlightService>::HandshakeStream>, Status> {
        Ok(Response::new(Box::pin(stream::iter(Vec::<Result<HandshakeResponse, Status>>::new()))))
    }

    async fn get_flight_info_statement(
        &self,
        command: CommandStatementQuery,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let caller = caller(&request)?;
        let mut state = caller.session.state.lock().await;
        self.execute(&caller, &mut state, &command.query, request.into_inner()).await
    }

    async fn get_flight_info_prepared_statement(
        &self,
        command: CommandPreparedStatementQuery,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let caller = caller(&request)?;
        let mut state = caller.session.state.lock().await;
        let database = request.metadata().get("database").and_then(|name| name.to_str().ok());
        if let Some(database) = database.filter(|name| !name.is_empty()) {
            let entered = self.sql.enter(&state.session, database);
            state.session.database = Some(entered.map_err(|error| Status::internal(error.message))?);
        }
        let text = state.prepared.get(&*command.prepared_statement_handle).cloned();
        let text = text.ok_or_else(|| Status::not_found("cannot find the prepared statement of the handle"))?;
        self.execute(&caller, &mut state, &text, request.into_inner()).await
    }

    async fn do_get_statement(&self, ticket: TicketStatementQuery, request: Request<Ticket>) -> Answer {
        let caller = caller(&request)?;
        let ticket = String::from_utf8_lossy(&ticket.statement_handle).into_owned();
        let parts: Vec<&str> = ticket.split(if self.is_typed() { '|' } else { ':' }).collect();
        let (token, query) = match parts.as_slice() {
            [_, fragment, _, _] if self.is_typed() => return self.results.answer(fragment),
            [token, query] => (*token, *query),
            _ => return Err(Status::invalid_argument("Malformed ticket")),
        };
        if token != caller.session.token() {
            return Err(Status::not_found("cannot find connect arrow context of the token"));
        }
        let mut state = caller.session.state.lock().await;
        match state.result.take_if(|(id, _)| id == query) {
            Some((_, batch)) => results::answer(batch),
            None => Err(Status::not_found(format!("cannot find result of the query [{query}]"))),
        }
    }

    async fn do_action_create_prepared_statement(
        &self,
        command: ActionCreatePreparedStatementRequest,
        request: Request<Action>,
    ) -> Result<ActionCreatePreparedStatementResult, Status> {
        let caller = caller(&request)?;
        let mut state = caller.session.state.lock().await;
        // Before, a session has one prepared statement, whose handle is empty: the last one.
        let handle = if self.is_typed() { uuid::Uuid::new_v4().to_string().into_bytes() } else { Vec::new() };
        if state.prepared.len() >= MOST_PREPARED {
            return Err(Status::resource_exhausted(format!("the session has {MOST_PREPARED} prepared statements")));
        }
        state.prepared.insert(handle.clone(), command.query);
        // Neither columns nor parameters are known: one column makes clients take it for a query.
        let dummy = Schema::new(vec![Field::new("r", DataType::Utf8, true)]);
        let message: IpcMessage = SchemaAsIpc::new(&dummy, &IpcWriteOptions::default())
            .try_into()
            .map_err(|error: arrow::error::ArrowError| Status::internal(error.to_string()))?;
        Ok(ActionCreatePreparedStatementResult {
            prepared_statement_handle: handle.into(),
            dataset_schema: message.0.clone(),
            parameter_schema: message.0,
        })
    }

    async fn do_action_close_prepared_statement(
        &self,
        command: ActionClosePreparedStatementRequest,
        request: Request<Action>,
    ) -> Result<(), Status> {
        if self.is_typed() {
            caller(&request)?.session.state.lock().await.prepared.remove(&*command.prepared_statement_handle);
        }
        Ok(())
    }

    async fn do_action_fallback(
        &self,
        request: Request<Action>,
    ) -> Result<Response<<Self as FlightService>::DoActionStream>, Status> {
        let caller = caller(&request)?;
        let action = request.into_inner();
        let body = match action.r#type.as_str() {
            "CloseSession" => {
                caller.sessions.close(&caller.session);
                options::closed()
            }
            "SetSessionOptions" => {
                options::set(&action.body).map_err(|error| Status::invalid_argument(error.to_string()))?
            }
            other => return Err(Status::unimplemented(format!("Unrecognized action: {other}"))),
        };
        Ok(Response::new(Box::pin(stream::iter([Ok(arrow_flight::Result::new(body))]))))
    }

    async fn get_flight_info_sql_info(
        &self,
        command: CommandGetSqlInfo,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.metadata(&command, &info::sql_info()?.schema(), request)
    }

    async fn do_get_sql_info(&self, command: CommandGetSqlInfo, _: Request<Ticket>) -> Answer {
        results::answer(info::sql_info()?.record_batch(command.info)?)
    }

    async fn get_flight_info_catalogs(
        &self,
        command: CommandGetCatalogs,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.metadata(&command, &command.into_builder().schema(), request)
    }

    async fn do_get_catalogs(&self, _: CommandGetCatalogs, _: Request<Ticket>) -> Answer {
        Err(unimplemented("getStreamCatalogs"))
    }

    async fn get_flight_info_schemas(
        &self,
        command: CommandGetDbSchemas,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.metadata(&command, &command.clone().into_builder().schema(), request)
    }

    async fn do_get_schemas(&self, _: CommandGetDbSchemas, _: Request<Ticket>) -> Answer {
        Err(unimplemented("getStreamSchemas"))
    }

    async fn get_flight_info_tables(
        &self,
        command: CommandGetTables,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.metadata(&command, &command.clone().into_builder().schema(), request)
    }

    async fn do_get_tables(&self, _: CommandGetTables, _: Request<Ticket>) -> Answer {
        Err(unimplemented("getStreamTables"))
    }

    async fn get_flight_info_table_types(
        &self,
        command: CommandGetTableTypes,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        self.metadata(&command, &command.into_builder().schema(), request)
    }

    async fn do_get_table_types(&self, _: CommandGetTableTypes, _: Request<Ticket>) -> Answer {
        Err(unimplemented("getStreamTableTypes"))
    }

    async fn register_sql_info(&self, _: i32, _: &SqlInfo) {}
}
