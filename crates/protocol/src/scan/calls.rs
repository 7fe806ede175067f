// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The three calls of a scanner: `open_scanner`, `get_next`, `close_scanner`.

use std::collections::BTreeMap;
use std::ops::Range;

use starrocks_types::{Error, ErrorKind, Result};

use super::binary::{Decoded, EXCEPTION, REPLY, Reader, Stop, Writer, bad, kind};

/// Longest rows of one answer. A backend makes answers of at most `batch_size` rows.
pub const MAX_ANSWER_BYTES: usize = 512 << 20;

/// Most rows of an answer that a backend takes as `batch_size`.
pub const MAX_BATCH_ROWS: u32 = 65_536;

/// Most messages of a status that are kept.
const MAX_MESSAGES: u32 = 64;

const OPEN: &str = "open_scanner";
const NEXT: &str = "get_next";
const CLOSE: &str = "close_scanner";

/// What a scanner shall read and how.
#[derive(Debug, Clone, Copy)]
pub struct OpenScanner<'a> {
    /// Database.
    pub database: &'a str,
    /// Table.
    pub table: &'a str,
    /// Tablets, all of which the plan names.
    pub tablet_ids: &'a [i64],
    /// The plan, as the frontend gave it.
    pub plan: &'a str,
    /// Most rows of an answer, 1 to [`MAX_BATCH_ROWS`].
    pub batch_rows: u32,
    /// Properties, which servers ignore today.
    pub properties: &'a BTreeMap<String, String>,
    /// User name. The password stays here: no server looks at it, and the connection is not encrypted.
    pub user: &'a str,
    /// Minutes after which the backend may forget a scanner that nobody asks.
    pub keep_alive_min: u16,
    /// Seconds after which the backend ends the scan.
    pub query_timeout_s: u32,
    /// Memory of the scan on the backend.
    pub mem_limit_bytes: u64,
}

impl OpenScanner<'_> {
    /// The call as bytes. Fails with [`ErrorKind::InvalidConfig`] on what the protocol or every backend refuses.
    pub fn encode(&self, sequence: i32) -> Result<Vec<u8>> {
        let refuse = |what: &str| Error::new(ErrorKind::InvalidConfig, what.to_owned());
        if self.batch_rows == 0 || self.batch_rows > MAX_BATCH_ROWS {
            return Err(refuse("rows of an answer must be 1 to 65536").with("batch_rows", self.batch_rows));
        }
        let bytes = self.plan.len()
            + self.database.len()
            + self.table.len()
            + self.user.len()
            + self.properties.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        if bytes > MAX_ANSWER_BYTES || self.tablet_ids.len() > MAX_BATCH_ROWS as usize {
            return Err(refuse("the plan is too large to be sent").with("bytes", bytes));
        }
        let mut call = Writer::call(OPEN, sequence);
        call.text(1, "default_cluster");
        call.text(2, self.database);
        call.text(3, self.table);
        call.i64_list(4, self.tablet_ids);
        call.text(5, self.plan);
        call.i32(6, at_most(self.batch_rows, i32::MAX));
        if !self.properties.is_empty() {
            call.text_map(7, self.properties.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        }
        call.text(9, self.user);
        call.i16(11, at_most(self.keep_alive_min, i16::MAX));
        call.i32(12, at_most(self.query_timeout_s, i32::MAX));
        call.i64(13, at_most(self.mem_limit_bytes, i64::MAX));
        Ok(call.end())
    }
}

fn at_most<F, T: TryFrom<F>>(value: F, limit: T) -> T {
    T::try_from(value).unwrap_or(limit)
}

/// `get_next` as bytes: the rows that follow the first `offset` rows.
pub fn encode_get_next(sequence: i32, context_id: &str, offset: i64) -> Vec<u8> {
    let mut call = Writer::call(NEXT, sequence);
    call.text(1, context_id);
    call.i64(2, offset);
    call.end()
}

/// `close_scanner` as bytes.
pub fn encode_close_scanner(sequence: i32, context_id: &str) -> Vec<u8> {
    let mut call = Writer::call(CLOSE, sequence);
    call.text(1, context_id);
    call.end()
}

/// How a call ended on the backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanStatus {
    /// 0 is success; see [`status_name`].
    pub code: i32,
    /// Texts for people.
    pub messages: Vec<String>,
}

