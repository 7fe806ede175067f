// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Text values: UTF-8 is checked, separators and escapes are found while the bytes are copied, 16 at a time.

use crate::config::CsvFormat;
use crate::sink::{Cause, Cell, PIECE, Sink, byte, cause, cause_with_hint, copy, set, window};

/// A one in each byte.
pub(crate) const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// What a CSV field must not hold as it is.
#[derive(Debug, Default)]
pub(crate) struct CsvRules {
    column_separator: Vec<u8>,
    row_delimiter: Vec<u8>,
    enclose: Option<u8>,
    escape: Option<u8>,
    /// The bytes that the copy looks for; unused places repeat another one.
    needles: [u8; 5],
}

impl CsvRules {
    pub(crate) fn new(format: &CsvFormat) -> Self {
        let separator = format.column_separator.first().copied().unwrap_or(b'\t');
        let delimiter = format.row_delimiter.first().copied().unwrap_or(b'\n');
        let enclose = format.enclose.unwrap_or(separator);
        let escape = format.escape.unwrap_or(separator);
        Self {
            column_separator: format.column_separator.clone(),
            row_delimiter: format.row_delimiter.clone(),
            enclose: format.enclose,
            escape: format.escape,
            // NUL is special where enclose or escape is set: the server takes NUL for whichever of them is not.
            needles: [separator, delimiter, enclose, escape, 0],
        }
    }

    /// Whether all that a field must not hold is control characters.
    pub(crate) fn plain(&self) -> bool {
        self.needles.iter().all(|b| *b < 0x20)
    }

    /// NULL. A backslash that escapes must itself be escaped to reach the server as `\\N`.
    pub(crate) fn null(&self) -> &'static [u8] {
        if self.escape == Some(b'\\') { b"\\\\N" } else { b"\\N" }
    }

    /// Whether the field would be cut in two: it holds `separator`, or its end and the separator that follows do together.
    fn cuts(field: &[u8], separator: &[u8]) -> bool {
        let n = separator.len();
        field.windows(n).any(|w| w == separator)
            || (1..n.min(field.len() + 1)).any(|k| {
                // The last k bytes of the field followed by the first n - k of the separator.
                field.ends_with(&separator[..k]) && separator[k..] == separator[..n - k]
            })
    }
}

/// The bytes of a variable-length value of the slot.
#[inline(always)]
pub(crate) fn variable(slot: u64, base: &[u8]) -> Result<&[u8], Box<Cause>> {
    let (offset, len) = ((slot >> 32) as usize, slot as u32 as usize);
    match base.get(offset..).and_then(|rest| rest.get(..len)) {
        Some(bytes) => Ok(bytes),
        None => Err(outside(offset, len, base.len())),
    }
}

#[cold]
pub(crate) fn outside(offset: usize, len: usize, size: usize) -> Box<Cause> {
    cause(format!("the value at offset {offset} with length {len} is outside its row of {size} bytes"))
}

#[cold]
fn inline_length(len: usize) -> Box<Cause> {
    cause(format!("the length of an inline value is {len}, more than 7"))
}

#[cold]
fn not_utf8(e: std::str::Utf8Error) -> Box<Cause> {
    cause_with_hint(
        format!("the text is not UTF-8 from byte {} on", e.valid_up_to()),
        "StarRocks strings are UTF-8; write other bytes to a VARBINARY column",
    )
}

/// The bytes of a CHAR, VARCHAR, BINARY or VARBINARY value, wherever they are.
pub(crate) fn bytes<'a>(slot: &'a [u8; 8], base: &'a [u8]) -> Result<&'a [u8], Box<Cause>> {
    let word = u64::from_le_bytes(*slot);
    match inline_len(word) {
        Some(len) => slot.get(..len).filter(|s| s.len() < 8).ok_or_else(|| inline_length(len)),
        None => variable(word, base),
    }
}

#[inline(always)]
fn inline_len(slot: u64) -> Option<usize> {
    (slot >> 63 != 0).then_some((slot >> 56) as usize & 0x7f)
}

pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, Box<Cause>> {
    std::str::from_utf8(bytes).map_err(not_utf8)
}

