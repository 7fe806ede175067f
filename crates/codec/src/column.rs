// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One encoder a column, chosen once from the Flink type, the StarRocks type and the format.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use starrocks_types::{Error, ErrorKind, FlinkColumn, FlinkType, FlinkTypeRoot, Result, StarRocksType};

use crate::check::{Bound, check_length};
use crate::json_document::is_document;
use crate::nested;
use crate::number::{Pow10Divisor, put_decimal, put_decimal_short, put_float, put_i64};
use crate::sink::{Cause, Cell, PIECE, SCALAR, Sink, Window, byte, cause, cause_with_hint, copy, set, window};
use crate::temporal::{put_date, put_datetime, put_time};
use crate::text::{bytes, csv_text, doubled_string, json_string, json_text, utf8, variable};

/// The syntax a value is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// A JSON value.
    Json,
    /// A field of a CSV row; `plain` when only control characters are special.
    Csv { plain: bool },
    /// Within the nested value of a CSV field that is read by StarRocks' own array and map parser.
    CsvNested,
}

/// Text that goes before a value: the separator, or the key.
#[derive(Debug, Clone)]
pub(crate) struct Prefix {
    /// The first bytes, so that one fixed-width store writes any usual key.
    pub(crate) head: [u8; 32],
    text: Box<[u8]>,
}

impl Prefix {
    pub(crate) fn new(text: &[u8]) -> Self {
        let mut head = [0; 32];
        head.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        Self { head, text: text.into() }
    }

    #[inline(always)]
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }
}

type EncodeFn = fn(&Column, u64, &[u8], &mut Sink<'_>, usize) -> Cell;

/// A column, or an element or field of a nested one.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) prefix: Prefix,
    pub(crate) children: Vec<Column>,
    /// The bytes of an element in an array.
    pub(crate) width: usize,
    /// Whether a map must quote its keys.
    pub(crate) quote_keys: bool,
    /// The bytes a value may consist of, unless it is text: a separator within them cannot work.
    pub(crate) alphabet: &'static [u8],
    encode: EncodeFn,
    divisor: Pow10Divisor,
    scale: u8,
    /// The smallest magnitude that a decimal does not take, or that a BINARY written as a number does not.
    limit: u128,
    /// When the column must not be NULL.
    pub(crate) required: Required,
    /// Whether values are text or binary data, which can be cut.
    pub(crate) kind: Kind,
    /// What values are checked for, and how those that pass are written.
    bound: Option<(Bound, EncodeFn)>,
}

/// When a column must not be NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Required {
    Never,
    /// In rows that are inserted; a delete needs no more than the key.
    Upsert,
    Always,
}

/// Whether values can be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Binary,
    Other,
}

impl Column {
    /// Writes a value that is not NULL. There is room for [`SCALAR`] bytes.
    #[inline(always)]
    pub(crate) fn encode(&self, slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
        (self.encode)(self, slot, base, sink, pos)
    }

