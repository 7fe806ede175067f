// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The backends' thrift ports, where external readers scan tables: binary protocol, strict, without frames, a thread for each
//! connection.

mod connection;
mod messages;
mod wire;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};

use crate::backends::{BackendState, BackendsConfig};
use crate::http::faults::Faults;
use crate::life::bind;
use crate::scan::Scans;
use connection::Connection;

const BE_THRIFT: &str = "BE thrift";

/// The sockets of all backends, bound.
pub(crate) struct ThriftServer {
    listeners: Vec<TcpListener>,
    config: BackendsConfig,
}

impl ThriftServer {
    /// Binds a socket for each backend.
    ///
    /// # Errors
    /// The operating system's, with the address in the text.
    pub(crate) async fn bind(listen: IpAddr, config: BackendsConfig) -> io::Result<Self> {
        let mut listeners = Vec::new();
        for port in config.ports() {
            listeners.push(bind(BE_THRIFT, SocketAddr::new(listen, port)).await?);
        }
        Ok(Self { listeners, config })
    }

    /// The addresses, in the order of the backends.
    pub(crate) fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        self.listeners.iter().map(TcpListener::local_addr).collect()
    }

    /// Serves until `stop` becomes true.
    pub(crate) async fn serve(self, scans: Arc<Scans>, faults: Option<Arc<Faults>>, stop: watch::Receiver<bool>) {
        let states: Vec<_> = scans.sql.addresses.backends.iter().map(|b| (b.id, b.watch())).collect();
        let config = Arc::new(self.config);
        let served = self.listeners.into_iter().zip(states).map(|(listener, (id, state))| {
            let node = Node { id, state, scans: scans.clone(), faults: faults.clone(), config: config.clone() };
            node.serve(listener, stop.clone())
        });
        futures::future::join_all(served).await;
    }
}

/// One backend.
#[derive(Clone)]
struct Node {
    id: u64,
    state: watch::Receiver<BackendState>,
    scans: Arc<Scans>,
    faults: Option<Arc<Faults>>,
    config: Arc<BackendsConfig>,
}

impl Node {
    async fn serve(mut self, mut listener: TcpListener, mut stop: watch::Receiver<bool>) {
        let address = listener.local_addr();
        let open = Arc::<Open>::default();
        let _killed = Killed(open.clone());
        let slots = Arc::new(Semaphore::new(self.config.max_connections));
        let stopping = stop.clone();
        loop {
            let mut state = self.state.clone();
            tokio::select! {
                () = self.accept(&listener, &slots, &open, &stopping) => continue,
                _ = state.wait_for(|state| *state == BackendState::Down) => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
            drop(listener);
            open.reset();
            self.scans.close_all(self.id);
            tokio::select! {
                up = self.state.wait_for(|state| *state != BackendState::Down) => if up.is_err() { return },
                _ = stop.wait_for(|stop| *stop) => return,
            }
            let Ok(address) = address else { return };
            listener = loop {
                match bind(BE_THRIFT, address).await {
                    Ok(listener) => break listener,
                    Err(error) => {
                        tracing::warn!(%error, "a backend cannot come back yet");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
            };
        }
        open.close();
    }

    /// Accepts one connection and gives it a thread.
    async fn accept(
        &self,
        listener: &TcpListener,
        slots: &Arc<Semaphore>,
        open: &Arc<Open>,
        stop: &watch::Receiver<bool>,
    ) {
        let Ok(slot) = slots.clone().acquire_owned().await else { return };
        let accepted = listener.accept().await.and_then(|(stream, peer)| {
            stream.set_nodelay(true)?;
            let stream = stream.into_std()?;
            stream.set_nonblocking(false)?;
            stream.set_write_timeout(Some(self.config.message_timeout))?;
            Ok((open.add(&stream)?, stream, peer))
        });
        let (number, stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors or a connection that is gone already: neither ends the server.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
                return;
            }
        };
        let (node, open, stop, runtime) = (self.clone(), open.clone(), stop.clone(), Handle::current());
        let serve = {
            let open = open.clone();
            move || {
                let ended = Connection::new(stream, node, stop, runtime.clone()).serve();
                open.remove(number);
                match ended {
                    Ok(()) => tracing::debug!(%peer, "a reader has left"),
                    Err(error) => tracing::debug!(%peer, %error, "a reader's connection ended"),
                }
                drop(slot);
            }
        };
        // Scans are planned there.
        let thread = std::thread::Builder::new().name("be-thrift".to_owned()).stack_size(crate::life::STACK_BYTES);
        if let Err(error) = thread.spawn(serve) {
            tracing::warn!(%error, "cannot start a thread for a connection");
            open.remove(number);
        }
    }
}

/// The connections that are open, so that they can be ended from outside their threads.
#[derive(Default)]
struct Open(Mutex<(u64, HashMap<u64, TcpStream>)>);

impl Open {
    fn streams(&self) -> MutexGuard<'_, (u64, HashMap<u64, TcpStream>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, stream: &TcpStream) -> io::Result<u64> {
        let copy = stream.try_clone()?;
        let mut streams = self.streams();
        streams.0 += 1;
        let number = streams.0;
        streams.1.insert(number, copy);
        Ok(number)
    }

    fn remove(&self, number: u64) {
        self.streams().1.remove(&number);
    }

    fn close(&self) {
        for (_, stream) in self.streams().1.drain() {
            // One that is closed already is what is wanted.
            let _closed = stream.shutdown(Shutdown::Both);
        }
    }

    /// Ends connections as a process does that is killed.
    fn reset(&self) {
        let streams: Vec<TcpStream> = self.streams().1.drain().map(|(_, stream)| stream).collect();
        for stream in streams {
            let other = stream.try_clone();
            connection::reset(stream);
            let _closed = other.and_then(|other| other.shutdown(Shutdown::Both));
        }
    }
}

/// Ends the connections that are still open when the backend is dropped while it serves: their threads would not notice.
struct Killed(Arc<Open>);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.reset();
    }
}
