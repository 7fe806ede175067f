// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! PARTITION BY.

use std::collections::BTreeMap;

use starrocks_types::StarRocksType as T;

use super::define::names;
use super::position;
use crate::catalog::{ColumnDef, PartitionBounds, PartitionDef, Partitioning};
use crate::engine::Engine;
use crate::sql::ast::{PartitionExpression, PartitionItem, PartitionSpec};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::query::parse_datetime;
use crate::sql::text;

const DAY: i64 = 86_400_000_000;

/// The partitioning that a clause asks for.
pub(super) fn partitioning(
    engine: &Engine,
    spec: &PartitionSpec,
    columns: &[ColumnDef],
    _properties: &[(String, String)],
) -> SqlResult<Partitioning> {
    let existing = |wanted: &[String]| -> SqlResult<Vec<String>> {
        if let Some(missing) = wanted.iter().find(|c| position(columns, c).is_none()) {
            return Err(SqlError::analyzing(format_args!(
                "Partition column[{missing}] does not exist in column list."
            )));
        }
        Ok(names(wanted, columns))
    };
    match spec {
        PartitionSpec::Range { columns: wanted, items } => {
            let by = existing(wanted)?;
            let mut partitions = Vec::new();
            for item in items {
                add(engine, item, &by, columns, &mut partitions)?;
            }
            Ok(Partitioning::Range { columns: by, partitions })
        }
        PartitionSpec::List { columns: wanted, items } => {
            let by = existing(wanted)?;
            let mut partitions = Vec::new();
            for item in items {
                add(engine, item, &by, columns, &mut partitions)?;
            }
            Ok(Partitioning::List { columns: by, partitions })
        }
        PartitionSpec::Expressions(items) => {
            let mut by = Vec::new();
            let mut texts = Vec::new();
            for item in items {
                match item {
                    PartitionExpression::Column(name) => {
                        by.extend(existing(std::slice::from_ref(name))?);
                        texts.push(format!("`{}`", by.last().cloned().unwrap_or_default()));
                    }
                    PartitionExpression::Call { function, arguments, columns: used, at } => {
                        let unit = arguments.first().map(|a| a.trim_matches(['\'', '"']).to_ascii_lowercase());
                        let units = ["year", "quarter", "month", "week", "day", "hour", "minute"];
                        if function == "date_trunc" && !unit.is_some_and(|u| units.contains(&u.as_str())) {
                            return Err(SqlError::plain(format!(
                                "Getting analyzing error at line {}, column {}. Detail message: date_trunc function \
                                 can't support argument other than year|quarter|month|week|day.",
                                at.line, at.column
                            )));
                        }
                        by.extend(existing(used)?);
                        let arguments: Vec<String> =
                            arguments.iter().map(|a| a.replace('`', "").replace('"', "'")).collect();
                        texts.push(format!("{function}({})", arguments.join(", ")));
                    }
                }
            }
            let alone = matches!(items.as_slice(), [PartitionExpression::Call { .. }]);
            let sql = if alone { texts.join("") } else { format!("({})", texts.join(",")) };
            Ok(Partitioning::Expression { sql, columns: by, partitions: Vec::new() })
        }
    }
}

/// Adds the partitions of an item behind those there are.
pub(crate) fn partition_def(
    engine: &Engine,
    item: &PartitionItem,
    partitioning: &mut Partitioning,
    columns: &[ColumnDef],
) -> SqlResult<()> {
    match partitioning {
        Partitioning::Range { columns: by, partitions } | Partitioning::List { columns: by, partitions } => {
            add(engine, item, by, columns, partitions)?;
            partitions.sort_by_key(lower_of);
            Ok(())
        }
        _ => Err(SqlError::analyzing("Only support adding partition to range/list partitioned table")),
    }
}

fn lower_of(partition: &PartitionDef) -> Option<Vec<String>> {
    match &partition.bounds {
        PartitionBounds::Range { lower, .. } => lower.clone(),
        PartitionBounds::List(_) => None,
    }
}

