// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

use std::sync::Arc;

use arrow::array::*;
use arrow::datatypes::{DataType, Field, Fields, Int32Type, TimeUnit};
use proptest::prelude::*;
use serde_json::{Value, json};
use starrocks_types::{FlinkType, FlinkTypeRoot as F};

use super::*;
use crate::{EncoderConfig, Format, RowEncoder};

fn column(name: &str, root: F) -> FlinkColumn {
    FlinkColumn::new(name, FlinkType::nullable(root))
}

const STRING: F = F::Varchar { length: i32::MAX as u32 };

fn batch(columns: &[(FlinkColumn, ArrayRef)]) -> (Vec<FlinkColumn>, RecordBatch) {
    let fields: Vec<Field> =
        columns.iter().map(|(c, array)| Field::new(&c.name, array.data_type().clone(), true)).collect();
    let schema = Arc::new(arrow::datatypes::Schema::new(fields));
    let arrays = columns.iter().map(|(_, array)| array.clone()).collect();
    (columns.iter().map(|(c, _)| c.clone()).collect(), RecordBatch::try_new(schema, arrays).unwrap())
}

/// All row batches of a record batch, each at most `capacity` bytes.
fn write(columns: &[FlinkColumn], batch: &RecordBatch, zone: &str, capacity: usize) -> Result<Vec<(Vec<u8>, usize)>> {
    let mut laid_out = RowWriter::new(columns.to_vec(), zone)?.lay_out(batch)?;
    let mut batches = Vec::new();
    while let Some(record) = laid_out.next_record() {
        // Old bytes in a buffer must not shine through.
        let mut out = vec![0xaa; capacity.max(record)];
        let written = laid_out.write(&mut out);
        assert!(written.rows > 0);
        out.truncate(written.bytes);
        batches.push((out, written.rows));
    }
    assert_eq!(laid_out.rows_left(), 0);
    assert_eq!(laid_out.write(&mut [0; 64]), Written { rows: 0, bytes: 0 });
    Ok(batches)
}

/// What the sink's encoder, which knows nothing of Arrow, makes of the rows.
fn read_back(columns: &[FlinkColumn], batches: &[(Vec<u8>, usize)], zone: &str) -> Vec<Value> {
    let mut text = b"[".to_vec();
    let mut rows = Vec::new();
    let mut encoder =
        RowEncoder::new(EncoderConfig { session_time_zone: zone, ..EncoderConfig::new(columns, Format::Json) })
            .unwrap();
    for (batch, count) in batches {
        encoder.encode(batch, *count, &mut rows).unwrap();
    }
    text.extend(rows);
    text.push(b']');
    let Value::Array(rows) = serde_json::from_slice(&text).unwrap() else { unreachable!("an array was written") };
    rows
}

fn round_trip(columns: &[(FlinkColumn, ArrayRef)], zone: &str) -> Vec<Value> {
    let (columns, batch) = batch(columns);
    read_back(&columns, &write(&columns, &batch, zone, 4096).unwrap(), zone)
}

