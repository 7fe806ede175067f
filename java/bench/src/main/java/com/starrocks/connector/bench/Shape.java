// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.RowType;

/** The rows of a benchmark: column types as Flink and StarRocks write them, and a generator for the values. */
final class Shape {
    /** Rows that the source replays: more than the caches hold of a wide row, few enough to build at once. */
    static final int ROWS = 16384;

    /** Rows of the table that is looked up, and how many of them are looked up. */
    static final int DIM_ROWS = 1_000_000;

    static final int PROBED = 10_000;

    private static final int FIRST_DAY = 8035; // 1992-01-01, the first order date of TPC-H
    private static final String[] WORDS = {
        "furiously",
        "quickly",
        "carefully",
        "final",
        "pending",
        "deposits",
        "accounts",
        "requests",
        "packages",
        "foxes",
        "ideas",
        "theodolites",
        "sleep",
        "haggle",
        "nag",
        "above",
        "the",
        "among",
        "even",
        "regular",
        "express",
        "bold"
    };

    private record Column(
            String name,
            String flinkType,
            String starrocksType,
            boolean ofEntity,
            Function<SplittableRandom, Object> value) {}

    /** Fewer than rows fit the window of LZ4, so that it finds the attributes of most rows in earlier ones. */
    private static final int ENTITIES = 16;

    final String name;
    private final double nullShare;
    /** Whether the columns that follow are attributes of what the row is about, as in a denormalised table. */
    private boolean ofEntity;

    private final List<Column> columns = new ArrayList<>();

    private Shape(String name, double nullShare) {
        this.name = name;
        this.nullShare = nullShare;
    }

    static Shape of(String name) {
        return switch (name) {
            case "narrow" -> narrow();
            case "lineitem" -> lineitem();
            case "wide" -> wide();
            case "probe" -> probe();
            case "dim" -> dim();
            default ->
                throw new IllegalArgumentException(
                        "no shape " + name + "; there are narrow, lineitem, wide, probe and dim");
        };
    }

    private static Shape narrow() {
        return new Shape("narrow", 0)
                .add("id", "BIGINT", r -> r.nextLong(1L << 40))
                .add("device", "STRING", r -> text("device-" + Long.toHexString(r.nextLong(1L << 44)) + "/sensor"))
                .add("status", "INT", r -> r.nextInt(600))
                .add("reading", "DOUBLE", r -> r.nextInt(100_000_000) / 10_000.0)
                .add("at", "TIMESTAMP(3)", Shape::timestamp);
    }

    /** Keys of {@link #dim}, one after the other, spread over all of it. */
    private static Shape probe() {
        int[] number = {0};
        return new Shape("probe", 0).add("id", "BIGINT", r -> (long) (number[0]++ % PROBED) * (DIM_ROWS / PROBED));
    }

    /** The table that is looked up; {@link #dimRows} has its rows. */
    private static Shape dim() {
        return new Shape("dim", 0)
                .add("id", "BIGINT", r -> 0L)
                .add("name", "STRING", r -> text(""))
                .add("category", "INT", r -> 0)
                .add("price", "DOUBLE", r -> 0.0)
                .add("since", "TIMESTAMP(3)", Shape::timestamp);
    }

    /** A query of all rows of {@link #dim} over a table of numbers from 0 on. */
    static String dimRows(String numbers) {
        return "SELECT n, 'customer-' || CAST(n * 7919 AS STRING), CAST(MOD(n, 600) AS INT), n / 16.0E0,"
                + " CAST(TO_TIMESTAMP_LTZ(1600000000000 + n * 1000, 3) AS TIMESTAMP(3)) FROM " + numbers;
    }

    private static Shape lineitem() {
        return new Shape("lineitem", 0)
                .add("l_orderkey", "BIGINT", r -> r.nextLong(6_000_000_000L))
                .add("l_partkey", "INT", r -> r.nextInt(200_000_000))
                .add("l_suppkey", "INT", r -> r.nextInt(10_000_000))
                .add("l_linenumber", "INT", r -> 1 + r.nextInt(7))
                .add("l_quantity", "DECIMAL(15, 2)", r -> decimal(100L * (1 + r.nextInt(50)), 15, 2))
                .add("l_extendedprice", "DECIMAL(15, 2)", r -> decimal(90_000 + r.nextInt(10_400_000), 15, 2))
                .add("l_discount", "DECIMAL(15, 2)", r -> decimal(r.nextInt(11), 15, 2))
                .add("l_tax", "DECIMAL(15, 2)", r -> decimal(r.nextInt(9), 15, 2))
                .add("l_returnflag", "STRING", r -> one(r, "A", "N", "R"))
                .add("l_linestatus", "STRING", r -> one(r, "O", "F"))
                .add("l_shipdate", "DATE", Shape::date)
                .add("l_commitdate", "DATE", Shape::date)
                .add("l_receiptdate", "DATE", Shape::date)
                .add(
                        "l_shipinstruct",
                        "STRING",
                        r -> one(r, "DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"))
                .add("l_shipmode", "STRING", r -> one(r, "AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK"))
                .add("l_comment", "STRING", r -> words(r, 2 + r.nextInt(4)));
    }

