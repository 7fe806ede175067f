// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The FE: authentication, routing to the backend, and what the FE answers itself.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode, Version};
use serde_json::json;

use super::HttpConfig;
use super::contexts::Contexts;
use super::faults::{Action, Cut, Endpoint, Faults};
use super::reply::{
    HTML, JSON, JSON_UTF8, Object, Reply, Style, fe_failure, redirect, reply, rest_error, rest_object, unauthorized,
};
use super::request::{NoBasic, basic, expects_continue, filled, header, host, parameter, segments};
use super::whole::Whole;
use crate::compat::Feature;
use crate::engine::{Credentials, Engine, EngineError, Identity, Object as Target, Privilege};
use crate::frontends::Frontends;
use crate::scan::Scans;
use crate::txn::{LoadSource, TxnState};

pub(super) const DDL_EXCEPTION: &str = "com.starrocks.common.DdlException";
pub(super) const SR_EXCEPTION: &str = "com.starrocks.common.StarRocksException";

/// The FE's HTTP role.
pub(super) struct Frontend {
    pub(super) id: u64,
    pub(super) engine: Engine,
    pub(super) config: Arc<HttpConfig>,
    be_port: u16,
    /// The backend's, which the FE of a cluster would ask for.
    pub(super) contexts: Arc<Contexts>,
    faults: Option<Arc<Faults>>,
    pub(super) whole: Arc<Whole>,
    pub(super) scans: Arc<Scans>,
    /// Labels whose begin was sent to the backend, with the time, by database.
    pub(super) begun: Mutex<HashMap<(String, String), i64>>,
}

impl Frontend {
    pub(super) fn new(
        id: u64,
        config: Arc<HttpConfig>,
        be_port: u16,
        faults: Option<Arc<Faults>>,
        whole: Arc<Whole>,
    ) -> Self {
        let (engine, contexts, scans) = (whole.engine.clone(), whole.contexts.clone(), whole.scans.clone());
        Self { id, engine, config, be_port, contexts, faults, whole, scans, begun: Mutex::default() }
    }

    /// Answers one request, unless a fault hits it. Faults pass by what is only redirected.
    pub(super) async fn handle(&self, request: Request<Incoming>, peer: SocketAddr) -> Result<Reply, Cut> {
        let path = segments(&request);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let Some(faults) = &self.faults else { return Ok(self.answer_any(request, peer, &path).await) };
        if let ["api", what @ ("_faults" | "_backends" | "_frontends")] = path.as_slice() {
            return Ok(self.administrate(faults, what, request, peer).await);
        }
        let action = match Endpoint::of(request.method(), &path) {
            Some(endpoint) if self.executes(&request, endpoint) => faults.take(endpoint),
            _ => Action::Pass,
        };
        action.around(&self.whole, self.answer_any(request, peer, &path)).await
    }

    /// Reads a body where there may be one.
    async fn answer_any(&self, request: Request<Incoming>, peer: SocketAddr, path: &[&str]) -> Reply {
        match path {
            ["api", database, table, "_query_plan"] if matches!(*request.method(), Method::GET | Method::POST) => {
                self.query_plan(request, peer, database, table).await
            }
            _ => self.answer(&request, peer, path),
        }
    }

    /// Whether the FE does the work of an endpoint itself.
    fn executes<B>(&self, request: &Request<B>, endpoint: Endpoint) -> bool {
        match endpoint {
            Endpoint::QueryPlan => true,
            _ if self.leader().is_some() => false,
            Endpoint::LabelState => true,
            Endpoint::Begin | Endpoint::Prepare | Endpoint::Commit | Endpoint::Rollback if self.is_multi(request) => {
                true
            }
            Endpoint::Commit | Endpoint::Rollback => {
                let (Some(database), Some(label)) = (filled(request, "db"), filled(request, "label")) else {
                    return false;
                };
                let txn = self.engine.transaction(database, label).ok().flatten();
                txn.is_some_and(|txn| txn.state != TxnState::Prepare)
            }
            _ => false,
        }
    }