/// Bytes equal to `needle`, by their high bit; bytes after the first hit may be wrong, so only ask whether there is any.
#[inline(always)]
pub(crate) fn has(word: u64, needle: u8) -> u64 {
    let x = word ^ (LOW * u64::from(needle));
    x.wrapping_sub(LOW) & !x & HIGH
}

/// What a copy met: anything special, anything that is not ASCII.
#[derive(Clone, Copy)]
struct Met {
    special: bool,
    wide: bool,
}

/// The bytes that need attention in a kind of text.
trait Alphabet: Copy {
    /// High bits of special bytes, exact up to the first one.
    fn word(self, word: u64) -> u64;
    fn byte(self, b: u8) -> bool;
}

#[derive(Clone, Copy)]
struct Needles<const N: usize>([u8; N]);

impl<const N: usize> Alphabet for Needles<N> {
    #[inline(always)]
    fn word(self, word: u64) -> u64 {
        self.0.iter().fold(0, |hits, n| hits | has(word, *n))
    }

    #[inline(always)]
    fn byte(self, b: u8) -> bool {
        self.0.iter().fold(false, |hit, n| hit | (b == *n))
    }
}

/// Control characters, among which the usual separators are: one comparison finds them all.
#[derive(Clone, Copy)]
struct Control;

impl Alphabet for Control {
    #[inline(always)]
    fn word(self, word: u64) -> u64 {
        word.wrapping_sub(LOW * 0x20) & !word & HIGH
    }

    #[inline(always)]
    fn byte(self, b: u8) -> bool {
        b < 0x20
    }
}

/// What JSON strings escape.
#[derive(Clone, Copy)]
struct JsonSpecial;

impl Alphabet for JsonSpecial {
    #[inline(always)]
    fn word(self, word: u64) -> u64 {
        (word.wrapping_sub(LOW * 0x20) & !word & HIGH) | has(word, b'"') | has(word, b'\\')
    }

    #[inline(always)]
    fn byte(self, b: u8) -> bool {
        (b < 0x20) | (b == b'"') | (b == b'\\')
    }
}

/// Sixteen bytes at once; written so that it becomes vector compares.
#[inline(always)]
fn chunk16<A: Alphabet>(chunk: &[u8; 16], alphabet: A) -> (u128, u128) {
    let mut hits = [0u8; 16];
    for (hit, b) in hits.iter_mut().zip(chunk) {
        *hit = u8::from(alphabet.byte(*b));
    }
    (u128::from_le_bytes(hits), u128::from_le_bytes(*chunk) & (u128::from(HIGH) << 64 | u128::from(HIGH)))
}

/// Copies a text of 8 to 32 bytes as four words, which are `seen`. They overlap as they must: the length decides nothing but where
/// they are, since lengths vary too much for branches on them to be foreseen.
#[inline(always)]
pub(crate) fn copy_words(target: &mut [u8], text: &[u8], mut seen: impl FnMut(u64)) {
    let n = text.len();
    for at in [0, 8.min(n - 8), n.saturating_sub(16), n - 8] {
        let (from, to) = (text.get(at..), target.get_mut(at..));
        if let (Some(from), Some(to)) = (from.and_then(|t| t.first_chunk()), to.and_then(|t| t.first_chunk_mut())) {
            *to = *from;
            seen(u64::from_le_bytes(*from));
        }
    }
}

/// Copies `text` to `buf[pos..]` and tells what it met. There is room for `text` and 16 bytes more.
#[inline(always)]
fn copy_scan<A: Alphabet>(buf: &mut [u8], pos: usize, text: &[u8], alphabet: A) -> Met {
    let n = text.len();
    let target = &mut buf[pos..pos + n];
    if n < 8 {
        let mut met = Met { special: false, wide: false };
        for (to, b) in target.iter_mut().zip(text) {
            *to = *b;
            met = Met { special: met.special | alphabet.byte(*b), wide: met.wide | (*b >= 0x80) };
        }
        return met;
    }
    if n <= 32 {
        let (mut special, mut all) = (0, 0);
        copy_words(target, text, |word| {
            special |= alphabet.word(word);
            all |= word;
        });
        return Met { special: special != 0, wide: all & HIGH != 0 };
    }
    let (chunks, _) = text.as_chunks::<16>();
    let (targets, _) = target.as_chunks_mut::<16>();
    let (mut special, mut wide) = (0, 0);
    for (to, from) in targets.iter_mut().zip(chunks) {
        *to = *from;
        let (s, w) = chunk16(from, alphabet);
        special |= s;
        wide |= w;
    }
    // The rest, overlapping what has been copied.
    if let (Some(to), Some(from)) = (target.last_chunk_mut::<16>(), text.last_chunk::<16>()) {
        *to = *from;
        let (s, w) = chunk16(from, alphabet);
        special |= s;
        wide |= w;
    }
    Met { special: special != 0, wide: wide != 0 }
}