    /** A fifth of the columns differ from row to row; the others describe one of a few entities. */
    private static Shape wide() {
        Shape shape = new Shape("wide", 0.05);
        for (int i = 0; i < 10; i++) {
            shape.ofEntity = i >= 2;
            shape.add("flag" + i, "BOOLEAN", SplittableRandom::nextBoolean)
                    .add("small" + i, "SMALLINT", r -> (short) r.nextInt(30_000))
                    .add("count" + i, "INT", r -> r.nextInt())
                    .add("key" + i, "BIGINT", SplittableRandom::nextLong)
                    .add("ratio" + i, "DOUBLE", SplittableRandom::nextDouble)
                    .add("amount" + i, "DECIMAL(18, 4)", r -> decimal(r.nextLong(1_000_000_000_000L), 18, 4))
                    .add("day" + i, "DATE", Shape::date)
                    .add("at" + i, "TIMESTAMP(6)", Shape::timestamp)
                    .add("code" + i, "STRING", r -> text(Integer.toString(r.nextInt(1 << 20), 36)))
                    .add("note" + i, "STRING", r -> words(r, 3 + r.nextInt(3)));
        }
        return shape;
    }

    private Shape add(String column, String flinkType, Function<SplittableRandom, Object> value) {
        String starrocksType = flinkType.startsWith("TIMESTAMP") ? "DATETIME" : flinkType;
        columns.add(new Column(column, flinkType, starrocksType, ofEntity, value));
        return this;
    }

    /** The column list of a Flink CREATE TABLE statement. */
    String flinkColumns() {
        return columns.stream().map(c -> "`" + c.name + "` " + c.flinkType).collect(Collectors.joining(", "));
    }

    /** The StarRocks statement that creates the table of this shape. */
    String createTable(String database) {
        String list =
                columns.stream().map(c -> "`" + c.name + "` " + c.starrocksType).collect(Collectors.joining(", "));
        String key = columns.get(0).name;
        if (name.equals("dim")) {
            list = list.replaceFirst("BIGINT", "BIGINT NOT NULL");
        }
        String model = name.equals("dim") ? "PRIMARY" : "DUPLICATE";
        return "CREATE TABLE " + database + "." + name + " (" + list + ") " + model + " KEY (`" + key
                + "`) DISTRIBUTED BY HASH (`" + key + "`) BUCKETS 4 PROPERTIES (\"replication_num\" = \"1\")";
    }

    /** The same rows each time. Binary rows are what a sink gets after a shuffle or an aggregation, generic rows what a format decodes to. */
    RowData[] rows(RowType type, boolean binary) {
        SplittableRandom random = new SplittableRandom(20240229);
        RowDataSerializer serializer = new RowDataSerializer(type);
        RowData[] rows = new RowData[ROWS];
        for (int i = 0; i < ROWS; i++) {
            GenericRowData row = new GenericRowData(columns.size());
            SplittableRandom entity = new SplittableRandom(random.nextInt(ENTITIES));
            for (int c = 0; c < columns.size(); c++) {
                SplittableRandom source = columns.get(c).ofEntity ? entity : random;
                Object value = columns.get(c).value.apply(source);
                row.setField(c, source.nextDouble() < nullShare ? null : value);
            }
            rows[i] = binary ? serializer.toBinaryRow(row).copy() : row;
        }
        return rows;
    }

    private static StringData text(String text) {
        return StringData.fromString(text);
    }

    private static StringData one(SplittableRandom random, String... choices) {
        return text(choices[random.nextInt(choices.length)]);
    }

    private static StringData words(SplittableRandom random, int count) {
        return text(random.ints(count, 0, WORDS.length).mapToObj(i -> WORDS[i]).collect(Collectors.joining(" ")));
    }

    private static DecimalData decimal(long unscaled, int precision, int scale) {
        return DecimalData.fromBigDecimal(BigDecimal.valueOf(unscaled, scale), precision, scale);
    }

    private static Object date(SplittableRandom random) {
        return FIRST_DAY + random.nextInt(2526);
    }

    private static Object timestamp(SplittableRandom random) {
        return TimestampData.fromEpochMillis(1_600_000_000_000L + random.nextLong(100_000_000_000L));
    }
}
