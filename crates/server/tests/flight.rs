// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Arrow Flight SQL as the FE and a BE answer it, asked with the plain service: what `tests/clients/flight.py` cannot see.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::time::Duration;

use arrow::array::AsArray;
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use arrow_flight::decode::FlightRecordBatchStream;
use arrow_flight::flight_service_client::FlightServiceClient;
use arrow_flight::sql::{
    ActionCreatePreparedStatementRequest, ActionCreatePreparedStatementResult, Any, CommandGetTableTypes,
    CommandPreparedStatementQuery, CommandStatementQuery, ProstMessageExt, TicketStatementQuery,
};
use arrow_flight::{Action, FlightDescriptor, FlightInfo, HandshakeRequest, Ticket};
use base64::Engine as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use prost::Message as _;
use starrocks_server::clock::Clock;
use starrocks_server::engine::EngineConfig;
use starrocks_server::{FlightConfig, Server, ServerConfig};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

async fn server(version: &str) -> Server {
    let config = ServerConfig {
        engine: EngineConfig {
            clock: Clock::frozen_at(1_700_000_000_000_000),
            compat_version: version.to_owned(),
            root_password: "s3cret:colon".to_owned(),
        },
        flight: Some(FlightConfig { fe_port: 0, be_port: 0 }),
        ..ServerConfig::default()
    };
    Server::start(config).await.unwrap()
}

/// One connection, with the header `authorization` of its calls.
struct Client {
    service: FlightServiceClient<Channel>,
    authorization: String,
}

impl Client {
    async fn to(address: SocketAddr, authorization: &str) -> Self {
        let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
        Self { service: FlightServiceClient::new(channel), authorization: authorization.to_owned() }
    }

    /// Root's session on the FE.
    async fn root(server: &Server) -> Self {
        let mut client = Self::to(server.arrow_flight().unwrap().0, &basic("root", "s3cret:colon")).await;
        client.authorization = client.handshake().await.unwrap();
        client
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if !self.authorization.is_empty() {
            request.metadata_mut().insert("authorization", self.authorization.parse().unwrap());
        }
        request
    }

    /// The header of the answer, which has no message.
    async fn handshake(&mut self) -> Result<String, Status> {
        let mut request = Request::new(stream::iter(Vec::<HandshakeRequest>::new()));
        request.metadata_mut().insert("authorization", self.authorization.parse().unwrap());
        let answer = self.service.handshake(request).await?;
        let token = answer.metadata().get("authorization").unwrap().to_str().unwrap().to_owned();
        assert!(answer.into_inner().message().await?.is_none());
        Ok(token)
    }

    async fn info(&mut self, command: impl ProstMessageExt) -> Result<FlightInfo, Status> {
        let request = self.request(FlightDescriptor::new_cmd(command.as_any().encode_to_vec()));
        Ok(self.service.get_flight_info(request).await?.into_inner())
    }

    async fn execute(&mut self, sql: &str) -> Result<FlightInfo, Status> {
        self.info(CommandStatementQuery { query: sql.to_owned(), transaction_id: None }).await
    }

    async fn get(&mut self, ticket: Ticket) -> Result<Vec<RecordBatch>, Status> {
        let data = self.service.do_get(self.request(ticket)).await?.into_inner();
        let batches = FlightRecordBatchStream::new_from_flight_data(data.map_err(Into::into));
        batches.map(|batch| batch.map_err(Status::from)).try_collect().await
    }

    async fn act(&mut self, action: &str, body: Vec<u8>) -> Result<Vec<arrow_flight::Result>, Status> {
        let answers = self.service.do_action(self.request(Action::new(action, body))).await?.into_inner();
        answers.try_collect().await
    }
}

fn basic(user: &str, password: &str) -> String {
    let text = format!("{user}:{password}");
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
}

fn ticket(info: &FlightInfo) -> Ticket {
    info.endpoint[0].ticket.clone().unwrap()
}

fn handle(info: &FlightInfo) -> String {
    let ticket = Any::decode(ticket(info).ticket).unwrap().unpack::<TicketStatementQuery>().unwrap().unwrap();
    String::from_utf8(ticket.statement_handle.to_vec()).unwrap()
}