fn strings(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

#[test]
fn every_scalar_type_arrives() {
    let decimals = |values: &[Option<i128>], p, s| -> ArrayRef {
        Arc::new(Decimal128Array::from(values.to_vec()).with_precision_and_scale(p, s).unwrap())
    };
    let rows = round_trip(
        &[
            (column("bool", F::Boolean), Arc::new(BooleanArray::from(vec![Some(true), None]))),
            (column("tiny", F::Tinyint), Arc::new(Int8Array::from(vec![Some(-128), None]))),
            (column("small", F::Smallint), Arc::new(Int16Array::from(vec![Some(-32768), None]))),
            (column("int", F::Integer), Arc::new(Int32Array::from(vec![Some(i32::MIN), None]))),
            (column("big", F::Bigint), Arc::new(Int64Array::from(vec![Some(i64::MIN), None]))),
            (column("wider", F::Bigint), Arc::new(Int8Array::from(vec![Some(-5), None]))),
            (column("wider2", F::Integer), Arc::new(Int16Array::from(vec![Some(-6), None]))),
            (column("wider3", F::Bigint), Arc::new(Int32Array::from(vec![Some(-7), None]))),
            (column("float", F::Float), Arc::new(Float32Array::from(vec![Some(1.5), None]))),
            (column("double", F::Double), Arc::new(Float64Array::from(vec![Some(-2.25), None]))),
            (column("wide", F::Double), Arc::new(Float32Array::from(vec![Some(0.5), None]))),
            (column("date", F::Date), strings(&[Some("0000-01-01"), None])),
            (column("days", F::Date), Arc::new(Date32Array::from(vec![Some(-1), None]))),
            (column("time", F::TimeWithoutTimeZone { precision: 3 }), strings(&[Some("23:59:59.123"), None])),
            (
                column("at", F::TimestampWithoutTimeZone { precision: 6 }),
                strings(&[Some("9999-12-31 23:59:59.123456"), None]),
            ),
            (
                column("at3", F::TimestampWithoutTimeZone { precision: 3 }),
                strings(&[Some("1969-12-31 23:59:59.999999"), None]),
            ),
            (
                column("at0", F::TimestampWithoutTimeZone { precision: 0 }),
                strings(&[Some("1969-12-31 23:59:59.999"), None]),
            ),
            (
                column("number", F::TimestampWithoutTimeZone { precision: 6 }),
                Arc::new(TimestampMicrosecondArray::from(vec![Some(-1), None])),
            ),
            (
                column("local", F::TimestampWithLocalTimeZone { precision: 6 }),
                strings(&[Some("2024-07-01 12:00:00.5"), None]),
            ),
            (column("dec", F::Decimal { precision: 10, scale: 2 }), decimals(&[Some(-12345), None], 10, 2)),
            (
                column("dec38", F::Decimal { precision: 38, scale: 0 }),
                decimals(&[Some(-(10i128.pow(38) - 1)), None], 38, 0),
            ),
            (column("more", F::Decimal { precision: 20, scale: 4 }), decimals(&[Some(150), None], 10, 2)),
            (column("less", F::Decimal { precision: 10, scale: 1 }), decimals(&[Some(-125), None], 10, 2)),
            (
                column("large", F::Decimal { precision: 38, scale: 0 }),
                strings(&[Some("-99999999999999999999999999999999999999"), None]),
            ),
            (column("short", STRING), strings(&[Some("seven77"), None])),
            (column("eight", STRING), strings(&[Some("eight888"), None])),
            (column("empty", STRING), strings(&[Some(""), None])),
            (column("long", STRING), strings(&[Some("ein längerer Text, \"quoted\""), None])),
        ],
        "Europe/Berlin",
    );
    let nulls: serde_json::Map<String, Value> =
        rows[0].as_object().unwrap().keys().map(|name| (name.clone(), Value::Null)).collect();
    assert_eq!(
        rows,
        [
            json!({
                "bool": 1, "tiny": -128, "small": -32768, "int": i32::MIN, "big": i64::MIN,
                "wider": -5, "wider2": -6, "wider3": -7, "float": 1.5, "double": -2.25, "wide": 0.5,
                "date": "0000-01-01", "days": "1969-12-31", "time": "23:59:59.123",
                "at": "9999-12-31 23:59:59.123456", "at3": "1969-12-31 23:59:59.999", "at0": "1969-12-31 23:59:59",
                "number": "1969-12-31 23:59:59.999999", "local": "2024-07-01 12:00:00.500",
                "dec": -123.45, "dec38": serde_json::from_str::<Value>("-99999999999999999999999999999999999999").unwrap(),
                "more": serde_json::from_str::<Value>("1.5000").unwrap(), "less": -1.3,
                "large": serde_json::from_str::<Value>("-99999999999999999999999999999999999999").unwrap(),
                "short": "seven77", "eight": "eight888", "empty": "", "long": "ein längerer Text, \"quoted\"",
            }),
            Value::Object(nulls),
        ]
    );
}

#[test]
fn nested_types_arrive() {
    let ints =
        ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None, Some(3)]), None, Some(vec![])]);
    let mut map = MapBuilder::new(None, StringBuilder::new(), ListBuilder::new(StringBuilder::new()));
    map.keys().append_value("a longer key");
    map.values().append_value([Some("x"), None, Some("a longer value")]);
    map.keys().append_value("k");
    map.values().append_null();
    map.append(true).unwrap();
    map.append(false).unwrap();
    map.append(true).unwrap();
    let fields = Fields::from(vec![
        Field::new("id", DataType::Int64, true),
        Field::new("at", DataType::Utf8, true),
        Field::new("d", DataType::Decimal128(20, 2), true),
    ]);
    let row = StructArray::new(
        fields,
        vec![
            Arc::new(Int64Array::from(vec![Some(7), None, None])),
            strings(&[Some("2024-01-02 03:04:05.000006"), None, None]),
            Arc::new(Decimal128Array::from(vec![Some(-1), None, None]).with_precision_and_scale(20, 2).unwrap()),
        ],
        Some(vec![true, false, true].into()),
    );
    let list = F::Array { element: Box::new(FlinkType::nullable(STRING)) };
    let rows = round_trip(
        &[
            (column("ints", F::Array { element: Box::new(FlinkType::nullable(F::Integer)) }), Arc::new(ints)),
            (
                column(
                    "m",
                    F::Map { key: Box::new(FlinkType::not_null(STRING)), value: Box::new(FlinkType::nullable(list)) },
                ),
                Arc::new(map.finish()),
            ),
            (
                column(
                    "r",
                    F::Row {
                        fields: vec![
                            column("id", F::Bigint),
                            column("at", F::TimestampWithoutTimeZone { precision: 6 }),
                            column("d", F::Decimal { precision: 20, scale: 2 }),
                        ],
                    },
                ),
                Arc::new(row),
            ),
        ],
        "UTC",
    );
    assert_eq!(
        rows,
        [
            json!({
                "ints": [1, null, 3],
                "m": {"a longer key": ["x", null, "a longer value"], "k": null},
                "r": {"id": 7, "at": "2024-01-02 03:04:05.000006", "d": -0.01},
            }),
            json!({"ints": null, "m": null, "r": null}),
            json!({"ints": [], "m": {}, "r": {"id": null, "at": null, "d": null}}),
        ]
    );
}