/// A text of up to seven bytes that lives in the slot.
#[inline(always)]
fn copy_inline<A: Alphabet>(buf: &mut [u8], pos: usize, slot: u64, len: usize, alphabet: A) -> Met {
    let mask = (1u64 << (len * 8)) - 1;
    set(window(buf, pos), 0, slot.to_le_bytes());
    Met { special: alphabet.word(slot) & mask != 0, wide: slot & mask & HIGH != 0 }
}

/// A CSV field of text; `PLAIN` as [`CsvRules::plain`] says.
#[inline(always)]
pub(crate) fn csv_text<const PLAIN: bool>(slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    if PLAIN {
        csv_text_with(slot, base, sink, pos, Control)
    } else {
        csv_text_with(slot, base, sink, pos, Needles(sink.csv.needles))
    }
}

#[inline(always)]
fn csv_text_with<A: Alphabet>(slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize, alphabet: A) -> Cell {
    if let Some(len) = inline_len(slot) {
        if len > 7 {
            return Err(inline_length(len));
        }
        let met = copy_inline(sink.buf, pos, slot, len, alphabet);
        // A lone `\N` reads as NULL.
        let null = len == 2 && slot as u16 == u16::from_le_bytes(*b"\\N");
        if met.special | met.wide | null {
            return csv_careful(&slot.to_le_bytes()[..len], sink, pos);
        }
        return Ok(pos + len);
    }
    csv_bytes_with(variable(slot, base)?, sink, pos, alphabet)
}

#[inline(always)]
fn csv_bytes_with<A: Alphabet>(text: &[u8], sink: &mut Sink<'_>, pos: usize, alphabet: A) -> Cell {
    // A text of two bytes may be the mark of NULL.
    if text.len() > PIECE || text.len() == 2 {
        return csv_careful(text, sink, pos);
    }
    let pos = sink.room(pos, text.len() + 16);
    let met = copy_scan(sink.buf, pos, text, alphabet);
    if met.special {
        return csv_careful(text, sink, pos);
    }
    if met.wide {
        utf8(text)?;
    }
    Ok(pos + text.len())
}

/// A CSV field of bytes that are already text, such as a rendered nested value.
pub(crate) fn csv_bytes(text: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    csv_bytes_with(text, sink, pos, Needles(sink.csv.needles))
}

/// A field that is long, or holds something that needs a closer look.
#[cold]
#[inline(never)]
fn csv_careful(text: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    utf8(text)?;
    let csv = sink.csv;
    if text == b"\\N" {
        return Err(cause_with_hint(
            "the text is `\\N`, which StarRocks reads as NULL in CSV",
            "use sink.properties.format = json",
        ));
    }
    let cut = CsvRules::cuts(text, &csv.column_separator) || CsvRules::cuts(text, &csv.row_delimiter);
    let Some(enclose) = csv.enclose else { return csv_unenclosed(text, sink, pos, cut) };
    let special = |b: u8| b == enclose || csv.escape == Some(b);
    if text.contains(&0) {
        return Err(nul());
    }
    if !cut && !text.iter().any(|b| special(*b)) {
        return Ok(sink.write(pos, text));
    }
    if csv.escape.is_none() && text.first() == Some(&enclose) {
        return Err(cause_with_hint(
            "the text begins with the enclose character, which StarRocks reads correctly only when it is escaped",
            "set sink.properties.escape, or use sink.properties.format = json",
        ));
    }
    let mut pos = sink.room(pos, 1);
    pos = byte(sink.buf, pos, enclose);
    for piece in text.chunks(PIECE) {
        pos = sink.room(pos, 2 * piece.len() + 1);
        for b in piece {
            if special(*b) {
                pos = byte(sink.buf, pos, csv.escape.unwrap_or(enclose));
            }
            pos = byte(sink.buf, pos, *b);
        }
    }
    Ok(byte(sink.buf, pos, enclose))
}

