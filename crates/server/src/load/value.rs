// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Text to values, as the backend casts strings.

use arrow::datatypes::i256;

const DAYS_TO_EPOCH: i64 = 719_468;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A decimal integer that fits `bits` bits with sign. Up to 32 bits, a fraction is cut off as a cast through double does.
pub(crate) fn integer(text: &[u8], bits: u32) -> Option<i64> {
    let (min, max) = (i64::MIN >> (64 - bits), i64::MAX >> (64 - bits));
    let value = match plain_integer(text) {
        Some(value) => value,
        None if bits <= 32 => {
            let value = float(text)?.trunc();
            // The bounds are exact in f64 for up to 32 bits.
            if value < min as f64 || value > max as f64 {
                return None;
            }
            value as i64
        }
        None => i64::try_from(large_integer(text)?).ok()?,
    };
    (min..=max).contains(&value).then_some(value)
}

/// Up to 18 digits with sign and nothing else.
fn plain_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0_i64;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

/// A decimal integer of 128 bits.
pub(crate) fn large_integer(text: &[u8]) -> Option<i128> {
    str::from_utf8(trim(text)).ok()?.parse().ok()
}

/// The 256-bit decimal that stands for a LARGEINT.
pub(crate) fn large_decimal(text: &[u8]) -> Option<i256> {
    large_integer(text).map(i256::from_i128)
}

/// `true` and `false` in any case, or an integer.
pub(crate) fn boolean(text: &[u8]) -> Option<bool> {
    if text.eq_ignore_ascii_case(b"true") {
        Some(true)
    } else if text.eq_ignore_ascii_case(b"false") {
        Some(false)
    } else {
        integer(text, 64).map(|v| v != 0)
    }
}

/// A finite number.
pub(crate) fn float(text: &[u8]) -> Option<f64> {
    str::from_utf8(trim(text)).ok()?.parse::<f64>().ok().filter(|v| v.is_finite())
}

/// A finite number of 32 bits.
pub(crate) fn float32(text: &[u8]) -> Option<f32> {
    str::from_utf8(trim(text)).ok()?.parse::<f32>().ok().filter(|v| v.is_finite())
}

/// A decimal as an integer of `scale` fraction digits; more digits are rounded half away from zero.
pub(crate) fn decimal(text: &[u8], precision: u8, scale: u8) -> Option<i128> {
    let text = trim(text);
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (mantissa, exponent) = match rest.iter().position(|b| matches!(b, b'e' | b'E')) {
        Some(at) => (rest.get(..at)?, integer(rest.get(at + 1..)?, 16)?),
        None => (rest, 0),
    };
    let mut value = 0_i128;
    let mut scale_left = i64::from(scale) + exponent;
    let (mut fraction, mut digits, mut round_up, mut dropped) = (false, 0, false, false);
    for &byte in mantissa {
        match byte {
            b'.' if !fraction => fraction = true,
            b'0'..=b'9' => {
                digits += 1;
                if fraction && (scale_left <= 0 || dropped) {
                    if !dropped {
                        round_up = byte >= b'5';
                        dropped = true;
                    }
                    continue;
                }
                value = value.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
                if fraction {
                    scale_left -= 1;
                }
            }
            _ => return None,
        }
    }
    if digits == 0 {
        return None;
    }
    for _ in 0..scale_left.max(0) {
        if value == 0 {
            break;
        }
        value = value.checked_mul(10)?;
    }
    if scale_left < 0 {
        // A negative exponent moves digits before the point behind the last place.
        for _ in 0..(-scale_left).min(40) {
            round_up = value % 10 >= 5;
            value /= 10;
        }
    }
    value += i128::from(round_up);
    let limit = 10_i128.checked_pow(u32::from(precision))?;
    (value < limit).then_some(if negative { -value } else { value })
}

/// `yyyy-MM-dd` or `yyyyMMdd`, possibly with a time that is dropped, as days since 1970-01-01.
pub(crate) fn date(text: &[u8]) -> Option<i32> {
    i32::try_from(date_time(text)?.div_euclid(MICROS_PER_DAY)).ok()
}

