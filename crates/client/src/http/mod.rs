// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Protocol requests over HTTP: the FE pool, redirects by hand, and the judgement of answers.

mod judge;
mod redirect;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::header::HeaderValue;
use starrocks_load::{Failure, FailureClass};
use starrocks_protocol::{Operation, Reply, RequestHead};
use starrocks_types::{Error, ErrorKind, Retry};

use self::judge::{judge, locate};
use self::redirect::{Missed, Misses};
use crate::endpoint::Endpoint;
use crate::error_log;
use crate::frontends::Frontends;
use crate::hosts::HostMapping;
use crate::transport::{Connections, HttpAnswer, Limits, MAX_REPLY_BYTES};

/// Everything needed to send protocol requests to one cluster.
pub(crate) struct Http {
    pub(crate) connections: Arc<Connections>,
    pub(crate) frontends: Frontends,
    /// Backends that the user named, to be asked in turn instead of a frontend that names one.
    pub(crate) backends: Option<Frontends>,
    pub(crate) hosts: HostMapping,
    /// A secret: marked sensitive, never printed.
    pub(crate) auth: HeaderValue,
    pub(crate) wait_for_continue: Duration,
    /// `None`: long operations wait as long as the server may take.
    pub(crate) socket_timeout: Option<Duration>,
    pub(crate) sanitize_error_log: bool,
}

/// Who is asked first.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Via<'a> {
    /// A frontend, which may name a backend.
    Frontend,
    /// This backend, and a frontend if it cannot be reached.
    Backend(&'a Endpoint),
    /// One of the backends that the user named, if there are any; else a frontend.
    AnyBackend,
}

/// A judged reply and where it came from.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) reply: Reply,
    pub(crate) by: Endpoint,
}

/// An answer, who gave it, and the frontend that led there.
struct Exchanged {
    answer: HttpAnswer,
    by: Endpoint,
    frontend: Option<Endpoint>,
}

impl Http {
    /// Sends a request and follows redirects. `slow` bounds the wait for operations that load, prepare or commit.
    pub(crate) async fn call(
        &self,
        operation: Operation,
        head: &RequestHead,
        body: &[Bytes],
        via: Via<'_>,
        slow: Duration,
    ) -> Result<Answered, Failure> {
        let idle = self.socket_timeout.unwrap_or(match operation {
            Operation::StreamLoad | Operation::Load | Operation::Prepare | Operation::Commit => slow,
            Operation::Begin
            | Operation::Rollback
            | Operation::LabelState
            | Operation::Cancel
            | Operation::LoadNodes => Duration::from_secs(60),
        });
        let limits = Limits {
            wait_for_continue: self.wait_for_continue,
            idle,
            reply_bytes: MAX_REPLY_BYTES,
            slow_hint: "raise sink.socket.timeout-ms if the server is just slow",
        };
        let answered = self.reach(head, body, via, limits).await;
        let Exchanged { answer, by, frontend } = answered.map_err(|f| operation_of(f, operation))?;
        match judge(operation, &answer) {
            Ok(reply) => Ok(Answered { reply, by }),
            Err(failed) => {
                let failed = operation_of(failed, operation);
                let failed = match &frontend {
                    Some(frontend) => locate(failed, "fe", frontend),
                    None => failed,
                };
                let failed = if frontend.as_ref() == Some(&by) { failed } else { locate(failed, "be", &by) };
                Err(self.explain(failed, &by).await)
            }
        }
    }

