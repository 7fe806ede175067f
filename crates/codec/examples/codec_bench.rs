// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Speed of the codec alone, on one thread, beside the speed of copying memory.
//!
//! `cargo run --release -p starrocks-codec --example codec_bench [-- [--json] [--text] [--count N | --print N] [SHAPE] [FORMAT]]`; `--text` leaves out compression.
//!
//! Three shapes (narrow 5 columns, lineitem 16, wide 100 with 5 % NULLs), CSV and JSON, as text and as LZ4 frames. A batch
//! of 256 KiB is encoded again and again, so the input is in cache, as it is behind a Flink task. Medians of 15 rounds, and the best round.
//!
//! `--count N` encodes the batch N times as text and measures nothing: for a profiler, or a tool that counts instructions.
//! `--print N` writes N rows of CSV to standard output and measures nothing: something to load.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use starrocks_codec::{BodyFrame, Compression, Compressor, CsvFormat, EncoderConfig, Format, RowEncoder};
use starrocks_types::{FlinkColumn, FlinkTypeRoot as Root};
use support::{INSERT, Value, batch, column, string};

const BATCH: usize = 256 * 1024;
const BLOCK: usize = 1024 * 1024;
const ROUNDS: usize = 15;
const ROUND_NANOS: u128 = 60_000_000;

/// A small generator of repeatable pseudo-random numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, n: i64) -> i64 {
        (self.next() % n as u64) as i64
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as i64) as usize]
    }

    fn text(&mut self, longest: i64) -> Value {
        const WORDS: [&str; 12] = [
            "furiously",
            "regular",
            "deposits",
            "sleep",
            "quickly",
            "final",
            "packages",
            "haggle",
            "blithely",
            "even",
            "ideas",
            "above",
        ];
        let wanted = 10 + self.below(longest - 9) as usize;
        let mut text = String::new();
        while text.len() < wanted {
            text.push_str(self.pick(&WORDS));
            text.push(' ');
        }
        text.truncate(wanted);
        Value::Text(text)
    }
}

struct Shape {
    name: &'static str,
    columns: Vec<FlinkColumn>,
    row: fn(&mut Random, i64) -> Vec<Value>,
}

fn shapes() -> Vec<Shape> {
    let decimal = |precision, scale| Root::Decimal { precision, scale };
    let timestamp = |precision| Root::TimestampWithoutTimeZone { precision };
    let char1 = || Root::Char { length: 1 };
    let narrow = vec![
        column("id", Root::Bigint),
        column("k", Root::Integer),
        column("name", string()),
        column("v", Root::Double),
        column("ts", timestamp(3)),
    ];
    let lineitem = vec![
        column("l_orderkey", Root::Bigint),
        column("l_partkey", Root::Bigint),
        column("l_suppkey", Root::Bigint),
        column("l_linenumber", Root::Integer),
        column("l_quantity", decimal(15, 2)),
        column("l_extendedprice", decimal(15, 2)),
        column("l_discount", decimal(15, 2)),
        column("l_tax", decimal(15, 2)),
        column("l_returnflag", char1()),
        column("l_linestatus", char1()),
        column("l_shipdate", Root::Date),
        column("l_commitdate", Root::Date),
        column("l_receiptdate", Root::Date),
        column("l_shipinstruct", string()),
        column("l_shipmode", string()),
        column("l_comment", string()),
    ];
    let wide = (0..10)
        .flat_map(|i| {
            [
                ("flag", Root::Boolean),
                ("small", Root::Smallint),
                ("count", Root::Integer),
                ("key", Root::Bigint),
                ("ratio", Root::Double),
                ("amount", decimal(18, 4)),
                ("day", Root::Date),
                ("at", timestamp(6)),
                ("code", string()),
                ("note", string()),
            ]
            .map(|(name, root)| column(&format!("{name}{i}"), root))
        })
        .collect();
    vec![
        Shape { name: "narrow", columns: narrow, row: narrow_row },
        Shape { name: "lineitem", columns: lineitem, row: lineitem_row },
        Shape { name: "wide", columns: wide, row: wide_row },
    ]
}

fn narrow_row(random: &mut Random, i: i64) -> Vec<Value> {
    vec![
        Value::Int(4_000_000_000_000_000_000 + i),
        Value::Int(random.below(2_000_000_000)),
        random.text(20),
        Value::Double(random.below(1 << 53) as f64 / 9_007_199_254_740_993.0),
        Value::Timestamp(1_700_000_000_000 + i * 37, 0),
    ]
}

