// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Dates and times to text, in the proleptic Gregorian calendar that StarRocks and `java.time` use.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use starrocks_types::{Error, ErrorKind, Result};

use crate::number::text2;
use crate::sink::{Window, set};

pub(crate) const DAY_MS: i64 = 86_400_000;
/// 0000-01-01 and 9999-12-31, the range of StarRocks and of Flink, in days since 1970-01-01.
const MIN_DAY: i64 = -719_528;
const MAX_DAY: i64 = 2_932_896;

/// A day of the calendar. Years are below 10,000.
struct Civil {
    /// The first two digits of the year, and the last two.
    century: u32,
    year: u32,
    month: u32,
    day: u32,
}

/// The date of a day since 1970-01-01, or `None` outside the years 0000 to 9999.
#[inline(always)]
fn civil(day: i64) -> Option<Civil> {
    if !(MIN_DAY..=MAX_DAY).contains(&day) {
        return None;
    }
    // Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms", 2022; days count
    // from 1 March of the year -400 so that nothing is negative.
    let n = (day + 719_468 + 146_097) as u32;
    let n1 = 4 * n + 3;
    let century = n1 / 146_097;
    let n2 = (n1 % 146_097) | 3;
    let p2 = 2_939_745u64 * u64::from(n2);
    let year_of_century = (p2 >> 32) as u32;
    let day_of_year = (p2 as u32) / 2_939_745 / 4;
    let n3 = 2_141 * day_of_year + 197_913;
    let after_december = day_of_year >= 306;
    // January and February are the end of the year that began in March.
    let year = year_of_century + u32::from(after_december);
    let wraps = year >= 100;
    Some(Civil {
        century: century + u32::from(wraps) - 4,
        year: if wraps { year - 100 } else { year },
        month: (n3 >> 16) - if after_december { 12 } else { 0 },
        day: (n3 & 0xffff) / 2_141 + 1,
    })
}

/// `yyyymmdd` as a number, or `None` outside the years 0000 to 9999.
pub(crate) fn yyyymmdd(day: i64) -> Option<u32> {
    let Civil { century, year, month, day } = civil(day)?;
    Some(((century * 100 + year) * 100 + month) * 100 + day)
}

/// Writes `yyyy-MM-dd` at `n` and returns where it ends, as all writers here do.
#[inline(always)]
pub(crate) fn put_date(w: &mut Window, n: usize, day: i64) -> Option<usize> {
    let date = civil(day)?;
    let head = text2(date.century) | text2(date.year) << 16 | 0x2d << 32 | text2(date.month) << 40 | 0x2d << 56;
    set(w, n, (u128::from(head) | u128::from(text2(date.day)) << 64).to_le_bytes());
    Some(n + 10)
}

/// Writes `HH:mm:ss` for a second of the day.
#[inline(always)]
fn put_clock(w: &mut Window, n: usize, second: u32) -> usize {
    let (minutes, hour) = (second / 60, second / 3600);
    let text =
        text2(hour) | 0x3a << 16 | text2(minutes - hour * 60) << 24 | 0x3a << 40 | text2(second - minutes * 60) << 48;
    set(w, n, text.to_le_bytes());
    n + 8
}

/// Writes `.fff` or `.ffffff`, or nothing for zero.
#[inline(always)]
fn put_fraction(w: &mut Window, n: usize, micros: u32) -> usize {
    if micros == 0 {
        return n;
    }
    let (tens, ones) = (micros / 100, micros % 100);
    let text = u64::from(b'.') | text2(tens / 100) << 8 | text2(tens % 100) << 24 | text2(ones) << 40;
    set(w, n, text.to_le_bytes());
    n + if micros.is_multiple_of(1000) { 4 } else { 7 }
}

/// Writes `HH:mm:ss[.fff]` for a millisecond of the day.
#[inline(always)]
pub(crate) fn put_time(w: &mut Window, n: usize, millis: i32) -> Option<usize> {
    let millis = u32::try_from(millis).ok().filter(|ms| i64::from(*ms) < DAY_MS)?;
    let n = put_clock(w, n, millis / 1000);
    Some(put_fraction(w, n, millis % 1000 * 1000))
}

/// Writes `yyyy-MM-dd HH:mm:ss[.fff[fff]]`; StarRocks keeps microseconds, so `nanos` of the millisecond are cut to them.
#[inline(always)]
pub(crate) fn put_datetime(w: &mut Window, n: usize, millis: i64, nanos: u32) -> Option<usize> {
    let day = millis.div_euclid(DAY_MS);
    let of_day = (millis - day * DAY_MS) as u32;
    let n = put_date(w, n, day)?;
    set(w, n, [b' ']);
    let n = put_clock(w, n + 1, of_day / 1000);
    Some(put_fraction(w, n, of_day % 1000 * 1000 + nanos / 1000))
}