    /// The FE never reads the body of a load.
    fn answer<B>(&self, request: &Request<B>, peer: SocketAddr, path: &[&str]) -> Reply {
        let method = request.method();
        let get = method == Method::GET;
        let version = self.engine.version();
        match path {
            ["api", "health"] if get => self.health(),
            ["api", "bootstrap"] if get => self.bootstrap(),
            ["api", "transaction", operation]
                if (method == Method::POST || method == Method::PUT) && version.has(Feature::Transactions) =>
            {
                match self.authenticated(request, peer) {
                    Ok(_) => self.at_leader(request, || self.transaction(request, operation)),
                    Err(reply) => *reply,
                }
            }
            ["api", database, table, "_stream_load"] if method == Method::PUT => {
                match self.authenticated(request, peer) {
                    Ok(identity) => self.stream_load(request, &identity, database, table),
                    Err(reply) => *reply,
                }
            }
            ["api", database, "get_load_state"] if get => match self.authenticated(request, peer) {
                Ok(_) => self.at_leader(request, || self.load_state(request, database)),
                Err(reply) => *reply,
            },
            ["api", _, "get_load_state"] if method == Method::POST => {
                rest_error(StatusCode::NOT_IMPLEMENTED, "Not implemented", true)
            }
            ["api", database, _, "_cancel"] if method == Method::POST => match self.authenticated(request, peer) {
                Ok(identity) => self.at_leader(request, || self.cancel(request, &identity, database)),
                Err(reply) => *reply,
            },
            ["api", database, "_load_info"] if get => match self.authenticated(request, peer) {
                Ok(_) => self.at_leader(request, || self.load_info(database)),
                Err(reply) => *reply,
            },
            ["api", _, _, "_stream_load_meta"] if get => match self.authenticated(request, peer) {
                Ok(_) if self.is_merge_commit(request) => self.at_leader(request, || self.load_meta(request)),
                Ok(_) => self.load_meta(request),
                Err(reply) => *reply,
            },
            ["api", database, table, what @ ("_schema" | "_count")] if get => match self.authenticated(request, peer) {
                Ok(identity) => self.describe(&identity, database, table, what),
                Err(reply) => *reply,
            },
            _ => not_found(method),
        }
    }

    pub(super) fn authenticated<B>(&self, request: &Request<B>, peer: SocketAddr) -> Result<Identity, Box<Reply>> {
        let credentials = basic(request).map_err(|e| match e {
            NoBasic::Missing => Box::new(unauthorized("Need auth information.", true)),
            NoBasic::Malformed(text) => Box::new(unauthorized(&text, true)),
        })?;
        let host = peer.ip().to_string();
        self.engine
            .authenticate(&credentials.user, &host, Credentials::Password(&credentials.password))
            .map_err(|_| Box::new(unauthorized(&format!("Access denied for {}@{host}", credentials.user), true)))
    }

    fn stream_load<B>(&self, request: &Request<B>, identity: &Identity, database: &str, table: &str) -> Reply {
        if request.version() == Version::HTTP_11 && !expects_continue(request) {
            return fe_failure(DDL_EXCEPTION, "There is no 100-continue header", false);
        }
        let merge = self.is_merge_commit(request);
        if merge && let Some(leader) = self.leader() {
            return redirect(&self.location(request, leader), false);
        }
        for (name, what) in [(database, "database"), (table, "table")] {
            if name.trim().is_empty() {
                return fe_failure(DDL_EXCEPTION, &format!("No {what} selected."), false);
            }
        }
        if self.engine.authorize(identity, Privilege::Insert, Target::Table { database, table }).is_err() {
            return unauthorized("Access denied.", false);
        }
        if let Some(warehouse) = header(request, "warehouse").filter(|w| !w.is_empty() && *w != "default_warehouse") {
            let message = format!("Warehouse name: {warehouse} not exist.");
            return rest_error(StatusCode::INTERNAL_SERVER_ERROR, &message, false);
        }
        if merge && let Some(refusal) = merge_commit_refused(request) {
            return refusal;
        }
        redirect(&self.backend_location(request), false)
    }

    /// Whether the request is a merge commit, where there is such a thing.
    fn is_merge_commit<B>(&self, request: &Request<B>) -> bool {
        self.engine.version().knows_header("enable_merge_commit")
            && header(request, "enable_merge_commit").is_some_and(|v| v.eq_ignore_ascii_case("true"))
    }

    pub(super) fn frontends(&self) -> &Frontends {
        &self.scans.sql.addresses.frontends
    }

    /// The HTTP port of the leader, unless that is this one. While there is none a follower names the last one.
    fn leader(&self) -> Option<u16> {
        let leader = self.frontends().last_leader()?;
        (leader.id != self.id).then_some(leader.ports.http)
    }