/// A date and time of day, blank or `T` between them, as microseconds since 1970-01-01.
pub(crate) fn date_time(text: &[u8]) -> Option<i64> {
    let text = trim(text);
    if let Some(days) = iso_date(text) {
        return Some(days * MICROS_PER_DAY);
    }
    if text.iter().all(u8::is_ascii_digit) {
        return match text.len() {
            8 => Some(days(number(text, 0, 4)?, number(text, 4, 6)?, number(text, 6, 8)?)? * MICROS_PER_DAY),
            14 => {
                let day = days(number(text, 0, 4)?, number(text, 4, 6)?, number(text, 6, 8)?)?;
                let time = time(number(text, 8, 10)?, number(text, 10, 12)?, number(text, 12, 14)?)?;
                Some(day * MICROS_PER_DAY + time)
            }
            _ => None,
        };
    }
    let at = text.iter().position(|b| matches!(b, b' ' | b'T')).unwrap_or(text.len());
    let (day, rest) = text.split_at_checked(at)?;
    let mut parts = day.split(|&b| b == b'-' || b == b'/');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() > 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let day = days(digits(year)?, digits(month)?, digits(day)?)?;
    let Some(clock) = rest.get(1..).map(trim).filter(|c| !c.is_empty()) else {
        return Some(day * MICROS_PER_DAY);
    };
    let (clock, fraction) = match clock.iter().position(|&b| b == b'.') {
        Some(dot) => (clock.get(..dot)?, clock.get(dot + 1..)?),
        None => (clock, &[] as &[u8]),
    };
    let mut parts = clock.split(|&b| b == b':');
    let hour = digits(parts.next()?)?;
    let minute = parts.next().map_or(Some(0), digits)?;
    let second = parts.next().map_or(Some(0), digits)?;
    if parts.next().is_some() || fraction.len() > 9 {
        return None;
    }
    let mut micros = 0;
    for place in 0..6 {
        let digit = fraction.get(place).copied().unwrap_or(b'0');
        if !digit.is_ascii_digit() {
            return None;
        }
        micros = micros * 10 + i64::from(digit - b'0');
    }
    Some(day * MICROS_PER_DAY + time(hour, minute, second)? + micros)
}

/// The common form, in ten bytes.
fn iso_date(text: &[u8]) -> Option<i64> {
    match text {
        [_, _, _, _, b'-', _, _, b'-', _, _] => days(number(text, 0, 4)?, number(text, 5, 7)?, number(text, 8, 10)?),
        _ => None,
    }
}

fn number(text: &[u8], from: usize, to: usize) -> Option<i64> {
    digits(text.get(from..to)?)
}

fn digits(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    text.iter().try_fold(0, |value, b| b.is_ascii_digit().then(|| value * 10 + i64::from(b - b'0')))
}

fn time(hour: i64, minute: i64, second: i64) -> Option<i64> {
    (hour < 24 && minute < 60 && second < 60).then_some(((hour * 60 + minute) * 60 + second) * 1_000_000)
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar, years 0 to 9999.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=last).contains(&day) || !(0..=9999).contains(&year) {
        return None;
    }
    // Count from March so that the leap day ends the year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day - 1 - DAYS_TO_EPOCH)
}

fn trim(text: &[u8]) -> &[u8] {
    text.trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_bounds_and_small_ones_cut_fractions() {
        assert_eq!(integer(b"127", 8), Some(127));
        assert_eq!(integer(b"128", 8), None);
        assert_eq!(integer(b"-128", 8), Some(-128));
        assert_eq!(integer(b"1.9", 32), Some(1));
        assert_eq!(integer(b"-2147483648", 32), Some(-2_147_483_648));
        assert_eq!(integer(b"1.9", 64), None);
        assert_eq!(integer(b"9223372036854775807", 64), Some(i64::MAX));
        assert_eq!(integer(b"9223372036854775808", 64), None);
        assert_eq!(integer(b"", 64), None);
        assert_eq!(integer(b"", 32), None);
        assert_eq!(large_integer(b"-170141183460469231731687303715884105728"), Some(i128::MIN));
        assert_eq!(large_integer(b"170141183460469231731687303715884105728"), None);
    }

    #[test]
    fn decimals_round_their_fraction_and_fail_on_too_many_digits() {
        for (text, expected) in [
            ("1.005", Some(101)),
            ("-1.005", Some(-101)),
            ("1.0049", Some(100)),
            ("12", Some(1200)),
            (".5", Some(50)),
            ("999.99", Some(99_999)),
            ("999.995", None),
            ("1000", None),
            ("1e2", Some(10_000)),
            ("1234e-3", Some(123)),
            ("1.5e-1", Some(15)),
            ("1.006e-3", Some(0)),
            ("x", None),
            ("", None),
            (".", None),
            ("-", None),
        ] {
            assert_eq!(decimal(text.as_bytes(), 5, 2), expected, "{text}");
        }
        let digits = [b'9'; 38];
        assert_eq!(decimal(&digits, 38, 0), Some(10_i128.pow(38) - 1));
    }

    #[test]
    fn dates_and_times_are_checked_against_the_calendar() {
        assert_eq!(date(b"1970-01-01"), Some(0));
        assert_eq!(date(b"20240229"), Some(19_782));
        assert_eq!(date(b"2023-02-29"), None);
        assert_eq!(date(b"9999-12-31"), Some(2_932_896));
        assert_eq!(date(b"0000-01-01"), Some(-719_528));
        assert_eq!(date(b"2024-1-2 10:00:00"), Some(19_724));
        assert_eq!(date_time(b"1970-01-01 00:00:01.5"), Some(1_500_000));
        assert_eq!(date_time(b"1970-01-02T00:00:00"), Some(MICROS_PER_DAY));
        assert_eq!(date_time(b"1969-12-31 23:59:59.999999"), Some(-1));
        assert_eq!(date_time(b"1970-01-01 24:00:00"), None);
        assert_eq!(date_time(b"yesterday"), None);
    }
}
