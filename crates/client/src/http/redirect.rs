// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Redirects, which are followed by hand, and servers that cannot be reached.

use bytes::Bytes;
use hyper::StatusCode;
use starrocks_load::{Failure, FailureClass};
use starrocks_protocol::RequestHead;
use starrocks_types::{Error, ErrorKind};

use super::Http;
use super::judge::locate;
use crate::endpoint::Endpoint;
use crate::transport::{HttpAnswer, Limits, failure};

/// Follower FE to leader FE to BE are two hops; one is spare.
const MAX_REDIRECTS: usize = 3;

/// A request that was not answered.
pub(super) struct Missed {
    pub(super) failure: Failure,
    /// Whether the one who was asked has answered, and the one that it named has not.
    redirected: bool,
}

/// The servers that could not be reached for one request. None is tried twice: a host that is down may take the whole
/// time-out to be seen as such, and all followers name the same leader.
#[derive(Default)]
pub(super) struct Misses {
    unreachable: Vec<(Endpoint, Failure)>,
    /// What to report, and whether a redirect led there.
    failure: Option<(Failure, bool)>,
}

impl Misses {
    /// Takes note of one that did not get the request, so that the next one may; any other failure is the end.
    pub(super) fn add(&mut self, missed: Missed, role: &'static str, asked: &Endpoint) -> Result<(), Failure> {
        let Missed { failure, redirected } = missed;
        let failure = locate(failure, role, asked);
        if failure.class != FailureClass::NotSent {
            return Err(failure);
        }
        // One who answered tells more than one who is not there.
        if self.failure.as_ref().is_none_or(|(_, led)| redirected && !led) {
            self.failure = Some((failure, redirected));
        }
        Ok(())
    }

    fn note(&mut self, at: &Endpoint, failure: &Failure) {
        if failure.class == FailureClass::NotSent {
            self.unreachable.push((at.clone(), failure.clone()));
        }
    }

    fn at(&self, endpoint: &Endpoint) -> Option<Failure> {
        self.unreachable.iter().find(|(at, _)| at == endpoint).map(|(_, failure)| failure.clone())
    }

    /// Why nobody has taken the request.
    pub(super) fn into_failure(self) -> Failure {
        let failure = self.failure.map(|(failure, _)| failure).unwrap_or_else(|| {
            failure(FailureClass::Permanent, Error::new(ErrorKind::InvalidConfig, "no load URL is configured"))
        });
        Failure { error: failure.error.hint("none of the hosts in `load_url` could be connected"), ..failure }
    }
}

impl Http {
    /// One exchange and the redirects it leads to. Credentials go along, because every hop was named by a server that
    /// the user configured; never from an encrypted to a plain connection.
    pub(super) async fn follow(
        &self,
        start: &Endpoint,
        head: &RequestHead,
        body: &[Bytes],
        limits: Limits,
        misses: &mut Misses,
    ) -> Result<(HttpAnswer, Endpoint), Missed> {
        let mut here = start.clone();
        let mut named = None;
        let mut head = head.clone();
        for hop in 0..=MAX_REDIRECTS {
            let redirected = hop > 0;
            let answer = match misses.at(&here) {
                Some(failure) => Err(failure),
                None => self.connections.exchange(&here, &head, Some(&self.auth), body, limits).await,
            };
            let answer = answer.inspect_err(|failure| misses.note(&here, failure)).map_err(|failure| {
                let failure = match &named {
                    Some(named) => unreachable_target(failure, named, &here),
                    None => failure,
                };
                Missed { failure, redirected }
            })?;
            if !matches!(answer.status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
                return Ok((answer, here));
            }
            let refuse = |message: &str| Missed {
                failure: failure(
                    FailureClass::Permanent,
                    Error::new(ErrorKind::Protocol, message.to_owned())
                        .with("location", answer.location.as_deref().unwrap_or("(none)").escape_debug()),
                ),
                redirected,
            };
            let Some((told, path)) = answer.location.as_deref().and_then(|l| locate_path(&here, l)) else {
                return Err(refuse("a redirect names no usable location"));
            };
            // A path alone leads nowhere else.
            let target = if told == here { told.clone() } else { self.hosts.resolve(told.clone(), &here) };
            if here.tls && !target.tls {
                return Err(refuse("refusing a redirect from https to http, which would send the password in clear"));
            }
            head.path = path;
            here = target;
            named = Some(told);
        }
        Err(Missed {
            failure: failure(
                FailureClass::Permanent,
                Error::new(ErrorKind::Protocol, "too many redirects").with("last", &here),
            ),
            redirected: true,
        })
    }
}

/// Where a `Location` leads, as the server sees it: endpoint and path.
fn locate_path(here: &Endpoint, location: &str) -> Option<(Endpoint, String)> {
    if location.starts_with('/') && !location.starts_with("//") {
        return Some((here.clone(), location.to_owned()));
    }
    let (_, rest) = location.split_once("://")?;
    let target = Endpoint::parse(location).ok()?;
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/");
    Some((target, path.to_owned()))
}

fn unreachable_target(failure: Failure, named: &Endpoint, target: &Endpoint) -> Failure {
    let error = failure.error.with("redirected_to", target);
    let error = if named == target { error } else { error.with("mapped_from", named) };
    let error = if failure.class == FailureClass::NotSent {
        error.hint(
            "the FE redirected to a server that cannot be reached from here: if it runs, make its address reachable from the \
             Flink cluster, or say with host-mapping how to reach it",
        )
    } else {
        error
    };
    Failure { error, ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(text: &str) -> Endpoint {
        Endpoint::parse(text).unwrap()
    }

    #[test]
    fn locations_are_read() {
        let case =
            |here: &str, location: &str| locate_path(&endpoint(here), location).map(|(e, path)| format!("{e} {path}"));
        assert_eq!(
            case("fe:8030", "http://be:8040/api/d/t/_stream_load?a=b").unwrap(),
            "http://be:8040 /api/d/t/_stream_load?a=b"
        );
        assert_eq!(case("fe:8030", "/y").unwrap(), "http://fe:8030 /y");
        assert_eq!(case("fe:8030", "//evil/y"), None);
        assert_eq!(case("fe:8030", "gopher://x:1/y"), None);
    }
}
