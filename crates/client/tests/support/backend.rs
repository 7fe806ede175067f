// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A scripted backend that speaks the scanner's protocol through Apache's thrift library, and can misbehave.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "test support: each test binary uses its part")]

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use arrow::array::{Int32Array, StringArray};
use arrow::ipc::writer::StreamWriter;
use arrow::record_batch::RecordBatch;
use thrift::protocol::{
    TBinaryInputProtocol, TBinaryOutputProtocol, TFieldIdentifier, TInputProtocol, TListIdentifier, TMessageIdentifier,
    TMessageType, TOutputProtocol, TStructIdentifier, TType,
};

/// What the backend does with a call.
#[derive(Debug, Clone)]
pub enum Act {
    /// What it should.
    Serve,
    /// Fails with this status and message.
    Status(i32, String),
    /// Closes the connection without an answer.
    Hang,
    /// Never answers.
    Silence,
    /// What it should, after two meetings: when the call has come, and when it may be answered.
    Wait(Arc<Barrier>),
    /// Stops listening, and closes every connection.
    Die,
    /// Answers `get_next` with these bytes as rows.
    Rows(Vec<u8>),
    /// Answers with bytes that are no message.
    Noise(Vec<u8>),
    /// Answers with an exception of thrift.
    Exception(i32),
}

/// A call as the backend saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    pub method: String,
    pub tablet: i64,
    pub plan: String,
    pub context: String,
    pub offset: i64,
    pub batch_rows: i32,
    pub strings: HashMap<i16, String>,
    pub numbers: HashMap<i16, i64>,
}

struct Cursor {
    tablet: i64,
    batch_rows: usize,
    at: usize,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    cursors: HashMap<String, Cursor>,
    opened: u64,
    connections: Vec<TcpStream>,
}

type Script = dyn Fn(&Call) -> Act + Send + Sync;
type Tablets = dyn Fn(i64) -> RecordBatch + Send + Sync;

pub struct Backend {
    pub address: String,
    state: Arc<Mutex<State>>,
    dead: Arc<AtomicBool>,
}

/// Rows `(id, name)` with these ids.
pub fn rows(ids: impl IntoIterator<Item = i32>) -> RecordBatch {
    let ids: Vec<i32> = ids.into_iter().collect();
    let names: StringArray = ids.iter().map(|id| (id % 5 != 0).then(|| format!("n{id}"))).collect();
    let ids = Int32Array::from(ids);
    RecordBatch::try_from_iter([("id", Arc::new(ids) as _), ("name", Arc::new(names) as _)]).unwrap()
}

/// A batch as an Arrow stream.
pub fn ipc(batch: &RecordBatch) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), batch.schema_ref()).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

impl Backend {
    /// Serves each tablet's rows; `script` says what becomes of a call.
    pub fn start(
        tablets: impl Fn(i64) -> RecordBatch + Send + Sync + 'static,
        script: impl Fn(&Call) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (state, dead) = (Arc::new(Mutex::new(State::default())), Arc::new(AtomicBool::new(false)));
        let (script, tablets): (Arc<Script>, Arc<Tablets>) = (Arc::new(script), Arc::new(tablets));
        let (shared, ended) = (Arc::clone(&state), Arc::clone(&dead));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                shared.lock().unwrap().connections.push(stream.try_clone().unwrap());
                let (state, ended) = (Arc::clone(&shared), Arc::clone(&ended));
                let (script, tablets) = (Arc::clone(&script), Arc::clone(&tablets));
                std::thread::spawn(move || {
                    let _ = serve(&stream, &state, &ended, &*script, &*tablets);
                    let _ = stream.shutdown(std::net::Shutdown::Both);
                });
            }
        });
        Self { address, state, dead }
    }

    /// Serves without fault.
    pub fn healthy(tablets: impl Fn(i64) -> RecordBatch + Send + Sync + 'static) -> Self {
        Self::start(tablets, |_| Act::Serve)
    }

    pub fn calls(&self, method: &str) -> Vec<Call> {
        self.state.lock().unwrap().calls.iter().filter(|c| c.method == method).cloned().collect()
    }

    /// Scanners that are open.
    pub fn open(&self) -> usize {
        self.state.lock().unwrap().cursors.len()
    }

    /// Forgets all scanners, as after their keep-alive.
    pub fn forget(&self) {
        self.state.lock().unwrap().cursors.clear();
    }

    pub fn die(&self) {
        die(&self.state, &self.dead, &self.address);
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.die();
    }
}