fn failure(target: FlinkType, array: ArrayRef) -> Error {
    let (columns, batch) = batch(&[(FlinkColumn::new("c", target), array)]);
    write(&columns, &batch, "UTC", 4096).unwrap_err()
}

#[test]
fn types_that_do_not_fit_are_told_before_any_row() {
    let int: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let error = failure(FlinkType::nullable(F::Integer), int.clone());
    assert_eq!(error.kind(), ErrorKind::SchemaMismatch);
    let text = error.to_string();
    assert!(text.contains("Int64 cannot be read as INT") && text.contains("column=c"), "{text}");
    for (target, array) in [
        (STRING, int.clone()),
        (F::Float, Arc::new(Float64Array::from(vec![1.0])) as ArrayRef),
        (F::Boolean, int.clone()),
        (F::Date, int.clone()),
        (F::TimestampWithoutTimeZone { precision: 3 }, int.clone()),
        (F::Decimal { precision: 10, scale: 0 }, int.clone()),
        (F::Varbinary { length: 9 }, int.clone()),
        (F::Array { element: Box::new(FlinkType::nullable(F::Integer)) }, int.clone()),
        (F::Row { fields: vec![] }, int),
    ] {
        assert_eq!(failure(FlinkType::nullable(target.clone()), array).kind(), ErrorKind::SchemaMismatch, "{target:?}");
    }
    let (columns, batch) = batch(&[(column("c", F::Integer), Arc::new(Int32Array::from(vec![1])))]);
    let error = write(&[columns.clone(), columns].concat(), &batch, "UTC", 64).unwrap_err();
    assert!(error.to_string().contains("1 columns, not 2"), "{error}");
}