fn location(info: &FlightInfo) -> &str {
    &info.endpoint[0].location[0].uri
}

fn statement_ticket(handle: &str) -> Ticket {
    let ticket = TicketStatementQuery { statement_handle: handle.to_owned().into() };
    Ticket::new(ticket.as_any().encode_to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_queries_come_from_the_backend_once_and_those_of_the_rest_from_the_frontend() {
    let server = server("3.5.5").await;
    let (fe, be) = server.arrow_flight().unwrap();
    let mut client = Client::root(&server).await;
    let info = client.execute("select 1 + 1 as two, cast('2024-02-29' as date) as day").await.unwrap();
    assert_eq!(location(&info), format!("grpc+tcp://{be}"));
    assert_eq!((info.endpoint.len(), info.total_records, info.total_bytes), (1, -1, -1));
    let schema = info.clone().try_decode_schema().unwrap();
    assert_eq!(schema.field(1).data_type(), &DataType::Utf8);
    // Whoever knows the ids gets the rows, without a password, and nobody gets them twice or at the FE.
    let mut anyone = Client::to(be, "").await;
    assert_eq!(client.get(ticket(&info)).await.unwrap_err().code(), Code::NotFound);
    let batches = anyone.get(ticket(&info)).await.unwrap();
    assert_eq!(batches[0].schema().as_ref(), &schema);
    assert_eq!(batches[0].column(1).as_string::<i32>().value(0), "2024-02-29");
    assert_eq!(anyone.get(ticket(&info)).await.unwrap_err().code(), Code::Internal);
    for (handle, text) in [("x", "Malformed ticket"), ("1-2:z", "Invalid fragment ID"), ("x:1-2", "Invalid query ID")] {
        let refused = anyone.get(statement_ticket(handle)).await.unwrap_err();
        assert_eq!((refused.code(), refused.message().contains(text)), (Code::InvalidArgument, true), "{refused}");
    }
    assert_eq!(anyone.execute("select 1").await.unwrap_err().code(), Code::Unimplemented);

    let info = client.execute("create database d").await.unwrap();
    assert_eq!(location(&info), format!("grpc+tcp://{fe}"));
    let token = client.authorization.strip_prefix("Bearer ").unwrap();
    assert!(handle(&info).starts_with(&format!("{token}:")), "{}", handle(&info));
    // The result of the last statement alone is kept, for its session.
    let shown = client.execute("show databases").await.unwrap();
    assert_eq!(client.get(ticket(&info)).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(Client::root(&server).await.get(ticket(&shown)).await.unwrap_err().code(), Code::NotFound);
    assert!(client.get(ticket(&shown)).await.unwrap()[0].num_rows() > 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_have_a_user_a_life_and_an_end() {
    let server = server("3.5.5").await;
    let (fe, _) = server.arrow_flight().unwrap();
    for authorization in [
        "",
        "Basic !",
        "Basic cm9vdA==",
        "Bearer 4711",
        "Digest x",
        &basic("root", ""),
        &basic("nobody", "s3cret:colon"),
    ] {
        let refused = Client::to(fe, authorization).await.execute("select 1").await.unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated, "{authorization}: {refused}");
        assert!(!refused.message().contains("s3cret") && !refused.message().contains("4711"), "{refused}");
    }
    // What a session sets stays in it; another user is another one.
    let mut root = Client::root(&server).await;
    for statement in ["create database d", "create user reader", "set query_timeout = 60", "use d", "begin"] {
        root.execute(statement).await.unwrap();
    }
    root.execute("create table t (id int) distributed by hash(id) buckets 1").await.unwrap();
    root.execute("insert into t values (1)").await.unwrap();
    let mut reader = Client::to(fe, &basic("reader", "")).await;
    let refused = reader.execute("select * from d.t").await.unwrap_err();
    assert!(refused.message().contains("Access denied; you need (at least one of) the SELECT"), "{refused}");
    let listed = root.execute("show processlist").await.unwrap();
    let listed = root.get(ticket(&listed)).await.unwrap();
    let users = listed[0].column_by_name("User").unwrap().as_string::<i32>().clone();
    assert!(users.iter().flatten().any(|user| user == "reader") && users.iter().flatten().any(|user| user == "root"));

    // A session that is closed takes its transaction and its rows along.
    let left = root.execute("select 1").await.unwrap();
    assert_eq!(root.act("CloseSession", Vec::new()).await.unwrap()[0].body.to_vec(), [8, 1]);
    assert_eq!(root.execute("select 1").await.unwrap_err().code(), Code::Unauthenticated);
    let mut backend = Client::to(server.arrow_flight().unwrap().1, "").await;
    assert_eq!(backend.get(ticket(&left)).await.unwrap_err().code(), Code::Internal);
    let mut other = Client::root(&server).await;
    let counted = other.execute("select count(*) from d.t").await.unwrap();
    let counted = backend.get(ticket(&counted)).await.unwrap();
    assert_eq!(counted[0].column(0).as_primitive::<arrow::datatypes::Int64Type>().value(0), 0);
    // One that is killed, or as old as it may get, is gone.
    let id = other.execute("select connection_id()").await.unwrap();
    let id =
        arrow::util::display::array_value_to_string(backend.get(ticket(&id)).await.unwrap()[0].column(0), 0).unwrap();
    let mut third = Client::root(&server).await;
    third.execute(&format!("kill {id}")).await.unwrap();
    assert_eq!(other.execute("select 1").await.unwrap_err().code(), Code::NotFound);
    server.engine().clock().advance(Duration::from_secs(3601));
    assert_eq!(third.execute("select 1").await.unwrap_err().code(), Code::Unauthenticated);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prepared_statements_have_handles_from_3_5_11_on() {
    for (version, has_handles) in [("3.5.10", false), ("3.5.11", true)] {
        let server = server(version).await;
        let mut client = Client::root(&server).await;
        let mut handles = Vec::new();
        for query in ["select 'first' as c", "select 'second' as c"] {
            let request = ActionCreatePreparedStatementRequest { query: query.to_owned(), transaction_id: None };
            let answers = client.act("CreatePreparedStatement", request.as_any().encode_to_vec()).await.unwrap();
            let answer = Any::decode(answers[0].body.clone()).unwrap();
            let answer: ActionCreatePreparedStatementResult = answer.unpack().unwrap().unwrap();
            assert!(!answer.dataset_schema.is_empty());
            handles.push(answer.prepared_statement_handle);
        }
        assert_eq!(handles[0].is_empty(), !has_handles);
        let command = CommandPreparedStatementQuery { prepared_statement_handle: handles[0].clone() };
        let info = client.info(command).await.unwrap();
        // From then on the FE hands on the rows too.
        let (fe, be) = server.arrow_flight().unwrap();
        let from = if has_handles { fe } else { be };
        assert_eq!(location(&info), format!("grpc+tcp://{from}"));
        let mut there = Client::to(from, &client.authorization).await;
        let rows = there.get(ticket(&info)).await.unwrap();
        let expected = if has_handles { "first" } else { "second" };
        assert_eq!(rows[0].column(0).as_string::<i32>().value(0), expected);
        if has_handles {
            assert_eq!(handle(&info).split('|').count(), 4, "{}", handle(&info));
            client.execute("set arrow_flight_proxy_enabled = false").await.unwrap();
            assert_eq!(location(&client.execute("select 1").await.unwrap()), format!("grpc+tcp://{be}"));
        }
        // Its columns are told, its rows are not.
        let types = client.info(CommandGetTableTypes {}).await.unwrap();
        assert_eq!(types.clone().try_decode_schema().unwrap().field(0).name(), "table_type");
        assert_eq!(client.get(ticket(&types)).await.unwrap_err().code(), Code::Unimplemented);
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_without_arrow_flight_sql_do_not_serve_it() {
    let config = ServerConfig {
        engine: EngineConfig { compat_version: "3.5.0".to_owned(), ..EngineConfig::default() },
        flight: Some(FlightConfig { fe_port: 0, be_port: 0 }),
        ..ServerConfig::default()
    };
    let Err(error) = Server::start(config).await else { panic!("3.5.0 has no Arrow Flight SQL") };
    assert!(error.to_string().contains("3.5.1"), "{error}");
    assert_eq!(Server::start(ServerConfig::default()).await.unwrap().arrow_flight(), None);
}
