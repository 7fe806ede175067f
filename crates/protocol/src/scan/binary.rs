// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Thrift's binary protocol, as far as the scanner needs it: strict headers, no frames.

use starrocks_types::{Error, ErrorKind};

/// Version word of strict messages; the low bits are the kind of the message.
const VERSION: u32 = 0x8001_0000;

/// Deepest nesting of fields that we do not know.
const MAX_DEPTH: u32 = 16;

/// Most elements of a list or map. The longest that a peer really sends is the list of columns.
const MAX_ELEMENTS: u32 = 65_536;

/// Longest text. Only the rows of an answer are longer.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// The name of a call and everything around it, without the rows.
pub(super) const CALL: u8 = 1;
pub(super) const REPLY: u8 = 2;
pub(super) const EXCEPTION: u8 = 3;

/// Types of fields.
pub(super) mod kind {
    pub(crate) const STOP: u8 = 0;
    pub(crate) const BOOL: u8 = 2;
    pub(crate) const BYTE: u8 = 3;
    pub(crate) const DOUBLE: u8 = 4;
    pub(crate) const I16: u8 = 6;
    pub(crate) const I32: u8 = 8;
    pub(crate) const I64: u8 = 10;
    pub(crate) const STRING: u8 = 11;
    pub(crate) const STRUCT: u8 = 12;
    pub(crate) const MAP: u8 = 13;
    pub(crate) const SET: u8 = 14;
    pub(crate) const LIST: u8 = 15;
}

/// What can be said of the beginning of a buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded<T> {
    /// The message is not complete: the buffer has to hold at least this many bytes before it makes sense to look again.
    Need(usize),
    /// A message, and how many bytes it takes.
    Message(T, usize),
}

/// Why reading cannot go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// The buffer must hold this many bytes.
    Need(usize),
    /// The bytes are not the protocol.
    Bad(Error),
}

pub(super) fn bad(message: &str) -> Stop {
    Stop::Bad(Error::new(ErrorKind::Protocol, message.to_owned()))
}

/// Reads values from the beginning of a message.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How far the message has been read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Stop> {
        let end = self.at.checked_add(length).ok_or_else(|| bad("a length is out of range"))?;
        let taken = self.bytes.get(self.at..end).ok_or(Stop::Need(end))?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Stop> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    pub(super) fn i16(&mut self) -> Result<i16, Stop> {
        Ok(i16::from_be_bytes(self.array()?))
    }

    pub(super) fn i32(&mut self) -> Result<i32, Stop> {
        Ok(i32::from_be_bytes(self.array()?))
    }

    fn length(&mut self, limit: usize) -> Result<usize, Stop> {
        let length = self.i32()?;
        usize::try_from(length).ok().filter(|n| *n <= limit).ok_or_else(|| {
            Stop::Bad(
                Error::new(ErrorKind::Protocol, "a length is negative or beyond the limit")
                    .with("length", length)
                    .with("limit", limit),
            )
        })
    }

    /// The place of a byte string of at most `limit` bytes.
    pub(super) fn binary(&mut self, limit: usize) -> Result<std::ops::Range<usize>, Stop> {
        let length = self.length(limit)?;
        let start = self.at;
        self.take(length)?;
        Ok(start..self.at)
    }

    /// Text for people and names: what is not UTF-8 is replaced.
    pub(super) fn text(&mut self) -> Result<String, Stop> {
        let length = self.length(MAX_TEXT_BYTES)?;
        Ok(String::from_utf8_lossy(self.take(length)?).into_owned())
    }

    /// The header of a message: its kind, name and number.
    pub(super) fn message(&mut self) -> Result<(u8, String, i32), Stop> {
        let word = u32::from_be_bytes(self.array()?);
        if word & 0xffff_0000 != VERSION {
            return Err(bad("the peer does not speak thrift's binary protocol"));
        }
        let name = self.text()?;
        let [.., kind] = word.to_be_bytes();
        Ok((kind, name, self.i32()?))
    }

    /// The type and number of the next field; `None` at the end of the struct.
    pub(super) fn field(&mut self) -> Result<Option<(u8, i16)>, Stop> {
        match self.byte()? {
            kind::STOP => Ok(None),
            kind => Ok(Some((kind, self.i16()?))),
        }
    }

    /// The number of elements of a list and their type.
    pub(super) fn list(&mut self) -> Result<(u8, u32), Stop> {
        let kind = self.byte()?;
        Ok((kind, self.count()?))
    }

    fn count(&mut self) -> Result<u32, Stop> {
        let count = self.i32()?;
        u32::try_from(count)
            .ok()
            .filter(|n| *n <= MAX_ELEMENTS)
            .ok_or_else(|| Stop::Bad(Error::new(ErrorKind::Protocol, "a list is too long").with("elements", count)))
    }

    /// Passes over a value of a field that we do not know.
    pub(super) fn skip(&mut self, of: u8) -> Result<(), Stop> {
        self.skip_within(of, MAX_DEPTH)
    }

    fn skip_within(&mut self, of: u8, depth: u32) -> Result<(), Stop> {
        let Some(depth) = depth.checked_sub(1) else { return Err(bad("a message is nested too deeply")) };
        match of {
            kind::BOOL | kind::BYTE => self.take(1).map(|_| ()),
            kind::I16 => self.take(2).map(|_| ()),
            kind::I32 => self.take(4).map(|_| ()),
            kind::I64 | kind::DOUBLE => self.take(8).map(|_| ()),
            kind::STRING => self.binary(MAX_TEXT_BYTES).map(|_| ()),
            kind::STRUCT => {
                while let Some((of, _)) = self.field()? {
                    self.skip_within(of, depth)?;
                }
                Ok(())
            }
            kind::LIST | kind::SET => {
                let (of, count) = self.list()?;
                (0..count).try_for_each(|_| self.skip_within(of, depth))
            }
            kind::MAP => {
                let (key, value) = (self.byte()?, self.byte()?);
                let count = self.count()?;
                (0..count).try_for_each(|_| {
                    self.skip_within(key, depth)?;
                    self.skip_within(value, depth)
                })
            }
            _ => Err(bad("a field has an unknown type")),
        }
    }
}