impl ScanStatus {
    /// Success.
    pub const OK: i32 = 0;
    /// The backend does not know the scanner, or not under this offset, or not the tablet.
    pub const NOT_FOUND: i32 = 31;

    /// Whether the call succeeded.
    pub fn is_ok(&self) -> bool {
        self.code == Self::OK
    }
}

/// The name of a status code.
pub fn status_name(code: i32) -> &'static str {
    match code {
        0 => "OK",
        1 => "CANCELLED",
        2 => "ANALYSIS_ERROR",
        3 => "NOT_IMPLEMENTED_ERROR",
        4 => "RUNTIME_ERROR",
        5 => "MEM_LIMIT_EXCEEDED",
        6 => "INTERNAL_ERROR",
        7 => "THRIFT_RPC_ERROR",
        8 => "TIMEOUT",
        11 => "MEM_ALLOC_FAILED",
        12 => "BUFFER_ALLOCATION_FAILED",
        13 => "MINIMUM_RESERVATION_UNAVAILABLE",
        14 => "PUBLISH_TIMEOUT",
        15 => "LABEL_ALREADY_EXISTS",
        16 => "TOO_MANY_TASKS",
        30 => "END_OF_FILE",
        31 => "NOT_FOUND",
        32 => "CORRUPTION",
        33 => "INVALID_ARGUMENT",
        34 => "IO_ERROR",
        35 => "ALREADY_EXIST",
        36 => "NETWORK_ERROR",
        37 => "ILLEGAL_STATE",
        38 => "NOT_AUTHORIZED",
        39 => "ABORTED",
        40 => "REMOTE_ERROR",
        41 => "SERVICE_UNAVAILABLE",
        42 => "UNINITIALIZED",
        43 => "CONFIGURATION_ERROR",
        44 => "INCOMPLETE",
        45 => "OLAP_ERR_VERSION_ALREADY_MERGED",
        46 => "DATA_QUALITY_ERROR",
        47 => "DUPLICATE_RPC_INVOCATION",
        50 => "UNKNOWN",
        _ => "(a status of a newer server)",
    }
}

/// A column that a scanner gives. The type is the number of a primitive type; newer servers have more of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanColumn {
    /// Name.
    pub name: String,
    /// Number of the type.
    pub data_type: i32,
}

/// Answer to `open_scanner`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReply {
    /// How it ended.
    pub status: ScanStatus,
    /// Name of the scanner; present also after some failures.
    pub context_id: Option<String>,
    /// What the scanner gives.
    pub columns: Vec<ScanColumn>,
}

/// Answer to `get_next`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextReply {
    /// How it ended.
    pub status: ScanStatus,
    /// Whether there are no more rows.
    pub end: bool,
    /// Where in the buffer the rows are: an Arrow IPC stream.
    pub rows: Option<Range<usize>>,
}

/// Answer to `close_scanner`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseReply {
    /// How it ended; an unknown scanner counts as closed.
    pub status: ScanStatus,
}

/// Reads the answer to [`OpenScanner`].
pub fn decode_open_scanner(bytes: &[u8], sequence: i32) -> Result<Decoded<OpenReply>> {
    decode(bytes, OPEN, sequence, |reader| {
        let (mut status, mut context_id, mut columns) = (None, None, Vec::new());
        while let Some(field) = reader.field()? {
            match field {
                (kind::STRUCT, 1) => status = Some(read_status(reader)?),
                (kind::STRING, 2) => context_id = Some(reader.text()?),
                (kind::LIST, 3) => columns = read_columns(reader)?,
                (of, _) => reader.skip(of)?,
            }
        }
        Ok(status.map(|status| OpenReply { status, context_id, columns }))
    })
}

/// Reads the answer to [`encode_get_next`].
pub fn decode_get_next(bytes: &[u8], sequence: i32) -> Result<Decoded<NextReply>> {
    decode(bytes, NEXT, sequence, |reader| {
        let (mut status, mut end, mut rows) = (None, false, None);
        while let Some(field) = reader.field()? {
            match field {
                (kind::STRUCT, 1) => status = Some(read_status(reader)?),
                (kind::BOOL, 2) => end = reader.byte()? != 0,
                (kind::STRING, 3) => rows = Some(reader.binary(MAX_ANSWER_BYTES)?),
                (of, _) => reader.skip(of)?,
            }
        }
        Ok(status.map(|status| NextReply { status, end, rows }))
    })
}