/// The instant of a wall clock, both in milliseconds since the epoch. Where clocks are set back, the earlier of the two; where they
/// skip the time, as much later, as `ZonedDateTime.ofLocal` has it in Java.
pub(crate) fn instant(zone: &TimeZone, local: i64) -> Option<i64> {
    let clock = DateTime::constant(1970, 1, 1, 0, 0, 0, 0).checked_add(SignedDuration::from_millis(local)).ok()?;
    match zone.to_ambiguous_timestamp(clock).compatible() {
        Ok(timestamp) => Some(timestamp.as_millisecond()),
        Err(_) => local.checked_sub(offset(zone, local)),
    }
}

/// The wall clock at an instant, both in milliseconds since the epoch.
pub(crate) fn local(zone: &TimeZone, millis: i64) -> Option<i64> {
    millis.checked_add(offset(zone, millis))
}

/// What clocks are ahead of UTC at an instant, in milliseconds. A [`Timestamp`] ends on 9999-12-30 at 22:00, so that every offset can be added
/// to it; no clock changes in the hours that are left to the year.
fn offset(zone: &TimeZone, millis: i64) -> i64 {
    let nearest = if millis < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let moment = Timestamp::from_millisecond(millis).unwrap_or(nearest);
    i64::from(zone.to_offset(moment).seconds()) * 1000
}

/// The session time zone, with the offsets of the years that data comes from in a table.
#[derive(Debug)]
pub(crate) struct Zone {
    zone: TimeZone,
    /// When each offset begins, in milliseconds since the epoch, and the offset in milliseconds; ascending, not empty.
    table: Vec<(i64, i64)>,
    /// Where the table ends.
    end: i64,
    /// The stretch of the last answer: begin, end, offset.
    last: (i64, i64, i64),
}

impl Zone {
    /// Knows IANA names, `Z`, and what Java's `ZoneId` takes as an offset: `+08:00`, `GMT+8`, `UTC-03:30`.
    pub(crate) fn parse(name: &str) -> Result<Self> {
        let zone = time_zone(name)?;
        let year = |seconds: i64| Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        // 1900 and 2100; outside, the zone itself is asked.
        let (begin, end) = (year(-2_208_988_800), year(4_102_444_800));
        let mut table = vec![(begin.as_millisecond(), offset(&zone, begin.as_millisecond()))];
        table.extend(
            zone.following(begin)
                .take_while(|t| t.timestamp() < end)
                .map(|t| (t.timestamp().as_millisecond(), i64::from(t.offset().seconds()) * 1000)),
        );
        Ok(Self { zone, table, end: end.as_millisecond(), last: (0, 0, 0) })
    }

    /// The wall clock at an instant, both in milliseconds since the epoch.
    #[inline(always)]
    pub(crate) fn local(&mut self, millis: i64) -> Option<i64> {
        if self.last.0 <= millis && millis < self.last.1 { Some(millis + self.last.2) } else { self.look_up(millis) }
    }

    /// As [`instant`], faster where many lie close to each other.
    #[inline(always)]
    pub(crate) fn instant(&mut self, local: i64) -> Option<i64> {
        let (begin, end, offset) = self.last;
        let instant = local.checked_sub(offset)?;
        // So far from both ends of the stretch no other offset has this clock.
        let alone = begin.saturating_add(DAY_MS)..end.saturating_sub(DAY_MS);
        if alone.contains(&instant) { Some(instant) } else { self.resolve(local) }
    }

    #[inline(never)]
    fn resolve(&mut self, local: i64) -> Option<i64> {
        let instant = instant(&self.zone, local)?;
        // For the stretch of the next ones.
        self.local(instant)?;
        Some(instant)
    }

    #[inline(never)]
    fn look_up(&mut self, millis: i64) -> Option<i64> {
        let next = self.table.partition_point(|(begin, _)| *begin <= millis);
        let offset = match self.table.get(next.wrapping_sub(1)) {
            Some((begin, offset)) if millis < self.end => {
                let end = self.table.get(next).map_or(self.end, |(begin, _)| *begin);
                self.last = (*begin, end, *offset);
                *offset
            }
            _ => offset(&self.zone, millis),
        };
        millis.checked_add(offset)
    }
}