fn lineitem_row(random: &mut Random, i: i64) -> Vec<Value> {
    let decimal = |v: i64| Value::Decimal(i128::from(v));
    let ship = 8_036 + random.below(2_526);
    vec![
        Value::Int(1 + i / 4 * 8 + i % 4),
        Value::Int(1 + random.below(200_000)),
        Value::Int(1 + random.below(10_000)),
        Value::Int(1 + i % 7),
        decimal(100 * (1 + random.below(50))),
        decimal(90_000 + random.below(10_000_000)),
        decimal(random.below(11)),
        decimal(random.below(9)),
        Value::Text(random.pick(&["R", "A", "N"]).into()),
        Value::Text(random.pick(&["O", "F"]).into()),
        Value::Int(ship),
        Value::Int(ship + random.below(60) - 30),
        Value::Int(ship + 1 + random.below(30)),
        Value::Text(random.pick(&["DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"]).into()),
        Value::Text(random.pick(&["REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"]).into()),
        random.text(34),
    ]
}

/// A fifth of the columns differ from row to row; the others describe one of a few entities.
fn wide_row(random: &mut Random, _: i64) -> Vec<Value> {
    let mut entity = Random(random.below(16) as u64);
    (0..100)
        .map(|c| {
            let random = if c < 20 { &mut *random } else { &mut entity };
            if random.below(20) == 0 {
                return Value::Null;
            }
            match c % 10 {
                0 => Value::Bool(random.below(2) == 0),
                1 => Value::Int(random.below(30_000)),
                2 => Value::Int(random.next() as i32 as i64),
                3 => Value::Int(random.next() as i64),
                4 => Value::Double(random.below(1 << 53) as f64 / (1u64 << 53) as f64),
                5 => Value::Decimal(i128::from(random.below(1_000_000_000_000))),
                6 => Value::Int(8_036 + random.below(2_526)),
                7 => Value::Timestamp(1_600_000_000_000 + random.below(100_000_000_000), 0),
                8 => Value::Text(format!("{:x}", random.below(1 << 20))),
                _ => random.text(25),
            }
        })
        .collect()
}

/// Median and best.
#[derive(Clone, Copy)]
struct Time {
    median: f64,
    best: f64,
}

impl Time {
    fn per(self, n: usize) -> Self {
        Self { median: self.median / n as f64, best: self.best / n as f64 }
    }
}

fn summary(mut samples: Vec<f64>) -> Time {
    samples.sort_by(f64::total_cmp);
    Time { median: samples[samples.len() / 2], best: samples[0] }
}

/// Nanoseconds that this thread has been on a processor, where the kernel tells (so that a busy machine disturbs little),
/// else of the clock.
fn thread_nanos(begin: Instant) -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    stat.and_then(|s| s.split(' ').next()?.parse().ok()).unwrap_or_else(|| begin.elapsed().as_nanos() as f64)
}

/// Nanoseconds of one call of `work`, which is repeated so long that a round can be measured: the kernel counts in ticks.
fn nanos(mut work: impl FnMut()) -> Time {
    let begin = Instant::now();
    work();
    let calls = (ROUND_NANOS / begin.elapsed().as_nanos().max(1)).clamp(1, 1 << 20);
    let rounds = (0..ROUNDS).map(|_| {
        let start = thread_nanos(begin);
        (0..calls).for_each(|_| work());
        (thread_nanos(begin) - start) / calls as f64
    });
    summary(rounds.collect())
}

struct Line {
    shape: &'static str,
    format: &'static str,
    compression: &'static str,
    time: Time,
    text_bytes_per_row: f64,
    ratio: f64,
}

