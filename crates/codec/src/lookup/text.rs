// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Values of a text result. What does not fit the Flink type is an error that says why, without the value.

use std::borrow::Cow;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::value::{Kind, Value};

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Reads a value.
pub(super) fn parse<'a>(text: &'a [u8], kind: &Kind, zone: &TimeZone) -> Result<Value<'a>, String> {
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
        Kind::Date => Value::Date(date(text).and_then(days).ok_or_else(|| not("date"))?),
        Kind::Timestamp { precision, zoned } => {
            let wall = datetime(text).ok_or_else(|| not("date and time"))?;
            let (millis, nanos) = millis(wall, *zoned, zone).ok_or_else(|| not("time of the zone"))?;
            cut(millis, nanos, *precision)
        }
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

/// So many digits from `at` on.
fn digits(text: &[u8], at: usize, count: usize) -> Option<i32> {
    let digits = text.get(at..at + count)?;
    digits.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i32::from(b - b'0')))
}

/// `yyyy-MM-dd` and nothing else.
fn date(text: &[u8]) -> Option<Date> {
    if text.len() != 10 || text.get(4) != Some(&b'-') || text.get(7) != Some(&b'-') {
        return None;
    }
    let (year, month, day) = (digits(text, 0, 4)?, digits(text, 5, 2)?, digits(text, 8, 2)?);
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// `yyyy-MM-dd HH:mm:ss[.f…]`.
fn datetime(text: &[u8]) -> Option<DateTime> {
    let date = date(text.get(..10)?)?;
    let clock = (text.get(10), text.get(13), text.get(16));
    if clock != (Some(&b' '), Some(&b':'), Some(&b':')) {
        return None;
    }
    let part = |at: usize| digits(text, at, 2).and_then(|n| n.try_into().ok());
    let nanos = match text.get(19..)? {
        [] => 0,
        [b'.', fraction @ ..] if (1..=9).contains(&fraction.len()) => {
            digits(fraction, 0, fraction.len())? * 10_i32.pow(9 - fraction.len() as u32)
        }
        _ => return None,
    };
    Some(date.to_datetime(Time::new(part(11)?, part(14)?, part(17)?, nanos).ok()?))
}

fn days(date: Date) -> Option<i32> {
    // Dates are within the year 9999.
    Some((date - EPOCH).get_days())
}

/// Milliseconds since the epoch and nanoseconds of the millisecond. A wall-clock time that a zone skips or has twice is taken
/// as Java's `LocalDateTime.atZone` takes it: moved on by the gap, or with the earlier offset.
fn millis(wall: DateTime, zoned: bool, zone: &TimeZone) -> Option<(i64, u32)> {
    let instant = if zoned { zone.to_ambiguous_timestamp(wall).compatible() } else { TimeZone::UTC.to_timestamp(wall) };
    let instant = instant.ok()?;
    let second = instant.as_second();
    let nanos = i64::from(instant.subsec_nanosecond());
    let (second, nanos) = if nanos < 0 { (second - 1, nanos + 1_000_000_000) } else { (second, nanos) };
    Some((second * 1000 + nanos / 1_000_000, u32::try_from(nanos % 1_000_000).ok()?))
}

/// Cuts digits that the Flink type does not have, as Flink's own casts do.
fn cut(millis: i64, nanos: u32, precision: u8) -> Value<'static> {
    let unit = |digits: u8| 10_i64.pow(u32::from(digits));
    match precision {
        0..=2 => Value::Timestamp { millis: millis - millis.rem_euclid(unit(3 - precision)), nanos: 0 },
        3 => Value::Timestamp { millis, nanos: 0 },
        4..=8 => Value::Timestamp { millis, nanos: nanos - nanos % unit(9 - precision) as u32 },
        _ => Value::Timestamp { millis, nanos },
    }
}