    /// Chooses the encoder.
    pub(crate) fn new(data_type: &FlinkType, target: Option<&StarRocksType>, syntax: Syntax) -> Result<Self> {
        use FlinkTypeRoot as F;
        let json = syntax == Syntax::Json;
        let quoted = !matches!(syntax, Syntax::Csv { .. });
        let mut column = Self {
            prefix: Prefix::new(b""),
            children: Vec::new(),
            width: 8,
            quote_keys: false,
            alphabet: b"0123456789-",
            encode: bigint,
            divisor: Pow10Divisor::new(1),
            scale: 0,
            limit: u128::MAX,
            required: Required::Never,
            kind: match &data_type.root {
                F::Char { .. } | F::Varchar { .. } => Kind::Text,
                F::Binary { .. } | F::Varbinary { .. } => Kind::Binary,
                _ => Kind::Other,
            },
            bound: None,
        };
        match &data_type.root {
            F::Boolean => {
                (column.width, column.encode) = (1, if json { boolean_word } else { boolean_digit });
            }
            F::Tinyint => (column.width, column.encode) = (1, tinyint),
            F::Smallint => (column.width, column.encode) = (2, smallint),
            F::Integer => (column.width, column.encode) = (4, integer),
            F::Bigint => column.encode = bigint,
            F::Float => {
                (column.width, column.encode) = (4, if quoted { float::<true> } else { float::<false> });
                column.alphabet = b"0123456789-+.e\\N";
            }
            F::Double => {
                column.encode = if quoted { double::<true> } else { double::<false> };
                column.alphabet = b"0123456789-+.e\\N";
            }
            F::Decimal { precision, scale } => column.decimal(*precision, *scale)?,
            F::Date => {
                (column.width, column.encode) = (4, if quoted { date::<true> } else { date::<false> });
            }
            F::TimeWithoutTimeZone { .. } => {
                (column.width, column.encode) = (4, if quoted { time::<true> } else { time::<false> });
                column.alphabet = b"0123456789:.";
            }
            F::TimestampWithoutTimeZone { precision } => {
                column.encode = timestamp_encoder::<false>(*precision, quoted);
                column.alphabet = b"0123456789-:. ";
            }
            F::TimestampWithLocalTimeZone { precision } => {
                column.encode = timestamp_encoder::<true>(*precision, quoted);
                column.alphabet = b"0123456789-:. ";
            }
            F::Char { .. } | F::Varchar { .. } => {
                column.alphabet = b"";
                column.encode = match syntax {
                    Syntax::Json if target.is_some_and(takes_documents) => json_column,
                    Syntax::Json => |_, slot, base, sink, pos| json_text(slot, base, sink, pos),
                    Syntax::Csv { plain: false } => |_, slot, base, sink, pos| csv_text::<false>(slot, base, sink, pos),
                    Syntax::Csv { plain: true } => |_, slot, base, sink, pos| csv_text::<true>(slot, base, sink, pos),
                    Syntax::CsvNested => {
                        |_, slot, base, sink, pos| doubled_string(bytes(&slot.to_le_bytes(), base)?, sink, pos)
                    }
                };
            }
            F::Binary { .. } | F::Varbinary { .. } => match target.and_then(unsigned_limit) {
                Some(limit) => (column.encode, column.limit) = (binary_number, limit),
                None => {
                    column.encode = if quoted { base64_text::<true> } else { base64_text::<false> };
                    column.alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
                }
            },
            F::Array { .. } | F::Map { .. } | F::Row { .. } => {
                column.alphabet = b"";
                column.nested(data_type, target, syntax)?;
            }
        }
        Ok(column)
    }

    /// Whether NULL may be written, in a row that is deleted or one that is not.
    #[inline(always)]
    pub(crate) fn takes_null(&self, delete: bool) -> bool {
        self.required <= if delete { Required::Upsert } else { Required::Never }
    }

    /// Refuses NULL, and numbers that are written as NULL.
    pub(crate) fn require(&mut self, is_key: bool, source: &FlinkTypeRoot) {
        self.required = if is_key { Required::Always } else { Required::Upsert };
        if matches!(source, FlinkTypeRoot::Float | FlinkTypeRoot::Double) {
            self.bound = Some((Bound::Finite, self.encode));
            self.encode = checked;
        }
    }

    /// Has values checked against the StarRocks type before they are written.
    pub(crate) fn validate(&mut self, source: &FlinkTypeRoot, target: &StarRocksType) {
        let Some(bound) = Bound::of(source, target) else { return };
        if self.bound.is_none() {
            self.bound = Some((bound, self.encode));
            self.encode = if matches!(bound, Bound::Bytes(_)) { limited } else { checked };
        }
    }

    fn decimal(&mut self, precision: u8, scale: u8) -> Result<()> {
        if precision == 0 || precision > 38 || scale > precision {
            return Err(Error::new(ErrorKind::InvalidConfig, format!("DECIMAL({precision}, {scale}) is not a type")));
        }
        self.alphabet = b"0123456789-.";
        self.scale = scale;
        self.limit = 10u128.pow(u32::from(precision));
        self.encode = match (precision, scale) {
            (..=18, 0) => decimal_whole,
            (..=18, ..=7) => {
                self.divisor = Pow10Divisor::new(scale);
                decimal_short
            }
            (..=18, _) => decimal_compact,
            _ => decimal_wide,
        };
        Ok(())
    }

