// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The frontends that the server plays. They share one engine; one is the leader, and tests may end any of them.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::clock::Micros;
use crate::life::{bind, come_back};

/// The ports of a frontend; 0 for a free one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrontendPorts {
    /// For HTTP.
    pub http: u16,
    /// For MySQL clients.
    pub query: u16,
}

/// The addresses of a frontend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrontendAddresses {
    /// For HTTP.
    pub http: SocketAddr,
    /// For MySQL clients.
    pub query: SocketAddr,
}

impl FrontendAddresses {
    pub(crate) fn ports(&self) -> FrontendPorts {
        FrontendPorts { http: self.http.port(), query: self.query.port() }
    }
}

/// What becomes of a frontend's ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FrontendState {
    /// It serves.
    Up,
    /// Its connections have ended and its ports are closed.
    Down,
}

/// One frontend.
#[derive(Debug)]
pub(crate) struct Frontend {
    /// From 1 on.
    pub(crate) id: u64,
    pub(crate) ports: FrontendPorts,
    /// Since when it is down.
    down: watch::Sender<Option<Micros>>,
    /// Whether its ports are open.
    serving: watch::Sender<bool>,
}

impl Frontend {
    pub(crate) fn down_since(&self) -> Option<Micros> {
        *self.down.borrow()
    }

    pub(crate) fn state(&self) -> FrontendState {
        if self.is_up() { FrontendState::Up } else { FrontendState::Down }
    }

    /// Waits until its ports are open if it is up, or closed if it is down.
    pub(crate) async fn settled(&self) {
        let mut serving = self.serving.subscribe();
        let _settled = serving.wait_for(|serving| *serving == self.is_up()).await;
    }

    fn is_up(&self) -> bool {
        self.down_since().is_none()
    }
}

/// All frontends, in the order of their ids.
#[derive(Debug, Default)]
pub struct Frontends {
    all: Vec<Frontend>,
    /// The place of the one that was elected last.
    elected: Mutex<usize>,
}

impl Frontends {
    /// Frontends with these ports; the first one is the leader.
    pub fn new(ports: impl IntoIterator<Item = FrontendPorts>) -> Self {
        let frontend =
            |(id, ports)| Frontend { id, ports, down: watch::Sender::default(), serving: watch::Sender::default() };
        Self { all: (1..).zip(ports).map(frontend).collect(), elected: Mutex::default() }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Frontend> {
        self.all.iter()
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Frontend> {
        self.all.iter().find(|frontend| frontend.id == id)
    }

    /// The one that was elected last.
    pub(crate) fn last_leader(&self) -> Option<&Frontend> {
        self.all.get(*self.elected())
    }

    /// The leader, if there is one: more than half of all must be up.
    pub(crate) fn leader(&self) -> Option<&Frontend> {
        self.last_leader().filter(|last| last.is_up() && self.has_majority())
    }

    pub(crate) fn is_leader(&self, id: u64) -> bool {
        self.leader().is_some_and(|leader| leader.id == id)
    }

    /// Ends a frontend or brings it back. When the leader is down, the others elect the first of them. Returns whether there
    /// was a leader before, or is one now, who is not the same.
    pub(crate) fn set(&self, id: u64, state: FrontendState, now: Micros) -> bool {
        let before = self.leader().map(|leader| leader.id);
        if let Some(frontend) = self.get(id) {
            frontend.down.send_if_modified(|down| {
                let changed = down.is_none() != (state == FrontendState::Up);
                if changed {
                    *down = (state == FrontendState::Down).then_some(now);
                }
                changed
            });
        }
        if self.has_majority()
            && self.leader().is_none()
            && let Some(next) = self.all.iter().position(Frontend::is_up)
        {
            *self.elected() = next;
        }
        self.leader().map(|leader| leader.id) != before
    }

    fn has_majority(&self) -> bool {
        self.all.iter().filter(|frontend| frontend.is_up()).count() * 2 > self.all.len()
    }

    fn elected(&self) -> MutexGuard<'_, usize> {
        self.elected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sockets of a frontend, bound.
pub(crate) struct Sockets {
    pub(crate) http: TcpListener,
    pub(crate) query: TcpListener,
}

impl Sockets {
    /// Binds both sockets.
    ///
    /// # Errors
    /// The operating system's, with the address in the text.
    pub(crate) async fn bind(listen: IpAddr, ports: FrontendPorts) -> io::Result<Self> {
        Ok(Self {
            http: bind("FE HTTP", (listen, ports.http).into()).await?,
            query: bind("MySQL clients", (listen, ports.query).into()).await?,
        })
    }

    pub(crate) fn addresses(&self) -> io::Result<FrontendAddresses> {
        Ok(FrontendAddresses { http: self.http.local_addr()?, query: self.query.local_addr()? })
    }
}

/// Runs a frontend by `run` whenever it is up, until `run` ends by itself. What runs is dropped when the frontend goes down.
pub(crate) async fn serve<F>(
    frontends: &Frontends,
    id: u64,
    mut sockets: Sockets,
    mut stop: watch::Receiver<bool>,
    run: impl Fn(Sockets) -> F,
) where
    F: Future<Output = ()>,
{
    let Some(frontend) = frontends.get(id) else { return };
    let mut down = frontend.down.subscribe();
    let Ok(addresses) = sockets.addresses() else { return };
    loop {
        frontend.serving.send_replace(true);
        tokio::select! {
            () = run(sockets) => return,
            _ = down.wait_for(Option::is_some) => {}
        }
        frontend.serving.send_replace(false);
        tokio::select! {
            back = down.wait_for(Option::is_none) => if back.is_err() { return },
            _ = stop.wait_for(|stop| *stop) => return,
        }
        sockets = come_back("frontend", || Sockets::bind(addresses.http.ip(), addresses.ports())).await;
    }
}

#[cfg(test)]
mod tests {
    use super::FrontendState::{Down, Up};
    use super::*;

    #[test]
    fn a_majority_elects_a_leader() {
        let frontends = Frontends::new([FrontendPorts::default(); 3]);
        let leader = || frontends.leader().map(|leader| leader.id);
        assert!(!frontends.set(3, Down, 7));
        assert_eq!(leader(), Some(1), "two of three are enough");
        assert_eq!(frontends.get(3).and_then(Frontend::down_since), Some(7));
        assert!(frontends.set(1, Down, 8), "one of three elects nobody");
        assert_eq!(leader(), None);
        assert!(frontends.set(3, Up, 9));
        assert_eq!(leader(), Some(2));
        assert!(!frontends.set(1, Up, 10), "a leader that comes back is a follower");
        assert_eq!(leader(), Some(2));
        frontends.set(1, Down, 11);
        assert!(frontends.set(3, Down, 12), "one alone does not stay the leader");
        assert_eq!(leader(), None);
    }
}