/// Reads the answer to [`encode_close_scanner`].
pub fn decode_close_scanner(bytes: &[u8], sequence: i32) -> Result<Decoded<CloseReply>> {
    decode(bytes, CLOSE, sequence, |reader| {
        let mut status = None;
        while let Some(field) = reader.field()? {
            match field {
                (kind::STRUCT, 1) => status = Some(read_status(reader)?),
                (of, _) => reader.skip(of)?,
            }
        }
        Ok(status.map(|status| CloseReply { status }))
    })
}

/// Reads a reply whose result `read` takes from field 0; a reply without it, or one without a status, is none.
fn decode<T>(
    bytes: &[u8],
    name: &'static str,
    sequence: i32,
    mut read: impl FnMut(&mut Reader<'_>) -> Result<Option<T>, Stop>,
) -> Result<Decoded<T>> {
    let mut reader = Reader::new(bytes);
    let mut message = || {
        let (of, answered, number) = reader.message()?;
        if answered != name || number != sequence {
            return Err(bad("the answer belongs to another call"));
        }
        match of {
            REPLY => {}
            EXCEPTION => return Err(Stop::Bad(read_exception(&mut reader)?)),
            _ => return Err(bad("the peer sent something else than an answer")),
        }
        let mut result = None;
        while let Some(field) = reader.field()? {
            match field {
                (kind::STRUCT, 0) => result = Some(read(&mut reader)?),
                (of, _) => reader.skip(of)?,
            }
        }
        result.flatten().ok_or_else(|| bad("the answer has no result"))
    };
    match message() {
        Ok(message) => Ok(Decoded::Message(message, reader.position())),
        Err(Stop::Need(bytes)) => Ok(Decoded::Need(bytes)),
        Err(Stop::Bad(error)) => Err(error.operation(name)),
    }
}

fn read_status(reader: &mut Reader<'_>) -> Result<ScanStatus, Stop> {
    let (mut code, mut messages) = (None, Vec::new());
    while let Some(field) = reader.field()? {
        match field {
            (kind::I32, 1) => code = Some(reader.i32()?),
            (kind::LIST, 2) => {
                let (of, count) = reader.list()?;
                if of != kind::STRING || count > MAX_MESSAGES {
                    return Err(bad("the status of an answer is not one"));
                }
                messages = (0..count).map(|_| reader.text()).collect::<Result<_, _>>()?;
            }
            (of, _) => reader.skip(of)?,
        }
    }
    code.map(|code| ScanStatus { code, messages }).ok_or_else(|| bad("the answer has no status"))
}

fn read_columns(reader: &mut Reader<'_>) -> Result<Vec<ScanColumn>, Stop> {
    let (of, count) = reader.list()?;
    if of != kind::STRUCT && count > 0 {
        return Err(bad("the list of columns is not one"));
    }
    let mut columns = Vec::new();
    for _ in 0..count {
        let mut column = ScanColumn { name: String::new(), data_type: 0 };
        while let Some(field) = reader.field()? {
            match field {
                (kind::STRING, 1) => column.name = reader.text()?,
                (kind::I32, 2) => column.data_type = reader.i32()?,
                (of, _) => reader.skip(of)?,
            }
        }
        columns.push(column);
    }
    Ok(columns)
}

/// A `TApplicationException`: the peer did not carry out the call at all.
fn read_exception(reader: &mut Reader<'_>) -> Result<Error, Stop> {
    /// The peer has no such method.
    const UNKNOWN_METHOD: i32 = 1;
    let (mut text, mut number) = (String::new(), 0);
    while let Some(field) = reader.field()? {
        match field {
            (kind::STRING, 1) => text = reader.text()?,
            (kind::I32, 2) => number = reader.i32()?,
            (of, _) => reader.skip(of)?,
        }
    }
    let error = if number == UNKNOWN_METHOD {
        Error::new(ErrorKind::Unsupported, "the peer does not know this call")
            .hint("is this the thrift port (be_port) of a BE?")
    } else {
        Error::new(ErrorKind::Protocol, "the peer refused the call")
    };
    Ok(error.with("exception", number).with("text", text.escape_debug()))
}
