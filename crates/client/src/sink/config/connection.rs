// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Where a sink connects to.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use starrocks_types::{Error, ErrorKind, Result};

use super::defaults;
use crate::connection::StarRocks;

/// Where and as whom to connect.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionConfig {
    /// HTTP addresses of the frontends.
    pub load_urls: Vec<String>,
    /// `jdbc:mysql://…` of the frontends; needed for table descriptions only.
    #[serde(default)]
    pub jdbc_url: String,
    /// Arrow Flight SQL addresses of the frontends; with them queries go there instead of to the MySQL port.
    #[serde(default)]
    pub arrow_flight_urls: Vec<String>,
    /// User.
    pub username: String,
    /// Password.
    pub password: String,
    /// Longest wait for a connection.
    #[serde(default = "defaults::connect_timeout_ms")]
    pub connect_timeout_ms: u64,
    /// Longest wait for any progress; 0 and below mean as long as the load may take.
    #[serde(default = "defaults::socket_timeout_ms")]
    pub socket_timeout_ms: i64,
    /// How long a body waits for `100 Continue`.
    #[serde(default = "defaults::continue_timeout_ms")]
    pub continue_timeout_ms: u64,
    /// How long a commit waits for its rows to become visible; 0 and below leave it to the server.
    #[serde(default)]
    pub publish_timeout_ms: i64,
    /// Where the servers of the cluster are reached from here: rules `internal=external`.
    #[serde(default)]
    pub host_mapping: Vec<String>,
    /// HTTP addresses of backends, to which loads go without asking a frontend for one.
    #[serde(default)]
    pub backend_urls: Vec<String>,
    /// PEM file of certificate authorities to trust beside the public ones.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// PEM file of our certificate.
    #[serde(default)]
    pub cert_file: Option<PathBuf>,
    /// PEM file of the certificate's key.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// Keep row values out of error messages.
    #[serde(default)]
    pub sanitize_error_log: bool,
}

impl fmt::Debug for ConnectionConfig {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionConfig")
            .field("load_urls", &self.load_urls)
            .field("jdbc_url", &self.jdbc_url)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

impl ConnectionConfig {
    /// Connects to nothing yet.
    pub fn client(&self) -> Result<StarRocks> {
        let positive = |ms: i64| u64::try_from(ms).ok().filter(|ms| *ms > 0).map(Duration::from_millis);
        let mut builder = StarRocks::builder();
        if let Some(file) = &self.ca_file {
            builder = builder.ca_file(file);
        }
        builder = match (&self.cert_file, &self.key_file) {
            (Some(certificate), Some(key)) => builder.client_certificate(certificate, key),
            (None, None) => builder,
            _ => {
                let message = "a client certificate needs a certificate file and a key file";
                return Err(Error::new(ErrorKind::InvalidConfig, message).hint("set ssl.cert-file and ssl.key-file"));
            }
        };
        builder
            .host_mapping(self.host_mapping.iter().cloned())
            .backend_urls(self.backend_urls.iter().cloned())
            .load_urls(self.load_urls.iter().cloned())
            .jdbc_url(self.jdbc_url.clone())
            .arrow_flight_urls(self.arrow_flight_urls.iter().cloned())
            .credentials(&self.username, &self.password)
            .connect_timeout(Duration::from_millis(self.connect_timeout_ms))
            .socket_timeout(positive(self.socket_timeout_ms))
            .wait_for_continue(Duration::from_millis(self.continue_timeout_ms))
            .publish_timeout(positive(self.publish_timeout_ms))
            .sanitize_error_log(self.sanitize_error_log)
            .build()
    }
}