    fn nested(&mut self, data_type: &FlinkType, target: Option<&StarRocksType>, syntax: Syntax) -> Result<()> {
        use FlinkTypeRoot as F;
        use StarRocksType as S;
        if let Syntax::Csv { .. } = syntax {
            let own = match target {
                Some(S::Array(_) | S::Map(..) | S::Struct(_)) => Syntax::CsvNested,
                _ => Syntax::Json,
            };
            if let Some(t) = target.filter(|t| !readable_in_csv(t)) {
                return Err(Error::new(ErrorKind::SchemaMismatch, format!("StarRocks cannot read {t} from CSV"))
                    .hint("set sink.properties.format = json"));
            }
            self.children = vec![Self::new(data_type, target, own)?];
            self.encode = nested::csv_field;
            return Ok(());
        }
        match &data_type.root {
            F::Array { element } => {
                let t = match target {
                    Some(S::Array(t)) => Some(&**t),
                    other => other.filter(|t| **t == S::Json),
                };
                self.children = vec![Self::new(element, t, syntax)?];
                self.encode = nested::array;
            }
            F::Map { key, value } => {
                let (k, v) = match target {
                    Some(S::Map(k, v)) => (Some(&**k), Some(&**v)),
                    _ => (None, None),
                };
                if matches!(key.root, F::Array { .. } | F::Map { .. } | F::Row { .. }) {
                    return Err(Error::new(ErrorKind::Unsupported, format!("a map key cannot be {key}")));
                }
                // A key is text of its own, never an embedded document.
                let k = k.filter(|t| **t != S::Json);
                self.children = vec![Self::new(key, k, syntax)?, Self::new(value, v, syntax)?];
                self.quote_keys = syntax == Syntax::Json && !writes_quotes(&key.root, k);
                self.encode = nested::map;
            }
            F::Row { fields } => {
                for (i, field) in fields.iter().enumerate() {
                    let t = match target {
                        Some(S::Struct(types)) => {
                            types.iter().find(|(name, _)| name.eq_ignore_ascii_case(&field.name)).map(|(_, t)| t)
                        }
                        _ => None,
                    };
                    let mut child = Self::new(&field.data_type, t, syntax)?;
                    child.prefix = Prefix::new(json_key(i == 0, &field.name).as_bytes());
                    self.children.push(child);
                }
                self.encode = nested::row;
            }
            _ => {}
        }
        Ok(())
    }
}

/// `{"name":` or `,"name":`.
pub(crate) fn json_key(first: bool, name: &str) -> String {
    let mut key = String::from(if first { "{\"" } else { ",\"" });
    for c in name.chars() {
        match c {
            '"' | '\\' => key.extend(['\\', c]),
            '\0'..='\x1f' => key.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => key.push(c),
        }
    }
    key.push_str("\":");
    key
}

/// A top-level column with its context in errors.
pub(crate) fn top_level(column: &FlinkColumn, target: Option<&StarRocksType>, syntax: Syntax) -> Result<Column> {
    let mut encoder = Column::new(&column.data_type, target, syntax).map_err(|e| {
        let e = e.with("column", &column.name).with("flink_type", &column.data_type);
        match target {
            Some(t) => e.with("starrocks_type", t),
            None => e,
        }
    })?;
    if column.data_type.root == FlinkTypeRoot::Boolean && target != Some(&StarRocksType::Json) {
        // Every BOOLEAN and numeric column of every version reads 1 and 0; within nested values the type is worth keeping.
        encoder.encode = boolean_digit;
    }
    Ok(encoder)
}

/// Columns for which text is a JSON document.
fn takes_documents(target: &StarRocksType) -> bool {
    use StarRocksType as S;
    matches!(target, S::Json | S::Array(_) | S::Map(..) | S::Struct(_))
}

/// StarRocks' CSV parser splits an array at every comma outside nested brackets, and reads no STRUCT.
fn readable_in_csv(target: &StarRocksType) -> bool {
    use StarRocksType as S;
    match target {
        S::Struct(_) => false,
        S::Array(element) => !matches!(**element, S::Map(..)) && readable_in_csv(element),
        S::Map(key, value) => readable_in_csv(key) && !matches!(**value, S::Array(_)) && readable_in_csv(value),
        _ => true,
    }
}

/// The values of an integer column that a BINARY may stand for, as the bound they stay below.
fn unsigned_limit(target: &StarRocksType) -> Option<u128> {
    use StarRocksType as S;
    Some(
        1 << match target {
            S::Boolean | S::TinyInt => 7,
            S::SmallInt => 15,
            S::Int => 31,
            S::BigInt => 63,
            S::LargeInt => 127,
            _ => return None,
        },
    )
}

/// Whether the JSON text of a type is a string already.
fn writes_quotes(root: &FlinkTypeRoot, target: Option<&StarRocksType>) -> bool {
    use FlinkTypeRoot as F;
    match root {
        F::Char { .. } | F::Varchar { .. } | F::Date | F::TimeWithoutTimeZone { .. } => true,
        F::TimestampWithoutTimeZone { .. } | F::TimestampWithLocalTimeZone { .. } => true,
        F::Binary { .. } | F::Varbinary { .. } => target.and_then(unsigned_limit).is_none(),
        _ => false,
    }
}

