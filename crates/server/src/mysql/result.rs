// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Columns and rows of result sets as the protocol writes them.

use std::io;

use starrocks_types::StarRocksType;

use super::packet::{invalid, put_lenenc};

/// utf8_general_ci, the collation of text columns.
const UTF8: u16 = 33;
/// The collation of everything that is not text.
const BINARY: u16 = 63;

/// Type codes of the protocol, with the names that MySQL gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WireType {
    Tiny = 1,
    Short = 2,
    Long = 3,
    Float = 4,
    Double = 5,
    LongLong = 8,
    Date = 10,
    DateTime = 12,
    NewDecimal = 246,
    Blob = 252,
    VarString = 253,
    String = 254,
}

/// A column of a result set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) wire: WireType,
    charset: u16,
    length: u32,
    decimals: u8,
}

impl Column {
    /// A VARCHAR column of `chars` characters; SHOW statements have little else.
    pub(crate) fn varchar(name: impl Into<String>, chars: u32) -> Self {
        Self {
            name: name.into(),
            wire: WireType::VarString,
            charset: UTF8,
            length: chars.saturating_mul(3),
            decimals: 0,
        }
    }

    /// A text column whose length is not known, such as a literal or the result of a function.
    pub(crate) fn text(name: impl Into<String>) -> Self {
        Self::varchar(name, 64)
    }

    /// A binary string whose length is not known.
    pub(crate) fn blob(name: impl Into<String>) -> Self {
        Self { name: name.into(), wire: WireType::Blob, charset: BINARY, length: 192, decimals: 0 }
    }

    /// A column of a StarRocks type.
    pub(crate) fn of(name: impl Into<String>, data_type: &StarRocksType) -> Self {
        use StarRocksType as T;
        let (wire, charset, length, decimals) = match data_type {
            T::Boolean => (WireType::Tiny, BINARY, 1, 0),
            T::TinyInt => (WireType::Tiny, BINARY, 4, 0),
            T::SmallInt => (WireType::Short, BINARY, 6, 0),
            T::Int => (WireType::Long, BINARY, 11, 0),
            T::BigInt => (WireType::LongLong, BINARY, 20, 0),
            T::LargeInt => (WireType::String, UTF8, 40, 0),
            T::Float => (WireType::Float, BINARY, 12, 31),
            T::Double => (WireType::Double, BINARY, 22, 31),
            T::Decimal(p, s) => (WireType::NewDecimal, BINARY, u32::from(*p) + 3 + u32::from(*s > 0), *s),
            T::Char(n) => (WireType::String, UTF8, n.saturating_mul(3), 0),
            T::Varchar(n) => (WireType::VarString, UTF8, n.saturating_mul(3), 0),
            T::Varbinary(n) => (WireType::Blob, BINARY, n.unwrap_or(1_048_576).saturating_mul(3), 0),
            T::Date => (WireType::Date, BINARY, 10, 0),
            T::DateTime => (WireType::DateTime, BINARY, 19, 0),
            T::Json | T::Array(_) | T::Map(..) | T::Struct(_) => (WireType::String, UTF8, 60, 0),
            T::Hll => (WireType::String, UTF8, 49_155, 0),
            T::Bitmap => (WireType::String, UTF8, 192, 0),
            T::Percentile => (WireType::String, BINARY, 60, 0),
        };
        Self { name: name.into(), wire, charset, length, decimals }
    }

    /// The column definition packet.
    pub(super) fn definition(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(32 + 2 * self.name.len());
        put_lenenc(&mut out, b"def");
        // Database, table and original table are left empty, as the FE does.
        out.extend([0, 0, 0]);
        put_lenenc(&mut out, self.name.as_bytes());
        put_lenenc(&mut out, self.name.as_bytes());
        out.push(0x0c);
        out.extend_from_slice(&self.charset.to_le_bytes());
        out.extend_from_slice(&self.length.to_le_bytes());
        out.push(self.wire as u8);
        out.extend_from_slice(&0_u16.to_le_bytes());
        out.push(self.decimals);
        out.extend([0, 0]);
        out
    }
}

/// Builds row packets of the text or of the binary protocol from the values' text forms.
pub(super) struct RowWriter {
    binary: bool,
    row: Vec<u8>,
    columns: usize,
    at: usize,
}

impl RowWriter {
    pub(super) fn new(binary: bool, columns: usize) -> Self {
        let mut writer = Self { binary, row: Vec::with_capacity(256), columns, at: 0 };
        writer.start();
        writer
    }

    fn start(&mut self) {
        self.at = 0;
        self.row.clear();
        if self.binary {
            self.row.push(0);
            self.row.resize(1 + (self.columns + 9) / 8, 0);
        }
    }

