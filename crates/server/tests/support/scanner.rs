// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A reader of tablets, over Apache's thrift library.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "each test file uses a part; helpers panic as tests do"
)]

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use arrow::array::{Array, RecordBatch};
use arrow::ipc::reader::StreamReader;
use arrow::util::display::array_value_to_string;
use serde_json::{Value, json};
use thrift::protocol::{
    TBinaryInputProtocol, TBinaryOutputProtocol, TFieldIdentifier, TInputProtocol, TListIdentifier, TMessageIdentifier,
    TMessageType, TOutputProtocol, TStructIdentifier, TType,
};

use crate::support::{ROOT, Reply, TestServer, call};

/// A value of a call.
pub(crate) enum Arg {
    Text(String),
    Long(i64),
    Int(i32),
    Short(i16),
    Longs(Vec<i64>),
}

/// What a backend answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) message: String,
    pub(crate) context_id: Option<String>,
    pub(crate) columns: Vec<(String, i32)>,
    pub(crate) eos: Option<bool>,
    pub(crate) rows: Option<Vec<u8>>,
}

impl Answer {
    /// The batch in the answer.
    pub(crate) fn batch(&self) -> RecordBatch {
        let mut reader = StreamReader::try_new(self.rows.as_deref().unwrap(), None).unwrap();
        let batch = reader.next().unwrap().unwrap();
        assert!(reader.next().is_none(), "one batch in each answer");
        batch
    }
}

/// A connection to a backend.
pub(crate) struct Scanner {
    pub(crate) stream: TcpStream,
    sequence: i32,
}

impl Scanner {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self { stream, sequence: 0 }
    }

    /// Sends a call.
    pub(crate) fn send(&mut self, method: &str, arguments: &[(i16, Arg)]) -> thrift::Result<()> {
        self.sequence += 1;
        let mut bytes = Vec::new();
        let mut out = TBinaryOutputProtocol::new(&mut bytes, true);
        out.write_message_begin(&TMessageIdentifier::new(method, TMessageType::Call, self.sequence))?;
        out.write_struct_begin(&TStructIdentifier::new("args"))?;
        out.write_field_begin(&TFieldIdentifier::new("params", TType::Struct, 1))?;
        for (id, value) in arguments {
            let kind = match value {
                Arg::Text(_) => TType::String,
                Arg::Long(_) => TType::I64,
                Arg::Int(_) => TType::I32,
                Arg::Short(_) => TType::I16,
                Arg::Longs(_) => TType::List,
            };
            out.write_field_begin(&TFieldIdentifier::new("member", kind, *id))?;
            match value {
                Arg::Text(text) => out.write_string(text)?,
                Arg::Long(number) => out.write_i64(*number)?,
                Arg::Int(number) => out.write_i32(*number)?,
                Arg::Short(number) => out.write_i16(*number)?,
                Arg::Longs(numbers) => {
                    out.write_list_begin(&TListIdentifier::new(TType::I64, i32::try_from(numbers.len()).unwrap()))?;
                    for number in numbers {
                        out.write_i64(*number)?;
                    }
                }
            }
        }
        out.write_field_stop()?;
        out.write_field_stop()?;
        out.write_message_end()?;
        std::io::Write::write_all(&mut self.stream, &bytes)?;
        Ok(())
    }

    /// Reads an answer; an exception is an error.
    pub(crate) fn receive(&mut self) -> thrift::Result<Answer> {
        let mut input = TBinaryInputProtocol::new(&mut self.stream, true);
        let message = input.read_message_begin()?;
        assert_eq!(message.sequence_number, self.sequence);
        if message.message_type == TMessageType::Exception {
            return Err(thrift::Error::Application(thrift::Error::read_application_error_from_in_protocol(
                &mut input,
            )?));
        }
        let mut answer = Answer { code: -1, ..Answer::default() };
        let success = input.read_field_begin()?;
        assert_eq!((success.id, success.field_type), (Some(0), TType::Struct));
        loop {
            let field = input.read_field_begin()?;
            match (field.id, field.field_type) {
                (_, TType::Stop) => break,
                (Some(1), TType::Struct) => loop {
                    match input.read_field_begin()? {
                        end if end.field_type == TType::Stop => break,
                        code if code.id == Some(1) => answer.code = input.read_i32()?,
                        _ => {
                            for _ in 0..input.read_list_begin()?.size {
                                answer.message.push_str(&input.read_string()?);
                            }
                        }
                    }
                },
                (Some(2), TType::String) => answer.context_id = Some(input.read_string()?),
                (Some(2), TType::Bool) => answer.eos = Some(input.read_bool()?),
                (Some(3), TType::String) => answer.rows = Some(input.read_bytes()?),
                (Some(3), TType::List) => {
                    for _ in 0..input.read_list_begin()?.size {
                        input.read_field_begin()?;
                        let name = input.read_string()?;
                        input.read_field_begin()?;
                        answer.columns.push((name, input.read_i32()?));
                        input.read_field_begin()?;
                    }
                }
                other => panic!("{other:?}"),
            }
        }
        input.read_field_begin()?;
        Ok(answer)
    }

    pub(crate) fn call(&mut self, method: &str, arguments: &[(i16, Arg)]) -> thrift::Result<Answer> {
        self.send(method, arguments)?;
        self.receive()
    }

    pub(crate) fn open(&mut self, plan: &str, tablets: &[i64], batch_size: i32) -> thrift::Result<Answer> {
        self.call("open_scanner", &open_arguments(plan, tablets, batch_size))
    }

    pub(crate) fn next(&mut self, context_id: &str, offset: usize) -> thrift::Result<Answer> {
        let offset = i64::try_from(offset).unwrap();
        self.call("get_next", &[(1, Arg::Text(context_id.to_owned())), (2, Arg::Long(offset))])
    }

    pub(crate) fn close(&mut self, context_id: &str) -> thrift::Result<Answer> {
        self.call("close_scanner", &[(1, Arg::Text(context_id.to_owned()))])
    }

    /// All batches of tablets.
    pub(crate) fn read(&mut self, plan: &str, tablets: &[i64], batch_size: i32) -> Vec<RecordBatch> {
        let opened = self.open(plan, tablets, batch_size).unwrap();
        assert_eq!(opened.code, 0, "{opened:?}");
        let id = opened.context_id.unwrap();
        let (mut batches, mut offset) = (Vec::new(), 0);
        loop {
            let answer = self.next(&id, offset).unwrap();
            assert_eq!(answer.code, 0, "{answer:?}");
            if answer.eos.unwrap() {
                assert_eq!(answer.rows, None);
                break;
            }
            let batch = answer.batch();
            assert!(batch.num_rows() > 0 && batch.num_rows() <= usize::try_from(batch_size).unwrap());
            offset += batch.num_rows();
            batches.push(batch);
        }
        assert_eq!(self.close(&id).unwrap().code, 0);
        batches
    }
}

