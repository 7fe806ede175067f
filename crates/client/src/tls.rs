// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! TLS for HTTP connections.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use starrocks_types::{Error, ErrorKind, Result};
use tokio_rustls::TlsConnector;

/// A connector that trusts the public web's roots, and the certificates of `ca_file` if there is one.
pub(crate) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = ca_file {
        let bad =
            |message: &str| Error::new(ErrorKind::InvalidConfig, message.to_owned()).with("ca_file", path.display());
        let certificates = CertificateDer::pem_file_iter(path)
            .map_err(|e| bad("the CA file cannot be read").caused_by(e))?
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| bad("the CA file is not PEM").caused_by(e))?;
        if certificates.is_empty() {
            return Err(bad("the CA file holds no certificate"));
        }
        for certificate in certificates {
            roots.add(certificate).map_err(|e| bad("a certificate of the CA file is not usable").caused_by(e))?;
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::new(ErrorKind::Unexpected, "TLS cannot be set up").caused_by(e))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