    /// Appends the next value of the row.
    pub(super) fn put(&mut self, wire: WireType, value: Option<&[u8]>) -> io::Result<()> {
        match (value, self.binary) {
            (None, false) => self.row.push(0xfb),
            (None, true) => {
                let bit = self.at + 2;
                if let Some(byte) = self.row.get_mut(1 + bit / 8) {
                    *byte |= 1 << (bit % 8);
                }
            }
            (Some(text), false) => put_lenenc(&mut self.row, text),
            (Some(text), true) => put_binary(&mut self.row, wire, text)?,
        }
        self.at += 1;
        Ok(())
    }

    /// The finished row; the next [`RowWriter::put`] belongs to the next one.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        let row = std::mem::take(&mut self.row);
        self.row = Vec::with_capacity(row.len());
        self.start();
        row
    }
}

fn put_binary(out: &mut Vec<u8>, wire: WireType, text: &[u8]) -> io::Result<()> {
    let wrong = || invalid("a value that does not fit its column's type");
    let parse = || std::str::from_utf8(text).map_err(|_| wrong());
    match wire {
        WireType::Tiny => out.extend(parse()?.parse::<i8>().map_err(|_| wrong())?.to_le_bytes()),
        WireType::Short => out.extend(parse()?.parse::<i16>().map_err(|_| wrong())?.to_le_bytes()),
        WireType::Long => out.extend(parse()?.parse::<i32>().map_err(|_| wrong())?.to_le_bytes()),
        WireType::LongLong => out.extend(parse()?.parse::<i64>().map_err(|_| wrong())?.to_le_bytes()),
        WireType::Float => out.extend(parse()?.parse::<f32>().map_err(|_| wrong())?.to_le_bytes()),
        WireType::Double => out.extend(parse()?.parse::<f64>().map_err(|_| wrong())?.to_le_bytes()),
        WireType::Date | WireType::DateTime => put_date_time(out, parse()?).ok_or_else(wrong)?,
        WireType::NewDecimal | WireType::Blob | WireType::VarString | WireType::String => put_lenenc(out, text),
    }
    Ok(())
}

/// Appends `yyyy-MM-dd[ HH:mm:ss[.ffffff]]` as the protocol's date.
fn put_date_time(out: &mut Vec<u8>, text: &str) -> Option<()> {
    let (date, time) = text.split_once(' ').unwrap_or((text, ""));
    let mut date = date.splitn(3, '-');
    let year: u16 = date.next()?.parse().ok()?;
    let month: u8 = date.next()?.parse().ok()?;
    let day: u8 = date.next()?.parse().ok()?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut clock = clock.splitn(3, ':').filter(|p| !p.is_empty()).map(|p| p.parse::<u8>().ok());
    let clock = match (clock.next(), clock.next(), clock.next()) {
        (None, ..) => None,
        (Some(h), Some(m), Some(s)) => Some([h?, m?, s?]),
        _ => return None,
    };
    let micros: u32 = format!("{fraction:0<6}").parse().ok()?;
    out.push(match (&clock, micros) {
        (None, _) => 4,
        (Some(_), 0) => 7,
        _ => 11,
    });
    out.extend_from_slice(&year.to_le_bytes());
    out.extend([month, day]);
    if let Some(clock) = clock {
        out.extend(clock);
        if micros != 0 {
            out.extend_from_slice(&micros.to_le_bytes());
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_binary_rows() {
        let mut text = RowWriter::new(false, 2);
        text.put(WireType::Long, Some(b"12")).unwrap();
        text.put(WireType::VarString, None).unwrap();
        assert_eq!(text.finish(), b"\x0212\xfb");
        let mut binary = RowWriter::new(true, 3);
        for (wire, value) in
            [(WireType::Short, Some(&b"-2"[..])), (WireType::VarString, None), (WireType::Date, Some(b"2024-02-29"))]
        {
            binary.put(wire, value).unwrap();
        }
        assert_eq!(binary.finish(), [0, 0b1000, 0xfe, 0xff, 4, 0xe8, 7, 2, 29]);
    }

    #[test]
    fn date_times_take_the_shortest_form() {
        for (text, length) in [("2024-01-05 00:00:00", 7), ("2024-01-05 10:20:30.500000", 11)] {
            let mut out = Vec::new();
            put_date_time(&mut out, text).unwrap();
            assert_eq!((usize::from(out[0]), out.len()), (length, length + 1));
        }
        assert!(put_date_time(&mut Vec::new(), "2024-01").is_none());
    }
}
