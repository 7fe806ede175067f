// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The admin API on every frontend, by which tests have requests fail and nodes end.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::connection::after_reply;
use super::faults::Faults;
use super::fe::{Frontend, not_found};
use super::reply::{JSON_UTF8, Object, Reply, Style, reply, rest_error, rest_object};
use super::whole::Event;
use crate::backends::BackendState;
use crate::frontends::FrontendState;

/// Largest body.
const MAX_BYTES: usize = 1 << 20;

/// A node's new state: `{"id": 10001, "state": "down"}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change<S> {
    id: u64,
    state: S,
}

fn change<S: DeserializeOwned>(body: &[u8]) -> Result<Change<S>, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

fn done() -> Reply {
    let body = rest_object(Object::new(), None).write(Style::Compact);
    reply(StatusCode::OK, JSON_UTF8, &[], true, body)
}

impl Frontend {
    /// Answers a request to `/api/_faults`, `/api/_backends` or `/api/_frontends`.
    pub(super) async fn administrate(
        &self,
        faults: &Faults,
        what: &str,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Reply {
        if let Err(reply) = self.authenticated(&request, peer) {
            return *reply;
        }
        let method = request.method().clone();
        let body = match Limited::new(request.into_body(), MAX_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => {
                let message = format!("the body cannot be read: {error}");
                return rest_error(StatusCode::BAD_REQUEST, &message, false);
            }
        };
        let changed = match (what, &method) {
            (_, &Method::GET) => Ok(self.list(faults, what)),
            ("_faults", &Method::DELETE) => {
                faults.clear();
                Ok(done())
            }
            ("_faults", &Method::POST) => self.add_faults(faults, &body),
            ("_backends", &Method::POST) => self.change_backend(&body).map(|()| self.list(faults, what)),
            ("_frontends", &Method::POST) => self.change_frontend(faults, &body).await,
            _ => return not_found(&method),
        };
        changed.unwrap_or_else(|message| rest_error(StatusCode::BAD_REQUEST, &message, true))
    }

    fn list(&self, faults: &Faults, what: &str) -> Reply {
        let text = match what {
            "_backends" => {
                let all = self.scans.sql.addresses.backends.iter();
                let all = all.map(|b| json!({"id": b.id, "port": b.port, "state": b.state()}));
                json!(all.collect::<Vec<_>>()).to_string()
            }
            "_frontends" => {
                let all = self.frontends().iter().map(|f| {
                    let leader = self.frontends().is_leader(f.id);
                    json!({"id": f.id, "http": f.ports.http, "query": f.ports.query, "leader": leader, "state": f.state()})
                });
                json!(all.collect::<Vec<_>>()).to_string()
            }
            _ => faults.list(),
        };
        reply(StatusCode::OK, JSON_UTF8, &[], true, text)
    }

    fn add_faults(&self, faults: &Faults, body: &[u8]) -> Result<Reply, String> {
        let (last, now): (Vec<_>, Vec<_>) =
            faults.add(body, &self.whole)?.into_iter().partition(|event| matches!(event, Event::Restart(_)));
        now.iter().try_for_each(|event| self.whole.undergo(event)).map_err(|error| error.to_string())?;
        let Some(event) = last.into_iter().next() else { return Ok(done()) };
        let whole = self.whole.clone();
        Ok(after_reply(done(), move || drop(whole.undergo(&event))))
    }

    fn change_backend(&self, body: &[u8]) -> Result<(), String> {
        let Change { id, state } = change::<BackendState>(body)?;
        let found = self.scans.sql.addresses.backends.set(id, state);
        found.then_some(()).ok_or_else(|| format!("there is no backend {id}"))
    }

    /// Answers when its ports are open or closed, but one that takes itself down answers first.
    async fn change_frontend(&self, faults: &Faults, body: &[u8]) -> Result<Reply, String> {
        let Change { id, state } = change::<FrontendState>(body)?;
        let frontend = self.frontends().get(id).ok_or_else(|| format!("there is no frontend {id}"))?;
        if id == self.id && state == FrontendState::Down {
            let whole = self.whole.clone();
            return Ok(after_reply(done(), move || whole.set_frontend(id, state)));
        }
        self.whole.set_frontend(id, state);
        frontend.settled().await;
        Ok(self.list(faults, "_frontends"))
    }
}
