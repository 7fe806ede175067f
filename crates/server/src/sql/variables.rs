// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! System variables: names, defaults and types, and what SET does to them.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use starrocks_types::StarRocksType;

use super::error::{SqlError, SqlResult};

/// Name and default of every variable that SHOW VARIABLES lists, tab-separated, in the FE's order.
const DEFAULTS: &str = include_str!("variables.tsv");

/// Variables that exist but are not listed, with their defaults.
const HIDDEN: &[(&str, &str)] = &[
    ("collation_name", "utf8_general_ci"),
    ("enable_insert_transaction", "true"),
    ("enable_show_all_variables", "false"),
    ("exec_mem_limit", "2147483648"),
    ("foreign_key_checks", "true"),
    ("have_query_cache", "false"),
    ("identity", "0"),
    ("parallel_degree", "0"),
    ("profile_timeout", "2"),
    ("profiling_history_size", "15"),
    ("query_alloc_block_size", "8192"),
    ("sql_warnings", "false"),
    ("tx_read_only", "false"),
    ("unique_checks", "true"),
];

/// The defaults of all of them by name in lower case. Every statement asks for a few.
static BY_NAME: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
    let listed = DEFAULTS.lines().filter_map(|line| line.split_once('\t'));
    listed.chain(HIDDEN.iter().copied()).map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
});

const READ_ONLY: &[&str] =
    &["version", "version_comment", "license", "system_time_zone", "lower_case_table_names", "language"];

/// Counters and sizes that Java keeps as `long`.
const LONG: &[&str] = &[
    "autocommit",
    "query_cache_size",
    "sql_select_limit",
    "exec_mem_limit",
    "load_mem_limit",
    "query_mem_limit",
    "spill_revocable_max_bytes",
    "connector_max_split_size",
    "group_concat_max_len",
    "group_execution_min_scan_rows",
    "connector_huge_file_size",
    "connector_sink_target_max_file_size",
    "column_view_concat_bytes_limit",
    "column_view_concat_rows_limit",
    "big_query_log_scan_bytes_threshold",
    "big_query_log_scan_rows_threshold",
    "query_cache_entry_max_bytes",
    "query_cache_entry_max_rows",
];

/// The words of `sql_mode`.
const SQL_MODES: &[&str] = &[
    "ALLOW_INVALID_DATES",
    "ALLOW_THROW_EXCEPTION",
    "ANSI",
    "ANSI_QUOTES",
    "DB2",
    "DISABLE_FUNCTION_CAST_INT_DIV",
    "DOUBLE_LITERAL",
    "ERROR_FOR_DIVISION_BY_ZERO",
    "ERROR_IF_OVERFLOW",
    "FORBID_INVALID_DATES",
    "GROUP_CONCAT_LEGACY",
    "HIGH_NOT_PRECEDENCE",
    "IGNORE_SPACE",
    "MAXDB",
    "MSSQL",
    "NO_AUTO_CREATE_USER",
    "NO_AUTO_VALUE_ON_ZERO",
    "NO_BACKSLASH_ESCAPES",
    "NO_DIR_IN_CREATE",
    "NO_ENGINE_SUBSTITUTION",
    "NO_UNSIGNED_SUBTRACTION",
    "NO_ZERO_DATE",
    "NO_ZERO_IN_DATE",
    "ONLY_FULL_GROUP_BY",
    "ORACLE",
    "PAD_CHAR_TO_FULL_LENGTH",
    "PIPES_AS_CONCAT",
    "POSTGRESQL",
    "REAL_AS_FLOAT",
    "SORT_NULLS_LAST",
    "STRICT_ALL_TABLES",
    "STRICT_TRANS_TABLES",
    "TIME_TRUNCATE_FRACTIONAL",
    "TRADITIONAL",
];

/// The values that one session, or the server, has set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables {
    set: BTreeMap<String, String>,
}

/// The defaults, with the version the server impersonates.
fn default_of(name: &str, version: &str) -> Option<String> {
    match name {
        "version" => return Some(super::MYSQL_VERSION.to_owned()),
        "version_comment" => return Some(format!("{version}-{}", super::BUILD)),
        _ => {}
    }
    BY_NAME.get(name.to_ascii_lowercase().as_str()).map(|&value| value.to_owned())
}

/// Every listed variable with its value, sorted as the FE does.
pub(crate) fn listed(session: &Variables, global: &Variables, version: &str) -> Vec<(String, String)> {
    let mut names: Vec<&str> = DEFAULTS.lines().filter_map(|line| Some(line.split_once('\t')?.0)).collect();
    names.extend(["version", "version_comment"]);
    names.sort_unstable();
    names.into_iter().filter_map(|name| Some((name.to_owned(), value(name, session, global, version)?))).collect()
}

/// The value of a variable as SHOW VARIABLES prints it; `None` when there is no such variable.
pub(crate) fn value(name: &str, session: &Variables, global: &Variables, version: &str) -> Option<String> {
    let key = name.to_ascii_lowercase();
    session.set.get(&key).or_else(|| global.set.get(&key)).cloned().or_else(|| default_of(name, version))
}

