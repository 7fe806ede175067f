// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! TLS: whom to trust, and who we are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mysql_async::{ClientIdentity, SslOpts};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use starrocks_types::{Error, ErrorKind, Result};
use tokio_rustls::TlsConnector;

/// PEM files.
#[derive(Debug, Clone, Default)]
pub(crate) struct TlsFiles {
    /// Certificate authorities to trust beside the public ones.
    pub(crate) ca_file: Option<PathBuf>,
    /// Our certificate and its key.
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
}

/// How the MySQL port is spoken to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum MysqlTls {
    /// In clear.
    #[default]
    Off,
    /// Encrypted, with whoever answers.
    Encrypted,
    /// Encrypted, with a server that a trusted authority vouches for, whatever its name.
    Trusted,
    /// Encrypted, with a server that a trusted authority vouches for by name.
    Verified,
}

/// A connector that trusts the public web's roots and those of the CA file.
pub(crate) fn connector(files: &TlsFiles) -> Result<TlsConnector> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = &files.ca_file {
        for certificate in certificates(path)? {
            roots
                .add(certificate)
                .map_err(|e| unusable(path, "a certificate of the CA file is not usable").caused_by(e))?;
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::new(ErrorKind::Unexpected, "TLS cannot be set up").caused_by(e))?
        .with_root_certificates(roots);
    let config = match &files.identity {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            let secret = PrivateKeyDer::from_pem_file(key)
                .map_err(|e| unusable(key, "the key file cannot be read as PEM").caused_by(e))?;
            config
                .with_client_auth_cert(certificates(certificate)?, secret)
                .map_err(|e| unusable(certificate, "certificate and key do not go together").caused_by(e))?
        }
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

/// What the MySQL client has to know; the files were checked by [`connector`].
pub(crate) fn mysql(mode: MysqlTls, files: &TlsFiles) -> Option<SslOpts> {
    let options = SslOpts::default()
        .with_root_certs(files.ca_file.iter().map(|path| path.clone().into()).collect())
        .with_client_identity(
            files.identity.as_ref().map(|(cert, key)| ClientIdentity::new(cert.clone().into(), key.clone().into())),
        );
    match mode {
        MysqlTls::Off => None,
        MysqlTls::Encrypted => Some(options.with_danger_accept_invalid_certs(true)),
        // The MySQL client passes over a wrong name only if the text of the error, which tells the name that was expected,
        // holds this word. Every other fault of the certificate stays one.
        MysqlTls::Trusted => Some(
            options.with_danger_skip_domain_validation(true).with_danger_tls_hostname_override(Some("NotValidForName")),
        ),
        MysqlTls::Verified => Some(options),
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_file_iter(path)
        .map_err(|e| unusable(path, "the certificate file cannot be read").caused_by(e))?
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| unusable(path, "the certificate file is not PEM").caused_by(e))?;
    if certificates.is_empty() {
        return Err(unusable(path, "the certificate file holds no certificate"));
    }
    Ok(certificates)
}

fn unusable(path: &Path, message: &str) -> Error {
    Error::new(ErrorKind::InvalidConfig, message.to_owned()).with("file", path.display())
}
