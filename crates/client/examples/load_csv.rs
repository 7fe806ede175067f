// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Loads a CSV file into a table, exactly once: all rows become visible together, and running the program again, after
//! whatever happened to the first run, does not load them twice.
//!
//! ```text
//! cargo run --example load_csv -- http://127.0.0.1:8030 root "" my_database my_table rows.csv
//! ```
//!
//! The last argument may be followed by a column separator (default `,`). A row ends at a newline, so values must not
//! contain any.

use std::fs::File;
use std::io::Read;
use std::process::ExitCode;

use bytes::Bytes;
use starrocks_client::{LabelState, StarRocks, Transaction, TransactionOptions};
use starrocks_types::{Error, ErrorKind, Result};

/// Size of one load. The file is never in memory as a whole.
const CHUNK_BYTES: usize = 8 << 20;

#[tokio::main(flavor = "current_thread")]
#[allow(clippy::print_stdout, reason = "a command-line program")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments).await {
        Ok(message) => {
            println!("{message}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Loads as the arguments say, and tells what was done.
pub async fn run(arguments: &[String]) -> Result<String> {
    let (required, separator) = match arguments {
        [required @ .., separator] if required.len() == 6 => (required, separator.as_str()),
        required => (required, ","),
    };
    let [url, user, password, database, table, path] = required else {
        return Err(Error::new(
            ErrorKind::InvalidConfig,
            "usage: load_csv LOAD_URL USER PASSWORD DATABASE TABLE FILE [COLUMN_SEPARATOR]",
        ));
    };
    let client = StarRocks::builder().load_urls([url]).credentials(user, password).build()?;
    let options = TransactionOptions {
        database: database.clone(),
        table: table.clone(),
        properties: vec![("column_separator".to_owned(), separator.to_owned())],
    };
    // The label says what is loaded, so the server itself remembers whether it was.
    let label = format!("load_csv-{:016x}", fingerprint(path, &[database, table])?);
    let mut transaction = match client.begin(options, &label).await {
        Err(error) if error.kind() == ErrorKind::LabelExists => {
            return match client.label_state(database, &label).await? {
                LabelState::Visible | LabelState::Committed => Ok(format!("already loaded as {label}")),
                _ => Err(error.hint("another run is still loading this file")),
            };
        }
        begun => begun?,
    };
    match load(&mut transaction, path).await {
        Ok(rows) => {
            transaction.commit().await?;
            Ok(format!("{rows} rows loaded as {label}"))
        }
        Err(error) => {
            // If this fails too, the server rolls back at its time-out.
            let _ = transaction.rollback().await;
            Err(error)
        }
    }
}

/// Sends the file in chunks of whole rows, and prepares.
async fn load(transaction: &mut Transaction, path: &str) -> Result<u64> {
    let mut file = open(path)?;
    let mut rest = Vec::new();
    let mut rows = 0;
    loop {
        let mut chunk = std::mem::take(&mut rest);
        let wanted = CHUNK_BYTES.saturating_sub(chunk.len()) as u64;
        let read = (&mut file).take(wanted).read_to_end(&mut chunk).map_err(|e| unreadable(path, e))?;
        let at_end = read == 0;
        match chunk.iter().rposition(|b| *b == b'\n') {
            Some(end) if !at_end => rest = chunk.split_off(end + 1),
            None if !at_end => {
                return Err(Error::new(ErrorKind::InvalidRow, "a row is longer than 8 MiB").with("file", path));
            }
            // Without its delimiter the last row would grow together with the next body.
            _ if chunk.last().is_some_and(|b| *b != b'\n') => chunk.push(b'\n'),
            _ => {}
        }
        let count = chunk.iter().filter(|b| **b == b'\n').count() as u64;
        if count > 0 {
            transaction.load(count, vec![Bytes::from(chunk)]).await?;
            rows += count;
        }
        if at_end {
            break;
        }
    }
    if rows == 0 {
        return Err(Error::new(ErrorKind::InvalidConfig, "the file holds no rows").with("file", path));
    }
    transaction.prepare().await?;
    Ok(rows)
}

/// FNV-1a over the target and the content.
fn fingerprint(path: &str, target: &[&str]) -> Result<u64> {
    let mix =
        |hash: u64, bytes: &[u8]| bytes.iter().fold(hash, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for part in target {
        hash = mix(mix(hash, part.as_bytes()), &[0]);
    }
    let mut file = open(path)?;
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block).map_err(|e| unreadable(path, e))? {
            0 => return Ok(hash),
            read => hash = mix(hash, block.get(..read).unwrap_or_default()),
        }
    }
}

fn open(path: &str) -> Result<File> {
    File::open(path).map_err(|e| unreadable(path, e))
}

fn unreadable(path: &str, error: std::io::Error) -> Error {
    Error::new(ErrorKind::InvalidConfig, "the file cannot be read").with("file", path).caused_by(error)
}
