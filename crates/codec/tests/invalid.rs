// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Values that a column does not take, and each way to deal with them.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use starrocks_codec::{CsvFormat, Encoded, EncoderConfig, Format, OnInvalid, Rejected, RowEncoder};
use starrocks_types::{Error, ErrorKind, FlinkColumn, FlinkTypeRoot as Root, StarRocksType as S};
use support::*;

fn csv() -> Format {
    Format::Csv(CsvFormat::default())
}

/// Encodes one batch; also tells what was rejected.
fn encode(config: EncoderConfig<'_>, rows: &[(u8, Vec<Value>)]) -> Result<(String, Encoded, Vec<Rejected>), Error> {
    let mut encoder = RowEncoder::new(config.clone())?;
    let mut out = Vec::new();
    let encoded = encoder.encode(&batch(config.columns, rows), rows.len(), &mut out)?;
    Ok((String::from_utf8(out).unwrap(), encoded, encoder.take_rejected()))
}

/// What a value in the middle of three columns becomes.
fn one(root: Root, target: S, value: Value, on_invalid: OnInvalid, format: Format) -> Result<String, Error> {
    let columns = [column("a", Root::Integer), column("c", root), column("z", Root::Integer)];
    let targets = [Some(S::Int), Some(target), Some(S::Int)];
    let config = EncoderConfig { targets: &targets, on_invalid, ..EncoderConfig::new(&columns, format) };
    encode(config, &[(INSERT, vec![Value::Int(1), value, Value::Int(2)])]).map(|(text, ..)| text)
}

/// Values that fit, values that do not, and why.
fn cases() -> Vec<(Root, S, Value, Value, &'static str)> {
    let decimal = |precision, scale| Root::Decimal { precision, scale };
    let text = |t: &str| Value::Text(t.to_owned());
    vec![
        (string(), S::Varchar(3), text("aä"), text("aäb"), "4 bytes, the column takes at most 3"),
        (string(), S::Char(10), text("0123456789"), text("0123456789a"), "11 bytes"),
        (Root::Char { length: 2 }, S::Varchar(2), text("ab"), text("ää"), "4 bytes"),
        (
            Root::Varbinary { length: 99 },
            S::Varbinary(Some(1)),
            Value::Bytes(vec![1]),
            Value::Bytes(vec![1, 2]),
            "2 bytes",
        ),
        (Root::Integer, S::TinyInt, Value::Int(-128), Value::Int(128), "range of -128 to 127"),
        (Root::Integer, S::SmallInt, Value::Int(32767), Value::Int(-32769), "range of -32768 to 32767"),
        (Root::Bigint, S::Decimal(5, 2), Value::Int(999), Value::Int(-1000), "range of -999 to 999"),
        (decimal(10, 2), S::Decimal(6, 2), Value::Decimal(999_999), Value::Decimal(-1_000_000), "too many digits"),
        (decimal(10, 3), S::Decimal(4, 2), Value::Decimal(99_994), Value::Decimal(99_995), "too many digits"),
        (
            decimal(38, 2),
            S::Decimal(20, 2),
            Value::Decimal(10i128.pow(20) - 1),
            Value::Decimal(-(10i128.pow(20))),
            "too many digits",
        ),
        (Root::Double, S::Decimal(4, 2), Value::Double(99.99), Value::Double(99.996), "too many digits"),
        (Root::Float, S::Decimal(3, 0), Value::Float(999.0), Value::Float(-1000.0), "too many digits"),
        (string(), S::Json, text("[1, 2]"), text("[1, 2"), "not valid JSON"),
    ]
}

