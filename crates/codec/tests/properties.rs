// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Any schema and any rows: the text is what plain formatting gives. Any bytes: an answer or an error, never a panic.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use base64::Engine;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use proptest::collection::vec;
use proptest::prelude::*;
use starrocks_codec::{CsvFormat, EncoderConfig, Format, RowEncoder};
use starrocks_types::{ErrorKind, FlinkColumn, FlinkType, FlinkTypeRoot as Root};
use support::*;

const MIN_MS: i64 = -719_528 * 86_400_000;
const MAX_MS: i64 = 2_932_897 * 86_400_000 - 1;

fn scalar_type() -> impl Strategy<Value = Root> {
    prop_oneof![
        Just(Root::Boolean),
        Just(Root::Tinyint),
        Just(Root::Smallint),
        Just(Root::Integer),
        Just(Root::Bigint),
        Just(Root::Float),
        Just(Root::Double),
        (1u8..=38)
            .prop_flat_map(|p| (Just(p), 0..=p))
            .prop_map(|(precision, scale)| Root::Decimal { precision, scale }),
        Just(Root::Date),
        Just(Root::TimeWithoutTimeZone { precision: 3 }),
        (0u8..=9).prop_map(|precision| Root::TimestampWithoutTimeZone { precision }),
        (0u8..=9).prop_map(|precision| Root::TimestampWithLocalTimeZone { precision }),
        Just(string()),
        Just(Root::Char { length: 10 }),
        Just(Root::Varbinary { length: 100 }),
    ]
}

fn any_type() -> impl Strategy<Value = Root> {
    scalar_type().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|t| Root::Array { element: Box::new(FlinkType::nullable(t)) }),
            (scalar_type(), inner.clone()).prop_map(|(k, v)| Root::Map {
                key: Box::new(FlinkType::not_null(k)),
                value: Box::new(FlinkType::nullable(v))
            }),
            vec(inner, 1..4).prop_map(|types| Root::Row {
                fields: types.into_iter().enumerate().map(|(i, t)| column(&format!("f{i}"), t)).collect()
            }),
        ]
    })
}

fn nullable(root: &Root) -> BoxedStrategy<Value> {
    prop_oneof![1 => Just(Value::Null), 6 => value(root)].boxed()
}

