// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The backends that the server plays. They share one engine; each has a thrift port of its own, and tests may end it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// The id of the first backend.
pub(crate) const FIRST_BACKEND: u64 = 10_001;

/// How many backends there are, and what their thrift ports admit.
#[derive(Debug, Clone)]
pub struct BackendsConfig {
    /// How many; 0 means 1. A replication number may not be higher.
    pub count: u32,
    /// Their thrift ports, 0 for a free one. Those that are not listed have the ports after the last one, or free ones.
    pub ports: Vec<u16>,
    /// Connections that one backend serves at once; more wait to be accepted.
    pub max_connections: usize,
    /// The time a client has to send a request that it has begun, and to take an answer.
    pub message_timeout: Duration,
    /// How long a connection may be silent between requests.
    pub idle_timeout: Duration,
}

impl Default for BackendsConfig {
    fn default() -> Self {
        Self {
            count: 1,
            ports: Vec::new(),
            max_connections: 256,
            message_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(4 * 3600),
        }
    }
}

impl BackendsConfig {
    /// The ports to bind, one for each backend.
    pub(crate) fn ports(&self) -> Vec<u16> {
        let mut ports = self.ports.clone();
        while ports.len() < self.count.max(1) as usize {
            ports.push(match ports.last() {
                None | Some(0) => 0,
                Some(last) => last.saturating_add(1),
            });
        }
        ports
    }
}

/// What becomes of a backend's thrift port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackendState {
    /// It serves.
    #[default]
    Up,
    /// It takes requests and answers none until it is up again.
    Paused,
    /// Its connections are reset and its port is closed.
    Down,
}

/// One backend.
#[derive(Debug)]
pub(crate) struct Backend {
    pub(crate) id: u64,
    pub(crate) port: u16,
    state: watch::Sender<BackendState>,
}

/// All backends, in the order of their ids.
#[derive(Debug, Default)]
pub struct Backends(Vec<Backend>);

impl Backends {
    /// Backends with these thrift ports.
    pub fn new(ports: impl IntoIterator<Item = u16>) -> Self {
        let backend = |(id, port)| Backend { id, port, state: watch::Sender::default() };
        Self((FIRST_BACKEND..).zip(ports).map(backend).collect())
    }

    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Backend> {
        self.0.iter()
    }

    /// How many clients can reach.
    pub(crate) fn alive(&self) -> usize {
        self.0.iter().filter(|b| b.is_alive()).count()
    }

    /// Changes the state of a backend; `false` when there is none of that id.
    pub fn set(&self, id: u64, state: BackendState) -> bool {
        let found = self.0.iter().find(|b| b.id == id);
        found.is_some_and(|b| {
            b.state.send_replace(state);
            true
        })
    }

    /// The backends that hold copies of the tablet at this position, those that are alive.
    pub(crate) fn replicas(&self, tablet: usize, copies: usize) -> impl Iterator<Item = &Backend> {
        let count = self.0.len().max(1);
        let at = move |copy: usize| self.0.get((tablet % count + copy) % count);
        (0..copies.clamp(1, count)).filter_map(at).filter(|b| b.is_alive())
    }
}

impl Backend {
    pub(crate) fn watch(&self) -> watch::Receiver<BackendState> {
        self.state.subscribe()
    }

    pub(crate) fn is_alive(&self) -> bool {
        *self.state.borrow() != BackendState::Down
    }

    pub(crate) fn state(&self) -> BackendState {
        *self.state.borrow()
    }
}
