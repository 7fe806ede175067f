// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One reader's connection.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use thrift::protocol::{TBinaryInputProtocol, TBinaryOutputProtocol, TInputProtocol as _, TMessageType};
use thrift::{ApplicationErrorKind, TConfiguration};
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::Node;
use super::messages::{Call, read_call, write_exception, write_next, write_opened, write_reply, write_status};
use super::wire::Wire;
use crate::backends::BackendState;
use crate::http::faults::{Action, Endpoint};
use crate::scan::{Failure, StatusCode};

/// Longest request, text in it, and list in it.
const MAX_MESSAGE: usize = 64 << 20;
const MAX_STRING: usize = 32 << 20;
const MAX_LIST: usize = 1 << 20;
const MAX_DEPTH: usize = 16;

pub(super) struct Connection {
    input: BufReader<Wire>,
    node: Node,
    stop: watch::Receiver<bool>,
    runtime: Handle,
}

/// What becomes of the connection.
enum Answered {
    Send(Vec<u8>),
    Cut,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, node: Node, stop: watch::Receiver<bool>, runtime: Handle) -> Self {
        Self { input: BufReader::new(Wire::new(stream)), node, stop, runtime }
    }

    /// Answers requests until the client or the server ends.
    pub(super) fn serve(mut self) -> thrift::Result<()> {
        let config = self.node.config.clone();
        loop {
            self.input.get_mut().allow(MAX_MESSAGE as u64, config.idle_timeout);
            if self.input.fill_buf()?.is_empty() {
                return Ok(());
            }
            self.input.get_mut().allow(MAX_MESSAGE as u64, config.message_timeout);
            match self.answer()? {
                Answered::Send(bytes) => (&self.input.get_ref().stream).write_all(&bytes)?,
                Answered::Cut => {
                    let _runtime = self.runtime.enter();
                    reset(self.input.into_inner().stream);
                    return Ok(());
                }
            }
        }
    }

    /// Reads a request and does what it asks for.
    fn answer(&mut self) -> thrift::Result<Answered> {
        let limits = TConfiguration::builder()
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE))
            .max_string_size(Some(MAX_STRING))
            .max_container_size(Some(MAX_LIST))
            .max_recursion_depth(Some(MAX_DEPTH))
            .build()?;
        let mut input = TBinaryInputProtocol::with_config(&mut self.input, true, limits);
        let message = input.read_message_begin()?;
        let (method, sequence) = (message.name, message.sequence_number);
        let mut out = Vec::new();
        let refuse = |kind, text: &str| {
            let mut out = Vec::new();
            write_exception(&mut TBinaryOutputProtocol::new(&mut out, true), &method, sequence, kind, text)?;
            Ok(Answered::Send(out))
        };
        if message.message_type != TMessageType::Call {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a message that is no call").into());
        }
        let call = read_call(&mut input, &method)?;
        let endpoint = match &call {
            Call::Open(_) => Endpoint::OpenScanner,
            Call::Next { .. } => Endpoint::GetNext,
            Call::Close { .. } => Endpoint::CloseScanner,
            Call::Incomplete => {
                let text = format!("a required member of the arguments of {method} is missing");
                return refuse(ApplicationErrorKind::ProtocolError, &text);
            }
            Call::Unknown => {
                return refuse(ApplicationErrorKind::UnknownMethod, &format!("Invalid method name: '{method}'"));
            }
        };
        if !self.unpaused() {
            return Ok(Answered::Cut);
        }
        let id = self.node.id;
        let action = self.node.faults.as_ref().map_or(Action::Pass, |faults| faults.take_at(endpoint, id));
        match &action {
            Action::Reset => return Ok(Answered::Cut),
            Action::Delay(time) if !self.wait(*time) => return Ok(Answered::Cut),
            Action::Answer(code, text) => {
                let failure = Failure::new(StatusCode((*code).into()), text.as_str());
                let mut output = TBinaryOutputProtocol::new(&mut out, true);
                write_reply(&mut output, &method, sequence, |output| write_status(output, Some(&failure)))?;
                return Ok(Answered::Send(out));
            }
            Action::Expire => {
                if let Call::Next { context_id, .. } | Call::Close { context_id } = &call {
                    self.node.scans.close(id, context_id);
                }
            }
            Action::Compact => match &call {
                Call::Open(request) => self.node.scans.compact_plan(&request.plan),
                Call::Next { context_id, .. } => self.node.scans.compact_scanner(id, context_id),
                _ => {}
            },
            Action::Pass | Action::Delay(_) | Action::DropReply | Action::Again => {}
            Action::Cancel(..) | Action::Undergo(_) | Action::RestartAfter(_) => {}
        }
        let mut output = TBinaryOutputProtocol::new(&mut out, true);
        match call {
            Call::Open(request) => {
                let opened = self.node.scans.open(id, &request);
                write_reply(&mut output, &method, sequence, |output| write_opened(output, &opened))?;
            }
            Call::Next { context_id, offset } => {
                let next = self.node.scans.next(id, &context_id, offset, action == Action::Again);
                write_reply(&mut output, &method, sequence, |output| write_next(output, &next))?;
            }
            Call::Close { context_id } => {
                self.node.scans.close(id, &context_id);
                write_reply(&mut output, &method, sequence, |output| write_status(output, None))?;
            }
            Call::Unknown | Call::Incomplete => {}
        }
        // A backend that was paused or ended meanwhile has not sent the answer.
        if action == Action::DropReply || !self.unpaused() {
            return Ok(Answered::Cut);
        }
        Ok(Answered::Send(out))
    }

    /// Waits while the backend is paused; `false` when it ends.
    fn unpaused(&mut self) -> bool {
        let (state, stop) = (&mut self.node.state, &mut self.stop);
        if *state.borrow() == BackendState::Up && !*stop.borrow() {
            return true;
        }
        self.runtime.block_on(async {
            tokio::select! {
                state = state.wait_for(|state| *state != BackendState::Paused) => {
                    state.is_ok_and(|state| *state == BackendState::Up)
                }
                _ = stop.wait_for(|stop| *stop) => false,
            }
        })
    }

    /// Waits; `false` when the server ends meanwhile.
    fn wait(&mut self, time: Duration) -> bool {
        let stop = &mut self.stop;
        self.runtime.block_on(async {
            tokio::select! {
                () = tokio::time::sleep(time) => true,
                _ = stop.wait_for(|stop| *stop) => false,
            }
        })
    }
}

/// Closes a connection so that the client sees a reset. Needs the runtime, whose sockets can do that.
pub(super) fn reset(stream: TcpStream) {
    let reset = stream
        .set_nonblocking(true)
        .and_then(|()| tokio::net::TcpStream::from_std(stream))
        .and_then(|s| s.set_zero_linger());
    if let Err(error) = reset {
        tracing::warn!(%error, "a connection that was to be reset is closed instead");
    }
}
