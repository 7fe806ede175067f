// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The messages of `TStarrocksExternalService`, as far as a backend reads and writes them.

use thrift::protocol::{
    TFieldIdentifier, TInputProtocol, TListIdentifier, TMessageIdentifier, TMessageType, TOutputProtocol,
    TStructIdentifier, TType,
};
use thrift::{ApplicationError, ApplicationErrorKind, Error, ProtocolError, ProtocolErrorKind, Result};

use crate::scan::{Failure, Next, OpenRequest, Opened, StatusCode};

/// A call that a backend answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Call {
    Open(OpenRequest),
    Next {
        context_id: String,
        offset: i64,
    },
    Close {
        context_id: String,
    },
    /// A method of another service.
    Unknown,
    /// A required member is missing.
    Incomplete,
}

/// Reads the arguments of a call. What is unknown or has another type is skipped.
///
/// # Errors
/// Bytes that are no arguments, after which nothing can be read.
pub(super) fn read_call(input: &mut dyn TInputProtocol, method: &str) -> Result<Call> {
    let mut call = Call::Incomplete;
    if !matches!(method, "open_scanner" | "get_next" | "close_scanner") {
        call = Call::Unknown;
    }
    each_field(input, |input, id, kind| {
        if (id, kind) != (1, TType::Struct) {
            return Ok(false);
        }
        call = match method {
            "open_scanner" => read_open(input)?,
            "get_next" => match read_context(input)? {
                (Some(context_id), offset) => Call::Next { context_id, offset },
                _ => Call::Incomplete,
            },
            "close_scanner" => match read_context(input)? {
                (Some(context_id), _) => Call::Close { context_id },
                _ => Call::Incomplete,
            },
            _ => return Ok(false),
        };
        Ok(true)
    })?;
    Ok(call)
}

fn read_open(input: &mut dyn TInputProtocol) -> Result<Call> {
    let mut request = OpenRequest::default();
    // The required members: cluster, database, table, tablets, plan.
    let mut seen = [false; 5];
    each_field(input, |input, id, kind| {
        match (id, kind) {
            // A backend does not look at the names, and the plan has them.
            (1..=3, TType::String) => input.skip_binary()?,
            (4, TType::List) => {
                let list = input.read_list_begin()?;
                if list.element_type != TType::I64 {
                    return Err(mistyped("tablet_ids"));
                }
                for _ in 0..list.size {
                    request.tablets.push(input.read_i64()?);
                }
                input.read_list_end()?;
            }
            (5, TType::String) => request.plan = input.read_string()?,
            (6, TType::I32) => request.batch_size = Some(input.read_i32()?),
            (11, TType::I16) => request.keep_alive_min = Some(input.read_i16()?),
            (12, TType::I32) => request.query_timeout = Some(input.read_i32()?),
            (13, TType::I64) => request.mem_limit = Some(input.read_i64()?),
            _ => return Ok(false),
        }
        if let Some(seen) = usize::try_from(id - 1).ok().and_then(|at| seen.get_mut(at)) {
            *seen = true;
        }
        Ok(true)
    })?;
    Ok(if seen.iter().all(|seen| *seen) { Call::Open(request) } else { Call::Incomplete })
}

