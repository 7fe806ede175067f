// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Log records of the library wait in a bounded ring until Java drains them.
//!
//! The subscriber is the global default of the copy of `tracing` that is linked into this library, so it meets no other
//! library and no other class loader.

use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_global_default;
use tracing::{Event, Level, Metadata, Subscriber};

use crate::error::{Failure, Result};

/// The ring keeps at most this many bytes of messages; the oldest records go first.
const RING_BYTES: usize = 256 * 1024;
/// A longer message is cut.
const MESSAGE_BYTES: usize = 12 * 1024;
/// Java's buffer holds at least one record of any size.
pub(crate) const SMALLEST_DRAIN: usize = 16 * 1024;
/// Level, milliseconds, and two lengths.
const HEADER_BYTES: usize = 1 + 8 + 2 + 4;

struct Line {
    level: u8,
    millis: u64,
    target: &'static str,
    message: String,
}

impl Line {
    fn size(&self) -> usize {
        HEADER_BYTES + self.target.len() + self.message.len()
    }
}

struct Ring {
    lines: VecDeque<Line>,
    bytes: usize,
    lost: u64,
}

static RING: Mutex<Ring> = Mutex::new(Ring { lines: VecDeque::new(), bytes: 0, lost: 0 });
static MAX_LEVEL: AtomicU8 = AtomicU8::new(INFO);

const ERROR: u8 = 1;
const WARN: u8 = 2;
const INFO: u8 = 3;
const DEBUG: u8 = 4;
const TRACE: u8 = 5;

fn number(level: &Level) -> u8 {
    match *level {
        Level::ERROR => ERROR,
        Level::WARN => WARN,
        Level::INFO => INFO,
        Level::DEBUG => DEBUG,
        Level::TRACE => TRACE,
    }
}

/// Installs the subscriber. Calling it again changes nothing.
pub(crate) fn install() {
    let _ = set_global_default(ToRing);
}

/// Keeps records up to this level: 1 ERROR to 5 TRACE.
pub(crate) fn set_level(level: i32) -> Result<()> {
    let level = u8::try_from(level).ok().filter(|level| (ERROR..=TRACE).contains(level));
    let level = level.ok_or_else(|| Failure::argument("a log level is 1 (ERROR) to 5 (TRACE)"))?;
    if MAX_LEVEL.swap(level, Ordering::AcqRel) != level {
        tracing::callsite::rebuild_interest_cache();
    }
    Ok(())
}

struct ToRing;

impl Subscriber for ToRing {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let ours = metadata.target().starts_with("starrocks");
        // What other libraries tell below a warning is noise in the log of a Flink job.
        let limit = if ours { MAX_LEVEL.load(Ordering::Acquire) } else { WARN };
        metadata.is_event() && number(metadata.level()) <= limit
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(match MAX_LEVEL.load(Ordering::Acquire) {
            ERROR | WARN => LevelFilter::WARN,
            INFO => LevelFilter::INFO,
            DEBUG => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        })
    }

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as u64);
        let metadata = event.metadata();
        push(Line { level: number(metadata.level()), millis, target: metadata.target(), message: cut(text.0) });
    }

    // Spans are not recorded: an event carries the facts it needs.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// `message key=value key=value`
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = if field.name() == "message" {
            let rest = std::mem::take(&mut self.0);
            write!(self.0, "{value:?}{rest}")
        } else {
            write!(self.0, " {}={value:?}", field.name())
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}

fn cut(mut message: String) -> String {
    if message.len() > MESSAGE_BYTES {
        message.truncate(message.floor_char_boundary(MESSAGE_BYTES));
        message.push_str(" …");
    }
    message
}

fn push(line: Line) {
    let mut ring = RING.lock().unwrap_or_else(PoisonError::into_inner);
    ring.bytes += line.size();
    ring.lines.push_back(line);
    while ring.bytes > RING_BYTES {
        let Some(oldest) = ring.lines.pop_front() else { break };
        ring.bytes -= oldest.size();
        ring.lost += 1;
    }
}

/// Moves records to `out` while they fit; returns the bytes written. A record is, little-endian: level (1 byte), milliseconds
/// since the epoch (8), byte count of the target (2), byte count of the message (4), target, message, both UTF-8.
pub(crate) fn drain(out: &mut [u8]) -> usize {
    let mut ring = RING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut at = 0;
    if ring.lost > 0 {
        let message = format!("{} log records of the native library were dropped, they came too fast", ring.lost);
        let millis = ring.lines.front().map_or(0, |line| line.millis);
        let line = Line { level: WARN, millis, target: module_path!(), message };
        if let Some(end) = put(&line, out, at) {
            at = end;
            ring.lost = 0;
        }
    }
    while let Some(end) = ring.lines.front().and_then(|line| put(line, out, at)) {
        at = end;
        if let Some(line) = ring.lines.pop_front() {
            ring.bytes -= line.size();
        }
    }
    at
}

/// Writes one record at `at`; its end, or `None` when it does not fit.
fn put(line: &Line, out: &mut [u8], at: usize) -> Option<usize> {
    let end = at + line.size();
    let mut rest = out.get_mut(at..end)?;
    let target_length = line.target.len() as u16;
    let message_length = line.message.len() as u32;
    let parts: [&[u8]; 6] = [
        &[line.level],
        &line.millis.to_le_bytes(),
        &target_length.to_le_bytes(),
        &message_length.to_le_bytes(),
        line.target.as_bytes(),
        line.message.as_bytes(),
    ];
    for part in parts {
        let (head, tail) = rest.split_at_mut_checked(part.len())?;
        head.copy_from_slice(part);
        rest = tail;
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_is_bounded_and_tells_what_it_dropped() {
        let long = "x".repeat(MESSAGE_BYTES);
        for _ in 0..100 {
            push(Line { level: INFO, millis: 7, target: "starrocks_jni", message: long.clone() });
        }
        let mut out = vec![0; 64 * 1024];
        let first = drain(&mut out);
        let text = String::from_utf8_lossy(&out[..first]).into_owned();
        assert!(text.contains("log records of the native library were dropped"), "{}", &text[..200]);
        let mut total = first;
        while let 1.. = drain(&mut out) {
            total += out.len();
        }
        assert!(total <= 2 * RING_BYTES, "{total}");
        assert_eq!(drain(&mut out), 0);
    }
}