/// A zone by name, see [`Zone::parse`].
pub(crate) fn time_zone(name: &str) -> Result<TimeZone> {
    match fixed_offset(name) {
        Some(offset) => Ok(TimeZone::fixed(offset)),
        None => TimeZone::get(name).map_err(|e| {
            Error::new(ErrorKind::InvalidConfig, format!("unknown time zone {name:?}"))
                .with("option", "table.local-time-zone")
                .caused_by(e)
        }),
    }
}

fn fixed_offset(name: &str) -> Option<Offset> {
    let rest = ["UTC", "GMT", "UT"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    if name == "Z" || rest.is_empty() && !name.is_empty() {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match rest.as_bytes().first()? {
        b'+' => (1, rest.get(1..)?),
        b'-' => (-1, rest.get(1..)?),
        _ => return None,
    };
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<i32>().ok()).flatten();
    let parts: Vec<i32> = if digits.contains(':') {
        digits.split(':').map(number).collect::<Option<_>>()?
    } else {
        // "h", "hh", "hhmm" or "hhmmss".
        match digits.len() {
            1 | 2 => vec![number(digits)?],
            4 | 6 => (0..digits.len()).step_by(2).map(|i| number(digits.get(i..i + 2)?)).collect::<Option<_>>()?,
            _ => return None,
        }
    };
    let (hour, minute, second) = match parts[..] {
        [h] => (h, 0, 0),
        [h, m] => (h, m, 0),
        [h, m, s] => (h, m, s),
        _ => return None,
    };
    let seconds = hour * 3600 + minute * 60 + second;
    let valid = hour <= 18 && minute < 60 && second < 60 && seconds <= 18 * 3600;
    if valid { Offset::from_seconds(sign * seconds).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;
    use proptest::prelude::*;

    fn text(put: impl FnOnce(&mut Window) -> Option<usize>) -> Option<String> {
        let mut buf = [0u8; 64];
        put(&mut buf).map(|n| String::from_utf8(buf[..n].to_vec()).unwrap())
    }

    #[test]
    fn every_day_from_0000_to_9999_is_right() {
        let mut date = Date::constant(0, 1, 1);
        for day in MIN_DAY..=MAX_DAY {
            let expected = format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
            assert_eq!(text(|b| put_date(b, 0, day)).unwrap(), expected);
            if day < MAX_DAY {
                date = date.tomorrow().unwrap();
            }
        }
        assert_eq!(text(|b| put_date(b, 0, MIN_DAY - 1)), None);
        assert_eq!(text(|b| put_date(b, 0, MAX_DAY + 1)), None);
    }

    #[test]
    fn dates_before_the_gregorian_reform_are_not_shifted() {
        let day = |y, m, d| i64::from((Date::constant(y, m, d) - Date::constant(1970, 1, 1)).get_days());
        assert_eq!(text(|b| put_date(b, 0, day(1582, 10, 10))).unwrap(), "1582-10-10");
        assert_eq!(text(|b| put_date(b, 0, day(1, 1, 1))).unwrap(), "0001-01-01");
    }

    proptest! {
        #[test]
        fn datetimes_agree_with_a_calendar_library(millis in MIN_DAY * DAY_MS..(MAX_DAY + 1) * DAY_MS, nanos in 0u32..1_000_000) {
            let t = text(|b| put_datetime(b, 0, millis, nanos)).unwrap();
            let back: DateTime = t.parse().unwrap();
            let expected = DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
                .checked_add(jiff::SignedDuration::from_millis(millis) + jiff::SignedDuration::from_micros(i64::from(nanos / 1000))).unwrap();
            prop_assert_eq!(back, expected, "{}", t);
        }

        #[test]
        fn the_zone_table_agrees_with_the_zone(millis in -5_000_000_000_000i64..8_000_000_000_000) {
            for name in ["America/New_York", "Asia/Shanghai", "Europe/Berlin", "GMT+05:30"] {
                let mut zone = Zone::parse(name).unwrap();
                let offset = zone.zone.to_offset(Timestamp::from_millisecond(millis).unwrap()).seconds();
                prop_assert_eq!(zone.local(millis), Some(millis + i64::from(offset) * 1000));
                prop_assert_eq!(zone.local(millis), Some(millis + i64::from(offset) * 1000));
            }
        }
    }

    #[test]
    fn clocks_that_come_twice_or_never_are_resolved_as_in_java() {
        let at = |text: &str| {
            let clock: DateTime = text.parse().unwrap();
            TimeZone::UTC.to_timestamp(clock).unwrap().as_millisecond()
        };
        let mut zone = Zone::parse("Europe/Berlin").unwrap();
        for (clock, instant) in [
            ("2024-01-15T12:00", "2024-01-15T11:00"),
            ("2024-07-15T12:00", "2024-07-15T10:00"),
            // Skipped: 02:00 to 03:00.
            ("2024-03-31T01:59:59", "2024-03-31T00:59:59"),
            ("2024-03-31T02:30", "2024-03-31T01:30"),
            ("2024-03-31T03:00", "2024-03-31T01:00"),
            // Twice: 02:00 to 03:00.
            ("2024-10-27T02:30", "2024-10-27T00:30"),
            ("2024-10-27T03:00", "2024-10-27T02:00"),
            ("1880-01-01T00:53:28", "1880-01-01T00:00"),
            ("9999-07-01T00:00", "9999-06-30T22:00"),
        ] {
            for _ in 0..2 {
                assert_eq!(zone.instant(at(clock)), Some(at(instant)), "{clock}");
            }
        }
        assert_eq!(zone.instant(i64::MAX), None);
        assert_eq!(zone.instant(i64::MIN), None);
    }

    proptest! {
        #[test]
        fn instants_agree_with_the_zone(local in -5_000_000_000_000i64..8_000_000_000_000, steps in proptest::collection::vec(-90_000_000i64..90_000_000, 0..8)) {
            for name in ["America/New_York", "Asia/Shanghai", "Europe/Berlin", "GMT+05:30"] {
                let mut zone = Zone::parse(name).unwrap();
                let mut local = local;
                for step in &steps {
                    local += step;
                    let fresh = Zone::parse(name).unwrap().resolve(local);
                    prop_assert_eq!(zone.instant(local), fresh, "{} {}", name, local);
                }
            }
        }
    }

    #[test]
    fn the_last_days_have_instants_in_every_zone() {
        let last = (MAX_DAY + 1) * DAY_MS - 1;
        for (name, hours) in
            [("UTC", 0), ("Asia/Tokyo", 9), ("America/Los_Angeles", -8), ("Pacific/Pago_Pago", -11), ("-12:00", -12)]
        {
            let mut zone = Zone::parse(name).unwrap();
            for clock in [last, last - DAY_MS, last - 2 * DAY_MS] {
                let expected = clock - hours * 3_600_000;
                assert_eq!(zone.instant(clock), Some(expected), "{name}");
                assert_eq!(zone.local(expected), Some(clock), "{name}");
                assert_eq!(local(&zone.zone, expected), Some(clock), "{name}");
            }
        }
    }

    #[test]
    fn fractions_are_written_only_when_there_are_any() {
        assert_eq!(text(|b| put_datetime(b, 0, 0, 0)).unwrap(), "1970-01-01 00:00:00");
        assert_eq!(text(|b| put_datetime(b, 0, -1, 0)).unwrap(), "1969-12-31 23:59:59.999");
        assert_eq!(text(|b| put_datetime(b, 0, 1_100, 123_999)).unwrap(), "1970-01-01 00:00:01.100123");
        assert_eq!(text(|b| put_datetime(b, 0, 0, 999)).unwrap(), "1970-01-01 00:00:00");
        assert_eq!(text(|b| put_datetime(b, 0, i64::MAX, 0)), None);
        assert_eq!(text(|b| put_time(b, 0, 86_399_999)).unwrap(), "23:59:59.999");
        assert_eq!(text(|b| put_time(b, 0, 3_600_000)).unwrap(), "01:00:00");
        assert_eq!(text(|b| put_time(b, 0, 86_400_000)), None);
        assert_eq!(text(|b| put_time(b, 0, -1)), None);
    }

    #[test]
    fn zones_are_spelled_as_java_spells_them() {
        for (name, hours_times_2) in [
            ("UTC", 0),
            ("Z", 0),
            ("+08:00", 16),
            ("GMT+8", 16),
            ("UTC-03:30", -7),
            ("GMT-0330", -7),
            ("Asia/Tokyo", 18),
        ] {
            assert_eq!(Zone::parse(name).unwrap().local(0), Some(hours_times_2 * 1_800_000), "{name}");
        }
        for name in ["", "Mars/Olympus", "GMT+25", "+1:2:3:4", "+08:xx"] {
            assert_eq!(Zone::parse(name).unwrap_err().kind(), ErrorKind::InvalidConfig, "{name}");
        }
    }
}
