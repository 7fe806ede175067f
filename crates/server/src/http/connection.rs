// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Accepting connections and keeping bad ones from harming the others.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::HttpConfig;
use super::faults::Cut;
use super::reply::{Reply, TEXT, closing, reply};
use super::request::unreadable;

/// Most headers of a request.
const MAX_HEADERS: usize = 200;
/// Most bytes of a request's head; also the largest piece of a body that is read at once.
const MAX_HEAD_BYTES: usize = 512 << 10;
/// What is read and thrown away after a reply that did not wait for the body, so that the client sees the reply and no
/// reset: bytes and time.
const DRAIN_BYTES: u64 = 64 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(5);
/// The time that requests under way have to end when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// What is done once the reply that carries it has been sent: things that end its connection.
#[derive(Clone)]
struct AfterReply(Arc<dyn Fn() + Send + Sync>);

/// Closes the connection after the reply, and does this then.
pub(super) fn after_reply(reply: Reply, act: impl Fn() + Send + Sync + 'static) -> Reply {
    let mut reply = closing(reply);
    reply.extensions_mut().insert(AfterReply(Arc::new(act)));
    reply
}

/// Accepts connections until `stop` and answers requests with `handler`.
pub(super) async fn serve<H, F>(
    listener: TcpListener,
    config: Arc<HttpConfig>,
    mut stop: watch::Receiver<bool>,
    handler: H,
) where
    H: Fn(Request<Incoming>, SocketAddr) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Reply, Cut>> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(config.max_connections));
    let mut connections = JoinSet::new();
    loop {
        let slot = tokio::select! {
            slot = slots.clone().acquire_owned() => slot,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                let (handler, stop, timeout) = (handler.clone(), stop.clone(), config.header_timeout);
                connections.spawn(async move {
                    connection(stream, peer, timeout, stop, handler).await;
                    drop(slot);
                });
            }
            Err(error) => {
                // Out of file descriptors or a connection that is gone already: neither ends the server.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    let ended = tokio::time::timeout(GRACE, async { while connections.join_next().await.is_some() {} });
    if ended.await.is_err() {
        connections.shutdown().await;
    }
}

async fn connection<H, F>(
    stream: TcpStream,
    peer: SocketAddr,
    header_timeout: Duration,
    mut stop: watch::Receiver<bool>,
    handler: H,
) where
    H: Fn(Request<Incoming>, SocketAddr) -> F,
    F: Future<Output = Result<Reply, Cut>>,
{
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "cannot set TCP_NODELAY");
    }
    let after = OnceLock::new();
    let service = service_fn(|request: Request<Incoming>| {
        let refused = unreadable(&request).map(|name| {
            let text = format!("the value of the header {name} is not valid UTF-8\n");
            reply(StatusCode::BAD_REQUEST, TEXT, &[], false, text)
        });
        let (after, answered) = (&after, refused.map_or_else(|| Err(handler(request, peer)), Ok));
        // Boxed, because a connection that is polled by hand needs a future that can be moved.
        Box::pin(async move {
            let mut reply = match answered {
                Ok(refused) => refused,
                Err(answered) => answered.await?,
            };
            if let Some(found) = reply.extensions_mut().remove::<AfterReply>() {
                let _first = after.set(found);
            }
            Ok::<_, Cut>(reply)
        })
    });
    let mut connection = http1::Builder::new()
        .auto_date_header(false)
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let served = tokio::select! {
        served = std::future::poll_fn(|cx| connection.poll_without_shutdown(cx)) => Some(served),
        _ = stop.wait_for(|stop| *stop) => None,
    };
    let served = match served {
        Some(served) => served,
        None => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            std::future::poll_fn(|cx| connection.poll_without_shutdown(cx)).await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%peer, %error, "connection ended");
        if std::error::Error::source(&error).is_some_and(|cause| cause.is::<Cut>()) {
            reset(&connection.into_parts().io.into_inner());
        }
        return;
    }
    let stream = connection.into_parts().io.into_inner();
    if let Some(AfterReply(act)) = after.into_inner() {
        act();
    }
    drain(stream).await;
}

/// Makes the close that follows a reset instead of an orderly end.
fn reset(stream: &TcpStream) {
    if let Err(error) = stream.set_zero_linger() {
        tracing::warn!(%error, "a connection that was to be reset is closed instead");
    }
}

/// Closes the sending side and reads on until the client closes too.
async fn drain(mut stream: TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut sink = tokio::io::sink();
    let mut rest = stream.take(DRAIN_BYTES);
    // Whether it ends by time, bytes or the client: the connection is over.
    let _over = tokio::time::timeout(DRAIN_TIME, tokio::io::copy(&mut rest, &mut sink)).await;
}
