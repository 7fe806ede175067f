// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Who calls: `Basic` credentials open a session, whose token comes back as `Bearer`; calls with that token belong to it.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use futures::future::BoxFuture;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::header::AUTHORIZATION;
use tonic::codegen::http::{HeaderValue, Request, Response};
use tonic::server::NamedService;
use tonic::transport::server::TcpConnectInfo;

use super::session::{FlightSession, Sessions};

/// Some drivers pad their credentials, as HTTP wants it, and some do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a call brings beside its message.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) session: Arc<FlightSession>,
    pub(super) sessions: Arc<Sessions>,
    /// The host that the client used, with the brackets of IPv6.
    pub(super) host: Option<String>,
}

/// A service whose calls are authenticated first.
#[derive(Clone)]
pub(super) struct Authenticated<S> {
    inner: S,
    sessions: Arc<Sessions>,
}

impl<S> Authenticated<S> {
    pub(super) fn new(inner: S, sessions: Arc<Sessions>) -> Self {
        Self { inner, sessions }
    }
}

impl<S: NamedService> NamedService for Authenticated<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Authenticated<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let session = match authenticate(&self.sessions, &request) {
            Ok(session) => session,
            Err(status) => return Box::pin(async move { Ok(status.into_http()) }),
        };
        let bearer = HeaderValue::from_str(&format!("Bearer {}", session.token()));
        let host = request.uri().host().map(str::to_owned);
        request.extensions_mut().insert(Caller { session, sessions: self.sessions.clone(), host });
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut answer = answer.await?;
            if let Ok(mut bearer) = bearer {
                bearer.set_sensitive(true);
                answer.headers_mut().insert(AUTHORIZATION, bearer);
            }
            Ok(answer)
        })
    }
}

fn authenticate(sessions: &Arc<Sessions>, request: &Request<Body>) -> Result<Arc<FlightSession>, Status> {
    let missing = || Status::unauthenticated("no Basic credentials and no Bearer token");
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(missing)?;
    let (scheme, value) = header.split_once(' ').ok_or_else(missing)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return sessions.find(value.trim());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(missing());
    }
    let peer = request.extensions().get::<TcpConnectInfo>().and_then(TcpConnectInfo::remote_addr);
    let unreadable = || Status::unauthenticated("the Basic credentials cannot be read");
    let text = BASE64.decode(value.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.ok_or_else(unreadable)?;
    let (user, password) = text.split_once(':').ok_or_else(unreadable)?;
    sessions.log_in(user, password, peer)
}