/// Writes a call.
pub(super) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// Begins the call `name`; its arguments are one struct in field 1.
    pub(super) fn call(name: &str, sequence: i32) -> Self {
        let mut writer = Self { out: Vec::with_capacity(128) };
        writer.out.extend_from_slice(&(VERSION | u32::from(CALL)).to_be_bytes());
        writer.bytes(name.as_bytes());
        writer.out.extend_from_slice(&sequence.to_be_bytes());
        writer.field(kind::STRUCT, 1);
        writer
    }

    /// Ends the struct of arguments and the call.
    pub(super) fn end(mut self) -> Vec<u8> {
        self.out.extend_from_slice(&[kind::STOP, kind::STOP]);
        self.out
    }

    fn field(&mut self, of: u8, id: i16) {
        self.out.push(of);
        self.out.extend_from_slice(&id.to_be_bytes());
    }

    /// Lengths fit, since [`super::calls`] refuses texts that do not.
    fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(&i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
        self.out.extend_from_slice(bytes);
    }

    fn count(&mut self, count: usize) {
        self.out.extend_from_slice(&i32::try_from(count).unwrap_or(i32::MAX).to_be_bytes());
    }

    pub(super) fn text(&mut self, id: i16, text: &str) {
        self.field(kind::STRING, id);
        self.bytes(text.as_bytes());
    }

    pub(super) fn i16(&mut self, id: i16, value: i16) {
        self.field(kind::I16, id);
        self.out.extend_from_slice(&value.to_be_bytes());
    }

    pub(super) fn i32(&mut self, id: i16, value: i32) {
        self.field(kind::I32, id);
        self.out.extend_from_slice(&value.to_be_bytes());
    }

    pub(super) fn i64(&mut self, id: i16, value: i64) {
        self.field(kind::I64, id);
        self.out.extend_from_slice(&value.to_be_bytes());
    }

    pub(super) fn i64_list(&mut self, id: i16, values: &[i64]) {
        self.field(kind::LIST, id);
        self.out.push(kind::I64);
        self.count(values.len());
        values.iter().for_each(|value| self.out.extend_from_slice(&value.to_be_bytes()));
    }

    pub(super) fn text_map<'a>(&mut self, id: i16, pairs: impl ExactSizeIterator<Item = (&'a str, &'a str)>) {
        self.field(kind::MAP, id);
        self.out.extend_from_slice(&[kind::STRING, kind::STRING]);
        self.count(pairs.len());
        for (key, value) in pairs {
            self.bytes(key.as_bytes());
            self.bytes(value.as_bytes());
        }
    }
}
