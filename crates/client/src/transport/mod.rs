// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One HTTP exchange: connect, send, withhold the body, wait with bounds. No redirects, no retries, no protocol.

mod body;
mod connection;

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue, LOCATION, USER_AGENT};
use hyper::{Request, Response, StatusCode};
use starrocks_load::{Failure, FailureClass};
use starrocks_protocol::{Method, RequestHead};
use starrocks_types::{Error, ErrorKind, Retry};
use tokio::time::{Instant, sleep_until, timeout};

use self::body::{Blocks, Gate, Progress};
pub(crate) use self::connection::Connections;
use crate::endpoint::Endpoint;

/// A reply of the load protocol is never longer.
pub(crate) const MAX_REPLY_BYTES: usize = 1 << 20;

/// Bounds of one exchange.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How long the body waits for `100 Continue` before it is sent all the same.
    pub(crate) wait_for_continue: Duration,
    /// Longest time without any progress.
    pub(crate) idle: Duration,
    /// An answer that is longer is not the protocol.
    pub(crate) reply_bytes: usize,
    /// What a user can do when the server is too slow.
    pub(crate) slow_hint: &'static str,
}

/// A complete HTTP response.
#[derive(Debug)]
pub(crate) struct HttpAnswer {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) body: Bytes,
}

impl Connections {
    /// Sends one request and waits for the whole answer. A failure tells whether the request may have had an effect.
    pub(crate) async fn exchange(
        &self,
        endpoint: &Endpoint,
        head: &RequestHead,
        auth: Option<&HeaderValue>,
        blocks: &[Bytes],
        limits: Limits,
    ) -> Result<HttpAnswer, Failure> {
        loop {
            let (mut sender, reused) = self.get(endpoint).await?;
            let progress = Progress::now();
            let withheld = head.expects_continue() && blocks.iter().any(|block| !block.is_empty());
            let (body, gate) = Blocks::new(blocks, withheld, progress.clone());
            let mut request = build(endpoint, head, auth, body)?;
            if withheld {
                let gate = gate.clone();
                hyper::ext::on_informational(&mut request, move |response| {
                    if response.status() == StatusCode::CONTINUE {
                        gate.open();
                    }
                });
            }
            let sent = sender.try_send_request(request);
            let response = match wait(sent, &gate, &progress, limits).await {
                Waited::Response(response) => response,
                // An idle connection that the server closed meanwhile: nothing was sent, so a new one is no retry.
                Waited::NotSent(_) if reused => continue,
                Waited::NotSent(error) => {
                    return Err(failure(
                        FailureClass::NotSent,
                        Error::new(ErrorKind::Network, "the connection was closed before the request was sent")
                            .caused_by(error),
                    ));
                }
                Waited::Broken(error) => {
                    return Err(failure(
                        FailureClass::Ambiguous,
                        Error::new(ErrorKind::Network, "the connection broke before the answer was complete")
                            .caused_by(error),
                    ));
                }
                Waited::Silent => return Err(silent(limits)),
            };
            let status = response.status();
            let location = response.headers().get(LOCATION).and_then(|v| v.to_str().ok()).map(str::to_owned);
            let body = read(response, limits).await?;
            if gate.is_open() {
                self.put(endpoint, sender);
            }
            return Ok(HttpAnswer { status, location, body });
        }
    }
}

fn build(
    endpoint: &Endpoint,
    head: &RequestHead,
    auth: Option<&HeaderValue>,
    body: Blocks,
) -> Result<Request<Blocks>, Failure> {
    let invalid = |e: hyper::http::Error| {
        failure(
            FailureClass::Permanent,
            Error::new(ErrorKind::InvalidConfig, "the request cannot be expressed in HTTP").caused_by(e),
        )
    };
    let method = match head.method {
        Method::Get => hyper::Method::GET,
        Method::Post => hyper::Method::POST,
        Method::Put => hyper::Method::PUT,
    };
    let mut builder = Request::builder()
        .method(method)
        .uri(&head.path)
        .header(HOST, endpoint.authority())
        .header(USER_AGENT, concat!("starrocks-connector/", env!("CARGO_PKG_VERSION")));
    if let Some(auth) = auth {
        builder = builder.header(AUTHORIZATION, auth);
    }
    for (name, value) in &head.headers {
        // Column names may be any UTF-8; the server reads header values as bytes.
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|e| invalid(e.into()))?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|e| invalid(e.into()))?;
        builder = builder.header(name, value);
    }
    builder.body(body).map_err(invalid)
}

enum Waited {
    Response(Response<hyper::body::Incoming>),
    NotSent(hyper::Error),
    Broken(hyper::Error),
    Silent,
}

async fn wait<F>(sent: F, gate: &Gate, progress: &Progress, limits: Limits) -> Waited
where
    F: Future<Output = Result<Response<hyper::body::Incoming>, hyper::client::conn::TrySendError<Request<Blocks>>>>,
{
    let mut sent = std::pin::pin!(sent);
    let patience = Instant::now() + limits.wait_for_continue;
    loop {
        let deadline = progress.last() + limits.idle;
        tokio::select! {
            biased;
            answer = &mut sent => {
                return match answer {
                    Ok(response) => Waited::Response(response),
                    Err(mut unsent) => match unsent.take_message() {
                        Some(_) => Waited::NotSent(unsent.into_error()),
                        None => Waited::Broken(unsent.into_error()),
                    },
                };
            }
            () = sleep_until(patience), if !gate.is_open() => {
                gate.open();
                progress.touch();
            }
            () = sleep_until(deadline) => {
                if progress.last() + limits.idle <= Instant::now() {
                    return Waited::Silent;
                }
            }
        }
    }
}

async fn read(response: Response<hyper::body::Incoming>, limits: Limits) -> Result<Bytes, Failure> {
    match timeout(limits.idle, Limited::new(response.into_body(), limits.reply_bytes).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) => Err(failure(
            FailureClass::Ambiguous,
            Error::new(ErrorKind::Protocol, "the answer was cut off or is too long").caused_by(error),
        )),
        Err(_) => Err(silent(limits)),
    }
}

fn silent(limits: Limits) -> Failure {
    failure(
        FailureClass::Ambiguous,
        Error::new(ErrorKind::Timeout, "the server did not answer in time")
            .with("timeout_ms", limits.idle.as_millis())
            .hint(limits.slow_hint),
    )
}

/// A failure whose error says the same about retries as its class.
pub(crate) fn failure(class: FailureClass, error: Error) -> Failure {
    let retry = match class {
        FailureClass::NotSent | FailureClass::InProcessing | FailureClass::TooManyVersions | FailureClass::Refused => {
            Retry::Safe
        }
        FailureClass::Ambiguous => Retry::Ambiguous,
        FailureClass::LabelExists(_) | FailureClass::Permanent => Retry::Permanent,
    };
    Failure { class, error: error.retry(retry) }
}
