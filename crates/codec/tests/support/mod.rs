// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A writer of row batches for tests, written from `docs/design/row-batch.md` alone.

#![allow(dead_code, unreachable_pub, clippy::panic, clippy::unwrap_used)]

use starrocks_types::{FlinkColumn, FlinkType, FlinkTypeRoot as Root};

/// A value of any Flink type; which one it stands for is the column's business.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f32),
    Double(f64),
    Decimal(i128),
    Text(String),
    Bytes(Vec<u8>),
    Timestamp(i64, u32),
    Array(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Row(Vec<Value>),
}

pub const INSERT: u8 = 0;
pub const UPDATE_BEFORE: u8 = 1;
pub const UPDATE_AFTER: u8 = 2;
pub const DELETE: u8 = 3;

pub fn column(name: &str, root: Root) -> FlinkColumn {
    FlinkColumn::new(name, FlinkType::nullable(root))
}

pub fn string() -> Root {
    Root::Varchar { length: i32::MAX as u32 }
}

/// A batch of rows, each with its kind.
pub fn batch(columns: &[FlinkColumn], rows: &[(u8, Vec<Value>)]) -> Vec<u8> {
    let types: Vec<&FlinkType> = columns.iter().map(|c| &c.data_type).collect();
    let mut out = Vec::new();
    for (kind, values) in rows {
        let row = binary_row(*kind, &types, values);
        out.extend((row.len() as u32).to_le_bytes());
        out.extend([0; 4]);
        out.extend(row);
    }
    out
}

pub fn binary_row(kind: u8, types: &[&FlinkType], values: &[Value]) -> Vec<u8> {
    assert_eq!(types.len(), values.len());
    let header = (types.len() + 8).div_ceil(64) * 8;
    let mut row = vec![0u8; header + 8 * types.len()];
    row[0] = kind;
    for (i, (t, v)) in types.iter().zip(values).enumerate() {
        if *v == Value::Null {
            row[(i + 8) / 8] |= 1 << ((i + 8) % 8);
        } else {
            put(&mut row, header + 8 * i, &t.root, v);
        }
    }
    row
}

fn width(root: &Root) -> usize {
    match root {
        Root::Boolean | Root::Tinyint => 1,
        Root::Smallint => 2,
        Root::Integer | Root::Date | Root::TimeWithoutTimeZone { .. } | Root::Float => 4,
        _ => 8,
    }
}

fn array(root: &Root, values: &[Value]) -> Vec<u8> {
    let nulls = values.len().div_ceil(32) * 4;
    let size = 4 + nulls + width(root) * values.len();
    let mut out = vec![0u8; size.div_ceil(8) * 8];
    out[..4].copy_from_slice(&(values.len() as i32).to_le_bytes());
    for (i, v) in values.iter().enumerate() {
        if *v == Value::Null {
            out[4 + i / 8] |= 1 << (i % 8);
        } else {
            put(&mut out, 4 + nulls + width(root) * i, root, v);
        }
    }
    out
}

fn append(out: &mut Vec<u8>, slot: usize, data: &[u8], low: u32, reserve: usize) {
    let offset = out.len() as u64;
    out.extend_from_slice(data);
    out.resize(out.len() + reserve.saturating_sub(data.len()), 0);
    out.resize(out.len().div_ceil(8) * 8, 0);
    out[slot..slot + 8].copy_from_slice(&(offset << 32 | u64::from(low)).to_le_bytes());
}

fn put(out: &mut Vec<u8>, at: usize, root: &Root, value: &Value) {
    match (root, value) {
        (Root::Boolean, Value::Bool(b)) => out[at] = u8::from(*b),
        (Root::Float, Value::Float(f)) => out[at..at + 4].copy_from_slice(&f.to_le_bytes()),
        (Root::Double, Value::Double(f)) => out[at..at + 8].copy_from_slice(&f.to_le_bytes()),
        (Root::Decimal { precision, .. }, Value::Decimal(d)) => {
            if *precision <= 18 {
                out[at..at + 8].copy_from_slice(&i64::try_from(*d).unwrap().to_le_bytes());
            } else {
                let bytes = d.to_be_bytes();
                // The shortest two's complement form, as BigInteger.toByteArray gives it.
                let skip = (0..15)
                    .take_while(|i| {
                        (bytes[*i] == 0 && bytes[i + 1] < 0x80) || (bytes[*i] == 0xff && bytes[i + 1] >= 0x80)
                    })
                    .count();
                append(out, at, &bytes[skip..], (16 - skip) as u32, 16);
            }
        }
        (
            Root::TimestampWithoutTimeZone { precision } | Root::TimestampWithLocalTimeZone { precision },
            Value::Timestamp(ms, ns),
        ) => {
            if *precision <= 3 {
                out[at..at + 8].copy_from_slice(&ms.to_le_bytes());
            } else {
                append(out, at, &ms.to_le_bytes(), *ns, 8);
            }
        }
        (_, Value::Text(s)) => put_bytes(out, at, s.as_bytes()),
        (_, Value::Bytes(b)) => put_bytes(out, at, b),
        (Root::Array { element }, Value::Array(values)) => {
            let data = array(&element.root, values);
            append(out, at, &data, data.len() as u32, 0);
        }
        (Root::Map { key, value }, Value::Map(entries)) => {
            let (keys, values): (Vec<_>, Vec<_>) = entries.iter().cloned().unzip();
            let keys = array(&key.root, &keys);
            let mut data = (keys.len() as u32).to_le_bytes().to_vec();
            data.extend(keys);
            data.extend(array(&value.root, &values));
            let n = data.len() as u32;
            append(out, at, &data, n, 0);
        }
        (Root::Row { fields }, Value::Row(values)) => {
            let types: Vec<&FlinkType> = fields.iter().map(|f| &f.data_type).collect();
            let data = binary_row(INSERT, &types, values);
            append(out, at, &data, data.len() as u32, 0);
        }
        (root, Value::Int(v)) => {
            let w = width(root);
            out[at..at + w].copy_from_slice(&v.to_le_bytes()[..w]);
        }
        (root, value) => panic!("{value:?} is not a {root:?}"),
    }
}

fn put_bytes(out: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if bytes.len() <= 7 {
        out[at..at + bytes.len()].copy_from_slice(bytes);
        out[at + 7] = 0x80 + bytes.len() as u8;
    } else {
        append(out, at, bytes, bytes.len() as u32, 0);
    }
}
