// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Seconds since the epoch and local times.

use std::sync::Arc;

use arrow::array::timezone::Tz;
use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringArray, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimestampMicrosecondType};
use arrow::temporal_conversions::as_datetime_with_timezone;
use datafusion::common::Result;

use super::dates::{format_time, to_datetime};
use super::{DATETIME, argument};

/// The local time, in microseconds that count as if it were UTC.
fn local(utc: i64, zone: Tz) -> Option<i64> {
    let time = as_datetime_with_timezone::<TimestampMicrosecondType>(utc, zone)?;
    Some(time.naive_local().and_utc().timestamp_micros())
}

/// The time that is local there; of two, either.
fn utc(shown: i64, zone: Tz) -> Option<i64> {
    let offset = |at: i64| Some(local(at, zone)? - at);
    let near = shown - offset(shown)?;
    Some(shown - offset(near)?)
}

fn strings(arguments: &[ArrayRef], i: usize) -> Result<ArrayRef> {
    Ok(cast(argument(arguments, i)?, &DataType::Utf8)?)
}

fn zone(names: &StringArray, row: usize) -> Option<Tz> {
    names.is_valid(row).then(|| names.value(row).parse().ok())?
}

/// `from_unixtime(seconds, format, zone)`
pub(super) fn from_unixtime(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let seconds = cast(argument(arguments, 0)?, &DataType::Int64)?;
    let seconds = seconds.as_primitive::<Int64Type>();
    let (formats, zones) = (strings(arguments, 1)?, strings(arguments, 2)?);
    let (formats, zones) = (formats.as_string::<i32>(), zones.as_string::<i32>());
    let text = |row: usize| {
        let utc = seconds.is_valid(row).then(|| seconds.value(row).checked_mul(1_000_000))??;
        let format = formats.is_valid(row).then(|| formats.value(row))?;
        format_time(local(utc, zone(zones, row)?)?, format)
    };
    Ok(Arc::new((0..seconds.len()).map(text).collect::<StringArray>()))
}

/// `unix_timestamp(time, zone)`
pub(super) fn unix_timestamp(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let times = to_datetime(arguments, &DATETIME)?;
    let times = times.as_primitive::<TimestampMicrosecondType>();
    let zones = strings(arguments, 1)?;
    let zones = zones.as_string::<i32>();
    let seconds = |row: usize| {
        let shown = times.is_valid(row).then(|| times.value(row))?;
        Some(utc(shown, zone(zones, row)?)?.div_euclid(1_000_000))
    };
    Ok(Arc::new((0..times.len()).map(seconds).collect::<Int64Array>()))
}

/// `convert_tz(time, from, to)`
pub(super) fn convert(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let times = to_datetime(arguments, &DATETIME)?;
    let times = times.as_primitive::<TimestampMicrosecondType>();
    let (from, to) = (strings(arguments, 1)?, strings(arguments, 2)?);
    let (from, to) = (from.as_string::<i32>(), to.as_string::<i32>());
    let converted = |row: usize| {
        let shown = times.is_valid(row).then(|| times.value(row))?;
        local(utc(shown, zone(from, row)?)?, zone(to, row)?)
    };
    Ok(Arc::new((0..times.len()).map(converted).collect::<TimestampMicrosecondArray>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let shanghai: Tz = "Asia/Shanghai".parse().unwrap();
        assert_eq!(local(0, shanghai), Some(8 * 3_600_000_000));
        assert_eq!(utc(8 * 3_600_000_000, shanghai), Some(0));
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        let summer = 1_719_792_000_000_000;
        assert_eq!(utc(local(summer, berlin).unwrap(), berlin), Some(summer));
    }
}
