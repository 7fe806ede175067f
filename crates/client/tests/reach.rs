// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Clusters that are hard to reach: addresses that lead nowhere from here, private certificates, servers that want to know
//! who connects.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/mysql.rs"]
mod mysql;
mod support;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use starrocks_client::sink::{Budget, FlushMode, Sink, SinkConfig};
use starrocks_client::{Reply, StarRocks, StarRocksBuilder};
use starrocks_types::{Error, ErrorKind, Retry};
use support::{Reaction, Seen, Server, closed_port};
use tempfile::NamedTempFile;
use tokio::runtime::Handle;
use tokio_rustls::TlsAcceptor;

fn builder(url: &str) -> StarRocksBuilder {
    StarRocks::builder().load_urls([url]).credentials("u", "secret")
}

async fn load(client: &StarRocks) -> Result<Reply, Error> {
    client.stream_load("d", "t", "l", &[], &[Bytes::from_static(b"1\n")]).await
}

fn answer(seen: &Seen) -> Reaction {
    let status = if seen.operation() == "_stream_load" { "Success" } else { "OK" };
    Reaction::Answer(format!(r#"{{"Status":"{status}","Label":"{}","TxnId":7,"Message":""}}"#, seen.label()))
}

/// A frontend that sends everything but commits to `to`.
async fn frontend(to: &str) -> Server {
    let to = to.to_owned();
    Server::start(move |seen| match seen.operation() {
        "commit" => answer(seen),
        _ => Reaction::Redirect(format!("http://{to}{}", seen.path)),
    })
    .await
}

fn port(server: &Server) -> &str {
    server.address.rsplit(':').next().unwrap()
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_mapped() {
    let be = Server::start(answer).await;
    let closed = closed_port().await;
    let fe = frontend("be-0.be-search.ns.svc.cluster.local:8040").await;
    for rule in [
        format!("be-0.be-search.ns.svc.cluster.local:8040={}", be.address),
        format!("*.svc.cluster.local={}", be.address),
        format!("*:8040=@fe:{}", port(&be)),
        format!("be-*.be-search.*=127.0.0.1:{}", port(&be)),
    ] {
        let client = builder(&fe.url()).host_mapping([format!("be-1={closed}"), rule.clone()]).build().unwrap();
        load(&client).await.unwrap_or_else(|e| panic!("{rule}: {e}"));
    }
    assert_eq!(be.requests().len(), 4);
    // A rule that leads nowhere is named, and so is the address that it maps.
    let client = builder(&fe.url()).host_mapping([format!("*={closed}")]).build().unwrap();
    let error = load(&client).await.unwrap_err();
    assert_eq!(error.retry_class(), Retry::Safe);
    for part in ["mapped_from=http://be-0.be-search.ns.svc.cluster.local:8040", &closed, "host-mapping", &fe.address] {
        assert!(error.to_string().contains(part), "{part} is missing in {error}");
    }
}

#[tokio::test]
async fn the_log_of_rejected_rows_is_found_through_the_mapping() {
    let log = Server::start(|_| Reaction::Answer("Error: NULL value in non-nullable column 'c2'.\n".to_owned())).await;
    let be = Server::start(|_| {
        Reaction::Answer(
            r#"{"Status":"Fail","Message":"too many filtered rows","ErrorURL":"http://be.internal:8040/api/_load_error_log?file=x"}"#
                .to_owned(),
        )
    })
    .await;
    let fe = frontend(&be.address).await;
    let client = builder(&fe.url()).host_mapping([format!("be.internal={}", log.address)]).build().unwrap();
    let error = load(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RowsRejected);
    for part in ["errorLog: Error: NULL value", &format!("fe={}", fe.url()), &format!("be={}", be.url())] {
        assert!(error.to_string().contains(part), "{part} is missing in {error}");
    }
    let error = load(&builder(&fe.url()).build().unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("error_log=could not be read from here"), "{error}");
}

#[tokio::test]
async fn loads_go_to_the_backends_that_the_user_names() {
    let be = Server::start(answer).await;
    let fe = frontend("be.internal:8040").await;
    for (more, at_be, at_fe) in [
        ("", vec!["begin", "load", "prepare"], vec!["commit"]),
        (r#","use_transaction":false"#, vec!["_stream_load"], vec![]),
    ] {
        be.seen.lock().unwrap().clear();
        fe.seen.lock().unwrap().clear();
        let text = format!(
            r#"{{"version":1,"connection":{{"load_urls":["{}"],"username":"u","password":"","backend_urls":["{}","{}"]}},
                "database":"d","table":"t","retry_interval_ms":1{more}}}"#,
            fe.address,
            closed_port().await,
            be.address
        );
        let config = SinkConfig::from_json(text.as_bytes()).unwrap();
        let (sink, mut encoder) = Sink::open(config, &Handle::current(), &Budget::new()).unwrap();
        encoder.write_raw(b"1\n", 1).unwrap();
        encoder.ready().await.unwrap();
        encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap();
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!((be.operations(), fe.operations()), (owned(at_be), owned(at_fe)), "{more}");
        sink.start_close();
        sink.closed().await;
    }
}

/// A certificate authority, and what it vouches for.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    fn file(&self) -> NamedTempFile {
        pem(&self.issuer.pem())
    }

    /// Files of a certificate for a name, and of its key.
    fn issue(&self, name: &str) -> (NamedTempFile, NamedTempFile) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        (pem(&certificate.pem()), pem(&key.serialize_pem()))
    }

    /// Encrypts with a certificate for a name; with `clients`, for those only whom that authority vouches for.
    fn acceptor(&self, name: &str, clients: Option<&Self>) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        let config =
            ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
        let config = match clients {
            None => config.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.issuer.der().clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
                config.with_client_cert_verifier(verifier)
            }
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).unwrap()))
    }
}

