// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The HTTP side against servers that misbehave in every way a network knows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use rustls::pki_types::PrivateKeyDer;
use starrocks_client::{LabelState, StarRocks, StarRocksBuilder, TransactionOptions};
use starrocks_types::{Error, ErrorKind, Retry};
use support::{Reaction, Seen, Server, closed_port};
use tokio_rustls::TlsAcceptor;

const LOADED: &str = r#"{"TxnId":7,"Label":"l","Status":"Success","Message":"OK","NumberLoadedRows":2}"#;

fn loaded() -> Reaction {
    Reaction::Answer(LOADED.to_owned())
}

fn builder<S: Into<String>>(urls: impl IntoIterator<Item = S>) -> StarRocksBuilder {
    StarRocks::builder().load_urls(urls).credentials("u", "secret").connect_timeout(Duration::from_secs(30))
}

/// Two blocks, so that a body is more than one write.
fn body() -> Vec<Bytes> {
    vec![Bytes::from(vec![b'x'; 100_000]), Bytes::from(vec![b'y'; 50_000])]
}

async fn load(client: &StarRocks) -> Result<starrocks_client::Reply, Error> {
    let properties = [("format".to_owned(), "csv".to_owned())];
    client.stream_load("d", "t", "l", &properties, &body()).await
}

async fn load_error(client: &StarRocks) -> Error {
    let error = load(client).await.expect_err("the load succeeded");
    assert!(!error.to_string().contains("secret") && !error.to_string().contains("dTpzZWNyZXQ="), "{error}");
    error
}

fn names(error: &Error, parts: &[&str]) {
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in {text}");
    }
}

#[tokio::test]
async fn a_redirect_takes_headers_password_and_body_along() {
    let be = Server::start(|_| loaded()).await;
    let to = format!("{}/api/d/t/_stream_load", be.url());
    let fe = Server::start(move |_| Reaction::Redirect(to.clone())).await;
    let client = builder([fe.url()]).build().unwrap();
    assert_eq!(load(&client).await.unwrap().loaded_rows, Some(2));
    let (asked, sent) = (&fe.requests()[0], &be.requests()[0]);
    assert!(asked.body.is_empty(), "the FE got the body");
    for seen in [asked, sent] {
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("PUT", "/api/d/t/_stream_load"));
        assert_eq!(seen.header("authorization"), "Basic dTpzZWNyZXQ=");
        assert_eq!((seen.header("label"), seen.header("format"), seen.header("expect")), ("l", "csv", "100-continue"));
        assert_eq!(seen.header("content-length"), "150000");
    }
    assert_eq!(sent.body, body().concat());
    // The BE's connection is used again, the FE's was closed by the redirect.
    load(&client).await.unwrap();
    assert_eq!((be.requests()[1].connection, fe.requests()[1].connection), (1, 2));
}

#[tokio::test]
async fn follower_leader_and_backend_are_three_requests_and_more_hops_are_refused() {
    let be = Server::start(|_| loaded()).await;
    let to = format!("{}/api/d/t/_stream_load?a=b", be.url());
    let leader = Server::start(move |_| Reaction::Redirect(to.clone())).await;
    let to = format!("{}/api/d/t/_stream_load?a=b", leader.url());
    let follower = Server::start(move |_| Reaction::Redirect(to.clone())).await;
    load(&builder([follower.url()]).build().unwrap()).await.unwrap();
    assert_eq!(be.requests()[0].path, "/api/d/t/_stream_load?a=b");

    let circle = Server::start(|_| Reaction::Redirect("/again".to_owned())).await;
    let error = load_error(&builder([circle.url()]).build().unwrap()).await;
    assert_eq!(error.kind(), ErrorKind::Protocol);
    names(&error, &["too many redirects", &circle.address]);
    assert_eq!(circle.requests().len(), 4);
}

#[tokio::test]
async fn a_body_goes_out_when_nobody_asks_for_it_in_time() {
    let server = Server::start(|_| Reaction::WithoutContinue(LOADED.to_owned())).await;
    let client = builder([server.url()]).wait_for_continue(Duration::from_millis(1)).build().unwrap();
    load(&client).await.unwrap();
    assert_eq!(server.requests()[0].body.len(), 150_000);
}

#[tokio::test]
async fn an_answer_before_the_body_is_read_is_taken() {
    let text = r#"{"Status":"Fail","Message":"unknown table \"d.t\""}"#.to_owned();
    let server = Server::start(move |_| Reaction::Early(200, text.clone())).await;
    let error = load_error(&builder([server.url()]).build().unwrap()).await;
    assert_eq!((error.kind(), error.retry_class()), (ErrorKind::NotFound, Retry::Permanent));
    names(&error, &["unknown table", "table=d.t", "label=l", &server.address, "case-sensitive"]);
}

