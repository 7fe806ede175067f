// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Values of a text result. What does not fit the Flink type is an error that says why, without the value.

use std::borrow::Cow;

use jiff::tz::TimeZone;

use super::value::{Kind, Value};
use crate::parse;
use crate::temporal::instant;

/// Reads a value.
pub(super) fn read<'a>(text: &'a [u8], kind: &Kind, zone: &TimeZone) -> Result<Value<'a>, String> {
    let not = |what: &str| format!("it is no {what}");
    Ok(match kind {
        Kind::Binary => Value::Text(Cow::Borrowed(text)),
        Kind::Text => match std::str::from_utf8(text) {
            Ok(_) => Value::Text(Cow::Borrowed(text)),
            Err(_) => return Err(not("UTF-8")),
        },
        Kind::Boolean => match text {
            b"1" | b"true" => Value::Boolean(true),
            b"0" | b"false" => Value::Boolean(false),
            _ => return Err(not("boolean")),
        },
        Kind::Integer { bytes } => {
            let value: i64 = number(text).ok_or_else(|| not("whole number of 64 bits"))?;
            let spare = 64 - 8 * u32::from(*bytes);
            if (value << spare) >> spare != value {
                return Err(format!("it does not fit {bytes} bytes"));
            }
            Value::Integer(value)
        }
        Kind::Float => Value::Float(number(text).ok_or_else(|| not("number"))?),
        Kind::Double { narrow: true } => Value::Double(f64::from(number::<f32>(text).ok_or_else(|| not("number"))?)),
        Kind::Double { narrow: false } => Value::Double(number(text).ok_or_else(|| not("number"))?),
        Kind::Decimal { precision, scale } => Value::Decimal(decimal(text, *precision, *scale)?),
        Kind::Date => Value::Date(parse::date(text).ok_or_else(|| not("date"))?),
        Kind::Timestamp { precision, zoned } => timestamp(text, *zoned, *precision, zone).map_err(not)?,
    })
}

fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn decimal(text: &[u8], precision: u8, scale: u8) -> Result<i128, String> {
    let no_number = || "it is no decimal number".to_owned();
    let text = std::str::from_utf8(text).map_err(|_| no_number())?;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + fraction.len() == 0 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(no_number());
    }
    let scale = usize::from(scale);
    let kept = fraction.get(..scale.min(fraction.len())).unwrap_or_default();
    if fraction.get(kept.len()..).unwrap_or_default().bytes().any(|b| b != b'0') {
        return Err(format!("it has more than {scale} fraction digits"));
    }
    let too_long = || format!("it has more than {precision} digits");
    let mut value: i128 = 0;
    for digit in whole.bytes().chain(kept.bytes()).chain(std::iter::repeat_n(b'0', scale - kept.len())) {
        value = value.checked_mul(10).and_then(|v| v.checked_add(i128::from(digit - b'0'))).ok_or_else(too_long)?;
    }
    if value >= 10_i128.pow(u32::from(precision)) {
        return Err(too_long());
    }
    Ok(if negative { -value } else { value })
}

/// `yyyy-MM-dd HH:mm:ss[.f…]`, at an instant if it is `zoned`, with the digits that the Flink type has.
fn timestamp(text: &[u8], zoned: bool, precision: u8, zone: &TimeZone) -> Result<Value<'static>, &'static str> {
    let wall = parse::datetime(text).filter(|_| text.get(10) == Some(&b' ')).ok_or("date and time")?;
    let millis = if zoned { instant(zone, wall.0).ok_or("time of the zone")? } else { wall.0 };
    let (millis, nanos) = parse::truncated((millis, wall.1), precision);
    Ok(Value::Timestamp { millis, nanos })
}
