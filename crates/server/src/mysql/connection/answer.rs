// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What goes back to the client: OK, errors, rows.

use std::io;

use tokio::net::TcpStream;

use super::Connection;
use crate::mysql::packet::{Packets, Violation, put_lenenc, put_lenenc_int};
use crate::mysql::result::{Column, RowWriter};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::{Response, Rows, TimedRows, text};

impl Connection {
    /// Sends a result; `false` when it was an error, after which no further statement runs.
    pub(super) async fn respond(&mut self, result: SqlResult<Response>, binary: bool, status: u16) -> io::Result<bool> {
        match result {
            Ok(Response::Ok { affected, info }) => self.ok(affected, &info, status).await.map(|()| true),
            Ok(Response::Rows { columns, rows }) => self.rows(&columns, rows, binary, status).await,
            Err(error) => self.error(&error).await.map(|()| false),
        }
    }

    async fn rows(&mut self, columns: &[Column], rows: Rows, binary: bool, status: u16) -> io::Result<bool> {
        self.definitions(columns, true, status).await?;
        let mut writer = RowWriter::new(binary, columns.len());
        match rows {
            Rows::Texts(rows) => {
                for row in rows {
                    for (i, column) in columns.iter().enumerate() {
                        writer.put(column.wire, row.get(i).and_then(|v| v.as_deref()).map(str::as_bytes))?;
                    }
                    self.packets.write(&writer.finish()).await?;
                }
            }
            Rows::Stream { stream, .. } => {
                let mut rows = TimedRows::new(stream, self.sql.query_timeout(&self.session));
                let mut value = Vec::new();
                loop {
                    let batch = match rows.next().await {
                        Ok(Some(batch)) => batch,
                        Ok(None) => break,
                        Err(error) => {
                            self.error(&error).await?;
                            return Ok(false);
                        }
                    };
                    for row in 0..batch.num_rows() {
                        for (column, array) in columns.iter().zip(batch.columns()) {
                            value.clear();
                            let present = text::append(&mut value, array.as_ref(), row);
                            writer.put(column.wire, present.then_some(value.as_slice()))?;
                        }
                        self.packets.write(&writer.finish()).await?;
                    }
                }
            }
        }
        self.eof(status).await?;
        self.packets.flush().await?;
        Ok(true)
    }

    /// Column definitions, before them their number if `counted`, and EOF.
    pub(super) async fn definitions(&mut self, columns: &[Column], counted: bool, status: u16) -> io::Result<()> {
        if counted {
            let mut count = Vec::new();
            put_lenenc_int(&mut count, columns.len() as u64);
            self.packets.write(&count).await?;
        }
        for column in columns {
            self.packets.write(&column.definition()).await?;
        }
        self.eof(status).await
    }

    pub(super) async fn ok(&mut self, affected: u64, info: &str, status: u16) -> io::Result<()> {
        let mut out = vec![0];
        put_lenenc_int(&mut out, affected);
        put_lenenc_int(&mut out, 0);
        out.extend_from_slice(&status.to_le_bytes());
        out.extend_from_slice(&0_u16.to_le_bytes());
        if !info.is_empty() {
            put_lenenc(&mut out, info.as_bytes());
        }
        self.packets.write(&out).await?;
        self.packets.flush().await
    }

    async fn eof(&mut self, status: u16) -> io::Result<()> {
        let mut out = vec![0xfe, 0, 0];
        out.extend_from_slice(&status.to_le_bytes());
        self.packets.write(&out).await
    }

    pub(super) async fn error(&mut self, error: &SqlError) -> io::Result<()> {
        send_error(&mut self.packets, error, true).await
    }
}

impl From<&Violation> for SqlError {
    fn from(violation: &Violation) -> Self {
        Self::coded(violation.code, violation.state, violation.text.as_str())
    }
}

pub(super) async fn send_error(packets: &mut Packets<TcpStream>, error: &SqlError, with_state: bool) -> io::Result<()> {
    let mut out = vec![0xff];
    out.extend_from_slice(&error.code.to_le_bytes());
    if with_state {
        out.push(b'#');
        out.extend_from_slice(error.state.as_bytes());
    }
    out.extend_from_slice(error.message.as_bytes());
    packets.write(&out).await?;
    packets.flush().await
}