#[test]
fn values_are_judged_by_the_columns_type() {
    for (root, target, good, bad, why) in cases() {
        for format in [csv(), Format::Json] {
            let run = |value: &Value, on_invalid| {
                one(root.clone(), target.clone(), value.clone(), on_invalid, format.clone())
            };
            let unchecked = run(&good, OnInvalid::Server).unwrap();
            for on_invalid in [OnInvalid::Fail, OnInvalid::Null, OnInvalid::Truncate, OnInvalid::Reject] {
                assert_eq!(run(&good, on_invalid).unwrap(), unchecked, "{root:?} to {target}");
            }
            let error = run(&bad, OnInvalid::Fail).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRow);
            assert!(error.to_string().contains(why) && error.to_string().contains("column=c"), "{error}");
            let null = run(&bad, OnInvalid::Null).unwrap();
            let expected = if format == Format::Json { r#"{"a":1,"c":null,"z":2}"# } else { "1\t\\N\t2\n" };
            assert_eq!(null, expected, "{root:?} to {target}");
            assert_eq!(run(&bad, OnInvalid::Reject).unwrap(), "", "{root:?} to {target}");
        }
    }
}

#[test]
fn texts_and_bytes_are_cut_and_nothing_else_is() {
    let cut = |root: Root, target: S, value: Value| one(root, target, value, OnInvalid::Truncate, csv());
    assert_eq!(cut(string(), S::Varchar(3), Value::Text("aäb".into())).unwrap(), "1\taä\t2\n");
    assert_eq!(cut(string(), S::Varchar(2), Value::Text("aäb".into())).unwrap(), "1\ta\t2\n");
    assert_eq!(cut(string(), S::Varchar(9), Value::Text("a long text".into())).unwrap(), "1\ta long te\t2\n");
    let long = "x".repeat(100_000);
    assert_eq!(cut(string(), S::Varchar(9), Value::Text(long.clone())).unwrap(), "1\txxxxxxxxx\t2\n");
    let bytes = cut(Root::Varbinary { length: 9 }, S::Varbinary(Some(3)), Value::Bytes(vec![0; 9])).unwrap();
    assert_eq!(bytes, "1\tAAAA\t2\n");
    assert!(cut(Root::Integer, S::TinyInt, Value::Int(128)).is_err());
    // A text that CSV cannot hold is too long for nothing.
    assert!(cut(string(), S::Varchar(9), Value::Text("a\tb".into())).is_err());
}

fn order() -> Vec<FlinkColumn> {
    vec![column("id", string()), column("name", string()), column("price", Root::Double)]
}

const NOT_NULL: [bool; 3] = [true, true, true];

fn required<'a>(columns: &'a [FlinkColumn], on_invalid: OnInvalid, format: Format) -> EncoderConfig<'a> {
    EncoderConfig {
        upsert_delete: true,
        primary_key: &[0],
        not_null: &NOT_NULL,
        on_invalid,
        ..EncoderConfig::new(columns, format)
    }
}

#[test]
fn null_is_refused_where_the_table_takes_none_but_for_the_rest_of_a_deleted_row() {
    let columns = order();
    let text = |t: &str| Value::Text(t.to_owned());
    let run = |kind: u8, row: Vec<Value>, on_invalid| encode(required(&columns, on_invalid, csv()), &[(kind, row)]);
    for row in [
        vec![text("a"), Value::Null, Value::Double(1.0)],
        vec![Value::Null, text("b"), Value::Double(1.0)],
        vec![text("a"), text("b"), Value::Double(f64::NAN)],
    ] {
        for on_invalid in [OnInvalid::Fail, OnInvalid::Null, OnInvalid::Truncate] {
            assert!(run(INSERT, row.clone(), on_invalid).unwrap_err().to_string().contains("NULL"));
        }
        run(INSERT, row, OnInvalid::Server).unwrap();
    }
    let key_only = vec![text("a"), Value::Null, Value::Null];
    assert_eq!(run(DELETE, key_only, OnInvalid::Fail).unwrap().0, "a\t\\N\t\\N\t1\n");
    assert!(run(DELETE, vec![Value::Null, text("b"), Value::Double(1.0)], OnInvalid::Fail).is_err());
}

