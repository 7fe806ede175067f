// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The BE's side: rows for whoever knows the ids of query and fragment.

use std::sync::Arc;

use arrow_flight::flight_service_server::FlightService;
use arrow_flight::sql::server::FlightSqlService;
use arrow_flight::sql::{SqlInfo, TicketStatementQuery};
use arrow_flight::{HandshakeRequest, HandshakeResponse, Ticket};
use futures::stream;
use tonic::{Request, Response, Status, Streaming};

use super::Answer;
use super::results::Results;

/// The service of a BE.
pub(super) struct Backend {
    results: Arc<Results>,
}

impl Backend {
    pub(super) fn new(results: Arc<Results>) -> Self {
        Self { results }
    }
}

#[tonic::async_trait]
impl FlightSqlService for Backend {
    type FlightService = Self;

    /// A BE takes everybody.
    async fn do_handshake(
        &self,
        _: Request<Streaming<HandshakeRequest>>,
    ) -> Result<Response<<Self as FlightService>::HandshakeStream>, Status> {
        Ok(Response::new(Box::pin(stream::iter(Vec::<Result<HandshakeResponse, Status>>::new()))))
    }

    async fn do_get_statement(&self, ticket: TicketStatementQuery, _: Request<Ticket>) -> Answer {
        let ticket = String::from_utf8_lossy(&ticket.statement_handle);
        let (query, fragment) = ticket.split_once(':').ok_or_else(|| Status::invalid_argument("Malformed ticket"))?;
        for (what, id) in [("query", query), ("fragment", fragment)] {
            let halves = id.split_once('-').map(|(high, low)| [high, low]);
            if !halves.is_some_and(|halves| halves.iter().all(|half| u64::from_str_radix(half, 16).is_ok())) {
                return Err(Status::invalid_argument(format!("Invalid {what} ID format:{id}")));
            }
        }
        self.results.answer(fragment)
    }

    async fn register_sql_info(&self, _: i32, _: &SqlInfo) {}
}