    /// What the leader answers by `answer`, and the others by a redirect to it (`RestBaseAction.redirectToLeader`).
    fn at_leader<B>(&self, request: &Request<B>, answer: impl FnOnce() -> Reply) -> Reply {
        match self.leader() {
            None => answer(),
            Some(leader) => redirect(&self.location(request, leader), true),
        }
    }

    /// The same path on the backend.
    pub(super) fn backend_location<B>(&self, request: &Request<B>) -> String {
        self.location(request, self.be_port)
    }

    /// The same path on another port.
    fn location<B>(&self, request: &Request<B>, port: u16) -> String {
        let target = request.uri().path_and_query().map_or("/", |p| p.as_str());
        format!("http://{}{target}", self.reached(request, port))
    }

    /// The host and port under which this client reaches the backend.
    pub(super) fn backend_host<B>(&self, request: &Request<B>) -> String {
        self.reached(request, self.be_port)
    }

    fn reached<B>(&self, request: &Request<B>, port: u16) -> String {
        let host = self.config.advertised_host.as_deref().or(host(request));
        let fallback = self.config.listen.to_string();
        format!("{}:{port}", host.unwrap_or(&fallback))
    }

    fn load_state<B>(&self, request: &Request<B>, database: &str) -> Reply {
        let Some(label) = parameter(request, "label").filter(|l| !l.is_empty()) else {
            return rest_error(StatusCode::OK, "No label selected.", true);
        };
        let object = match self.engine.transaction(database, &label) {
            Err(error) => return rest_error(StatusCode::OK, &error.to_string(), true),
            Ok(None) => Object::new().text("state", "UNKNOWN"),
            // The first load of a multi-table transaction makes its label known.
            Ok(Some(txn)) if txn.source == LoadSource::MultiStatementStreaming && txn.table_ids.is_empty() => {
                Object::new().text("state", "UNKNOWN")
            }
            Ok(Some(txn)) => {
                let object = Object::new().text("state", txn.state.name());
                if self.engine.version().has(Feature::LoadStateReason) {
                    object.text("reason", txn.reason)
                } else {
                    object
                }
            }
        };
        reply(StatusCode::OK, JSON_UTF8, &[], true, rest_object(object, None).write(Style::Compact))
    }

    /// Broker load jobs, of which there are none.
    fn load_info(&self, database: &str) -> Reply {
        let message = match self.engine.database(database) {
            Ok(_) => format!("No jobs belong to database({database})"),
            Err(error) => error.to_string(),
        };
        rest_error(StatusCode::OK, &message, true)
    }

    fn cancel<B>(&self, request: &Request<B>, identity: &Identity, database: &str) -> Reply {
        let Some(label) = parameter(request, "label").filter(|l| !l.is_empty()) else {
            return rest_error(StatusCode::OK, "No label selected.", true);
        };
        let cancelled = self.engine.transaction(database, &label).and_then(|txn| {
            let missing = || EngineError::Invalid(format!("transaction not found: {label}"));
            let txn = txn.filter(|t| !t.state.is_final()).ok_or_else(missing)?;
            for table in &txn.table_ids {
                if let Some((home, table)) = self.engine.catalog().table_by_id(*table) {
                    let target = Target::Table { database: &home.name, table: &table.def().name };
                    self.engine.authorize(identity, Privilege::Insert, target)?;
                }
            }
            self.engine.abort(txn.id, "user cancel")
        });
        match cancelled {
            Ok(()) => {
                let body = rest_object(Object::new(), None).write(Style::Compact);
                reply(StatusCode::OK, JSON_UTF8, &[], true, body)
            }
            Err(EngineError::AccessDenied { .. }) => unauthorized("Access denied.", true),
            Err(error) => rest_error(StatusCode::OK, &error.to_string(), true),
        }
    }

    fn load_meta<B>(&self, request: &Request<B>) -> Reply {
        let mut body = json!({"status": "OK", "code": "OK", "msg": "", "message": ""});
        if parameter(request, "type").as_deref() == Some("nodes") {
            if let Some(body) = body.as_object_mut() {
                body.insert("nodes".into(), json!({"http": self.backend_host(request)}));
            }
            return reply(StatusCode::OK, JSON_UTF8, &[], true, body.to_string());
        }
        let plain = Object::new().text("status", "OK").text("code", "OK").text("msg", "").text("message", "");
        reply(StatusCode::OK, JSON_UTF8, &[], true, plain.write(Style::Compact))
    }

