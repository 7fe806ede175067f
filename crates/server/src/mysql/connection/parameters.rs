// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The values of COM_STMT_EXECUTE.

use std::io;

use super::prepared::Prepared;
use crate::mysql::packet::{Reader, invalid, utf8};
use crate::sql::quote;

const PARAMETER: &str = "the value of a parameter";

/// The values of COM_STMT_EXECUTE as literals.
pub(super) fn parameters(reader: &mut Reader<'_>, prepared: &mut Prepared) -> io::Result<Vec<String>> {
    if prepared.parameters == 0 {
        return Ok(Vec::new());
    }
    let nulls = reader.bytes(prepared.parameters.div_ceil(8))?.to_vec();
    if reader.u8()? == 1 {
        let types = (0..prepared.parameters).map(|_| Ok((reader.u8()?, reader.u8()?)));
        prepared.types = types.collect::<io::Result<_>>()?;
    }
    let long_data = std::mem::take(&mut prepared.long_data);
    let mut values = Vec::with_capacity(prepared.parameters);
    for i in 0..prepared.parameters {
        let index = u16::try_from(i).unwrap_or(u16::MAX);
        if let Some(data) = long_data.get(&index) {
            values.push(quote(utf8(data, PARAMETER)?));
            continue;
        }
        if nulls.get(i / 8).is_some_and(|byte| byte & (1 << (i % 8)) != 0) {
            values.push("NULL".to_owned());
            continue;
        }
        let &(code, flags) = prepared.types.get(i).ok_or_else(|| invalid("parameters without types"))?;
        values.push(parameter(reader, code, flags & 0x80 != 0)?);
    }
    Ok(values)
}

fn parameter(reader: &mut Reader<'_>, code: u8, unsigned: bool) -> io::Result<String> {
    let signed = |n: u64, bytes: usize| {
        let shift = 64 - 8 * bytes;
        ((n << shift) as i64) >> shift
    };
    Ok(match code {
        1 | 2 | 3 | 8 | 9 | 13 => {
            let bytes = match code {
                1 => 1,
                2 | 13 => 2,
                8 => 8,
                _ => 4,
            };
            let n = reader.uint(bytes)?;
            if unsigned { n.to_string() } else { signed(n, bytes).to_string() }
        }
        4 => match f32::from_bits(reader.uint(4)? as u32) {
            value if value.is_finite() => value.to_string(),
            value => format!("cast('{value}' as float)"),
        },
        5 => format!("cast('{}' as double)", f64::from_bits(reader.uint(8)?)),
        6 => "NULL".to_owned(),
        7 | 10 | 12 => {
            let length = usize::from(reader.u8()?);
            if !matches!(length, 0 | 4 | 7 | 11) {
                return Err(invalid(format!("a date of {length} bytes")));
            }
            let mut rest = Reader(reader.bytes(length)?);
            let (year, month, day) = match length {
                0 => (0, 0, 0),
                _ => (rest.uint(2)?, rest.u8()?, rest.u8()?),
            };
            let date = format!("{year:04}-{month:02}-{day:02}");
            if length < 7 {
                quote(&date)
            } else {
                let (hour, minute, second) = (rest.u8()?, rest.u8()?, rest.u8()?);
                let micros = if length >= 11 { rest.uint(4)? } else { 0 };
                let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
                quote(&format!("{date} {hour:02}:{minute:02}:{second:02}{fraction}"))
            }
        }
        11 => {
            let length = usize::from(reader.u8()?);
            let mut rest = Reader(reader.bytes(length)?);
            if length == 0 {
                quote("00:00:00")
            } else {
                let (negative, days) = (rest.u8()?, rest.uint(4)?);
                let (hour, minute, second) = (u64::from(rest.u8()?), rest.u8()?, rest.u8()?);
                let sign = if negative == 1 { "-" } else { "" };
                quote(&format!("{sign}{:02}:{minute:02}:{second:02}", days * 24 + hour))
            }
        }
        15 | 16 | 245..=255 | 0 => {
            let text = utf8(reader.lenenc_bytes()?, PARAMETER)?;
            // A DECIMAL arrives as text but is a number.
            let number = matches!(code, 0 | 246) && text.parse().is_ok_and(f64::is_finite);
            if number { text.to_owned() } else { quote(text) }
        }
        other => return Err(invalid(format!("unknown mysql type code {other}"))),
    })
}
