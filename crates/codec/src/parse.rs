// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Text of dates, times and numbers, as StarRocks writes it, to what Flink keeps of them.

const DAY_MS: i64 = 86_400_000;

const HIGH: u64 = 0x8080_8080_8080_8080;

/// A text of eight bytes whose digits stand where `template` has zeros: the number of each two digits that follow each other, in the
/// byte of the first. `None` if something else stands anywhere.
#[inline(always)]
fn pairs(text: [u8; 8], template: &[u8; 8]) -> Option<[u8; 8]> {
    let values = u64::from_le_bytes(text) ^ u64::from_le_bytes(*template);
    // What is added makes the high bit of a byte appear: over 9 where a digit is, over 0 where a sign is.
    let most = template.map(|b| if b == b'0' { 0x76 } else { 0x7f });
    if (values.wrapping_add(u64::from_le_bytes(most)) | values) & HIGH != 0 {
        return None;
    }
    Some((values * 10 + (values >> 8)).to_le_bytes())
}

/// Days since 1970-01-01 of `yyyy-MM-dd`, in the proleptic Gregorian calendar, years 0000 to 9999.
#[inline]
pub(crate) fn date(text: &[u8]) -> Option<i32> {
    let text: &[u8; 10] = text.try_into().ok()?;
    let [head @ .., d0, d1] = *text;
    let [century, _, year, _, _, month, _, _] = pairs(head, b"0000-00-")?;
    day(u32::from(century) * 100 + u32::from(year), month, two(d0, d1)?)
}

#[inline(always)]
fn day(year: u32, month: u8, day: u32) -> Option<i32> {
    /// Of month 0 and those above 12 no day is right.
    const LAST: [u8; 16] = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0];
    if month > 12 || day == 0 || day > u32::from(LAST[usize::from(month & 15)]) {
        return None;
    }
    let month = u32::from(month);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if month == 2 && day == 29 && !leap {
        return None;
    }
    // Years begin in March here, and 400 years earlier so that nothing is negative.
    let (year, month) = if month > 2 { (year + 400, month - 3) } else { (year + 399, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    // At most 3.8 million days.
    Some(days as i32 - 719_468 - 146_097)
}

#[inline(always)]
fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| u32::from(tens) * 10 + u32::from(ones))
}

/// Milliseconds since the epoch, of a wall clock without zone, and the nanoseconds of the last one, of `yyyy-MM-dd HH:mm:ss`
/// with up to nine digits after a point.
#[inline]
pub(crate) fn datetime(text: &[u8]) -> Option<(i64, u32)> {
    let (head, rest) = text.split_first_chunk::<8>()?;
    let (middle, rest) = rest.split_first_chunk::<8>()?;
    let ([b':', s0, s1], fraction) = rest.split_first_chunk::<3>()? else { return None };
    let [century, _, year, _, _, month, _, _] = pairs(*head, b"0000-00-")?;
    let template = if middle[2] == b'T' { b"00T00:00" } else { b"00 00:00" };
    let [of_month, _, _, hour, _, _, minute, _] = pairs(*middle, template)?;
    let day = day(u32::from(century) * 100 + u32::from(year), month, u32::from(of_month))?;
    let (millis, nanos) = clock(u32::from(hour), u32::from(minute), two(*s0, *s1)?, fraction)?;
    Some((i64::from(day) * DAY_MS + i64::from(millis), nanos))
}

/// Milliseconds of the day, and the nanoseconds of the last one, of `HH:mm:ss` with up to nine digits after a point.
#[inline]
pub(crate) fn time(text: &[u8]) -> Option<(i32, u32)> {
    let (clock_text, fraction) = text.split_first_chunk::<8>()?;
    let [hour, _, _, minute, _, _, second, _] = pairs(*clock_text, b"00:00:00")?;
    clock(u32::from(hour), u32::from(minute), u32::from(second), fraction)
}

#[inline(always)]
fn clock(hour: u32, minute: u32, second: u32, fraction: &[u8]) -> Option<(i32, u32)> {
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let nanos = match fraction {
        [] => 0,
        [b'.', a, b, c] => two(b'0', *a)? * 100_000_000 + two(*b, *c)? * 1_000_000,
        [b'.', a, b, c, d, e, f] => two(*a, *b)? * 10_000_000 + two(*c, *d)? * 100_000 + two(*e, *f)? * 1_000,
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => {
            let mut nanos = 0;
            for digit in digits {
                nanos = nanos * 10 + two(b'0', *digit)?;
            }
            nanos * 10u32.pow(9 - digits.len() as u32)
        }
        _ => return None,
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
        fn a_changed_byte_is_read_as_it_stands_or_refused(micros in -62_167_219_200_000_000i64..253_402_300_800_000_000, at in 0usize..26, byte: u8) {
            let moment = jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
                .checked_add(jiff::SignedDuration::from_micros(micros)).unwrap();
            let mut text = moment.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string().into_bytes();
            text[at] = byte;
            let is = |places: &[usize], wanted: &dyn Fn(u8) -> bool| places.iter().all(|i| wanted(text[*i]));
            let number = |from: usize, to: usize| text[from..to].iter().fold(0, |n, b| n * 10 + i32::from(b - b'0'));
            let signs = is(&[4, 7], &|b| b == b'-') && is(&[10], &|b| b == b' ' || b == b'T') && is(&[13, 16], &|b| b == b':') && text[19] == b'.';
            let digits: Vec<usize> = (0..26).filter(|i| ![4, 7, 10, 13, 16, 19].contains(i)).collect();
            let expected = (signs && is(&digits, &|b| b.is_ascii_digit())).then(|| {
                let (month, day) = (number(5, 7) as i8, number(8, 10) as i8);
                let clock = [number(11, 13) as i8, number(14, 16) as i8, number(17, 19) as i8];
                jiff::civil::DateTime::new(number(0, 4) as i16, month, day, clock[0], clock[1], clock[2], number(20, 26) * 1000).ok()
            }).flatten().map(|moment| {
                let micros = moment.duration_since(jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_micros() as i64;
                (micros.div_euclid(1000), micros.rem_euclid(1000) as u32 * 1000)
            });
            prop_assert_eq!(datetime(&text), expected, "{}", String::from_utf8_lossy(&text));
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = (date(&bytes), datetime(&bytes), time(&bytes), whole(&bytes, 3));
        }
    }
}