/// A text or binary value that is written only if it is short enough.
fn limited(column: &Column, slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    let Some((Bound::Bytes(limit), encode)) = column.bound else { return Err(cause("the column has no limit")) };
    check_length(slot, base, limit)?;
    encode(column, slot, base, sink, pos)
}

/// A value that is written only if it passes its check.
fn checked(column: &Column, slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    let Some((bound, encode)) = column.bound else { return Err(cause("the column has no bound")) };
    bound.check(column.width, slot, base)?;
    encode(column, slot, base, sink, pos)
}

fn boolean_digit(_: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    Ok(byte(sink.buf, pos, b'0' + u8::from(slot as u8 != 0)))
}

fn boolean_word(_: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    Ok(copy(sink.buf, pos, if slot as u8 != 0 { b"true" } else { b"false" }))
}

fn tinyint(_: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    Ok(pos + put_i64(window(sink.buf, pos), 0, i64::from(slot as i8)))
}

fn smallint(_: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    Ok(pos + put_i64(window(sink.buf, pos), 0, i64::from(slot as i16)))
}

fn integer(_: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    Ok(pos + put_i64(window(sink.buf, pos), 0, i64::from(slot as i32)))
}

fn bigint(_: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    Ok(pos + put_i64(window(sink.buf, pos), 0, slot as i64))
}

/// NULL for NaN and infinities, which StarRocks stores as NULL however they are spelled.
#[cold]
fn not_a_number<const JSON: bool>(sink: &mut Sink<'_>, pos: usize) -> usize {
    copy(sink.buf, pos, if JSON { b"null" } else { sink.csv.null() })
}

fn float<const JSON: bool>(_: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    let v = f32::from_bits(slot as u32);
    match put_float(window(sink.buf, pos), v.is_finite(), v) {
        Some(n) => Ok(pos + n),
        None => Ok(not_a_number::<JSON>(sink, pos)),
    }
}

fn double<const JSON: bool>(_: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    let v = f64::from_bits(slot);
    match put_float(window(sink.buf, pos), v.is_finite(), v) {
        Some(n) => Ok(pos + n),
        None => Ok(not_a_number::<JSON>(sink, pos)),
    }
}

/// The unscaled value, if it has no more digits than the precision says.
#[inline(always)]
fn compact(column: &Column, slot: u64) -> Result<i64, Box<Cause>> {
    let unscaled = slot as i64;
    if unscaled.unsigned_abs() < column.limit as u64 { Ok(unscaled) } else { Err(too_many_digits()) }
}

#[cold]
fn too_many_digits() -> Box<Cause> {
    cause("the decimal has more digits than its precision")
}

fn decimal_whole(column: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    Ok(pos + put_i64(window(sink.buf, pos), 0, compact(column, slot)?))
}

fn decimal_short(column: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    let unscaled = compact(column, slot)?;
    Ok(pos + put_decimal_short(window(sink.buf, pos), unscaled, column.divisor, column.scale))
}

fn decimal_compact(column: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    Ok(pos + put_decimal(window(sink.buf, pos), i128::from(compact(column, slot)?), column.scale))
}

fn decimal_wide(column: &Column, slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    let digits = variable(slot, base)?;
    if digits.is_empty() || digits.len() > 16 {
        return Err(cause(format!("a decimal has {} bytes, not 1 to 16", digits.len())));
    }
    let sign = digits.first().map_or(0, |b| (*b as i8 >> 7) as i128);
    let unscaled = digits.iter().fold(sign, |v, b| v << 8 | i128::from(*b));
    if unscaled.unsigned_abs() >= column.limit {
        return Err(too_many_digits());
    }
    Ok(pos + put_decimal(window(sink.buf, pos), unscaled, column.scale))
}

/// Puts quotes around what `put` writes from the given place on.
#[inline(always)]
fn quoted<const Q: bool>(
    sink: &mut Sink<'_>,
    pos: usize,
    put: impl FnOnce(&mut Window, usize) -> Option<usize>,
) -> Option<usize> {
    let w = window(sink.buf, pos);
    if Q {
        set(w, 0, [b'"']);
        let n = put(w, 1)?;
        set(w, n, [b'"']);
        Some(pos + n + 1)
    } else {
        Some(pos + put(w, 0)?)
    }
}

#[cold]
fn out_of_range(what: &'static str) -> Box<Cause> {
    cause_with_hint(
        format!("the {what} is outside what StarRocks can store"),
        "StarRocks stores 0000-01-01 to 9999-12-31",
    )
}

