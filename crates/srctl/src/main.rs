// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! `srctl`, the connector's command line.

mod cause;
mod export;
mod server;
mod sql;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tools around the StarRocks connector for Apache Flink.
#[derive(Parser)]
#[command(name = "srctl", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the embedded StarRocks-compatible server until SIGTERM or SIGINT.
    Server(server::ServerArgs),
    /// Copy a table, or the rows of a statement, into CSV, JSON, Parquet or Arrow files.
    Export(Box<export::ExportArgs>),
    /// Run SQL over the MySQL port and print the rows, tab-separated.
    Sql(sql::SqlArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::INFO).init();
    let done = match cli.command {
        Command::Server(args) => server::run(args),
        Command::Export(args) => export::run(*args),
        Command::Sql(args) => sql::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, whatever servers write into their texts; where it cannot be written, the exit code is left.
            let line = error.to_string().replace(['\r', '\n'], " ");
            let _ = writeln!(std::io::stderr(), "srctl: {line}");
            ExitCode::FAILURE
        }
    }
}
