// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Writes rows to many tables and commits them together, checkpoint after checkpoint; prints how long a checkpoint takes.
//!
//! ```text
//! cargo run --example checkpoints -- http://127.0.0.1:8030 root "" my_database t1 t2 t3
//! ```
//!
//! The tables have two columns, a number and a text. All of them are prepared at once and committed at once, so that twenty
//! tables wait for the server about as long as two.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::json;
use starrocks_client::sink::{Budget, FlushMode, Sink, SinkConfig, SinkEncoder};
use starrocks_client::tasks::run_task;
use starrocks_types::{Error, ErrorKind, Result};
use tokio::runtime::Handle;

const CHECKPOINTS: usize = 11;
/// Rows of a checkpoint, over all tables, so that only the number of tables makes a difference.
const ROWS: usize = 20_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stdout, reason = "a command-line program")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments).await {
        Ok(median) => {
            println!("{} tables: {} ms from barrier to commit", arguments.len() - 4, median.as_millis());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The median time that a checkpoint takes.
async fn run(arguments: &[String]) -> Result<Duration> {
    let [url, user, password, database, tables @ ..] = arguments else {
        return Err(Error::new(
            ErrorKind::InvalidConfig,
            "usage: checkpoints LOAD_URL USER PASSWORD DATABASE TABLE...",
        ));
    };
    let connection = json!({ "load_urls": [url], "username": user, "password": password });
    let budget = Budget::new();
    let mut writers: Vec<(Sink, SinkEncoder)> = Vec::new();
    for table in tables {
        let config = json!({
            "version": 1, "connection": connection, "database": database, "table": table,
            "semantic": "exactly-once", "label_prefix": "checkpoints",
            "properties": { "column_separator": ",", "row_delimiter": "\\n" },
        });
        let config = SinkConfig::from_json(config.to_string().as_bytes())?;
        writers.push(Sink::open(config, &Handle::current(), &budget)?);
    }
    let rows_each = ROWS / tables.len().max(1);
    let rows: String = (0..rows_each).map(|i| format!("{i},some text\n")).collect();
    let mut times = Vec::new();
    for checkpoint in 1..=CHECKPOINTS as u64 {
        for (_, encoder) in &mut writers {
            encoder.write_raw(rows.as_bytes(), rows_each as u64)?;
            encoder.ready().await?;
        }
        let barrier = Instant::now();
        let mut flushes = Vec::new();
        for (_, encoder) in &mut writers {
            flushes.push(encoder.start_flush(FlushMode::Prepare, Some(checkpoint))?);
        }
        let mut committables = Vec::new();
        for flush in flushes {
            committables.extend(flush.await?);
        }
        let commit = json!({ "task": "commit", "connection": connection, "committables": committables });
        run_task(commit.to_string().as_bytes()).await?;
        times.push(barrier.elapsed());
    }
    for (sink, _) in &writers {
        sink.start_close();
        sink.closed().await;
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}