    fn describe(&self, identity: &Identity, database: &str, table: &str, what: &str) -> Reply {
        let target = Target::Table { database, table };
        if self.engine.authorize(identity, Privilege::Select, target).is_err() {
            return unauthorized("Access denied.", true);
        }
        let found = self.engine.table(database, table);
        let table = match found {
            Ok(table) => table,
            Err(EngineError::UnknownDatabase(name)) => {
                return plan_error(&format!("Database [{name}] does not exists"));
            }
            Err(_) => return plan_error(&format!("Table [{table}] does not exists")),
        };
        let body = if what == "_schema" {
            let properties: Vec<_> = table.def().columns.iter().map(schema_property).collect();
            json!({"properties": properties, "status": 200})
        } else {
            match table.row_count() {
                Ok(rows) => json!({"size": rows, "status": 200}),
                Err(error) => {
                    return rest_error(StatusCode::INTERNAL_SERVER_ERROR, &EngineError::from(error).to_string(), true);
                }
            }
        };
        reply(StatusCode::OK, JSON, &[], true, body.to_string())
    }

    fn health(&self) -> Reply {
        let backends = &self.scans.sql.addresses.backends;
        let (alive, all) = (backends.alive(), backends.count());
        let body = format!(r#"{{"online_backend_num":{alive},"total_backend_num":{all},"status":"OK"}}"#);
        reply(StatusCode::OK, JSON_UTF8, &[], true, body)
    }

    fn bootstrap(&self) -> Reply {
        let body = json!({
            "replayedJournalId": 0, "queryPort": 0, "rpcPort": 0, "feStartTime": 0,
            "feVersion": format!("{}-embedded", self.engine.config().compat_version),
            "heapUsedPercent": 0.0, "cpuCores": 0,
            "status": "OK", "code": "0", "msg": "Success", "message": "OK",
        });
        reply(StatusCode::OK, JSON, &[], true, body.to_string())
    }
}

fn schema_property(column: &crate::catalog::ColumnDef) -> serde_json::Value {
    use starrocks_types::StarRocksType;
    let declared = column.data_type.to_string();
    let name = declared.split(['(', '<']).next().unwrap_or_default();
    match column.data_type {
        StarRocksType::Decimal(precision, scale) => {
            let width = if precision <= 9 {
                32
            } else if precision <= 18 {
                64
            } else {
                128
            };
            json!({"name": column.name, "type": format!("DECIMAL{width}"), "comment": column.comment,
                   "precision": precision.to_string(), "scale": scale.to_string()})
        }
        // The FE has no name for nested types there.
        StarRocksType::Array(_) | StarRocksType::Map(..) | StarRocksType::Struct(_) => {
            json!({"name": column.name, "type": "INVALID_TYPE", "comment": column.comment})
        }
        _ => json!({"name": column.name, "type": name, "comment": column.comment}),
    }
}

fn plan_error(exception: &str) -> Reply {
    reply(StatusCode::NOT_FOUND, JSON, &[], true, json!({"exception": exception, "status": 404}).to_string())
}

/// What the FE checks of a merge commit before it sends it to the backend.
fn merge_commit_refused<B>(request: &Request<B>) -> Option<Reply> {
    let (name, what) = [("merge_commit_interval_ms", "interval"), ("merge_commit_parallel", "parallel")]
        .into_iter()
        .find(|(name, _)| header(request, name).and_then(|v| v.parse::<i64>().ok()).is_none_or(|v| v <= 0))?;
    let value = header(request, name).unwrap_or("null");
    let message = format!("Batch write {what} must be set positive, but is {value}");
    let object = Object::new()
        .text("status", "FAILED")
        .text("code", "INVALID_ARGUMENT")
        .text("msg", message.as_str())
        .text("message", message.as_str());
    Some(reply(StatusCode::OK, JSON_UTF8, &[], false, object.write(Style::Compact)))
}

/// Unknown paths: a page for GET, an error for methods that only known paths have.
pub(super) fn not_found(method: &Method) -> Reply {
    match *method {
        Method::GET => {
            let page = "<!DOCTYPE html><html><head><title>StarRocks</title></head><body>Not Found</body></html>";
            reply(StatusCode::NOT_FOUND, HTML, &[], true, page)
        }
        Method::POST => rest_error(StatusCode::NOT_IMPLEMENTED, "Not implemented", true),
        _ => {
            let message = format!("HTTP method is not allowed: {method}");
            rest_error(StatusCode::METHOD_NOT_ALLOWED, &message, true)
        }
    }
}