fn die(state: &Mutex<State>, dead: &AtomicBool, address: &str) {
    if !dead.swap(true, Ordering::SeqCst) {
        // Wakes the listener, which then goes away.
        let _ = TcpStream::connect(address);
    }
    for connection in state.lock().unwrap().connections.drain(..) {
        let _ = connection.shutdown(std::net::Shutdown::Both);
    }
}

fn serve(
    mut stream: &TcpStream,
    state: &Mutex<State>,
    dead: &AtomicBool,
    script: &Script,
    tablets: &Tablets,
) -> thrift::Result<()> {
    loop {
        let mut input = TBinaryInputProtocol::new(stream, true);
        let message = input.read_message_begin()?;
        let mut call = read_call(&mut input)?;
        call.method.clone_from(&message.name);
        {
            let mut state = state.lock().unwrap();
            if let Some(cursor) = state.cursors.get(&call.context) {
                call.tablet = cursor.tablet;
            }
            state.calls.push(call.clone());
        }
        let mut bytes = Vec::new();
        match script(&call) {
            what @ (Act::Serve | Act::Wait(_)) => {
                if let Act::Wait(meeting) = what {
                    meeting.wait();
                    meeting.wait();
                }
                let done = act(&call, &mut state.lock().unwrap(), tablets);
                answer(&mut bytes, &message, &done)?;
            }
            Act::Status(code, text) => {
                let context = (call.method == "open_scanner").then(|| "failed".to_owned());
                answer(&mut bytes, &message, &Done { code, text, context, ..Done::default() })?;
            }
            Act::Rows(rows) => answer(&mut bytes, &message, &Done { rows: Some(rows), ..Done::default() })?,
            Act::Noise(noise) => bytes = noise,
            Act::Exception(number) => exception(&mut bytes, &message, number)?,
            Act::Hang => return Ok(()),
            Act::Silence => {
                // Until the client gives up.
                let _ = stream.read(&mut [0]);
                return Ok(());
            }
            Act::Die => {
                let address = stream.local_addr()?.to_string();
                die(state, dead, &address);
                return Ok(());
            }
        }
        stream.write_all(&bytes)?;
    }
}

#[derive(Default)]
struct Done {
    code: i32,
    text: String,
    context: Option<String>,
    end: bool,
    rows: Option<Vec<u8>>,
}

fn act(call: &Call, state: &mut State, tablets: &Tablets) -> Done {
    let not_found = |text: String| Done { code: 31, text, ..Done::default() };
    match call.method.as_str() {
        "open_scanner" => {
            state.opened += 1;
            let context = format!("scanner-{}", state.opened);
            let batch_rows = usize::try_from(call.batch_rows).unwrap();
            state.cursors.insert(context.clone(), Cursor { tablet: call.tablet, batch_rows, at: 0 });
            Done { context: Some(context), ..Done::default() }
        }
        "get_next" => {
            let Some(cursor) = state.cursors.get_mut(&call.context) else {
                return not_found(format!("context_id: {} not found", call.context));
            };
            if call.offset != cursor.at as i64 {
                return not_found(format!("send_offset={}, context_offset={}", call.offset, cursor.at));
            }
            let all = tablets(cursor.tablet);
            let count = cursor.batch_rows.min(all.num_rows() - cursor.at);
            if count == 0 {
                return Done { end: true, ..Done::default() };
            }
            let batch = all.slice(cursor.at, count);
            cursor.at += count;
            Done { rows: Some(ipc(&batch)), ..Done::default() }
        }
        _ => {
            state.cursors.remove(&call.context);
            Done::default()
        }
    }
}

