// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! `_query_plan`: what the FE tells readers that go to the backends themselves.

use std::fmt::Write as _;
use std::net::SocketAddr;

use datafusion::sql::sqlparser::ast::{ObjectNamePart, Query, SetExpr, TableFactor};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::fe::Frontend;
use super::reply::{JSON_UTF8, Reply, reply, rest_error, unauthorized};
use super::request::header;
use crate::engine::{EngineError, Identity, Object, Privilege};
use crate::scan::{Layout, Plan};
use crate::sql::Session;
use crate::sql::ast::{QueryText, Statement};
use crate::sql::parse::parse;
use crate::sql::query::{Planned, parse_query};

/// Largest body of a request.
const MAX_BYTES: usize = 4 << 20;

const NO_SQL: &str = "POST body must contains [sql] root object";
/// How an FE fails over what is not one table.
const NOT_ONE_TABLE: &str = "Cannot invoke \"com.starrocks.catalog.TableName.getDb()\" because \"tableAndDb\" is null";

impl Frontend {
    /// Plans the scan of a table.
    pub(super) async fn query_plan(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        database: &str,
        table: &str,
    ) -> Reply {
        let identity = match self.authenticated(&request, peer) {
            Ok(identity) => identity,
            Err(reply) => return *reply,
        };
        let warehouse = header(&request, "warehouse").map(str::to_owned);
        let host = self.thrift_host(&request);
        let get = request.method() == Method::GET;
        let body = Limited::new(request.into_body(), MAX_BYTES).collect();
        let body = match tokio::time::timeout(self.config.header_timeout, body).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) => {
                return failed(StatusCode::BAD_REQUEST, &format!("the body cannot be read: {error}"), false);
            }
            Err(_) => return failed(StatusCode::REQUEST_TIMEOUT, "the body did not come in time", false),
        };
        if get && body.is_empty() {
            return rest_error(StatusCode::OK, "Invalid request", true);
        }
        let planned = sql_of(&body).and_then(|sql| {
            if let Some(warehouse) = warehouse.filter(|w| !w.is_empty() && w != "default_warehouse") {
                return Err(bad(&format!("The warehouse parameter [{warehouse}] is invalid")));
            }
            self.plan_scan(&identity, database, table, &sql)
        });
        match planned {
            Ok(Some(plan)) => self.plan_reply(&plan, &host),
            Ok(None) => {
                reply(StatusCode::OK, JSON_UTF8, &[], true, r#"{"partitions":{},"opaqued_query_plan":"","status":200}"#)
            }
            Err(reply) => *reply,
        }
    }

    /// The host of the backends as this client reaches them.
    fn thrift_host<B>(&self, request: &Request<B>) -> String {
        let with_port = self.backend_host(request);
        with_port.rsplit_once(':').map_or(with_port.clone(), |(host, _)| host.to_owned())
    }

    /// `None` when there is nothing to scan.
    fn plan_scan(
        &self,
        identity: &Identity,
        database: &str,
        table: &str,
        sql: &str,
    ) -> Result<Option<Plan>, Box<Reply>> {
        let target = Object::Table { database, table };
        if self.engine.authorize(identity, Privilege::Select, target).is_err() {
            return Err(Box::new(unauthorized("Access denied.", true)));
        }
        let missing = |what: String| Box::new(failed(StatusCode::NOT_FOUND, &what, true));
        let is_view = self.scans.sql.shared().views.contains_key(&(database.to_owned(), table.to_owned()));
        let found = match self.engine.table(database, table) {
            Ok(found) => found,
            Err(EngineError::UnknownDatabase(name)) => {
                return Err(missing(format!("Database [{name}] does not exists")));
            }
            Err(_) if is_view => {
                let text = "Only support OlapTable, CloudNativeTable and MaterializedView currently";
                return Err(Box::new(failed(StatusCode::FORBIDDEN, text, true)));
            }
            Err(_) => return Err(missing(format!("Table [{table}] does not exists"))),
        };
        let invalid = || Box::new(failed(StatusCode::INTERNAL_SERVER_ERROR, &format!("Invalid SQL: {sql}"), true));
        let Some((Statement::Query(text), source)) = parse(sql).0.into_iter().next() else { return Err(invalid()) };
        let query = parse_query(&text).map_err(|_| invalid())?;
        let session = Session::new(0, identity.clone(), None);
        let planned = self.scans.sql.plan(&session, &text).map_err(|_| invalid())?;
        check(&query, &planned, &text, database, table, sql)?;
        // A table that has no version but the first was never loaded.
        if planned.is_empty() || found.version() <= 1 {
            return Ok(None);
        }
        Ok(self.scans.plan(database, &found, &planned, &source))
    }

    fn plan_reply(&self, plan: &Plan, host: &str) -> Reply {
        let backends = &self.scans.sql.addresses.backends;
        let table = self.engine.catalog().table_by_id(plan.table_id).map(|(_, table)| table.clone());
        let layout = table.as_ref().map(|table| Layout::of(table.def(), backends.count()));
        let copies = table.and_then(|t| t.def().properties.get("replication_num")?.parse().ok()).unwrap_or(1);
        let mut partitions = String::new();
        for (at, &tablet) in plan.tablets.iter().enumerate() {
            let position = layout.as_ref().and_then(|layout| layout.position(tablet)).unwrap_or(at);
            let routings: Vec<String> =
                backends.replicas(position, copies).map(|b| format!("{host}:{}", b.port)).collect();
            if routings.is_empty() {
                let text = format!("Invalid SQL: {}", plan.sql);
                return failed(StatusCode::INTERNAL_SERVER_ERROR, &text, true);
            }
            let comma = if at == 0 { "" } else { "," };
            let (routings, version, hash) = (json!(routings), plan.version, plan.schema_hash);
            // Writing to memory cannot fail.
            let _ = write!(
                partitions,
                r#"{comma}"{tablet}":{{"routings":{routings},"version":{version},"schemaHash":{hash}}}"#
            );
        }
        let blob = plan.encode();
        let body = format!(r#"{{"partitions":{{{partitions}}},"opaqued_query_plan":"{blob}","status":200}}"#);
        reply(StatusCode::OK, JSON_UTF8, &[], true, body)
    }
}

