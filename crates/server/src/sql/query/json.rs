// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! JSON functions.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int32Array, Int64Array, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::Result;
use serde_json::Value;

use crate::sql::text;

/// JSON as StarRocks prints it: blanks behind `:` and `,`.
pub(crate) fn print(value: &Value) -> String {
    let mut out = String::new();
    append(&mut out, value);
    out
}

fn append(out: &mut String, value: &Value) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                append(out, item);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (i, (key, field)) in fields.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push_str(": ");
                append(out, field);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

fn texts(arguments: &[ArrayRef], i: usize) -> Result<ArrayRef> {
    match arguments.get(i) {
        Some(array) => Ok(cast(array, &DataType::Utf8)?),
        None => datafusion::common::plan_err!("an argument is missing"),
    }
}

fn strings<T>(arguments: &[ArrayRef], mut each: impl FnMut(&str, &str) -> Option<T>) -> Result<Vec<Option<T>>> {
    let (values, paths) = (texts(arguments, 0)?, texts(arguments, 1)?);
    let pairs = values.as_string::<i32>().iter().zip(paths.as_string::<i32>());
    Ok(pairs.map(|(value, path)| each(value?, path?)).collect())
}

/// The value at `$.a.b[0]`; the `$.` may be missing.
fn at_path(text: &str, path: &str) -> Option<Value> {
    let mut value: Value = serde_json::from_str(text).ok()?;
    let path = path.strip_prefix('$').unwrap_or(path);
    for step in path.split('.').filter(|s| !s.is_empty()) {
        let (key, indexes) = step.split_once('[').map_or((step, ""), |(k, rest)| (k, rest));
        let key = key.trim_matches('"');
        if !key.is_empty() {
            value = value.as_object_mut()?.remove(key)?;
        }
        for index in indexes.split('[').filter_map(|i| i.strip_suffix(']')) {
            let items = value.as_array_mut()?;
            let index: usize = index.parse().ok()?;
            if index >= items.len() {
                return None;
            }
            value = items.swap_remove(index);
        }
    }
    Some(value)
}

pub(super) fn parse(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let values = texts(arguments, 0)?;
    let parsed = values.as_string::<i32>().iter().map(|v| Some(print(&serde_json::from_str(v?).ok()?)));
    Ok(Arc::new(parsed.collect::<StringArray>()))
}

pub(super) fn query(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let found = strings(arguments, |value, path| Some(print(&at_path(value, path)?)))?;
    Ok(Arc::new(StringArray::from(found)))
}

pub(super) fn get_string(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let found = strings(arguments, |value, path| match at_path(value, path)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(print(&other)),
    })?;
    Ok(Arc::new(StringArray::from(found)))
}

pub(super) fn get_int(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let found = strings(arguments, |value, path| match at_path(value, path)? {
        Value::Number(n) => n.as_i64().or_else(|| n.as_f64().map(|f| f.trunc() as i64)),
        Value::String(text) => text.parse().ok(),
        Value::Bool(flag) => Some(i64::from(flag)),
        _ => None,
    })?;
    Ok(Arc::new(Int64Array::from(found)))
}

pub(super) fn get_double(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let found = strings(arguments, |value, path| match at_path(value, path)? {
        Value::Number(n) => n.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })?;
    Ok(Arc::new(Float64Array::from(found)))
}

/// How many fields or items there are; 1 for everything else.
pub(super) fn length(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let count = |value: Value| {
        let count = match value {
            Value::Array(items) => items.len(),
            Value::Object(fields) => fields.len(),
            _ => 1,
        };
        i32::try_from(count).ok()
    };
    let values = texts(arguments, 0)?;
    let values = values.as_string::<i32>();
    let paths = arguments.get(1).map(|_| texts(arguments, 1)).transpose()?;
    let run = |row: usize| {
        let text = values.is_valid(row).then(|| values.value(row))?;
        let path = match &paths {
            Some(paths) if paths.is_null(row) => return None,
            Some(paths) => paths.as_string::<i32>().value(row),
            None => "$",
        };
        count(at_path(text, path)?)
    };
    Ok(Arc::new((0..values.len()).map(run).collect::<Int32Array>()))
}

pub(super) fn keys(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let keys = |text: &str| match serde_json::from_str(text).ok()? {
        Value::Object(fields) => {
            Some(print(&Value::Array(fields.into_iter().map(|(k, _)| Value::String(k)).collect())))
        }
        _ => None,
    };
    let values = texts(arguments, 0)?;
    Ok(Arc::new(values.as_string::<i32>().iter().map(|v| keys(v?)).collect::<StringArray>()))
}

pub(super) fn exists(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let found = strings(arguments, |value, path| Some(at_path(value, path).is_some()))?;
    Ok(Arc::new(BooleanArray::from(found)))
}

pub(super) fn array(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let rows = arguments.first().map_or(1, |a| a.len());
    let array = |row: usize| print(&Value::Array(arguments.iter().map(|a| scalar(a, row)).collect()));
    Ok(Arc::new((0..rows).map(|row| Some(array(row))).collect::<StringArray>()))
}

/// A value of a column as JSON.
fn scalar(array: &ArrayRef, row: usize) -> Value {
    match text::text(array, row) {
        None => Value::Null,
        Some(shown) if array.data_type() == &DataType::Boolean => Value::Bool(shown == "1"),
        Some(shown) if array.data_type().is_numeric() => serde_json::from_str(&shown).unwrap_or(Value::Null),
        Some(shown) => Value::String(shown),
    }
}

pub(super) fn object(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let rows = arguments.first().map_or(1, |a| a.len());
    let objects = (0..rows).map(|row| {
        let mut fields = serde_json::Map::new();
        for pair in arguments.chunks(2) {
            let [key, value] = pair else { continue };
            let key = text::text(key, row)?;
            fields.insert(key, scalar(value, row));
        }
        Some(print(&Value::Object(fields)))
    });
    Ok(Arc::new(objects.collect::<StringArray>()))
}