fn read_call(input: &mut dyn TInputProtocol) -> thrift::Result<Call> {
    let mut call = Call::default();
    input.read_struct_begin()?;
    input.read_field_begin()?;
    input.read_struct_begin()?;
    loop {
        let field = input.read_field_begin()?;
        let id = field.id.unwrap_or_default();
        match field.field_type {
            TType::Stop => break,
            TType::String => {
                call.strings.insert(id, input.read_string()?);
            }
            TType::I16 => {
                call.numbers.insert(id, input.read_i16()?.into());
            }
            TType::I32 => {
                call.numbers.insert(id, input.read_i32()?.into());
            }
            TType::I64 => {
                call.numbers.insert(id, input.read_i64()?);
            }
            TType::List => {
                let size = input.read_list_begin()?.size;
                assert_eq!(size, 1, "a tablet for each scanner");
                call.tablet = input.read_i64()?;
            }
            TType::Map => {
                for _ in 0..input.read_map_begin()?.size {
                    input.read_string()?;
                    input.read_string()?;
                }
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(input.read_field_begin()?.field_type, TType::Stop);
    call.plan = call.strings.get(&5).cloned().unwrap_or_default();
    call.context = call.strings.get(&1).cloned().unwrap_or_default();
    call.offset = call.numbers.get(&2).copied().unwrap_or_default();
    call.batch_rows = call.numbers.get(&6).map_or(0, |n| i32::try_from(*n).unwrap());
    Ok(call)
}

fn answer(bytes: &mut Vec<u8>, message: &TMessageIdentifier, done: &Done) -> thrift::Result<()> {
    let mut out = TBinaryOutputProtocol::new(bytes, true);
    let (name, sequence) = (&message.name, message.sequence_number);
    out.write_message_begin(&TMessageIdentifier::new(name, TMessageType::Reply, sequence))?;
    out.write_struct_begin(&TStructIdentifier::new("result"))?;
    let field = |out: &mut TBinaryOutputProtocol<&mut Vec<u8>>, of, id| {
        out.write_field_begin(&TFieldIdentifier::new("f", of, id))
    };
    field(&mut out, TType::Struct, 0)?;
    field(&mut out, TType::Struct, 1)?;
    field(&mut out, TType::I32, 1)?;
    out.write_i32(done.code)?;
    if !done.text.is_empty() {
        field(&mut out, TType::List, 2)?;
        out.write_list_begin(&TListIdentifier::new(TType::String, 1))?;
        out.write_string(&done.text)?;
    }
    out.write_field_stop()?;
    if let Some(context) = &done.context {
        field(&mut out, TType::String, 2)?;
        out.write_string(context)?;
    }
    if name == "get_next" {
        field(&mut out, TType::Bool, 2)?;
        out.write_bool(done.end)?;
        if let Some(rows) = &done.rows {
            field(&mut out, TType::String, 3)?;
            out.write_bytes(rows)?;
        }
    }
    out.write_field_stop()?;
    out.write_field_stop()
}

fn exception(bytes: &mut Vec<u8>, message: &TMessageIdentifier, number: i32) -> thrift::Result<()> {
    let mut out = TBinaryOutputProtocol::new(bytes, true);
    let (name, sequence) = (&message.name, message.sequence_number);
    out.write_message_begin(&TMessageIdentifier::new(name, TMessageType::Exception, sequence))?;
    out.write_field_begin(&TFieldIdentifier::new("message", TType::String, 1))?;
    out.write_string("no such method")?;
    out.write_field_begin(&TFieldIdentifier::new("type", TType::I32, 2))?;
    out.write_i32(number)?;
    out.write_field_stop()
}