fn read_context(input: &mut dyn TInputProtocol) -> Result<(Option<String>, i64)> {
    let (mut context_id, mut offset) = (None, 0);
    each_field(input, |input, id, kind| {
        match (id, kind) {
            (1, TType::String) => context_id = Some(input.read_string()?),
            (2, TType::I64) => offset = input.read_i64()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok((context_id, offset))
}

/// Reads a struct; `read` tells whether it has read the member.
fn each_field(
    input: &mut dyn TInputProtocol,
    mut read: impl FnMut(&mut dyn TInputProtocol, i16, TType) -> Result<bool>,
) -> Result<()> {
    input.read_struct_begin()?;
    loop {
        let field = input.read_field_begin()?;
        if field.field_type == TType::Stop {
            break;
        }
        if !read(&mut *input, field.id.unwrap_or_default(), field.field_type)? {
            input.skip(field.field_type)?;
        }
        input.read_field_end()?;
    }
    input.read_struct_end()
}

fn mistyped(member: &str) -> Error {
    Error::Protocol(ProtocolError::new(
        ProtocolErrorKind::Unknown,
        format!("{member} is not a list of 64-bit integers"),
    ))
}

/// Writes the answer to a call; `members` writes the members of the result struct.
pub(super) fn write_reply(
    output: &mut dyn TOutputProtocol,
    method: &str,
    sequence: i32,
    members: impl FnOnce(&mut dyn TOutputProtocol) -> Result<()>,
) -> Result<()> {
    output.write_message_begin(&TMessageIdentifier::new(method, TMessageType::Reply, sequence))?;
    output.write_struct_begin(&TStructIdentifier::new("result"))?;
    output.write_field_begin(&TFieldIdentifier::new("success", TType::Struct, 0))?;
    output.write_struct_begin(&TStructIdentifier::new("success"))?;
    members(&mut *output)?;
    output.write_field_stop()?;
    output.write_struct_end()?;
    output.write_field_end()?;
    output.write_field_stop()?;
    output.write_struct_end()?;
    output.write_message_end()
}

/// Writes that a call cannot be answered.
pub(super) fn write_exception(
    output: &mut dyn TOutputProtocol,
    method: &str,
    sequence: i32,
    kind: ApplicationErrorKind,
    message: &str,
) -> Result<()> {
    output.write_message_begin(&TMessageIdentifier::new(method, TMessageType::Exception, sequence))?;
    Error::write_application_error_to_out_protocol(&ApplicationError::new(kind, message), output)?;
    output.write_message_end()
}

pub(super) fn write_status(output: &mut dyn TOutputProtocol, failure: Option<&Failure>) -> Result<()> {
    output.write_field_begin(&TFieldIdentifier::new("status", TType::Struct, 1))?;
    output.write_struct_begin(&TStructIdentifier::new("TStatus"))?;
    output.write_field_begin(&TFieldIdentifier::new("status_code", TType::I32, 1))?;
    output.write_i32(failure.map_or(StatusCode::OK, |f| f.code).0)?;
    output.write_field_end()?;
    if let Some(failure) = failure {
        output.write_field_begin(&TFieldIdentifier::new("error_msgs", TType::List, 2))?;
        output.write_list_begin(&TListIdentifier::new(TType::String, 1))?;
        output.write_string(&failure.message)?;
        output.write_list_end()?;
        output.write_field_end()?;
    }
    output.write_field_stop()?;
    output.write_struct_end()?;
    output.write_field_end()
}

pub(super) fn write_opened(output: &mut dyn TOutputProtocol, opened: &Opened) -> Result<()> {
    write_status(output, opened.outcome.as_ref().err())?;
    if let Some(id) = &opened.context_id {
        output.write_field_begin(&TFieldIdentifier::new("context_id", TType::String, 2))?;
        output.write_string(id)?;
        output.write_field_end()?;
    }
    if let Ok(columns) = &opened.outcome {
        output.write_field_begin(&TFieldIdentifier::new("selected_columns", TType::List, 3))?;
        output.write_list_begin(&TListIdentifier::new(TType::Struct, i32::try_from(columns.len()).unwrap_or(0)))?;
        for (name, kind) in columns {
            output.write_struct_begin(&TStructIdentifier::new("TScanColumnDesc"))?;
            output.write_field_begin(&TFieldIdentifier::new("name", TType::String, 1))?;
            output.write_string(name)?;
            output.write_field_end()?;
            output.write_field_begin(&TFieldIdentifier::new("type", TType::I32, 2))?;
            output.write_i32(*kind)?;
            output.write_field_end()?;
            output.write_field_stop()?;
            output.write_struct_end()?;
        }
        output.write_list_end()?;
        output.write_field_end()?;
    }
    Ok(())
}

pub(super) fn write_next(output: &mut dyn TOutputProtocol, next: &std::result::Result<Next, Failure>) -> Result<()> {
    write_status(output, next.as_ref().err())?;
    let Ok(next) = next else { return Ok(()) };
    output.write_field_begin(&TFieldIdentifier::new("eos", TType::Bool, 2))?;
    output.write_bool(*next == Next::End)?;
    output.write_field_end()?;
    if let Next::Rows(rows) = next {
        output.write_field_begin(&TFieldIdentifier::new("rows", TType::String, 3))?;
        output.write_bytes(rows)?;
        output.write_field_end()?;
    }
    Ok(())
}
