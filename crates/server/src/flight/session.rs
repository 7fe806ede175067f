// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Sessions, found by their tokens. A session is one connection in SHOW PROCESSLIST; its statements run one after another.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arrow::array::RecordBatch;
use tokio::sync::watch;
use tonic::Status;

use super::results::Results;
use crate::clock::{Micros, micros};
use crate::engine::Credentials;
use crate::mysql::Limits;
use crate::sql::{Listed, Session, Sql};

/// Most sessions; a further one ends the oldest. FE: `arrow_token_cache_size`.
const MOST: usize = 1024;
/// The life of a session, used or not. FE: `arrow_token_cache_expire_second`.
const LIFE: Duration = Duration::from_secs(3600);

/// One client's session.
pub(super) struct FlightSession {
    token: String,
    id: u32,
    opened: Micros,
    killed: watch::Receiver<bool>,
    pub(super) state: tokio::sync::Mutex<State>,
}

/// What the statements of a session share.
pub(super) struct State {
    pub(super) session: Session,
    /// Statements by handle.
    pub(super) prepared: HashMap<Vec<u8>, String>,
    /// Id and rows of the last statement, if it gave none of a backend.
    pub(super) result: Option<(String, RecordBatch)>,
    sql: Arc<Sql>,
    _listed: Listed,
}

impl Drop for State {
    fn drop(&mut self) {
        self.sql.abandon(&mut self.session, "connection closed");
    }
}

impl FlightSession {
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// The connection's number.
    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Ends when the session has been killed.
    pub(super) async fn killed(&self) {
        let mut killed = self.killed.clone();
        // The sender goes away only when the session is no longer listed.
        let _killed = killed.wait_for(|killed| *killed).await;
    }
}

/// All sessions.
pub(super) struct Sessions {
    sql: Arc<Sql>,
    results: Arc<Results>,
    open: Mutex<HashMap<String, Arc<FlightSession>>>,
}

impl Sessions {
    pub(super) fn new(sql: Arc<Sql>, results: Arc<Results>) -> Self {
        Self { sql, results, open: Mutex::default() }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, Arc<FlightSession>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a session.
    pub(super) fn log_in(
        &self,
        user: &str,
        password: &str,
        peer: Option<SocketAddr>,
    ) -> Result<Arc<FlightSession>, Status> {
        let host = peer.map(|peer| peer.ip().to_string()).unwrap_or_default();
        let identity = self
            .sql
            .engine
            .authenticate(user, &host, Credentials::Password(password))
            .map_err(|_| Status::unauthenticated(format!("Access denied for user: {user}")))?;
        let now = self.sql.engine.clock().now();
        self.make_room(now);
        let connections = &self.sql.connections;
        if connections.len() >= Limits::default().connections {
            return Err(Status::resource_exhausted("failed to register connection: Reach limit of connections"));
        }
        let id = connections.next_id();
        let address = peer.map(|peer| peer.to_string()).unwrap_or_default();
        let killed = connections.add(id, user, &address, now);
        let state = State {
            session: Session::new(id, identity, None),
            prepared: HashMap::new(),
            result: None,
            sql: self.sql.clone(),
            _listed: Listed::new(self.sql.clone(), id),
        };
        let token = uuid::Uuid::new_v4().to_string();
        let session = Arc::new(FlightSession { token: token.clone(), id, opened: now, killed, state: state.into() });
        self.open().insert(token, session.clone());
        Ok(session)
    }

    /// The session of a token.
    pub(super) fn find(&self, token: &str) -> Result<Arc<FlightSession>, Status> {
        let now = self.sql.engine.clock().now();
        let found = self.open().get(token).cloned().filter(|session| !has_expired(session, now));
        let session = found.ok_or_else(|| {
            Status::unauthenticated(
                "invalid bearer token, please try to reconnect. Maybe the token is expired or evicted, could modify \
                 fe.conf [arrow_token_cache_expire_second] and [arrow_token_cache_size]",
            )
        })?;
        if *session.killed.borrow() {
            self.close(&session);
            return Err(Status::not_found("cannot find connect arrow context of the token"));
        }
        Ok(session)
    }

    /// Ends a session; a statement under way ends first.
    pub(super) fn close(&self, session: &FlightSession) {
        self.open().remove(&session.token);
        self.results.forget(session.id);
    }

    fn make_room(&self, now: Micros) {
        let gone: Vec<_> = {
            let open = self.open();
            let mut gone: Vec<_> = open.values().filter(|session| has_expired(session, now)).cloned().collect();
            if gone.is_empty() && open.len() >= MOST {
                gone.extend(open.values().min_by_key(|session| session.opened).cloned());
            }
            gone
        };
        for session in gone {
            self.close(&session);
        }
    }
}

fn has_expired(session: &FlightSession, now: Micros) -> bool {
    now.saturating_sub(session.opened) > micros(LIFE)
}