fn add(
    engine: &Engine,
    item: &PartitionItem,
    by: &[String],
    columns: &[ColumnDef],
    partitions: &mut Vec<PartitionDef>,
) -> SqlResult<()> {
    let check = |values: &[String]| -> SqlResult<()> {
        for (value, column) in values.iter().zip(by) {
            let data_type = position(columns, column).and_then(|i| columns.get(i)).map(|c| &c.data_type);
            let wrong = match data_type {
                Some(T::Date | T::DateTime) if parse_datetime(value).is_none() => {
                    format!("date literal [{value}] is invalid")
                }
                Some(T::TinyInt | T::SmallInt | T::Int | T::BigInt | T::LargeInt) if value.parse::<i128>().is_err() => {
                    format!("Invalid number format: {value}")
                }
                _ => continue,
            };
            return Err(SqlError::plain(format!("Invalid range value format: {wrong}")));
        }
        Ok(())
    };
    let mut push = |name: &str, bounds: PartitionBounds| -> SqlResult<()> {
        if partitions.iter().any(|p| p.name.eq_ignore_ascii_case(name)) {
            return Err(SqlError::analyzing(format_args!("Duplicated partition name: {name}")));
        }
        let properties = BTreeMap::new();
        partitions.push(PartitionDef { id: engine.next_id(), name: name.to_owned(), bounds, properties });
        Ok(())
    };
    match item {
        PartitionItem::LessThan { name, upper } => {
            if let Some(values) = upper {
                check(values)?;
            }
            let duplicate = partitions.iter().any(|p| p.name.eq_ignore_ascii_case(name));
            // The range begins where the nearest one below ends.
            let lower = partitions
                .iter()
                .filter_map(|p| match &p.bounds {
                    PartitionBounds::Range { upper: Some(end), .. } => Some(end),
                    _ => None,
                })
                .filter(|end| upper.as_ref().is_none_or(|u| compare(end, u).is_lt()))
                .max_by(|a, b| compare(a, b))
                .cloned();
            if duplicate {
                return Err(SqlError::analyzing(format_args!("Duplicated partition name: {name}")));
            }
            let bounds = PartitionBounds::Range { lower, upper: upper.clone() };
            let properties = BTreeMap::new();
            partitions.push(PartitionDef { id: engine.next_id(), name: name.clone(), bounds, properties });
            Ok(())
        }
        PartitionItem::Between { name, lower, upper } => {
            check(lower)?;
            if let Some(values) = upper {
                check(values)?;
            }
            push(name, PartitionBounds::Range { lower: Some(lower.clone()), upper: upper.clone() })
        }
        PartitionItem::In { name, values } => push(name, PartitionBounds::List(values.clone())),
        PartitionItem::Every { start, end, step, unit } => {
            for (name, from, to) in every(start, end, *step, unit.as_deref())? {
                push(&name, PartitionBounds::Range { lower: Some(vec![from]), upper: Some(vec![to]) })?;
            }
            Ok(())
        }
    }
}

/// Compares bounds as numbers where both are numbers, else as texts, which orders dates.
fn compare(a: &[String], b: &[String]) -> std::cmp::Ordering {
    for (x, y) in a.iter().zip(b) {
        let order = match (x.parse::<i128>(), y.parse::<i128>()) {
            (Ok(x), Ok(y)) => x.cmp(&y),
            _ => x.cmp(y),
        };
        if order.is_ne() {
            return order;
        }
    }
    std::cmp::Ordering::Equal
}

/// Name, start and end of the partitions of `START … END … EVERY …`.
fn every(start: &str, end: &str, step: i64, unit: Option<&str>) -> SqlResult<Vec<(String, String, String)>> {
    let mut ranges = Vec::new();
    let too_many = || SqlError::analyzing("The number of batch partitions is too large");
    let too_far =
        || SqlError::analyzing(format_args!("Batch partition every clause step {step} goes beyond all values"));
    if step <= 0 {
        return Err(SqlError::analyzing("Batch partition every clause step must be larger than zero"));
    }
    let Some(unit) = unit else {
        let (Ok(mut at), Ok(end)) = (start.parse::<i64>(), end.parse::<i64>()) else {
            return Err(SqlError::analyzing(
                "Batch build partition EVERY is date type but START or END does not type match",
            ));
        };
        while at < end {
            let next = at.checked_add(step).ok_or_else(too_far)?;
            ranges.push((format!("p{at}"), at.to_string(), next.to_string()));
            at = next;
            if ranges.len() > 4096 {
                return Err(too_many());
            }
        }
        return Ok(ranges);
    };
    let date = |text: &str| {
        parse_datetime(text).ok_or_else(|| SqlError::analyzing(format_args!("date literal [{text}] is invalid")))
    };
    let (mut at, end) = (date(start)?, date(end)?);
    while at < end {
        if !["DAY", "WEEK", "HOUR", "MONTH", "YEAR"].contains(&unit) {
            return Err(SqlError::analyzing(format_args!("Unsupported batch partition build type: {unit}")));
        }
        let next = advance(at, step, unit).ok_or_else(too_far)?;
        let digits: String = day(at).chars().filter(char::is_ascii_digit).collect();
        let name = match unit {
            "YEAR" => digits.get(..4).unwrap_or(&digits).to_owned(),
            "MONTH" => digits.get(..6).unwrap_or(&digits).to_owned(),
            _ => digits,
        };
        ranges.push((format!("p{name}"), day(at), day(next)));
        at = next;
        if ranges.len() > 4096 {
            return Err(too_many());
        }
    }
    Ok(ranges)
}

fn day(micros: i64) -> String {
    let mut out = Vec::new();
    text::date_time(&mut out, micros, true);
    String::from_utf8_lossy(&out).into_owned()
}

fn advance(micros: i64, step: i64, unit: &str) -> Option<i64> {
    let months = match unit {
        "DAY" => return micros.checked_add(step.checked_mul(DAY)?),
        "WEEK" => return micros.checked_add(step.checked_mul(7 * DAY)?),
        "HOUR" => return micros.checked_add(step.checked_mul(3_600_000_000)?),
        "MONTH" => step,
        "YEAR" => step.checked_mul(12)?,
        _ => return None,
    };
    let shown = day(micros);
    let mut parts = shown.split('-').map(|p| p.parse::<i64>().ok());
    let (year, month, day_of_month) = (parts.next()??, parts.next()??, parts.next()??);
    let total = (year * 12 + month - 1).checked_add(months)?;
    parse_datetime(&format!("{:04}-{:02}-{day_of_month:02}", total.div_euclid(12), total.rem_euclid(12) + 1))
}