#[test]
fn values_that_do_not_fit_are_errors_and_never_null() {
    let decimal = |value: i128| -> ArrayRef {
        Arc::new(Decimal128Array::from(vec![value]).with_precision_and_scale(38, 2).unwrap())
    };
    for (target, array, why) in [
        (
            FlinkType::not_null(F::Integer),
            Arc::new(Int32Array::from(vec![Some(1), None])) as ArrayRef,
            "row 1 of the answer is NULL",
        ),
        (
            FlinkType::nullable(F::Date),
            strings(&[Some("2024-01-01"), Some("2024-02-30")]),
            "row 1 of the answer: the text is not a date",
        ),
        (
            FlinkType::nullable(F::TimestampWithoutTimeZone { precision: 6 }),
            strings(&[Some("noon")]),
            "not a date and time",
        ),
        (FlinkType::nullable(F::TimeWithoutTimeZone { precision: 0 }), strings(&[Some("24:00:00")]), "not a time"),
        (FlinkType::nullable(F::Decimal { precision: 4, scale: 2 }), decimal(10_000), "too many digits"),
        (FlinkType::nullable(F::Decimal { precision: 38, scale: 4 }), decimal(10i128.pow(37)), "too many digits"),
        (FlinkType::nullable(F::Decimal { precision: 2, scale: 0 }), strings(&[Some("100")]), "too many digits"),
        (FlinkType::nullable(F::Decimal { precision: 38, scale: 0 }), strings(&[Some("1.5")]), "not a whole number"),
    ] {
        let error = failure(target, array);
        assert_eq!(error.kind(), ErrorKind::InvalidRow);
        let text = error.to_string();
        assert!(text.contains(why) && text.contains("column=c"), "{text}");
    }
    let element = F::Array { element: Box::new(FlinkType::not_null(F::Integer)) };
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![None])]);
    assert!(failure(FlinkType::nullable(element), Arc::new(list)).to_string().contains("NOT NULL"));
}

#[test]
fn decimals_round_half_up_as_flink_does() {
    for (unscaled, expected) in [(125, 13), (-125, -13), (124, 12), (-124, -12), (0, 0), (995, 100)] {
        assert_eq!(cell::Rescale::new(2, 10, 1).apply(unscaled), Ok(expected), "{unscaled}");
    }
    assert!(cell::Rescale::new(2, 2, 1).apply(995).is_err());
    assert_eq!(cell::Rescale::new(2, 10, 1).apply(0), Ok(0));
    assert_eq!(cell::Rescale::new(38, 38, 0).apply(10i128.pow(38) - 1), Ok(1));
}

#[test]
fn the_shortest_form_of_a_number_is_javas() {
    for (value, bytes) in [
        (0i128, vec![0]),
        (127, vec![127]),
        (128, vec![0, 128]),
        (-1, vec![255]),
        (-128, vec![128]),
        (-129, vec![255, 127]),
    ] {
        assert_eq!(value.to_be_bytes()[crate::binary::shortest(value)..], bytes, "{value}");
    }
    assert_eq!(crate::binary::shortest(i128::MIN), 0);
}

#[test]
fn a_row_larger_than_the_buffer_is_told_by_its_size() {
    let long = "x".repeat(10_000);
    let (columns, batch) = batch(&[(column("c", STRING), strings(&[Some("a"), Some(&long), Some("b")]))]);
    let mut laid_out = RowWriter::new(columns, "UTC").unwrap().lay_out(&batch).unwrap();
    let mut out = vec![0; 1000];
    assert_eq!(laid_out.write(&mut out), Written { rows: 1, bytes: 24 });
    assert_eq!(laid_out.next_record(), Some(10_024));
    assert_eq!(laid_out.write(&mut out), Written { rows: 0, bytes: 0 });
    let mut large = vec![0; 10_024];
    assert_eq!(laid_out.write(&mut large), Written { rows: 1, bytes: 10_024 });
    assert_eq!(laid_out.write(&mut out), Written { rows: 1, bytes: 24 });
}

