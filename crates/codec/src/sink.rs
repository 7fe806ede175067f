// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The place encoders write to: a small fixed buffer with room for a whole row of fixed-width values, spilled in one
//! copy when it fills. Encoders pass the write position by value, so that it stays in a register.

use crate::temporal::Zone;
use crate::text::CsvRules;

/// Long values are written in pieces of at most this many source bytes, so that the buffer never grows.
pub(crate) const PIECE: usize = 2048;

/// What the buffer holds beyond the widest row: at least one piece of which every byte takes six (`\u00XX`).
pub(crate) const ROOM: usize = 16 * 1024;

/// Bytes that any scalar encoder may write without asking for room; fixed-width stores reach a little past their text.
pub(crate) const SCALAR: usize = 64;

/// The place of one scalar: its size is known to the compiler, so that one bounds check serves all stores of a value.
pub(crate) type Window = [u8; SCALAR];

/// The window at `pos`.
#[inline(always)]
pub(crate) fn window(buf: &mut [u8], pos: usize) -> &mut Window {
    &mut buf[pos..].as_chunks_mut::<SCALAR>().0[0]
}

/// Stores `N` bytes at `n`, which is below 32 for every text that ends with a fixed-width store.
#[inline(always)]
pub(crate) fn set<const N: usize>(window: &mut Window, n: usize, bytes: [u8; N]) {
    let n = n & 31;
    window[n..n + N].copy_from_slice(&bytes);
}

/// Why a value cannot be encoded. Boxed in [`Cell`], so that the happy path returns in registers.
#[derive(Debug)]
pub(crate) struct Cause {
    pub(crate) text: String,
    pub(crate) hint: Option<&'static str>,
    /// The most bytes that the column takes, if the value has more.
    pub(crate) limit: Option<usize>,
}

/// The next write position.
pub(crate) type Cell = Result<usize, Box<Cause>>;

#[cold]
pub(crate) fn cause(text: impl Into<String>) -> Box<Cause> {
    Box::new(Cause { text: text.into(), hint: None, limit: None })
}

#[cold]
pub(crate) fn cause_with_hint(text: impl Into<String>, hint: &'static str) -> Box<Cause> {
    Box::new(Cause { text: text.into(), hint: Some(hint), limit: None })
}

#[cold]
pub(crate) fn too_long(length: usize, limit: usize) -> Box<Cause> {
    let text = format!("the value has {length} bytes, the column takes at most {limit}");
    Box::new(Cause { text, hint: None, limit: Some(limit) })
}

/// Room in which a nested value is rendered before it becomes a CSV field.
#[derive(Debug)]
pub(crate) struct Nested {
    pub(crate) buf: Vec<u8>,
    pub(crate) text: Vec<u8>,
}

/// See the module documentation. `pos` arguments count into `buf`.
pub(crate) struct Sink<'a> {
    pub(crate) buf: &'a mut [u8],
    pub(crate) out: &'a mut Vec<u8>,
    /// Bytes that stay free after [`Sink::room`]: what the rest of the row may need at most.
    pub(crate) slack: usize,
    pub(crate) csv: &'a CsvRules,
    pub(crate) zone: &'a mut Zone,
    pub(crate) nested: Option<&'a mut Nested>,
}

impl Sink<'_> {
    /// Makes room for `n` bytes, at most [`ROOM`], and the rest of the row.
    #[inline(always)]
    pub(crate) fn room(&mut self, pos: usize, n: usize) -> usize {
        if pos + n + self.slack > self.buf.len() { self.spill(pos) } else { pos }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn spill(&mut self, pos: usize) -> usize {
        self.out.extend_from_slice(&self.buf[..pos]);
        0
    }

    /// Writes a text of any length.
    pub(crate) fn write(&mut self, mut pos: usize, text: &[u8]) -> usize {
        for piece in text.chunks(PIECE) {
            pos = self.room(pos, piece.len());
            pos = copy(self.buf, pos, piece);
        }
        pos
    }
}

/// A place in the output to come back to.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    spilled: usize,
    pos: usize,
}

impl Sink<'_> {
    #[inline(always)]
    pub(crate) fn mark(&self, pos: usize) -> Mark {
        Mark { spilled: self.out.len(), pos }
    }

    /// Takes back what was written after the mark; returns the position to go on from.
    #[cold]
    pub(crate) fn take_back(&mut self, mark: Mark) -> usize {
        if self.out.len() == mark.spilled {
            return mark.pos;
        }
        // The buffer was moved to the output meanwhile, beginning with what was there before the mark.
        self.out.truncate(mark.spilled + mark.pos);
        0
    }
}

/// Stores `N` bytes; the caller made sure of the room.
#[inline(always)]
pub(crate) fn store<const N: usize>(buf: &mut [u8], pos: usize, bytes: [u8; N]) {
    buf[pos..pos + N].copy_from_slice(&bytes);
}

/// Stores one byte and moves on.
#[inline(always)]
pub(crate) fn byte(buf: &mut [u8], pos: usize, b: u8) -> usize {
    buf[pos] = b;
    pos + 1
}

/// Copies a text that is known to fit.
#[inline(always)]
pub(crate) fn copy(buf: &mut [u8], pos: usize, text: &[u8]) -> usize {
    buf[pos..pos + text.len()].copy_from_slice(text);
    pos + text.len()
}