fn measure(shape: &Shape, format: &Format, format_name: &'static str, lines: &mut Vec<Line>) {
    let mut random = Random(42);
    let mut rows = Vec::new();
    let mut bytes = 0;
    while bytes < BATCH {
        let row = (INSERT, (shape.row)(&mut random, rows.len() as i64));
        bytes += batch(&shape.columns, std::slice::from_ref(&row)).len();
        rows.push(row);
    }
    let count = rows.len();
    let data = batch(&shape.columns, &rows);
    let mut encoder = RowEncoder::new(EncoderConfig::new(&shape.columns, format.clone())).unwrap();
    let mut out = Vec::with_capacity(2 * BLOCK);
    let mut encode = || {
        out.clear();
        encoder.encode(black_box(&data), count, &mut out).unwrap();
        black_box(&out);
    };
    if let Some(calls) = number("--count") {
        (0..calls).for_each(|_| encode());
        println!("{} {format_name}: {calls} batches of {count} rows", shape.name);
        return;
    }
    let encode = nanos(encode);
    let text = out.len() as f64 / count as f64;
    let line = |compression, time: Time, ratio| Line {
        shape: shape.name,
        format: format_name,
        compression,
        time: time.per(count),
        text_bytes_per_row: text,
        ratio,
    };
    lines.push(line("none", encode, 1.0));

    if std::env::args().any(|a| a == "--text") {
        return;
    }
    let frame = BodyFrame::of(format);
    {
        let mut compressor = Compressor::new(Compression::Lz4Frame, format);
        let (mut raw, mut packed) = (0, Vec::with_capacity(2 * BLOCK));
        let (mut total_raw, mut total_packed) = (0usize, 0usize);
        out.clear();
        let ns = nanos(|| {
            encoder.encode(black_box(&data), count, &mut out).unwrap();
            if out.len() >= BLOCK {
                raw += out.len();
                compressor.write(&out, &mut packed).unwrap();
                out.clear();
            }
            if raw >= 8 * BLOCK {
                compressor.write(frame.end, &mut packed).unwrap();
                compressor.finish(&mut packed).unwrap();
                (total_raw, total_packed) = (total_raw + raw, total_packed + packed.len());
                raw = 0;
                packed.clear();
            }
        });
        lines.push(line("lz4", ns, total_raw as f64 / total_packed as f64));
    }
}

/// N of `OPTION N`.
fn number(option: &str) -> Option<usize> {
    std::env::args().skip_while(|a| a != option).nth(1).map(|n| n.parse().unwrap())
}

fn print(shape: &Shape, format: &Format, rows: usize) {
    const AT_ONCE: usize = 1000;
    let mut random = Random(42);
    let mut encoder = RowEncoder::new(EncoderConfig::new(&shape.columns, format.clone())).unwrap();
    let mut text = Vec::new();
    let mut stdout = std::io::stdout().lock();
    for first in (0..rows).step_by(AT_ONCE) {
        let some: Vec<_> =
            (first..rows.min(first + AT_ONCE)).map(|i| (INSERT, (shape.row)(&mut random, i as i64))).collect();
        text.clear();
        encoder.encode(&batch(&shape.columns, &some), some.len(), &mut text).unwrap();
        stdout.write_all(&text).unwrap();
    }
}

fn main() {
    let json = std::env::args().any(|a| a == "--json");
    let copy = |size: usize| {
        let (from, mut to) = (vec![1u8; size], vec![0u8; size]);
        let ns = nanos(|| black_box(&mut to).copy_from_slice(black_box(&from)));
        size as f64 / ns.median * 1000.0
    };
    let is_name = |a: &String| a.chars().all(|c| c.is_ascii_lowercase());
    let only: Vec<String> = std::env::args().skip(1).filter(is_name).collect();
    let mut lines = Vec::new();
    for shape in shapes() {
        for (format, name) in [(Format::Csv(CsvFormat::default()), "csv"), (Format::Json, "json")] {
            if !only.iter().all(|o| o == shape.name || o == name) {
                continue;
            }
            match number("--print") {
                Some(rows) if name == "csv" => print(&shape, &format, rows),
                Some(_) => {}
                None => measure(&shape, &format, name, &mut lines),
            }
        }
    }
    if lines.is_empty() {
        return;
    }
    let (cached, memory) = (copy(BATCH), copy(128 * 1024 * 1024));
    if json {
        let cases: Vec<_> = lines
            .iter()
            .map(|l| {
                serde_json::json!({
                    "shape": l.shape, "format": l.format, "compression": l.compression, "ns_per_row": l.time.median, "ns_per_row_best": l.time.best,
                    "text_bytes_per_row": l.text_bytes_per_row, "text_mb_per_s": l.text_bytes_per_row / l.time.median * 1000.0,
                    "compression_ratio": l.ratio,
                })
            })
            .collect();
        println!(
            "{}",
            serde_json::json!({ "memcpy_mb_per_s": { "cached": cached, "memory": memory }, "cases": cases })
        );
        return;
    }
    println!("copying memory: {cached:.0} MB/s in cache (256 KiB), {memory:.0} MB/s out of cache (128 MiB)\n");
    println!(
        "{:<10}{:<7}{:<7}{:>9}{:>9}{:>10}{:>13}{:>8}",
        "shape", "format", "codec", "ns/row", "best", "B/row", "text MB/s", "ratio"
    );
    for l in &lines {
        println!(
            "{:<10}{:<7}{:<7}{:>9.1}{:>9.1}{:>10.1}{:>13.0}{:>8.2}",
            l.shape,
            l.format,
            l.compression,
            l.time.median,
            l.time.best,
            l.text_bytes_per_row,
            l.text_bytes_per_row / l.time.median * 1000.0,
            l.ratio
        );
    }
}
