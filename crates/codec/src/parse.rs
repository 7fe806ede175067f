// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Text of dates, times and numbers, as StarRocks writes it, to what Flink keeps of them.

const DAY_MS: i64 = 86_400_000;

/// Days since 1970-01-01 of `yyyy-MM-dd`, in the proleptic Gregorian calendar, years 0000 to 9999.
#[inline]
pub(crate) fn date(text: &[u8]) -> Option<i32> {
    let text: &[u8; 10] = text.try_into().ok()?;
    day(text)
}

#[inline]
fn day(text: &[u8; 10]) -> Option<i32> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = *text else { return None };
    let year = two(y0, y1)? * 100 + two(y2, y3)?;
    let (month, day) = (two(m0, m1)?, two(d0, d1)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day == 0 || day > last {
        return None;
    }
    // Years begin in March here, and 400 years earlier so that nothing is negative.
    let (year, month) = if month > 2 { (year + 400, month - 3) } else { (year + 399, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    // At most 3.8 million days.
    Some(days as i32 - 719_468 - 146_097)
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| u32::from(tens) * 10 + u32::from(ones))
}

/// Milliseconds since the epoch, of a wall clock without zone, and the nanoseconds of the last one, of `yyyy-MM-dd HH:mm:ss`
/// with up to nine digits after a point.
#[inline]
pub(crate) fn datetime(text: &[u8]) -> Option<(i64, u32)> {
    let (date, rest) = text.split_first_chunk::<10>()?;
    let (b' ' | b'T', rest) = rest.split_first()? else { return None };
    let (millis, nanos) = time(rest)?;
    Some((i64::from(day(date)?) * DAY_MS + i64::from(millis), nanos))
}

/// Milliseconds of the day, and the nanoseconds of the last one, of `HH:mm:ss` with up to nine digits after a point.
#[inline]
pub(crate) fn time(text: &[u8]) -> Option<(i32, u32)> {
    let (clock, fraction) = text.split_first_chunk::<8>()?;
    let [h0, h1, b':', m0, m1, b':', s0, s1] = *clock else { return None };
    let (hour, minute, second) = (two(h0, h1)?, two(m0, m1)?, two(s0, s1)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let nanos = match fraction.split_first() {
        None => 0,
        Some((b'.', digits)) if (1..=9).contains(&digits.len()) => {
            let mut nanos = 0;
            for digit in digits {
                let digit = digit.wrapping_sub(b'0');
                if digit > 9 {
                    return None;
                }
                nanos = nanos * 10 + u32::from(digit);
            }
            nanos * 10u32.pow(9 - digits.len() as u32)
        }
        Some(_) => return None,
    };
    let millis = ((hour * 60 + minute) * 60 + second) * 1000 + nanos / 1_000_000;
    Some((millis as i32, nanos % 1_000_000))
}

/// The unscaled value of a whole number in text with `scale` fraction digits, such as LARGEINT comes in.
pub(crate) fn whole(text: &[u8], scale: u8) -> Option<i128> {
    let value: i128 = std::str::from_utf8(text).ok()?.parse().ok()?;
    value.checked_mul(10i128.checked_pow(u32::from(scale))?)
}

/// Drops what is finer than `precision` fraction digits of the second.
#[inline]
pub(crate) fn truncated((millis, nanos): (i64, u32), precision: u8) -> (i64, u32) {
    match precision {
        9.. => (millis, nanos),
        4..=8 => (millis, nanos - nanos % 10u32.pow(9 - u32::from(precision))),
        3 => (millis, 0),
        _ => (millis - millis.rem_euclid(10i64.pow(3 - u32::from(precision))), 0),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_day_is_read() {
        let mut day = Date::constant(0, 1, 1);
        let mut number = -719_528;
        loop {
            let text = format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day());
            assert_eq!(date(text.as_bytes()), Some(number), "{text}");
            let Ok(next) = day.tomorrow() else { break };
            (day, number) = (next, number + 1);
        }
        assert_eq!(number, 2_932_896);
    }

    #[test]
    fn what_is_no_date_or_time_is_refused() {
        for text in [
            "",
            "2024-1-01",
            "2024-02-30",
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-01",
            "2024-01-00",
            "2024/01/01",
            "20240101xx",
            "2024-01-01 ",
            "x024-01-01",
            "2024-01-1:",
        ] {
            assert_eq!(date(text.as_bytes()), None, "{text}");
        }
        for text in [
            "2024-01-01",
            "2024-01-01 24:00:00",
            "2024-01-01 00:60:00",
            "2024-01-01 00:00:60",
            "2024-01-01 00:00:00.",
            "2024-01-01 00:00:00.1234567890",
            "2024-01-01 00:00:00.12x",
            "2024-01-01x00:00:00",
            "2024-02-30 00:00:00",
        ] {
            assert_eq!(datetime(text.as_bytes()), None, "{text}");
        }
        for text in ["", "-", "1.5", "170141183460469231731687303715884105728"] {
            assert_eq!(whole(text.as_bytes(), 0), None, "{text}");
        }
        assert_eq!(whole(b"-170141183460469231731687303715884105728", 0), Some(i128::MIN));
        assert_eq!(whole(b"170141183460469231731687303715884105727", 1), None);
    }

    #[test]
    fn finer_digits_are_dropped_towards_the_past() {
        assert_eq!(truncated((-1, 999_999), 0), (-1000, 0));
        assert_eq!(truncated((-1, 999_999), 2), (-10, 0));
        assert_eq!(truncated((-1, 999_999), 3), (-1, 0));
        assert_eq!(truncated((-1, 999_999), 6), (-1, 999_000));
        assert_eq!(truncated((7, 123_456), 9), (7, 123_456));
    }

    proptest! {
        #[test]
        fn datetimes_are_read(micros in -62_167_219_200_000_000i64..253_402_300_800_000_000) {
            let moment = jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
                .checked_add(jiff::SignedDuration::from_micros(micros)).unwrap();
            let mut text = moment.strftime("%Y-%m-%d %H:%M:%S").to_string();
            if micros % 1_000_000 != 0 {
                text += &format!(".{:06}", micros.rem_euclid(1_000_000));
            }
            let expected = (micros.div_euclid(1000), micros.rem_euclid(1000) as u32 * 1000);
            prop_assert_eq!(datetime(text.as_bytes()), Some(expected), "{}", text);
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = (date(&bytes), datetime(&bytes), time(&bytes), whole(&bytes, 3));
        }
    }
}