#[test]
fn rejected_rows_are_told_and_the_others_are_written() {
    let columns = order();
    let targets = [Some(S::Varchar(5)), Some(S::Varchar(5)), Some(S::Double)];
    let long = "y".repeat(50_000);
    let rows = [
        (INSERT, vec![Value::Text("bad".into()), Value::Text("much too long".into()), Value::Double(1.0)]),
        (INSERT, vec![Value::Text("ok".into()), Value::Text("fine".into()), Value::Double(2.0)]),
        (INSERT, vec![Value::Text("huge".into()), Value::Text(long.clone()), Value::Double(3.0)]),
        (DELETE, vec![Value::Null, Value::Text("x".into()), Value::Double(4.0)]),
        (INSERT, vec![Value::Text("utf8".into()), Value::Bytes(b"a\xff".to_vec()), Value::Double(5.0)]),
        (INSERT, vec![Value::Text("ok2".into()), Value::Text("fine".into()), Value::Double(6.0)]),
    ];
    for format in [csv(), Format::Json] {
        let config = EncoderConfig { targets: &targets, ..required(&columns, OnInvalid::Reject, format.clone()) };
        let (text, encoded, rejected) = encode(config, &rows).unwrap();
        assert_eq!(encoded, Encoded { rows_written: 2, rows_skipped: 0, rows_rejected: 4 });
        let expected = if format == Format::Json {
            r#"{"id":"ok","name":"fine","price":2.0,"__op":0},{"id":"ok2","name":"fine","price":6.0,"__op":0}"#
        } else {
            "ok\tfine\t2.0\t0\nok2\tfine\t6.0\t0\n"
        };
        assert_eq!(
            text.replace("2,\"__op", "2.0,\"__op")
                .replace("6,\"__op", "6.0,\"__op")
                .replace("\t2\t", "\t2.0\t")
                .replace("\t6\t", "\t6.0\t"),
            expected
        );
        let told: Vec<_> = rejected
            .iter()
            .map(|r| (r.column.as_str(), serde_json::from_str::<serde_json::Value>(&r.row).unwrap()))
            .collect();
        assert_eq!(told[0].0, "name");
        assert_eq!((&told[0].1["name"], &told[0].1["__op"]), (&"much too long".into(), &0.into()));
        assert!(rejected[0].reason.contains("13 bytes"), "{}", rejected[0].reason);
        assert_eq!(told[1].1["name"], long.as_str());
        assert_eq!((told[2].0, &told[2].1["id"], &told[2].1["__op"]), ("id", &serde_json::Value::Null, &1.into()));
        assert_eq!((told[3].0, &told[3].1["name"]), ("name", &"a\u{fffd}".into()));
    }
}

#[test]
fn a_broken_frame_is_no_invalid_value() {
    let columns = order();
    let mut encoder = RowEncoder::new(required(&columns, OnInvalid::Reject, csv())).unwrap();
    let mut bytes = batch(&columns, &[(INSERT, vec![Value::Null, Value::Null, Value::Null])]);
    bytes.truncate(20);
    let mut out = b"kept\n".to_vec();
    assert_eq!(encoder.encode(&bytes, 1, &mut out).unwrap_err().kind(), ErrorKind::InvalidRow);
    assert_eq!(out, b"kept\n");
}

#[test]
fn an_only_column_that_would_be_a_blank_line_is_never_written() {
    let columns = [column("s", string())];
    let targets = [Some(S::Varchar(2))];
    let run = |on_invalid, text: &str| {
        let config = EncoderConfig { targets: &targets, on_invalid, ..EncoderConfig::new(&columns, csv()) };
        encode(config, &[(INSERT, vec![Value::Text(text.into())])])
    };
    for on_invalid in [OnInvalid::Server, OnInvalid::Fail, OnInvalid::Null, OnInvalid::Truncate] {
        assert!(run(on_invalid, "").unwrap_err().to_string().contains("blank line"));
    }
    assert_eq!(run(OnInvalid::Reject, "").unwrap().2[0].row, r#"{"s":""}"#);
    assert_eq!(run(OnInvalid::Truncate, "abc").unwrap().0, "ab\n");
}