fn value(root: &Root) -> BoxedStrategy<Value> {
    let text =
        prop_oneof!["[a-zA-Z0-9 ]{0,40}", ".{0,30}", r#"["\\/\t\n\x01-\x1f'é漢😀]{0,12}"#, "[xy\"é]{4000,5000}",];
    match root {
        Root::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
        Root::Tinyint => any::<i8>().prop_map(|v| Value::Int(v.into())).boxed(),
        Root::Smallint => any::<i16>().prop_map(|v| Value::Int(v.into())).boxed(),
        Root::Integer => any::<i32>().prop_map(|v| Value::Int(v.into())).boxed(),
        Root::Bigint => (any::<i64>(), 0u32..64).prop_map(|(v, s)| Value::Int(v >> s)).boxed(),
        Root::Float => any::<f32>().prop_map(Value::Float).boxed(),
        Root::Double => any::<f64>().prop_map(Value::Double).boxed(),
        Root::Decimal { precision, .. } => {
            let limit = 10i128.pow(u32::from(*precision));
            (1 - limit..limit, 0u32..126).prop_map(|(v, s)| Value::Decimal(v >> s)).boxed()
        }
        Root::Date => (MIN_MS / 86_400_000..=MAX_MS / 86_400_000).prop_map(Value::Int).boxed(),
        Root::TimeWithoutTimeZone { .. } => (0i64..86_400_000).prop_map(Value::Int).boxed(),
        Root::TimestampWithoutTimeZone { precision } | Root::TimestampWithLocalTimeZone { precision } => {
            let nanos = if *precision <= 3 { 0..1 } else { 0u32..1_000_000 };
            (prop_oneof![MIN_MS..=MAX_MS, (0..=MAX_MS / 1000).prop_map(|s| s * 1000)], nanos)
                .prop_map(|(ms, ns)| Value::Timestamp(ms, ns))
                .boxed()
        }
        Root::Char { .. } | Root::Varchar { .. } => text.prop_map(Value::Text).boxed(),
        Root::Binary { .. } | Root::Varbinary { .. } => vec(any::<u8>(), 0..50).prop_map(Value::Bytes).boxed(),
        Root::Array { element } => vec(nullable(&element.root), 0..6).prop_map(Value::Array).boxed(),
        Root::Map { key, value: v } => vec((value(&key.root), nullable(&v.root)), 0..5).prop_map(Value::Map).boxed(),
        Root::Row { fields } => {
            fields.iter().map(|f| nullable(&f.data_type.root)).collect::<Vec<_>>().prop_map(Value::Row).boxed()
        }
    }
}

/// A schema and rows that fit it.
fn table(
    types: impl Strategy<Value = Root>,
    most: usize,
) -> impl Strategy<Value = (Vec<FlinkColumn>, Vec<(u8, Vec<Value>)>)> {
    vec(types, 1..most).prop_flat_map(|types| {
        let row: Vec<_> = types.iter().map(nullable).collect();
        let columns = types.into_iter().enumerate().map(|(i, t)| column(&format!("c{i}"), t)).collect::<Vec<_>>();
        (Just(columns), vec((prop_oneof![Just(INSERT), Just(UPDATE_AFTER)], row), 1..4))
    })
}

fn float_text(finite: bool, shortest: String, json: bool) -> String {
    match (finite, json) {
        (true, _) => shortest,
        (false, true) => "null".into(),
        (false, false) => "\\N".into(),
    }
}

fn clock(of_day: i64, micros: i64) -> String {
    let (h, m, s) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let fraction = match micros {
        0 => String::new(),
        m if m % 1000 == 0 => format!(".{:03}", m / 1000),
        m => format!(".{m:06}"),
    };
    format!("{h:02}:{m:02}:{s:02}{fraction}")
}

/// What a value must look like, made without the codec. `top` for a column, `json` within JSON or a nested value.
fn expected(root: &Root, value: &Value, json: bool, top: bool) -> String {
    let quote = |text: String| if json { format!("\"{text}\"") } else { text };
    let epoch = Date::constant(1970, 1, 1);
    let date = |day: i64| {
        let d = epoch.checked_add(day.days()).unwrap();
        format!("{:04}-{:02}-{:02}", d.year(), d.month(), d.day())
    };
    match (root, value) {
        (_, Value::Null) => if json { "null" } else { "\\N" }.into(),
        (_, Value::Bool(b)) if top => u8::from(*b).to_string(),
        (_, Value::Bool(b)) => b.to_string(),
        (_, Value::Float(v)) => float_text(v.is_finite(), zmij::Buffer::new().format(*v).into(), json),
        (_, Value::Double(v)) => float_text(v.is_finite(), zmij::Buffer::new().format(*v).into(), json),
        (Root::Decimal { scale, .. }, Value::Decimal(v)) => {
            let digits = format!("{:0width$}", v.unsigned_abs(), width = usize::from(*scale) + 1);
            let (whole, fraction) = digits.split_at(digits.len() - usize::from(*scale));
            let sign = if *v < 0 { "-" } else { "" };
            if *scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
        }
        (Root::Date, Value::Int(v)) => quote(date(*v)),
        (Root::TimeWithoutTimeZone { .. }, Value::Int(v)) => quote(clock(v / 1000, v % 1000 * 1000)),
        (_, Value::Int(v)) => v.to_string(),
        (_, Value::Timestamp(ms, ns)) => {
            let at =
                DateTime::constant(1970, 1, 1, 0, 0, 0, 0).checked_add(jiff::SignedDuration::from_millis(*ms)).unwrap();
            let of_day = i64::from(at.hour()) * 3600 + i64::from(at.minute()) * 60 + i64::from(at.second());
            let micros = i64::from(at.subsec_nanosecond()) / 1000 + i64::from(ns / 1000);
            quote(format!("{:04}-{:02}-{:02} {}", at.year(), at.month(), at.day(), clock(of_day, micros)))
        }
        (_, Value::Text(s)) if json => serde_json::to_string(s).unwrap(),
        (_, Value::Text(s)) => s.clone(),
        (_, Value::Bytes(b)) => quote(base64::engine::general_purpose::STANDARD.encode(b)),
        (Root::Array { element }, Value::Array(values)) => {
            let items: Vec<_> = values.iter().map(|v| expected(&element.root, v, true, false)).collect();
            format!("[{}]", items.join(","))
        }
        (Root::Map { key, value }, Value::Map(entries)) => {
            let items: Vec<_> = entries
                .iter()
                .map(|(k, v)| {
                    let k = expected(&key.root, k, true, false);
                    let k = if k.starts_with('"') { k } else { format!("\"{k}\"") };
                    format!("{k}:{}", expected(&value.root, v, true, false))
                })
                .collect();
            format!("{{{}}}", items.join(","))
        }
        (Root::Row { fields }, Value::Row(values)) => {
            let items: Vec<_> = fields
                .iter()
                .zip(values)
                .map(|(f, v)| format!("\"{}\":{}", f.name, expected(&f.data_type.root, v, true, false)))
                .collect();
            format!("{{{}}}", items.join(","))
        }
        (root, value) => panic!("{value:?} is not a {root:?}"),
    }
}

/// Whether a text cannot be a CSV field as it is.
fn unsafe_field(root: &Root, text: &str, null: bool) -> bool {
    let free = matches!(root, Root::Char { .. } | Root::Varchar { .. });
    text.contains(['\t', '\n']) || (free && !null && text == "\\N")
}

fn encoder(columns: &[FlinkColumn], format: Format) -> RowEncoder {
    let config = EncoderConfig { upsert_delete: true, ..EncoderConfig::new(columns, format) };
    RowEncoder::new(config).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn json_is_what_plain_formatting_gives((columns, rows) in table(any_type(), 8)) {
        let mut out = Vec::new();
        encoder(&columns, Format::Json).encode(&batch(&columns, &rows), rows.len(), &mut out).unwrap();
        let objects: Vec<String> = rows.iter().map(|(_, values)| {
            let fields: Vec<_> = columns.iter().zip(values)
                .map(|(c, v)| format!("\"{}\":{}", c.name, expected(&c.data_type.root, v, true, true))).collect();
            format!("{{{},\"__op\":0}}", fields.join(","))
        }).collect();
        let text = String::from_utf8(out).unwrap();
        prop_assert_eq!(&text, &objects.join(","));
        // And it is JSON, whatever the strings held.
        let array = format!("[{text}]");
        prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&array).is_ok());
    }

    #[test]
    fn csv_splits_into_what_plain_formatting_gives((columns, rows) in table(any_type(), 8)) {
        let mut out = Vec::new();
        let fields: Vec<Vec<String>> = rows.iter().map(|(_, values)| {
            columns.iter().zip(values).map(|(c, v)| expected(&c.data_type.root, v, false, true)).collect()
        }).collect();
        let refused = rows.iter().zip(&fields).any(|((_, values), texts)| {
            columns.iter().zip(values).zip(texts).any(|((c, v), t)| unsafe_field(&c.data_type.root, t, *v == Value::Null))
        });
        let result = encoder(&columns, Format::Csv(CsvFormat::default())).encode(&batch(&columns, &rows), rows.len(), &mut out);
        if refused {
            prop_assert_eq!(result.unwrap_err().kind(), ErrorKind::InvalidRow);
            prop_assert!(out.is_empty());
        } else {
            result.unwrap();
            let text = String::from_utf8(out).unwrap();
            let lines: Vec<Vec<&str>> = text.strip_suffix('\n').unwrap().split('\n').map(|l| l.split('\t').collect()).collect();
            let want: Vec<Vec<&str>> = fields.iter().map(|f| f.iter().map(String::as_str).chain(["0"]).collect()).collect();
            prop_assert_eq!(lines, want);
        }
    }

    #[test]
    fn a_damaged_batch_is_an_error_or_text_but_never_a_panic(
        (columns, rows) in table(any_type(), 8),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in proptest::option::of(any::<prop::sample::Index>()),
        claimed in 0usize..6,
    ) {
        let mut data = batch(&columns, &rows);
        for (at, b) in damage {
            let at = at.index(data.len());
            data[at] = b;
        }
        if let Some(cut) = cut {
            data.truncate(cut.index(data.len()));
        }
        for format in [Format::Json, Format::Csv(CsvFormat::default()), Format::Csv(CsvFormat::parse(Some("||"), None, Some("'"), Some("\\")).unwrap())] {
            let mut out = b"kept".to_vec();
            match encoder(&columns, format).encode(&data, claimed, &mut out) {
                Ok(_) => prop_assert!(out.starts_with(b"kept") && std::str::from_utf8(&out).is_ok()),
                Err(e) => {
                    prop_assert_eq!(e.kind(), ErrorKind::InvalidRow);
                    prop_assert_eq!(&out[..], b"kept");
                }
            }
        }
    }

    #[test]
    fn random_bytes_are_never_a_panic(types in vec(any_type(), 1..8), data in vec(prop_oneof![Just(0u8), any::<u8>()], 0..600), sizes in any::<bool>(), claimed in 0usize..4) {
        let columns: Vec<_> = types.into_iter().enumerate().map(|(i, t)| column(&format!("c{i}"), t)).collect();
        let mut data = data;
        if sizes && data.len() >= 16 {
            // A frame that fits lets the rest of the reader see the noise.
            let size = (data.len() - 8) / 8 * 8;
            data.truncate(size + 8);
            data[..8].copy_from_slice(&(size as u64).to_le_bytes());
            data[8] &= 3;
        }
        for format in [Format::Json, Format::Csv(CsvFormat::default())] {
            let mut out = Vec::new();
            if let Err(e) = encoder(&columns, format).encode(&data, claimed, &mut out) {
                prop_assert_eq!(e.kind(), ErrorKind::InvalidRow);
            }
        }
    }
}

