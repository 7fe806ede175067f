// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Speed of turning Arrow record batches into row batches, on one thread, with and without their fingerprints.
//!
//! `cargo run --release -p starrocks-codec --example rows_bench`. Record batches of 4096 rows of three shapes (narrow 5 columns,
//! lineitem 16, wide 100), as a StarRocks backend sends them: dates and times as text, decimals in 128 bits. Medians of 15 rounds.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use starrocks_codec::rows::{RowWriter, fingerprint};
use starrocks_types::{FlinkColumn, FlinkType, FlinkTypeRoot as Root};

const ROWS: i64 = 4096;
const BUFFER: usize = 256 * 1024;
const ROUNDS: usize = 15;

fn numbers(seed: i64) -> impl Iterator<Item = i64> {
    // A linear congruential generator; the high bits are random enough for lengths and digits.
    let mut state = seed.wrapping_mul(0x9e37_79b9).wrapping_add(1);
    (0..ROWS).map(move |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33).abs()
    })
}

fn texts(seed: i64, text: impl Fn(i64) -> String) -> ArrayRef {
    Arc::new(numbers(seed).map(|n| Some(text(n))).collect::<StringArray>())
}

fn words(seed: i64, shortest: i64, longest: i64) -> ArrayRef {
    texts(seed, |n| {
        "furiously regular deposits sleep quickly among the final packages"
            .chars()
            .take((shortest + n % (longest - shortest + 1)) as usize)
            .collect()
    })
}

fn dates(seed: i64) -> ArrayRef {
    texts(seed, |n| format!("{}-{:02}-{:02}", 1992 + n % 7, 1 + n % 12, 1 + n % 28))
}

fn moments(seed: i64) -> ArrayRef {
    texts(seed, |n| {
        format!(
            "2024-{:02}-{:02} {:02}:{:02}:{:02}.{:06}",
            1 + n % 12,
            1 + n % 28,
            n % 24,
            n % 60,
            n % 59,
            n % 1_000_000
        )
    })
}

fn longs(seed: i64) -> ArrayRef {
    Arc::new(numbers(seed).collect::<Int64Array>())
}

fn ints(seed: i64) -> ArrayRef {
    Arc::new(numbers(seed).map(|n| (n % 200_000) as i32).collect::<Int32Array>())
}

fn doubles(seed: i64) -> ArrayRef {
    Arc::new(numbers(seed).map(|n| n as f64 / 7.0).collect::<Float64Array>())
}

fn decimals(seed: i64) -> ArrayRef {
    let values = numbers(seed).map(|n| i128::from(n % 10_000_000)).collect::<Vec<_>>();
    Arc::new(Decimal128Array::from(values).with_precision_and_scale(15, 2).unwrap())
}

fn shape(name: &str) -> Vec<(Root, ArrayRef)> {
    let string = || Root::Varchar { length: i32::MAX as u32 };
    let decimal = || Root::Decimal { precision: 15, scale: 2 };
    let timestamp = |precision| Root::TimestampWithoutTimeZone { precision };
    match name {
        "narrow" => vec![
            (Root::Bigint, longs(1)),
            (string(), words(2, 20, 28)),
            (Root::Integer, ints(3)),
            (Root::Double, doubles(4)),
            (timestamp(3), moments(5)),
        ],
        "lineitem" => vec![
            (Root::Bigint, longs(1)),
            (Root::Integer, ints(2)),
            (Root::Integer, ints(3)),
            (Root::Integer, ints(4)),
            (decimal(), decimals(5)),
            (decimal(), decimals(6)),
            (decimal(), decimals(7)),
            (decimal(), decimals(8)),
            (string(), words(9, 1, 1)),
            (string(), words(10, 1, 1)),
            (Root::Date, dates(11)),
            (Root::Date, dates(12)),
            (Root::Date, dates(13)),
            (string(), words(14, 4, 17)),
            (string(), words(15, 3, 7)),
            (string(), words(16, 10, 43)),
        ],
        _ => (0..10)
            .flat_map(|i| {
                vec![
                    (Root::Integer, ints(i)),
                    (Root::Integer, ints(i + 10)),
                    (Root::Bigint, longs(i + 20)),
                    (Root::Bigint, longs(i + 30)),
                    (Root::Double, doubles(i + 40)),
                    (decimal(), decimals(i + 50)),
                    (Root::Date, dates(i + 60)),
                    (timestamp(6), moments(i + 70)),
                    (string(), words(i + 80, 2, 4)),
                    (string(), words(i + 90, 20, 40)),
                ]
            })
            .collect(),
    }
}

fn main() {
    println!("{:<9} {:>9} {:>12} {:>18}", "shape", "bytes/row", "ns/row", "with fingerprint");
    for name in ["narrow", "lineitem", "wide"] {
        let (types, arrays): (Vec<Root>, Vec<ArrayRef>) = shape(name).into_iter().unzip();
        let columns = types.into_iter().enumerate();
        let columns: Vec<_> =
            columns.map(|(i, root)| FlinkColumn::new(format!("c{i}"), FlinkType::nullable(root))).collect();
        let named = columns.iter().map(|c| c.name.clone()).zip(arrays);
        let batch = RecordBatch::try_from_iter(named).unwrap();
        let mut writer = RowWriter::new(columns, "UTC").unwrap();
        let mut out = vec![0; BUFFER];
        let mut bytes = 0;
        let mut run = |hashed: bool| {
            let mut nanos: Vec<f64> = (0..ROUNDS)
                .map(|_| {
                    let began = Instant::now();
                    let mut hash = 0;
                    bytes = 0;
                    let mut rows = writer.lay_out(&batch).unwrap();
                    while rows.rows_left() > 0 {
                        let written = rows.write(&mut out);
                        if hashed {
                            hash = fingerprint(hash, &out, written.rows).unwrap();
                        }
                        bytes += written.bytes;
                        black_box(&out);
                    }
                    black_box(hash);
                    began.elapsed().as_nanos() as f64 / ROWS as f64
                })
                .collect();
            nanos.sort_by(f64::total_cmp);
            nanos[ROUNDS / 2]
        };
        let (plain, hashed) = (run(false), run(true));
        println!("{name:<9} {:>9} {plain:>12.1} {hashed:>18.1}", bytes / ROWS as usize);
    }
}
