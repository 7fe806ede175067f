// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! `srctl export`: copies a table, or the rows of a statement, into files.

mod copy;
mod file;
mod format;

use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use starrocks_client::StarRocks;
use starrocks_client::scan::{ScanOptions, ScanRequest};
use starrocks_types::{Error, ErrorKind, Result};
use tokio::signal::unix::{SignalKind, signal};

use self::format::Format;
use crate::sql::statements;

/// Flags of `srctl export`.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  srctl export --table demo.flights --format parquet -o flights.parquet
  srctl export --table demo.flights --columns carrier,distance --where 'distance > 1000' --format csv -o long/
  srctl export --sql 'SELECT carrier, count(*) FROM demo.flights GROUP BY carrier' --format json -o carriers.json

A table is read from the backends directly, several tablets at a time, each at one version: the FE's HTTP port and the
BEs' thrift ports (be_port) have to be reachable. Views, external tables, joins and aggregates go through --sql, which is
one stream from the FE's MySQL port, or over Arrow Flight SQL with --arrow-flight.

Every row is written once, or the command fails and leaves no file. Files have a temporary name until all are complete.

Exit code: 0 when all rows are written, 1 when not, 2 for a command line that cannot be understood.")]
pub(crate) struct ExportArgs {
    /// HTTP addresses of frontends, separated by commas: host:port, or https://host:port
    #[arg(long, value_name = "HOST:PORT", value_delimiter = ',', default_value = "127.0.0.1:8030")]
    fe_http: Vec<String>,
    /// MySQL addresses of frontends, for --sql; `?sslMode=VERIFY_CA` at the end asks for TLS
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9030")]
    query: String,
    /// Arrow Flight SQL addresses of frontends (arrow_flight_port, from StarRocks 3.5.1 on), separated by commas: --sql goes
    /// there instead of to the MySQL port; rows come from the BEs' arrow_flight_port
    #[arg(long, value_name = "HOST:PORT", value_delimiter = ',', conflicts_with = "table")]
    arrow_flight: Vec<String>,
    /// User name
    #[arg(short, long, default_value = "root")]
    user: String,
    /// File with the password in its first line, `-` for standard input; else STARROCKS_PASSWORD of the environment, else none
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// PEM file of certificate authorities to trust beside the public ones
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Table or materialized view to read
    #[arg(long, value_name = "DB.TABLE", value_parser = table, required_unless_present = "sql")]
    table: Option<(String, String)>,
    /// Columns to read, separated by commas; all without it
    #[arg(long, value_delimiter = ',', conflicts_with = "sql", value_parser = NonEmptyStringValueParser::new())]
    columns: Vec<String>,
    /// Which rows to read: a predicate in StarRocks SQL
    #[arg(long = "where", value_name = "PREDICATE", conflicts_with = "sql")]
    filter: Option<String>,
    /// Statement whose rows to write, instead of a table
    #[arg(long, conflicts_with = "table")]
    sql: Option<String>,
    /// Format of the files
    #[arg(long, value_enum)]
    format: Format,
    /// File to write, or directory (one that exists or a name that ends in `/`) for one file for each of --parallel
    #[arg(short, long, value_name = "FILE|DIR")]
    output: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    overwrite: bool,
    /// Text that stands for NULL in CSV; a value that is spelled the same is an error
    #[arg(long, default_value = "\\N")]
    null: String,
    /// Tablets to read at the same time
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=256))]
    parallel: u32,
    /// Warehouse that plans and reads
    #[arg(long)]
    warehouse: Option<String>,
    /// Where BEs are reached from here: reachable:port,advertised:port;…
    #[arg(long, value_name = "MAPPING", default_value = "", hide_default_value = true)]
    be_host_mapping: String,
    /// Seconds that reading one tablet, or waiting for a row of a statement, may take
    #[arg(long, default_value_t = 3600, value_parser = clap::value_parser!(u32).range(1..=2_147_483_647))]
    query_timeout: u32,
}

fn table(text: &str) -> Result<(String, String), String> {
    match text.split_once('.') {
        Some((database, table)) if !database.is_empty() && !table.is_empty() => {
            Ok((database.to_owned(), table.to_owned()))
        }
        _ => Err("write it as database.table".to_owned()),
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, Default)]
struct Written {
    rows: u64,
    files: usize,
    bytes: u64,
}

/// Exports, and says at the end how many rows there were.
pub(crate) fn run(args: ExportArgs) -> io::Result<()> {
    let started = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let exported = runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let ended = tokio::select! {
            exported = export(args) => return exported.map_err(io::Error::other),
            _ = tokio::signal::ctrl_c() => "interrupted",
            _ = terminate.recv() => "terminated",
        };
        Err(io::Error::other(format!("{ended}: no file was written")))
    });
    // Closing scanners goes on in the background for a moment.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    let Written { rows, files, bytes } = exported?;
    let seconds = started.elapsed().as_secs_f64();
    writeln!(io::stdout(), "exported {rows} rows to {files} files, {bytes} bytes, in {seconds:.1} s").map_err(|error| {
        io::Error::other(format!("all {rows} rows are exported, but standard output cannot be written: {error}"))
    })
}

async fn export(args: ExportArgs) -> Result<Written> {
    let password = password(args.password_file.as_deref())?;
    let mut builder = StarRocks::builder()
        .load_urls(args.fe_http)
        .jdbc_url(format!("jdbc:mysql://{}", args.query))
        .arrow_flight_urls(args.arrow_flight)
        .credentials(args.user, password);
    if let Some(file) = args.ca_file {
        builder = builder.ca_file(file);
    }
    let target = copy::Target { path: args.output, format: args.format, null: args.null, overwrite: args.overwrite };
    let client = builder.build()?;
    let timeout_s = args.query_timeout;
    match (args.table, args.sql) {
        (Some((database, table)), _) => {
            let request = ScanRequest {
                filter: args.filter,
                warehouse: args.warehouse,
                ..ScanRequest::table(database, table).columns(args.columns)
            };
            let options = ScanOptions {
                batch_rows: 16_384,
                query_timeout_s: timeout_s,
                be_host_mapping: args.be_host_mapping,
                parallel_tablets: args.parallel,
                ..ScanOptions::default()
            };
            copy::table(&client, &request, &options, &target).await
        }
        (None, Some(sql)) if statements(&sql).len() != 1 => {
            Err(Error::new(ErrorKind::InvalidConfig, "--sql takes one statement")
                .with("statements", statements(&sql).len())
                .hint("export the rows of each by a command of its own"))
        }
        (None, Some(sql)) => copy::statement(&client, &sql, u64::from(timeout_s), &target).await,
        (None, None) => Err(Error::new(ErrorKind::InvalidConfig, "nothing to export").hint("give --table or --sql")),
    }
}

/// Never from the command line, which every user of the machine can read.
fn password(file: Option<&std::path::Path>) -> Result<String> {
    let Some(path) = file else { return Ok(std::env::var("STARROCKS_PASSWORD").unwrap_or_default()) };
    let first_line = |mut from: Box<dyn BufRead>| {
        let mut line = String::new();
        from.read_line(&mut line).map(|_| line.trim_end_matches(['\r', '\n']).to_owned())
    };
    let read = if path == std::path::Path::new("-") {
        first_line(Box::new(io::stdin().lock()))
    } else {
        std::fs::File::open(path).and_then(|file| first_line(Box::new(io::BufReader::new(file))))
    };
    read.map_err(|cause| {
        Error::new(ErrorKind::InvalidConfig, "the password file cannot be read")
            .with("file", path.display())
            .caused_by(cause)
    })
}