#[test]
fn any_number_of_columns_keeps_its_nulls() {
    for arity in (1..140).chain([1000]) {
        let columns: Vec<_> = (0..arity).map(|i| column(&format!("c{i}"), Root::Integer)).collect();
        let null = |row: usize, i: usize| (i * 7 + row + arity).is_multiple_of(3);
        let rows: Vec<_> = (0..3)
            .map(|r| {
                (INSERT, (0..arity).map(|i| if null(r, i) { Value::Null } else { Value::Int(i as i64) }).collect())
            })
            .collect();
        let mut out = Vec::new();
        encoder(&columns, Format::Csv(CsvFormat::default())).encode(&batch(&columns, &rows), 3, &mut out).unwrap();
        for (r, line) in String::from_utf8(out).unwrap().lines().enumerate() {
            let want: Vec<_> = (0..arity).map(|i| if null(r, i) { "\\N".to_owned() } else { i.to_string() }).collect();
            assert_eq!(line, want.join("\t") + "\t0");
        }
    }
}

#[test]
fn long_arrays_keep_their_nulls() {
    let columns = [column("a", Root::Array { element: Box::new(FlinkType::nullable(Root::Tinyint)) })];
    for n in [31, 32, 33, 64, 65, 5000] {
        let values: Vec<_> = (0..n).map(|i| if i % 3 == 0 { Value::Null } else { Value::Int(i % 100) }).collect();
        let rows = [(INSERT, vec![Value::Array(values)])];
        let mut out = Vec::new();
        encoder(&columns, Format::Json).encode(&batch(&columns, &rows), 1, &mut out).unwrap();
        let parsed: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let want: Vec<_> = (0..n).map(|i| (i % 3 != 0).then_some(i % 100)).collect();
        assert_eq!(parsed["a"], serde_json::json!(want));
    }
}