fn date<const Q: bool>(_: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    quoted::<Q>(sink, pos, |w, n| put_date(w, n, i64::from(slot as i32))).ok_or_else(|| out_of_range("date"))
}

fn time<const Q: bool>(_: &Column, slot: u64, _: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    quoted::<Q>(sink, pos, |w, n| put_time(w, n, slot as i32)).ok_or_else(|| cause("the time is not within a day"))
}

fn timestamp_encoder<const LOCAL: bool>(precision: u8, quoted: bool) -> EncodeFn {
    match (precision <= 3, quoted) {
        (true, true) => timestamp_millis::<true, LOCAL>,
        (true, false) => timestamp_millis::<false, LOCAL>,
        (false, true) => timestamp_nanos::<true, LOCAL>,
        (false, false) => timestamp_nanos::<false, LOCAL>,
    }
}

#[inline(always)]
fn put_timestamp<const Q: bool, const LOCAL: bool>(millis: i64, nanos: u32, sink: &mut Sink<'_>, pos: usize) -> Cell {
    let wall = if LOCAL { sink.zone.local(millis) } else { Some(millis) };
    wall.and_then(|wall| quoted::<Q>(sink, pos, |w, n| put_datetime(w, n, wall, nanos)))
        .ok_or_else(|| out_of_range("timestamp"))
}

fn timestamp_millis<const Q: bool, const LOCAL: bool>(
    _: &Column,
    slot: u64,
    _: &[u8],
    sink: &mut Sink<'_>,
    pos: usize,
) -> Cell {
    put_timestamp::<Q, LOCAL>(slot as i64, 0, sink, pos)
}

fn timestamp_nanos<const Q: bool, const LOCAL: bool>(
    _: &Column,
    slot: u64,
    base: &[u8],
    sink: &mut Sink<'_>,
    pos: usize,
) -> Cell {
    let (offset, nanos) = ((slot >> 32) as usize, slot as u32);
    let Some(millis) = base.get(offset..).and_then(|rest| rest.first_chunk::<8>()) else {
        return Err(crate::text::outside(offset, 8, base.len()));
    };
    if nanos > 999_999 {
        return Err(cause(format!("{nanos} nanoseconds are more than a millisecond")));
    }
    put_timestamp::<Q, LOCAL>(i64::from_le_bytes(*millis), nanos, sink, pos)
}

fn base64_text<const Q: bool>(_: &Column, slot: u64, base: &[u8], sink: &mut Sink<'_>, mut pos: usize) -> Cell {
    // A multiple of three, so that only the last piece is padded.
    const STEP: usize = PIECE / 3 * 3;
    let slot = slot.to_le_bytes();
    let data = bytes(&slot, base)?;
    if Q {
        pos = byte(sink.buf, pos, b'"');
    }
    for piece in data.chunks(STEP) {
        pos = sink.room(pos, STEP / 3 * 4 + SCALAR);
        let written = STANDARD.encode_slice(piece, &mut sink.buf[pos..]).map_err(|e| cause(e.to_string()))?;
        pos += written;
    }
    Ok(if Q { byte(sink.buf, pos, b'"') } else { pos })
}

/// BINARY in an integer column is a big-endian unsigned number.
fn binary_number(column: &Column, slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    let slot = slot.to_le_bytes();
    let data = bytes(&slot, base)?;
    let significant = data.iter().position(|b| *b != 0).and_then(|i| data.get(i..)).unwrap_or_default();
    let value = significant.iter().take(17).fold(0u128, |v, b| v << 8 | u128::from(*b));
    match i128::try_from(value) {
        Ok(v) if significant.len() <= 16 && value < column.limit => Ok(pos + put_decimal(window(sink.buf, pos), v, 0)),
        _ => Err(cause(format!("the {} bytes of the BINARY are a number too large for the column", data.len()))),
    }
}

/// Text for a JSON or nested column: a JSON document is embedded as it is written, other text becomes a JSON string.
fn json_column(_: &Column, slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    let slot = slot.to_le_bytes();
    let data = bytes(&slot, base)?;
    let text = utf8(data)?;
    if is_document(text) {
        return Ok(sink.write(pos, data));
    }
    if text.trim_start().starts_with(['{', '[']) {
        return Err(cause(
            "the text for a JSON or nested column begins like an object or an array but is not valid JSON",
        ));
    }
    json_string(data, sink, pos)
}