fn nul() -> Box<Cause> {
    cause_with_hint(
        "the text holds a NUL character, which StarRocks drops when enclose or escape is set",
        "use sink.properties.format = json",
    )
}

fn csv_unenclosed(text: &[u8], sink: &mut Sink<'_>, mut pos: usize, cut: bool) -> Cell {
    if cut {
        return Err(cause_with_hint(
            "the text holds the column separator or the row delimiter",
            "set sink.properties.enclose, choose separators that the data does not hold (such as \\x01 and \\x02), or use sink.properties.format = json",
        ));
    }
    let Some(escape) = sink.csv.escape else { return Ok(sink.write(pos, text)) };
    if text.contains(&0) {
        return Err(nul());
    }
    for piece in text.chunks(PIECE) {
        pos = sink.room(pos, 2 * piece.len());
        for b in piece {
            if *b == escape {
                pos = byte(sink.buf, pos, escape);
            }
            pos = byte(sink.buf, pos, *b);
        }
    }
    Ok(pos)
}

/// A JSON string.
#[inline(always)]
pub(crate) fn json_text(slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    if let Some(len) = inline_len(slot) {
        if len > 7 {
            return Err(inline_length(len));
        }
        let start = byte(sink.buf, pos, b'"');
        let met = copy_inline(sink.buf, start, slot, len, JsonSpecial);
        if met.special | met.wide {
            return json_careful(&slot.to_le_bytes()[..len], sink, pos);
        }
        return Ok(byte(sink.buf, start + len, b'"'));
    }
    json_string(variable(slot, base)?, sink, pos)
}

/// A JSON string of the given bytes.
#[inline(always)]
pub(crate) fn json_string(text: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    if text.len() > PIECE {
        return json_careful(text, sink, pos);
    }
    let pos = sink.room(pos, text.len() + 18);
    let start = byte(sink.buf, pos, b'"');
    let met = copy_scan(sink.buf, start, text, JsonSpecial);
    if met.special {
        return json_careful(text, sink, pos);
    }
    if met.wide {
        utf8(text)?;
    }
    Ok(byte(sink.buf, start + text.len(), b'"'))
}

#[cold]
#[inline(never)]
fn json_careful(text: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    utf8(text)?;
    let mut pos = sink.room(pos, 1);
    pos = byte(sink.buf, pos, b'"');
    for piece in text.chunks(PIECE) {
        pos = sink.room(pos, 6 * piece.len() + 1);
        let mut rest = piece;
        while let Some(at) = rest.iter().position(|b| JsonSpecial.byte(*b)) {
            let (clean, tail) = rest.split_at(at);
            pos = copy(sink.buf, pos, clean);
            pos = put_escape(sink.buf, pos, tail[0]);
            rest = &tail[1..];
        }
        pos = copy(sink.buf, pos, rest);
    }
    Ok(byte(sink.buf, pos, b'"'))
}

fn put_escape(buf: &mut [u8], pos: usize, b: u8) -> usize {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match b {
        b'"' | b'\\' => b,
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        _ => {
            let (high, low) = (HEX[usize::from(b >> 4)], HEX[usize::from(b & 15)]);
            return copy(buf, pos, &[b'\\', b'u', b'0', b'0', high, low]);
        }
    };
    copy(buf, pos, &[b'\\', short])
}

/// A string within a nested CSV value for an ARRAY or MAP column: there StarRocks doubles quotes and knows no other escape.
pub(crate) fn doubled_string(text: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    utf8(text)?;
    let mut pos = sink.room(pos, 1);
    pos = byte(sink.buf, pos, b'"');
    for piece in text.chunks(PIECE) {
        pos = sink.room(pos, 2 * piece.len() + 1);
        for b in piece {
            if *b == b'"' {
                pos = byte(sink.buf, pos, b'"');
            }
            pos = byte(sink.buf, pos, *b);
        }
    }
    Ok(byte(sink.buf, pos, b'"'))
}