#[tokio::test]
async fn a_connection_whose_body_was_not_wanted_is_closed_and_not_used_again() {
    let text = r#"{"Status":"FAILED","Message":"x"}"#.to_owned();
    let server = Server::start(move |_| Reaction::EarlyKeepAlive(200, text.clone())).await;
    let client = builder([server.url()]).build().unwrap();
    for _ in 0..3 {
        load_error(&client).await;
    }
    let closed = async {
        while server.open.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), closed).await.expect("a connection is left behind");
    let connections: Vec<usize> = server.requests().iter().map(|s| s.connection).collect();
    assert_eq!(connections, [1, 2, 3]);
}

#[tokio::test]
async fn an_fe_that_refuses_connections_is_passed_over() {
    let closed = closed_port().await;
    let server = Server::start(|_| loaded()).await;
    let client = builder([format!("http://{closed}"), server.url()]).build().unwrap();
    for _ in 0..4 {
        load(&client).await.unwrap();
    }
    assert_eq!(server.requests().len(), 4);
    let error = load_error(&builder([closed.clone()]).build().unwrap()).await;
    assert_eq!((error.kind(), error.retry_class()), (ErrorKind::Network, Retry::Safe));
    names(&error, &[&closed, "load_url", "stream load"]);
}

#[tokio::test]
async fn a_redirect_to_an_unreachable_backend_names_it_and_what_to_do() {
    let closed = closed_port().await;
    let to = format!("http://{closed}/api/d/t/_stream_load");
    let fe = Server::start(move |_| Reaction::Redirect(to.clone())).await;
    let error = load_error(&builder([fe.url()]).build().unwrap()).await;
    assert_eq!((error.kind(), error.retry_class()), (ErrorKind::Network, Retry::Safe));
    names(&error, &[&format!("redirected_to=http://{closed}"), &format!("fe=http://{}", fe.address), "reachable"]);
}

#[tokio::test]
async fn a_frontend_that_redirects_to_the_dead_is_passed_over() {
    let (closed, server) = (closed_port().await, Server::start(|_| loaded()).await);
    let to = |address: &str| {
        let to = format!("http://{address}/api/d/t/_stream_load");
        Server::start(move |_| Reaction::Redirect(to.clone()))
    };
    let stale = [to(&closed).await, to(&closed).await];
    let client = builder([&closed, &stale[0].address, &stale[1].address, &server.address]).build().unwrap();
    load(&client).await.unwrap();
    assert_eq!(server.requests().len(), 1);
    // Each was asked once. The error of one that answered tells more than that of one that is not there.
    let error = load_error(&builder([&closed, &stale[0].address, &stale[1].address]).build().unwrap()).await;
    assert_eq!((error.kind(), error.retry_class()), (ErrorKind::Network, Retry::Safe));
    names(&error, &[&format!("redirected_to=http://{closed}"), &format!("fe=http://{}", stale[0].address)]);
    assert_eq!(stale.map(|stale| stale.requests().len()), [2, 2]);
}

#[tokio::test]
async fn what_a_redirect_led_to_and_may_have_had_an_effect_is_not_sent_to_the_next_frontend() {
    let leader = Server::start(|_| Reaction::Reset).await;
    let to = format!("{}/api/d/t/_stream_load", leader.url());
    let follower = Server::start(move |_| Reaction::Redirect(to.clone())).await;
    let next = Server::start(|_| loaded()).await;
    let error = load_error(&builder([&follower.address, &next.address]).build().unwrap()).await;
    assert_eq!(error.retry_class(), Retry::Ambiguous);
    assert_eq!((leader.requests().len(), next.requests().len()), (1, 0));
}

