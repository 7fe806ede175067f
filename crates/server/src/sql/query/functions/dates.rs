// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Dates and times.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Int32Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, TimeUnit, TimestampMicrosecondType};
use datafusion::common::Result;

use super::{DATETIME, argument};
use crate::sql::text;

/// Microseconds since the epoch of a date or time in one of the forms that StarRocks reads.
pub(crate) fn parse_datetime(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if digits(text) && matches!(text.len(), 8 | 14) {
        let rest = if text.len() == 14 {
            format!(" {}:{}:{}", text.get(8..10)?, text.get(10..12)?, text.get(12..14)?)
        } else {
            String::new()
        };
        return parse_datetime(&format!("{}-{}-{}{rest}", text.get(..4)?, text.get(4..6)?, text.get(6..8)?));
    }
    let (date, time) = match text.find([' ', 'T']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?.trim()),
        None => (text, ""),
    };
    let mut parts = date.split(['-', '/']);
    let year: i32 = parts.next().filter(|y| y.len() == 4)?.parse().ok()?;
    let month: u32 = parts.next()?.parse().ok()?;
    let day: u32 = parts.next()?.parse().ok()?;
    if parts.next().is_some() {
        return None;
    }
    let days = days_from_civil(year, month, day)?;
    let mut micros = 0_i64;
    if !time.is_empty() {
        let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
        if !digits(fraction) || fraction.len() > 9 {
            return None;
        }
        let mut clock = clock.split(':').map(|p| p.parse::<i64>().ok());
        let hour = clock.next()??;
        let minute = clock.next().unwrap_or(Some(0))?;
        let second = clock.next().unwrap_or(Some(0))?;
        if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..60).contains(&second) {
            return None;
        }
        let fraction: String = format!("{fraction:0<6}").chars().take(6).collect();
        micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction.parse::<i64>().ok()?;
    }
    Some(days * 86_400_000_000 + micros)
}

fn days_from_civil(year: i32, month: u32, day: u32) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day == 0 || day > length {
        return None;
    }
    let (y, m, d) = (i64::from(year) - i64::from(month <= 2), i64::from(month), i64::from(day));
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

pub(super) fn to_datetime(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let array = argument(arguments, 0)?;
    match array.data_type() {
        DataType::Timestamp(TimeUnit::Microsecond, None) => Ok(array.clone()),
        DataType::Timestamp(..) | DataType::Null => Ok(cast(array, &DATETIME)?),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>();
            let micros = days.iter().map(|d| Some(i64::from(d?) * 86_400_000_000));
            Ok(Arc::new(micros.collect::<TimestampMicrosecondArray>()))
        }
        _ => {
            let micros = (0..array.len()).map(|row| parse_datetime(&text::text(array, row)?));
            Ok(Arc::new(micros.collect::<TimestampMicrosecondArray>()))
        }
    }
}

/// MySQL's format letters.
pub(super) fn format_time(micros: i64, format: &str) -> Option<String> {
    // Three forms of Java's are known as well.
    let format = match format {
        "yyyyMMdd" => "%Y%m%d",
        "yyyy-MM-dd" => "%Y-%m-%d",
        "yyyy-MM-dd HH:mm:ss" => "%Y-%m-%d %H:%i:%s",
        other => other,
    };
    let value = arrow::temporal_conversions::as_datetime::<TimestampMicrosecondType>(micros)?;
    let mut out = String::new();
    let mut letters = format.chars();
    while let Some(c) = letters.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let letter = letters.next()?;
        let pattern = match letter {
            'Y' => "%Y",
            'y' => "%y",
            'm' => "%m",
            'c' => "%-m",
            'd' => "%d",
            'e' => "%-d",
            'H' => "%H",
            'k' => "%-H",
            'h' | 'I' => "%I",
            'l' => "%-I",
            'i' => "%M",
            's' | 'S' => "%S",
            'f' => "%6f",
            'p' => "%p",
            'M' => "%B",
            'b' => "%b",
            'W' => "%A",
            'a' => "%a",
            'j' => "%j",
            'w' => "%w",
            'T' => "%H:%M:%S",
            'r' => "%I:%M:%S %p",
            'v' | 'V' => "%V",
            'x' | 'X' => "%G",
            other => {
                out.push(other);
                continue;
            }
        };
        out.push_str(&value.format(pattern).to_string());
    }
    Some(out)
}