/// The type `@@name` has.
pub(crate) fn data_type(name: &str) -> Option<StarRocksType> {
    let name = name.to_ascii_lowercase();
    if LONG.contains(&name.as_str()) {
        return Some(StarRocksType::BigInt);
    }
    let default = default_of(&name, "")?;
    Some(match default.as_str() {
        "true" | "false" => StarRocksType::Boolean,
        text if text.parse::<i32>().is_ok() => StarRocksType::Int,
        text if text.parse::<i64>().is_ok() => StarRocksType::BigInt,
        text if text.parse::<f64>().is_ok() => StarRocksType::Double,
        _ => return None,
    })
}

impl Variables {
    /// Sets a variable to a text, or to its default for `None`.
    ///
    /// # Errors
    /// An unknown or read-only variable, or a value that it cannot have.
    pub(crate) fn set(&mut self, name: &str, value: Option<&str>) -> SqlResult<()> {
        let key = name.to_ascii_lowercase();
        let Some(default) = default_of(&key, "") else { return Err(unknown(name)) };
        if READ_ONLY.contains(&key.as_str()) {
            return Err(SqlError::coded(1621, "HY000", format!("Variable '{key}' is a read only variable")));
        }
        let Some(value) = value else {
            self.set.remove(&key);
            return Ok(());
        };
        let value = match key.as_str() {
            "sql_mode" => sql_mode(value)?,
            "time_zone" => time_zone(value)?,
            _ => match default.as_str() {
                "true" | "false" => boolean(&key, value)?,
                number if number.parse::<f64>().is_ok() => numeric(&key, value)?,
                _ => value.to_owned(),
            },
        };
        if key == "transaction_isolation" || key == "tx_isolation" {
            self.set.insert("transaction_isolation".to_owned(), value.clone());
            self.set.insert("tx_isolation".to_owned(), value);
        } else {
            self.set.insert(key, value);
        }
        Ok(())
    }
}

/// The error for a variable that does not exist.
pub(crate) fn unknown(name: &str) -> SqlError {
    let mut near: Vec<(usize, &str)> = DEFAULTS
        .lines()
        .filter_map(|line| Some(line.split_once('\t')?.0))
        .map(|known| (distance(&name.to_ascii_lowercase(), known), known))
        .collect();
    near.sort();
    let near: Vec<String> = near.iter().take(3).map(|(_, known)| format!("'{known}'")).collect();
    SqlError::analyzing_coded(
        1193,
        "HY000",
        format_args!("Unknown system variable '{name}', the most similar variables are {{{}}}", near.join(", ")),
    )
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut previous = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.chars().enumerate() {
            let cost = previous + usize::from(x != y);
            previous = row[j + 1];
            row[j + 1] = cost.min(previous + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

fn boolean(name: &str, value: &str) -> SqlResult<String> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "on" | "1" => Ok("true".to_owned()),
        "false" | "off" | "0" => Ok("false".to_owned()),
        _ => Err(SqlError::coded(1231, "42000", format!("Variable '{name}' can't be set to the value of '{value}'"))),
    }
}

fn numeric(name: &str, value: &str) -> SqlResult<String> {
    if value.parse::<f64>().is_ok() {
        return Ok(value.to_owned());
    }
    Err(SqlError::analyzing(format_args!("{name} is not a number")))
}

fn sql_mode(value: &str) -> SqlResult<String> {
    let mut modes: Vec<&str> = Vec::new();
    for word in value.split(',').map(str::trim).filter(|w| !w.is_empty()) {
        let known = SQL_MODES.iter().find(|mode| mode.eq_ignore_ascii_case(word));
        // A number is a bit set of modes, of which none is used here.
        let Some(known) = known else {
            if word.parse::<u64>().is_ok() {
                continue;
            }
            return Err(SqlError::coded(
                1231,
                "42000",
                format!("Variable 'sql_mode' can't be set to the value of '{word}'"),
            ));
        };
        if !modes.contains(known) {
            modes.push(known);
        }
    }
    Ok(modes.join(","))
}

fn time_zone(value: &str) -> SqlResult<String> {
    if value.parse::<arrow::array::timezone::Tz>().is_ok() {
        return Ok(value.to_owned());
    }
    if matches!(value, "CST" | "PRC" | "SYSTEM") {
        return Ok(if value == "SYSTEM" { "UTC" } else { "Asia/Shanghai" }.to_owned());
    }
    Err(SqlError::analyzing_coded(1298, "HY000", format_args!("Unknown or incorrect time zone: '{value}'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_checks_names_and_values() {
        let mut variables = Variables::default();
        variables.set("SQL_Mode", Some("strict_trans_tables")).unwrap();
        let (global, version) = (Variables::default(), "3.5.5");
        assert_eq!(value("sql_mode", &variables, &global, version).unwrap(), "STRICT_TRANS_TABLES");
        variables.set("sql_mode", None).unwrap();
        assert_eq!(value("sql_mode", &variables, &global, version).unwrap(), "ONLY_FULL_GROUP_BY");
        for (name, text, code) in [
            ("nope", "1", 1193),
            ("version", "1", 1621),
            ("sql_mode", "NOPE", 1231),
            ("time_zone", "Mars/Base", 1298),
            ("query_timeout", "abc", 1064),
        ] {
            assert_eq!(variables.set(name, Some(text)).unwrap_err().code, code, "{name}");
        }
    }
}