fn failed(status: StatusCode, exception: &str, keep_alive: bool) -> Reply {
    let body = json!({"exception": exception, "status": status.as_u16()}).to_string();
    reply(status, JSON_UTF8, &[], keep_alive, body)
}

fn bad(exception: &str) -> Box<Reply> {
    Box::new(failed(StatusCode::BAD_REQUEST, exception, true))
}

/// The statement in a body.
fn sql_of(body: &[u8]) -> Result<String, Box<Reply>> {
    if body.is_empty() {
        return Err(bad(NO_SQL));
    }
    let malformed = || bad(&format!("malformed json [ {} ]", String::from_utf8_lossy(body)));
    let value: Value = serde_json::from_slice(body).map_err(|_| malformed())?;
    let object = value.as_object().ok_or_else(malformed)?;
    match object.get("sql").and_then(Value::as_str) {
        Some(sql) if !sql.is_empty() => Ok(sql.to_owned()),
        _ => Err(bad(NO_SQL)),
    }
}

/// Admits projections and filters of the one table that the path names.
fn check(
    query: &Query,
    planned: &Planned,
    text: &QueryText,
    database: &str,
    table: &str,
    sql: &str,
) -> Result<(), Box<Reply>> {
    let only_scans = || bad(&format!("only support single table filter-prune-scan, but found [ {sql}]"));
    let SetExpr::Select(select) = &*query.body else { return Err(only_scans()) };
    let [from] = select.from.as_slice() else { return Err(not_one_table()) };
    if !from.joins.is_empty() {
        return Err(not_one_table());
    }
    let TableFactor::Table { name, .. } = &from.relation else {
        return Err(bad(&format!("Select statement must not embed another statement: {}", text.sql)));
    };
    let parts: Vec<&str> = name.0.iter().filter_map(ObjectNamePart::as_ident).map(|part| part.value.as_str()).collect();
    let named = match parts.as_slice() {
        [.., named_database, named_table] => (*named_database, *named_table),
        _ => return Err(only_scans()),
    };
    let is_plain = query.with.is_none()
        && query.order_by.is_none()
        && query.limit_clause.is_none()
        && query.fetch.is_none()
        && select.distinct.is_none();
    if !is_plain || !planned.is_scan() {
        return Err(only_scans());
    }
    if named != (database, table) {
        let (named_database, named_table) = named;
        return Err(bad(&format!(
            "Requested database and table must consistent with sql: request [ {database}.{table}]and sql \
             [{named_database}.{named_table}]"
        )));
    }
    Ok(())
}

fn not_one_table() -> Box<Reply> {
    Box::new(rest_error(StatusCode::INTERNAL_SERVER_ERROR, NOT_ONE_TABLE, true))
}
