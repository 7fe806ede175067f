// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! `srctl sql`: runs SQL over the MySQL port and prints the rows, so that scripts need no MySQL client.

use std::io::{self, Read, Write};
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder, Row, Value};

use crate::cause::root;

/// How long a frontend may take to answer a connection.
const CONNECT_TIME: Duration = Duration::from_secs(10);

/// Run SQL over the MySQL port and print the rows, tab-separated.
#[derive(Debug, clap::Args)]
pub(crate) struct SqlArgs {
    /// Host of a frontend.
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// MySQL port of the frontend.
    #[arg(long, default_value_t = 9030)]
    port: u16,
    /// User name.
    #[arg(long, default_value = "root")]
    user: String,
    /// Password; better given by the environment, where the process list does not show it.
    #[arg(long, env = "STARROCKS_PASSWORD", default_value = "", hide_env_values = true)]
    password: String,
    /// Database that unqualified table names refer to.
    #[arg(long)]
    database: Option<String>,
    /// Print a line with the column names before the rows.
    #[arg(long)]
    header: bool,
    /// The statements; without it they are read from standard input.
    #[arg(long)]
    query: Option<String>,
}

/// Runs the statements in order and stops at the first that fails.
pub(crate) fn run(args: SqlArgs) -> io::Result<()> {
    let text = match args.query {
        Some(query) => query,
        None => {
            let mut text = String::new();
            let read = io::stdin().read_to_string(&mut text);
            read.map_err(|e| io::Error::other(format!("standard input cannot be read as SQL: {e}; give UTF-8 text")))?;
            text
        }
    };
    let address = format!("{}:{}", args.host, args.port);
    let options = OptsBuilder::default()
        .ip_or_hostname(args.host)
        .tcp_port(args.port)
        .user(Some(args.user))
        .pass(Some(args.password))
        .db_name(args.database)
        .prefer_socket(false);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = runtime.block_on(run_all(options, &address, &statements(&text), args.header, &mut out));
    let flushed = out.flush().map_err(unwritten);
    done.and(flushed).map_err(io::Error::other)
}

async fn run_all(
    options: OptsBuilder,
    address: &str,
    statements: &[&str],
    header: bool,
    out: &mut impl Write,
) -> Result<(), String> {
    let connected = tokio::time::timeout(CONNECT_TIME, Conn::new(options)).await;
    let connected = connected
        .map_err(|_| format!("{address}: no answer within {} s; check --host and --port", CONNECT_TIME.as_secs()))?;
    let mut connection = connected.map_err(|error| match error {
        mysql_async::Error::Io(_) => format!("{address}: cannot connect: {}; check --host and --port", root(&error)),
        _ => format!("{address}: {}; check --user, --password and --database", root(&error)),
    })?;
    for (index, statement) in statements.iter().enumerate() {
        execute(&mut connection, statement, header, out)
            .await
            .map_err(|e| format!("{address}, statement {}: {e}", index + 1))?;
    }
    connection.disconnect().await.map_err(|e| format!("{address}: {}", root(&e)))
}

/// Why rows did not get to where they should.
fn unwritten(error: io::Error) -> String {
    match error.kind() {
        io::ErrorKind::BrokenPipe => "standard output was closed before all rows were written".to_owned(),
        _ => format!("standard output cannot be written: {error}"),
    }
}

async fn execute(connection: &mut Conn, statement: &str, header: bool, out: &mut impl Write) -> Result<(), String> {
    let mut result = connection.query_iter(statement).await.map_err(|e| root(&e).to_string())?;
    if header && !result.columns_ref().is_empty() {
        let names: Vec<_> = result.columns_ref().iter().map(|column| column.name_str().into_owned()).collect();
        writeln!(out, "{}", names.join("\t")).map_err(unwritten)?;
    }
    while let Some(row) = result.next().await.map_err(|e| root(&e).to_string())? {
        write_row(&row, out).map_err(unwritten)?;
    }
    result.drop_result().await.map_err(|e| root(&e).to_string())
}

