// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Values as SQL literals that the server compares exactly.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use starrocks_types::StarRocksType;

use super::value::{Kind, Value};
use crate::temporal::{DAY_MS, local, yyyymmdd};

/// The literal, or `None` for a value that no row of the column equals.
pub(super) fn of(value: &Value<'_>, kind: &Kind, target: &StarRocksType, zone: &TimeZone) -> Option<String> {
    Some(match value {
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        // As DOUBLE, which is what a FLOAT column is compared as; a literal might be taken for a decimal.
        Value::Float(value) => double(f64::from(*value))?,
        Value::Double(value) => double(*value)?,
        Value::Decimal(value) => match kind {
            Kind::Decimal { scale, .. } => decimal(*value, *scale),
            _ => return None,
        },
        Value::Date(days) => format!("'{}'", date(i64::from(*days))?),
        Value::Timestamp { millis, nanos } => {
            let zoned = matches!(kind, Kind::Timestamp { zoned: true, .. });
            datetime(if zoned { local(zone, *millis)? } else { *millis }, *nanos)?
        }
        Value::Text(bytes) => {
            let text = std::str::from_utf8(bytes).ok()?;
            match target {
                // The server would compare a number with text as DOUBLE.
                StarRocksType::LargeInt => text.parse::<i128>().ok().map(|n| n.to_string()).filter(|n| n == text)?,
                _ => string_literal(text),
            }
        }
    })
}

fn double(value: f64) -> Option<String> {
    value.is_finite().then(|| format!("cast('{:E}' as double)", value + 0.0))
}

fn decimal(value: i128, scale: u8) -> String {
    let digits = format!("{:0width$}", value.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    let sign = if value < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn date(days: i64) -> Option<String> {
    let digits = yyyymmdd(days)?;
    Some(format!("{:04}-{:02}-{:02}", digits / 10_000, digits / 100 % 100, digits % 100))
}

/// StarRocks keeps microseconds; nothing equals a time between two of them.
fn datetime(millis: i64, nanos: u32) -> Option<String> {
    if !nanos.is_multiple_of(1000) {
        return None;
    }
    let of_day = millis.rem_euclid(DAY_MS);
    let (second, micros) = (of_day / 1000, of_day % 1000 * 1000 + i64::from(nanos / 1000));
    let mut text = format!("'{} ", date(millis.div_euclid(DAY_MS))?);
    write!(text, "{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60).ok()?;
    if micros != 0 {
        write!(text, ".{micros:06}").ok()?;
    }
    text.push('\'');
    Some(text)
}

/// A text as a string literal of StarRocks, which knows backslash escapes as MySQL does.
pub fn string_literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for c in text.chars() {
        match c {
            '\\' => literal.push_str("\\\\"),
            '\'' => literal.push_str("''"),
            c => literal.push(c),
        }
    }
    literal.push('\'');
    literal
}