pub(super) fn date_format(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let times = to_datetime(arguments, &DATETIME)?;
    let formats = cast(argument(arguments, 1)?, &DataType::Utf8)?;
    let pairs = times.as_primitive::<TimestampMicrosecondType>().iter().zip(formats.as_string::<i32>());
    Ok(Arc::new(pairs.map(|(time, format)| format_time(time?, format?)).collect::<StringArray>()))
}

const DAY: i64 = 86_400_000_000;

/// Days since the year 0.
pub(super) fn to_days(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let times = to_datetime(arguments, &DATETIME)?;
    let days = |micros: i64| i32::try_from(micros.div_euclid(DAY) + 719_528).ok();
    Ok(Arc::new(times.as_primitive::<TimestampMicrosecondType>().iter().map(|t| days(t?)).collect::<Int32Array>()))
}

/// The last day of the month.
pub(super) fn last_day(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let times = to_datetime(arguments, &DATETIME)?;
    let last = |micros: i64| {
        let (year, month, _) = civil(micros)?;
        let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        i32::try_from(days_from_civil(year, month, 1)? - 1).ok()
    };
    Ok(Arc::new(times.as_primitive::<TimestampMicrosecondType>().iter().map(|t| last(t?)).collect::<Date32Array>()))
}

/// Year, month and day.
fn civil(micros: i64) -> Option<(i32, u32, u32)> {
    let mut text = Vec::new();
    text::date_time(&mut text, micros, true);
    let text = String::from_utf8(text).ok()?;
    let mut parts = text.split('-');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// What a time's date is, as a number.
fn of_date(arguments: &[ArrayRef], each: fn(i64) -> Option<i32>) -> Result<ArrayRef> {
    let times = to_datetime(arguments, &DATETIME)?;
    Ok(Arc::new(times.as_primitive::<TimestampMicrosecondType>().iter().map(|t| each(t?)).collect::<Int32Array>()))
}

/// Days since Monday.
fn since_monday(micros: i64) -> Option<i32> {
    i32::try_from((micros.div_euclid(DAY) + 3).rem_euclid(7)).ok()
}

/// 1 is Sunday.
pub(super) fn dayofweek(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    of_date(arguments, |t| Some((since_monday(t)? + 1) % 7 + 1))
}

/// 0 is Monday.
pub(super) fn weekday(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    of_date(arguments, since_monday)
}

/// Weeks begin on Sunday; before the first one is week 0.
pub(super) fn week(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    if arguments.len() > 1 {
        return datafusion::common::plan_err!("week with a mode is not supported by the embedded server");
    }
    of_date(arguments, |t| {
        let (year, ..) = civil(t)?;
        let day = t.div_euclid(DAY) - days_from_civil(year, 1, 1)?;
        let since_sunday = i64::from((since_monday(t)? + 1) % 7);
        i32::try_from((day + 7 - since_sunday) / 7).ok()
    })
}

/// ISO weeks.
pub(super) fn weekofyear(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    of_date(arguments, |t| format_time(t, "%v")?.parse().ok())
}

fn named(arguments: &[ArrayRef], format: &str) -> Result<ArrayRef> {
    let times = to_datetime(arguments, &DATETIME)?;
    let names = times.as_primitive::<TimestampMicrosecondType>().iter().map(|t| format_time(t?, format));
    Ok(Arc::new(names.collect::<StringArray>()))
}

pub(super) fn dayname(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    named(arguments, "%W")
}

pub(super) fn monthname(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    named(arguments, "%M")
}

/// `timestampdiff(unit, from, to)`: whole units between.
pub(super) fn timestampdiff(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let units = cast(argument(arguments, 0)?, &DataType::Utf8)?;
    let from = to_datetime(arguments.get(1..2).unwrap_or_default(), &DATETIME)?;
    let to = to_datetime(arguments.get(2..3).unwrap_or_default(), &DATETIME)?;
    let (from, to) = (from.as_primitive::<TimestampMicrosecondType>(), to.as_primitive::<TimestampMicrosecondType>());
    let all = units.as_string::<i32>().iter().zip(from.iter().zip(to));
    Ok(Arc::new(all.map(|(unit, (from, to))| whole_units(unit?, from?, to?)).collect::<Int64Array>()))
}

fn whole_units(unit: &str, from: i64, to: i64) -> Option<i64> {
    let fixed = match unit.to_ascii_uppercase().as_str() {
        "MICROSECOND" => Some(1),
        "MILLISECOND" => Some(1000),
        "SECOND" => Some(1_000_000),
        "MINUTE" => Some(60_000_000),
        "HOUR" => Some(3_600_000_000),
        "DAY" => Some(DAY),
        "WEEK" => Some(7 * DAY),
        _ => None,
    };
    if let Some(fixed) = fixed {
        return Some((to - from) / fixed);
    }
    let ((y1, m1, d1), (y2, m2, d2)) = (civil(from)?, civil(to)?);
    let months = i64::from(y2 - y1) * 12 + i64::from(m2) - i64::from(m1);
    // A month is whole when the day and the time of day are reached.
    let (rest1, rest2) = ((d1, from.rem_euclid(DAY)), (d2, to.rem_euclid(DAY)));
    let months = match months {
        m if m > 0 && rest2 < rest1 => m - 1,
        m if m < 0 && rest2 > rest1 => m + 1,
        m => m,
    };
    match unit.to_ascii_uppercase().as_str() {
        "MONTH" => Some(months),
        "QUARTER" => Some(months / 3),
        "YEAR" => Some(months / 12),
        _ => None,
    }
}

/// `str_to_date(text, format)`: NULL where the text is not of that form.
pub(super) fn str_to_date(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let (texts, formats) =
        (cast(argument(arguments, 0)?, &DataType::Utf8)?, cast(argument(arguments, 1)?, &DataType::Utf8)?);
    let pairs = texts.as_string::<i32>().iter().zip(formats.as_string::<i32>());
    Ok(Arc::new(pairs.map(|(text, format)| scan(text?, format?)).collect::<TimestampMicrosecondArray>()))
}

/// Reads a time in MySQL's format letters.
fn scan(text: &str, format: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let mut rest = text.trim_start();
    let (mut year, mut month, mut day) = (0_i32, 1_u32, 1_u32);
    let (mut hour, mut minute, mut second, mut micro) = (0_i64, 0_i64, 0_i64, 0_i64);
    let mut afternoon = None;
    // The composite letters are what they stand for.
    let format = format.replace("%T", "%H:%i:%s").replace("%r", "%I:%i:%s %p");
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter.is_whitespace() {
            rest = rest.trim_start();
            continue;
        }
        if letter != '%' {
            rest = rest.strip_prefix(letter)?;
            continue;
        }
        let letter = letters.next()?;
        let number = |rest: &mut &str, most: usize| -> Option<i64> {
            let length = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
            let value = rest.get(..length)?.parse().ok()?;
            *rest = rest.get(length..)?;
            Some(value)
        };
        match letter {
            'Y' => year = i32::try_from(number(&mut rest, 4)?).ok()?,
            'y' => {
                let short = i32::try_from(number(&mut rest, 2)?).ok()?;
                year = short + if short < 70 { 2000 } else { 1900 };
            }
            'm' | 'c' => month = u32::try_from(number(&mut rest, 2)?).ok()?,
            'd' | 'e' => day = u32::try_from(number(&mut rest, 2)?).ok()?,
            'H' | 'k' | 'h' | 'I' | 'l' => hour = number(&mut rest, 2)?,
            'i' => minute = number(&mut rest, 2)?,
            's' | 'S' => second = number(&mut rest, 2)?,
            'f' => {
                let before = rest.len();
                let value = number(&mut rest, 6)?;
                let digits = u32::try_from(before - rest.len()).ok()?;
                micro = value * 10_i64.pow(6 - digits);
            }
            'p' => {
                let word = rest.get(..2)?.to_ascii_uppercase();
                afternoon = Some(match word.as_str() {
                    "AM" => false,
                    "PM" => true,
                    _ => return None,
                });
                rest = rest.get(2..)?;
            }
            'M' | 'b' => {
                let lower = rest.to_ascii_lowercase();
                let shown = |name: &'static str| if letter == 'M' { name } else { name.get(..3).unwrap_or(name) };
                let found = MONTHS.iter().position(|name| lower.starts_with(shown(name)))?;
                month = u32::try_from(found).ok()? + 1;
                rest = rest.get(shown(MONTHS.get(found)?).len()..)?;
            }
            '%' => rest = rest.strip_prefix('%')?,
            _ => return None,
        }
    }
    if !rest.trim().is_empty() {
        return None;
    }
    match afternoon {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..60).contains(&second) {
        return None;
    }
    let days = days_from_civil(year, month, day)?;
    Some(days * DAY + ((hour * 60 + minute) * 60 + second) * 1_000_000 + micro)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_all_forms() {
        let day = 1_704_412_800_000_000;
        for (text, micros) in [
            ("2024-01-05", Some(day)),
            ("20240105", Some(day)),
            ("2024-01-05T10:20:30", Some(day + 37_230_000_000)),
            ("20240105102030", Some(day + 37_230_000_000)),
            ("2024-01-05 10:20:30.5", Some(day + 37_230_500_000)),
            ("0000-01-01", Some(-62_167_219_200_000_000)),
            ("2023-02-29", None),
            ("2024-01-05 25:00:00", None),
            ("nope", None),
        ] {
            assert_eq!(parse_datetime(text), micros, "{text}");
        }
    }

    #[test]
    fn texts_are_read_by_format() {
        for (text, format, read) in [
            ("2024-01-05 01:02:03", "%Y-%m-%d %H:%i:%s", parse_datetime("2024-01-05 01:02:03")),
            ("5/1/24 2:03 pm", "%d/%m/%y %l:%i %p", parse_datetime("2024-01-05 14:03:00")),
            ("March 1 2024", "%M %d %Y", parse_datetime("2024-03-01")),
            ("2024-01-05x", "%Y-%m-%d", None),
            ("2024-13-05", "%Y-%m-%d", None),
        ] {
            assert_eq!(scan(text, format), read, "{text} {format}");
        }
    }

    #[test]
    fn weeks_and_their_days() {
        let on = |run: fn(&[ArrayRef], &DataType) -> Result<ArrayRef>, date: &str| {
            let dates: ArrayRef = Arc::new(StringArray::from(vec![date]));
            text::text(&run(&[dates], &DataType::Null).unwrap(), 0).unwrap()
        };
        // A Sunday.
        assert_eq!((on(dayofweek, "2024-01-07").as_str(), on(weekday, "2024-01-07").as_str()), ("1", "6"));
        assert_eq!((on(week, "2024-01-06").as_str(), on(week, "2024-01-07").as_str()), ("0", "1"));
        assert_eq!((on(weekofyear, "2024-01-07").as_str(), on(dayname, "2024-01-07").as_str()), ("1", "Sunday"));
    }

    #[test]
    fn months_between_are_whole() {
        let at = |text: &str| parse_datetime(text).unwrap();
        for (unit, from, to, units) in [
            ("MONTH", "2024-01-31", "2024-02-29", 0),
            ("MONTH", "2024-01-29", "2024-02-29", 1),
            ("MONTH", "2024-03-01", "2024-01-31", -1),
            ("YEAR", "2020-02-29", "2024-02-28", 3),
            ("hour", "2024-01-01", "2024-01-02", 24),
        ] {
            assert_eq!(whole_units(unit, at(from), at(to)), Some(units), "{unit} {from} {to}");
        }
    }
}