/// What the original connector sends.
pub(crate) fn open_arguments(plan: &str, tablets: &[i64], batch_size: i32) -> Vec<(i16, Arg)> {
    let text = |text: &str| Arg::Text(text.to_owned());
    vec![
        (1, text("default_cluster")),
        (2, text("gh")),
        (3, text("t")),
        (4, Arg::Longs(tablets.to_vec())),
        (5, text(plan)),
        (6, Arg::Int(batch_size)),
        (9, text("root")),
        (10, text("")),
        (11, Arg::Short(10)),
        (12, Arg::Int(600)),
        (13, Arg::Long(1 << 30)),
    ]
}

/// Asks the FE for a plan.
pub(crate) fn ask_plan(server: &TestServer, table: &str, sql: &str) -> Reply {
    let body = json!({ "sql": sql }).to_string();
    let headers = [ROOT, "Content-Type: application/json;charset=UTF-8"];
    call(server.fe(), "POST", &format!("/api/gh/{table}/_query_plan"), &headers, body.as_bytes())
}

/// A plan and the tablets in it.
pub(crate) struct Plan {
    pub(crate) blob: String,
    pub(crate) tablets: Vec<i64>,
    pub(crate) json: Value,
}

pub(crate) fn plan(server: &TestServer, table: &str, sql: &str) -> Plan {
    let reply = ask_plan(server, table, sql);
    assert_eq!(reply.status, 200, "{reply:?}");
    let json = reply.json();
    let tablets = json["partitions"].as_object().unwrap().keys().map(|id| id.parse().unwrap());
    let mut tablets: Vec<i64> = tablets.collect();
    tablets.sort_unstable();
    Plan { blob: json["opaqued_query_plan"].as_str().unwrap().to_owned(), tablets, json }
}

/// Rows as texts, values joined by `|`.
pub(crate) fn rows(batches: &[RecordBatch]) -> Vec<String> {
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let value = |array: &std::sync::Arc<dyn Array>| match array.is_null(row) {
                true => "NULL".to_owned(),
                false => array_value_to_string(array, row).unwrap(),
            };
            rows.push(batch.columns().iter().map(value).collect::<Vec<_>>().join("|"));
        }
    }
    rows
}