    /// Sends a request that changes nothing to each frontend in turn, until one answers something that `judge` takes. An
    /// error that another frontend would give as well ends it.
    pub(crate) async fn ask<T>(
        &self,
        head: &RequestHead,
        body: &Bytes,
        limits: Limits,
        judge: impl Fn(u16, &[u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let body = std::slice::from_ref(body);
        let (mut first_error, mut misses) = (None, Misses::default());
        for frontend in self.frontends.candidates(Instant::now()) {
            let error = match self.follow(&frontend, head, body, limits, &mut misses).await {
                Ok((answer, by)) => {
                    self.frontends.succeeded(&frontend);
                    match judge(answer.status.as_u16(), &answer.body) {
                        Ok(judged) => return Ok(judged),
                        Err(error) if by == frontend => error,
                        Err(error) => error.with("answered_by", by),
                    }
                }
                Err(Missed { failure, .. }) => {
                    self.frontends.failed(&frontend, Instant::now());
                    // The request changes nothing, so it can be sent again whatever became of it.
                    match failure.class {
                        FailureClass::Permanent => failure.error,
                        _ => failure.error.retry(Retry::Safe),
                    }
                }
            };
            let error = error.with("fe", &frontend);
            if error.retry_class() == Retry::Permanent {
                return Err(error);
            }
            first_error.get_or_insert(error);
        }
        Err(first_error.unwrap_or_else(|| Error::new(ErrorKind::InvalidConfig, "no frontend is configured")))
    }

    /// Where the thrift port of a backend is reached that a plan names.
    pub(crate) fn scan_backend(&self, address: Endpoint) -> Endpoint {
        match self.frontends.first() {
            Some(frontend) => self.hosts.resolve(address, &frontend),
            None => address,
        }
    }

    /// Adds the reasons of rejected rows to an error that says where they can be read; `named_by` has said so.
    pub(crate) async fn explain(&self, failure: Failure, named_by: &Endpoint) -> Failure {
        error_log::explain(&self.connections, &self.hosts, named_by, failure, self.sanitize_error_log).await
    }

    /// The text of an error log, if it can be read; `named_by` has told its address.
    pub(crate) async fn error_log(&self, url: &str, named_by: &Endpoint) -> Option<String> {
        error_log::read(&self.connections, &self.hosts, named_by, url).await
    }

    /// Where an address of a backend that a server told is reached from here.
    pub(crate) fn backend(&self, address: &str, named_by: &Endpoint) -> Result<Endpoint, Error> {
        Endpoint::parse(address).map(|target| self.hosts.resolve(target, named_by))
    }

    /// Tries the backends that come first, then each frontend, until one takes the request; only a request that certainly
    /// was not sent to anyone who acts on it goes to the next one.
    async fn reach(
        &self,
        head: &RequestHead,
        body: &[Bytes],
        via: Via<'_>,
        limits: Limits,
    ) -> Result<Exchanged, Failure> {
        let mut misses = Misses::default();
        let backends = match via {
            Via::Frontend => Vec::new(),
            Via::Backend(backend) => vec![backend.clone()],
            Via::AnyBackend => self.backends.as_ref().map(|b| b.candidates(Instant::now())).unwrap_or_default(),
        };
        for backend in backends {
            match self.follow(&backend, head, body, limits, &mut misses).await {
                Ok((answer, by)) => {
                    self.note(&backend, true);
                    return Ok(Exchanged { answer, by, frontend: None });
                }
                Err(missed) => {
                    misses.add(missed, "be", &backend)?;
                    self.note(&backend, false);
                }
            }
        }
        for frontend in self.frontends.candidates(Instant::now()) {
            match self.follow(&frontend, head, body, limits, &mut misses).await {
                Ok((answer, by)) => {
                    self.frontends.succeeded(&frontend);
                    return Ok(Exchanged { answer, by, frontend: Some(frontend) });
                }
                // A follower that names a dead leader is of no more use than a dead one.
                Err(missed) => {
                    misses.add(missed, "fe", &frontend)?;
                    self.frontends.failed(&frontend, Instant::now());
                }
            }
        }
        Err(misses.into_failure())
    }

    /// Remembers whether a backend that the user named could be reached.
    fn note(&self, backend: &Endpoint, reached: bool) {
        match &self.backends {
            Some(backends) if reached => backends.succeeded(backend),
            Some(backends) => backends.failed(backend, Instant::now()),
            None => {}
        }
    }
}

fn operation_of(failure: Failure, operation: Operation) -> Failure {
    Failure { error: failure.error.operation(operation.name()), ..failure }
}