/// Values as the server writes them in the text protocol; tab, line feed and backslash inside a value are escaped, as
/// MySQL's own client does in batch mode, so that a row is a line.
fn write_row(row: &Row, out: &mut impl Write) -> io::Result<()> {
    for index in 0..row.len() {
        if index > 0 {
            out.write_all(b"\t")?;
        }
        match row.as_ref(index) {
            Some(Value::Bytes(bytes)) => write_escaped(bytes, out)?,
            Some(Value::NULL) | None => out.write_all(b"NULL")?,
            Some(other) => out.write_all(other.as_sql(true).as_bytes())?,
        }
    }
    out.write_all(b"\n")
}

fn write_escaped(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    for &byte in bytes {
        match byte {
            b'\t' => out.write_all(b"\\t")?,
            b'\n' => out.write_all(b"\\n")?,
            b'\\' => out.write_all(b"\\\\")?,
            0 => out.write_all(b"\\0")?,
            byte => out.write_all(&[byte])?,
        }
    }
    Ok(())
}

/// Splits a script at the semicolons that end statements: those outside of quotes and comments.
pub(crate) fn statements(script: &str) -> Vec<&str> {
    let bytes = script.as_bytes();
    let mut found = Vec::new();
    let (mut start, mut at) = (0, 0);
    // Whether the current statement has anything but white space and comments.
    let mut content = false;
    while let Some(&byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = match byte {
            b'\'' | b'"' | b'`' => quoted(rest, byte),
            b'#' => line(rest),
            b'-' if rest.starts_with(b"--") => line(rest),
            b'/' if rest.starts_with(b"/*") => {
                rest.windows(2).skip(2).position(|end| end == b"*/").map_or(rest.len(), |end| end + 4)
            }
            _ => 1,
        };
        let comment = byte == b'#' || rest.starts_with(b"--") || rest.starts_with(b"/*");
        if byte == b';' {
            if content {
                found.extend(script.get(start..at));
            }
            start = at + 1;
            content = false;
        } else if !comment && !byte.is_ascii_whitespace() {
            content = true;
        }
        at += length;
    }
    if content {
        found.extend(script.get(start..));
    }
    found.into_iter().map(str::trim).collect()
}

/// The length of a quoted piece. A backslash escapes in strings but not in identifiers; a doubled quote simply opens the next piece.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(&byte) = rest.get(at) {
        match byte {
            b'\\' if quote != b'`' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn line(rest: &[u8]) -> usize {
    rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_split_at_the_semicolons_that_end_statements() {
        assert_eq!(statements("SELECT 1; SELECT 2"), ["SELECT 1", "SELECT 2"]);
        assert_eq!(statements("SELECT ';' , \"a;\", `b;` ; x"), ["SELECT ';' , \"a;\", `b;`", "x"]);
        assert_eq!(statements("SELECT 'it''s;' ; SELECT 'a\\';b';"), ["SELECT 'it''s;'", "SELECT 'a\\';b'"]);
        assert_eq!(statements("SELECT `a\\`; SELECT 2"), ["SELECT `a\\`", "SELECT 2"]);
        assert_eq!(
            statements("-- a;b\nSELECT 1 # c;d\n; /* e;f */ SELECT 2;\n-- end"),
            ["-- a;b\nSELECT 1 # c;d", "/* e;f */ SELECT 2"]
        );
    }

    #[test]
    fn what_holds_no_statement_gives_none() {
        for script in ["", ";;", " \n", "-- only a comment", "/* open", "#"] {
            assert!(statements(script).is_empty(), "{script:?}");
        }
    }

    #[test]
    fn an_open_quote_runs_to_the_end() {
        assert_eq!(statements("SELECT 'a; b"), ["SELECT 'a; b"]);
        assert_eq!(statements("SELECT 'a\\"), ["SELECT 'a\\"]);
    }

    #[test]
    fn a_value_never_breaks_its_line() {
        let mut out = Vec::new();
        write_escaped(b"a\tb\nc\\d\0", &mut out).unwrap();
        assert_eq!(out, b"a\\tb\\nc\\\\d\\0");
    }
}
