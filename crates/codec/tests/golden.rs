// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Every type, its text in CSV and in JSON, and every input that must be refused.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use starrocks_codec::{BodyFrame, CsvFormat, Encoded, EncoderConfig, Format, RowEncoder, UpdateBefore};
use starrocks_types::{Error, ErrorKind, FlinkColumn, FlinkType, FlinkTypeRoot as Root, StarRocksType as S};
use support::*;

fn csv() -> Format {
    Format::Csv(CsvFormat::default())
}

fn encode(config: EncoderConfig<'_>, rows: &[(u8, Vec<Value>)]) -> Result<String, Error> {
    let mut encoder = RowEncoder::new(config.clone())?;
    let mut out = Vec::new();
    encoder.encode(&batch(config.columns, rows), rows.len(), &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

/// The text of one value in CSV and in JSON.
fn both(root: Root, value: Value) -> (String, String) {
    let columns = [column("c", root), column("z", Root::Integer)];
    let rows = [(INSERT, vec![value, Value::Int(0)])];
    let csv = encode(EncoderConfig::new(&columns, csv()), &rows).unwrap();
    let json = encode(EncoderConfig::new(&columns, Format::Json), &rows).unwrap();
    serde_json::from_str::<serde_json::Value>(&json).unwrap();
    (
        csv.strip_suffix("\t0\n").unwrap().to_owned(),
        json.strip_prefix("{\"c\":").unwrap().strip_suffix(",\"z\":0}").unwrap().to_owned(),
    )
}

#[track_caller]
fn same(root: Root, value: Value, text: &str) {
    assert_eq!(both(root, value), (text.to_owned(), text.to_owned()));
}

#[track_caller]
fn quoted(root: Root, value: Value, text: &str) {
    assert_eq!(both(root, value), (text.to_owned(), format!("\"{text}\"")));
}

#[test]
fn scalars() {
    same(Root::Boolean, Value::Bool(true), "1");
    same(Root::Boolean, Value::Bool(false), "0");
    same(Root::Tinyint, Value::Int(-128), "-128");
    same(Root::Smallint, Value::Int(-32768), "-32768");
    same(Root::Integer, Value::Int(i64::from(i32::MIN)), "-2147483648");
    same(Root::Bigint, Value::Int(i64::MIN), "-9223372036854775808");
    same(Root::Bigint, Value::Int(0), "0");
    same(Root::Float, Value::Float(0.1), "0.1");
    same(Root::Double, Value::Double(-1.5e-7), "-1.5e-7");
    same(Root::Decimal { precision: 15, scale: 2 }, Value::Decimal(-5), "-0.05");
    same(Root::Decimal { precision: 18, scale: 18 }, Value::Decimal(1), "0.000000000000000001");
    same(Root::Decimal { precision: 18, scale: 0 }, Value::Decimal(999_999_999_999_999_999), "999999999999999999");
    same(
        Root::Decimal { precision: 38, scale: 10 },
        Value::Decimal(-12_345_678_901_234_567_890),
        "-1234567890.1234567890",
    );
    same(Root::Decimal { precision: 38, scale: 0 }, Value::Decimal(10i128.pow(38) - 1), &"9".repeat(38));
    quoted(Root::Date, Value::Int(19_000), "2022-01-08");
    quoted(Root::Date, Value::Int(-141_427), "1582-10-15");
    quoted(Root::TimeWithoutTimeZone { precision: 3 }, Value::Int(45_296_789), "12:34:56.789");
    quoted(Root::TimestampWithoutTimeZone { precision: 3 }, Value::Timestamp(0, 0), "1970-01-01 00:00:00");
    quoted(
        Root::TimestampWithoutTimeZone { precision: 9 },
        Value::Timestamp(-1, 999_999),
        "1969-12-31 23:59:59.999999",
    );
    quoted(Root::Varbinary { length: 100 }, Value::Bytes(vec![0, 255, 16, 3]), "AP8QAw==");
    quoted(string(), Value::Text("grüße, 你好 😀".into()), "grüße, 你好 😀");
    quoted(Root::Char { length: 3 }, Value::Text("abc".into()), "abc");
    quoted(string(), Value::Text(String::new()), "");
}

#[test]
fn null_nan_and_infinity_are_null() {
    for (root, value) in [
        (Root::Integer, Value::Null),
        (string(), Value::Null),
        (Root::Double, Value::Double(f64::NAN)),
        (Root::Double, Value::Double(f64::NEG_INFINITY)),
        (Root::Float, Value::Float(f32::INFINITY)),
    ] {
        assert_eq!(both(root, value), ("\\N".to_owned(), "null".to_owned()));
    }
}

#[test]
fn local_timestamps_are_written_in_the_session_zone() {
    let columns = [column("c", Root::TimestampWithLocalTimeZone { precision: 6 })];
    let config = EncoderConfig { session_time_zone: "America/New_York", ..EncoderConfig::new(&columns, csv()) };
    // One second before and at the end of daylight saving time 2024, and far outside the table of offsets.
    let rows: Vec<_> = [1_730_613_599_000, 1_730_613_600_000, 16_725_225_600_000, -5_000_000_000_000]
        .map(|ms| (INSERT, vec![Value::Timestamp(ms, 0)]))
        .into();
    let text = encode(config, &rows).unwrap();
    assert_eq!(text, "2024-11-03 01:59:59\n2024-11-03 01:00:00\n2499-12-31 19:00:00\n1811-07-23 10:10:38\n");
}

#[test]
fn json_escapes_what_json_requires() {
    let text = "a\"b\\c\u{8}\u{c}\n\r\t\u{1}\u{1f}/\u{7f}\u{2028}ü";
    let columns = [column("c", string())];
    let rows = [(INSERT, vec![Value::Text(text.into())])];
    let json = encode(EncoderConfig::new(&columns, Format::Json), &rows).unwrap();
    assert!(json.contains(r#"a\"b\\c\b\f\n\r\t\u0001\u001f/"#), "{json}");
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(parsed["c"], text);
}

#[test]
fn column_names_are_escaped_as_json_keys() {
    let columns = [column("a\"\\\n", Root::Integer), column(&"long".repeat(20), Root::Integer)];
    let json =
        encode(EncoderConfig::new(&columns, Format::Json), &[(INSERT, vec![Value::Int(1), Value::Int(2)])]).unwrap();
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(parsed["a\"\\\n"], 1);
    assert_eq!(parsed["long".repeat(20)], 2);
}

fn nested_columns() -> Vec<FlinkColumn> {
    let array = |t: Root| Root::Array { element: Box::new(FlinkType::nullable(t)) };
    let row = Root::Row {
        fields: vec![
            column("b", Root::Boolean),
            column("s", string()),
            column("d", Root::Decimal { precision: 20, scale: 2 }),
        ],
    };
    vec![
        column("ints", array(Root::Smallint)),
        column("rows", array(row)),
        column(
            "map",
            Root::Map {
                key: Box::new(FlinkType::not_null(Root::Integer)),
                value: Box::new(FlinkType::nullable(array(string()))),
            },
        ),
    ]
}

fn nested_values() -> Vec<Value> {
    vec![
        Value::Array(vec![Value::Int(1), Value::Null, Value::Int(-3)]),
        Value::Array(vec![
            Value::Row(vec![Value::Bool(true), Value::Text("tab\tquote\"".into()), Value::Decimal(12345)]),
            Value::Null,
            Value::Row(vec![Value::Null, Value::Null, Value::Null]),
        ]),
        Value::Map(vec![
            (
                Value::Int(7),
                Value::Array(vec![Value::Text("x".into()), Value::Text("a longer text".into()), Value::Null]),
            ),
            (Value::Int(8), Value::Array(vec![])),
            (Value::Int(9), Value::Null),
        ]),
    ]
}

#[test]
fn nested_values_are_json() {
    let columns = nested_columns();
    let expected = [
        r#"[1,null,-3]"#,
        r#"[{"b":true,"s":"tab\tquote\"","d":123.45},null,{"b":null,"s":null,"d":null}]"#,
        r#"{"7":["x","a longer text",null],"8":[],"9":null}"#,
    ];
    let rows = [(INSERT, nested_values())];
    let json = encode(EncoderConfig::new(&columns, Format::Json), &rows).unwrap();
    assert_eq!(json, format!(r#"{{"ints":{},"rows":{},"map":{}}}"#, expected[0], expected[1], expected[2]));
    // A tab within a string is escaped, so the text is a safe CSV field.
    let text = encode(EncoderConfig::new(&columns, csv()), &rows).unwrap();
    assert_eq!(text, expected.join("\t") + "\n");
}

#[test]
fn nested_csv_for_array_and_map_columns_doubles_quotes() {
    let columns = [
        column("a", Root::Array { element: Box::new(FlinkType::nullable(string())) }),
        column(
            "m",
            Root::Map {
                key: Box::new(FlinkType::not_null(Root::Integer)),
                value: Box::new(FlinkType::nullable(string())),
            },
        ),
    ];
    let targets = [Some(S::Array(Box::new(S::Varchar(9)))), Some(S::Map(Box::new(S::Int), Box::new(S::Varchar(9))))];
    let rows = [(
        INSERT,
        vec![
            Value::Array(vec![Value::Text("a\"b\\".into()), Value::Null]),
            Value::Map(vec![(Value::Int(1), Value::Text("x".into()))]),
        ],
    )];
    let text = encode(EncoderConfig { targets: &targets, ..EncoderConfig::new(&columns, csv()) }, &rows).unwrap();
    assert_eq!(text, "[\"a\"\"b\\\",null]\t{1:\"x\"}\n");
    let struct_column = [column("r", Root::Row { fields: vec![column("x", Root::Integer)] })];
    let targets = [Some(S::Struct(vec![("x".into(), S::Int)]))];
    let error =
        encode(EncoderConfig { targets: &targets, ..EncoderConfig::new(&struct_column, csv()) }, &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SchemaMismatch);
    assert!(error.to_string().contains("sink.properties.format = json"), "{error}");
}

#[test]
fn json_columns_keep_documents_verbatim() {
    let columns = [column("j", string())];
    let targets = [Some(S::Json)];
    let config = EncoderConfig { targets: &targets, ..EncoderConfig::new(&columns, Format::Json) };
    let encode_text = |text: &str| encode(config.clone(), &[(INSERT, vec![Value::Text(text.into())])]);
    for document in [r#"{ "b":1.0, "a":null, "@type":"x" }"#, "[1,\n2]", "\"s\"", "1e5", "null"] {
        assert_eq!(encode_text(document).unwrap(), format!("{{\"j\":{document}}}"));
    }
    assert_eq!(encode_text("plain").unwrap(), r#"{"j":"plain"}"#);
    let error = encode_text("{oops}").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRow);
    // Without a JSON column the same text is a string.
    let text =
        encode(EncoderConfig::new(&columns, Format::Json), &[(INSERT, vec![Value::Text("[1]".into())])]).unwrap();
    assert_eq!(text, r#"{"j":"[1]"}"#);
}

#[test]
fn binary_in_an_integer_column_is_a_big_endian_number() {
    let columns = [column("b", Root::Binary { length: 20 })];
    let number = |target: S, bytes: &[u8]| {
        let targets = [Some(target)];
        encode(
            EncoderConfig { targets: &targets, ..EncoderConfig::new(&columns, csv()) },
            &[(INSERT, vec![Value::Bytes(bytes.to_vec())])],
        )
    };
    assert_eq!(number(S::Int, &[1, 0]).unwrap(), "256\n");
    assert_eq!(number(S::BigInt, &[0, 0, 0x7f, 255, 255, 255, 255, 255, 255, 255]).unwrap(), format!("{}\n", i64::MAX));
    assert_eq!(number(S::LargeInt, &[1, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap(), format!("{}\n", 1u128 << 64));
    assert_eq!(number(S::TinyInt, &[128]).unwrap_err().kind(), ErrorKind::InvalidRow);
    assert_eq!(number(S::BigInt, &[1; 20]).unwrap_err().kind(), ErrorKind::InvalidRow);
}

#[test]
fn row_kinds_become_op() {
    let columns = [column("id", Root::Integer)];
    let rows: Vec<_> =
        [INSERT, UPDATE_BEFORE, UPDATE_AFTER, DELETE].iter().map(|k| (*k, vec![Value::Int(i64::from(*k))])).collect();
    let config =
        |format: Format, upsert_delete: bool| EncoderConfig { upsert_delete, ..EncoderConfig::new(&columns, format) };
    let deletes = |format: Format| EncoderConfig { update_before: UpdateBefore::Delete, ..config(format, true) };
    assert_eq!(encode(config(csv(), true), &rows).unwrap(), "0\t0\n2\t0\n3\t1\n");
    assert_eq!(encode(deletes(csv()), &rows).unwrap(), "0\t0\n1\t1\n2\t0\n3\t1\n");
    assert_eq!(
        encode(config(Format::Json, true), &rows).unwrap(),
        r#"{"id":0,"__op":0},{"id":2,"__op":0},{"id":3,"__op":1}"#
    );
    let error = encode(config(csv(), false), &rows).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRow);
    assert!(error.to_string().contains("DELETE") && error.to_string().contains("row=3"), "{error}");
    for upsert_delete in [false, true] {
        let config = EncoderConfig { ignore_delete: true, ..config(csv(), upsert_delete) };
        let text = encode(config, &rows).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
    }
}

/// What `id/v` rows become, batch by batch; `-` marks a delete.
fn changes(update_before: UpdateBefore, batches: &[&[(u8, &str, i64)]]) -> String {
    let columns = [column("v", Root::Integer), column("id", string())];
    let config =
        EncoderConfig { upsert_delete: true, update_before, primary_key: &[1], ..EncoderConfig::new(&columns, csv()) };
    let mut encoder = RowEncoder::new(config).unwrap();
    let mut out = Vec::new();
    for rows in batches {
        let rows: Vec<_> =
            rows.iter().map(|(k, id, v)| (*k, vec![Value::Int(*v), Value::Text((*id).to_owned())])).collect();
        encoder.encode(&batch(&columns, &rows), rows.len(), &mut out).unwrap();
    }
    let text = String::from_utf8(out).unwrap();
    let rows = text.lines().map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        format!("{}{}{}", if fields[2] == "1" { "-" } else { "" }, fields[1], fields[0])
    });
    rows.collect::<Vec<_>>().join(" ")
}

#[test]
fn an_old_row_is_deleted_unless_the_next_row_replaces_it() {
    use UpdateBefore::{DeleteIfMoved, DeleteUnlessReplaced};
    let (long_a, long_b) = ("a long key of a row", "a long key of a raw");
    let moved: &[(u8, &str, i64)] = &[(UPDATE_BEFORE, long_a, 1), (UPDATE_AFTER, long_b, 2)];
    for mode in [DeleteUnlessReplaced, DeleteIfMoved] {
        assert_eq!(changes(mode, &[&[(UPDATE_BEFORE, "a", 1), (UPDATE_AFTER, "a", 2)]]), "a2");
        assert_eq!(changes(mode, &[&[(UPDATE_BEFORE, long_a, 1), (UPDATE_AFTER, long_a, 2)]]), format!("{long_a}2"));
        assert_eq!(changes(mode, &[moved]), format!("-{long_a}1 {long_b}2"));
        assert_eq!(changes(mode, &[&moved[..1], &moved[1..]]), format!("-{long_a}1 {long_b}2"));
    }
    // The other half of the update went elsewhere, or a filter took it away.
    let alone: &[(u8, &str, i64)] = &[(UPDATE_BEFORE, "a", 1), (INSERT, "b", 1), (UPDATE_BEFORE, "c", 1)];
    assert_eq!(changes(DeleteUnlessReplaced, &[alone]), "-a1 b1 -c1");
    // A delete in vain would take columns along that this sink does not write.
    assert_eq!(changes(DeleteIfMoved, &[alone, &[(INSERT, "d", 1)]]), "b1 d1");
    assert_eq!(changes(DeleteIfMoved, &[alone, &[(UPDATE_AFTER, "c", 2)]]), "b1 c2");
    assert_eq!(changes(DeleteUnlessReplaced, &[&[(UPDATE_BEFORE, "a", 1)], &[(UPDATE_AFTER, "a", 2)]]), "-a1 a2");
}

#[test]
fn keys_of_every_type_are_compared_by_value() {
    for (root, a, b) in [
        (Root::Boolean, Value::Bool(true), Value::Bool(false)),
        (Root::Tinyint, Value::Int(1), Value::Int(-1)),
        (Root::Integer, Value::Int(1), Value::Null),
        (Root::Bigint, Value::Int(1), Value::Int(1 << 40)),
        (Root::Decimal { precision: 10, scale: 2 }, Value::Decimal(1), Value::Decimal(100)),
        (Root::Decimal { precision: 30, scale: 2 }, Value::Decimal(1), Value::Decimal(10i128.pow(25))),
        (Root::Date, Value::Int(1), Value::Int(2)),
        (Root::TimestampWithoutTimeZone { precision: 3 }, Value::Timestamp(1, 0), Value::Timestamp(2, 0)),
        (Root::TimestampWithoutTimeZone { precision: 6 }, Value::Timestamp(1, 1000), Value::Timestamp(1, 2000)),
        (Root::TimestampWithoutTimeZone { precision: 6 }, Value::Timestamp(1, 0), Value::Timestamp(2, 0)),
        (Root::Varbinary { length: 9 }, Value::Bytes(vec![1]), Value::Bytes(vec![1; 8])),
    ] {
        // The value behind the key moves the variable part around.
        let columns = [column("v", string()), column("k", root.clone())];
        let config = EncoderConfig {
            upsert_delete: true,
            update_before: UpdateBefore::DeleteUnlessReplaced,
            primary_key: &[1],
            ..EncoderConfig::new(&columns, csv())
        };
        let written = |a: &Value, b: &Value| {
            let rows = [
                (UPDATE_BEFORE, vec![Value::Text("a value of some length".into()), a.clone()]),
                (UPDATE_AFTER, vec![Value::Text("short".into()), b.clone()]),
            ];
            encode(config.clone(), &rows).unwrap().lines().count()
        };
        assert_eq!((written(&a, &a), written(&b, &b)), (1, 1), "{root:?}");
        assert_eq!((written(&a, &b), written(&b, &a)), (2, 2), "{root:?}");
    }
    let columns = [column("id", Root::Integer)];
    let config = EncoderConfig {
        upsert_delete: true,
        update_before: UpdateBefore::DeleteIfMoved,
        ..EncoderConfig::new(&columns, csv())
    };
    assert_eq!(RowEncoder::new(config).unwrap_err().kind(), ErrorKind::InvalidConfig);
}

#[test]
fn counts_and_separators_go_on_over_batches() {
    let columns = [column("id", Root::Integer)];
    let config = EncoderConfig { upsert_delete: true, ..EncoderConfig::new(&columns, Format::Json) };
    let mut encoder = RowEncoder::new(config).unwrap();
    let mut out = Vec::new();
    let one = batch(&columns, &[(INSERT, vec![Value::Int(1)]), (UPDATE_BEFORE, vec![Value::Int(2)])]);
    for _ in 0..2 {
        assert_eq!(
            encoder.encode(&one, 2, &mut out).unwrap(),
            Encoded { rows_written: 1, rows_skipped: 1, rows_rejected: 0 }
        );
    }
    assert_eq!(out, br#"{"id":1,"__op":0},{"id":1,"__op":0}"#);
    let frame = BodyFrame::of(&Format::Json);
    let body = [frame.start, &out, frame.between, &out, frame.end].concat();
    assert_eq!(serde_json::from_slice::<Vec<serde_json::Value>>(&body).unwrap().len(), 4);
}

fn refused(text: &str, format: Format) -> Error {
    let columns = [column("a", Root::Integer), column("s", string())];
    let rows = [
        (INSERT, vec![Value::Int(1), Value::Text("fine".into())]),
        (INSERT, vec![Value::Int(1), Value::Text(text.into())]),
    ];
    let mut encoder = RowEncoder::new(EncoderConfig::new(&columns, format)).unwrap();
    let mut out = b"kept\n".to_vec();
    let error = encoder.encode(&batch(&columns, &rows), 2, &mut out).unwrap_err();
    assert_eq!(out, b"kept\n", "an error leaves the output as it was");
    assert_eq!(error.kind(), ErrorKind::InvalidRow);
    let message = error.to_string();
    assert!(message.contains("row=1") && message.contains("column=s"), "{message}");
    error
}

#[test]
fn text_that_would_shift_columns_is_refused() {
    let long = format!("{}\n", "x".repeat(5000));
    for text in ["a\tb", "a\n", "\t", "sixteen bytes and\ta tab", "\\N", &long] {
        let message = refused(text, csv()).to_string();
        assert!(message.contains("sink.properties"), "{message}");
    }
    let format = Format::Csv(CsvFormat::parse(Some("||"), Some("\n"), None, None).unwrap());
    refused("a||b", format.clone());
    // The bar would join with the separator that follows.
    refused("a|", format.clone());
    let columns = [column("s", string()), column("z", Root::Integer)];
    let rows = [(INSERT, vec![Value::Text("a|b".into()), Value::Int(1)])];
    assert_eq!(encode(EncoderConfig::new(&columns, format), &rows).unwrap(), "a|b||1\n");
}

#[test]
fn an_empty_only_column_is_refused_because_the_server_skips_blank_lines() {
    let columns = [column("s", string())];
    let rows = [(INSERT, vec![Value::Text(String::new())])];
    let error = encode(EncoderConfig::new(&columns, csv()), &rows).unwrap_err();
    assert!(error.to_string().contains("blank line"), "{error}");
    let config = EncoderConfig { upsert_delete: true, ..EncoderConfig::new(&columns, csv()) };
    assert_eq!(encode(config, &rows).unwrap(), "\t0\n");
}

#[test]
fn enclosed_text_may_hold_anything_but_nul_and_the_null_mark() {
    let columns = [column("s", string()), column("t", string())];
    let format = |escape| Format::Csv(CsvFormat::parse(None, None, Some("\""), escape).unwrap());
    let run = |format: Format, a: &str, b: &str| {
        encode(EncoderConfig::new(&columns, format), &[(INSERT, vec![Value::Text(a.into()), Value::Text(b.into())])])
    };
    assert_eq!(run(format(None), "plain", "a\tb\nc").unwrap(), "plain\t\"a\tb\nc\"\n");
    assert_eq!(run(format(None), "say \"hi\"", "").unwrap(), "\"say \"\"hi\"\"\"\t\n");
    assert!(run(format(None), "\"quoted\"", "").unwrap_err().to_string().contains("sink.properties.escape"));
    assert_eq!(run(format(Some("\\")), "\"q\"", "back\\slash").unwrap(), "\"\\\"q\\\"\"\t\"back\\\\slash\"\n");
    assert!(run(format(None), "nul\0", "").is_err());
    assert!(run(format(None), "\\N", "").is_err());
    // With a backslash as escape, NULL needs one more.
    let row = [(INSERT, vec![Value::Null, Value::Text("x".into())])];
    assert_eq!(encode(EncoderConfig::new(&columns, format(Some("\\"))), &row).unwrap(), "\\\\N\tx\n");
    let only_escape = Format::Csv(CsvFormat::parse(None, None, None, Some("\\")).unwrap());
    assert_eq!(run(only_escape.clone(), "a\\b", "c").unwrap(), "a\\\\b\tc\n");
    assert!(run(only_escape, "a\tb", "c").is_err());
}

#[test]
fn separators_within_numbers_are_refused_at_open() {
    for (separator, root) in [
        ("-", Root::Integer),
        (".", Root::Double),
        (":", Root::TimestampWithoutTimeZone { precision: 3 }),
        ("N", string()),
    ] {
        let format = Format::Csv(CsvFormat::parse(Some(separator), None, None, None).unwrap());
        let columns = [column("c", root)];
        let error = RowEncoder::new(EncoderConfig::new(&columns, format)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{separator}");
    }
}

#[test]
fn values_out_of_range_are_refused() {
    let refuse = |root: Root, value: Value| {
        let columns = [column("c", root)];
        let error = encode(EncoderConfig::new(&columns, csv()), &[(INSERT, vec![value])]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRow);
        error.to_string()
    };
    assert!(refuse(Root::Date, Value::Int(2_932_897)).contains("9999-12-31"));
    assert!(
        refuse(Root::TimestampWithoutTimeZone { precision: 3 }, Value::Timestamp(i64::MAX, 0)).contains("timestamp")
    );
    assert!(refuse(Root::TimeWithoutTimeZone { precision: 0 }, Value::Int(86_400_000)).contains("time"));
    assert!(refuse(Root::Decimal { precision: 3, scale: 1 }, Value::Decimal(1000)).contains("precision"));
    assert!(refuse(Root::Decimal { precision: 20, scale: 1 }, Value::Decimal(10i128.pow(20))).contains("precision"));
}

#[test]
fn invalid_utf8_is_refused_wherever_it_is() {
    for format in [csv(), Format::Json, Format::Csv(CsvFormat::parse(None, None, Some("'"), None).unwrap())] {
        for bytes in [
            vec![0xff],
            b"abc\xc3".to_vec(),
            [&[b'x'; 30][..], b"\xed\xa0\x80"].concat(),
            [&[b'x'; 9000][..], b"\xf5"].concat(),
        ] {
            let columns = [column("s", string())];
            let error = encode(EncoderConfig::new(&columns, format.clone()), &[(INSERT, vec![Value::Bytes(bytes)])])
                .unwrap_err();
            assert!(error.to_string().contains("UTF-8"), "{error}");
        }
    }
}

#[test]
fn long_values_arrive_whole() {
    let text: String = (0..200_000u32).map(|i| char::from_u32(0x20 + i % 0x250).unwrap_or('x')).collect();
    let columns = [column("s", string()), column("b", Root::Varbinary { length: 1 << 20 })];
    let bytes: Vec<u8> = (0..100_000u32).map(|i| (i % 251) as u8).collect();
    let rows = [(INSERT, vec![Value::Text(text.clone()), Value::Bytes(bytes.clone())])];
    let parsed: serde_json::Value =
        serde_json::from_str(&encode(EncoderConfig::new(&columns, Format::Json), &rows).unwrap()).unwrap();
    assert_eq!(parsed["s"], text.as_str());
    let format = Format::Csv(CsvFormat::parse(Some("\\x01"), Some("\\x02"), None, None).unwrap());
    let csv = encode(EncoderConfig::new(&columns, format), &rows).unwrap();
    let (s, b) = csv.strip_suffix('\u{2}').unwrap().split_once('\u{1}').unwrap();
    assert_eq!(s, text);
    assert_eq!(parsed["b"], b);
    assert_eq!(b.len(), bytes.len().div_ceil(3) * 4);
}

#[test]
fn schemas_that_make_no_sense_are_refused_at_open() {
    assert_eq!(RowEncoder::new(EncoderConfig::new(&[], csv())).unwrap_err().kind(), ErrorKind::InvalidConfig);
    let columns = [column("d", Root::Decimal { precision: 39, scale: 0 })];
    let error = RowEncoder::new(EncoderConfig::new(&columns, csv())).unwrap_err();
    assert!(error.to_string().contains("column=d"), "{error}");
    let columns = [column("i", Root::Integer)];
    let config = EncoderConfig { targets: &[None, None], ..EncoderConfig::new(&columns, csv()) };
    assert!(RowEncoder::new(config).is_err());
    let config = EncoderConfig { session_time_zone: "Nowhere/Land", ..EncoderConfig::new(&columns, csv()) };
    assert!(RowEncoder::new(config).unwrap_err().to_string().contains("Nowhere/Land"));
}
