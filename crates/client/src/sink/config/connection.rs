// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Where a sink connects to.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use starrocks_types::{Error, ErrorKind, Result};
use tokio::runtime::{Handle, Id};

use super::defaults;
use crate::connection::{StarRocks, WeakStarRocks};

/// Where and as whom to connect.
#[derive(Clone, PartialEq, Eq, Deserialize)]
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

/// What clients have in common that can be one.
#[derive(PartialEq, Eq)]
struct Key {
    config: ConnectionConfig,
    /// What the PEM files hold: a certificate may be renewed.
    files: [Option<Vec<u8>>; 3],
    /// Connections live on the runtime that made them.
    runtime: Id,
}

/// The shared clients that are in use.
static SHARED: Mutex<Vec<(Key, WeakStarRocks)>> = Mutex::new(Vec::new());

impl ConnectionConfig {
    /// The client of all who connect with these settings on the current runtime, so that its connections are reused from one
    /// request to the next, whoever sends it. Outside of a runtime, one of its own. It is closed with its last user.
    pub(crate) fn shared_client(&self) -> Result<StarRocks> {
        let Ok(runtime) = Handle::try_current() else { return self.client() };
        // A file that cannot be read is an error of the new client.
        let files = [&self.ca_file, &self.cert_file, &self.key_file].map(|file| std::fs::read(file.as_ref()?).ok());
        let key = Key { config: self.clone(), files, runtime: runtime.id() };
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.retain(|(_, client)| client.upgrade().is_some());
        if let Some(client) = shared.iter().find(|(of, _)| *of == key).and_then(|(_, client)| client.upgrade()) {
            return Ok(client);
        }
        let client = self.client()?;
        shared.push((key, client.downgrade()));
        Ok(client)
    }

    /// A client of its own, which connects to nothing yet.
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

#[cfg(test)]
mod tests {
    use rcgen::generate_simple_self_signed;
    use serde_json::json;
    use tempfile::NamedTempFile;

    use super::*;

    #[tokio::test]
    async fn a_client_is_shared_while_its_settings_and_files_are_the_same_and_someone_has_it() {
        let file = NamedTempFile::new().unwrap();
        let certify = || {
            std::fs::write(file.path(), generate_simple_self_signed(["h".to_owned()]).unwrap().cert.pem()).unwrap();
        };
        certify();
        let config = |password: &str| -> ConnectionConfig {
            let document =
                json!({ "load_urls": ["h:1"], "username": "u", "password": password, "ca_file": file.path() });
            serde_json::from_value(document).unwrap()
        };
        let same = |a: &StarRocks, b: &StarRocks| std::ptr::eq(a.http(), b.http());
        let first = config("p").shared_client().unwrap();
        assert!(same(&first, &config("p").shared_client().unwrap()));
        assert!(!same(&first, &config("q").shared_client().unwrap()));
        let outside = std::thread::spawn({
            let config = config("p");
            move || config.shared_client().unwrap()
        });
        assert!(!same(&first, &outside.join().unwrap()), "of another runtime, or of none");
        certify();
        let renewed = config("p").shared_client().unwrap();
        assert!(!same(&first, &renewed));
        let gone = renewed.downgrade();
        drop(renewed);
        assert!(gone.upgrade().is_none());
    }
}
