// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Encoding allocates nothing per row.

#![allow(clippy::unwrap_used)]

mod support;

use starrocks_codec::{CsvFormat, EncoderConfig, Format, RowEncoder};
use starrocks_types::{FlinkColumn, FlinkType, FlinkTypeRoot as Root, StarRocksType};
use support::*;

fn schema() -> (Vec<FlinkColumn>, Vec<Option<StarRocksType>>) {
    let array = Root::Array { element: Box::new(FlinkType::nullable(string())) };
    let map = Root::Map {
        key: Box::new(FlinkType::not_null(Root::Integer)),
        value: Box::new(FlinkType::nullable(Root::Row {
            fields: vec![column("x", Root::Double), column("s", string())],
        })),
    };
    let columns = vec![
        column("a", Root::Boolean),
        column("b", Root::Bigint),
        column("c", Root::Double),
        column("d", Root::Decimal { precision: 15, scale: 2 }),
        column("e", Root::Decimal { precision: 38, scale: 10 }),
        column("f", Root::Date),
        column("g", Root::TimeWithoutTimeZone { precision: 0 }),
        column("h", Root::TimestampWithoutTimeZone { precision: 6 }),
        column("i", Root::TimestampWithLocalTimeZone { precision: 3 }),
        column("j", string()),
        column("k", string()),
        column("l", Root::Varbinary { length: 100 }),
        column("m", array),
        column("n", map),
        column("json", string()),
        column("null", Root::Integer),
    ];
    let targets = columns.iter().map(|c| (c.name == "json").then_some(StarRocksType::Json)).collect();
    (columns, targets)
}

fn row(i: i64) -> Vec<Value> {
    let inner = Value::Row(vec![Value::Double(i as f64 / 7.0), Value::Text("with \"quotes\"\t".repeat(3))]);
    vec![
        Value::Bool(i % 2 == 0),
        Value::Int(i * 1_000_003),
        Value::Double(i as f64 / 3.0),
        Value::Decimal(i128::from(i) - 500),
        Value::Decimal(i128::from(i) * 1_000_000_007_000_000_007),
        Value::Int(i),
        Value::Int(i),
        Value::Timestamp(i * 86_400_001, 1000),
        // Over many changes of daylight saving time, some of them outside the table of offsets.
        Value::Timestamp(i * 10_000_000_000 - 3_000_000_000_000, 0),
        Value::Text("short".into()),
        Value::Text("längerer Text, 长一点的文字 ".repeat(1 + i as usize % 200)),
        Value::Bytes(vec![7; i as usize % 90]),
        Value::Array(vec![Value::Text("x".repeat(i as usize % 20)), Value::Null]),
        Value::Map(vec![(Value::Int(i), inner), (Value::Int(-1), Value::Null)]),
        Value::Text(format!("{{\"deep\": [[{{\"n\": {i}}}]], \"e\": \"\\n\"}}")),
        Value::Null,
    ]
}

#[test]
fn rows_are_encoded_without_allocating() {
    let (columns, targets) = schema();
    let rows: Vec<_> = (0..1000).map(|i| (INSERT, row(i))).collect();
    let data = batch(&columns, &rows);
    for format in [
        Format::Json,
        Format::Csv(CsvFormat::default()),
        Format::Csv(CsvFormat::parse(None, None, Some("'"), Some("\\")).unwrap()),
    ] {
        let config = EncoderConfig {
            targets: &targets,
            upsert_delete: true,
            session_time_zone: "America/New_York",
            ..EncoderConfig::new(&columns, format)
        };
        let mut encoder = RowEncoder::new(config).unwrap();
        let mut out = Vec::with_capacity(16 << 20);
        // The first batch makes the scratch buffer for nested CSV fields as large as it needs to be.
        encoder.encode(&data, rows.len(), &mut out).unwrap();
        let counted = allocation_counter::measure(|| {
            for _ in 0..3 {
                out.clear();
                assert_eq!(encoder.encode(&data, rows.len(), &mut out).unwrap().rows_written, rows.len());
            }
        });
        assert_eq!(counted.count_total, 0, "allocations in 3000 rows");
    }
}