fn pem(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[tokio::test]
async fn a_server_may_want_to_know_who_connects() {
    let (servers, clients) = (Authority::new(), Authority::new());
    let server = Server::start_with(Some(servers.acceptor("127.0.0.1", Some(&clients))), answer).await;
    let url = format!("https://{}", server.address);
    let ca = servers.file();
    let (certificate, key) = clients.issue("flink");
    let client = |identity: Option<(&Path, &Path)>| {
        let builder = builder(&url).ca_file(ca.path());
        match identity {
            Some((certificate, key)) => builder.client_certificate(certificate, key),
            None => builder,
        }
    };
    load(&client(Some((certificate.path(), key.path()))).build().unwrap()).await.unwrap();
    let (foreign, foreign_key) = servers.issue("flink");
    for identity in [None, Some((foreign.path(), foreign_key.path()))] {
        let error = load(&client(identity).build().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network, "{error}");
        assert!(error.to_string().contains(&server.address), "{error}");
    }
    assert_eq!(server.requests().len(), 1);
    for (certificate, key) in [
        (certificate.path(), foreign_key.path()),
        (key.path(), key.path()),
        (certificate.path(), Path::new("/nonexistent")),
    ] {
        let error = client(Some((certificate, key))).build().err().expect("no error");
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        assert!(error.to_string().contains("file=/"), "{error}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_accepted() {
    let authority = Authority::new();
    let server = Server::start_with(Some(authority.acceptor("elsewhere", None)), answer).await;
    let ca = authority.file();
    let client = builder(&format!("https://{}", server.address)).ca_file(ca.path()).build().unwrap();
    let error = load(&client).await.unwrap_err();
    assert!(error.to_string().contains("TLS handshake"), "{error}");
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn the_mysql_port_is_encrypted_as_the_url_says() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (ca, wrong) = (authority.file(), other.file());
    for (name, options, file, works) in [
        ("127.0.0.1", "?sslMode=VERIFY_IDENTITY", Some(&ca), true),
        ("elsewhere", "?sslMode=VERIFY_IDENTITY", Some(&ca), false),
        ("127.0.0.1", "?sslMode=VERIFY_CA", Some(&ca), true),
        ("elsewhere", "?sslMode=VERIFY_CA", Some(&ca), true),
        ("127.0.0.1", "?sslMode=VERIFY_CA", Some(&wrong), false),
        ("elsewhere", "?sslMode=VERIFY_CA", Some(&wrong), false),
        ("elsewhere", "?sslMode=REQUIRED", None, true),
        ("elsewhere", "", None, true),
    ] {
        let acceptor = authority.acceptor(name, None);
        let server = mysql::MySql::start_with(Some(acceptor), true, |_| mysql::rows("3.5.5-abc")).await;
        let mut builder = builder("http://127.0.0.1:1").jdbc_url(format!("{}/{options}", server.url()));
        if let Some(file) = file {
            builder = builder.ca_file(file.path());
        }
        let version = builder.build().unwrap().server_version().await;
        assert_eq!(version.is_ok(), works, "{name} {options}: {version:?}");
        assert_eq!(server.encrypted(), works && !options.is_empty(), "{name} {options}");
    }
    // A server that cannot encrypt is not spoken to in clear.
    let server = mysql::MySql::start(true, |_| mysql::rows("3.5.5-abc")).await;
    let client = builder("http://127.0.0.1:1").jdbc_url(format!("{}/?sslMode=REQUIRED", server.url())).build().unwrap();
    client.server_version().await.unwrap_err();
    assert_eq!(server.queries.lock().unwrap().len(), 0);
}