#[test]
fn fingerprints_of_broken_batches_are_refused() {
    for (batch, rows) in [(&b""[..], 1), (&[9; 16], 1), (&[8, 0, 0, 0, 0, 0, 0, 0], 1)] {
        assert_eq!(fingerprint(0, batch, rows).unwrap_err().kind(), ErrorKind::InvalidRow);
    }
    assert_eq!(fingerprint(7, b"", 0).unwrap(), 7);
}

proptest! {
    #[test]
    fn rows_arrive_however_they_are_cut(
        rows in proptest::collection::vec((any::<Option<i64>>(), any::<Option<i32>>().prop_map(|n| n.map(|n| f64::from(n) / 4.0)), "\\PC{0,20}", any::<Option<bool>>(), 0i64..253_402_300_800_000_000), 1..600),
        capacity in 64usize..4096,
        offset in 0usize..40,
    ) {
        let texts: Vec<Option<&str>> = rows.iter().map(|r| r.3.map(|_| r.2.as_str())).collect();
        let moments: Vec<String> = rows.iter().map(|r| {
            jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0).checked_add(jiff::SignedDuration::from_micros(r.4)).unwrap()
                .strftime("%Y-%m-%d %H:%M:%S.%6f").to_string()
        }).collect();
        let (columns, all) = batch(&[
            (column("a", F::Bigint), Arc::new(rows.iter().map(|r| r.0).collect::<Int64Array>())),
            (column("b", F::Double), Arc::new(rows.iter().map(|r| r.1).collect::<Float64Array>())),
            (column("c", STRING), strings(&texts)),
            (column("d", F::Boolean), Arc::new(rows.iter().map(|r| r.3).collect::<BooleanArray>())),
            (column("e", F::TimestampWithoutTimeZone { precision: 6 }), Arc::new(StringArray::from(moments))),
        ]);
        // A slice has offsets of its own in every array.
        let offset = offset.min(rows.len() - 1);
        let part = all.slice(offset, rows.len() - offset);
        let written = write(&columns, &part, "UTC", capacity).unwrap();
        let back = read_back(&columns, &written, "UTC");
        prop_assert_eq!(back.len(), part.num_rows());
        for (value, row) in back.iter().zip(&rows[offset..]) {
            prop_assert_eq!(&value["a"], &json!(row.0));
            prop_assert_eq!(value["b"].as_f64(), row.1);
            prop_assert_eq!(&value["c"], &json!(row.3.map(|_| row.2.as_str())));
            prop_assert_eq!(&value["d"], &json!(row.3.map(u8::from)));
        }
        // One fingerprint, however the rows are cut.
        let chained = |batches: &[(Vec<u8>, usize)]| batches.iter().try_fold(0, |hash, (bytes, rows)| fingerprint(hash, bytes, *rows)).unwrap();
        let whole = chained(&write(&columns, &part, "UTC", 1 << 20).unwrap());
        prop_assert_eq!(chained(&written), whole);
        let middle = part.num_rows() / 2;
        let mut halves = write(&columns, &part.slice(0, middle), "UTC", capacity).unwrap();
        halves.extend(write(&columns, &part.slice(middle, part.num_rows() - middle), "UTC", 256).unwrap());
        prop_assert_eq!(chained(&halves), whole);
    }

    #[test]
    fn dates_in_units_agree_with_text(micros in -62_167_219_200_000_000i64..253_402_300_800_000_000) {
        let moment = cell::in_unit(micros, TimeUnit::Microsecond);
        prop_assert_eq!(moment.0 * 1000 + i64::from(moment.1 / 1000), micros);
    }
}