#[tokio::test]
async fn broken_answers_are_ambiguous_and_shown() {
    let cases = [
        (Reaction::Reset, ErrorKind::Network, "broke"),
        (Reaction::Cut(r#"{"Status":"Success""#.to_owned()), ErrorKind::Protocol, "cut off"),
        (Reaction::Answer(r#"{"Status":"Succ"#.to_owned()), ErrorKind::Protocol, r#"{"Status":"Succ"#),
        (Reaction::Answer("<html>hello</html>".to_owned()), ErrorKind::Protocol, "<html>hello</html>"),
        (Reaction::Answer(String::new()), ErrorKind::Protocol, "(empty)"),
        (Reaction::Status(502, "<html>Bad Gateway</html>".to_owned()), ErrorKind::Protocol, "http_status=502"),
        (Reaction::Answer("x".repeat(2 << 20)), ErrorKind::Protocol, "too long"),
    ];
    for (reaction, kind, part) in cases {
        let shown = format!("{reaction:.60?}");
        let server = Server::start(move |_| reaction.clone()).await;
        let error = load_error(&builder([server.url()]).build().unwrap()).await;
        assert_eq!((error.kind(), error.retry_class()), (kind, Retry::Ambiguous), "{shown}: {error}");
        names(&error, &[part, "table=d.t", "label=l", &server.address]);
    }
}

#[tokio::test]
async fn a_server_that_never_answers_times_out() {
    let server = Server::start(|_| Reaction::Silence).await;
    let client = builder([server.url()]).socket_timeout(Some(Duration::from_millis(50))).build().unwrap();
    let error = load_error(&client).await;
    assert_eq!((error.kind(), error.retry_class()), (ErrorKind::Timeout, Retry::Ambiguous));
    names(&error, &["timeout_ms=50", &server.address, "sink.socket.timeout-ms"]);
    // A socket that accepts and says nothing at all.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let client = builder([address.clone()])
        .socket_timeout(Some(Duration::from_millis(50)))
        .wait_for_continue(Duration::from_millis(1))
        .build()
        .unwrap();
    let error = load_error(&client).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    names(&error, &[&address]);
}

#[tokio::test]
async fn refused_credentials_are_told_from_missing_privileges() {
    let rest = |text: &str| format!(r#"{{"status":"FAILED","code":"1","msg":"{text}","message":"{text}"}}"#);
    for (text, kind, hint) in [
        ("Access denied for u@127.0.0.1", ErrorKind::Unauthenticated, "check username"),
        ("Need auth information.", ErrorKind::Unauthenticated, "check username"),
        ("Access denied.", ErrorKind::AccessDenied, "INSERT"),
    ] {
        let body = rest(text);
        let server = Server::start(move |_| Reaction::Early(401, body.clone())).await;
        let error = load_error(&builder([server.url()]).build().unwrap()).await;
        assert_eq!((error.kind(), error.retry_class()), (kind, Retry::Permanent));
        names(&error, &[text, hint, "http_status=401"]);
    }
}

#[tokio::test]
async fn an_idle_connection_that_the_server_closed_is_replaced() {
    // Answers that keep the connection, from a server that closes it all the same.
    let server = Server::start(|seen: &Seen| {
        if seen.connection == 1 && seen.header("label") == "second" { Reaction::Reset } else { loaded() }
    })
    .await;
    let client = builder([server.url()]).build().unwrap();
    client.stream_load("d", "t", "first", &[], &body()).await.unwrap();
    // The request was sent on the old connection, so nobody may send it again without asking.
    let error = client.stream_load("d", "t", "second", &[], &body()).await.unwrap_err();
    assert_eq!(error.retry_class(), Retry::Ambiguous);
    client.stream_load("d", "t", "third", &[], &body()).await.unwrap();
}

#[tokio::test]
async fn a_transaction_talks_to_its_backend_directly_and_ends_through_the_fe() {
    let answer = |seen: &Seen| {
        Reaction::Answer(format!(r#"{{"Status":"OK","Label":"{}","TxnId":9,"Message":""}}"#, seen.label()))
    };
    let be = Server::start(answer).await;
    let to = be.url();
    let fe = Server::start(move |seen| match seen.operation() {
        "begin" => Reaction::Redirect(format!("{to}{}", seen.path)),
        _ => answer(seen),
    })
    .await;
    let client = builder([fe.url()]).build().unwrap();
    let options = TransactionOptions {
        database: "d".into(),
        table: "t".into(),
        properties: vec![("timeout".into(), "77".into()), ("column_separator".into(), ",".into())],
    };
    let mut transaction = client.begin(options, "l1").await.unwrap();
    assert_eq!((transaction.label(), transaction.txn_id()), ("l1", Some(9)));
    transaction.load(2, body()).await.unwrap();
    transaction.load(2, body()).await.unwrap();
    transaction.prepare().await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(fe.operations(), ["begin", "commit"]);
    assert_eq!(be.operations(), ["begin", "load", "load", "prepare"]);
    let begin = &be.requests()[0];
    assert_eq!((begin.header("timeout"), begin.header("db"), begin.header("column_separator")), ("77", "d", ""));
    let load = &be.requests()[1];
    assert_eq!((load.header("column_separator"), load.body.len()), (",", 150_000));
    let connections: Vec<usize> = be.requests().iter().map(|s| s.connection).collect();
    assert_eq!(connections, [1, 1, 1, 1], "one connection serves the whole transaction");
}

#[tokio::test]
async fn a_commit_without_an_answer_is_resolved_by_the_label() {
    let server = Server::start(|seen| match seen.operation() {
        "commit" => Reaction::Reset,
        "get_load_state" => {
            assert_eq!(seen.path, "/api/d/get_load_state?label=l1");
            Reaction::Answer(
                r#"{"state":"VISIBLE","reason":"","status":"OK","code":"0","msg":"Success","message":"OK"}"#.into(),
            )
        }
        _ => Reaction::Answer(r#"{"Status":"OK","Label":"l1","TxnId":9,"Message":""}"#.into()),
    })
    .await;
    let client = builder([server.url()]).build().unwrap();
    let options = TransactionOptions { database: "d".into(), table: "t".into(), properties: Vec::new() };
    let mut transaction = client.begin(options, "l1").await.unwrap();
    transaction.prepare().await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(server.operations(), ["begin", "prepare", "commit", "get_load_state"]);
    assert_eq!(client.label_state("d", "l1").await.unwrap(), LabelState::Visible);
}

#[tokio::test]
async fn the_transaction_interface_is_probed_as_every_version_answers() {
    for (status, body, supported) in [
        (
            200,
            r#"{"Status":"FAILED","Message":"class com.starrocks.common.StarRocksException: No database selected."}"#,
            true,
        ),
        (200, r#"{"Status":"INVALID_ARGUMENT","Message":"empty label"}"#, true),
        (200, r#"{"status":"FAILED","code":"1","msg":"Not implemented","message":"Not implemented"}"#, false),
        (501, r#"{"status":"FAILED","code":"1","msg":"Not implemented","message":"Not implemented"}"#, false),
        (404, "<html>", false),
    ] {
        let server = Server::start(move |_| Reaction::Status(status, body.to_owned())).await;
        let probed = builder([server.url()]).build().unwrap().probe_transactions().await;
        assert_eq!(probed.unwrap(), supported, "{status} {body}");
    }
    assert!(builder([closed_port().await]).build().unwrap().probe_transactions().await.is_err());
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_before_anything_is_sent() {
    assert_eq!(builder(Vec::<String>::new()).build().unwrap_err_kind(), ErrorKind::InvalidConfig);
    assert_eq!(builder(["fe"]).build().unwrap_err_kind(), ErrorKind::InvalidConfig);
    assert_eq!(builder(["fe:1"]).ca_file("/nonexistent.pem").build().unwrap_err_kind(), ErrorKind::InvalidConfig);
    assert_eq!(builder(["fe:1"]).jdbc_url("fe:9030").build().unwrap_err_kind(), ErrorKind::InvalidConfig);
    let client = builder([closed_port().await]).build().unwrap();
    for (database, label) in [("", "l"), ("d", "bad label!")] {
        let error = client.stream_load(database, "t", label, &[], &body()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    }
}

/// A server certificate for this host, and a file with it as a certificate authority.
fn certificate() -> (TlsAcceptor, tempfile::NamedTempFile) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(made.cert.pem().as_bytes()).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), file)
}

#[tokio::test]
async fn tls_needs_a_certificate_that_somebody_vouches_for() {
    let (tls, ca) = certificate();
    let server = Server::start_with(Some(tls), |_| loaded()).await;
    let url = format!("https://{}", server.address);
    load(&builder([url.clone()]).ca_file(ca.path()).build().unwrap()).await.unwrap();
    assert_eq!(server.requests()[0].header("authorization"), "Basic dTpzZWNyZXQ=");
    let error = load_error(&builder([url]).build().unwrap()).await;
    assert_eq!(error.kind(), ErrorKind::Network);
    names(&error, &["TLS handshake", "certificate", &server.address]);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_redirect_may_add_encryption_but_never_drop_it() {
    let (tls, ca) = certificate();
    let plain = Server::start(|_| loaded()).await;
    let to = format!("{}/api/d/t/_stream_load", plain.url());
    let fe = Server::start_with(Some(tls.clone()), move |_| Reaction::Redirect(to.clone())).await;
    let client = builder([format!("https://{}", fe.address)]).ca_file(ca.path()).build().unwrap();
    let error = load_error(&client).await;
    assert_eq!((error.kind(), error.retry_class()), (ErrorKind::Protocol, Retry::Permanent));
    names(&error, &["https to http", &plain.address]);
    assert_eq!(plain.requests().len(), 0, "the password went out in clear");

    let be = Server::start_with(Some(tls), |_| loaded()).await;
    let to = format!("https://{}/api/d/t/_stream_load", be.address);
    let fe = Server::start(move |_| Reaction::Redirect(to.clone())).await;
    load(&builder([fe.url()]).ca_file(ca.path()).build().unwrap()).await.unwrap();
}

trait ErrKind {
    fn unwrap_err_kind(self) -> ErrorKind;
}

impl ErrKind for Result<StarRocks, Error> {
    fn unwrap_err_kind(self) -> ErrorKind {
        self.err().expect("no error").kind()
    }
}
