#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# The same SQL job through the original connector, unmodified, and through ours, on a real Flink, into the embedded server: CSV and
# JSON, at-least-once and exactly-once. Only the JAR is swapped. Each table must then equal the reference row by row.
#
# usage: scripts/differential.sh SRCTL CONNECTOR_JAR [FLINK_LINE]

NAME=differential
WORK=build/differential
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/flink.sh
source scripts/flink.sh
# shellcheck source=scripts/server.sh
source scripts/server.sh
# shellcheck source=scripts/original.sh
source scripts/original.sh

SRCTL=$1
JAR=$2
LINE=${3:-1.20}
VARIANTS=(csv:at-least-once csv:exactly-once json:at-least-once json:exactly-once)

rm -rf "$WORK"
mkdir -p "$WORK"
original_fetch "$LINE"
server_start
say "starting Flink $(flink_version "$LINE")"
flink_start "$LINE"
server_sql --query "CREATE DATABASE quickstart"

# The statements of the quick start, but for the INSERT once for each variant into a table of its own.
job() { # engine
    sed -n '1,/^CREATE TABLE flights (/p' examples/sql/quickstart.sql | sed -e '$d' -e "s|'examples/data|'file://$ROOT/examples/data|"
    local variant format semantic table
    for variant in "${VARIANTS[@]}"; do
        format=${variant%:*} semantic=${variant#*:}
        table=$1_${format}_${semantic//-/_}
        sed -n '/^CREATE TABLE flights (/,$p' examples/sql/quickstart.sql | sed \
            -e "s|127\.0\.0\.1:8030|$SERVER_FE_HTTP|" -e "s|127\.0\.0\.1:9030|$SERVER_QUERY|" \
            -e "s|^CREATE TABLE flights |CREATE TABLE $table |" -e "s|^INSERT INTO flights$|INSERT INTO $table|" \
            -e "s|'table-name' = 'flights'|'table-name' = '$table'|" -e "s|'exactly-once'|'$semantic'|" \
            -e "s|'sink.label-prefix' = 'quickstart'|'sink.label-prefix' = '$table', 'sink.properties.format' = '$format'|"
    done
}

rows() { server_sql --query "SELECT * FROM quickstart.$1" | LC_ALL=C sort; }

for engine in original ours; do
    jar=$ORIGINAL_JAR
    [[ $engine == ours ]] && jar=$JAR
    for variant in "${VARIANTS[@]}"; do
        table=${engine}_${variant%:*}_$(tr - _ <<<"${variant#*:}")
        sed -n "s/quickstart\.flights/quickstart.$table/; /^CREATE TABLE/,\$p" examples/sql/create-flights.sql | server_sql
    done
    job "$engine" >"$WORK/$engine.sql"
    say "running four jobs with $(basename "$jar")"
    flink_sql "$WORK/$engine.sql" "$WORK/$engine.log" "$jar" || fail "a job with $(basename "$jar") failed" "$WORK/$engine.log"
done

reference=original_csv_exactly_once
rows "$reference" >"$WORK/reference.tsv"
expected=$(gzip -dc examples/data/flights.csv.gz | wc -l)
for engine in original ours; do
    for variant in "${VARIANTS[@]}"; do
        table=${engine}_${variant%:*}_$(tr - _ <<<"${variant#*:}")
        rows "$table" >"$WORK/actual.tsv"
        count=$(wc -l <"$WORK/actual.tsv")
        cmp -s "$WORK/reference.tsv" "$WORK/actual.tsv" ||
            { diff "$WORK/reference.tsv" "$WORK/actual.tsv" | head -20 >"$WORK/diff.txt"; fail "$table ($count rows) differs from $reference" "$WORK/diff.txt"; }
        say "$table: $count rows, equal"
    done
done
[[ $(wc -l <"$WORK/reference.tsv") == "$expected" ]] || fail "the file has $expected rows, the tables $(wc -l <"$WORK/reference.tsv")"
stop_all
say "OK 8 tables of $expected rows equal, $ORIGINAL and $(basename "$JAR" .jar)"
